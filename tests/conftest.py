"""What tests share."""

from collections.abc import Iterator

import pytest

from cmi_core.store import Store, opening


@pytest.fixture
def store() -> Iterator[Store]:
    """A database in memory with the starting data, of this test alone."""
    opened = opening.open_store(":memory:")
    yield opened
    opened.close()
