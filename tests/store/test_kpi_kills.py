"""Killed while saving, importing and backing up: nothing acknowledged is lost, nothing is half there."""

import os

import pytest

from benchmarks import record_kills


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.proof)])
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of Unix")
def test_kills_lose_nothing(kills):
    found = record_kills.run(kills)

    assert found["kills"] == kills
    assert found["save"] > kills
    assert found["import"] > 0
    assert found["evidence"] > 0
