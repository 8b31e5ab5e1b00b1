"""How do places compare on one index: who is in the ranking, what is computed, and what is only printed?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, ComputationError
from cmi_core.index import build
from cmi_core.index.build import Result
from cmi_core.index.framework import Framework
from cmi_core.index.levels import CutPoints
from cmi_core.store import Store, indices, scores
from cmi_core.views.versioned_cache import VersionedCache

UNDATED = "undated"  # how the address says that an assessment states no year
_COMPARISONS = VersionedCache(6)
_STAMPS = VersionedCache(64)


@dataclass(frozen=True, eq=False)
class Comparison:
    """One ranking: a release, the assessments put together, their values, and the index where it can be computed."""

    head: dict[str, object]  # the release's row
    assessments: pd.DataFrame
    nodes: pd.DataFrame  # indexed by node, with depth and path order
    cities: pd.DataFrame  # indexed by city
    values: pd.DataFrame  # one row per city and node as recorded
    framework: Framework | None
    result: Result | None
    unknown: CmiError | None  # why nothing is computed
    cuts: Mapping[str, CutPoints]  # per node, only where the rule of its levels is data

    @cached_property
    def raw(self) -> pd.DataFrame:
        """Recorded values, places × nodes."""
        return self.values.pivot(index="city", columns="node", values="value").reindex(
            index=self.cities.index
        )

    @cached_property
    def qualities(self) -> pd.DataFrame:
        """Quality mark of every recorded value, places × nodes."""
        return self.values.pivot(index="city", columns="node", values="quality").reindex(
            index=self.cities.index
        )

    @cached_property
    def scored(self) -> pd.DataFrame:
        """Scores of places × nodes: computed where the index can be, else as printed."""
        return self.raw if self.result is None else self.result.table()

    @property
    def computed(self) -> Result:
        """The index where it is computed. Raises what says why it is not."""
        if self.result is None:
            raise self.unknown or ComputationError("index_values_missing")
        return self.result

    @property
    def root(self) -> str:
        """The index itself."""
        return str(self.nodes.index[self.nodes["parent"].isna()][0])

    @cached_property
    def leaves(self) -> list[str]:
        """The nodes without children."""
        groups = set(self.nodes["parent"].dropna())
        return [node for node in self.nodes.index if node not in groups]

    @property
    def options(self) -> dict[str, object]:
        """The official method, as `index.build` takes it."""
        return options(self.head)


def options(head: dict[str, object]) -> dict[str, object]:
    """The methods a release lays down for the whole index."""
    share = head["min_coverage"]
    return {
        "normalise": head["normalise"] or "none",
        "aggregate": head["aggregate"] or "arithmetic",
        "min_coverage": 0.0 if share is None or pd.isna(share) else float(share),
    }


def assessments(store: Store, framework: str) -> pd.DataFrame:
    """The assessments of a release, newest year first, with `year_code` as the address says it."""
    found = indices.assessments(store)
    found = found[found["framework"] == framework]
    return found.assign(year_code=[UNDATED if pd.isna(year) else str(int(year)) for year in found["year"]])


def of_year(store: Store, framework: str, year_code: str) -> tuple[str, ...]:
    """The assessments of a release for one year, which together are one ranking."""
    found = assessments(store, framework)
    return tuple(found["assessment"][found["year_code"] == year_code])


def comparison(store: Store, chosen: tuple[str, ...]) -> Comparison:
    """
    Put assessments together into one ranking.

    Raises ComputationError("ranking_refused") with every reason when they are of different indices, releases,
    area kinds or years, or when a place's area kind is not that of the index.
    """
    return _COMPARISONS.get(store, chosen, lambda: _compare(store, chosen), stamp=stamp(store, chosen))


def stamp(store: Store, chosen: tuple[str, ...]) -> tuple[int, ...]:
    """The newest entry on each release the assessments are of: what is computed holds until there is another."""

    def look() -> tuple[int, ...]:
        known = indices.assessments(store)
        releases = sorted(known["framework"][known["assessment"].isin(chosen)].unique())
        return tuple(indices.last_entry(store, str(release)) for release in releases)

    return _STAMPS.get(store, chosen, look)


def _compare(store: Store, chosen: tuple[str, ...]) -> Comparison:
    known = indices.assessments(store)
    rows = known[known["assessment"].isin(chosen)]
    if rows.empty or len(rows) < len(set(chosen)):
        missing = sorted(set(chosen) - set(rows["assessment"])) or ["–"]
        raise ComputationError("assessment_unknown", assessment=", ".join(missing))
    _one_ranking(rows)
    framework = str(rows["framework"].iloc[0])
    releases = indices.frameworks(store)
    head = next(row for row in releases.to_dict("records") if row["framework"] == framework)
    found = pd.concat([indices.values_of(store, code).assign(assessment=code) for code in rows["assessment"]])
    twice = found.duplicated(["city", "node"])
    if twice.any():
        city, node = found.loc[twice, ["city", "node"]].iloc[0]
        raise ComputationError("ranking_place_twice", city=city, node=node)
    places = indices.cities(store).set_index("city").loc[sorted(found["city"].unique())]
    if strange := sorted(set(places["area_kind"]) - {head["area_kind"]}):
        raise ComputationError(
            "ranking_refused",
            problems=(ComputationError("ranking_area_kinds", kinds=_listed([head["area_kind"], *strange])),),
        )
    nodes = tree(indices.nodes(store, framework))
    cuts = cuts_of(store, framework, nodes)
    return _computed(head, rows, nodes, places, found.reset_index(drop=True), cuts)


def _computed(  # the parts of a comparison
    head: dict[str, object],
    rows: pd.DataFrame,
    nodes: pd.DataFrame,
    places: pd.DataFrame,
    found: pd.DataFrame,
    cuts: Mapping[str, CutPoints],
) -> Comparison:
    parts = {"head": head, "assessments": rows, "nodes": nodes, "cities": places, "values": found}
    framework = result = unknown = None
    try:
        framework = engine_framework(head, nodes)
        bare = Comparison(**parts, framework=framework, result=None, unknown=None, cuts=cuts)
        wanted = bare.raw.reindex(columns=list(framework.indicators))
        if wanted.notna().to_numpy().sum() == 0:
            raise ComputationError("index_values_missing")
        result = build.build(framework, wanted, **options(head))
    except CmiError as refusal:
        unknown = refusal
    return Comparison(**parts, framework=framework, result=result, unknown=unknown, cuts=cuts)


def _one_ranking(rows: pd.DataFrame) -> None:
    problems = [
        ComputationError(reason, **{blank: _listed(rows[column])})
        for column, reason, blank in (
            ("index_code", "ranking_indices", "indices"),
            ("release", "ranking_releases", "releases"),
            ("area_kind", "ranking_area_kinds", "kinds"),
            ("year", "ranking_years", "years"),
        )
        if rows[column].nunique(dropna=False) > 1
    ]
    if problems:
        raise ComputationError("ranking_refused", problems=tuple(problems))


def _listed(items: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(f"{item:.0f}" if isinstance(item, float) else str(item) for item in items))


def tree(nodes: pd.DataFrame) -> pd.DataFrame:
    """The nodes indexed by code in the order of reading: each parent before its children, with `depth`."""
    below: dict[object, list[str]] = {}
    for node, parent in zip(nodes["node"], nodes["parent"], strict=True):
        below.setdefault(parent if isinstance(parent, str) else None, []).append(node)

    def walk(parent: str | None, depth: int) -> Iterator[tuple[str, int]]:
        for node in below.get(parent, []):
            yield node, depth
            yield from walk(node, depth + 1)

    order = list(walk(None, 0))
    found = nodes.set_index("node").loc[[node for node, _ in order]]
    return found.assign(depth=[depth for _, depth in order])


def engine_framework(head: dict[str, object], nodes: pd.DataFrame) -> Framework:
    """
    The release as the engine takes it.

    Raises ComputationError saying what is not known yet: the parts of the index, their weights, or the method.
    """
    if head["measure"] == "rank":
        raise ComputationError("index_of_ranks")
    if len(nodes) < 2:
        raise ComputationError("index_parts_unknown")
    without = nodes.index[nodes["parent"].notna() & nodes["weight"].isna()]
    if len(without):
        raise ComputationError("index_weights_unknown", count=len(without))
    groups = nodes["parent"].dropna().unique()
    if not head["aggregate"] and nodes.loc[groups, "aggregate"].isna().any():
        raise ComputationError("index_method_unknown")
    leaves = nodes.index[~nodes.index.isin(groups)]
    if (
        not head["normalise"]
        and nodes.loc[nodes["parent"].isna(), "normalise"].isna().any()
        and (nodes.loc[leaves, "normalise"].isna().any())
    ):
        raise ComputationError("index_method_unknown")
    columns = ["parent", "direction", "weight", "lower", "upper", "scale", "target", "normalise", "aggregate"]
    table = nodes[[*columns, "transform", "reference"]].reset_index().rename(columns={"node": "code"})
    return Framework.from_table(table.assign(direction=table["direction"].fillna("higher")), empty_weight=1.0)


def cut_points(levels: pd.DataFrame) -> CutPoints | None:
    """The rule of the levels, or None while any order or cut point is not known."""
    ordered = levels.sort_values("position") if levels["position"].notna().all() else levels.iloc[:0]
    if ordered.empty or ordered["lower"].iloc[1:].isna().any():
        return None
    return CutPoints(tuple(ordered["printed"]), tuple(float(lower) for lower in ordered["lower"].iloc[1:]))


def cuts_of(store: Store, framework: str, nodes: pd.DataFrame) -> dict[str, CutPoints]:
    """The rules of levels that are known: that of the index itself, and those of parts that have their own."""
    rules = {str(nodes.index[nodes["parent"].isna()][0]): cut_points(scores.levels(store, framework))}
    for node, rows in scores.level_cuts(store, framework).groupby("node", sort=False):
        rules[str(node)] = cut_points(rows)
    return {node: rule for node, rule in rules.items() if rule is not None}


def league(store: Store, chosen: tuple[str, ...], node: str) -> pd.DataFrame:
    """
    One row per place: score, rank, whether it is tied, coverage, level and what was filled, best first.

    Without a computed index the rows hold what is printed and no rank of ours; lowest first where the source
    prints ranks.
    """
    found = comparison(store, chosen)
    table = found.cities.copy()
    printed = found.raw[node] if node in found.raw else pd.Series(np.nan, index=table.index)
    if found.result is None:
        table["printed"] = printed
        marks = found.values[found.values["node"] == node].set_index("city")
        table = table.join(marks[["level_as_printed", "flag_th", "flag_en", "quality", "source"]])
        return table.sort_values(
            "printed", ascending=found.head["measure"] == "rank", kind="stable"
        ).reset_index()
    row = found.result.framework.number(node)
    table["score"], table["rank"] = found.result.scores[row], found.result.ranks[row]
    table["tied"] = table["rank"].duplicated(keep=False) & table["rank"].notna()
    table["coverage"] = coverage_of(found, node)
    table["missing"] = missing_of(found, node)
    if node in found.leaves:
        table["value"] = printed
    else:
        table["printed"] = printed
    if rule := found.cuts.get(node):
        table["level"] = rule.level_of(found.result.scores[row])
    return table.sort_values(["rank", "name_en"], kind="stable").reset_index()


def coverage_of(found: Comparison, node: str) -> np.ndarray:
    """Share of the indicators below a node that have a value, per place."""
    return found.raw.reindex(columns=leaves_below(found, node)).notna().mean(axis=1).to_numpy()


def missing_of(found: Comparison, node: str) -> np.ndarray:
    """Number of the indicators below a node without a value, per place."""
    return found.raw.reindex(columns=leaves_below(found, node)).isna().sum(axis=1).to_numpy()


def leaves_below(found: Comparison, node: str) -> list[str]:
    """The indicators below a node, in the order of reading; the node itself if it is one."""
    parents = found.nodes["parent"]

    def under(each: str) -> bool:
        while isinstance(each, str):
            if each == node:
                return True
            each = parents[each]
        return False

    return [leaf for leaf in found.leaves if under(leaf)]


def children_of(found: Comparison, node: str) -> list[str]:
    """The nodes right below a node; the node itself where there are none."""
    return [each for each in found.nodes.index if found.nodes["parent"][each] == node] or [node]


def catalogue(store: Store) -> pd.DataFrame:
    """
    Every release a reader may choose, those that can be computed first, with the number of places scored.

    `state` is computed, printed, or empty where nothing was scored yet; superseded releases come after those in force.
    """
    found = indices.frameworks(store)
    superseded = set(found["supersedes"].dropna())
    states = [_state(store, head) for head in found.to_dict("records")]
    found = found.assign(state=states, old=found["framework"].isin(superseded))
    order = {"computed": 0, "printed": 1, "empty": 2}
    found["order"] = found["state"].map(order) * 2 + found["old"]
    return found.sort_values(["order", "places", "framework"], ascending=[True, False, True], kind="stable")


def _state(store: Store, head: dict[str, object]) -> str:
    if not head["places"]:
        return "empty"
    try:
        engine_framework(head, tree(indices.nodes(store, str(head["framework"]))))
    except CmiError:
        return "printed"
    return "computed"
