"""Many ways to compute an index, each stage done once."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import ComputationError, FrameworkError
from cmi_core.index.build import build
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.scenarios import Scenarios, noise_per_node, nominal_shares, perturbed_shares, rank_counts

TREE = Framework(
    (
        Node("isc"),
        Node("one", "isc", weight=2.0),
        Node("a", "one"),
        Node("b", "one", "lower", weight=3.0),
        Node("two", "isc"),
        Node("c", "two"),
    )
)
RANDOM = np.random.default_rng(7)
VALUES = pd.DataFrame(RANDOM.random((8, 3)), columns=list("abc"), index=[f"c{n}" for n in range(8)])
GAPPED = VALUES.mask(RANDOM.random((8, 3)) < 0.3)


@pytest.mark.parametrize("values", [VALUES, GAPPED])
@pytest.mark.parametrize(
    "aggregate",
    [
        "arithmetic",
        "geometric",
        "harmonic",
        "power:2",
        "power:0.01",
        "copeland",
        "sum",
        ("harmonic", "arithmetic"),
    ],
)
@pytest.mark.parametrize("node", ["", "one"])
def test_the_nominal_scenario_is_the_index(values, aggregate, node):
    scenarios = Scenarios(TREE, values, normalise=("minmax:1:100",), aggregate=(aggregate,), node=node)
    scores = scenarios.scores(scenarios.choices()[0], nominal_shares(TREE))[:, 0]
    built = build(TREE, values, normalise="minmax:1:100", aggregate=aggregate).table()[node or "isc"]
    np.testing.assert_allclose(scores, built, rtol=1e-12)


def test_every_draw_is_the_index_with_those_weights():
    shares = perturbed_shares(TREE, noise_per_node(TREE, 0.5), np.random.default_rng(1).random((6, 3)))
    scenarios = Scenarios(TREE, GAPPED)
    scores = scenarios.scores(scenarios.choices()[0], shares)
    for draw in range(3):
        weights = dict(zip(TREE.codes, shares[:, draw], strict=True))
        expected = build(TREE.with_weights(weights), GAPPED).table()["isc"]
        np.testing.assert_allclose(scores[:, draw], expected, rtol=1e-12)


def test_thresholds_hold_in_scenarios_too():
    scenarios = Scenarios(TREE, GAPPED, min_coverage=(1.0, 0.0))
    scores = scenarios.scores(scenarios.choices()[0], nominal_shares(TREE))[:, 0]
    np.testing.assert_allclose(scores, build(TREE, GAPPED, min_coverage=[1.0, 0.0]).table()["isc"])


def test_perturbed_shares_sum_to_one_and_stay_near():
    shares = perturbed_shares(TREE, noise_per_node(TREE, 0.1), np.random.default_rng(1).random((6, 50)))
    assert (shares[[1, 4]].sum(axis=0)).tolist() == pytest.approx([1] * 50)
    assert shares[3].min() > 0.69
    assert shares[3].max() < 0.80


def test_noise_may_differ_by_level():
    assert noise_per_node(TREE, [0.2, 0.0]).tolist() == [0, 0, 0.2, 0.2, 0, 0.2]
    for noise in ([0.1], 1.0, -0.1, "much"):
        with pytest.raises(ComputationError):
            noise_per_node(TREE, noise)


@pytest.mark.parametrize("n", [5, 300])
def test_counted_and_sorted_ranks_agree(n):
    scores = np.random.default_rng(2).integers(0, 4, (n, 6)).astype(float)
    scores[0, 0] = np.nan
    expected = [[0 if np.isnan(x) else 1 + int((column > x).sum()) for x in column] for column in scores.T]
    assert rank_counts(scores).T.tolist() == expected


def test_alternatives_are_needed_and_nodes_must_exist():
    with pytest.raises(ComputationError, match="alternatives_empty"):
        Scenarios(TREE, VALUES, normalise=())
    with pytest.raises(FrameworkError, match="node_unknown"):
        _ = Scenarios(TREE, VALUES, node="three").top


def test_pairwise_comparison_of_very_many_places_is_refused():
    values = pd.DataFrame({"a": range(301), "b": 1.0, "c": 1.0}, index=[f"c{n}" for n in range(301)])
    with pytest.raises(ComputationError, match="copeland_too_many_places"):
        Scenarios(TREE, values, aggregate=("copeland",))
