"""A score explains itself."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmi_core.errors import ComputationError
from cmi_core.index.build import build
from cmi_core.index.contradictions import Node
from cmi_core.index.explain import (
    AGAINST_OWN_SCORE,
    Rule,
    contributions,
    coverage,
    effective_weights,
    strengths,
)
from cmi_core.index.framework import Framework

TREE = Framework(
    (
        Node("isc"),
        Node("one", "isc", weight=2.0),
        Node("a", "one"),
        Node("b", "one", weight=3.0),
        Node("two", "isc"),
        Node("c", "two"),
    )
)
VALUES = pd.DataFrame({"a": [1.0, 3, 2], "b": [5.0, 7, np.nan], "c": [np.nan, 2.0, 1]}, index=list("xyz"))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["arithmetic", "geometric", "harmonic", "power:2", ("harmonic", "power:0.3"), "sum"]),
    st.lists(st.one_of(st.none(), st.floats(1, 99)), min_size=9, max_size=9),
)
def test_contributions_sum_to_the_score_at_every_node(aggregate, cells):
    table = pd.DataFrame(np.array(cells, float).reshape(3, 3), columns=list("abc"), index=list("xyz"))
    result = build(TREE, table, normalise="none", aggregate=aggregate)
    parts, scores = contributions(result), result.table()
    assert parts[["a", "b", "c"]].sum(axis=1, min_count=1).tolist() == pytest.approx(
        scores["isc"].tolist(), nan_ok=True
    )
    assert (parts["one"] + parts["two"]).tolist() == pytest.approx(scores["isc"].tolist(), nan_ok=True)
    assert (parts["a"] + parts["b"]).tolist() == pytest.approx(parts["one"].tolist(), nan_ok=True)


def test_a_branch_explains_itself_alone():
    parts = contributions(build(TREE, VALUES), node="one")
    assert list(parts.columns) == ["one", "a", "b"]
    assert parts.loc["y"].tolist() == [100, 25, 75]


def test_copeland_has_no_contributions():
    with pytest.raises(ComputationError, match="no_contributions"):
        contributions(build(TREE, VALUES, aggregate="copeland"))


def test_effective_weights_of_a_level_sum_to_one():
    table = effective_weights(TREE).set_index("node")
    assert table.loc[["a", "b", "c"], "effective"].tolist() == pytest.approx(
        [2 / 3 / 4, 2 / 3 * 3 / 4, 1 / 3]
    )


def test_coverage_is_told_by_children_by_weight_and_by_indicators():
    told = coverage(build(TREE, VALUES, impute="none")).set_index(["place", "node"])
    assert told.loc[("x", "isc"), ["children", "weight", "indicators"]].tolist() == pytest.approx(
        [1 / 2, 2 / 3, 2 / 3]
    )
    assert told.loc[("z", "one"), ["children", "weight", "indicators"]].tolist() == [1 / 2, 1 / 4, 1 / 2]
    filled = coverage(build(TREE, VALUES, impute="mean")).set_index(["place", "node"])
    assert filled.loc[("x", "isc"), ["children", "imputed"]].tolist() == pytest.approx([1, 1 / 3])


def test_strengths_follow_the_rule_given_back_with_them():
    found = strengths(build(TREE, VALUES), "y")
    assert found["kind"].tolist() == ["strength"] * 3
    assert found.attrs["rule"] == Rule("among_places", 0.25, 10.0, 5)


def test_a_place_alone_is_held_against_its_own_score():
    framework = Framework((Node("isc"), *(Node(code, "isc", lower=0.0, upper=100.0) for code in "abc")))
    alone = build(
        framework, pd.DataFrame({"a": [90.0], "b": [50], "c": [10]}, index=["x"]), normalise="goalposts"
    )
    assert strengths(alone, "x").empty
    found = strengths(alone, "x", rule=AGAINST_OWN_SCORE)
    assert found[["kind", "node", "margin"]].to_numpy().tolist() == [
        ["strength", "a", 40],
        ["weakness", "c", -40],
    ]


def test_an_unknown_place_or_rule_is_refused():
    with pytest.raises(ComputationError, match="place_unknown"):
        strengths(build(TREE, VALUES), "w")
    with pytest.raises(ComputationError, match="rule_unknown"):
        strengths(build(TREE, VALUES), "x", rule=Rule("taste"))
