"""The only package that knows DuckDB, SQL and files."""

import itertools
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import duckdb
import pandas as pd

from cmi_core.errors import StoreError
from cmi_core.store import checkpoint, migrate, private, recovery
from cmi_core.store.recovery import CONFIGURATION

DISK_REFUSES = ("No space left", "File too large", "Could not write", "Disk quota")
# How DuckDB words what we tell apart, in the order of looking.
_SIGNS = {
    "database_locked": ("lock on file",),
    "write_failed": DISK_REFUSES,
    "data_directory": (
        "No such file",
        "Permission denied",
        "Cannot open file",
        "Is a directory",
        "Read-only",
    ),
    "database_corrupt": ("not a valid DuckDB", "Corrupt", "Could not read enough", "checksum"),
}
_PLAIN = {"database_locked", "database_corrupt"}
# Seconds that readers get to finish before the file is opened anew.
_PATIENCE = 10.0
# What goes wrong outside of the statements themselves; a faulty statement stays a fault of the program.
_OUR_CONCERN = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.OutOfMemoryException,
    duckdb.ConnectionException,
    duckdb.SerializationException,
)


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
        self._idle = threading.Condition()
        self._cursors = 0
        # True when memory may differ from the file after a failed write: the file is opened anew first.
        self._doubtful = False
        # The file for reading: closed after DuckDB's connection, whose lock would end with it.
        self._file: BinaryIO | None = None
        self._journal_left = 0  # bytes that could not be brought in when it was tried last
        # Called after each entry, before the next can be written.
        self.noting: Callable[[], None] | None = None
        self._connection = self._connect()
        try:
            with translate_errors(self.path, opening=True):
                if migrate.migrate(self._connection):
                    # New tables must not wait in the journal: DuckDB cannot replay their checks on opening.
                    self._bring_in()
                self.version = _last_entry(self._connection)
            if self._in_file:
                recovery.refuse_if_missing(self.path, self.version)
        except BaseException:
            self._disconnect()
            raise

    def read(self, sql: str, **parameters: object) -> pd.DataFrame:
        """The rows of one statement; `$name` in the SQL takes the parameter of that name."""
        with self._cursor() as cursor:
            return _with_none(cursor.execute(sql, parameters or None).df())

    def rows(self, sql: str, **parameters: object) -> list[tuple]:
        """The rows of one statement as tuples, without the cost of a table."""
        with self._cursor() as cursor:
            return cursor.execute(sql, parameters or None).fetchall()

    def dictionaries(self, sql: str, **parameters: object) -> list[dict[str, object]]:
        """The rows of one statement as dictionaries of its columns: for few rows the cheapest to name."""
        with self._cursor() as cursor:
            result = cursor.execute(sql, parameters or None)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    @contextmanager
    def snapshot(self) -> Generator[duckdb.DuckDBPyConnection, None, None]:
        """Several reads of one and the same state, while others write."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            finally:
                _roll_back(cursor)

    @contextmanager
    def writing(self) -> Generator[duckdb.DuckDBPyConnection, None, None]:
        """
        One transaction, one writer at a time; everything or nothing is kept.

        Raises StoreError when the disk refuses: what the file then holds is read back before it is said
        whether the entry was kept.
        """
        with self._writing:
            before, failed = self.version, None
            with self._cursor() as cursor:
                cursor.execute("BEGIN")
                try:
                    yield cursor
                    last = _last_entry(cursor)
                except BaseException:
                    _roll_back(cursor)
                    raise
                try:
                    cursor.execute("COMMIT")
                except duckdb.Error as problem:
                    failed, self._doubtful = problem, self._in_file
            if failed and not (last > before and self._kept(last)):
                raise _refusal(failed, self.path) from failed
            self.version = last
            if last > before and self.noting is not None:
                self.noting()
            most = self._journal_left + checkpoint.JOURNAL_MOST
            if not failed and self._in_file and checkpoint.journal_size(self.path) > most:
                self._bring_in()

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._writing:
            if self._in_file and not self._doubtful and checkpoint.journal_size(self.path):
                self._bring_in()
            self._disconnect()

    @property
    def _in_file(self) -> bool:
        return self.path != ":memory:"

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            with translate_errors(self.path, opening=True):
                if self._in_file:
                    private.from_now_on()
                    private.close(*checkpoint.files_of(self.path))
                    Path(self.path).parent.mkdir(parents=True, exist_ok=True)
                    recovery.recover(self.path)
                connection = duckdb.connect(self.path, config=dict(CONFIGURATION))
                connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        except OSError as problem:
            raise StoreError("data_directory", path=self.path, why=str(problem)) from problem
        if self._in_file:
            self._file = Path(self.path).open("rb")  # noqa: SIM115 - closed after the connection
            self._journal_left = 0
        return connection

    def _disconnect(self) -> None:
        self._connection.close()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _bring_in(self) -> None:
        """
        Bring the journal into the file, while nobody writes.

        Where there is no room for the copy it is tried again once the journal has grown as much again: a disk that
        is nearly full is not to be filled by every entry anew.
        """
        if self._file is None:
            return
        self._journal_left = checkpoint.journal_size(self.path)
        try:
            checkpoint.keep(self.path, self._file)
        except OSError:
            return
        try:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute("CHECKPOINT")
            self._journal_left = 0
        except duckdb.TransactionException:
            pass  # somebody reads an older state: another time
        except duckdb.Error:
            # The copy stays and is put back when the file is opened anew, before anything else is asked.
            self._doubtful = True
            return
        checkpoint.forget(self.path)

    @contextmanager
    def _cursor(self) -> Generator[duckdb.DuckDBPyConnection, None, None]:
        # A cursor per call: threads that share a connection read each other's rows.
        with self._idle:
            if self._doubtful:
                self._open_anew()
            cursor = self._connection.cursor()
            self._cursors += 1
        try:
            with translate_errors(self.path):
                yield cursor
        except StoreError as refusal:
            # DuckDB answers nothing more once a write of its own has failed.
            self._doubtful |= self._in_file and isinstance(refusal.__cause__, duckdb.FatalException)
            raise
        finally:
            cursor.close()
            with self._idle:
                self._cursors -= 1
                self._idle.notify_all()

    def _open_anew(self) -> None:
        """Believe the file, not the memory. Needs every cursor closed, or the old memory lives on."""
        if not self._idle.wait_for(lambda: not (self._doubtful and self._cursors), _PATIENCE):
            raise StoreError("store_recovering", path=self.path)
        if not self._doubtful:
            return
        self._disconnect()
        self._connection = self._connect()
        with translate_errors(self.path, opening=True):
            self.version = _last_entry(self._connection)
        self._doubtful = False

    def _kept(self, entry: int) -> bool:
        """Whether the file holds the entry after all: a failure can come after the entry was safe."""
        try:
            return self.rows("SELECT count(*) FROM entry WHERE entry = $entry", entry=entry)[0][0] == 1
        except StoreError as refusal:
            raise StoreError("save_unsure", path=self.path, entry=entry) from refusal


def _last_entry(cursor: duckdb.DuckDBPyConnection) -> int:
    # No function: a macro in the file could answer in place of `max`.
    found = cursor.execute("SELECT entry FROM entry ORDER BY entry DESC LIMIT 1").fetchall()
    return found[0][0] if found else 0


@contextmanager
def translate_errors(path: str, *, opening: bool = False) -> Generator[None, None, None]:
    """Turn what the database says about files, disks and itself into our own refusal."""
    try:
        yield
    except duckdb.Error as problem:
        if opening or isinstance(problem, _OUR_CONCERN):
            raise _refusal(problem, path, opening=opening) from problem
        raise


def _with_none(table: pd.DataFrame) -> pd.DataFrame:
    """Text as plain objects, an empty cell None as in the database: NaN would read as the word."""
    for column in table.columns[table.dtypes == "str"]:
        cells = table[column].array.to_numpy(dtype=object, na_value=None)
        table[column] = pd.Series(cells, index=table.index, dtype=object, copy=False)
    return table


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        # The transaction is gone already (full disk): there is nothing left to take back.
        return


def _refusal(problem: duckdb.Error, path: str, *, opening: bool = False) -> StoreError:
    told = str(problem)
    found = [reason for reason, signs in _SIGNS.items() if any(sign in told for sign in signs)]
    # A file that opens neither for want of rights nor of room is not one of ours, or not any more.
    spoilt = opening or isinstance(problem, duckdb.SerializationException)
    reason = found[0] if found else "database_corrupt" if spoilt else "write_failed"
    if reason in _PLAIN:
        return StoreError(reason, path=path)
    return StoreError(reason, path=path, why=told.splitlines()[0])
