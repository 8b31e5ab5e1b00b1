"""Killed while saving, importing and backing up: nothing acknowledged is lost, nothing is half there."""

import os

import pytest

from benchmarks import record_kills


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of Unix")
def test_twelve_kills_lose_nothing():
    found = record_kills.run(12)

    assert found["kills"] == 12
    assert found["save"] > 12
    assert found["import"] > 0
