"""The web server killed while people save on its pages: what a page said was saved is there."""

import os
import subprocess
import sys

import pytest

from tests.journeys.conftest import ROOT


@pytest.mark.parametrize("kills", [2, pytest.param(40, marks=pytest.mark.proof)])
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of Unix")
def test_a_killed_server_loses_nothing_that_it_acknowledged(kills):
    # A process of its own: the browser's journeys have a loop of events running in this one.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.server_kills", str(kills)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = {
        name.strip(): int(number)
        for name, number in (line.rsplit(maxsplit=1) for line in done.stdout.splitlines())
    }

    assert told["kills"] + told.get("Ctrl-C", 0) == kills
    assert told["acknowledged"] > kills
