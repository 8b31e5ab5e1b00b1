"""A coordinator records, corrects, withdraws and sets targets; a refusal is a sentence and keeps what was typed."""

from datetime import datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpi_definitions, kpis
from cmi_core.store import kpis as stored

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


@pytest.fixture
def assigned(city, account_of):
    nok = account_of("coordinator")
    kpi_definitions.assign(city, ED, kpi=KPI, account=nok.account, role="coordinator", note="hers", at=AT)
    return nok


def field(at, label):
    return next(each for each in at.text_input if each.label.startswith(label))


def press(at, label):
    return next(each for each in at.button if each.label == label).click().run()


def test_without_assignment_there_is_a_sentence(open_page):
    assert "No KPI is assigned" in open_page("kpi_entry", "en", "coordinator").info[0].value


@pytest.mark.parametrize(
    ("language", "value", "save"), [("th", "ค่า", "บันทึกค่า"), ("en", "Value", "Save the value")]
)
def test_a_value_is_saved_in_two_actions(open_page, city, assigned, language, value, save):
    at = open_page("kpi_entry", language, "coordinator")
    field(at, value).set_value("๔.๒")
    press(at, save)

    assert not at.exception
    assert f" {city.version}" in at.success[0].value
    assert stored.values(city, KPI)["value"].tolist() == [4.2]
    assert field(at, value).value == ""


def test_a_copied_link_names_the_kpi_and_period_that_were_due(open_page, assigned):
    """Somebody else, or the same person tomorrow, owes another value first."""
    at = open_page("kpi_entry", "th", "coordinator")

    assert at.query_params["kpi"] == KPI
    assert at.query_params["period"].isdecimal()


def test_what_cannot_be_saved_is_said_and_stays_typed(open_page, city, assigned):
    at = open_page("kpi_entry", "en", "coordinator")
    before = city.version
    field(at, "Value").set_value("about four")
    press(at, "Save the value")

    assert "not a number" in at.error[0].value
    assert field(at, "Value").value == "about four"
    assert city.version == before


def test_two_people_at_once_the_second_sees_both_and_chooses(open_page, city, assigned):
    at = open_page("kpi_entry", "en", "coordinator")
    kpis.record_value(city, ED, kpi=KPI, period="2025", value=5, quality="measured", note="faster", at=AT)
    field(at, "Value").set_value("4")
    press(at, "Save the value")

    assert "ed saved 5, after you opened this form; yours is 4" in at.warning[0].value
    assert stored.values(city, KPI)["value"].tolist() == [5.0]
    press(at, "Save the value")
    assert "Say why" in at.error[0].value
    field(at, "Reason").set_value("mine is from the meter")
    press(at, "Save the value")
    assert stored.values(city, KPI)["value"].tolist() == [4.0]


def test_a_value_is_corrected_and_withdrawn(open_page, city, assigned):
    kpis.record_value(city, ED, kpi=KPI, period="2025", value=5, quality="measured", note="x", at=AT)
    at = open_page("kpi_entry", "en", "coordinator", do="correct")
    field(at, "Right value").set_value("4.5")
    press(at, "Correct to this value")
    assert "Write a short reason" in at.error[0].value
    field(at, "Why").set_value("typing error")
    press(at, "Correct to this value")
    assert stored.values(city, KPI)["value"].tolist() == [4.5]
    field(at, "Why").set_value("wrong meter")
    press(at, "Withdraw this value")
    assert stored.values(city, KPI).empty
    assert "stays in the record" in at.success[0].value


def test_a_correction_of_what_was_corrected_meanwhile_shows_both_and_stays_typed(open_page, city, assigned):
    first = kpis.record_value(city, ED, kpi=KPI, period="2025", value=5, quality="measured", note="x", at=AT)
    at = open_page("kpi_entry", "en", "coordinator", do="correct")
    kpis.correct_value(
        city, ED, kpi=KPI, period="2025", value=6, quality="measured", note="y", at=AT, expected_version=first
    )
    field(at, "Right value").set_value("4.5")
    field(at, "Why").set_value("typing error")
    press(at, "Correct to this value")

    assert "ed saved 6, after you opened this form; yours is 4.5" in at.warning[0].value
    assert (field(at, "Right value").value, field(at, "Why").value) == ("4.5", "typing error")
    press(at, "Correct to this value")
    assert stored.values(city, KPI)["value"].tolist() == [4.5]


def test_a_target_set_meanwhile_is_compared_and_the_draft_stays(open_page, city, assigned):
    at = open_page("kpi_entry", "en", "coordinator", do="target")
    kpi_definitions.set_target(
        city, ED, kpi=KPI, note="first", at=AT, expected_version=stored.definition(city, KPI)["entry"],
        baseline=7, baseline_period="2021",
    )  # fmt: skip
    field(at, "Baseline").set_value("5")
    field(at, "Reason").set_value("council decision")
    next(each for each in at.selectbox if each.label == "Baseline period").set_value("2020")
    press(at, "Save baseline and target")

    assert "ed changed this definition" in at.warning[0].value
    assert at.table[0].value.loc["Baseline"].tolist() == ["7", "5"]
    assert field(at, "Baseline").value == "5"
    assert stored.definition(city, KPI)["baseline"] == 7
    press(at, "Save baseline and target")
    assert stored.definition(city, KPI)["baseline"] == 5


def test_what_is_corrected_is_shown_to_its_last_digit(open_page, city, assigned):
    """The KPI is shown with few decimals; a form must not round what it holds."""
    kpis.record_value(city, ED, kpi=KPI, period="2025", value=26.9612345, quality="measured", note="x", at=AT)
    at = open_page("kpi_entry", "en", "coordinator", do="correct")
    assert field(at, "Right value").value == "26.9612345"
    field(at, "Why").set_value("only the mark is changed")
    next(each for each in at.selectbox if each.label == "Quality").set_value("estimate")
    press(at, "Correct to this value")

    assert stored.values(city, KPI)[["value", "quality"]].to_numpy().tolist() == [[26.9612345, "estimate"]]


def test_baseline_and_target_are_set(open_page, city, assigned):
    at = open_page("kpi_entry", "en", "coordinator", do="target")
    field(at, "Baseline").set_value("5")
    field(at, "Target").set_value("3")
    field(at, "Reason").set_value("council decision")
    press(at, "Save baseline and target")
    assert "needs a value and a period" in at.error[0].value
    periods = {each.label: each for each in at.selectbox}
    periods["Baseline period"].set_value("2020")
    periods["Target period"].set_value("2030")
    press(at, "Save baseline and target")

    line = stored.definition(city, KPI)
    assert (line["baseline"], line["baseline_period"], line["target"], line["target_period"]) == (
        5,
        "2020",
        3,
        "2030",
    )


def test_a_kpi_of_somebody_else_is_said_to_be_so(open_page, assigned):
    at = open_page("kpi_entry", "en", "coordinator", kpi="k_d1_internet_speed")

    assert "not assigned" in at.warning[0].value
