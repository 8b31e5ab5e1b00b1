"""
Backups: a consistent copy taken while people work, verified, kept in rotation, restored.

A backup is a folder with one Parquet file per table, all read in one transaction, the evidence files, and
`backup.json`, which says the head of the record. It is complete when `backup.json` is there: it is written last.
The tables are made by this program's own migrations and filled again: DuckDB's EXPORT DATABASE refuses a table
that refers to itself, as an undoing entry does, and keeps no comments.
"""

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from cmi_core.errors import StoreError
from cmi_core.store import DISK_REFUSES, Store, checkpoint, current_values, record, refuse_if_locked

KEPT = 14  # newest backups that are kept


@dataclass(frozen=True)
class Backup:
    """A complete backup: when it was taken (UTC), and the head of the record in it."""

    name: str
    taken_at: str
    entry: int
    seal: str
    values: int
    size: int


def folder_of(store: Store) -> Path:
    """Where a database's backups are kept: `backups/` beside it."""
    if store.path == ":memory:":
        raise StoreError("data_directory", path=store.path, why="backups")
    return Path(store.path).parent / "backups"


def take(store: Store, *, at: datetime, kept: int = KEPT) -> Backup:
    """
    Copy the database as it stands, verify the copy, keep the newest `kept`; readers and writers go on.

    Raises StoreError `backup_broken` when the copy cannot be read back whole; it is then thrown away.
    """
    target = folder_of(store) / f"{Path(store.path).stem}-{at:%Y%m%dT%H%M%S%f}"
    target.mkdir(parents=True)
    try:
        _export(store, target / "data")
        _copy_evidence(store, target)
        taken = _checked(target, at)
        (target / "backup.json").write_text(json.dumps(asdict(taken), indent=1), encoding="utf-8")
    except OSError as problem:
        shutil.rmtree(target, ignore_errors=True)
        raise StoreError("write_failed", path=str(target), why=str(problem)) from problem
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    _rotate(target.parent, kept)
    return taken


def listed(folder: Path) -> list[Backup]:
    """The complete backups of a folder, newest first."""
    notes = sorted(folder.glob("*/backup.json"), reverse=True)
    return [Backup(**json.loads(note.read_text(encoding="utf-8"))) for note in notes]


def verify(backup: Path) -> Backup:
    """Read a backup back into a temporary database and check counts and every seal."""
    noted = _noted(backup)
    read = _checked(backup, datetime.fromisoformat(noted.taken_at))
    if (read.entry, read.seal, read.values) != (noted.entry, noted.seal, noted.values):
        raise StoreError("backup_broken", name=backup.name)
    return noted


def restore(backup: Path, path: Path, *, at: datetime) -> Path | None:
    """
    Put a verified backup in place of a database that no process has open.

    The database that stood there is kept beside it; its new path is returned (None if there was none).
    """
    verify(backup)
    part = path.with_name(f"{path.name}.part")
    checkpoint.remove(str(part))
    _import(backup, part)
    moved = None
    if path.exists():
        _free(path)
        moved = path.with_name(f"{path.stem}-before-{at:%Y%m%dT%H%M%S}{path.suffix}")
        path.replace(moved)
        wal = path.with_name(f"{path.name}.wal")
        if wal.exists():
            wal.replace(moved.with_name(f"{moved.name}.wal"))
    part.replace(path)
    if (backup / "evidence").is_dir():
        shutil.copytree(backup / "evidence", path.parent / "evidence", dirs_exist_ok=True)
    return moved


def _checked(folder: Path, at: datetime) -> Backup:
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        copy = Path(scratch) / "check.duckdb"
        _import(folder, copy)
        store = Store(copy)
        try:
            entry, seal = record.head(store)
            values = store.rows("SELECT count(*) FROM kpi_value_line")[0][0]
            with store.snapshot() as cursor:
                differ = current_values.differences(cursor)
            if record.first_broken(store) is not None or differ:
                raise StoreError("backup_broken", name=folder.name)
        finally:
            store.close()
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Backup(folder.name, at.isoformat(), entry, seal, values, size)


def _export(store: Store, folder: Path) -> None:
    """Every table as it stands in one and the same state; readers and writers go on meanwhile."""
    folder.mkdir(parents=True)
    with store.snapshot() as cursor:
        for table in _tables(cursor):
            cursor.execute(f"COPY \"{table}\" TO '{_quoted(folder / table)}.parquet' (FORMAT PARQUET)")


def _import(folder: Path, path: Path) -> None:
    """A new database, made by the migrations and filled from a backup."""
    store = Store(path)
    try:
        with store.writing() as cursor:
            for table in _tables(cursor):
                file = folder / "data" / f"{table}.parquet"
                if table != "migration" and file.exists():
                    _fill(cursor, table, file)
            for file in (folder / "data").glob("*.parquet"):
                if file.stem not in _tables(cursor):
                    raise StoreError("database_newer", name=file.stem)
    except BaseException as problem:
        store.close()
        checkpoint.remove(str(path))
        if isinstance(problem, duckdb.Error) or (isinstance(problem, StoreError) and _unreadable(problem)):
            raise StoreError("backup_broken", name=folder.name) from problem
        raise
    store.close()
    if checkpoint.journal_size(str(path)):
        # The file alone is what is put in place: nothing of it may be left in a journal.
        checkpoint.remove(str(path))
        raise StoreError("write_failed", path=str(path), why="journal")


def _unreadable(problem: StoreError) -> bool:
    """Whether it is the backup's files that cannot be read, rather than the disk that takes no more."""
    full = any(sign in str(problem.details.get("why")) for sign in DISK_REFUSES)
    return problem.reason in {"database_corrupt", "data_directory", "write_failed"} and not full


def _fill(cursor: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    """The rows of a backup, into a table that the migrations left empty."""
    source = f"read_parquet('{_quoted(file)}')"
    if table == "entry":
        # An entry may refer to an earlier one, which must be there first.
        cursor.execute(f"INSERT INTO entry BY NAME SELECT * FROM {source} WHERE undoes IS NULL")
        cursor.execute(
            f"INSERT INTO entry BY NAME SELECT * FROM {source} WHERE undoes IS NOT NULL ORDER BY entry"
        )
        return
    cursor.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM {source}')


def _tables(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables in the order in which they were made: a table comes after those it refers to."""
    found = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT internal"
        " AND NOT temporary ORDER BY table_oid"
    )
    return [name for (name,) in found.fetchall()]


def _free(path: Path) -> None:
    """Refuse when another process has the database open; a checkpoint that was cut is taken back first."""
    try:
        refuse_if_locked(str(path))
    except duckdb.IOException as problem:
        raise StoreError("database_locked", path=str(path)) from problem
    if checkpoint.was_cut(str(path)):
        checkpoint.put_back(str(path))


def _noted(backup: Path) -> Backup:
    try:
        return Backup(**json.loads((backup / "backup.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as problem:
        raise StoreError("backup_unknown", name=backup.name) from problem


def _copy_evidence(store: Store, target: Path) -> None:
    """The evidence files, as hard links where the disk can: they never change."""
    source = Path(store.path).parent / "evidence"
    for file in source.glob("*/*") if source.is_dir() else ():
        place = target / "evidence" / file.parent.name / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            place.hardlink_to(file)
        except OSError:
            shutil.copy2(file, place)


def _rotate(folder: Path, kept: int) -> None:
    for old in listed(folder)[kept:]:
        shutil.rmtree(folder / old.name)
    # What a killed process left behind: folders without their note.
    for left in folder.iterdir():
        if left.is_dir() and not (left / "backup.json").exists():
            shutil.rmtree(left, ignore_errors=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
