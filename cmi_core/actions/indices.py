"""Releases and scores of indices imported, and any entry about an index undone; each deed one entry."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.actions.index_lines import (
    add_source,
    check_levels,
    check_seen,
    filled,
    level_line,
    method_problems,
    refuse,
    texts,
)
from cmi_core.errors import CmiError, FrameworkError, ObservationError, StaleEdit
from cmi_core.index.codes import slug
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.store import Store, indices, record
from cmi_core.text import typed

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
    "transform",
    "reference",
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
    `code` and `NODE`; an index that has no name there is called as the release is, and an indicator without a direction
    is refused. `levels` are rows of `printed`, `position`, `lower`, `source` is one on record or a new one.
    """
    require(actor, "edit_framework")
    given = typed.row({name: filled(head.get(name)) for name in HEAD})
    nodes = _named(texts(nodes), given)
    refuse([*_head_problems(given), *method_problems(given), *_directions_missing(nodes)])
    Framework(tuple(_node(row) for row in nodes.to_dict("records")))
    check_levels(levels)
    with acting(store, actor, "edit_framework") as (cursor, by):
        known = indices.frameworks(store)
        same = known[(known["index_code"] == given["index_code"]) & (known["release"] == given["release"])]
        if len(same):
            raise FrameworkError("release_taken", release=given["release"], index=given["index_code"])
        code = _free(
            f"{slug(str(given['index_code']))}_{slug(str(given['release']))}", indices.codes_used(store)[0]
        )
        facts = {"basis": "stated", "source": add_source(cursor, source)}
        lines = {
            "framework_line": [{"framework": code, **given, "measure": given["measure"] or "score", **facts}],
            "framework_node_line": _node_lines(code, nodes, facts),
            "level_line": [level_line(code, row, facts) for row in levels],
        }
        return record.append(cursor, lines, deed="import_framework", by=by.account, at=at, note=note)


def _named(nodes: pd.DataFrame, head: Mapping[str, Any]) -> pd.DataFrame:
    """The nodes, the index itself under the release's name where it has none of its own."""
    root = [filled(parent) is None for parent in nodes["parent"]]
    names = {}
    for name in ("name_th", "name_en"):
        if name in nodes:
            names[name] = [
                head[name] if at and filled(said) is None else said
                for at, said in zip(root, nodes[name], strict=True)
            ]
    return nodes.assign(**names)


def _directions_missing(nodes: pd.DataFrame) -> list[CmiError]:
    """Indicators of which nobody has said whether more is better: that decides over every rank."""
    groups = set(nodes["parent"].dropna())
    return [
        FrameworkError("direction_missing", code=row["code"])
        for row in nodes.to_dict("records")
        if row["code"] not in groups and filled(row.get("direction")) is None
    ]


def _node_lines(framework: str, nodes: pd.DataFrame, facts: Mapping[str, Any]) -> list[dict[str, object]]:
    return [
        {
            "framework": framework,
            "node": row["code"],
            "position": place,
            **{name: filled(row.get(name)) for name in NODE},
            **facts,
        }
        for place, row in enumerate(nodes.to_dict("records"))
    ]


def import_scores(
    store: Store,
    actor: Account | None,
    *,
    framework: str,
    places: pd.DataFrame,
    values: pd.DataFrame,
    source: Mapping[str, Any],
    quality: str | None,
    note: str,
    at: datetime,
    expected_version: int,
    aliases: Mapping[str, str] | None = None,
) -> int:
    """
    Add or correct the values of a release, a year at a time, all in one entry; its number is returned.

    `aliases` are names that files have for places on record, each with the place's code, to be remembered. `values` has
    year (Common Era or None), city, node, value and quality (empty: the mark on record, for a new value `quality`); only
    what differs from the record is written. `expected_version` is the last entry on the release that the preview saw:
    raises StaleEdit when there is a newer one, ObservationError `quality_unknown` where a new value has no mark.
    """
    places, values = texts(places), texts(values)
    with acting(store, actor, "edit_framework") as (cursor, by):
        check_seen(store, framework, expected_version)
        years = _years(store, framework)
        fresh = differing(store, years, values)
        if fresh.empty:
            raise ObservationError("import_nothing_new")
        used = indices.codes_used(store)[1]
        facts = {"basis": "stated", "source": add_source(cursor, source)}
        begun = []
        for year in indices.years_of(fresh):
            if year not in years:
                years[year] = _free(f"{framework}_{year or 'undated'}", used)
                begun.append({"assessment": years[year], "framework": framework, "year": year, **facts})
        indices.add_cities(cursor, places[places["new"]].drop(columns="new").to_dict("records"))
        lines = {
            "assessment_line": begun,
            "score_line": _score_lines(fresh, years, quality, facts),
            "place_alias_line": _alias_lines(store, framework, aliases or {}, facts),
        }
        return record.append(cursor, lines, deed="import_scores", by=by.account, at=at, note=note)


