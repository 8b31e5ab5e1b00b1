"""Outliers are pulled in by a stated rule."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cmi_core.errors import ComputationError
from cmi_core.index.treat import kurtosis, logged, parse, passes, skewness, treat, winsorise

SKEWED = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 90.0])


def test_skewness_and_kurtosis_are_corrected_for_sample_size():
    assert skewness(SKEWED) == pytest.approx(stats.skew(SKEWED, bias=False))
    assert kurtosis(SKEWED) == pytest.approx(stats.kurtosis(SKEWED, bias=False))


def test_short_and_constant_columns_pass():
    assert passes(np.array([1.0, 900.0]))
    assert passes(np.full(9, 3.0))


def test_a_low_outlier_moves_up():
    assert winsorise(-SKEWED)[0].tolist() == [-1, -2, -3, -4, -5, -5]


def test_a_log_starts_a_hundredth_above_the_minimum():
    assert np.exp(logged(np.array([0.0, 99.0]))).tolist() == pytest.approx([0.99, 99.99])
    assert logged(np.array([2.0, 2.0])).tolist() == [2, 2]


@pytest.mark.parametrize(
    ("method", "done", "points"),
    [("none", "none", 0), ("skewed", "winsorise", 1), ("winsorise:1", "winsorise", 1), ("log", "log", 0)],
)
def test_what_was_done_is_told(method, done, points):
    _, report = treat(pd.DataFrame({"a": SKEWED}), method=method)
    assert report.loc[0, ["treatment", "points"]].tolist() == [done, points]


def test_a_column_that_stays_skewed_is_logged():
    column = np.array([1.0] * 40 + [1e3, 1e4, 1e5, 1e6, 1e7, 1e8])
    _, report = treat(pd.DataFrame({"a": column}), method="skewed:1")
    assert report.loc[0, "treatment"] == "log"


@pytest.mark.parametrize("spec", ["cut", "log:2", "winsorise:x"])
def test_an_unknown_treatment_is_refused(spec):
    with pytest.raises(ComputationError, match="treat_unknown"):
        parse(spec)
