"""The only package that knows DuckDB, SQL and files."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from cmi_core.errors import StoreError
from cmi_core.store import migrate

# Files stay readable by DuckDB 1.5, and nothing is fetched: the server may have no internet.
CONFIGURATION = {
    "storage_compatibility_version": "v1.5.0",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


# Tells one opening from another: what was read from a store is kept under this number.
_openings = itertools.count(1)


class Store:
    """
    The database, shared by every session of the process.

    `path` is a file or ":memory:". Opening applies the migrations that are not yet applied.
    Raises StoreError when the file is locked by another process, damaged or not writable.
    """

    def __init__(self, path: str | Path = ":memory:") -> None:
        self.path = str(path)
        self.opened = next(_openings)
        self._writing = threading.Lock()
        self._connection = self._connect()
        try:
            migrate.migrate(self._connection)
        except BaseException:
            self._connection.close()
            raise
        self.version = self._last_entry()

    def read(self, sql: str, **parameters: object) -> pd.DataFrame:
        """The rows of one statement; `$name` in the SQL takes the parameter of that name."""
        # A cursor per call: threads that share a connection read each other's rows.
        with self._speaking(), self._connection.cursor() as cursor:
            return _with_none(cursor.execute(sql, parameters or None).df())

    def rows(self, sql: str, **parameters: object) -> list[tuple]:
        """The rows of one statement as tuples, without the cost of a table."""
        with self._speaking(), self._connection.cursor() as cursor:
            return cursor.execute(sql, parameters or None).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Several reads of one and the same state, while others write."""
        with self._speaking(), self._connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            finally:
                _roll_back(cursor)

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction, one writer at a time; everything or nothing is kept."""
        with self._writing, self._speaking():
            with self._connection.cursor() as cursor:
                cursor.execute("BEGIN")
                try:
                    yield cursor
                except BaseException:
                    _roll_back(cursor)
                    raise
                cursor.execute("COMMIT")
            self.version = self._last_entry()

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        self._connection.close()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            if self.path != ":memory:":
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            return duckdb.connect(self.path, config=dict(CONFIGURATION))
        except OSError as problem:
            raise StoreError("data_directory", path=self.path, why=str(problem)) from problem
        except duckdb.Error as problem:
            raise _refusal(problem, self.path) from problem

    def _last_entry(self) -> int:
        with self._connection.cursor() as cursor:
            return cursor.execute("SELECT coalesce(max(entry), 0) FROM entry").fetchone()[0]

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn what the database says about files and disks into our own refusal."""
        try:
            yield
        except (duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException) as problem:
            self._revive(problem)
            raise _refusal(problem, self.path) from problem

    def _revive(self, problem: duckdb.Error) -> None:
        """Open the file anew after a failed write: DuckDB locks itself until then."""
        if self.path == ":memory:" or not isinstance(problem, duckdb.FatalException):
            return
        try:
            self._connection.close()
            self._connection = duckdb.connect(self.path, config=dict(CONFIGURATION))
        except duckdb.Error as again:
            raise _refusal(again, self.path) from again


def _with_none(table: pd.DataFrame) -> pd.DataFrame:
    """Text as plain objects, an empty cell None as in the database: NaN would read as the word."""
    for column in table.columns[table.dtypes == "str"]:
        cells = table[column].astype(object)
        table[column] = cells.where(cells.notna(), None) if cells.hasnans else cells
    return table


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        # The transaction is gone already (full disk): there is nothing left to take back.
        return


def _refusal(problem: duckdb.Error, path: str) -> StoreError:
    told = str(problem)
    if "lock on file" in told:
        return StoreError("database_locked", path=path)
    if "No such file" in told or "Permission denied" in told or "Cannot open file" in told:
        return StoreError("data_directory", path=path, why=told.splitlines()[0])
    if (
        isinstance(problem, duckdb.SerializationException)
        or "not a valid DuckDB" in told
        or "Corrupt" in told
    ):
        return StoreError("database_corrupt", path=path)
    return StoreError("write_failed", path=path, why=told.splitlines()[0])
