"""A server of its own for a benchmark, on a free port, over a data directory; for instance the demonstration data."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
HERE = "127.0.0.1"
_PATIENCE = 120.0


@dataclass
class Server:
    """A running server: its address and its process."""

    address: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """CPU time used so far, user and system."""
        used = self.process.cpu_times()
        return used.user + used.system

    def memory_mb(self) -> float:
        """Resident memory in MB."""
        return self.process.memory_info().rss / 2**20


@contextmanager
def demonstration() -> Iterator[Server]:
    """Make the demonstration data and serve it until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"CMI_DATA_DIR": folder, "CMI_DEMO": "true"}
        make = [sys.executable, "-m", "cmi_core", "demonstration", "make"]
        subprocess.run(make, cwd=ROOT, env=os.environ | settings, check=True, stdout=subprocess.DEVNULL)
        with serving(Path(folder), CMI_DEMO="true") as server:
            yield server


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Server]:
    """Serve a data directory until the block ends or somebody ends the server; `settings` are environment variables."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    running = subprocess.Popen(
        [*command, "--server.address", HERE],
        cwd=ROOT,
        env=os.environ | {"CMI_DATA_DIR": str(folder), "PYTHONIOENCODING": "utf-8"} | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Server(_ready(f"http://{HERE}:{port}"), psutil.Process(running.pid))
    finally:
        running.terminate()
        running.wait(timeout=_PATIENCE)


def _ready(address: str) -> str:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return address
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")
