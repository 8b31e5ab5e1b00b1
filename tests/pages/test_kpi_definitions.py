"""An editor makes and changes KPIs, assigns them and ties them to the plan."""

from datetime import datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpi_definitions
from cmi_core.store import kpis as stored

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


def field(at, label):
    return next(each for each in [*at.text_input, *at.text_area] if each.label.removesuffix(" *") == label)


def choose(at, label, value):
    return (
        next(each for each in at.selectbox if each.label.removesuffix(" *") == label).set_value(value).run()
    )


def labels(at):
    return {each.label.removesuffix(" *") for each in [*at.text_input, *at.text_area, *at.number_input]}


def press(at, label):
    return next(each for each in at.button if each.label == label).click().run()


@pytest.mark.parametrize("part", ["definition", "people", "links"])
@pytest.mark.parametrize(("language", "title"), [("th", "นิยามตัวชี้วัด"), ("en", "KPI definitions")])
def test_it_opens(open_page, language, title, part):
    at = open_page("kpi_definitions", language, "editor", kpi=KPI, part=part)

    assert [at.title[0].value, list(at.exception)] == [title, []]


ESSENTIAL = {
    "Thai name": "ใหม่", "English name": "New thing, 2nd", "Thai unit": "คน", "English unit": "people",
    "Reason for the change": "decided",
}  # fmt: skip


def test_a_new_kpi_needs_its_first_group_and_a_reason_only(open_page, city):
    at = open_page("kpi_definitions", "en", "editor")
    for label, value in ESSENTIAL.items():
        field(at, label).set_value(value)
    press(at, "Save the definition")

    assert stored.definition(city, "k_new_thing_2nd")["name_th"] == "ใหม่"
    assert "Saved as entry" in at.success[0].value
    assert at.query_params["kpi"] == "k_new_thing_2nd"


def test_what_is_refused_stays_typed_and_names_the_field(open_page, city):
    at = open_page("kpi_definitions", "th", "editor")
    before = city.version
    typed = {"ชื่อภาษาไทย": "ใหม่", "นิยามภาษาไทย": "นับทุกคน", "ค่าฐาน": "5", "เหตุผลของการเปลี่ยนแปลง": "มติ"}
    for label, value in typed.items():
        field(at, label).set_value(value)
    press(at, "บันทึกนิยาม")

    assert "ชื่อภาษาอังกฤษ" in at.error[0].value
    assert "name_en" not in at.error[0].value
    assert {label: field(at, label).value for label in typed} == typed
    assert city.version == before


def test_a_new_kpi_is_made_with_milestones(open_page, city):
    at = open_page("kpi_definitions", "en", "editor")
    for label, value in (
        ESSENTIAL
        | {
            "Code": "k_new_one", "Baseline": "5", "Period of the baseline": "2020", "Target": "9",
            "Period of the target": "2030", "Milestones (one period per line)": "2025 = 7\nbroken",
        }
    ).items():  # fmt: skip
        field(at, label).set_value(value)
    press(at, "Save the definition")
    assert "“broken” is not understood" in at.error[0].value
    field(at, "Milestones (one period per line)").set_value("2025 = 7")
    press(at, "Save the definition")

    assert stored.definition(city, "k_new_one")["baseline"] == 5
    assert stored.milestones_of(city, "k_new_one") == {"2025": 7}


def test_bounds_are_asked_for_only_of_a_kpi_kept_within_a_band(open_page):
    at = open_page("kpi_definitions", "en", "editor")
    bounds, path = (
        {"Lower bound of the band", "Upper bound of the band"},
        {"Target", "Milestones (one period per line)"},
    )
    assert (bounds & labels(at), path & labels(at)) == (set(), path)
    choose(at, "Which way is better", "band")

    assert (bounds & labels(at), path & labels(at)) == (bounds, set())


