"""The cheapest plan is exactly the cheapest."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmi_core.errors import ComputationError
from cmi_core.index import least_effort
from cmi_core.index.build import build
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.least_effort import plan

TREE = Framework(
    (
        Node("isc"),
        Node("one", "isc", weight=2.0),
        Node("a", "one"),
        Node("b", "one", weight=3.0),
        Node("two", "isc"),
        Node("c", "two"),
        Node("d", "two", weight=0.5),
    )
)
SCORES = {"a": 20.0, "b": 30.0, "c": 40.0, "d": 50.0}


def result_of(scores, aggregate="arithmetic"):
    return build(TREE, pd.DataFrame(scores, index=["x"]), normalise="none", aggregate=aggregate)


def brute_force(scores, steps, target, aggregate, node):
    """Try every combination; give the least effort, or None."""
    options = [
        [
            (scores[code], 0.0),
            *steps.loc[steps["indicator"] == code, ["score", "effort"]].itertuples(index=False),
        ]
        for code in "abcd"
    ]
    every = list(product(*options))
    table = pd.DataFrame([[score for score, _ in combination] for combination in every], columns=list("abcd"))
    reached = (
        build(TREE, table, normalise="none", aggregate=aggregate).table()[node].to_numpy() >= target - 1e-9
    )
    efforts = np.array([sum(effort for _, effort in combination) for combination in every])
    return efforts[reached].min() if reached.any() else None


def steps_of(draws):
    return pd.DataFrame(draws, columns=["indicator", "score", "effort"])


some_steps = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.integers(1, 100).map(float), st.integers(0, 9).map(lambda e: e / 2)
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=60, deadline=None)
@given(
    some_steps,
    st.integers(1, 100),
    st.sampled_from(
        [
            "arithmetic",
            "geometric",
            "harmonic",
            "power:2",
            ("geometric", "arithmetic"),
            ("power:3", "harmonic"),
        ]
    ),
    st.sampled_from(["isc", "one"]),
)
def test_the_plan_equals_brute_force(draws, target, aggregate, node):
    steps = steps_of(draws)
    found = plan(result_of(SCORES, aggregate), "x", steps, target=target, node=node)
    expected = brute_force(SCORES, steps, target, aggregate, node)
    assert found.reachable == (expected is not None)
    if expected is not None:
        assert found.effort == pytest.approx(expected)
        assert found.score >= target - 1e-9
        assert found.steps["indicator"].is_unique
        way = [found.score_before, *found.reached]
        assert way == sorted(way)
        assert way[-1] == pytest.approx(found.score)
        assert len(found.reached) == len(found.steps)


def test_solver_and_fronts_agree_on_forty_indicators():
    random = np.random.default_rng(5)
    codes = [f"i{n}" for n in range(40)]
    flat = Framework(
        (Node("isc"), *(Node(code, "isc", weight=float(random.integers(1, 5))) for code in codes))
    )
    result = build(
        flat, pd.DataFrame(random.integers(0, 60, (1, 40)), index=["x"], columns=codes), normalise="none"
    )
    starts = dict(zip(codes, result.normalised[:, 0], strict=True))
    steps = steps_of([(c, starts[c] + up, effort) for c in codes for up, effort in ((15, 2.0), (30, 5.0))])
    tree = least_effort._Tree(flat, result.recipe, result.scores[:, 0], flat.root)
    options = least_effort._options(tree, steps)
    for target in (40.0, 45.0, 50.0):
        solved, kept = (
            least_effort._by_milp(tree, options, target),
            least_effort._by_fronts(tree, options, target),
        )
        assert solved is not None
        assert kept is not None
        assert sum(option.effort for option in solved) == sum(option.effort for option in kept)
        assert plan(result, "x", steps, target=target).score >= target - 1e-9


def test_a_target_met_already_takes_nothing():
    found = plan(result_of(SCORES), "x", steps_of([("a", 90.0, 1.0)]), target=10.0)
    assert (found.reachable, found.effort, len(found.steps)) == (True, 0, 0)


def test_a_target_out_of_reach_is_said_with_the_best_there_is():
    found = plan(result_of(SCORES), "x", steps_of([("a", 100.0, 1.0)]), target=99.0)
    assert not found.reachable
    assert found.score == pytest.approx((2 * (100 + 3 * 30) / 4 + (40 + 0.5 * 50) / 1.5) / 3)
    assert found.steps.empty


def test_a_target_met_exactly_is_met():
    found = plan(result_of(SCORES), "x", steps_of([("a", 60.0, 1.0)]), target=(60 + 3 * 30) / 4, node="one")
    assert found.reachable
    assert found.steps["score_before"].tolist() == [20]


def test_steps_elsewhere_or_downwards_are_not_taken():
    found = plan(
        result_of(SCORES), "x", steps_of([("c", 90.0, 0.0), ("a", 1.0, 0.0)]), target=50.0, node="one"
    )
    assert not found.reachable


def test_an_indicator_without_a_score_takes_no_step():
    found = plan(
        result_of(SCORES | {"a": np.nan}), "x", steps_of([("a", 90.0, 0.0)]), target=50.0, node="one"
    )
    assert not found.reachable


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (steps_of([("zz", 1.0, 1.0)]), "indicator_unknown"),
        (steps_of([("a", 50.0, -1.0)]), "step_unusable"),
        (steps_of([("a", np.nan, 1.0)]), "step_unusable"),
        (steps_of([("a", 50.0, 1.0)]).drop(columns="effort"), "steps_column_missing"),
    ],
)
def test_unusable_steps_are_refused(steps, reason):
    with pytest.raises(ComputationError) as caught:
        plan(result_of(SCORES), "x", steps, target=50.0)
    assert [problem.reason for problem in caught.value.problems] == [reason]


def test_what_cannot_be_planned_is_refused():
    steps = steps_of([("a", 90.0, 1.0)])
    with pytest.raises(ComputationError, match="place_unknown"):
        plan(result_of(SCORES), "y", steps, target=50.0)
    with pytest.raises(ComputationError, match="target_not_a_number"):
        plan(result_of(SCORES), "x", steps, target=np.nan)
    with pytest.raises(ComputationError, match="plan_needs_means"):
        plan(result_of(SCORES, "sum"), "x", steps, target=500.0)
    with pytest.raises(ComputationError, match="plan_without_score"):
        plan(result_of(dict.fromkeys("abcd", np.nan)), "x", steps, target=50.0)
