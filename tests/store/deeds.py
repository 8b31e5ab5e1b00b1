"""What tests of the store do to a city's record: values saved, writing past the program, a process that is killed."""

import subprocess
import sys
from datetime import datetime

from cmi_core.accounts.roles import Account
from cmi_core.actions import evidence, kpis

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"

_KILLED = """
import os, shutil, sys
from datetime import datetime
from pathlib import Path
from cmi_core.store import files, heads, loss, restoring
left = [int(sys.argv[1])]
def counted(function):
    def call(*given, **more):
        if left[0] == 0:
            os.kill(os.getpid(), 9)
        left[0] -= 1
        return function(*given, **more)
    return call
for owner, name in ({steps}):
    setattr(owner, name, counted(getattr(owner, name)))
{deed}
"""


def save(store, year, data=None):
    """A value of a year, with an evidence file where there are `data`; its entry."""
    mark = evidence.keep(store, ED, data=data, name="x.pdf", at=AT) if data else None
    return kpis.record_value(
        store, ED, kpi=KPI, period=str(year), value=year, quality="measured", note="x", at=AT, evidence_file=mark
    )  # fmt: skip


def written(store, value, *, period="2025", seen=0):
    """A value of a period, over what was seen of it; its entry."""
    return kpis.record_value(
        store, ED, kpi=KPI, period=period, value=value, quality="measured", note="meter", at=AT, expected_version=seen
    )  # fmt: skip


def slip(store, *statements):
    """Write past the program, as somebody with the file in hand would."""
    for statement in statements:
        store._connection.execute(statement)


def killed_at(step, deed, *given, steps):
    """A process that does a `deed` (`sys.argv[2:]` are `given`) and is killed before one of its `steps`, counted from 0."""
    code = _KILLED.format(steps=steps, deed=deed)
    return subprocess.run(
        [sys.executable, "-c", code, str(step), *map(str, given)], capture_output=True, text=True, check=False
    )
