"""The tables behind the charts hold what they say."""

import pandas as pd
import pytest

from cmi_core.views import city_comparison as views
from cmi_core.views import comparison_tables as tables
from tests.index import comparison_data as data


@pytest.fixture
def chosen(store):
    return views.of_year(store, data.made(store), "2025")


def test_a_profile_has_every_place_and_part_with_the_median(store, chosen):
    table = tables.profile(store, chosen, "top")

    assert len(table) == 5 * 2
    green = table[table["node"] == "green"]
    assert green["median"].iloc[0] == pytest.approx(green["score"].median())


def test_a_gap_keeps_its_cell_in_the_heatmap(store, chosen):
    table = tables.heatmap(store, chosen, "fair", ())

    assert table.set_index(["city", "node"]).loc[("c4", "schools"), "score"] != 0
    assert table["score"].isna().sum() == 1
    assert tables.gaps(store, chosen, "top")[["city", "node"]].to_numpy().tolist() == [["c4", "schools"]]


def test_a_scatter_leaves_out_places_without_both(store, chosen):
    assert set(tables.pairs(store, chosen, "jobs", "schools")["city"]) == {"c1", "c2", "c3", "c5"}


def test_years_stay_within_their_release(store):
    first = data.made(store)
    second = data.framework(store, release="2", supersedes=first)
    data.scores(store, second, data.values(2026))
    table = tables.over_time(store, "trial", "top", ("c1", "c5"))

    assert set(zip(table["release"], table["year"], strict=True)) == {("1", 2024), ("1", 2025), ("2", 2026)}
    assert table["computed"].all()


def test_a_year_that_is_not_stated_is_not_placed(store):
    assert tables.over_time(store, "isc", "isc_overall", ("chiang_mai",)).empty


def test_peers_are_ranked_anew_but_scored_as_before(store, chosen):
    whole = views.league(store, chosen, "top")
    peers = tables.with_peers(whole, ("c4", "c5")).set_index("city")

    assert peers["peer_rank"].to_dict() == {"c5": 1, "c4": 2}
    assert peers.loc["c5", "score"] == whole.set_index("city").loc["c5", "score"]


def test_strengths_follow_the_rule_that_comes_with_them(store, chosen):
    table = tables.strengths(store, chosen, "c1", "top", "among_places")
    rule = table.attrs["rule"]

    assert rule.key == "among_places"
    strong = table[table["kind"] == "strength"]
    assert set(strong["node"]) == {"trees", "jobs", "schools", "smoke"}
    assert ((strong["of"] - strong["rank"]) / (strong["of"] - 1) >= 1 - rule.share).all()


def test_contributions_of_the_indicators_sum_to_the_score(store, chosen):
    tree = tables.values_of(store, chosen, "c1")

    assert tree[tree["leaf"]]["points"].sum() == pytest.approx(tree.loc[tree["depth"] == 0, "score"].item())
    assert tree.set_index("node").loc["smoke", "quality"] == "measured"
    assert tree[tree["leaf"]]["effective"].sum() == pytest.approx(1)


def test_a_printed_tree_has_no_computed_columns_filled(store):
    tree = tables.values_of(store, ("isc_chiang_mai_2019",), "chiang_mai")

    assert tree["value"].tolist() == [67.13, 88.33, 85.18, 74.07, 25.93]
    assert tree[["score", "rank", "effective", "points"]].isna().all(axis=None)


def test_years_come_newest_first_and_undated_last():
    table = pd.DataFrame({"year_code": ["2023", "undated", "2025", "2023"]})

    assert tables.year_codes(table) == ["2025", "2023", "undated"]
