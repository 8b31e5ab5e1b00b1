"""An administrator takes an evidence file out on the page of the log, and readers are told in place of its link."""

import pytest
from streamlit.testing.v1 import AppTest

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import kpis
from cmi_core.store import evidence_removals, files
from tests.pages.conftest import AT

ED = Account("ed", "Ed", "editor")
KPI, MARK, OTHER = "k_d1_saifi", "a1" * 32, "b2" * 32
SAY = text.translator("en")


@pytest.fixture
def filed(city):
    """A city with two values, each with an evidence file."""
    for mark, name, period in ((MARK, "นางสาวก.pdf", "2024"), (OTHER, "meter.pdf", "2025")):
        with city.writing() as cursor:
            files.add(cursor, files.Evidence(mark, name, "application/pdf", 9, "ed", AT))
        kpis.record_value(
            city, ED, kpi=KPI, period=period, value=4.0, quality="measured", note="x", at=AT, evidence_file=mark
        )  # fmt: skip
    return city


def form(at: AppTest) -> list:
    return [each for each in at.selectbox if each.label == SAY("evidence_removal.which")]


def take_out(at: AppTest, mark: str | None, why: str) -> None:
    if mark:
        form(at)[0].select(mark)
    next(field for field in at.text_input if field.label == SAY("evidence_removal.why")).set_value(why)
    next(button for button in at.button if button.label == SAY("evidence_removal.button")).click().run()


def shown(at: AppTest) -> str:
    return "".join(block.proto.body for block in at.get("html"))


@pytest.mark.parametrize("role", [None, "viewer", "editor"])
def test_nobody_else_is_offered_it(open_page, filed, role):
    at = open_page("audit_log", "en", role)

    assert not form(at)
    assert "นางสาวก" not in shown(at)


def test_it_is_done_here_with_a_reason(open_page, filed):
    at = open_page("audit_log", "en", "admin")
    told = form(at)[0].options
    assert sorted(each.split(" · ")[0] for each in told) == ["meter.pdf", "นางสาวก.pdf"]
    take_out(at, MARK, "holds a name")

    found = evidence_removals.find(filed, MARK)
    assert found.note == "holds a name"
    assert SAY("evidence_removal.removed", mark=MARK[:12], entry=found.entry) in at.success[-1].value
    assert SAY("deed.remove_evidence") in shown(at)
    assert MARK in shown(at)
    assert "นางสาวก" not in shown(at)
    assert [each.split(" · ")[0] for each in form(at)[0].options] == ["meter.pdf"]


@pytest.mark.parametrize(
    ("mark", "why", "reason"), [(None, "why", "evidence_unknown"), (MARK, " ", "note_missing")]
)
def test_without_a_file_or_a_reason_it_is_not_done(open_page, filed, mark, why, reason):
    at = open_page("audit_log", "en", "admin")
    take_out(at, mark, why)

    expected = SAY(f"error.{reason}", mark="") if mark is None else SAY(f"error.{reason}")
    assert expected.split("…")[0] in at.error[-1].value
    assert not evidence_removals.removed(filed)


def test_where_there_is_none_that_is_said(open_page):
    at = open_page("audit_log", "en", "admin")

    assert SAY("evidence_removal.none") in [each.value for each in at.markdown]


@pytest.mark.parametrize(("language", "day"), [("en", "5 Jan 2026"), ("th", "5 ม.ค. 2569")])
def test_readers_of_the_kpi_see_when_and_why_in_place_of_the_link(open_page, filed, language, day):
    with filed.writing() as cursor:
        evidence_removals.remove(cursor, MARK, by="1001", at=AT, note="holds a <b>name</b>")
    at = open_page("kpi_tracking", language, kpi=KPI)
    told = text.translator(language)("kpi_words.evidence_removed", day=day, note="holds a <b>name</b>")

    assert f"/evidence/{MARK}" not in shown(at)
    assert f"/evidence/{OTHER}" in shown(at)
    assert told.replace("<", "&lt;").replace(">", "&gt;") in shown(at)
    cells = [cell for table in at.dataframe for column in table.value for cell in table.value[column]]
    assert told in cells
    assert f"/evidence/{OTHER}" in cells
    assert f"/evidence/{MARK}" not in cells
