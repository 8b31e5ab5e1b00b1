"""An editor makes and changes KPIs, assigns them and ties them to the plan."""

import pytest

from cmi_core.store import kpis as stored

KPI = "k_d1_saifi"


def field(at, label):
    return next(each for each in [*at.text_input, *at.text_area] if each.label == label)


def press(at, label):
    return next(each for each in at.button if each.label == label).click().run()


@pytest.mark.parametrize("part", ["definition", "people", "links"])
@pytest.mark.parametrize(("language", "title"), [("th", "นิยามตัวชี้วัด"), ("en", "KPI definitions")])
def test_it_opens(open_page, language, title, part):
    at = open_page("kpi_definitions", language, "editor", kpi=KPI, part=part)

    assert [at.title[0].value, list(at.exception)] == [title, []]


def test_a_new_kpi_is_made(open_page, city):
    at = open_page("kpi_definitions", "en", "editor")
    for label, value in {
        "Code (begins with k_)": "k_new_one", "Thai name": "ใหม่", "English name": "New", "Thai unit": "คน",
        "English unit": "people", "Baseline": "5", "Baseline period": "2020", "Target": "9", "Target period": "2030",
        "Milestones (one period per line)": "2025 = 7\nbroken", "Reason for the change": "decided",
    }.items():  # fmt: skip
        field(at, label).set_value(value)
    press(at, "Save the definition")
    assert "“broken” is not understood" in at.error[0].value
    field(at, "Milestones (one period per line)").set_value("2025 = 7")
    press(at, "Save the definition")

    assert stored.definition(city, "k_new_one")["baseline"] == 5
    assert stored.milestones_of(city, "k_new_one") == {"2025": 7}
    assert "Saved as entry" in at.success[0].value


def test_a_contradiction_is_refused_in_words(open_page, city):
    at = open_page("kpi_definitions", "en", "editor", kpi=KPI)
    for label, value in {
        "Baseline": "3", "Baseline period": "2020", "Target": "9", "Target period": "2030",
        "Reason for the change": "decided",
    }.items():  # fmt: skip
        field(at, label).set_value(value)
    press(at, "Save the definition")

    assert "worse than the baseline" in at.error[0].value


def test_a_kpi_is_assigned_and_tied(open_page, city, account_of):
    nok = account_of("coordinator")
    at = open_page("kpi_definitions", "en", "editor", kpi=KPI, part="people")
    next(each for each in at.selectbox if each.label == "Person").set_value(nok.account)
    field(at, "Reason for the change").set_value("her work")
    press(at, "Save the assignment")
    assert stored.assigned(city, KPI, nok.account) == [("coordinator", None)]
    at = open_page("kpi_definitions", "en", "editor", kpi=KPI, part="links", link="place")
    field(at, "Reason for the change").set_value("measured there")
    press(at, "Tie")
    links = stored.links(city)
    assert "place" in set(links[links["kpi"] == KPI]["kind"])
