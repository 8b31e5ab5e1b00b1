"""The comparison page in both languages: every way of looking, what is refused, what is offered."""

import pytest

from pages.components.comparison.choices import VIEWS
from tests.index import comparison_data as data


def said(at):
    parts = [*at.markdown, *at.info, *at.warning, *at.error, *at.success, *at.caption, *at.subheader]
    return "\n".join([*(part.value for part in parts), *(part.proto.body for part in at.get("html"))])


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_way_of_looking_opens(open_page, city, language, view):
    data.made(city)
    at = open_page("city_comparison", language, view=view)

    assert [list(at.exception), list(at.error)] == [[], []]
    assert at.query_params.get("view", ["league"]) in ([view], view, "league", ["league"])


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    "index", ["isc_2019", "startupblink_2023", "tscci_area_2023", "hai_2022", "kpi_smart_readiness"]
)
def test_real_figures_are_shown_as_printed(open_page, language, index):
    at = open_page("city_comparison", language, index=index)

    assert [list(at.exception), list(at.error)] == [[], []]


def test_the_isc_says_that_it_stands_alone(open_page):
    at = open_page("city_comparison", "en", index="isc_2019")
    assert "Only Chiang Mai has been scored" in said(at)

    at = open_page("city_comparison", "en", index="isc_2019", node="isc_inclusive", view="lift")
    assert "25.93" in said(at)
    assert "the report prints scores only" in said(at)
    assert "k_r2_inclusive_share" in said(at)


def test_a_reader_sets_the_score_the_isc_shall_reach(open_page):
    at = open_page("city_comparison", "en", index="isc_2019", node="isc_inclusive", view="lift", target="50")
    assert "stands at 25.93 as printed; 24.07 points are missing to 50." in said(at)
    at = open_page("city_comparison", "en", index="isc_2019", node="isc_inclusive", view="lift", target="20")
    assert "20 is reached already" in said(at)


def test_a_part_against_itself_has_a_table_with_two_headings(open_page, city):
    data.made(city)
    at = open_page("city_comparison", "en", view="scatter", across="green", up="green")
    at.session_state["fold_city_comparison_scatter"] = True
    at = at.run()
    _, across, up = at.dataframe[-1].value.columns

    assert [list(at.exception), up] == [[], f"{across} (2)"]


def test_years_put_together_are_refused_with_the_reason(open_page, city):
    code = data.made(city)
    at = open_page("city_comparison", "en", index=code, **{"with": f"{code}_2024"})

    assert ["different years: 2025, 2024" in error.value for error in at.error] == [True]


def test_own_weights_come_from_the_link(open_page, city):
    data.made(city)
    at = open_page("city_comparison", "en", view="whatif", w_top="green:0,fair:4")

    assert [slider.value for slider in at.slider] == [0.0, 4.0]
    assert not at.error


def test_other_values_come_from_the_link(open_page, city):
    data.made(city)
    at = open_page(
        "city_comparison", "en", view="whatif", trial="values", city="c4", v_c4="schools:10,trees:7"
    )

    assert {field.label.split(" (")[0]: field.value for field in at.number_input} == {
        "Schools": 10.0,
        "Trees": 7.0,
        "Jobs": 10.0,
        "Smoke": 45.0,
    }
    assert "Values of City c4 tried: Schools 10, Trees 7" in said(at)
    assert "Score of Trial index" in said(at)
    assert not at.error


def test_a_value_typed_in_goes_into_the_link(open_page, city):
    data.made(city)
    at = open_page("city_comparison", "en", view="whatif", trial="values", city="c5")
    at.number_input[0].set_value(12.5).run()

    assert at.query_params["v_c5"] == "schools:12.5"
    assert "→" in said(at)


def test_what_is_no_number_in_a_link_is_left_out(open_page, city):
    data.made(city)
    at = open_page(
        "city_comparison", "en", view="whatif", trial="values", city="c5", v_c5="trees:inf,x:1,jobs"
    )

    assert not at.error
    assert not at.exception


def test_a_target_beyond_reach_is_said(open_page, city):
    data.made(city)
    at = open_page("city_comparison", "en", view="lift", city="c5", target="99")

    assert "99 is not reachable" in said(at)


def test_a_target_within_reach_gives_a_plan(open_page, city):
    data.made(city)
    at = open_page("city_comparison", "en", view="lift", city="c5", target="60")

    assert "enough: Trial index rises from" in said(at)


def test_an_unknown_choice_in_the_link_does_no_harm(open_page, city):
    data.made(city)
    at = open_page(
        "city_comparison",
        "th",
        index="no",
        year="1",
        node="no",
        cities="no",
        view="no",
        w_top="green:x",
        target="x",
    )

    assert [list(at.exception), list(at.error)] == [[], []]
