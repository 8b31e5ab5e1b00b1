"""
The record under load: `python -m benchmarks.record_load [people entries]` and `… million`.

The first lets many coordinators record at once, on one KPI and on many, while pages are read, and says what
became of every entry. The second makes a ledger of a million values and times what the pages ask of it.
Both work in a temporary folder and print a table.
"""

import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from statistics import median

import pyarrow as pa
from streamlit.testing.v1 import AppTest

from cmi_core.accounts.roles import Account
from cmi_core.actions import imports, kpis
from cmi_core.calendar.periods import between, containing
from cmi_core.errors import CmiError
from cmi_core.store import Store, current_values, opening, record
from cmi_core.store import kpis as stored
from cmi_core.views import audit_log, duties
from cmi_core.views import kpis as views

AT = datetime(2026, 7, 1, 3, 0)
TODAY = date(2026, 7, 1)
ONE = "k_d3_maekha_bod"  # monthly
ROOT = Path(__file__).parents[1]


def load(store: Store, people: int, entries: int, *, many: bool) -> dict[str, object]:
    """
    Let `people` record `entries` values each at the same time, while others read; what became of every try.

    Each looks at what stands, then records over it, as a form does: who comes second is refused in words.
    """
    codes = stored.definitions(store)
    monthly = codes[codes["frequency"] == "monthly"]["kpi"].tolist() if many else [ONE]
    outcome, kept, waits = Counter(), [], []
    ended, lock, start = threading.Event(), threading.Lock(), threading.Barrier(people + 1)
    before = store.rows("SELECT count(*) FROM kpi_value_line")[0][0]

    def work(number: int) -> None:
        who = Account(f"c{number}", f"C{number}", "editor")
        start.wait()
        for turn in range(entries):
            period = f"{1901 + (turn * 7 + number) % 120}-{1 + (turn + number) % 12:02}"
            kpi = monthly[(turn + number) % len(monthly)]
            stands = kpis.newest(store, kpi, period)
            began = time.perf_counter()
            try:
                entry = kpis.record_value(
                    store, who, kpi=kpi, period=period, value=number * 1000.0 + turn + many / 2, quality="measured",
                    note="load", at=AT, expected_version=stands.entry if stands else 0,
                )  # fmt: skip
            except CmiError as refusal:
                with lock:
                    outcome[f"refused: {refusal.reason}"] += 1
            else:
                with lock:
                    outcome["recorded"] += 1
                    kept.append(entry)
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(people)]
    reading = Reading(store, ended)
    for thread in (*threads, reading):
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    ended.set()
    reading.join()
    there = {entry for (entry,) in store.rows("SELECT entry FROM entry WHERE note = 'load'")}
    lines = store.rows("SELECT count(*) FROM kpi_value_line")[0][0] - before
    with store.snapshot() as cursor:
        differ = current_values.differences(cursor)
    return {
        "KPIs": len(monthly), "tried": people * entries, **outcome, "answered": sum(outcome.values()),
        "in the record": lines, "lost": len(set(kept) - there), "twice": len(kept) - len(set(kept)),
        "seals": record.first_broken(store) or "whole", "values differing": differ,
        "seconds": round(took, 1), "per second": round(people * entries / took),
        "save p50/p95/max ms": _spread(waits),
    } | {f"{name} ms": _spread(times) for name, times in reading.times.items()}  # fmt: skip


class Reading(threading.Thread):
    """A reader who goes from page to page meanwhile: what the pages ask of the store, and two pages whole."""

    def __init__(self, store: Store, ended: threading.Event) -> None:
        super().__init__()
        self.store, self.ended = store, ended
        self.times: dict[str, list[float]] = {}

    def run(self) -> None:
        opening._opened = self.store
        whole = AppTest.from_file(ROOT / "pages" / "shell.py", default_timeout=120)
        whole.run()
        whole.switch_page("kpi_tracking.py").run()
        asked = {
            "read tracking": lambda: views.tracking(self.store, TODAY),
            "read one KPI": lambda: views.detail(self.store, ONE, TODAY),
            "read overview": lambda: views.by_strategy(self.store, TODAY),
            "read my updates": lambda: duties.mine(self.store, "ed", "editor", TODAY),
            "read audit page": lambda: audit_log.log(self.store, audit_log.Choice()),
            "page tracking whole": whole.run,
        }
        while not self.ended.is_set():
            for name, ask in asked.items():
                began = time.perf_counter()
                ask()
                self.times.setdefault(name, []).append(time.perf_counter() - began)
                self.ended.wait(0.1)


