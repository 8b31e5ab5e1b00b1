"""Values become scores, higher always better."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmi_core.errors import ComputationError
from cmi_core.index import normalise
from cmi_core.index.normalise import Measures, normalise_rows, parse

NAN = np.nan


def measures(k=1, direction=1.0, **laid_down):
    empty = {"lower": NAN, "upper": NAN, "target": NAN, "scale": (), "reference": -1} | laid_down
    return Measures(
        tuple(f"i{row}" for row in range(k)),
        np.full(k, direction),
        *(np.full(k, empty[name]) for name in ("lower", "upper", "target")),
        (empty["scale"],) * k,
        np.full(k, empty["reference"]),
    )


def scores(values, spec, **laid_down):
    values = np.array([values], dtype=float)
    given_measures = measures(**laid_down)
    directed = values * given_measures.direction[:, None]
    return normalise_rows(directed, given_measures, (parse(spec),))[0].tolist()


@pytest.mark.parametrize(
    ("spec", "values", "laid_down", "expected"),
    [
        ("minmax:0:100", [2, 4, 3], {}, [0, 100, 50]),
        ("minmax:1:100", [2, 4], {"direction": -1}, [100, 1]),
        ("zscore:0:1", [1, 2, 3], {}, [-1, 0, 1]),
        ("zscore:10:2", [1, 2, 3], {"direction": -1}, [12, 10, 8]),
        ("rank", [5, 7, 7, NAN], {}, [1, 2, 2, NAN]),
        ("rank:max", [5, 7, 7], {}, [1, 3, 3]),
        ("rank:average", [5, 7, 7], {"direction": -1}, [3, 1.5, 1.5]),
        ("percentile-rank", [5, 6, 7], {}, [0, 1 / 2, 1]),
        ("borda", [5, 6, 7], {"direction": -1}, [2, 1, 0]),
        ("goalposts", [20, 85, 90, 52.5], {"lower": 20, "upper": 85}, [0, 100, 100, 50]),
        ("goalposts:1:uncut", [10, 40], {"lower": 20, "upper": 30, "direction": -1}, [2, -1]),
        ("goalposts:1:100", [20, 30, 40], {"lower": 20, "upper": 40}, [1, 50.5, 100]),
        ("distance-to-target", [2, 6, 12], {"target": 10}, [0, 4 / 8, 10 / 8]),
        ("distance-to-target:cap", [2, 6, 12], {"target": 10}, [0, 4 / 8, 1]),
        ("distance-to-target", [2, 6], {"target": 0, "direction": -1}, [4 / 6, 0]),
        ("distance-to-maximum", [2, 4, 10], {}, [0, 2 / 8, 1]),
        ("distance-to-reference:x", [2, 4, 10], {"reference": 1}, [0, 1, 8 / 2]),
        ("distance-to-reference:x:cap", [2, 4, 10], {"reference": 1}, [0, 1, 1]),
        ("ordinal", [0, 1, 3], {"scale": (0.0, 1.0, 2.0, 3.0)}, [0, 100 / 3, 100]),
        ("ordinal:0:3", [0, 3], {"scale": (0.0, 1.0, 3.0), "direction": -1}, [3, 0]),
        ("ordinal", [0, 2, 4], {"lower": 0.0, "upper": 4.0}, [0, 50, 100]),
        ("fraction-of-maximum", [2, 4], {}, [1 / 2, 1]),
        ("fraction-of-maximum", [2, 4], {"direction": -1}, [1, 1 / 2]),
        ("scaled:0:200", [50], {}, [25]),
        ("none", [3, NAN], {"direction": -1}, [-3, NAN]),
    ],
)  # fmt: skip
def test_a_method_gives_its_score(spec, values, laid_down, expected):
    assert scores(values, spec, **laid_down) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("power", [-200, 0, 200])
def test_z_scores_do_not_depend_on_the_unit(power):
    unit = 10.0**power
    assert scores([1 * unit, 2 * unit, 3 * unit], "zscore:0:1") == pytest.approx([-1, 0, 1], abs=1e-12)


@pytest.mark.parametrize("spec", ["minmax", "zscore", "distance-to-maximum", "distance-to-reference"])
def test_values_too_far_apart_to_be_subtracted_are_refused(spec):
    with pytest.raises(ComputationError, match="score_overflow"):
        scores([1.7e308, -1.7e308, 1.7e308], spec, reference=0)


@pytest.mark.parametrize("spec", ["minmax", "zscore", "distance-to-maximum", "distance-to-reference:x"])
@pytest.mark.parametrize("values", [[0.1, 0.1, 0.1], [5, NAN, NAN], [NAN, NAN, NAN]])
def test_no_spread_means_no_score(spec, values):
    assert np.isnan(scores(values, spec, reference=0)).all()


def test_one_value_has_no_percentile():
    assert np.isnan(scores([4, NAN], "percentile-rank")).all()


def test_a_gap_stays_a_gap():
    assert np.isnan(scores([1, NAN, 3], "minmax")).tolist() == [False, True, False]


@pytest.mark.parametrize(
    "spec",
    ["minmax:5:5", "minmax:1", "minmax:a:b", "minmax:0:inf", "zscore:0:0", "rank:best", "goalposts:2:1",
     "none:1", "distance-to-target:5"],
)  # fmt: skip
def test_wrong_parameters_are_refused(spec):
    with pytest.raises(ComputationError, match="normalise_parameters"):
        parse(spec)


def test_an_unknown_method_is_refused():
    with pytest.raises(ComputationError, match="normalise_unknown"):
        parse("magic")


@pytest.mark.parametrize(
    ("spec", "laid_down", "reason"),
    [
        ("goalposts", {}, "goalposts_missing"),
        ("distance-to-target", {}, "target_missing"),
        ("distance-to-target", {"target": 0.5}, "target_below_worst"),
        ("distance-to-reference:x", {}, "reference_missing"),
        ("ordinal", {}, "scale_missing"),
        ("ordinal", {"scale": (0.0, 1.0)}, "value_off_scale"),
        ("fraction-of-maximum", {"direction": 1.0}, ""),
    ],
)
def test_what_a_method_lacks_is_named(spec, laid_down, reason):
    if not reason:
        with pytest.raises(ComputationError, match="fraction_needs_positive"):
            scores([0, -2], spec)
        return
    with pytest.raises(ComputationError, match=reason):
        scores([1, 2], spec, **laid_down)


def test_each_indicator_may_have_its_own_method():
    found = normalise_rows(
        np.array([[1.0, 3.0], [1.0, 3.0]]), measures(2), (parse("minmax:0:1"), parse("none"))
    )
    assert found.tolist() == [[0, 1], [1, 3]]


def test_large_numbers_close_together_keep_their_digits():
    assert scores([1e12, 1e12 + 1, 1e12 + 2], "minmax:0:100") == [0, 50, 100]


columns = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=2, max_size=30)


@settings(deadline=None)
@given(columns, st.sampled_from([1.0, -1.0]))
def test_min_max_stays_within_bounds(values, direction):
    found = np.array(scores(values, "minmax:0:100", direction=direction))
    assert np.isnan(found).all() or (found.min() == 0 and found.max() == 100)


@settings(deadline=None)
@given(
    columns, st.sampled_from(["minmax", "zscore", "rank", "percentile-rank", "borda", "distance-to-maximum"])
)
def test_a_better_value_never_scores_lower(values, spec):
    found = np.array(scores(values, spec))
    order = np.argsort(values)
    steps = np.diff(found[order])
    assert np.isnan(found).all() or (steps >= 0).all()


@settings(deadline=None)
@given(columns, st.sampled_from(["minmax", "zscore", "rank:average", "none"]), st.randoms())
def test_the_order_of_places_does_not_matter(values, spec, random):
    order = list(range(len(values)))
    random.shuffle(order)
    there = np.array(scores(values, spec))[order]
    assert scores([values[place] for place in order], spec) == pytest.approx(there, nan_ok=True)


def test_method_names_are_told_back():
    assert str(normalise.parse("MINMAX:0:100")) == "minmax:0:100"
