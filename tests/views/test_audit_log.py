"""The log, page by page and narrowed: whose entries, of which deed, about which KPI, with what stood before."""

from datetime import datetime, timedelta

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpis
from cmi_core.views import audit_log

AT = datetime(2026, 7, 1, 3, 0)
PEOPLE = [Account(name, name.title(), "editor") for name in ("ed", "may")]
KPI = "k_d1_saifi"


def record(store, value, *, by=0, at=AT, seen=0):
    return kpis.record_value(
        store, PEOPLE[by], kpi=KPI, period="2025", value=value, quality="measured", note="meter", at=at, expected_version=seen
    )  # fmt: skip


def test_each_change_stands_beside_what_it_changed(store):
    first = record(store, 5.0)
    second = record(store, 4.0, by=1, seen=first)
    change = audit_log.log(store, audit_log.Choice()).changes[second][0]

    assert change.table == "kpi_value_line"
    assert change.key == {"kpi": KPI, "period": "2025", "breakdown": ""}
    assert (change.before["value"], change.after["value"]) == (5.0, 4.0)
    assert change.fields == ["value"]


def test_the_log_is_narrowed_by_person_deed_kpi_and_time(store):
    first = record(store, 5.0)
    second = record(store, 4.0, by=1, at=AT + timedelta(days=2), seen=first)

    def found(**choice):
        return audit_log.log(store, audit_log.Choice(**choice)).rows["entry"].tolist()

    assert found() == [second, first, 1]
    assert found(person="may") == [second]
    assert found(deed="seed") == [1]
    assert found(kpi=KPI) == [second, first, 1]
    assert found(kpi="k_d3_maekha_bod", person="ed") == []
    assert found(kpi=KPI, person="ed", since=AT + timedelta(days=1)) == []
    assert found(person="may", since=AT + timedelta(days=1)) == [second]


def test_a_long_log_has_pages_and_every_entry_once(store):
    seen = 0
    for number in range(audit_log.PER_PAGE + 3):
        seen = record(store, float(number), seen=seen)
    pages = [audit_log.log(store, audit_log.Choice(), number) for number in (1, 2, 3)]
    entries = [entry for page in pages for entry in page.rows["entry"]]

    assert [len(page.rows) for page in pages] == [audit_log.PER_PAGE, 4, 0]
    assert entries == list(range(store.version, 0, -1))
    assert pages[0].found == store.version


def test_a_chain_is_whole_until_somebody_alters_it(store):
    entry = record(store, 5.0)
    whole = audit_log.whole_chain(store)
    assert (whole.head, whole.checked, whole.broken) == (entry, entry, None)

    with store.writing() as cursor:
        cursor.execute("UPDATE kpi_value_line SET value = 1 WHERE entry = ?", [entry])
    assert audit_log.whole_chain(store).broken == entry


def test_a_record_is_whole_only_where_the_screens_read_what_it_says(store):
    record(store, 5.0)
    with store.writing() as cursor:
        cursor.execute("UPDATE kpi_value_now SET value = 1")
    state = audit_log.chain(store)

    assert (state.broken, state.checked, state.found.count) == (None, state.head, 1)
    assert audit_log.whole_chain(store).found == state.found


def test_what_was_compared_in_part_is_not_called_checked(store, monkeypatch):
    record(store, 5.0)
    monkeypatch.setattr(audit_log, "SMALL", 1)

    assert audit_log.chain(store).checked == 0
    assert audit_log.whole_chain(store).checked == store.version


@pytest.mark.parametrize("kind", ["kpi", "account", "assessment"])
def test_codes_have_names_in_both_languages(store, kind):
    record(store, 5.0)
    names = {code: told for (of, code), told in audit_log.names(store).items() if of == kind}

    assert all(told["th"] and told["en"] for told in names.values())
    if kind == "assessment":
        assert names["hai_2022"]["th"].endswith("2565")
        assert names["hai_2022"]["en"].endswith("2022")
