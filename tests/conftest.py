"""What tests share."""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

import duckdb
import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from cmi_core.accounts import passwords
from cmi_core.store import Store, accounts, opening

# A loaded machine is slow now and then; the examples decide, not the clock.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@atexit.register
def _end_with_the_result() -> None:
    """
    DuckDB's binding lists on the way out what Python had not yet freed: thirty lines below the result, of no use here.

    By then everything of ours is written, and the exit code stands.
    """
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


_MEMORY = Path("/dev/shm")  # where there is one, waiting for a disk is spared


@pytest.fixture(scope="session")
def templates() -> Iterator[Path]:
    """A folder for what is made once and copied by many tests."""
    fast = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    with tempfile.TemporaryDirectory(dir=_MEMORY if fast else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def starting_data(templates: Path) -> Path:
    """A database with the starting data, to be copied. Filling one takes longer than most tests."""
    return _template(templates / "whole.duckdb", opening.open_store)


@pytest.fixture(scope="session")
def new_store(templates: Path) -> Callable[[], Store]:
    """Open databases in memory that have all tables and no rows: copies of one that was migrated once."""
    return _copier(_template(templates / "empty.duckdb", Store))


@pytest.fixture(scope="session", autouse=True)
def starting_data_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """
    A database "in memory" with the starting data is a copy of one that was filled once, when first asked for.

    What is tested stays the same code on the same rows, and `tests/store/test_opening.py` fills its own.
    """
    copy, fill = cache(lambda: _copier(request.getfixturevalue("starting_data"))), opening.open_store

    def opened(path: Path | str, *, kind: str = opening.REAL) -> Store:
        return copy()() if str(path) == ":memory:" and kind == opening.REAL else fill(path, kind=kind)

    opening.open_store = opened
    yield
    opening.open_store = fill


@pytest.fixture(scope="session")
def costly_hasher() -> PasswordHasher:
    """How the product hashes passwords."""
    return _COSTLY


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords of tests are hashed by the same algorithm with little work; `tests/test_passwords.py` holds the cost."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("nobody")
    yield
    passwords._hasher = _COSTLY


@pytest.fixture
def store() -> Iterator[Store]:
    """A database in memory with the starting data, of this test alone."""
    opened = opening.open_store(":memory:")
    yield opened
    opened.close()


@pytest.fixture
def keyed_store(new_store: Callable[[], Store]) -> Iterator[Store]:
    """One without rows that signs its marks with `key-of-a-test`, of this test alone."""
    opened = new_store()
    with opened.writing() as cursor:
        accounts.set_setting(cursor, "cookie_key", "key-of-a-test")
    yield opened
    opened.close()


_COSTLY = passwords._hasher


def _template(path: Path, open_: Callable[[Path], Store]) -> Path:
    """A database made by `open_`, in small blocks: a copy of it is a few megabytes and not fifty."""
    with duckdb.connect() as maker:
        maker.execute(f"ATTACH '{path}' (BLOCK_SIZE 16384, STORAGE_VERSION 'v1.5.0')")
    open_(path).close()
    return path


def _copier(template: Path) -> Callable[[], Store]:
    numbers = count()

    def copied() -> Store:
        copy = template.with_name(f"{template.stem}{next(numbers)}.duckdb")
        shutil.copyfile(template, copy)
        opened = Store(copy)
        copy.unlink()  # it lives on until it is closed, and takes its journal with it
        opened._connection.execute("PRAGMA enable_checkpoint_on_shutdown")
        opened.path = ":memory:"
        return opened

    return copied
