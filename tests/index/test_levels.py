"""Levels come from cut points that are data, or not at all."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index.levels import CutPoints

HDI = CutPoints(("low", "medium", "high", "very high"), (0.55, 0.7, 0.8))


def test_a_cut_belongs_to_the_level_above():
    assert HDI.level_of(np.array([0.6999, 0.7])).tolist() == ["medium", "high"]


def test_rounding_comes_first_when_asked():
    assert HDI.level_of(np.array([0.7996]), digits=3).tolist() == ["very high"]


def test_no_score_no_level():
    assert HDI.level_of(np.array([np.nan])).tolist() == [None]


def test_a_table_in_any_order_is_read():
    table = pd.DataFrame({"level": ["high", "low"], "from": [50.0, np.nan]})
    assert CutPoints.from_table(table) == CutPoints(("low", "high"), (50.0,))


@pytest.mark.parametrize(
    ("names", "cuts", "reason"),
    [
        (("a", "b"), (), "cut_points_count"),
        (("a", "a"), (1.0,), "level_twice"),
        (("a", "b"), (np.nan,), "cut_not_a_number"),
        (("a", "b", "c"), (2.0, 2.0), "cuts_not_rising"),
    ],
)
def test_unusable_cut_points_are_refused(names, cuts, reason):
    with pytest.raises(ComputationError) as caught:
        CutPoints(names, cuts)
    assert [problem.reason for problem in caught.value.problems] == [reason]
