"""KPI tracking shows every KPI, says why none is judged yet, and opens one whole."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpi_definitions, kpis
from cmi_core.store import kpis as stored

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


def shown(at: AppTest) -> str:
    return "".join(block.proto.body for block in at.get("html"))


def planned(city, *, baseline=5.0, target=3.0):
    seen = stored.definition(city, KPI)["entry"]
    kpi_definitions.set_target(
        city, ED, kpi=KPI, baseline=baseline, baseline_period="2020", target=target, target_period="2030",
        note="decided", at=AT, expected_version=seen,
    )  # fmt: skip


def recorded(city, values):
    for period, value in values.items():
        kpis.record_value(
            city, ED, kpi=KPI, period=period, value=value, quality="measured", note="meter", at=AT
        )


@pytest.mark.parametrize(("language", "title"), [("th", "ติดตามตัวชี้วัด"), ("en", "KPI tracking")])
def test_it_opens_with_all_kpis_and_says_why_none_is_judged(open_page, language, title):
    at = open_page("kpi_tracking", language)

    assert [at.title[0].value, list(at.exception)] == [title, []]
    assert shown(at).count('<article class="cmi-kpi">') == 36
    assert 'class="cmi-begin"' in shown(at)


def test_setting_a_target_is_one_click_away_by_way_of_signing_in(open_page):
    assert 'href="/signin?lang=th&amp;next=%2Fkpi-entry%3F' in shown(open_page("kpi_tracking"))


def test_somebody_signed_in_goes_straight_to_the_form(open_page):
    assert 'href="/kpi-entry?' in shown(open_page("kpi_tracking", role="editor"))


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_kpi_whole_shows_figures_history_and_forecast(open_page, city, language):
    planned(city)
    recorded(city, {"2021": 4.9, "2022": 4.8, "2023": 4.5, "2024": 4.4, "2025": 4.0})
    at = open_page("kpi_tracking", language, kpi=KPI)

    assert not at.exception
    assert len(at.get("vega_lite_chart")) == 1
    assert "4.00" in shown(at)
    assert "cmi-w-substantial_progress" in shown(at)
    assert ("2568" in shown(at)) == (language == "th")


@pytest.mark.parametrize(
    ("language", "told", "parts"),
    [("th", "จำแนกตามเพศ", "หญิง"), ("en", "Broken down by Sex", "Female")],
)
def test_a_kpi_that_is_broken_down_has_a_chart_and_a_table_of_its_parts(
    open_page, city, language, told, parts
):
    planned(city)
    kpi_definitions.define_kpi(
        city, ED, kpi=KPI, fields={"breakdown": "sex:female|male"}, note="x", at=AT,
        expected_version=stored.definition(city, KPI)["entry"],
    )  # fmt: skip
    recorded(city, {"2025": 4.0})
    for part in ("sex:female", "sex:male"):
        kpis.record_value(
            city, ED, kpi=KPI, period="2025", value=2, quality="measured", note="x", at=AT, breakdown=part
        )
    at = open_page("kpi_tracking", language, kpi=KPI)

    assert not at.exception
    assert len(at.get("vega_lite_chart")) == 2
    assert told in [each.value for each in at.subheader]
    values = at.dataframe[0].value
    assert any(parts in str(cell) for cell in values.iloc[:, 1])
    assert "sex:" not in values.to_string() + shown(at)


def test_a_kpi_without_anything_says_so(open_page):
    at = open_page("kpi_tracking", "en", kpi="k_d1_internet_speed")

    assert "Nothing is recorded yet" in at.info[0].value
    assert "not a baseline" in shown(at)


def test_choices_narrow_the_list(open_page, city):
    planned(city)
    recorded(city, {"2025": 2.5})
    found = shown(open_page("kpi_tracking", "en", progress="target_achieved"))

    assert found.count('<article class="cmi-kpi">') == 1
    assert shown(open_page("kpi_tracking", "en", find="SAIFI")).count("<article") == 1
    assert shown(open_page("kpi_tracking", "en", strategy="drivers")).count("<article") == 10


def test_a_search_for_nothing_says_so(open_page):
    assert "No KPI fits" in open_page("kpi_tracking", "en", find="zzzz").info[0].value


def test_text_from_people_is_shown_as_text(open_page, city):
    recorded(city, {"2025": 4.0})
    kpi_definitions.define_kpi(
        city, ED, kpi=KPI, fields={"name_en": "<script>alert(1)</script>"}, note="<b>x</b>", at=AT,
        expected_version=stored.definition(city, KPI)["entry"],
    )  # fmt: skip
    assert "<script>" not in shown(open_page("kpi_tracking", "en"))
    assert "<script>" not in shown(open_page("kpi_tracking", "en", kpi=KPI))
