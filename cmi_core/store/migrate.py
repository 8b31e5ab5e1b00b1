"""Numbered SQL files, each applied once in a transaction with the row that records its hash."""

import hashlib
from contextlib import suppress
from pathlib import Path

import duckdb

from cmi_core.calendar import clock
from cmi_core.errors import StoreError

FOLDER = Path(__file__).parent / "migrations"


def migrate(connection: duckdb.DuckDBPyConnection, folder: Path = FOLDER) -> list[str]:
    """
    Apply what is not yet applied, in the order of the numbers; the names applied are returned.

    Raises StoreError when a file was edited after it was applied, or when the database has
    migrations that this version of the program does not know.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at TIMESTAMP NOT NULL)"
    )
    applied = dict(connection.execute("SELECT name, hash FROM migration").fetchall())
    files = {file.name: file for file in sorted(folder.glob("[0-9]*.sql"))}
    if unknown := sorted(set(applied) - set(files)):
        raise StoreError("database_newer", name=unknown[-1])
    return [name for name, file in files.items() if _apply(connection, file, applied.get(name))]


def _apply(connection: duckdb.DuckDBPyConnection, file: Path, applied: str | None) -> bool:
    text = file.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if applied is not None:
        if applied != digest:
            raise StoreError("migration_edited", name=file.name)
        return False
    connection.execute("BEGIN")
    try:
        connection.execute(text)
        connection.execute(
            "INSERT INTO migration VALUES (?, ?, ?)",
            [file.name, digest, clock.now()],
        )
        connection.execute("COMMIT")
    except duckdb.IOException:
        raise  # the disk, not the file of statements; nothing was committed
    except duckdb.Error as problem:
        _take_back(connection)
        raise StoreError("migration_failed", name=file.name, why=str(problem).splitlines()[0]) from problem
    return True


def _take_back(connection: duckdb.DuckDBPyConnection) -> None:
    # A failed commit has ended the transaction already.
    with suppress(duckdb.Error):
        connection.execute("ROLLBACK")
