"""Which choice a result hangs on."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.scenarios import Scenarios
from cmi_core.index.sensitivity import sobol

FLAT = Framework((Node("isc"), *(Node(code, "isc") for code in "abc")))
VALUES = pd.DataFrame(
    np.random.default_rng(3).random((9, 3)) + 0.1, columns=list("abc"), index=[f"c{n}" for n in range(9)]
)
QUICK = {"seed": 1, "sample": 256, "resamples": 50}


def test_an_input_that_changes_nothing_has_exactly_no_effect():
    same = Scenarios(
        FLAT, VALUES, normalise=("minmax:1:100", "min-max:1:100"), aggregate=("arithmetic", "geometric")
    )
    table = sobol(same, **QUICK).set_index("input")
    assert (table.loc[["impute", "normalise"], "first":] == 0).all(axis=None)
    assert table.loc["aggregate", "total"] > 0.1
    assert table["options"].tolist() == [256, 1, 1, 2]


def test_a_single_input_explains_everything():
    table = sobol(
        Scenarios(FLAT, VALUES, normalise=("minmax", "rank")),
        output="score",
        place="c3",
        weight_noise=0.0,
        **QUICK,
    ).set_index("input")
    assert table.loc["normalise", ["first", "total"]].tolist() == pytest.approx([1, 1], abs=0.1)
    assert (table.drop("normalise")["total"] == 0).all()


def test_intervals_hold_the_estimates_and_the_seed_fixes_them():
    scenarios = Scenarios(FLAT, VALUES, normalise=("minmax", "rank"))
    table = sobol(scenarios, output="rank", place="c1", **QUICK)
    assert (table["first_lower"] <= table["first"]).all()
    assert (table["first"] <= table["first_upper"]).all()
    pd.testing.assert_frame_equal(table, sobol(scenarios, output="rank", place="c1", **QUICK))


def test_an_output_that_never_moves_has_no_effects():
    table = sobol(Scenarios(FLAT, VALUES), weight_noise=0.0, **QUICK)
    assert (table.loc[:, "first":] == 0).all(axis=None)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"sample": 100}, "sample_no_power_of_two"),
        ({"output": "mood"}, "output_unknown"),
        ({"output": "rank", "place": "nowhere"}, "place_unknown"),
        ({"confidence": 0.0}, "confidence_not_a_share"),
    ],
)
def test_wrong_options_are_refused(options, reason):
    with pytest.raises(ComputationError, match=reason):
        sobol(Scenarios(FLAT, VALUES), **(QUICK | options))


def test_a_place_without_a_score_has_no_sensitivity():
    values = VALUES.copy()
    values.iloc[0] = np.nan
    with pytest.raises(ComputationError, match="output_missing"):
        sobol(Scenarios(FLAT, values), output="score", place="c0", **QUICK)
