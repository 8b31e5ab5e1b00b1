"""Opening the database of this process: once, made from the seeds at the first start."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.settings import ROOT, Settings
from cmi_core.store import (
    Store,
    accounts,
    backup,
    checkpoint,
    files,
    heads,
    loss,
    private,
    record,
    removals,
    restoring,
    seed,
)

REAL, DEMONSTRATION = "real", "demonstration"

_opening = threading.Lock()
_opened: Store | None = None


def data_directory() -> Path:
    """Where the database lives: `CMI_DATA_DIR`, or `var/` beside the program."""
    return Settings.from_env().data_directory


def database() -> Path:
    """The file of the database that this process shows."""
    return data_directory() / f"{kind()}.duckdb"


def kind() -> str:
    """Which data this process shows: `CMI_DEMO=true` chooses the demonstration data."""
    return DEMONSTRATION if Settings.from_env().demonstration else REAL


def the_store() -> Store:
    """
    The store of this process, opened on first use.

    A module global rather than a Streamlit cache: any client may clear those.
    Raises StoreError; a later call tries again.
    """
    global _opened  # noqa: PLW0603 - one process, one database
    with _opening:
        if _opened is None:
            _opened = open_store(database(), kind=kind())
        return _opened


def open_store(path: Path | str, *, kind: str = REAL) -> Store:
    """
    Open a database, filling a new one from `data/`.

    Raises StoreError when its kind is another; a new one that could not be filled leaves no file behind.
    """
    if path != ":memory:":
        prepare(Path(path))
    new = path != ":memory:" and not Path(path).exists()
    if new and kind == DEMONSTRATION:
        # Made-up data may be thrown away and made anew: nobody misses their entries.
        heads.file_of(path).unlink(missing_ok=True)
    try:
        return _noted(_filled(Store(path), kind))
    except StoreError as refusal:
        if new and refusal.reason != "database_locked":
            _discard(Path(path))
        if new and refusal.reason == "save_unsure":
            raise StoreError("write_failed", path=path, why=str(refusal.__cause__)) from refusal
        raise


def open_existing() -> Store:
    """The city's database, for a command that makes none. Raises StoreError where there is none."""
    path = database()
    prepare(path)
    if not path.exists():
        raise StoreError("data_directory", path=str(path), why="no database")
    return _noted(Store(path))


def prepare(path: Path) -> None:
    """
    Before a database is opened: a restore that was cut is taken back, and nothing there is open to others.

    Raises StoreError `database_locked` while a backup is being put in its place.
    """
    restoring.settle(path)
    private.from_now_on()
    # The folder itself, then what the program keeps in it; what else may lie there is not ours to close.
    private.close_alone(path.parent)
    beside = (heads.file_of(path), removals.file_of(path))
    private.close(files.folder_of(path), backup.beside(path), path.parent / "asked", *beside)


def _noted(store: Store) -> Store:
    """
    Each entry's seal, and what it takes away, is from now on noted outside of the database too.

    What a killed save left of a file goes, and what was taken away for good does not come back with an older state.
    """
    if store.path == ":memory:":
        return store
    backups = backup.beside(Path(store.path))
    try:
        files.forget_parts(files.folder_of(store.path))
        loss.finish(store)
        removals.apply(store, removals.readable(store.path, backups), at=clock.now())
    except BaseException:
        store.close()
        raise
    note_head = heads.noting(store.path, lambda: record.head(store))
    note_removal = removals.noting(store, backups)

    def note() -> None:
        note_head()
        note_removal()

    store.noting = note
    if heads.newest(store.path) < store.version:
        note_head()
    removals.keep(store, backups)
    return store


def _filled(store: Store, kind: str) -> Store:
    try:
        with store.writing() as cursor:
            found = accounts.setting(store, "kind")
            if found not in {None, kind}:
                raise StoreError("wrong_kind", found=found, wanted=kind)
            seed.load_reference(cursor, ROOT / "data")
            if found is None:
                accounts.set_setting(cursor, "kind", kind)
                _seed_entry(cursor, seed.FIRST_ENTRY)
            elif fresh := seed.never_filled(cursor):
                _seed_entry(cursor, fresh)
            if accounts.setting(store, "cookie_key") is None:
                accounts.set_setting(cursor, "cookie_key", passwords.new_secret())
    except BaseException:
        store.close()
        raise
    return store


def _discard(path: Path) -> None:
    # What a first start on a full disk leaves would read as a damaged database at the next one.
    with suppress(OSError):
        checkpoint.remove(str(path))


def _seed_entry(cursor: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
    """One sealed entry with the starting data: all of them at first, what a newer program brings later."""
    say = text.translator("th")
    entry = record.open_entry(
        cursor,
        deed="seed",
        by=say("app.seed_by"),
        at=clock.now(),
        note=say("app.seed_note"),
    )
    seed.load_lines(cursor, ROOT / "data", entry, tables)
    record.close_entry(cursor, entry)


def public_read() -> bool:
    """Whether anyone may read without an account; `CMI_PUBLIC_READ=false` closes it."""
    return Settings.from_env().public_read
