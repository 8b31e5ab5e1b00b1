"""How sure a rank is."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.levels import CutPoints
from cmi_core.index.scenarios import Scenarios
from cmi_core.index.uncertainty import RankTimes, simulate

FLAT = Framework((Node("isc"), Node("a", "isc"), Node("b", "isc")))
VALUES = pd.DataFrame({"a": [10.0, 6, 5, 0], "b": [10.0, 5, 6, 0]}, index=["best", "p", "q", "worst"])


def test_a_city_ahead_everywhere_is_first_for_certain():
    table = simulate(Scenarios(FLAT, VALUES), seed=1, replications=500).table().set_index("place")
    assert table.loc["best", ["rank_lower", "rank_upper"]].tolist() == [1, 1]
    assert table.loc["worst", ["rank_lower", "rank_upper"]].tolist() == [4, 4]
    assert table.loc["p", ["rank_lower", "rank_upper"]].tolist() == [2, 3]


def test_probabilities_of_ranks_sum_to_one():
    found = simulate(Scenarios(FLAT, VALUES), seed=1, replications=2000).rank_probability()
    assert found.sum(axis=1).tolist() == [1] * 4
    assert found.loc["p", 2] == pytest.approx(0.5, abs=0.05)


def test_the_same_seed_gives_the_same_numbers():
    scenarios = Scenarios(FLAT, VALUES, normalise=("minmax", "rank"), aggregate=("arithmetic",))
    first, second, other = (simulate(scenarios, seed=seed, replications=3000) for seed in (5, 5, 6))
    assert (first.counts == second.counts).all()
    assert (first.counts != other.counts).any()


def test_no_noise_and_no_alternatives_leave_the_nominal_ranks():
    simulation = simulate(Scenarios(FLAT, VALUES), seed=1, replications=50, weight_noise=0.0)
    assert simulation.table()["rank_mean"].tolist() == [1, 2, 2, 4]


def test_levels_have_probabilities():
    cuts = CutPoints(("low", "middle", "high"), (20.0, 55.0))
    found = simulate(Scenarios(FLAT, VALUES), seed=1, replications=1000, cut_points=cuts).level_probability()
    assert found.loc["best"].tolist() == [0, 0, 1]
    assert found.loc["worst"].tolist() == [1, 0, 0]
    assert 0.3 < found.loc["p", "high"] < 0.7


def test_levels_need_cut_points():
    with pytest.raises(ComputationError, match="cut_points_missing"):
        simulate(Scenarios(FLAT, VALUES), seed=1, replications=5).level_probability()


def test_differences_under_so_many_places_are_not_significant():
    told = simulate(Scenarios(FLAT, VALUES), seed=1, replications=500).significance()
    assert told == {"rule": "interval_overlap", "confidence": 0.9, "share": 0.95, "places": 1}
    alike = VALUES.assign(a=[9.0, 6, 3, 0], b=[0.0, 3, 6, 9])
    assert simulate(Scenarios(FLAT, alike), seed=1, replications=500).significance()["places"] is None


def test_a_city_without_a_score_takes_no_part():
    gapped = pd.concat([VALUES, pd.DataFrame({"a": [np.nan], "b": [np.nan]}, index=["none"])])
    table = simulate(Scenarios(FLAT, gapped), seed=1, replications=50).table().set_index("place")
    assert table.loc["none"].isna().sum() == len(table.columns) - 1
    assert table.loc["none", "scored"] == 0
    assert table.loc["worst", "rank_upper"] == 4


def test_many_places_are_counted_as_few_are():
    values = pd.DataFrame(
        np.random.default_rng(2).random((300, 2)), columns=["a", "b"], index=[f"c{n}" for n in range(300)]
    )
    simulation = simulate(Scenarios(FLAT, values), seed=1, replications=70, weight_noise=0.0)
    table = simulation.table()
    assert (table["rank_mean"] == table["rank"]).all()
    assert (table["rank_lower"] == table["rank_upper"]).all()
    assert simulation.significance()["places"] == 1


@pytest.mark.parametrize("n", [3, 300])
def test_rank_statistics_are_those_of_every_rank_taken(n):
    random = np.random.default_rng(n)
    counts = random.integers(0, 4, (n, n)) * (random.random((n, n)) < 0.5)
    counts[0] = 0
    taken = RankTimes.of(counts.astype(np.uint16))
    every = [np.repeat(np.arange(1, n + 1), row) for row in counts]
    assert taken.scored.tolist() == [len(ranks) for ranks in every]
    for share in (0.05, 0.5, 0.95):
        expected = [np.quantile(r, share, method="inverted_cdf") if len(r) else np.nan for r in every]
        np.testing.assert_array_equal(taken.quantiles([share])[0], expected)
    np.testing.assert_allclose(taken.mean(), [np.mean(r) if len(r) else np.nan for r in every])
    np.testing.assert_array_equal(taken.most()[1:], counts[1:].max(axis=1))


def test_probabilities_may_be_asked_for_some_places():
    simulation = simulate(Scenarios(FLAT, VALUES), seed=1, replications=200)
    some = simulation.rank_probability(["q", "best"])
    pd.testing.assert_frame_equal(some, simulation.rank_probability().loc[["q", "best"]])
    assert (simulation.table()["best_chance"] == simulation.rank_probability().max(axis=1).to_numpy()).all()


def test_progress_is_told_to_the_end():
    told = []
    simulate(Scenarios(FLAT, VALUES), seed=1, replications=2500, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


@pytest.mark.parametrize("options", [{"replications": 0}, {"weight_noise": 2.0}])
def test_wrong_options_are_refused(options):
    with pytest.raises(ComputationError):
        simulate(Scenarios(FLAT, VALUES), seed=1, **options)


def test_confidence_is_a_share():
    with pytest.raises(ComputationError, match="confidence_not_a_share"):
        simulate(Scenarios(FLAT, VALUES), seed=1, replications=5).table(confidence=1.0)
