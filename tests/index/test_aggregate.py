"""Scores of children become their parent's score."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmi_core.errors import ComputationError
from cmi_core.index.aggregate import aggregate, copeland, outranking, parse, power_mean, slopes, total

NAN = np.nan
one_to_hundred = st.floats(1, 100)
groups = st.integers(1, 6).flatmap(
    lambda k: st.tuples(
        st.lists(one_to_hundred, min_size=k, max_size=k), st.lists(st.floats(0.1, 9), min_size=k, max_size=k)
    )
)
means = st.sampled_from(
    ["arithmetic", "geometric", "harmonic", "power:2", "power:-3", "power:0.5", "power:0.01"]
)


def mean(scores, weights, spec):
    return aggregate(np.array([scores], float), np.array(weights, float), parse(spec))[0]


@pytest.mark.parametrize(
    ("spec", "scores", "weights", "expected"),
    [
        ("arithmetic", [10, 40], [2, 1], (2 * 10 + 40) / 3),
        ("geometric", [4, 9], [1, 1], 6),
        ("geometric", [2, 16], [2, 1], 4),
        ("harmonic", [2, 6], [1, 1], 3),
        ("power:2", [1, 7], [1, 1], 5),
        ("power:-1", [2, 6], [1, 1], 3),
        ("power:1", [2, 6], [1, 1], 4),
        ("power:0", [4, 9], [1, 1], 6),
        ("arithmetic", [10, NAN], [1, 5], 10),
        ("power:2", [1, 7, NAN], [1, 1, 9], 5),
        ("sum", [10, NAN, 5], [1, 5, 2], 15),
    ],
)
def test_a_mean_is_what_its_formula_says(spec, scores, weights, expected):
    assert mean(scores, weights, spec) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("spec", ["arithmetic", "geometric", "harmonic", "power:3", "copeland", "sum"])
def test_nothing_present_means_no_score(spec):
    assert np.isnan(mean([NAN, NAN], [1, 1], spec))


@pytest.mark.parametrize("spec", ["arithmetic", "geometric", "harmonic", "power:3", "copeland"])
def test_only_weightless_children_present_means_no_score(spec):
    assert np.isnan(mean([5, NAN], [0, 1], spec))


@pytest.mark.parametrize(
    ("spec", "scores"),
    [
        ("geometric", [0, 4]),
        ("geometric", [-1, 4]),
        ("harmonic", [0, 4]),
        ("power:-2", [0, 1]),
        ("power:2", [-1, 2]),
    ],
)
def test_a_mean_without_a_value_is_refused(spec, scores):
    with pytest.raises(ComputationError, match="mean_needs_positive"):
        mean(scores, [1, 1], spec)


def test_a_zero_is_fine_for_powers_above_zero():
    assert mean([0, 4], [1, 1], "power:0.5") == pytest.approx(1)
    assert mean([0, 0], [1, 1], "power:0.5") == 0


@pytest.mark.parametrize("power", [1e-12, 1e-6, 0.049, 0.051, -1e-9, -0.051])
def test_small_powers_run_into_the_geometric_mean(power):
    scores = np.array([4.0, 9.0, 30.0])
    geometric = power_mean(scores, np.ones(3), 0.0)
    assert power_mean(scores, np.ones(3), power) == pytest.approx(geometric, rel=abs(power) + 1e-12)


def test_large_powers_do_not_overflow():
    assert mean([1e200, 1e-200], [1, 1], "power:50") == pytest.approx(1e200 / 2 ** (1 / 50))


@pytest.mark.parametrize("spec", ["median", "power", "power:x", "power:inf", "arithmetic:1", ""])
def test_an_unknown_aggregation_is_refused(spec):
    with pytest.raises(ComputationError, match="aggregate_unknown"):
        parse(spec)


@settings(deadline=None)
@given(groups, means)
def test_a_mean_lies_between_its_children(group, spec):
    found = mean(*group, spec)
    assert min(group[0]) <= found <= max(group[0])


@settings(deadline=None)
@given(groups, means, st.floats(0.01, 100))
def test_scaling_all_weights_changes_nothing(group, spec, factor):
    scores, weights = group
    assert mean(scores, [w * factor for w in weights], spec) == pytest.approx(mean(scores, weights, spec))


@settings(deadline=None)
@given(groups, means, st.integers(0, 5), st.floats(0, 50))
def test_a_better_child_never_lowers_the_mean(group, spec, which, more):
    scores, weights = group
    better = list(scores)
    better[which % len(scores)] += more
    assert mean(better, weights, spec) >= mean(scores, weights, spec) * (1 - 1e-12)


@settings(deadline=None)
@given(groups, means)
def test_the_parts_sum_to_the_mean(group, spec):
    scores, weights = np.array([group[0]]), np.array(group[1])
    score = np.array([mean(*group, spec)])
    assert (slopes(scores, weights, parse(spec), score) * scores).sum() == pytest.approx(score[0])


@settings(deadline=None)
@given(groups, means)
def test_a_missing_child_gives_its_weight_up(group, spec):
    scores, weights = group
    assert mean([*scores, NAN], [*weights, 3.0], spec) == pytest.approx(mean(scores, weights, spec))


def test_outranking_counts_ties_half():
    matrix = outranking(np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([3.0, 1.0]))
    assert matrix.tolist() == [[0, (3 + 1 / 2) / 4], [(1 / 2) / 4, 0]]


def test_copeland_is_wins_less_losses():
    scores = np.array([[3.0, 3.0], [2.0, 2.0], [1.0, 1.0], [1.0, 1.0]])
    assert copeland(scores, np.ones(2)).tolist() == [3, 1, -2, -2]


def test_copeland_compares_what_both_have():
    scores = np.array([[3.0, NAN], [2.0, 9.0], [NAN, NAN]])
    assert copeland(scores, np.ones(2)).tolist()[:2] == [1, -1]


def test_a_sum_leaves_gaps_out():
    assert total(np.array([[1.0, NAN], [NAN, NAN]])).tolist() == pytest.approx([1, NAN], nan_ok=True)


def test_copeland_has_no_parts():
    assert np.isnan(slopes(np.ones((1, 2)), np.ones(2), parse("copeland"), np.ones(1))).all()
