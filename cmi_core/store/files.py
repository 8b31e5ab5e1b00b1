"""Evidence: what is known of the files kept beside the database."""

from datetime import datetime
from typing import NamedTuple

import duckdb

from cmi_core.store import Store


class Evidence(NamedTuple):
    """A file kept under its SHA-256."""

    evidence: str
    name: str
    media_type: str
    size: int
    added_by: str
    added_at: datetime


def find(store: Store, evidence: str) -> Evidence | None:
    """What is known of a file, or None."""
    found = store.rows(
        "SELECT evidence, name, media_type, size, added_by, added_at FROM evidence WHERE evidence = $evidence",
        evidence=evidence,
    )
    return Evidence(*found[0]) if found else None


def add(cursor: duckdb.DuckDBPyConnection, kept: Evidence) -> None:
    """Know a further file; one that is known already stays as it was first named."""
    cursor.execute("INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", list(kept))
