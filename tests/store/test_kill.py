"""A process killed while it writes, many times: what it acknowledged is there, and the seals hold."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from cmi_core.store import Store, record

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="the writers are forked, so that many start in time"
)

# Imports once, then forks a writer for each line it reads. A writer opens the file as a server does and
# records in four threads; each entry is told only after the store has said that it is kept.
WRITERS = """
import os, sys, threading
from datetime import datetime
from cmi_core.store import Store, checkpoint, record

def tell(word):
    os.write(1, f"{word}\\n".encode())

def write(store, thread):
    for turn in range(1_000_000):
        names = [f"t{thread}-{turn}-{number}" for number in range(3)]
        lines = [{"account": name, "name": "นก", "role": "viewer", "active": True} for name in names]
        with store.writing() as cursor:
            entry = record.append(
                cursor, {"account_line": lines}, deed="try", by="nok", at=datetime(2026, 1, 1), note="x" * 400
            )
        tell(entry)

for order in sys.stdin:
    if child := os.fork():
        tell(f"pid {child}")
        os.waitpid(child, 0)
        tell("dead")
        continue
    store = Store(sys.argv[1])
    if order.strip():  # a small journal, so that many are killed while it is brought into the file
        checkpoint.JOURNAL_MOST = int(order)
    tell("open")
    for thread in range(4):
        threading.Thread(target=write, args=(store, thread)).start()
    threading.Event().wait()
"""


def killed(writers, chance):
    """The entries acknowledged by one writer until it was killed at some moment."""
    print(chance.choice(["", "20000"]), file=writers.stdin, flush=True)
    told = {"open": False, "pid": None}
    kept = []
    # A tenth are killed while they open the file and replay its journal.
    opening = chance.random() < 0.1
    while not told["pid"] or not (told["open"] or opening):
        word = writers.stdout.readline().split()
        told |= {"pid": int(word[1])} if word[0] == "pid" else {"open": True}
    time.sleep(chance.uniform(0, 0.02) if opening else chance.uniform(0.01, 0.4))
    os.kill(told["pid"], signal.SIGKILL)
    for line in writers.stdout:
        if line.strip() == "dead":
            return kept
        if line.strip().isdigit():
            kept.append(int(line))
    raise AssertionError("the writers ended by themselves")


def check(file, kept):
    store = Store(file)
    found = {entry for (entry,) in store.rows("SELECT entry FROM entry")}
    assert set(kept) <= found, f"acknowledged and lost: {sorted(set(kept) - found)}"
    assert found == set(range(1, len(found) + 1))
    halves = store.rows("SELECT entry FROM account_line GROUP BY entry HAVING count(*) <> 3")
    assert halves == [], f"entries in part: {halves}"
    assert record.first_broken(store) is None
    store.close()
    return len(found)


@pytest.mark.parametrize("kills", [10, pytest.param(300, marks=pytest.mark.proof)])
def test_kills_lose_nothing_that_was_acknowledged(tmp_path, kills):
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    file = tmp_path / "real.duckdb"
    Store(file).close()
    kept = []
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", WRITERS, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writers:
        for turn in range(kills):
            kept += killed(writers, chance)
            # Most restarts replay the journal of the one killed; now and then everything is looked at.
            if turn % 10 == 9:
                check(file, kept)
        writers.stdin.close()

    assert len(kept) == len(set(kept)), "one number was given out twice"
    assert len(kept) > kills, f"hardly anything was written (seed {seed})"
    assert check(file, kept) >= len(kept)
