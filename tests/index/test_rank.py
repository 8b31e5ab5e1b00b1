"""Rank 1 is the best; ties are stated."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmi_core.errors import ComputationError
from cmi_core.index.rank import rank_rows, ranks, ranks_within, tied

NAN = np.nan


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ("min", [2, 1, 2, NAN, 4]),
        ("max", [3, 1, 3, NAN, 4]),
        ("average", [2.5, 1, 2.5, NAN, 4]),
        ("dense", [2, 1, 2, NAN, 3]),
    ],
)
def test_what_ties_share_is_a_choice(ties, expected):
    assert rank_rows(np.array([[5.0, 9.0, 5.0, NAN, 1.0]]), ties=ties)[0].tolist() == pytest.approx(
        expected, nan_ok=True
    )


def test_sums_in_another_order_tie():
    assert rank_rows(np.array([[0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1, 0.5]]))[0].tolist() == [1, 1, 3]


def test_a_giant_does_not_tie_the_others():
    assert rank_rows(np.array([[1e9, 2.001, 2.0]]))[0].tolist() == [1, 2, 3]


def test_rounding_first_is_a_choice():
    table = pd.DataFrame({"hdi": [0.8004, 0.7996, 0.7]})
    assert ranks(table)["hdi"].tolist() == [1, 2, 3]
    assert ranks(table, digits=3)["hdi"].tolist() == [1, 1, 3]


def test_places_without_a_group_have_no_rank_within_it():
    table = pd.DataFrame({"isc": [3.0, 2.0, 1.0]}, index=["a", "b", "c"])
    found = ranks_within(table, pd.Series({"a": "north", "c": "north"}))
    assert found["isc"].tolist() == pytest.approx([1, NAN, 2], nan_ok=True)


def test_an_unknown_tie_rule_is_refused():
    with pytest.raises(ComputationError, match="ties_unknown"):
        rank_rows(np.ones((1, 1)), ties="first")


def test_ties_are_told():
    assert tied(np.array([[1.0, 2.0, 2.0, NAN, NAN]])).tolist() == [[False, True, True, False, False]]


def test_an_empty_row_and_a_single_place_are_ranked():
    assert np.isnan(rank_rows(np.array([[NAN, NAN]]))).all()
    assert rank_rows(np.array([[4.0]])).tolist() == [[1.0]]


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(0, 9).map(float), st.just(NAN)), min_size=1, max_size=20))
def test_a_rank_is_one_more_than_the_places_ahead(scores):
    expected = [NAN if np.isnan(x) else 1 + sum(y > x for y in scores) for x in scores]
    assert rank_rows(np.array([scores]))[0].tolist() == pytest.approx(expected, nan_ok=True)
