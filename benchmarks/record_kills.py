"""
A writer killed at random moments of saving, with and without evidence, importing and backing up: `python -m benchmarks.record_kills [kills]`.

After each kill the database is opened again: every acknowledged entry is there, no import is half in it, the
seals hold, what the screens read equals the record, the heads noted beside it are its own, every evidence file is
what was recorded, and every backup that says it is complete verifies.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from cmi_core.accounts.roles import Account
from cmi_core.actions import evidence, imports, kpis
from cmi_core.store import backup, files, opening, proof

WHO = Account("ed", "Ed", "editor")
KPI = "k_d3_maekha_bod"  # monthly
YEARLY = "k_d1_saifi"
LINES = 120  # of each import
DEEDS = {"save", "evidence", "import", "backup"}
ROOT = Path(__file__).parents[1]


def write(path: Path) -> None:
    """Save, import and back up until killed; each entry is told once the store has kept it."""
    store = opening.open_store(path)
    lock = threading.Lock()

    def told(word: object) -> None:
        with lock:
            os.write(1, f"{word}\n".encode())

    def save() -> None:
        turn = 0
        while True:
            period = f"{1901 + turn % 100}-{1 + turn % 12:02}"
            stands = kpis.newest(store, KPI, period)
            entry = kpis.record_value(
                store, WHO, kpi=KPI, period=period, value=time.time(), quality="measured", note="kill", at=_now(),
                expected_version=stands.entry if stands else 0,
            )  # fmt: skip
            told(f"save {entry}")
            turn += 1

    def attach() -> None:
        turn = 0
        while True:
            period = str(1901 + turn % 100)
            mark = evidence.keep(store, WHO, data=b"%PDF-" + os.urandom(20_000), name="x.pdf", at=_now())
            stands = kpis.newest(store, YEARLY, period)
            entry = kpis.record_value(
                store, WHO, kpi=YEARLY, period=period, value=time.time(), quality="measured", note="kill", at=_now(),
                expected_version=stands.entry if stands else 0, evidence_file=mark,
            )  # fmt: skip
            told(f"evidence {entry}")
            turn += 1

    def bring() -> None:
        while True:
            cells = [
                imports.Cell(
                    f"C{number}", imports.NEW, other, f"{1901 + number // 12}-{1 + number % 12:02}",
                    time.time(), "measured", expected_version=seen.get(number, 0),
                )
                for number in range(LINES)
            ]  # fmt: skip
            entry = imports.import_values(store, WHO, cells=cells, note="kill", at=_now())
            seen.update(dict.fromkeys(range(LINES), entry))
            told(f"import {entry}")

    def copy() -> None:
        while True:
            told(f"backup {backup.take(store, at=_now(), kept=3).name}")

    monthly = store.rows("SELECT kpi FROM kpi_current WHERE frequency = 'monthly' AND kpi <> $kpi", kpi=KPI)
    other = monthly[0][0]
    stood = store.rows("SELECT period, entry FROM kpi_value_now WHERE kpi = $kpi", kpi=other)
    entries = dict(stood)
    seen = {number: entries.get(f"{1901 + number // 12}-{1 + number % 12:02}", 0) for number in range(LINES)}
    told("open")
    for work in (save, attach, bring, copy):
        threading.Thread(target=work).start()
    threading.Event().wait()


def nursery(path: Path) -> None:
    """Import once, then for each line that is read let a child write until it is killed, and say so."""
    for _ in sys.stdin:
        if child := os.fork():
            os.write(1, f"pid {child}\n".encode())
            os.waitpid(child, 0)
            os.write(1, b"dead .\n")
        else:
            write(path)


def run(kills: int, *, seed: int = 1) -> Counter[str]:
    """Kill as often as asked; what was acknowledged and checked. Raises AssertionError on the first loss."""
    chance, found, verified = random.Random(seed), Counter(), set()
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "benchmarks.record_kills", "nursery"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "real.duckdb"
        opening.open_store(path).close()
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen([*command, str(path)], cwd=ROOT, **pipes) as writers:
            for turn in range(kills):
                # Now and then while the file is opened and its journal replayed, or around the end of a backup and
                # while an older one makes room; else while all are at work.
                seen = (
                    set()
                    if turn % 5 == 4
                    else {"save"}
                    if turn % 5
                    else {"save", "backup"}
                    if turn
                    else DEEDS
                )
                acknowledged = _killed(writers, seen, chance.uniform(0.0, 0.8 if seen else 0.3))
                found["kills"] += 1
                found.update(word for word, _ in acknowledged)
                # What was verified once is verified again at the end: others may have been let go around it.
                _check(path, acknowledged, found, verified, whole=turn == kills - 1)
                found["backups verified"] = len(verified)
            writers.stdin.close()
    return found


def _killed(writers: subprocess.Popen, awaited: set[str], after: float) -> list[tuple[str, str]]:
    """What a writer acknowledged until it was killed, some time after it did each of what is awaited."""
    print(file=writers.stdin, flush=True)
    word, _, pid = writers.stdout.readline().partition(" ")
    assert word == "pid", "no writer was started"
    told = []
    while not awaited <= {word for word, _ in told}:
        told.append(_word(writers))
    time.sleep(after)
    os.kill(int(pid), signal.SIGKILL)
    while not told or told[-1][0] != "dead":
        told.append(_word(writers))
    return [(word, rest) for word, rest in told if word in DEEDS]


def _word(writers: subprocess.Popen) -> tuple[str, str]:
    line = writers.stdout.readline()
    assert line, "the writers ended by themselves"
    word, _, rest = line.strip().partition(" ")
    return word, rest


def _check(
    path: Path, acknowledged: list[tuple[str, str]], found: Counter[str], verified: set[str], *, whole: bool
) -> None:
    store = opening.open_store(path)
    try:
        entries = dict(store.rows("SELECT entry, deed FROM entry"))
        lost = [rest for word, rest in acknowledged if word != "backup" and int(rest) not in entries]
        assert not lost, f"lost: {lost}"
        counts = store.rows(
            "SELECT count(*) FROM kpi_value_line l JOIN entry e ON e.entry = l.entry"
            " WHERE e.deed = 'import_values' GROUP BY l.entry"
        )
        assert {count for (count,) in counts} <= {LINES}, "half an import"
        told = proof.verified(store)
        assert not proof.refusals(told), [str(wrong) for wrong in proof.refusals(told)]
        # A file that was written when its entry was not: nobody was told that it is kept.
        found["files of no entry at the end"] = len(told["evidence"]["extra"])
        found["files at the end"] = len(files.named(store))
        for each in backup.listed(backup.folder_of(store)):
            if whole or each.name not in verified:
                backup.verify(backup.folder_of(store) / each.name)
                verified.add(each.name)
        found["entries at the end"] = max(entries)
    finally:
        store.close()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


if __name__ == "__main__":
    if sys.argv[1:2] == ["nursery"]:
        nursery(Path(sys.argv[2]))
        sys.exit()
    for name, count in run(int(sys.argv[1]) if len(sys.argv) > 1 else 200).items():
        print(f"{name:>20}  {count}")
