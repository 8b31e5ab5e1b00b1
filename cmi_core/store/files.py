"""
Evidence: what is known of the files kept beside the database, and whether they are still what they were.

A file lies under its SHA-256, and the record's sealed lines name it by that: what is there is the file that was
recorded, or its content does not fit its name.
"""

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

import duckdb

from cmi_core.errors import StoreError
from cmi_core.store import Store

_DIGITS = frozenset("0123456789abcdef")
_MARK = 64  # hexadecimal digits of a SHA-256
PART = ".part"  # what a file is called while it is written


class Evidence(NamedTuple):
    """A file kept under its SHA-256."""

    evidence: str
    name: str
    media_type: str
    size: int
    added_by: str
    added_at: datetime


class Differing(NamedTuple):
    """The SHA-256 of files that are not as the record names them; of what it does not name, the path."""

    altered: list[str]
    missing: list[str]
    extra: list[str]


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


def named(store: Store) -> list[str]:
    """
    Every file that is known or that a line of the record names, by its SHA-256, and that is to be there.

    Not what was taken out for good: of that only the hash is to stay.
    """
    found = store.rows(
        "(SELECT evidence FROM evidence UNION"
        " SELECT evidence_file FROM kpi_value_line WHERE evidence_file IS NOT NULL)"
        " EXCEPT SELECT evidence_file FROM evidence_removal_line ORDER BY 1"
    )
    return [mark for (mark,) in found]


def folder_of(path: Path | str) -> Path:
    """Where the evidence of a database lies: `evidence/` beside the city's own, a folder of its own for any other."""
    path = Path(path)
    return path.parent / ("evidence" if path.stem == "real" else f"{path.stem}-evidence")


def place(folder: Path, evidence: str) -> Path:
    """Where a file of this SHA-256 lies in a folder of evidence. Raises StoreError where it is none."""
    if len(evidence) != _MARK or not _DIGITS.issuperset(evidence):
        raise StoreError("data_directory", path=str(folder), why="evidence")
    return folder / evidence[:2] / evidence


def path_of(store: Store, evidence: str) -> Path:
    """Where a file of this SHA-256 is kept. Raises StoreError for a database without a folder."""
    if store.path == ":memory:":
        raise StoreError("data_directory", path=store.path, why="evidence")
    return place(folder_of(store.path), evidence)


def read(store: Store, evidence: str) -> bytes:
    """The content of a file. Raises StoreError `evidence_missing` or `evidence_altered`: it is then not shown."""
    try:
        data = path_of(store, evidence).read_bytes()
    except OSError as problem:
        raise StoreError("evidence_missing", mark=evidence[:12]) from problem
    if sha256(data).hexdigest() != evidence:
        raise StoreError("evidence_altered", mark=evidence[:12])
    return data


def write(store: Store, evidence: str, data: bytes) -> None:
    """Write a file under its SHA-256, whole or not at all; one that is there and is what it says stays."""
    target = path_of(store, evidence)
    try:
        if is_whole(target):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=PART, delete=False) as part:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(target)
        for folder in (target.parent, target.parent.parent):
            settle(folder)
    except OSError as problem:
        raise StoreError("write_failed", path=str(target.parent), why=str(problem)) from problem


def is_whole(path: Path) -> bool:
    """Whether a file is there and its content fits the name that it has. Raises OSError where it cannot be read."""
    return path.is_file() and digest(path) == path.name


def digest(path: Path) -> str:
    """The SHA-256 of a file's content. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def settle(path: Path) -> None:
    """What a file or a folder holds is on the disk when this returns. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(path: Path, content: bytes) -> None:
    """A file with this content in place of what stood there, whole and on the disk, or as it was. Raises OSError."""
    draft = path.with_name(f"{path.name}.draft")
    try:
        draft.write_bytes(content)
        settle(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    settle(path.parent)


def differing(folder: Path, marks: Iterable[str]) -> Differing:
    """How a folder of evidence differs from what is named. Raises OSError where it cannot be read."""
    wanted = {place(folder, mark) for mark in marks}
    found = {path for path in folder.rglob("*") if not path.is_dir()} if folder.is_dir() else set()
    return Differing(
        altered=sorted(path.name for path in wanted & found if not is_whole(path)),
        missing=sorted(path.name for path in wanted - found),
        extra=sorted(str(path.relative_to(folder)) for path in found - wanted),
    )


def forget_parts(folder: Path) -> None:
    """Take away what a killed process was still writing: nobody was told that it is kept."""
    for left in folder.glob(f"*/*{PART}"):
        left.unlink(missing_ok=True)
