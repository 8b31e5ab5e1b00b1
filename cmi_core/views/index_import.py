"""What would an uploaded framework or score table change? Previews, templates, and the imports so far."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pandas as pd

from cmi_core.index.framework_sheet import FRAMEWORK_HEADINGS, FrameworkSheet, read_framework
from cmi_core.index.score_sheet import ScoreSheet, read_scores
from cmi_core.index.sheet import Problem
from cmi_core.store import Store, indices, scores
from cmi_core.tables import sheets
from cmi_core.tables.questions import Answers, LeftOut, Question
from cmi_core.tables.sheets import address
from cmi_core.views.city_comparison import tree
from cmi_core.views.index_agreement import Agreement, agreements
from cmi_core.views.versioned_cache import VersionedCache

Progress = Callable[[float], object] | None
_PREVIEWS = VersionedCache(3)
HALF = 0.5  # of the bar: reading the file; the cells and the comparison share the rest
MOST_MB = 60
JUST = timedelta(minutes=2)


@dataclass(frozen=True, eq=False)
class ScorePreview:
    """A score file beside the record: every cell with its verdict, what is asked and left out, and every problem."""

    places: pd.DataFrame
    cells: pd.DataFrame  # row, column, year, city, quality, node, value, before, before_quality, verdict
    problems: tuple[Problem, ...]
    more_problems: int
    expected_version: int
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    understood: Mapping[str, Any] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many cells are new, changed and the same, and how many are refused."""
        found = self.cells["verdict"].value_counts()
        counts = {verdict: int(found.get(verdict, 0)) for verdict in ("new", "changed", "same")}
        return counts | {"refused": len(self.problems) + self.more_problems}

    def rows(self) -> Iterator[dict[str, object]]:
        """Each cell as it would be kept, beside what stands, and each problem."""
        for cell in self.cells.to_dict("records"):
            yield {
                "row": cell["row"],
                "state": cell["verdict"],
                "key": f"{cell['city']} {cell['node']} {'' if pd.isna(cell['year']) else int(cell['year'])}".strip(),
                "before": None
                if pd.isna(cell["before"])
                else {"value": cell["before"], "quality": cell["before_quality"]},
                "after": {"value": cell["value"], "quality": cell["quality"]},
                "reason": None,
            }
        for each in self.problems:
            yield {
                "row": each.cell,
                "state": "refused",
                "key": None,
                "before": None,
                "after": None,
                "reason": each.reason,
            }


def preview_framework(
    store: Store, data: bytes, filename: str, answers: Answers | None = None
) -> FrameworkSheet:
    """The tree in a file, what it leaves open, and every problem at its cell. Raises FileRefused."""
    key = ("framework", filename, sha256(data).hexdigest(), _key(answers))
    return _PREVIEWS.get(
        store,
        key,
        lambda: read_framework(sheets.read_book(data, filename, answers=answers, max_mb=MOST_MB), answers),
    )


def preview_scores(
    store: Store,
    data: bytes,
    filename: str,
    *,
    framework: str,
    year: int | None,
    progress: Progress = None,
    answers: Answers | None = None,
) -> ScorePreview:
    """The values in a file beside those on record. Raises FileRefused."""
    key = ("scores", filename, sha256(data).hexdigest(), framework, year, _key(answers))
    return _PREVIEWS.get(
        store, key, lambda: _preview(store, data, filename, framework, year, progress, answers)
    )


def _key(answers: Answers | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((answers or {}).items()))


def _preview(
    store: Store,
    data: bytes,
    filename: str,
    framework: str,
    year: int | None,
    progress: Progress,
    answers: Answers | None,
) -> ScorePreview:
    told = progress or (lambda _: None)
    told(0.02)
    book = sheets.read_book(data, filename, answers=answers, max_mb=MOST_MB)
    told(HALF)
    head = next(row for row in indices.frameworks(store).to_dict("records") if row["framework"] == framework)
    years = _years(store, framework)
    read = read_scores(
        book,
        indices.nodes(store, framework),
        indices.cities(store).set_index("city"),
        area_kind=str(head["area_kind"]),
        year=year,
        progress=lambda share: told(HALF + share * 0.4),
        answers=answers,
        aliases=indices.aliases(store, str(head["area_kind"])),
        years=sorted((at for at in years if at is not None), reverse=True),
    )
    told(0.92)
    found = _beside(store, head, years, read)
    told(1.0)
    return found


def _years(store: Store, framework: str) -> dict[int | None, str]:
    """The assessments of a release by their year."""
    known = indices.assessments(store)
    known = known[known["framework"] == framework]
    return {
        None if pd.isna(at) else int(at): code
        for code, at in zip(known["assessment"], known["year"], strict=True)
    }


