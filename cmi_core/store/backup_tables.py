"""The tables of a backup: written as Parquet in one state, and read into a new database made by the migrations."""

from pathlib import Path

import duckdb

from cmi_core.errors import StoreError
from cmi_core.store import DISK_REFUSES, Store, checkpoint


def export(store: Store, folder: Path) -> None:
    """Every table as it stands in one and the same state; readers and writers go on meanwhile."""
    folder.mkdir(parents=True)
    with store.snapshot() as cursor:
        for table in _tables(cursor):
            cursor.execute(f"COPY \"{table}\" TO '{_quoted(folder / table)}.parquet' (FORMAT PARQUET)")


def bring(backup: Path, path: Path) -> None:
    """
    A new database, made by the migrations and filled from a backup.

    Raises StoreError `backup_broken`, `database_newer` or `write_failed`, and leaves no database then.
    """
    store = Store(path)
    try:
        with store.writing() as cursor:
            for table in _tables(cursor):
                file = backup / "data" / f"{table}.parquet"
                if table != "migration" and file.exists():
                    _fill(cursor, table, file)
            for file in (backup / "data").glob("*.parquet"):
                if file.stem not in _tables(cursor):
                    raise StoreError("database_newer", name=file.stem)
    except BaseException as problem:
        store.close()
        away(path)
        if isinstance(problem, duckdb.Error) or (isinstance(problem, StoreError) and _unreadable(problem)):
            raise StoreError("backup_broken", name=backup.name) from problem
        raise
    store.close()
    if checkpoint.journal_size(str(path)):
        # The file alone is what is put in place: nothing of it may be left in a journal.
        away(path)
        raise StoreError("write_failed", path=str(path), why="journal")


def away(path: Path) -> None:
    """Take a database away that was made from a backup."""
    checkpoint.remove(str(path))


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


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
