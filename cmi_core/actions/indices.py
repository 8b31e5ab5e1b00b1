"""Releases, scores, levels and weights of indices: imported, corrected, filled in, undone; each deed one entry."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import pandas as pd

from cmi_core.accounts.roles import Account, require
from cmi_core.errors import CmiError, FrameworkError, ObservationError, StaleEdit
from cmi_core.index import aggregate, normalise
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.levels import CutPoints
from cmi_core.index.sheet import slug
from cmi_core.store import Store, indices, record, scores
from cmi_core.text.numbers import understand_number

DEEDS = ("import_framework", "import_scores", "correct_score", "set_levels", "set_weights")
AREA_KINDS = ("municipality", "city", "province", "smart_city_area", "region", "country")
HEAD = (
    "index_code",
    "release",
    "name_th",
    "name_en",
    "area_kind",
    "measure",
    "normalise",
    "aggregate",
    "min_coverage",
    "decimals",
    "supersedes",
    "remark_th",
    "remark_en",
)
NODE = (
    "parent",
    "name_th",
    "name_en",
    "definition_th",
    "definition_en",
    "direction",
    "weight",
    "unit_th",
    "unit_en",
    "lower",
    "upper",
    "scale",
    "target",
    "normalise",
    "aggregate",
)


def import_framework(
    store: Store,
    actor: Account | None,
    *,
    head: Mapping[str, Any],
    nodes: pd.DataFrame,
    source: Mapping[str, Any],
    note: str,
    at: datetime,
    levels: Sequence[Mapping[str, Any]] = (),
) -> int:
    """
    Add a release of an index with its tree; the number of the entry is returned.

    A release is never edited: one that exists is refused, another name for it supersedes. `nodes` has the columns
    `code` and `NODE`, `levels` rows of `printed`, `position`, `lower`, `source` is one on record or a new one.
    """
    by = require(actor, "edit_framework")
    given = {name: _filled(head.get(name)) for name in HEAD}
    problems = [*_head_problems(given), *_method_problems(given)]
    if problems:
        raise FrameworkError("framework_contradictions", problems=tuple(problems), count=len(problems))
    Framework(tuple(_node(row) for row in nodes.to_dict("records")))
    _check_levels(levels)
    with store.writing() as cursor:
        known = indices.frameworks(store)
        same = known[(known["index_code"] == given["index_code"]) & (known["release"] == given["release"])]
        if len(same):
            raise FrameworkError("release_taken", release=given["release"], index=given["index_code"])
        code = _free(
            f"{slug(str(given['index_code']))}_{slug(str(given['release']))}", indices.codes_used(store)[0]
        )
        facts = {"basis": "stated", "source": _source(cursor, source)}
        lines = {
            "framework_line": [{"framework": code, **given, "measure": given["measure"] or "score", **facts}],
            "framework_node_line": [
                {
                    "framework": code,
                    "node": row["code"],
                    "position": place,
                    **{name: _filled(row.get(name)) for name in NODE},
                    **facts,
                }
                for place, row in enumerate(nodes.to_dict("records"))
            ],
            "level_line": [_level(code, row, facts) for row in levels],
        }
        return record.append(cursor, lines, deed="import_framework", by=by.account, at=at, note=note)


def import_scores(
    store: Store,
    actor: Account | None,
    *,
    framework: str,
    places: pd.DataFrame,
    values: pd.DataFrame,
    source: Mapping[str, Any],
    quality: str,
    note: str,
    at: datetime,
    expected_version: int,
) -> int:
    """
    Add or correct the values of a release, a year at a time, all in one entry; its number is returned.

    `values` has year (Common Era or None), city, node, value and quality (empty: `quality`); only what differs from
    the record is written. `expected_version` is the last entry on the release that the preview saw: raises StaleEdit when
    there is a newer one.
    """
    by = require(actor, "edit_framework")
    with store.writing() as cursor:
        _not_stale(store, framework, expected_version)
        known = indices.assessments(store)
        known = known[known["framework"] == framework]
        years = {
            None if pd.isna(year) else int(year): code
            for code, year in zip(known["assessment"], known["year"], strict=True)
        }
        fresh = differing(store, years, values)
        if fresh.empty:
            raise ObservationError("import_nothing_new")
        used = indices.codes_used(store)[1]
        facts = {"basis": "stated", "source": _source(cursor, source)}
        begun = []
        for year in indices.years_of(fresh):
            if year not in years:
                years[year] = _free(f"{framework}_{year or 'undated'}", used)
                begun.append({"assessment": years[year], "framework": framework, "year": year, **facts})
        indices.add_cities(cursor, places[places["new"]].drop(columns="new").to_dict("records"))
        lines = {"assessment_line": begun, "score_line": _score_lines(fresh, years, quality, facts)}
        return record.append(cursor, lines, deed="import_scores", by=by.account, at=at, note=note)


def differing(store: Store, years: Mapping[int | None, str], values: pd.DataFrame) -> pd.DataFrame:
    """The values that are not on record yet or are on record with another number, with `before` and `verdict`."""
    compared = indices.beside_record(store, years, values)
    return compared[compared["verdict"] != "same"]


def _score_lines(
    fresh: pd.DataFrame, years: Mapping[int | None, str], quality: str, facts: Mapping[str, Any]
) -> list[dict[str, object]]:
    codes = [years[None if pd.isna(year) else int(year)] for year in fresh["year"]]
    marks = [mark if isinstance(mark, str) and mark else quality for mark in fresh["quality"]]
    rows = zip(codes, fresh["city"], fresh["node"], fresh["value"], marks, strict=True)
    return [
        {"assessment": code, "city": city, "node": node, "value": value, "quality": mark, **facts}
        for code, city, node, value, mark in rows
    ]


def correct_score(
    store: Store,
    actor: Account | None,
    *,
    assessment: str,
    city: str,
    node: str,
    value: object,
    note: str,
    at: datetime,
    expected_version: int,
) -> int:
    """
    Put another number in place of one on record, with a dated note; what stood before stays in the record.

    `expected_version` is the entry of the value the form showed. Raises StaleEdit when there is a newer one.
    """
    by = require(actor, "edit_framework")
    number = understand_number(value)
    with store.writing() as cursor:
        held = indices.values_of(store, assessment)
        held = held[(held["city"] == city) & (held["node"] == node)]
        if held.empty:
            raise ObservationError("score_not_there", city=city, node=node)
        before = held.iloc[0]
        if int(before["entry"]) != expected_version:
            raise StaleEdit("score_changed_since", value=f"{before['value']:g}")
        if before["value"] == number:
            raise ObservationError("score_same", value=f"{number:g}")
        kept = {
            name: _filled(before[name])
            for name in ("level", "level_as_printed", "quality", "basis", "source")
        }
        line = {"assessment": assessment, "city": city, "node": node, "value": number, **kept}
        return record.append(
            cursor, {"score_line": [line]}, deed="correct_score", by=by.account, at=at, note=note
        )


def set_levels(
    store: Store,
    actor: Account | None,
    *,
    framework: str,
    levels: Sequence[Mapping[str, Any]],
    source: Mapping[str, Any],
    note: str,
    at: datetime,
    expected_version: int,
    node: str = "",
) -> int:
    """
    Say order and lower cut point of a release's levels (`level`, `printed`, `position`, `lower`), as told by its makers.

    With a `node` below the index itself: at which score each level begins there (`level`, `lower`); all empty where
    that is not known any more.
    """
    by = require(actor, "edit_framework")
    if not node:
        _check_levels(levels)
    with store.writing() as cursor:
        _known(store, framework)
        _not_stale(store, framework, expected_version)
        if node:
            _check_part(store, framework, node, levels)
        facts = {"basis": "stated", "source": _source(cursor, source)}
        if node:
            lines = {"level_cut_line": [_cut(framework, node, row, facts) for row in levels]}
        else:
            lines = {"level_line": [_level(framework, row, facts) for row in levels]}
        return record.append(cursor, lines, deed="set_levels", by=by.account, at=at, note=note)


def set_weights(
    store: Store,
    actor: Account | None,
    *,
    framework: str,
    weights: Mapping[str, float],
    source: Mapping[str, Any],
    note: str,
    at: datetime,
    expected_version: int,
    methods: Mapping[str, str] | None = None,
) -> int:
    """
    Fill in weights, and the methods of the index (`normalise`, `aggregate`), that a release left empty.

    What the release itself lays down is refused with `weight_laid_down`: that needs a new release.
    """
    by = require(actor, "edit_framework")
    told = {name: spec for name, spec in (methods or {}).items() if spec}
    problems = list(_method_problems(told))
    if problems:
        raise FrameworkError("framework_contradictions", problems=tuple(problems), count=len(problems))
    with store.writing() as cursor:
        _known(store, framework)
        _not_stale(store, framework, expected_version)
        nodes = indices.nodes(store, framework).set_index("node")
        laid = nodes["weight"].notna() & ~nodes["filled"]
        for node, weight in weights.items():
            if node not in nodes.index:
                raise FrameworkError("node_unknown", code=node)
            if laid[node]:
                raise FrameworkError("weight_laid_down", code=node)
            if not math.isfinite(weight) or weight < 0:
                raise FrameworkError("weight_negative", code=node, weight=weight)
        tried = nodes["weight"].fillna(1.0).to_dict() | dict(weights)
        Framework(
            tuple(
                Node(str(node), _filled(parent) or "", weight=float(tried[node]))
                for node, parent in nodes["parent"].items()
            )
        )
        facts = {"basis": "stated", "source": _source(cursor, source)}
        root = str(nodes.index[nodes["parent"].isna()][0])
        lines = {
            node: {"framework": framework, "node": node, "weight": float(weight), **facts}
            for node, weight in weights.items()
        }
        if told:
            lines[root] = {"framework": framework, "node": root, **lines.get(root, {}), **told, **facts}
        if not lines:
            raise ObservationError("import_nothing_new")
        return record.append(
            cursor,
            {"node_setting_line": list(lines.values())},
            deed="set_weights",
            by=by.account,
            at=at,
            note=note,
        )


def undo(store: Store, actor: Account | None, *, entry: int, note: str, at: datetime) -> int:
    """
    Take an entry about indices back, as one further entry: what it wrote no longer counts, all of it stays to be read.

    Refused while a later entry builds on it, so that nobody's work is lost unseen.
    """
    by = require(actor, "undo")
    with store.writing() as cursor:
        found = indices.deed_of(store, entry)
        if found is None:
            raise ObservationError("undo_entry_unknown", entry=entry)
        deed, undone = found
        if deed not in DEEDS:
            raise ObservationError("undo_other_deed", entry=entry)
        if undone:
            raise ObservationError("undo_done_already", entry=entry)
        if later := indices.later_than(store, entry):
            raise StaleEdit("undo_built_upon", entry=entry, later=later)
        return record.append(cursor, {}, deed="undo", by=by.account, at=at, note=note, undoes=entry)


def _head_problems(given: Mapping[str, Any]) -> list[CmiError]:
    found: list[CmiError] = [
        FrameworkError("head_missing", field=name)
        for name in ("index_code", "release", "name_th", "name_en", "area_kind")
        if not given[name]
    ]
    if given["area_kind"] and given["area_kind"] not in AREA_KINDS:
        found.append(FrameworkError("area_kind_unknown", kind=given["area_kind"]))
    share = given["min_coverage"]
    if share is not None and not 0 <= float(str(share)) <= 1:
        found.append(FrameworkError("coverage_not_a_share", share=share))
    return found


def _method_problems(given: Mapping[str, Any]) -> list[CmiError]:
    found: list[CmiError] = []
    for name, parse in (("normalise", normalise.parse), ("aggregate", aggregate.parse)):
        if given.get(name):
            try:
                parse(str(given[name]))
            except CmiError as refusal:
                found.append(refusal)
    return found


def _check_levels(levels: Sequence[Mapping[str, Any]]) -> None:
    """Refuse levels whose order and cut points do not make a rule; levels without any are names only."""
    if all(_filled(row.get("position")) is None and _filled(row.get("lower")) is None for row in levels):
        return
    ordered = sorted(levels, key=lambda row: float(_filled(row.get("position")) or 0))
    if any(_filled(row.get("position")) is None for row in levels) or len(
        {row["position"] for row in levels}
    ) < len(levels):
        raise FrameworkError("levels_order_missing")
    if any(_filled(row.get("lower")) is None for row in ordered[1:]):
        raise FrameworkError("levels_cut_missing")
    CutPoints(
        tuple(str(row["printed"]) for row in ordered), tuple(float(row["lower"]) for row in ordered[1:])
    )


def _check_part(store: Store, framework: str, node: str, levels: Sequence[Mapping[str, Any]]) -> None:
    """Refuse cut points of a part that do not go with the levels of the release, their names and their order."""
    if node not in set(indices.nodes(store, framework)["node"]):
        raise FrameworkError("node_unknown", code=node)
    known = scores.levels(store, framework).set_index("level")
    if known.empty or known["position"].isna().any():
        raise FrameworkError("levels_order_missing")
    if sorted(str(row["level"]) for row in levels) != sorted(known.index):
        raise FrameworkError("levels_of_part", levels=", ".join(known["printed"]))
    told = [{**row, **known.loc[str(row["level"]), ["printed", "position"]].to_dict()} for row in levels]
    if any(_filled(row.get("lower")) is not None for row in told):
        _check_levels(told)


def _cut(framework: str, node: str, row: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, object]:
    lower = _filled(row.get("lower"))
    return {
        "framework": framework,
        "node": node,
        "level": row["level"],
        "lower": None if lower is None else float(lower),
        **facts,
    }


def _level(framework: str, row: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, object]:
    position, lower = _filled(row.get("position")), _filled(row.get("lower"))
    return {
        "framework": framework,
        "level": row.get("level") or slug(str(row["printed"])),
        "printed": row["printed"],
        "position": None if position is None else int(position),
        "lower": None if lower is None else float(lower),
        **facts,
    }


def _node(row: Mapping[str, Any]) -> Node:
    """A row of the nodes as the engine's own checks take it; an unknown weight counts as 1 there."""
    cells: dict[str, Any] = {name: _filled(row.get(name)) for name in NODE}
    given: dict[str, Any] = {
        name: math.nan if cells[name] is None else float(cells[name])
        for name in ("weight", "lower", "upper", "target")
    }
    if math.isnan(given["weight"]):
        given["weight"] = 1.0
    given |= {name: str(cells[name] or "") for name in ("parent", "normalise", "aggregate")}
    return Node(str(row["code"]), direction=str(cells["direction"] or "higher"), **given)


