"""A server of its own for a benchmark: the demonstration data in a temporary directory, on a free port."""

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
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = os.environ | {"CMI_DATA_DIR": folder, "CMI_DEMO": "true"}
        subprocess.run(
            [sys.executable, "-m", "cmi_core", "demonstration", "make"],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        running = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.address", "127.0.0.1"],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Server(_ready(f"http://127.0.0.1:{port}"), psutil.Process(running.pid))
        finally:
            running.terminate()
            running.wait(timeout=20)


def _ready(address: str) -> str:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return address
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
