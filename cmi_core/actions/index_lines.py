"""Lines that deeds about indices write, and what is refused before they do."""

import math
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import pandas as pd

from cmi_core.errors import CmiError, FrameworkError, ObservationError, StaleEdit
from cmi_core.index import aggregate, normalise
from cmi_core.index.codes import slug
from cmi_core.index.levels import CutPoints
from cmi_core.store import Store, indices, scores
from cmi_core.text import typed


def check_seen(store: Store, framework: str, expected_version: int) -> None:
    """Refuse a deed whose form showed a release before the newest entry on it."""
    if indices.last_entry(store, framework) != expected_version:
        raise StaleEdit("index_changed_since")


def refuse(problems: Sequence[CmiError]) -> None:
    """Say everything that contradicts itself at once."""
    if problems:
        raise FrameworkError("framework_contradictions", problems=tuple(problems), count=len(problems))


def method_problems(given: Mapping[str, Any]) -> list[CmiError]:
    """What is wrong with the methods `normalise` and `aggregate`, as far as they are given."""
    found: list[CmiError] = []
    for name, parse in (("normalise", normalise.parse), ("aggregate", aggregate.parse)):
        if given.get(name):
            try:
                parse(str(given[name]))
            except CmiError as refusal:
                found.append(refusal)
    return found


def check_levels(levels: Sequence[Mapping[str, Any]]) -> None:
    """Refuse levels whose order and cut points do not make a rule; levels without any are names only."""
    if all(filled(row.get("position")) is None and filled(row.get("lower")) is None for row in levels):
        return
    ordered = sorted(levels, key=lambda row: float(filled(row.get("position")) or 0))
    if any(filled(row.get("position")) is None for row in levels) or len(
        {row["position"] for row in levels}
    ) < len(levels):
        raise FrameworkError("levels_order_missing")
    if any(filled(row.get("lower")) is None for row in ordered[1:]):
        raise FrameworkError("levels_cut_missing")
    CutPoints(
        tuple(str(row["printed"]) for row in ordered), tuple(float(row["lower"]) for row in ordered[1:])
    )


def level_line(framework: str, row: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, object]:
    """The line of a level; its code is made from its name where it has none."""
    position, lower = filled(row.get("position")), filled(row.get("lower"))
    return {
        "framework": framework,
        "level": row.get("level") or slug(str(row["printed"])),
        "printed": row["printed"],
        "position": None if position is None else int(position),
        "lower": None if lower is None else float(lower),
        **facts,
    }


def add_source(cursor: Any, source: Mapping[str, Any]) -> str:
    """Add a source unless it is on record; its code is returned."""
    if code := source.get("source"):
        return str(code)
    if not str(source.get("producer") or "").strip() or not str(source.get("title") or "").strip():
        raise ObservationError("source_missing")
    source = typed.row(source)
    said = "\n".join(
        str(source.get(name) or "") for name in ("producer", "title", "url", "published", "licence")
    )
    code = f"{slug(str(source['title']))[:30]}_{sha256(said.encode()).hexdigest()[:8]}"
    scores.add_source(cursor, {**source, "source": code})
    return code


def texts(table: pd.DataFrame) -> pd.DataFrame:
    """A table of an index with its texts as they are kept: two codes that look alike are one before they are compared."""
    return table.assign(
        **{
            name: [typed.typed(name, cell) if isinstance(cell, str) else cell for cell in table[name]]
            for name in table
            if table[name].dtype == object or pd.api.types.is_string_dtype(table[name])
        }
    )


def filled(value: Any) -> Any:  # a cell of a table
    """The value, or None where the cell is empty."""
    return (
        None
        if value is None or value == "" or (isinstance(value, float) and math.isnan(value)) or value is pd.NA
        else value
    )
