"""Many people at once on one KPI: every value is recorded once or refused in words, none lost."""

import threading
from collections import Counter
from datetime import datetime

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpis
from cmi_core.errors import CmiError
from cmi_core.store import current_values, record
from cmi_core.store import kpis as stored

AT = datetime(2026, 7, 1, 3, 0)
PEOPLE, EACH = 50, 20
KPI = "k_d3_maekha_bod"  # monthly


def test_fifty_people_recording_at_once(store):
    told, lock = Counter(), threading.Lock()
    acknowledged: list[tuple[int, str, float]] = []
    start = threading.Barrier(PEOPLE)

    def work(number):
        who = Account(f"p{number}", f"P{number}", "editor")
        start.wait()
        for turn in range(EACH):
            period, value = f"{1990 + turn}-{1 + number % 12:02}", float(number)
            try:
                entry = kpis.record_value(
                    store, who, kpi=KPI, period=period, value=value, quality="measured", note="at once", at=AT
                )
            except CmiError as refusal:
                with lock:
                    told[refusal.reason] += 1
            else:
                with lock:
                    told["recorded"] += 1
                    acknowledged.append((entry, period, value))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(told.values()) == PEOPLE * EACH
    assert set(told) == {"recorded", "value_changed"}
    assert told["recorded"] == 12 * EACH  # one per month and year: the others saw that somebody was first
    lines = store.rows("SELECT entry, period, value FROM kpi_value_line")
    assert sorted(lines) == sorted(acknowledged)
    assert len(stored.values(store, KPI)) == 12 * EACH
    assert record.first_broken(store) is None
    with store.snapshot() as cursor:
        assert current_values.differences(cursor) == 0


def test_the_current_values_are_rebuilt_from_the_record(store):
    who = Account("ed", "Ed", "editor")
    for year in range(2000, 2010):
        first = kpis.record_value(
            store, who, kpi="k_d1_saifi", period=str(year), value=1, quality="measured", note="x", at=AT
        )
        kpis.correct_value(
            store,
            who,
            kpi="k_d1_saifi",
            period=str(year),
            value=2,
            quality="survey",
            note="y",
            at=AT,
            expected_version=first,
        )
    before = store.rows("SELECT * FROM kpi_value_now ORDER BY kpi, period")
    with store.writing() as cursor:
        current_values.rebuild(cursor)
        assert current_values.differences(cursor) == 0
    assert store.rows("SELECT * FROM kpi_value_now ORDER BY kpi, period") == before
