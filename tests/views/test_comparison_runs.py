"""How sure, what if, and the least that lifts: equal to doing it by hand on a small index."""

from itertools import product

import pytest

from cmi_core.errors import ComputationError
from cmi_core.views import city_comparison as views
from cmi_core.views import comparison_runs as runs
from tests.index import comparison_data as data


@pytest.fixture
def chosen(store):
    return views.of_year(store, data.made(store), "2025")


def test_a_run_is_the_same_every_time(store, chosen):
    one = runs.uncertainty(store, chosen, "top", runs.Choices()).table()
    runs._RUNS._answers.clear()
    other = runs.uncertainty(store, chosen, "top", runs.Choices()).table()

    assert one.equals(other)
    assert (one["rank_lower"] <= one["rank_upper"]).all()


def test_without_any_choice_nothing_moves(store, chosen):
    run = runs.uncertainty(store, chosen, "top", runs.Choices(noise=0.0))

    assert run.rank_probability().max(axis=1).tolist() == [1.0] * 5
    assert run.table()["rank_lower"].tolist() == run.table()["rank_upper"].tolist()


def test_a_run_tells_how_far_it_is(store, chosen):
    told = []
    runs.uncertainty(store, chosen, "top", runs.Choices(noise=0.5), told.append)

    assert told[-1] == 1.0
    assert told == sorted(told)


def test_bands_and_chances_agree(store, chosen):
    run = runs.uncertainty(store, chosen, "top", runs.Choices())
    cities = views.comparison(store, chosen).cities
    chances = runs.chances(run, cities, list(cities.index))

    assert chances.groupby("city")["probability"].sum().tolist() == pytest.approx([1.0] * 5)
    assert runs.bands(run, cities)["rank"].is_monotonic_increasing
    assert runs.level_chances(run, cities)[["Seed", "Shoot", "Tree"]].sum(axis=1).tolist() == pytest.approx(
        [1.0] * 5
    )


def test_sensitivity_names_the_only_choice_that_was_varied(store, chosen):
    table = runs.sensitivity(store, chosen, "top", runs.Choices(noise=0.0, normalise=("minmax:0:100",)))

    assert table.loc[table["options"] > 1, "input"].tolist() == ["normalise"]


def test_an_index_that_is_only_printed_has_no_run(store):
    with pytest.raises(ComputationError, match="index_weights_unknown"):
        runs.uncertainty(store, ("isc_chiang_mai_2019",), "isc_overall", runs.Choices())


def test_own_weights_move_ranks_and_leave_the_official_alone(store, chosen):
    table = runs.what_if(store, chosen, "top", runs.Trial((("green", 0.0),))).set_index("city")

    assert table.loc["c1", "score_after"] == pytest.approx((90 + 3 * 90) / 4)
    official = views.league(store, chosen, "top").set_index("city")["score"]
    assert table["score_before"].sort_index().tolist() == official.sort_index().tolist()


def test_other_values_of_a_place_move_what_is_above_them(store, chosen):
    trial = runs.Trial(city="c4", values=(("trees", 7.0), ("schools", 10.0)))
    table = runs.what_if(store, chosen, "top", trial).set_index("city")
    green, fair = (70 + 10) / 2, (10 + 3 * 50) / 4

    assert table.loc["c4", "score_after"] == pytest.approx((2 * green + fair) / 3)
    assert table.loc["c4", ["level_before", "level_after"]].tolist() == ["Seed", "Shoot"]
    moved = runs.what_if_of(store, chosen, "c4", trial).set_index("node")
    assert list(moved.index) == ["top", "green", "trees", "fair", "schools"]
    assert moved.loc["schools", "rank_after"] == 2
    assert runs.what_if_of(store, chosen, "c4", runs.Trial()).empty


def test_values_and_weights_may_be_tried_together(store, chosen):
    trial = runs.Trial(weights=(("green", 0.0),), city="c4", values=(("jobs", 30.0), ("schools", 10.0)))
    table = runs.what_if(store, chosen, "top", trial).set_index("city")

    assert table.loc["c4", "score_after"] == pytest.approx((30 + 3 * 50) / 4)


def test_the_levers_with_most_room_come_first(store, chosen):
    table = runs.levers(store, chosen, "c5", "top")

    assert table["indicator"].tolist() == ["schools", "trees", "jobs", "smoke"]
    assert table["room"].tolist() == pytest.approx([(90 - 10) / 4, (80 - 40) / 3, (90 - 70) / 12, 0])
    assert table.loc[0, ["value", "least", "most"]].tolist() == [2, 2, 18]


def test_steps_are_values_of_the_places_compared_and_all_lift(store, chosen):
    table = runs.steps(store, chosen, "c5", "top")

    best = {"trees": 8.0, "jobs": 90.0, "schools": 18.0}
    assert table[table["stage"] == "best"].set_index("indicator")["value"].to_dict() == best
    assert (table["score"] > table["score_before"]).all()
    assert table[["stage", "effort"]].drop_duplicates().set_index("stage")["effort"].to_dict() == {
        "median": 1,
        "quartile": 2,
        "best": 3,
    }


def test_the_least_effort_is_that_of_brute_force(store, chosen):
    offered = runs.steps(store, chosen, "c5", "top")
    start = views.league(store, chosen, "top").set_index("city").loc["c5", "score"]
    weights = {"trees": 2 / 3 / 2, "smoke": 2 / 3 / 2, "jobs": 1 / 3 / 4, "schools": 1 / 3 * 3 / 4}
    ways = [[None, *rows.index] for _, rows in offered.groupby("indicator")]

    def outcome(taken):
        rows = offered.loc[[row for row in taken if row is not None]]
        gain = sum(weights[r.indicator] * (r.score - r.score_before) for r in rows.itertuples())
        return start + gain, rows["effort"].sum()

    for target in (50.0, 60.0, 70.0):
        cheapest = min(
            (effort for score, effort in map(outcome, product(*ways)) if score >= target - 1e-9), default=None
        )
        plan = runs.least_effort(store, chosen, city="c5", node="top", target=target, offered=offered)
        assert plan.reachable == (cheapest is not None)
        if plan.reachable:
            assert plan.effort == pytest.approx(max(cheapest, 0))


def test_what_cannot_be_reached_is_said(store, chosen):
    offered = runs.steps(store, chosen, "c5", "top")
    plan = runs.least_effort(store, chosen, city="c5", node="top", target=99.0, offered=offered)

    assert not plan.reachable
    assert plan.score < 99


def test_who_would_do_it_names_kpis_of_the_node(store):
    found = views.comparison(store, ("isc_chiang_mai_2019",))
    table = runs.who_would_do_it(store, runs.lineage(found, "isc_inclusive"))

    assert len(table) > 0
    assert set(table["node"]) == {"isc_inclusive"}
    assert set(runs.lineage(found, "isc_overall")) == set(found.nodes.index)


def test_what_lies_between_steps_and_a_node_is_what_may_move_it(store, chosen):
    found = views.comparison(store, chosen)
    assert runs.between(found, ["trees"], "top") == ("green", "top", "trees")
    assert runs.between(found, ["trees", "smoke"], "green") == ("green", "smoke", "trees")
    assert runs.between(found, [], "fair") == ("fair",)
