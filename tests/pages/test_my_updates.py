"""A coordinator's list asks for one value at a time; drafts stay on the server; a second person judges values."""

from datetime import datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import drafts as actions
from cmi_core.actions import kpi_definitions, kpis
from cmi_core.store import drafts
from cmi_core.store import kpis as stored

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI, OTHER = "k_d1_saifi", "k_d3_maekha_bod"


@pytest.fixture
def owing(city, account_of):
    """A coordinator with two KPIs that have a baseline, so that values are owed."""
    nok = account_of("coordinator")
    for kpi, base in ((KPI, "2020"), (OTHER, "2020-01")):
        kpi_definitions.assign(city, ED, kpi=kpi, account=nok.account, role="coordinator", note="x", at=AT)
        seen = stored.definition(city, kpi)["entry"]
        kpi_definitions.define_kpi(
            city, ED, kpi=kpi, fields={"baseline": 9, "baseline_period": base, "four_eyes": kpi == OTHER},
            note="x", at=AT, expected_version=seen,
        )  # fmt: skip
    return nok


def field(at, label):
    return next(each for each in at.text_input if each.label.startswith(label))


def press(at, label):
    return next(each for each in at.button if each.label == label).click().run()


@pytest.mark.parametrize(("language", "title"), [("th", "งานของฉัน"), ("en", "My updates")])
def test_it_opens_with_nothing_to_do(open_page, language, title):
    at = open_page("my_updates", language, "coordinator")

    assert [at.title[0].value, list(at.exception), len(at.success)] == [title, [], 1]


def test_saving_moves_on_to_the_next_period(open_page, city, owing):
    at = open_page("my_updates", "en", "coordinator", kpi=KPI)
    field(at, "Value").set_value("8.5")
    press(at, "Save and go on")

    assert not at.exception
    assert stored.values(city, KPI)[["period", "value"]].to_numpy().tolist() == [["2021", 8.5]]
    assert field(at, "Value").value == ""
    assert "= 8.5" in at.success[0].value


def test_a_draft_is_kept_and_comes_back(open_page, city, owing):
    actions.keep(
        city, owing, kpi=KPI, period="2021", draft=drafts.Draft("about 8", "survey", "asked around"), at=AT
    )
    at = open_page("my_updates", "en", "coordinator", kpi=KPI)

    assert field(at, "Value").value == "about 8"
    assert field(at, "Reason").value == "asked around"
    assert next(each for each in at.selectbox if each.label == "Quality").value == "survey"
    assert "What you had typed is back" in "".join(block.proto.body for block in at.get("html"))
    assert stored.values(city, KPI).empty


def test_a_draft_of_one_part_is_not_taken_for_the_whole(open_page, city, owing):
    actions.keep(
        city,
        owing,
        kpi=KPI,
        period="2021",
        breakdown="sex:female",
        draft=drafts.Draft("3", "measured", "x"),
        at=AT,
    )
    at = open_page("my_updates", "en", "coordinator", kpi=KPI)

    assert field(at, "Value").value == ""


def test_a_value_somebody_recorded_since_is_not_taken_for_the_next_period(open_page, city, owing):
    at = open_page("my_updates", "en", "coordinator", kpi=KPI)
    kpis.record_value(city, ED, kpi=KPI, period="2021", value=5, quality="measured", note="faster", at=AT)
    field(at, "Value").set_value("4")
    press(at, "Save and go on")

    assert "ed saved 5, after you opened this form; yours is 4" in at.warning[0].value
    assert stored.values(city, KPI)[["period", "value"]].to_numpy().tolist() == [["2021", 5.0]]
    press(at, "Save and go on")
    assert "Say why" in at.error[0].value
    field(at, "Reason").set_value("mine is from the meter")
    press(at, "Save and go on")
    assert stored.values(city, KPI)[["period", "value"]].to_numpy().tolist() == [["2021", 4.0]]


def test_what_is_refused_is_kept_as_a_draft_and_a_saved_one_is_dropped(open_page, city, owing):
    at = open_page("my_updates", "en", "coordinator", kpi=KPI)
    field(at, "Value").set_value("eight")
    press(at, "Save and go on")
    assert "not a number" in at.error[0].value
    assert drafts.find(city, drafts.Place(owing.account, KPI, "2021")).value == "eight"
    field(at, "Value").set_value("8")
    press(at, "Save and go on")
    assert drafts.find(city, drafts.Place(owing.account, KPI, "2021")) is None


def test_a_second_person_verifies_or_sends_back(open_page, city, owing):
    kpis.record_value(
        city, ED, kpi=OTHER, period="2020-02", value=8, quality="measured", note="station", at=AT
    )
    at = open_page("my_updates", "en", "coordinator")
    press(at, "Send back")
    assert "Say why" in at.error[0].value
    field(at, "Remark or reason").set_value("one digit too many")
    press(at, "Send back")
    assert stored.sent_back(city)["verdict_note"].tolist() == ["one digit too many"]
    shown = "".join(block.proto.body for block in at.get("html"))
    assert "Sent back" in shown
    assert "one digit too many" in shown


def test_own_values_are_not_offered_for_verifying(open_page, city, owing):
    kpis.record_value(
        city, owing, kpi=OTHER, period="2020-02", value=8, quality="measured", note="station", at=AT
    )
    at = open_page("my_updates", "en", "coordinator")
    assert not [button for button in at.button if button.label == "Verified"]
