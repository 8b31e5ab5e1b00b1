"""The index computed, end to end."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmi_core.errors import ComputationError
from cmi_core.index.build import build, settle
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework

NAN = np.nan
ISC = Framework(
    (
        Node("isc"),
        Node("connected", "isc", weight=2.0),
        Node("roads", "connected", weight=3.0),
        Node("data", "connected", weight=1.0),
        Node("inclusive", "isc", weight=1.0),
        Node("poverty", "inclusive", "lower"),
    )
)
VALUES = pd.DataFrame(
    {"roads": [10.0, 30, 20], "data": [4.0, 0, 2], "poverty": [5.0, 1, NAN]}, index=["Nan", "Phrae", "Pai"]
)


def test_a_score_is_what_its_weights_say():
    scores = build(ISC, VALUES).table()
    assert scores.loc["Nan"].tolist() == pytest.approx([2 / 3 * 25, 1 / 4 * 100, 0, 100, 0, 0])
    assert scores.loc["Phrae", "isc"] == pytest.approx((2 * (3 * 100 + 0) / 4 + 100) / 3)


def test_a_missing_child_gives_its_weight_up_and_coverage_says_so():
    result = build(ISC, VALUES)
    assert result.table().loc["Pai", "isc"] == pytest.approx(50)
    assert result.table("coverage").loc["Pai"].tolist() == [1 / 2, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("threshold", "scored"), [(0.5, True), (0.51, False), ([0, 0.5], True), ([0.9, 0.4], True)]
)
def test_too_little_coverage_means_no_score(threshold, scored):
    result = build(ISC, VALUES, min_coverage=threshold)
    assert (not np.isnan(result.table().loc["Pai", "isc"])) == scored
    assert not np.isnan(result.table().loc["Nan", "isc"])


@pytest.mark.parametrize("present", range(1, 11))
def test_a_share_equal_to_the_threshold_is_enough(present):
    framework = Framework((Node("isc"), *(Node(f"i{n}", "isc") for n in range(10))))
    row = [1.0] * present + [NAN] * (10 - present)
    values = pd.DataFrame([row], index=["x"], columns=list(framework.indicators))
    for tenths in range(11):
        score = build(framework, values, normalise="none", min_coverage=tenths / 10).table().loc["x", "isc"]
        assert np.isnan(score) == (present < tenths)


def test_a_place_without_any_value_has_no_score_no_rank_and_no_coverage():
    values = pd.concat([VALUES, pd.DataFrame(NAN, index=["Tak"], columns=VALUES.columns)])
    result = build(ISC, values)
    assert result.table().loc["Tak"].isna().all()
    assert result.table("ranks").loc["Tak"].isna().all()
    assert (result.table("coverage").loc["Tak"] == 0).all()


def test_an_indicator_without_values_or_without_spread_is_left_out():
    empty = build(ISC, VALUES.drop(columns="data")).table()
    constant = build(ISC, VALUES.assign(data=7.0)).table()
    pd.testing.assert_frame_equal(empty, constant)
    assert empty["connected"].tolist() == empty["roads"].tolist()


def test_a_single_place_scores_by_goalposts_but_not_by_min_max():
    framework = Framework((Node("isc"), Node("a", "isc", lower=0.0, upper=50.0)))
    table = pd.DataFrame({"a": [20.0]}, index=["Chiang Mai"])
    assert build(framework, table, normalise="goalposts").table().loc["Chiang Mai"].tolist() == [40, 40]
    assert build(framework, table).table().isna().all(axis=None)


def test_a_lone_root_is_scored_and_ranked():
    result = build(
        Framework((Node("isc", direction="lower"),)), pd.DataFrame({"isc": [1.0, 3]}, index=["x", "y"])
    )
    assert result.table("ranks")["isc"].tolist() == [1, 2]


def test_nodes_lay_down_their_own_methods():
    framework = Framework(
        (
            Node("hdi", aggregate="geometric"),
            Node("health", "hdi", normalise="goalposts:1"),
            Node("life", "health", lower=20.0, upper=85.0),
            Node("income", "hdi", normalise="goalposts:1", transform="log", lower=100.0, upper=75000.0),
        )
    )
    score = (
        build(framework, pd.DataFrame({"life": [72.0], "income": [10000.0]}, index=["x"])).table().loc["x"]
    )
    health, income = (72 - 20) / 65, np.log(10000 / 100) / np.log(75000 / 100)
    assert score["hdi"] == pytest.approx((health * income) ** 0.5)
    assert score["health"] == pytest.approx(health)


def test_levels_may_differ_in_their_mean():
    scores = build(ISC, VALUES, normalise="minmax:1:100", aggregate=["arithmetic", "geometric"]).table()
    connected, inclusive = (3 * 1 + 100) / 4, 1
    assert scores.loc["Nan", "isc"] == pytest.approx(connected ** (2 / 3) * inclusive ** (1 / 3))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"aggregate": ["arithmetic"] * 3}, "levels_count"),
        ({"min_coverage": 1.5}, "coverage_not_a_share"),
        ({"min_coverage": NAN}, "coverage_not_a_share"),
        ({"min_coverage": "much"}, "coverage_not_a_share"),
        ({"aggregate": "geometric"}, "mean_needs_positive"),
        ({"normalise": "goalposts"}, "goalposts_missing"),
        ({"normalise": "distance-to-reference:Tak"}, "reference_missing"),
        ({"impute": "guess"}, "impute_unknown"),
        ({"ties": "first"}, "ties_unknown"),
        ({"treat": "cut"}, "treat_unknown"),
    ],
)
def test_wrong_options_are_refused(options, reason):
    with pytest.raises(ComputationError, match=reason):
        build(ISC, VALUES, **options)


def test_a_logarithm_of_nothing_is_refused():
    framework = Framework((Node("isc"), Node("a", "isc", transform="log")))
    with pytest.raises(ComputationError, match="log_of_nothing"):
        build(framework, pd.DataFrame({"a": [0.0, 1.0]}, index=["x", "y"]))


@pytest.mark.filterwarnings("ignore:overflow")
def test_numbers_too_large_are_refused():
    with pytest.raises(ComputationError, match="score_overflow"):
        build(ISC, VALUES.assign(roads=[1e308, -1e308, 0]), normalise="scaled:0:1e-9")


def test_imputed_cells_are_told_wherever_they_show():
    result = build(ISC, VALUES, impute="mean")
    tidy = result.tidy().set_index(["place", "node"])
    assert tidy["imputed"].sum() == 1
    assert tidy.loc[("Pai", "poverty"), ["score", "imputed", "coverage"]].tolist() == [50, True, 1]
    assert result.imputed_table().loc["Pai", "poverty"]


def test_ranks_come_after_rounding_when_asked():
    values = pd.DataFrame({"isc": [50.04, 50.01, 0.0]}, index=list("xyz"))
    lone = Framework((Node("isc"),))
    assert build(lone, values, normalise="none").table("ranks")["isc"].tolist() == [1, 2, 3]
    rounded = build(lone, values, normalise="none", digits=1)
    assert rounded.table("ranks")["isc"].tolist() == [1, 1, 3]
    assert rounded.table()["isc"].tolist() == [50.04, 50.01, 0.0]


def test_a_reference_city_may_stand_in_the_framework():
    framework = Framework((Node("isc"), Node("a", "isc", reference="Nan"), Node("b", "isc")))
    values = pd.DataFrame({"a": [0.0, 4, 8], "b": [0.0, 4, 8]}, index=["Tak", "Nan", "Phrae"])
    found = build(framework, values, normalise="distance-to-reference:Phrae").table()
    assert found["a"].tolist() == [0, 1, 2]
    assert found["b"].tolist() == [0, 1 / 2, 1]


def test_an_array_gives_what_a_table_gives():
    array = build(ISC, VALUES[list(ISC.indicators)].to_numpy(), places=tuple(VALUES.index))
    pd.testing.assert_frame_equal(array.table(), build(ISC, VALUES).table())


def test_methods_are_settled_once():
    first = settle(ISC, "minmax:0:100", ("arithmetic",), (0.0,))
    assert settle(ISC, "minmax:0:100", ("arithmetic",), (0.0,)) is first


def trees(random, depth):
    """Draw a tree of uneven depth."""
    nodes = [Node("n0")]
    parents = [(0, 1)]
    while parents:
        parent, level = parents.pop()
        for _ in range(random.randint(1, 3)):
            code = f"n{len(nodes)}"
            way = random.choice(["higher", "lower"])
            nodes.append(Node(code, f"n{parent}", way, weight=random.choice([0.5, 1.0, 3.0])))
            if level < depth and random.random() < 0.5:
                parents.append((len(nodes) - 1, level + 1))
    return Framework(tuple(nodes))


def table_for(framework, random, gaps):
    cells = [
        [NAN if random.random() < gaps else float(random.randint(0, 50)) for _ in framework.indicators]
        for _ in range(9)
    ]
    return pd.DataFrame(cells, columns=list(framework.indicators), index=[f"c{row}" for row in range(9)])


def by_hand(framework, scores, node):
    """Score one place by recursion: the slow and plain way."""
    below = framework.children[framework.number(node)]
    if not below.size:
        return scores[node]
    found = [(by_hand(framework, scores, framework.codes[c]), framework.weights[c]) for c in below]
    found = [(score, weight) for score, weight in found if not np.isnan(score)]
    return sum(s * w for s, w in found) / sum(w for _, w in found) if found else NAN


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 5), st.sampled_from([0.0, 0.3, 0.8]))
def test_any_tree_equals_plain_recursion(random, depth, gaps):
    framework = trees(random, depth)
    table = build(framework, table_for(framework, random, gaps)).table()
    for _, row in table.iterrows():
        for code in framework.codes:
            assert row[code] == pytest.approx(by_hand(framework, row, code), nan_ok=True, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([0.0, 0.3]))
def test_scores_stay_in_bounds_and_rows_may_be_in_any_order(random, gaps):
    framework = trees(random, 3)
    values = table_for(framework, random, gaps)
    scores = build(framework, values).table()
    known = scores.to_numpy()[~np.isnan(scores.to_numpy())]
    assert ((known >= 0) & (known <= 100)).all()
    order = random.sample(list(values.index), len(values))
    turned = build(framework, values.loc[order]).table().loc[values.index]
    np.testing.assert_allclose(turned, scores, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(0.001, 1000))
def test_scaling_the_weights_of_siblings_changes_nothing(random, factor):
    framework = trees(random, 3)
    values = table_for(framework, random, 0.2)
    siblings = framework.children[framework.root]
    scaled = framework.with_weights({framework.codes[c]: framework.weights[c] * factor for c in siblings})
    np.testing.assert_allclose(build(scaled, values).scores, build(framework, values).scores, atol=1e-9)
