"""Steps in the indicators' own units become scores."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index.build import build
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.step_scores import scores_after

FLAT = Framework(
    (Node("isc"), Node("a", "isc"), Node("b", "isc", "lower"), Node("c", "isc", normalise="borda"))
)
VALUES = pd.DataFrame({"a": [0.0, 5, 10], "b": [8.0, 4, 0], "c": [1.0, 2, 3]}, index=list("xyz"))


def test_the_yardstick_stays_still():
    steps = pd.DataFrame({"indicator": ["a", "a", "b", "c"], "value": [5.0, 20.0, 2.0, 2.5], "effort": 1.0})
    found = scores_after(build(FLAT, VALUES), "x", steps)
    assert found["score"].tolist() == [50, 200, (8 - 2) / 8 * 100, 1]


def test_an_ordinal_step_must_be_on_the_scale():
    framework = Framework((Node("isc", normalise="ordinal"), Node("a", "isc", scale=(0.0, 1.0, 2.0, 3.0))))
    result = build(framework, pd.DataFrame({"a": [1.0]}, index=["x"]))
    step = pd.DataFrame({"indicator": ["a"], "value": [2.0], "effort": [1.0]})
    assert scores_after(result, "x", step)["score"].tolist() == pytest.approx([200 / 3])
    with pytest.raises(ComputationError, match="value_off_scale"):
        scores_after(result, "x", step.assign(value=1.5))


@pytest.mark.parametrize(
    ("place", "indicator", "value", "reason"),
    [
        ("w", "a", 1.0, "place_unknown"),
        ("x", "zz", 1.0, "indicator_unknown"),
        ("x", "a", np.nan, "value_infinite"),
    ],
)
def test_a_wrong_step_is_refused(place, indicator, value, reason):
    steps = pd.DataFrame({"indicator": [indicator], "value": [value], "effort": [1.0]})
    with pytest.raises(ComputationError, match=reason):
        scores_after(build(FLAT, VALUES), place, steps)
