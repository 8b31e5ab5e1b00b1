"""What `make sbom` writes is what the lock file installs, and takes no internet."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
NOWHERE = "http://127.0.0.1:9"  # a port on which nobody listens


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The file of the command, made where every request that leaves would fail."""
    target = tmp_path_factory.mktemp("sbom") / "sbom.json"
    closed = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE)
    # The tests run where everything is installed already.
    subprocess.run(
        ["make", "-o", "install-dev", "sbom", f"VENV={sys.prefix}", f"SBOM={target}"],
        cwd=ROOT, env={**os.environ, **closed}, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return json.loads(target.read_text(encoding="utf-8"))


def test_it_lists_every_library_of_the_lock_and_nothing_else(written):
    pinned = re.findall(r"^([\w.-]+)==([^ ]+)", LOCK, re.MULTILINE)

    assert len(pinned) > 40
    assert sorted((part["name"], part["version"]) for part in written["components"]) == sorted(pinned)


def test_every_file_that_may_be_installed_is_there_by_its_hash(written):
    told = [
        each["content"]
        for part in written["components"]
        for source in part["externalReferences"]
        for each in source["hashes"]
    ]

    assert sorted(told) == sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK))


def test_it_is_the_list_of_this_program(written):
    named = written["metadata"]["component"]

    assert written["bomFormat"] == "CycloneDX"
    assert f'version = "{named["version"]}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert named["name"] == "chiang-mai-innovation-city"