def million(store: Store) -> dict[str, object]:
    """A ledger of a million values, sealed; then what the pages ask of it."""
    who = Account("ed", "Ed", "editor")
    rows = stored.definitions(store)
    keys = [
        (row.kpi, period.code)
        for row in rows.itertuples()
        for period in between(
            containing(date(1901, 1, 1), row.frequency), containing(date(2025, 1, 1), row.frequency)
        )
    ]
    began = time.perf_counter()
    written, lines = 0, len(keys)
    while written < 1_000_000:
        with store.writing() as cursor:
            entry = record.open_entry(cursor, deed="import_values", by="ed", at=AT, note="a million")
            table = pa.table(
                {
                    "entry": [entry] * lines,
                    "kpi": [kpi for kpi, _ in keys],
                    "period": [period for _, period in keys],
                    "breakdown": [""] * lines,
                    "value": [float(entry + number % 97) for number in range(lines)],
                    "quality": ["measured"] * lines,
                }
            )
            cursor.register("bulk", table)
            cursor.execute("INSERT INTO kpi_value_line BY NAME SELECT * FROM bulk")
            cursor.unregister("bulk")
            record.close_entry(cursor, entry)
        written += lines
    made = time.perf_counter() - began
    for turn in range(60):
        kpis.record_value(
            store, who, kpi=ONE, period=f"2026-{1 + turn % 6:02}", value=turn, quality="measured", note="x", at=AT,
            expected_version=(kpis.newest(store, ONE, f"2026-{1 + turn % 6:02}") or (0,))[0],
        )  # fmt: skip
    sheet = "kpi,period,value\n" + "".join(f"{kpi},{period},5.5\n" for kpi, period in keys[:10_000])
    return {
        "values": written + 60,
        "made in s": round(made, 1),
        "file MB": round(Path(store.path).stat().st_size / 2**20),
        "save ms": _best(lambda: _save(store, who)),
        "tracking ms": _best(lambda: views.tracking(store, TODAY), after=lambda: _save(store, who)),
        "detail ms": _best(lambda: views.detail(store, ONE, TODAY), after=lambda: _save(store, who)),
        "overview ms": _best(lambda: views.by_strategy(store, TODAY), after=lambda: _save(store, who)),
        "my updates ms": _best(
            lambda: duties.mine(store, "ed", "editor", TODAY), after=lambda: _save(store, who)
        ),
        "who owes what ms": _best(lambda: duties.everybody(store, TODAY), after=lambda: _save(store, who)),
        "what KPI entry asks ms": _best(lambda: kpis.newest(store, ONE, "2026-01")),
        "audit page ms": _best(lambda: audit_log.log(store, audit_log.Choice())),
        "audit of a person ms": _best(lambda: audit_log.log(store, audit_log.Choice(person="ed"))),
        "audit of a KPI ms": _best(lambda: audit_log.log(store, audit_log.Choice(kpi=ONE))),
        "import preview s": _best(
            lambda: imports.preview(store, who, data=sheet.encode(), name="v.csv", at=AT), times=2
        ) / 1000,
        "rows previewed": sheet.count("\n"),
        "every seal s": _best(lambda: record.first_broken(store), times=1) / 1000,
        "opening again s": _opened_again(store) / 1000,
    }  # fmt: skip


def _save(store: Store, who: Account) -> None:
    """One more value, as a person records it."""
    stands = kpis.newest(store, ONE, "2026-05")
    kpis.record_value(
        store, who, kpi=ONE, period="2026-05", value=time.perf_counter(), quality="measured", note="x", at=AT,
        expected_version=stands.entry if stands else 0,
    )  # fmt: skip


def _opened_again(store: Store) -> float:
    """Milliseconds to open the file anew, as a server does that starts."""
    path = Path(store.path)
    store.close()
    began = time.perf_counter()
    opening.open_store(path).close()
    return _ms(time.perf_counter() - began)


def main() -> None:
    """Run what is asked for and print it."""
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        store = opening.open_store(Path(folder) / "load.duckdb")
        if asked == ["million"]:
            _print(million(store))
            return
        people, entries = (int(asked[0]), int(asked[1])) if len(asked) == 2 else (50, 200)
        for many in (False, True):
            _print(load(store, people, entries, many=many))
        store.close()


def _best(ask: Callable[[], object], times: int = 5, after: Callable[[], object] | None = None) -> float:
    """Milliseconds of the quickest of some tries; each comes after a deed that makes older answers stale."""
    took = []
    for _ in range(times):
        if after:
            after()
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return _ms(min(took))


def _spread(seconds: list[float]) -> str:
    """The median, the 95th of a hundred and the longest, in milliseconds."""
    ordered = sorted(seconds)
    if not ordered:
        return "–"
    shown = (median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1])
    return " / ".join(f"{_ms(each):g}" for each in shown) + f"  ({len(ordered)})"


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _print(table: dict[str, object]) -> None:
    for name, value in table.items():
        print(f"{name:>26}  {value}")
    print(flush=True)


if __name__ == "__main__":
    main()
