"""What tests share."""

import shutil
from collections.abc import Iterator
from itertools import count

import pytest

from cmi_core.store import Store, opening


@pytest.fixture(scope="session", autouse=True)
def starting_data_once(tmp_path_factory) -> Iterator[None]:
    """
    A database "in memory" with the starting data is a copy of one that was filled once.

    Filling one from the CSV files takes longer than most tests; what is tested stays the same code
    on the same rows, and `tests/store/test_opening.py` fills its own.
    """
    folder = tmp_path_factory.mktemp("starting")
    whole, numbers, fill = folder / "whole.duckdb", count(), opening.open_store
    fill(whole).close()

    def copied(path, *, kind=opening.REAL) -> Store:
        if str(path) != ":memory:" or kind != opening.REAL:
            return fill(path, kind=kind)
        copy = folder / f"{next(numbers)}.duckdb"
        shutil.copyfile(whole, copy)
        try:
            return fill(copy)
        finally:
            copy.unlink()  # it lives on until it is closed

    opening.open_store = copied
    yield
    opening.open_store = fill


@pytest.fixture
def store() -> Iterator[Store]:
    """A database in memory with the starting data, of this test alone."""
    opened = opening.open_store(":memory:")
    yield opened
    opened.close()
