"""The plan is shown whole, and any choice leaves exactly what is tied to it."""

from datetime import datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import goals as deeds
from cmi_core.store import goals, opening
from cmi_core.views import goal_board as views

EDITOR = Account("nok", "Nok", "editor")
AT = datetime(2026, 1, 5, 3, 0)


@pytest.fixture(scope="module")
def city():
    opened = opening.open_store(":memory:")
    yield opened
    opened.close()


def test_the_whole_plan_is_three_strategies_eleven_goals_and_53_means(city):
    board = views.board(city)

    assert (len(board.strategies), len(board.goals), len(board.means)) == (3, 11, 53)
    assert board.strategies["means"].sum() == 53
    assert board.strategies["kpis"].sum() == len(board.kpis)


def test_no_means_has_a_state_until_somebody_sets_one(city):
    means = views.board(city).means

    assert means["state"].isna().all()
    assert (means["entry"] == 0).all()


def test_a_strategy_leaves_its_goals(city):
    board = views.board(city, strategy="drivers")

    assert set(board.goals["strategy"]) == {"drivers"}
    assert set(board.means["goal"]) == set(board.goals["goal"])


def test_a_dimension_leaves_the_kpis_tied_to_it_and_their_means(city):
    board = views.board(city, node="isc_inclusive")
    tied = {kpi for (kpi,) in city.rows("SELECT kpi FROM kpi_link_line WHERE target = 'isc_inclusive'")}

    assert tied
    assert set(board.kpis["kpi"]) == tied
    assert set(board.goals["goal"]) == set(board.kpis["goal"]) | set(board.means["goal"])
    of_kpis = set(board.ties.loc[board.ties["kind"] == "means", "target"])
    assert set(board.means["means"]) == of_kpis | {"d3_m04", "d5_m10", "d5_m11", "r2_m07", "s1_m02"}


def test_an_organisation_leaves_the_means_that_name_it(city):
    means = views.board(city, organisation="grab").means["means"]

    assert set(means) == {"d3_m03", "r2_m03", "r4_m01"}


def test_a_place_leaves_the_means_that_name_it(city):
    assert "d3_m04" in set(views.board(city, place="mae_kha").means["means"])


@pytest.mark.parametrize(
    ("words", "means"),
    [("Grab", "d3_m03"), ("นํ้าประปา", "d1_m01"), ("internet speed", "d1_m02"), ("มทร.ล้านนา", "s1_m06")],
)
def test_words_are_found_in_thai_and_english(city, words, means):
    assert means in set(views.board(city, words=words).means["means"])


def test_words_that_stand_nowhere_leave_nothing(city):
    board = views.board(city, words="xyzzy")

    assert board.goals.empty
    assert board.means.empty
    assert board.kpis.empty


def test_choices_are_met_together(city):
    board = views.board(city, organisation="grab", strategy="drivers")

    assert set(board.means["means"]) == {"r2_m03", "r4_m01"}


def test_choosing_leaves_the_plan_as_it_was(city):
    plan = views.whole(city)

    assert len(views.choose(plan, goal="d3_green_city").goals) == 1
    assert (len(plan.goals), len(plan.means)) == (11, 53)


def test_every_organisation_offered_leaves_something(city):
    for code in views.organisations(city)["code"]:
        assert not views.board(city, organisation=code).means.empty, code


def test_every_place_offered_leaves_something(city):
    for code in views.places(city)["place"]:
        assert not views.board(city, place=code).goals.empty, code


def test_an_owner_is_found_as_an_organisation(store):
    deeds.update_means(
        store, EDITOR, means="d1_m02", state="under_way", owner="google", starts_on=None, ends_on=None,
        note="agreed", seen=0, at=AT,
    )  # fmt: skip

    assert "d1_m02" in set(views.board(store, organisation="google").means["means"])
    assert views.states(store).set_index("state")["means"].to_dict() == {"unknown": 52, "under_way": 1}


def test_the_findings_are_those_of_the_report(city):
    assert len(goals.findings(city)) == 25
