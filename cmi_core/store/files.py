"""Evidence: what is known of the files kept beside the database."""

import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from cmi_core.errors import StoreError
from cmi_core.store import Store

_MARK = re.compile(r"[0-9a-f]{64}")


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


def path_of(store: Store, evidence: str) -> Path:
    """Where a file of this SHA-256 is kept. Raises StoreError for a database without a folder."""
    if store.path == ":memory:" or not _MARK.fullmatch(evidence):
        raise StoreError("data_directory", path=store.path, why="evidence")
    return Path(store.path).parent / "evidence" / evidence[:2] / evidence


def write(store: Store, evidence: str, data: bytes) -> None:
    """Write a file under its SHA-256, whole or not at all; one that is there stays."""
    target = path_of(store, evidence)
    if target.exists():
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(target)
    except OSError as problem:
        raise StoreError("write_failed", path=str(target.parent), why=str(problem)) from problem
