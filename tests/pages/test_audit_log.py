"""The log tells who changed what, before and after, and whether the chain of seals is whole."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, imports, kpi_definitions, kpis
from cmi_core.store import entries, rebuilding
from cmi_core.store import kpis as kpis_stored
from cmi_core.views import audit_log
from tests.pages.conftest import ADMIN

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


def shown(at: AppTest) -> str:
    return "".join(block.proto.body for block in at.get("html"))


def record(city, value, *, seen=0, note="meter", period="2025"):
    return kpis.record_value(
        city,
        ED,
        kpi=KPI,
        period=period,
        value=value,
        quality="measured",
        note=note,
        at=AT,
        expected_version=seen,
    )


@pytest.mark.parametrize(("language", "title"), [("th", "บันทึกการเปลี่ยนแปลง"), ("en", "Audit log")])
def test_it_opens_and_says_that_the_chain_is_whole(open_page, language, title):
    at = open_page("audit_log", language)

    assert [at.title[0].value, list(at.exception), len(at.success)] == [title, [], 1]


def test_before_and_after_stand_beside_each_other(open_page, city):
    first = record(city, 5)
    record(city, 4.5, seen=first, note="<script>alert(1)</script>")
    log = shown(open_page("audit_log", "en"))

    assert "<del>5 (Measured)</del> → <ins>4.5 (Measured)</ins>" in log
    assert "<script>" not in log


def test_the_life_of_one_kpi_is_its_own_entries(open_page, city):
    record(city, 5)
    log = shown(open_page("audit_log", "en", about=KPI))

    assert log.count('class="cmi-log-head"') == 2
    assert "First data" in log


def test_a_forced_rewrite_is_found_and_named(open_page, city):
    entry = record(city, 5)
    record(city, 4, seen=entry)
    with city.writing() as cursor:
        cursor.execute("UPDATE kpi_value_line SET value = 3 WHERE entry = ?", [entry])
    at = open_page("audit_log", "en")

    assert f"The seal of entry {entry} " in at.error[0].value


@pytest.mark.parametrize(
    ("statement", "language", "told"),
    [
        ("UPDATE kpi_value_now SET value = 99", "en", ["value shown", "2025", "Value 99;", "the record says Value 5."]),
        ("UPDATE kpi_value_now SET value = 99", "th", ["ค่าที่แสดง", "2568", "99", "แต่บันทึกว่า", "5"]),
        ("UPDATE kpi_value_now SET ends_on = DATE '2030-01-01'", "en", ["1 Jan 2030", "31 Dec 2025"]),
        ("UPDATE kpi_value_now SET kpi = 'k_d3_maekha_bod', period = 'no <b>period'", "en", ["no &lt;b&gt;period"]),
        ("UPDATE kpi_value_now SET quality = 'forged <b>'", "en", ["forged &lt;b&gt;", "Measured"]),
        ("DELETE FROM kpi_value_now", "th", ["ไม่มีแถวในตาราง"]),
        ("DROP VIEW level_current", "en", ["VIEW level_current is not there"]),
        ("INSERT INTO kpi VALUES ('k_forged')", "th", ["kpi k_forged"]),
    ],
)  # fmt: skip
def test_what_the_screens_read_otherwise_is_named_and_not_called_whole(
    open_page, city, statement, language, told
):
    record(city, 5)
    with city.writing() as cursor:
        cursor.execute(statement)
    at = open_page("audit_log", language)

    assert (len(at.success), list(at.exception)) == (0, [])
    assert {"en": "differs from the record", "th": "ต่างจากบันทึก"}[language] in at.error[0].value
    assert all(words in shown(at) for words in told)


def test_facts_that_differ_from_the_files_are_told_beside_a_whole_record(open_page, city):
    with city.writing() as cursor:
        cursor.execute("UPDATE published_value SET text_en = 'forged' WHERE value_code = 'city_lab_25'")
    at = open_page("audit_log", "en")

    assert len(at.success) == 1
    assert "(1 row)" in at.warning[0].value
    assert "city_lab_25" in shown(at)


def test_a_long_record_is_called_whole_only_after_all_of_it_was_checked(open_page, city, monkeypatch):
    record(city, 5)
    with city.writing() as cursor:
        cursor.execute("UPDATE kpi_value_now SET value = 99")
    monkeypatch.setattr(audit_log, "SMALL", 0)
    at = open_page("audit_log", "en")

    assert (len(at.success), len(at.error)) == (0, 0)
    assert "was not checked" in at.info[0].value
    next(button for button in at.button if button.label == "Check all of it now").click().run()
    assert len(at.success) == 0
    assert "differs from the record" in at.error[0].value


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Made anew from the record", "value shown", "Value 99</del> → <ins>Value 5", "definition of a view",
                "level_current", "31 Dec 2024"]),
        ("th", ["สร้างใหม่จากบันทึก", "ค่าที่แสดง", "ค่า 99</del> → <ins>ค่า 5", "นิยามของมุมมอง", "level_current"]),
    ],
)  # fmt: skip
def test_what_was_made_anew_is_told_with_both_states(open_page, city, language, words):
    record(city, 5)
    record(city, 3, period="2024")
    with city.writing() as cursor:
        cursor.execute("UPDATE kpi_value_now SET value = 99 WHERE period = '2025'")
        cursor.execute("DELETE FROM kpi_value_now WHERE period = '2024'")
        cursor.execute("DROP VIEW level_current")
    assert len(open_page("audit_log", language).success) == 0
    rebuilding.rebuild(city, by="operator", note="found by verify", at=AT)
    at = open_page("audit_log", language)
    told = shown(at)

    assert (len(at.success), list(at.exception)) == (1, [])
    assert not [word for word in words if word not in told]
    assert all(code not in told for code in ("rebuild_line", "row_key", "kpi_value_now"))


def test_an_entry_is_undone_here(open_page, city, account_of):
    account_of("editor")
    entry = record(city, 5)
    at = open_page("audit_log", "en", "editor")
    at.number_input[0].set_value(entry)
    at.text_input[0].set_value("recorded by mistake")
    next(button for button in at.button if button.label == "Undo this entry").click().run()

    assert f"Entry {entry} was undone" in at.success[-1].value
    assert city.rows("SELECT undoes FROM entry WHERE entry = $e", e=city.version) == [(entry,)]


def test_choices_that_fit_nothing_say_so(open_page):
    assert "No entry fits" in open_page("audit_log", "en", about=KPI, deed="first_admin").info[0].value


def test_an_address_of_a_person_is_shown_to_administrators_only(open_page, city, account_of):
    accounts.create(
        city, account_of("admin"), sign_in="nok", name="นก", role="coordinator", email="nok@example.org",
        password="a long enough word", note="new", at=AT,
    )  # fmt: skip

    assert "nok@example.org" not in shown(open_page("audit_log", "en"))
    assert "not shown in public" in shown(open_page("audit_log", "en", "editor"))
    assert "nok@example.org" in shown(open_page("audit_log", "en", "admin"))


@pytest.mark.parametrize("language", ["th", "en"])
def test_no_code_of_the_database_is_shown(open_page, city, language):
    record(city, 5)
    for table in entries.keys(city):
        assert table not in shown(open_page("audit_log", language)), table


def test_the_log_is_narrowed_by_person_deed_time_and_import(open_page, city):
    record(city, 5)
    seen = imports.preview(city, ED, data=f"kpi,period,value\n{KPI},2024,4\n".encode(), name="v.csv", at=AT)
    imports.import_values(city, ED, cells=seen.wanted, note="from the sheet", at=AT)

    def told(**choices):
        return shown(open_page("audit_log", "en", "viewer", **choices)).count('class="cmi-log-head"')

    assert told(by="ed") == 2
    assert told(deed="import_values") == 1
    assert told(by="ed", deed="record_value", about=KPI) == 1
    assert told(by=ADMIN.account, about=KPI) == 0
    assert told(since="week") < told()


def test_a_page_that_no_longer_exists_shows_the_first(open_page, city):
    assert "No entry fits" not in "".join(each.value for each in open_page("audit_log", "en", page="7").info)


def test_the_life_of_a_retired_kpi_is_told_too(open_page, city):
    record(city, 5)
    kpi_definitions.define_kpi(
        city,
        ED,
        kpi=KPI,
        fields={"approval": "retired"},
        note="no longer asked for",
        at=AT,
        expected_version=kpis_stored.definition(city, KPI)["entry"],
    )
    log = shown(open_page("audit_log", "en", about=KPI))

    assert log.count('class="cmi-log-head"') == 3
    assert "<del>Draft</del> → <ins>Retired</ins>" in log
