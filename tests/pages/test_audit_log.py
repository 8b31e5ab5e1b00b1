"""The log tells who changed what, before and after, and whether the chain of seals is whole."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from cmi_core.actions import kpis
from cmi_core.roles import Account

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


def shown(at: AppTest) -> str:
    return "".join(block.proto.body for block in at.get("html"))


def record(city, value, *, seen=0, note="meter"):
    return kpis.record_value(
        city, ED, kpi=KPI, period="2025", value=value, quality="measured", note=note, at=AT, seen_entry=seen
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
