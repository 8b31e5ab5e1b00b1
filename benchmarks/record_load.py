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
from datetime import date, datetime
from pathlib import Path
from statistics import median

import pyarrow as pa

from cmi_core.actions import imports, kpis
from cmi_core.errors import CmiError
from cmi_core.periods import between, containing
from cmi_core.roles import Account
from cmi_core.store import Store, current_values, opening, record
from cmi_core.store import kpis as stored
from cmi_core.views import audit
from cmi_core.views import kpis as views

AT = datetime(2026, 7, 1, 3, 0)
TODAY = date(2026, 7, 1)
ONE = "k_d3_maekha_bod"  # monthly


def load(store: Store, people: int, entries: int, *, many: bool) -> dict[str, object]:
    """Let `people` record `entries` values each at the same time; what became of them, and how long it took."""
    codes = stored.definitions(store)
    monthly = codes[codes["frequency"] == "monthly"]["kpi"].tolist() if many else [ONE]
    outcome, kept, waits, reads = Counter(), [], [], []
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
                    store, who, kpi=kpi, period=period, value=number * 1000.0 + turn, quality="measured",
                    note="load", at=AT, seen_entry=stands.entry if stands else 0,
                )  # fmt: skip
            except CmiError as refusal:
                with lock:
                    outcome[refusal.reason] += 1
            else:
                with lock:
                    outcome["recorded"] += 1
                    kept.append(entry)
            waits.append(time.perf_counter() - began)

    def read() -> None:
        while not ended.is_set():
            began = time.perf_counter()
            views.tracking(store, TODAY)
            reads.append(time.perf_counter() - began)
            ended.wait(0.5)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(people)]
    reader = threading.Thread(target=read)
    for thread in (*threads, reader):
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    ended.set()
    reader.join()
    lines = store.rows("SELECT count(*) FROM kpi_value_line")[0][0] - before
    with store.snapshot() as cursor:
        differ = current_values.differences(cursor)
    return {
        "KPIs": len(monthly), "tried": people * entries, **outcome, "in the record": lines,
        "twice": len(kept) - len(set(kept)), "seals": record.first_broken(store) or "whole", "differing": differ,
        "seconds": round(took, 1), "per second": round(people * entries / took),
        "save p50 ms": _ms(median(waits)), "save p95 ms": _ms(sorted(waits)[int(len(waits) * 0.95)]),
        "read p50 ms": _ms(median(reads)), "read max ms": _ms(max(reads)),
    }  # fmt: skip


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
            seen_entry=(kpis.newest(store, ONE, f"2026-{1 + turn % 6:02}") or (0,))[0],
        )  # fmt: skip
    sheet = "kpi,period,value\n" + "".join(f"{kpi},{period},5.5\n" for kpi, period in keys[:10_000])
    return {
        "values": written + 60,
        "made in s": round(made, 1),
        "tracking ms": _best(lambda: views.tracking(store, TODAY)),
        "detail ms": _best(lambda: views.detail(store, ONE, TODAY)),
        "audit page ms": _best(lambda: audit.log(store, audit.Choice())),
        "audit of a KPI ms": _best(lambda: audit.log(store, audit.Choice(kpi=ONE))),
        "import preview s": _best(
            lambda: imports.preview(store, who, data=sheet.encode(), name="v.csv", at=AT), times=2
        ) / 1000,
        "rows previewed": sheet.count("\n"),
        "every seal s": _best(lambda: record.first_broken(store), times=1) / 1000,
    }  # fmt: skip


def main() -> None:
    """Run what is asked for and print it."""
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        store = opening.open_store(Path(folder) / "load.duckdb")
        if asked == ["million"]:
            _print(million(store))
        else:
            people, entries = (int(asked[0]), int(asked[1])) if len(asked) == 2 else (50, 200)
            for many in (False, True):
                _print(load(store, people, entries, many=many))
        store.close()


def _best(ask: object, times: int = 5) -> float:
    """Milliseconds of the quickest of some tries, after one to warm up."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return _ms(min(took))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _print(table: dict[str, object]) -> None:
    for name, value in table.items():
        print(f"{name:>20}  {value}")
    print(flush=True)


if __name__ == "__main__":
    main()
