"""Undo: a further entry that puts back what stood before another one."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

from cmi_core.accounts.roles import Account
from cmi_core.actions import indices
from cmi_core.actions.authority import acting
from cmi_core.actions.kpis import checked_note, day_of, is_assigned
from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.store import Store, entries, record


class _Undoable(NamedTuple):
    """The key of a line table, and what is written where nothing stood before."""

    key: tuple[str, ...]
    void: dict[str, object]


TABLES = {
    "kpi_value_line": _Undoable(
        ("kpi", "period", "breakdown"),
        {"value": None, "quality": "withdrawn", "evidence_link": None, "evidence_file": None},
    ),
    "kpi_line": _Undoable(("kpi",), {"approval": "retired"}),
    "kpi_milestone_line": _Undoable(("kpi", "period"), {"value": None}),
    "kpi_assignment_line": _Undoable(("kpi", "account"), {"role": "none", "ends_on": None}),
    "kpi_link_line": _Undoable(("kpi", "kind", "target"), {"active": False}),
    "place_line": _Undoable(("place",), {"active": False}),
    "means_line": _Undoable(
        ("means",), {"state": "unknown", "owner": None, "starts_on": None, "ends_on": None}
    ),
    "means_link_line": _Undoable(("means", "node"), {"active": False}),
    "boundary_line": _Undoable(("place",), {"boundary_kind": "none", "geometry": None}),
    "landmark_line": _Undoable(("landmark",), {"active": False}),
    "landmark_link_line": _Undoable(("landmark", "kind", "target"), {"active": False}),
    "proposal_line": _Undoable(("proposal",), {"state": "withdrawn"}),
    "criterion_score_line": _Undoable(("place", "criterion"), {"score": None, "quality": "withdrawn"}),
}


def undo(store: Store, actor: Account | None, *, entry: int, note: str, at: datetime) -> int:
    """
    Put back what stood before an entry, as one further entry; its number is returned.

    A coordinator may undo their own values, an editor any. Refused with `undo_changed_since` once a later
    entry touched the same things, so that nobody's work is lost. A verdict that went with a value before
    is put back with it. What an entry about indices wrote is no longer counted instead (`actions.indices`).
    """
    # What an entry is never changes: it is looked up before it is one's turn to write.
    found = entries.head_of(store, entry)
    if found is None:
        raise ObservationError("entry_unknown", entry=entry)
    if found.deed in indices.DEEDS:
        return indices.undo(store, actor, entry=entry, note=note, at=at)
    touched = entries.tables_of(store, entry)
    with _acting(store, actor, found, touched, at) as (cursor, by):
        if found.deed == "seed" or not touched or not touched <= set(TABLES):
            raise ObservationError("undo_not_possible", entry=entry)
        lines = {table: _put_back(store, table, entry) for table in sorted(touched)}
        if "kpi_value_line" in touched:
            lines["kpi_verdict_line"] = [
                row | {"value_entry": store.version + 1} for row in entries.verdicts_before(store, entry)
            ]
        return record.append(
            cursor, lines, deed="undo", by=by.account, at=at, note=checked_note(note), undoes=entry
        )


def _acting(
    store: Store, actor: Account | None, found: entries.Head, touched: set[str], at: datetime
) -> AbstractContextManager[tuple[Any, Account]]:
    """As an editor, or as whoever made an entry of nothing but values that are still theirs to record."""
    if actor is None or found.recorded_by != actor.account or touched != {"kpi_value_line"}:
        return acting(store, actor, "undo")

    def assigned(by: Account) -> bool:
        return all(
            is_assigned(store, kpi, by.account, day_of(at)) for kpi in entries.kpis_of(store, found.entry)
        )

    return acting(store, actor, "correct_value", assigned=assigned)


def _put_back(store: Store, table: str, entry: int) -> list[dict[str, object]]:
    rule = TABLES[table]
    if later := entries.changed_after(store, table, rule.key, entry):
        raise StaleEdit("undo_changed_since", entry=entry, later=later)
    before = {
        tuple(row[name] for name in rule.key): row for row in entries.before(store, table, rule.key, entry)
    }
    lines = []
    for row in entries.lines_of(store, table, entry):
        stood = before.get(tuple(row[name] for name in rule.key), row | rule.void)
        lines.append({name: value for name, value in stood.items() if name != "entry"})
    return lines
