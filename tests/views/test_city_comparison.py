"""One ranking: what is computed, what is only printed, and what must not be put together."""

import numpy as np
import pytest

from cmi_core.errors import ComputationError
from cmi_core.views import city_comparison as views
from tests.index import comparison_data as data


@pytest.fixture
def chosen(store):
    return views.of_year(store, data.made(store), "2025")


def test_a_score_is_the_weighted_mean_of_the_goalposts(store, chosen):
    row = views.league(store, chosen, "top").set_index("city").loc["c1"]

    green = (100 * 8 / 10 + 100 * (50 - 10) / 50) / 2
    fair = (1 * 90 + 3 * 100 * 18 / 20) / 4
    assert row["score"] == pytest.approx((2 * green + fair) / 3, abs=1e-12)
    assert (row["rank"], row["level"]) == (1, "Tree")


def test_equal_places_share_a_rank_and_it_is_said(store, chosen):
    rows = views.league(store, chosen, "top").set_index("city")

    assert rows.loc["c2", "rank"] == rows.loc["c3", "rank"]
    assert rows["tied"].to_dict() == {"c1": False, "c2": True, "c3": True, "c4": False, "c5": False}


def test_a_gap_lowers_the_coverage_and_gives_its_weight_away(store, chosen):
    row = views.league(store, chosen, "fair").set_index("city").loc["c4"]

    assert (row["coverage"], row["missing"], row["score"]) == (0.5, 1, 10.0)


def test_levels_are_told_for_the_index_only(store, chosen):
    assert "level" not in views.league(store, chosen, "green")


def test_printed_figures_get_no_score_and_no_rank(store):
    table = views.league(store, ("startupblink_2023",), "startupblink")

    assert table["printed"].tolist() == [74, 591, 640, 849]
    assert not {"score", "rank", "level"} & set(table.columns)
    assert views.comparison(store, ("startupblink_2023",)).unknown.reason == "index_of_ranks"


def test_the_isc_stands_alone_because_its_weights_are_not_known(store):
    found = views.comparison(store, ("isc_chiang_mai_2019",))

    assert (found.result, found.unknown.reason, len(found.cities)) == (None, "index_weights_unknown", 1)
    assert found.raw.loc["chiang_mai", "isc_inclusive"] == 25.93


@pytest.mark.parametrize(
    ("chosen", "reasons"),
    [
        (("tscci_area_2023", "tscci_province_2023"), {"ranking_indices", "ranking_area_kinds"}),
        (("tscci_area_2023", "tscci_area_2024"), {"ranking_releases", "ranking_years"}),
        (("startupblink_2023", "nomad_list_2023_11"), {"ranking_indices", "ranking_releases"}),
    ],
)
def test_what_differs_is_refused_with_every_reason(store, chosen, reasons):
    with pytest.raises(ComputationError) as refused:
        views.comparison(store, chosen)

    assert refused.value.reason == "ranking_refused"
    assert {problem.reason for problem in refused.value.problems} == reasons


def test_two_years_of_one_release_are_not_one_ranking(store):
    code = data.made(store)
    both = (*views.of_year(store, code, "2025"), *views.of_year(store, code, "2024"))

    with pytest.raises(ComputationError) as refused:
        views.comparison(store, both)
    assert [problem.reason for problem in refused.value.problems] == ["ranking_years"]


def test_an_unknown_assessment_is_named(store):
    with pytest.raises(ComputationError, match="assessment_unknown"):
        views.comparison(store, ("no_such",))


def test_what_is_computed_is_kept_until_the_index_changes(store, chosen):
    first = views.comparison(store, chosen)
    assert views.comparison(store, chosen) is first

    code = str(first.head["framework"])
    data.scores(store, code, data.values().query("city == 'c1' and node == 'trees'").assign(value=9.0))
    again = views.comparison(store, chosen)
    assert again is not first
    assert again.raw.loc["c1", "trees"] == 9.0


def test_the_catalogue_puts_computed_releases_first(store):
    code = data.made(store)
    found = views.catalogue(store).set_index("framework")

    assert found.index[0] == code
    assert found.loc["isc_2019", "state"] == "printed"


def test_a_release_without_scores_is_empty(store):
    code = data.framework(store)

    assert views.catalogue(store).set_index("framework").loc[code, "state"] == "empty"


def test_cut_points_are_none_while_one_is_unknown(store):
    from cmi_core.store import scores

    assert views.cut_points(scores.levels(store, "isc_2019")) is None
    assert views.cut_points(scores.levels(store, data.framework(store))).cuts == (40.0, 60.0)


def test_indicators_below_a_node_are_found_at_any_depth(store, chosen):
    found = views.comparison(store, chosen)

    assert views.leaves_below(found, "top") == ["trees", "smoke", "jobs", "schools"]
    assert views.leaves_below(found, "trees") == ["trees"]
    assert views.children_of(found, "green") == ["trees", "smoke"]
    assert np.isnan(found.raw.loc["c4", "schools"])
