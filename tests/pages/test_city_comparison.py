"""The comparison page in both languages: every way of looking, what is refused, what is offered."""

import pytest

from pages.components.comparison_choice import VIEWS
from tests import comparison_data as data


def said(at):
    parts = [*at.markdown, *at.info, *at.warning, *at.error, *at.success, *at.caption, *at.subheader]
    return "\n".join(part.value for part in parts)


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
    assert "indicators and weights of the index are not known" in said(at)


def test_years_put_together_are_refused_with_the_reason(open_page, city):
    code = data.made(city)
    at = open_page("city_comparison", "en", index=code, **{"with": f"{code}_2024"})

    assert ["different years: 2025, 2024" in error.value for error in at.error] == [True]


def test_own_weights_come_from_the_link(open_page, city):
    data.made(city)
    at = open_page("city_comparison", "en", view="whatif", w_top="green:0,fair:4")

    assert [slider.value for slider in at.slider] == [0.0, 4.0]
    assert not at.error


def test_a_target_beyond_reach_is_said(open_page, city):
    data.made(city)
    at = open_page("city_comparison", "en", view="lift", city="c5", target="99")

    assert "99 is not reachable" in said(at)


def test_a_target_within_reach_gives_a_plan(open_page, city):
    data.made(city)
    at = open_page("city_comparison", "en", view="lift", city="c5", target="60")

    assert "take the score from" in said(at)


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
