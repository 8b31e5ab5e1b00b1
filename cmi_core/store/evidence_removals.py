"""Evidence that was taken out for cause: its file is gone for good, and what the record says of that stays."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import duckdb
import pandas as pd

from cmi_core.errors import StoreError
from cmi_core.store import Store, files, record

DEED = "remove_evidence"


class Removed(NamedTuple):
    """The entry by which a file was taken out, when (UTC) and why."""

    entry: int
    at: datetime
    note: str


def remove(cursor: duckdb.DuckDBPyConnection, mark: str, *, by: str, at: datetime, note: str) -> int:
    """The entry that takes a file out, inside the caller's transaction; the file goes once that is kept (`forget`)."""
    return record.append(
        cursor, {"evidence_removal_line": [{"evidence_file": mark}]}, deed=DEED, by=by, at=at, note=note
    )


def find(store: Store, mark: str) -> Removed | None:
    """How a file was taken out, or None where it was not."""
    found = store.rows(_REMOVED + " WHERE r.evidence_file = $mark", mark=mark)
    return Removed(*found[0][1:]) if found else None


def removed(store: Store) -> dict[str, Removed]:
    """Every file that was taken out, by its SHA-256."""
    return {mark: Removed(*told) for mark, *told in store.rows(_REMOVED)}


def held(store: Store) -> pd.DataFrame:
    """The files that stand, the newest first: their names, and the first value that each bears out, where there is one."""
    return store.read(
        """
        WITH value AS (
            SELECT evidence_file, arg_min(kpi, entry) AS kpi, arg_min(period, entry) AS period
            FROM kpi_value_line WHERE evidence_file IS NOT NULL GROUP BY evidence_file
        )
        SELECT coalesce(e.evidence, v.evidence_file) AS evidence, e.name, e.added_at, v.kpi, v.period
        FROM evidence e FULL JOIN value v ON v.evidence_file = e.evidence
        WHERE coalesce(e.evidence, v.evidence_file) NOT IN (SELECT evidence_file FROM evidence_removal_line)
        ORDER BY e.added_at DESC NULLS LAST, evidence
        """
    )


def forget(store: Store, marks: Iterable[str]) -> None:
    """Take the files away. Raises StoreError `evidence_left` where the disk refuses: the next opening tries again."""
    if store.path == ":memory:":
        return
    for mark in marks:
        file = files.path_of(store, mark)
        try:
            if file.exists():
                file.unlink()
                files.settle(file.parent)
        except OSError as problem:
            raise StoreError("evidence_left", mark=mark[:12], why=str(problem)) from problem


def forget_left(store: Store) -> None:
    """Take away what a kill, or a disk that refused, left of files that the record says are gone."""
    for mark in removed(store):
        with suppress(StoreError):
            forget(store, [mark])


_REMOVED = """
    SELECT r.evidence_file, r.entry, e.recorded_at, e.note
    FROM evidence_removal_current r JOIN entry e ON e.entry = r.entry
"""
