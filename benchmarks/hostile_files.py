"""
How long do hostile boundary files take, and how much memory does their worker use?

`python -m benchmarks.hostile_files` sends each file of the tests' corpus through the real worker process and prints, per file,
the seconds until the sentence is there and the most memory the worker held (VmHWM of Linux; the limits are 10 s and 1 GB).
"""

import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from cmi_core.errors import FileRefused
from cmi_core.geography import boundaries, gis_files
from tests.geography.boundary_corpus import hostile


class Watched:
    """Stands in for `subprocess` in `cmi_core.geography.gis_files`: the same, and it watches the worker's memory."""

    DEVNULL, TimeoutExpired, CalledProcessError = (
        subprocess.DEVNULL,
        subprocess.TimeoutExpired,
        subprocess.CalledProcessError,
    )

    def __init__(self) -> None:
        self.most_kb = 0

    def run(self, command: list[str], *, check: bool, timeout: float, **settings: Any) -> None:
        """As `subprocess.run`."""
        with subprocess.Popen(command, **settings) as worker:
            watcher = threading.Thread(target=self._watch, args=(worker,))
            watcher.start()
            try:
                code = worker.wait(timeout)
            except subprocess.TimeoutExpired:
                worker.kill()
                raise
            finally:
                watcher.join()
        if check and code:
            raise subprocess.CalledProcessError(code, command)

    def _watch(self, worker: subprocess.Popen[bytes]) -> None:
        status = Path(f"/proc/{worker.pid}/status")
        while worker.poll() is None:
            lines = status.read_text().splitlines() if status.exists() else []
            self.most_kb = max(
                self.most_kb, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0
            )
            time.sleep(0.005)


def main() -> None:
    """Print a line per file, and the worst of each."""
    worst = [0.0, 0]
    with tempfile.TemporaryDirectory() as folder:
        for name, (data, expected) in hostile(Path(folder)).items():
            watched = Watched()
            gis_files.subprocess = watched  # ty: ignore[invalid-assignment]
            began = time.perf_counter()
            try:
                upload = boundaries.read_boundaries(data, filename=name)
                said = (
                    " ".join(["asks", *(question.id for question in upload.open)])
                    if upload.open
                    else "accepted"
                )
            except FileRefused as refusal:
                said = refusal.reason
            took = time.perf_counter() - began
            worst = [max(worst[0], took), max(worst[1], watched.most_kb)]
            sign = "" if said == expected else f"  (expected {expected})"
            print(
                f"{name:<32} {len(data) / 1e6:6.1f} MB {took:6.2f} s {watched.most_kb / 1e3:6.0f} MB  {said}{sign}"
            )
    print(f"worst: {worst[0]:.2f} s, {worst[1] / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
