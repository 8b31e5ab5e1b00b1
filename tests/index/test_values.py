"""Values are checked before anything is computed."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index.values import checked, from_tidy


def reasons(caught):
    return [problem.reason for problem in caught.value.problems] or [caught.value.reason]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (pd.DataFrame({"a": [np.inf]}, index=["x"]), "value_infinite"),
        (pd.DataFrame({"a": [np.inf, -np.inf, np.nan]}, index=["x", "y", "z"]), "value_infinite"),
        (pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "x"]), "place_twice"),
        (pd.DataFrame({"zz": [1.0]}, index=["x"]), "indicator_unknown"),
        (pd.DataFrame([[1.0, 2.0]], index=["x"], columns=["a", "a"]), "indicator_twice"),
        (pd.DataFrame({"a": ["one"]}, index=["x"]), "value_not_a_number"),
        (pd.DataFrame({"a": [True]}, index=["x"]), "value_not_a_number"),
        (pd.DataFrame({"a": []}, dtype=float), "values_empty"),
    ],
)
def test_unusable_values_are_refused(table, reason):
    with pytest.raises(ComputationError) as caught:
        checked(("a", "b"), table)
    assert reason in reasons(caught)


def test_whole_numbers_and_gaps_of_any_kind_are_numbers():
    table = pd.DataFrame({"b": pd.array([1, None], dtype="Int64"), "a": [None, 2]}, index=["x", "y"])
    rows, places = checked(("a", "b"), table)
    assert places == ("x", "y")
    np.testing.assert_array_equal(rows, [[np.nan, 2], [1, np.nan]])


def test_an_array_is_taken_in_the_order_of_the_framework():
    rows, places = checked(("a", "b"), np.array([[1, 2]]), ["x"])
    assert rows.tolist() == [[1], [2]]
    assert places == ("x",)


@pytest.mark.parametrize("array", [np.ones((2, 3)), np.ones(2), np.array([["a", "b"]])])
def test_an_array_of_another_shape_is_refused(array):
    with pytest.raises(ComputationError):
        checked(("a", "b"), array)


def test_too_few_place_names_are_refused():
    with pytest.raises(ComputationError, match="values_shape"):
        checked(("a",), np.ones((2, 1)), ["x"])


def test_tidy_rows_become_a_table_in_the_order_met():
    rows = pd.DataFrame({"place": ["y", "x", "y"], "indicator": ["b", "a", "a"], "value": [1.0, 2.0, np.nan]})
    assert from_tidy(rows, ("a", "b")).index.tolist() == ["y", "x"]


def test_a_cell_given_twice_and_an_unknown_indicator_are_refused_together():
    rows = pd.DataFrame({"place": ["x"] * 3, "indicator": ["a", "a", "zz"], "value": [1.0, 2.0, 3.0]})
    with pytest.raises(ComputationError) as caught:
        from_tidy(rows, ("a",))
    assert sorted(reasons(caught)) == ["cell_twice", "indicator_unknown"]