def _years(store: Store, framework: str) -> dict[int | None, str]:
    """The assessments of a release by their year."""
    known = indices.assessments(store)
    known = known[known["framework"] == framework]
    return {
        None if pd.isna(year) else int(year): code
        for code, year in zip(known["assessment"], known["year"], strict=True)
    }


def _alias_lines(
    store: Store, framework: str, aliases: Mapping[str, str], facts: Mapping[str, Any]
) -> list[dict[str, object]]:
    """What files call places on record, as far as it is not remembered already."""
    heads = indices.frameworks(store).set_index("framework")
    kind = str(heads.loc[framework, "area_kind"])
    known = indices.aliases(store, kind)
    return [
        {"alias": typed.typed("alias", alias), "area_kind": kind, "city": city, **facts}
        for alias, city in aliases.items()
        if known.get(alias) != city
    ]


def differing(store: Store, years: Mapping[int | None, str], values: pd.DataFrame) -> pd.DataFrame:
    """The values that are not on record yet or are on record with another number, with `before` and `verdict`."""
    compared = indices.beside_record(store, years, values)
    return compared[compared["verdict"] != "same"]


def _score_lines(
    fresh: pd.DataFrame, years: Mapping[int | None, str], quality: str | None, facts: Mapping[str, Any]
) -> list[dict[str, object]]:
    if quality is None and not all(isinstance(mark, str) and mark for mark in fresh["quality"]):
        raise ObservationError("quality_unknown")
    codes = [years[None if pd.isna(year) else int(year)] for year in fresh["year"]]
    marks = [mark if isinstance(mark, str) and mark else quality for mark in fresh["quality"]]
    rows = zip(codes, fresh["city"], fresh["node"], fresh["value"], marks, strict=True)
    return [
        {"assessment": code, "city": city, "node": node, "value": value, "quality": mark, **facts}
        for code, city, node, value, mark in rows
    ]


def undo(store: Store, actor: Account | None, *, entry: int, note: str, at: datetime) -> int:
    """
    Take an entry about indices back, as one further entry: what it wrote no longer counts, all of it stays to be read.

    Refused while a later entry builds on it, so that nobody's work is lost unseen.
    """
    with acting(store, actor, "undo") as (cursor, by):
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


def _node(row: Mapping[str, Any]) -> Node:
    """A row of the nodes as the engine's own checks take it; an unknown weight counts as 1 there."""
    cells: dict[str, Any] = {name: filled(row.get(name)) for name in NODE}
    given: dict[str, Any] = {
        name: math.nan if cells[name] is None else float(cells[name])
        for name in ("weight", "lower", "upper", "target")
    }
    if math.isnan(given["weight"]):
        given["weight"] = 1.0
    names = ("parent", "normalise", "aggregate", "transform", "reference")
    given |= {name: str(cells[name] or "") for name in names}
    return Node(str(row["code"]), direction=str(cells["direction"] or "higher"), **given)


def _free(code: str, used: set[str]) -> str:
    """The code itself, or with a number behind it where it was used before."""
    number, free = 2, code
    while free in used:
        free, number = f"{code}_{number}", number + 1
    return free