def test_a_breakdown_is_written_one_group_per_line(open_page, city):
    at = open_page("kpi_definitions", "en", "editor", kpi=KPI)
    field(at, "Broken down by").set_value(
        "sex:female|male\nช่วงอายุ/Age group:ต่ำกว่า 35/Under 35|35 ขึ้นไป/35 and over"
    )
    field(at, "Reason for the change").set_value("decided")
    press(at, "Save the definition")

    assert stored.definition(city, KPI)["breakdown"] == (
        "sex:female|male;ช่วงอายุ/Age group:ต่ำกว่า 35/Under 35|35 ขึ้นไป/35 and over"
    )


def test_two_editors_at_once_the_second_compares_and_chooses(open_page, city):
    at = open_page("kpi_definitions", "en", "editor", kpi=KPI)
    field(at, "Baseline").set_value("4")
    field(at, "Period of the baseline").set_value("2020")
    field(at, "Reason for the change").set_value("decided")
    seen = stored.definition(city, KPI)["entry"]
    kpi_definitions.set_target(
        city, ED, kpi=KPI, note="first", at=AT, expected_version=seen, baseline=5, baseline_period="2021"
    )
    press(at, "Save the definition")

    assert "ed changed this definition" in at.warning[0].value
    shown = at.table[0].value
    assert shown.loc["Baseline"].tolist() == ["5", "4"]
    assert stored.definition(city, KPI)["baseline"] == 5
    press(at, "Save the definition")
    assert stored.definition(city, KPI)["baseline"] == 4


def test_a_contradiction_is_refused_in_words(open_page, city):
    at = open_page("kpi_definitions", "en", "editor", kpi=KPI)
    for label, value in {
        "Baseline": "3", "Period of the baseline": "2020", "Target": "9", "Period of the target": "2030",
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


@pytest.mark.parametrize("language", ["th", "en"])
def test_all_in_one_sheet_says_what_is_set_and_what_is_missing(open_page, city, language):
    told = {"th": "มีหน่วยงานรับผิดชอบ {} ·", "en": "with an owner: {} ·"}[language]
    at = open_page("kpi_definitions", language, "editor", way="sheet")
    assert list(at.exception) == []
    before = next(each.value for each in at.markdown if told.format(0) in each.value)
    assert "36" in before

    kpi_definitions.set_target(
        city, ED, kpi=KPI, owner="chiang_mai_municipality", note="decided", at=AT,
        expected_version=stored.definition(city, KPI)["entry"],
    )  # fmt: skip
    at = open_page("kpi_definitions", language, "editor", way="sheet")
    assert any(told.format(1) in each.value for each in at.markdown)


def test_a_sheet_is_shown_field_by_field_kept_and_taken_back(open_page, city):
    at = open_page("kpi_definitions", "en", "editor", way="sheet")
    sheet = f"code,direction,baseline 2024,target 2027,target 2026,note\n{KPI},lower,5.2,3,3.8,x\nk_d1_tap_water,,9,,,\nk_d3_recycling,left,,,,\n"
    at.get("file_uploader")[0].upload("definitions.csv", sheet.encode(), "text/csv")
    at.run()

    assert not at.exception
    shown = at.dataframe[0].value
    told = shown[shown["Code"] == KPI]
    assert dict(zip(told["What changes"], zip(told["Before"], told["After"], strict=True), strict=True)) == {
        "baseline": ("", "5.2"), "period of the baseline": ("", "2024"), "target": ("", "3"), "period of the target": ("", "2027"),
        "milestone 2026": ("", "3.8"),
    }  # fmt: skip
    assert "What does the direction “left”" in at.radio[0].label
    assert [each.label for each in at.button if each.label.startswith("Record")] == []
    at.radio[0].set_value("-").run()
    next(each for each in at.checkbox if each.label.startswith("I have looked")).check().run()
    field(at, "Reason for the change").set_value("decided")
    press(at, "Record 2 KPIs as one entry")

    assert "recorded as entry" in at.success[0].value
    assert stored.milestones_of(city, KPI) == {"2026": 3.8}
    undo = next(each for each in at.button if each.label.startswith("Undo the import"))
    undo.click().run()
    assert stored.definition(city, KPI)["target"] is None
    assert stored.milestones_of(city, KPI) == {}
