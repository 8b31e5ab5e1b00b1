"""Sizes are taken out."""

import pandas as pd
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index.denominate import denominate

TABLE = pd.DataFrame({"patents": [6.0, 6.0], "index": [1.0, 2.0]}, index=["x", "y"])
PEOPLE = pd.DataFrame({"population": [3.0, 0.0]}, index=["x", "y"])


def test_only_named_indicators_are_divided():
    found = denominate(TABLE, PEOPLE, by={"patents": "population"}, per={"patents": 100.0})
    assert found.loc["x"].tolist() == [6 / 3 * 100, 1]
    assert found["patents"].isna().tolist() == [False, True]


def test_an_unknown_denominator_is_refused():
    with pytest.raises(ComputationError, match="denominator_unknown"):
        denominate(TABLE, PEOPLE, by={"patents": "area"})
