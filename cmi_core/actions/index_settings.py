"""What the makers of an index tell later: levels, weights and methods; and a printed number that was wrong."""

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
)
from cmi_core.errors import FrameworkError, ObservationError, StaleEdit
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.store import Store, indices, record, scores
from cmi_core.text.numbers import understand_number


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
    require(actor, "edit_framework")
    number = understand_number(value)
    with acting(store, actor, "edit_framework") as (cursor, by):
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
            name: filled(before[name]) for name in ("level", "level_as_printed", "quality", "basis", "source")
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
    require(actor, "edit_framework")
    if not node:
        check_levels(levels)
    with acting(store, actor, "edit_framework") as (cursor, by):
        _known(store, framework)
        check_seen(store, framework, expected_version)
        if node:
            _check_part(store, framework, node, levels)
        facts = {"basis": "stated", "source": add_source(cursor, source)}
        if node:
            lines = {"level_cut_line": [_cut(framework, node, row, facts) for row in levels]}
        else:
            lines = {"level_line": [level_line(framework, row, facts) for row in levels]}
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
    require(actor, "edit_framework")
    told = {name: spec for name, spec in (methods or {}).items() if spec}
    refuse(method_problems(told))
    with acting(store, actor, "edit_framework") as (cursor, by):
        _known(store, framework)
        check_seen(store, framework, expected_version)
        nodes = indices.nodes(store, framework).set_index("node")
        _check_weights(nodes, weights)
        facts = {"basis": "stated", "source": add_source(cursor, source)}
        lines = {
            node: {"framework": framework, "node": node, "weight": float(weight), **facts}
            for node, weight in weights.items()
        }
        if told:
            root = str(nodes.index[nodes["parent"].isna()][0])
            lines[root] = {"framework": framework, "node": root, **lines.get(root, {}), **told, **facts}
        if not lines:
            raise ObservationError("import_nothing_new")
        settings = {"node_setting_line": list(lines.values())}
        return record.append(cursor, settings, deed="set_weights", by=by.account, at=at, note=note)


def _check_weights(nodes: pd.DataFrame, weights: Mapping[str, float]) -> None:
    """Refuse weights of no node, of one whose weight is laid down, or with which the tree makes no sense."""
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
            Node(str(node), filled(parent) or "", weight=float(tried[node]))
            for node, parent in nodes["parent"].items()
        )
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
    if any(filled(row.get("lower")) is not None for row in told):
        check_levels(told)


def _cut(framework: str, node: str, row: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, object]:
    lower = filled(row.get("lower"))
    return {
        "framework": framework,
        "node": node,
        "level": row["level"],
        "lower": None if lower is None else float(lower),
        **facts,
    }


def _known(store: Store, framework: str) -> None:
    if framework not in set(indices.frameworks(store)["framework"]):
        raise FrameworkError("framework_unknown", framework=framework)
