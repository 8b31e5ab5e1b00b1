"""Whether indicators belong together."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cmi_core.errors import ComputationError
from cmi_core.index.build import build
from cmi_core.index.consistency import consistency, correlate, correlation, cronbach_alpha, pulls
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework

RANDOM = np.random.default_rng(4)
ONE, OTHER = RANDOM.random(20), RANDOM.random(20)


@pytest.mark.parametrize(("method", "known"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)])
def test_r_and_p_are_those_of_scipy(method, known):
    assert correlation(ONE, OTHER, method)[:2] == pytest.approx(tuple(known(ONE, OTHER)))


def test_pairs_with_a_gap_are_left_out():
    gapped = np.where(np.arange(20) < 5, np.nan, ONE)
    r, _, n = correlation(gapped, OTHER)
    assert n == 15
    assert r == pytest.approx(stats.pearsonr(ONE[5:], OTHER[5:])[0])


def test_a_constant_correlates_with_nothing():
    assert np.isnan(correlation(np.ones(9), ONE[:9])[0])


def test_flags_are_told():
    line = np.arange(20.0)
    table = pd.DataFrame({"a": line, "b": line + 0.01 * ONE, "c": -line, "d": (line - 9.5) ** 2})
    flags = correlate(table).set_index(["a", "b"])["flag"]
    assert flags.tolist() == ["high", "negative", "weak", "negative", "weak", "weak"]
    with pytest.raises(ComputationError, match="correlation_unknown"):
        correlate(table, method="kendall")


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_a_table_gives_what_each_pair_gives(method):
    table = pd.DataFrame(RANDOM.integers(0, 9, (20, 5)).astype(float), columns=list("abcde"))
    table["flat"] = 3.0
    table.loc[3:6, "d"] = np.nan
    for row in correlate(table, method=method).itertuples():
        expected = correlation(table[row.a].to_numpy(), table[row.b].to_numpy(), method)
        assert (row.r, row.p, row.n) == pytest.approx(expected, nan_ok=True)


def test_perfect_correlation_is_certain_and_two_pairs_tell_nothing():
    assert correlation(np.arange(5.0), np.arange(5.0))[1] == 0
    assert np.isnan(correlation(np.arange(2.0), np.arange(2.0))[1])


def test_an_indicator_that_pulls_against_its_parent_is_flagged():
    line = np.arange(12.0)
    framework = Framework((Node("isc"), Node("a", "isc", weight=5.0), Node("b", "isc")))
    result = build(framework, pd.DataFrame({"a": line, "b": -line}, index=[f"c{n}" for n in range(12)]))
    assert pulls(result).set_index("node")["flag"].tolist() == ["", "against_surely"]


def test_alpha_is_the_covariance_formula():
    table = pd.DataFrame(RANDOM.random((15, 4)))
    matrix = np.cov(table.T)
    expected = 4 / 3 * (1 - np.trace(matrix) / matrix.sum())
    assert cronbach_alpha(table) == pytest.approx(expected)
    assert np.isnan(cronbach_alpha(table[[0]]))


def test_every_group_has_its_alpha():
    framework = Framework((Node("isc"), Node("a", "isc"), Node("b", "isc")))
    result = build(framework, pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 2, 3]}, index=list("xyz")))
    assert consistency(result).loc[0].tolist() == ["isc", 2, 3, 1.0]