def _beside(
    store: Store, head: dict[str, object], years: Mapping[int | None, str], read: ScoreSheet
) -> ScorePreview:
    """What was read beside the record, and beside what the engine computes of it."""
    printed = read.values.groupby("node")["decimals"].max().to_dict()
    return ScorePreview(
        read.places,
        indices.beside_record(store, years, read.values.drop(columns="decimals")),
        read.problems,
        read.more_problems,
        indices.last_entry(store, str(head["framework"])),
        read.questions,
        read.left_out,
        read.understood,
        read.aliases,
        agreements(store, head, read.values, {str(node): int(most) for node, most in printed.items()}),
    )


def node_facts(nodes: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """
    Of every node of a file, from the whole down, what it will be computed by: one plain row each.

    `total` is what it and its siblings weigh together, `normalise` the method that it or the nearest above it names.
    """
    rows = {row["code"]: row for row in nodes.to_dict("records")}
    below: dict[str, list[str]] = {}
    for code, row in rows.items():
        below.setdefault(row["parent"], []).append(code)
    found: list[dict[str, Any]] = []

    def walk(code: str, depth: int, method: str) -> None:
        row = rows[code]
        own = row["normalise"] or method
        siblings = [rows[each]["weight"] for each in below[row["parent"]]]
        numbers = {
            name: None if pd.isna(row[name]) else float(row[name])
            for name in ("weight", "lower", "upper", "target")
        }
        leaf = code not in below
        found.append(
            {
                **{name: row[name] for name in ("direction", "scale", "reference", "transform", "aggregate")},
                **numbers,
                "name": row[f"name_{language}"],
                "depth": depth,
                "leaf": leaf,
                "root": not row["parent"],
                "parts": len(below.get(code, ())),
                "total": float(pd.Series(siblings, dtype=float).sum()),
                "normalise": own if leaf else row["normalise"],
            }
            | ({"weight": None} if not row["parent"] else {})
        )
        for each in below.get(code, ()):
            walk(each, depth + 1, own)

    for code in below.get("", ()):
        walk(code, 0, "")
    return found


def differences(
    preview: ScorePreview, nodes: pd.DataFrame, verdict: str, limit: int | None = None
) -> pd.DataFrame:
    """The cells of one verdict, or the first of them, with their addresses and names."""
    cells = preview.cells[preview.cells["verdict"] == verdict]
    cells = cells if limit is None else cells.head(limit)
    names = preview.places.set_index("city")[["name_th", "name_en"]]
    table = cells.join(names, on="city")
    table = table.join(nodes.set_index("node")[["name_th", "name_en"]].add_prefix("node_"), on="node")
    return table.assign(
        cell=[address(row, column) for row, column in zip(table["row"], table["column"], strict=True)]
    )


def framework_template(store: Store, framework: str | None) -> pd.DataFrame:
    """The columns of a framework file; filled with an existing release where one is to be followed."""
    if framework is None:
        return pd.DataFrame(columns=list(FRAMEWORK_HEADINGS))
    nodes = tree(indices.nodes(store, framework)).reset_index().rename(columns={"node": "code"})
    return nodes[list(FRAMEWORK_HEADINGS)]


def score_template(store: Store, framework: str, language: str) -> pd.DataFrame:
    """The columns of a score file for a release, a column per indicator, with the places known so far."""
    head = next(row for row in indices.frameworks(store).to_dict("records") if row["framework"] == framework)
    nodes = tree(indices.nodes(store, framework))
    leaves = [node for node in nodes.index if node not in set(nodes["parent"].dropna())]
    cities = indices.cities(store)
    cities = cities[cities["area_kind"] == head["area_kind"]]
    headings = {"th": ("รหัสเมือง", "ชื่อไทย", "ชื่ออังกฤษ", "ปี พ.ศ."), "en": ("city", "name_th", "name_en", "year")}
    code, thai, english, year = headings[language]
    table = pd.DataFrame(
        {code: cities["city"], thai: cities["name_th"], english: cities["name_en"], year: None}
    )
    counts = nodes.loc[leaves, f"name_{language}"].value_counts()
    for node in leaves:
        name, unit = nodes.loc[node, f"name_{language}"], nodes.loc[node, f"unit_{language}"]
        alone = counts[name] == 1
        table[(f"{name} [{unit}]" if unit else name) if alone else node] = None
    return table


def levels_of_part(store: Store, framework: str, node: str) -> pd.DataFrame:
    """The levels of a release, lowest first, with the score at which each begins on one part: empty if not known."""
    known = scores.levels(store, framework)[["level", "printed", "position"]]
    cuts = scores.level_cuts(store, framework)
    own = cuts[cuts["node"] == node].set_index("level")["lower"]
    return known.assign(lower=known["level"].map(own).astype(float))


def just_saved(store: Store, account: str, now: datetime) -> int | None:
    """The number of the entry about an index that an account made in the last two minutes as its newest, or None."""
    found = indices.latest_by(store, account)
    return found[0] if found and now - found[1] < JUST else None
