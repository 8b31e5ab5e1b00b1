"""What would change."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.levels import CutPoints
from cmi_core.index.what_if import compare

POSTS = Framework((Node("isc"), *(Node(code, "isc", lower=0.0, upper=10.0) for code in "ab")))
VALUES = pd.DataFrame({"a": [4.0, 8.0], "b": [2.0, 2.0]}, index=["x", "y"])


def change(**options):
    found = compare(POSTS, VALUES, normalise="goalposts", **options)
    return found[found["node"] == "isc"].set_index("place")


def test_a_better_value_moves_score_rank_and_level():
    table = change(changes={("x", "a"): 9.0}, cut_points=CutPoints(("low", "high"), (50.0,)))
    assert table.loc["x", ["level_before", "level_after"]].tolist() == ["low", "high"]
    assert table.loc["x", ["score_before", "score_after", "rank_before", "rank_after"]].tolist() == [
        30,
        55,
        2,
        1,
    ]
    assert table.loc["y", "rank_after"] == 2


def test_other_weights_move_scores():
    table = change(weights={"a": 3.0})
    assert table.loc["x", "score_after"] == (3 * 40 + 20) / 4


def test_a_value_may_be_taken_away():
    assert change(changes={("x", "b"): np.nan}).loc["x", "score_after"] == 40


def test_nothing_changed_changes_nothing_and_the_values_stay():
    before = VALUES.copy()
    assert (change()["score_change"] == 0).all()
    change(changes={("x", "a"): 9.0})
    pd.testing.assert_frame_equal(VALUES, before)


def test_every_wrong_change_is_told():
    changes = {("nowhere", "a"): 1.0, ("x", "zz"): 1.0, ("x", "a"): np.inf}
    with pytest.raises(ComputationError) as caught:
        change(changes=changes)
    assert [p.reason for p in caught.value.problems] == [
        "place_unknown",
        "indicator_unknown",
        "value_infinite",
    ]
