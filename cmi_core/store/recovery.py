"""
What a dead server left, before a database is opened: a checkpoint that was cut, a journal that is not in the file.

Entries that the heads beside the database know and the file does not have are said here, and nothing is changed: the
journal that may still hold them would be gone after the next checkpoint.
"""

import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import duckdb

from cmi_core.errors import StoreError
from cmi_core.record.ledger import GENESIS
from cmi_core.store import checkpoint, heads

# Files stay readable by DuckDB 1.5, and nothing is fetched: the server may have no internet.
CONFIGURATION = {
    "storage_compatibility_version": "v1.5.0",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # Never by itself: the program makes each checkpoint with a copy beside it (`checkpoint`).
    "wal_autocheckpoint": "1TB",
}

# How DuckDB says that a record of the journal does not fit its checksum, and where that one begins.
_DAMAGED = re.compile(r"(?:Corrupt WAL|replaying WAL)")
_FROM = re.compile(r"at byte position (\d+)")


class Readable(NamedTuple):
    """How far a database can be read, and how far it went."""

    last: int  # the last entry that can be read
    known: int  # the last entry that was kept, by the heads; `last` where none is known to be missing
    journal: int  # bytes of the journal that can be read
    seal: str  # of the last entry that can be read


def recover(path: str) -> None:
    """
    Bring what was left into the file.

    Raises StoreError `journal_damaged` or `entries_missing`, with the last entry that can be read and the last known.
    """
    if checkpoint.was_cut(path):
        refuse_if_locked(path)
        checkpoint.put_back(path)
    # What else may stand there than a file, DuckDB refuses in its own words.
    if Path(path).is_file() and checkpoint.journal_of(path).exists():
        _settle(path)


def refuse_if_missing(path: str, last: int) -> None:
    """Raises StoreError `entries_missing` where the heads know of entries after the last."""
    known = heads.newest(path)
    if known > last:
        raise StoreError("entries_missing", path=path, last=last, first=last + 1, known=known)


def refuse_if_locked(path: str) -> None:
    """Whether another process has the file open; whether it is whole does not matter here."""
    try:
        duckdb.connect(path, read_only=True, config=dict(CONFIGURATION)).close()
    except duckdb.IOException as problem:
        if "lock on file" in str(problem):
            raise
    except duckdb.Error:
        return


def refuse_if_open(path: Path) -> None:
    """Raises StoreError `database_locked` where another process has the database open."""
    try:
        refuse_if_locked(str(path))
    except duckdb.IOException as problem:
        raise StoreError("database_locked", path=str(path)) from problem


def is_damage(problem: duckdb.Error) -> bool:
    """Whether it is the journal that cannot be read."""
    return bool(_DAMAGED.search(str(problem)))


def readable(path: Path, scratch: Path) -> Readable:
    """
    How far a database and its journal can be read, tried on a copy in an empty folder; they stay as they are.

    Raises StoreError `database_corrupt` where the file itself cannot be read, and OSError.
    """
    copy, journal = scratch / "copy.duckdb", checkpoint.journal_of(str(path))
    if not path.exists():
        return Readable(0, heads.newest(str(path)), 0, GENESIS)
    size = journal.stat().st_size if journal.exists() else 0
    while True:
        shutil.copyfile(path, copy)
        checkpoint.journal_of(str(copy)).unlink(missing_ok=True)
        if size:
            checkpoint.journal_of(str(copy)).write_bytes(journal.read_bytes()[:size])
        try:
            last, seal = _head_of(str(copy))
        except duckdb.Error as problem:
            found = _FROM.search(str(problem))
            if not size:
                raise StoreError("database_corrupt", path=str(path)) from problem
            # What comes before the damaged part can be read; where it is not said, the file alone.
            size = min(int(found.group(1)), size - 1) if found and is_damage(problem) else 0
            continue
        return Readable(last, max(last, heads.newest(str(path))), size, seal)


def _head_of(path: str) -> tuple[int, str]:
    with duckdb.connect(config=dict(CONFIGURATION)) as bystander:
        return _attached(bystander, path)


def _attached(bystander: duckdb.DuckDBPyConnection, path: str) -> tuple[int, str]:
    """Attach a database, its journal replayed; the number and the seal of its last entry."""
    bystander.execute("PRAGMA disable_checkpoint_on_shutdown")
    quoted = path.replace("'", "''")
    bystander.execute(f"ATTACH '{quoted}' AS left_behind")
    with suppress(duckdb.CatalogException):  # a first start that was killed before it had tables
        found = bystander.execute(
            "SELECT e.entry, s.seal FROM left_behind.entry e LEFT JOIN left_behind.seal s ON s.entry = e.entry"
            " ORDER BY e.entry DESC LIMIT 1"
        ).fetchall()
        return found[0] if found else (0, GENESIS)
    return 0, GENESIS


def _settle(path: str) -> None:
    """
    Bring what a dead server left in the journal into the file.

    Opening does this by itself, but before it knows its own functions: where tables with checks were
    made last, it calls the file broken. In a database that is open already the same log is understood.
    """
    with Path(path).open("rb") as file, duckdb.connect(config=dict(CONFIGURATION)) as bystander:
        try:
            last, _ = _attached(bystander, path)
        except duckdb.Error as problem:
            if is_damage(problem):
                raise StoreError("journal_damaged", path=path) from problem
            raise
        refuse_if_missing(path, last)
        try:
            checkpoint.keep(path, file)  # now that the file is locked
        except OSError as problem:
            raise StoreError("write_failed", path=path, why=str(problem)) from problem
        bystander.execute("CHECKPOINT left_behind")
        checkpoint.forget(path)
        bystander.execute("DETACH left_behind")
