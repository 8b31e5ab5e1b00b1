"""Making anew what follows from the record and says something else: both states stay on record, by one entry."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from cmi_core.errors import StoreError
from cmi_core.store import Store, current_values, definitions, derived, record


@dataclass(frozen=True)
class Rebuilt:
    """The entry it was done by (None: there was nothing to do), how much was made anew, and what differs still."""

    entry: int | None
    count: int
    left: derived.Findings


def rebuild(store: Store, *, by: str, note: str, at: datetime) -> Rebuilt:
    """
    Make the current values and all altered definitions anew from the record; one entry keeps both states.

    Raises StoreError `rebuild_record_broken` where a seal does not hold: such a record is not to be trusted.
    """
    if (broken := record.first_broken(store)) is not None:
        raise StoreError("rebuild_record_broken", entry=broken)
    entry = None
    with store.writing() as cursor:
        lines = _made_anew(cursor)
        if lines:
            entry = record.append(cursor, {"rebuild_line": lines}, deed="rebuild", by=by, at=at, note=note)
    if entry is not None:
        derived.forget(store, entry)
    return Rebuilt(entry, len(lines), derived.check(store))


def told(done: Rebuilt) -> dict[str, Any]:
    """What was done and what is left, as another process can be told it."""
    return {"entry": done.entry, "made": done.count} | derived.told(done.left)


def _made_anew(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    """Do it, inside the caller's transaction; the lines that tell it."""
    altered = definitions.mendable(definitions.altered(cursor))
    definitions.set_aside(cursor, altered)
    # Compared before their table is made anew, which may be what was altered.
    found, values = current_values.differing(cursor)
    definitions.renew(cursor, [each for each in altered if each.kind not in definitions.ANSWERING])
    if found or any(each.name == definitions.DERIVED for each in altered):
        current_values.rebuild(cursor)
    return [_definition(each) for each in altered] + _values(values)


def _definition(each: definitions.Altered) -> dict[str, object]:
    stood, stands = (_written([{"sql": sql}] if sql else []) for sql in (each.stands, each.made))
    return {"kind": each.kind, "relation": each.name, "row_key": "", "stood": stood, "stands": stands}


def _values(differing: Iterable[current_values.Differing]) -> list[dict[str, object]]:
    """One line for each key; a table that lost its own may have held several rows of one."""
    rows: dict[str, list[current_values.Differing]] = {}
    for each in differing:
        rows.setdefault(_as_json(each.key), []).append(each)
    return [
        {
            "kind": "value",
            "relation": definitions.DERIVED,
            "row_key": key,
            "stood": _written([each.stands for each in several if each.stands is not None]),
            "stands": _written([each.recorded for each in several[:1] if each.recorded is not None]),
        }
        for key, several in rows.items()
    ]


def _written(rows: Sequence[Mapping[str, object]]) -> str | None:
    """Rows as JSON: one by itself, several as a list, none as nothing."""
    return _as_json(rows if len(rows) > 1 else rows[0]) if rows else None


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=_day)


def _day(cell: object) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell)