def _source(cursor: Any, source: Mapping[str, Any]) -> str:
    """The code of a source on record, or of a new one once it is added."""
    if code := source.get("source"):
        return str(code)
    if not str(source.get("producer") or "").strip() or not str(source.get("title") or "").strip():
        raise ObservationError("source_missing")
    said = "\n".join(
        str(source.get(name) or "") for name in ("producer", "title", "url", "published", "licence")
    )
    code = f"{slug(str(source['title']))[:30]}_{sha256(said.encode()).hexdigest()[:8]}"
    scores.add_source(cursor, {**source, "source": code})
    return code


def _not_stale(store: Store, framework: str, expected_version: int) -> None:
    if indices.last_entry(store, framework) != expected_version:
        raise StaleEdit("index_changed_since")


def _known(store: Store, framework: str) -> None:
    if framework not in set(indices.frameworks(store)["framework"]):
        raise FrameworkError("framework_unknown", framework=framework)


def _free(code: str, used: set[str]) -> str:
    """The code itself, or with a number behind it where it was used before."""
    number, free = 2, code
    while free in used:
        free, number = f"{code}_{number}", number + 1
    return free


def _filled(value: Any) -> Any:  # a cell of a table
    """The value, or None where the cell is empty."""
    return (
        None
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)) or value is pd.NA
        else value
    )
