"""Gaps are filled only when asked, and filled cells are told."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index.impute import impute

NAN = np.nan
TABLE = pd.DataFrame({"a": [1.0, NAN, 4.0, 10.0], "b": [NAN] * 4}, index=list("wxyz"))
GROUPS = pd.Series({"w": "north", "x": "north", "y": "south"})


@pytest.mark.parametrize(
    ("method", "filling"),
    [("none", NAN), ("mean", 15 / 3), ("median", 4), ("group-mean", 1), ("group-median", 1)],
)
def test_a_gap_gets_the_centre_of_its_indicator_or_group(method, filling):
    filled, mask = impute(TABLE, method=method, groups=GROUPS)
    assert filled["a"].tolist() == pytest.approx([1, filling, 4, 10], nan_ok=True)
    assert mask["a"].tolist() == [False, not np.isnan(filling), False, False]


def test_an_indicator_without_values_stays_empty():
    filled, mask = impute(TABLE, method="mean")
    assert filled["b"].isna().all()
    assert not mask["b"].any()


def test_a_place_without_a_group_keeps_its_gaps():
    filled, _ = impute(TABLE, method="group-mean", groups=GROUPS.drop("x"))
    assert np.isnan(filled.loc["x", "a"])


def test_groups_are_needed_for_group_means():
    with pytest.raises(ComputationError, match="groups_missing"):
        impute(TABLE, method="group-mean")


def test_an_unknown_method_is_refused():
    with pytest.raises(ComputationError, match="impute_unknown"):
        impute(TABLE, method="guess")
