"""Typed corners become the shape that was meant, and what is no corner is refused by its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.errors import ObservationError
from cmi_core.geography.coordinates import typed_shape


@pytest.mark.parametrize(
    "text",
    [
        "18.79, 98.97",
        "98.97 18.79",
        " (18.79,98.97) ",
        "๑๘.๗๙, ๙๘.๙๗",
        "18.79° N, 98.97° E",
        "18.79\t98.97\n\n",
    ],
)
def test_latitude_and_longitude_may_stand_in_either_order(text):
    assert json.loads(typed_shape(text, "point"))["coordinates"] == [98.97, 18.79]


def test_corners_stand_on_lines_or_between_semicolons():
    expected = {"type": "LineString", "coordinates": [[98.97, 18.79], [98.98, 18.8]]}

    assert json.loads(typed_shape("18.79, 98.97\n18.8, 98.98", "line")) == expected
    assert json.loads(typed_shape("18.79, 98.97; 18.8, 98.98;", "line")) == expected


def test_a_ring_is_closed_once():
    ring = [[98.97, 18.79], [98.98, 18.79], [98.98, 18.8], [98.97, 18.79]]
    text = "18.79, 98.97\n18.79, 98.98\n18.8, 98.98"

    assert json.loads(typed_shape(text, "area"))["coordinates"] == [ring]
    assert json.loads(typed_shape(f"{text}\n18.79, 98.97", "area"))["coordinates"] == [ring]


def test_nothing_typed_is_nothing():
    assert typed_shape(" \n ; ", "area") == ""


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("abc", "point", "typed_pair"),
        ("18.79", "point", "typed_pair"),
        ("18.79, 98.97, 300", "point", "typed_pair"),
        ("NaN, 98.97", "point", "typed_pair"),
        ("1e400, 98.97", "point", "typed_pair"),
        ("18.79, 98.97\n18.8, 98.98", "point", "typed_many"),
        ("18.79, 98.97", "line", "typed_few"),
        ("18.79, 98.97; 18.8, 98.98", "area", "typed_few"),
    ],
)
def test_what_is_no_shape_is_refused(text, kind, reason):
    with pytest.raises(ObservationError) as refused:
        typed_shape(text, kind)

    assert refused.value.reason == reason


def test_the_refusal_names_the_line():
    with pytest.raises(ObservationError) as refused:
        typed_shape("18.79, 98.97\n18.8; 98.98", "line")

    assert (refused.value.details["line"], refused.value.details["value"]) == (2, "18.8")


@given(
    st.lists(st.tuples(st.floats(5.6, 20.5), st.floats(97.3, 105.7)), min_size=3, max_size=30), st.booleans()
)
def test_what_is_typed_comes_back(pairs, turned):
    """To as many digits as were typed."""
    lines = [f"{lon:.6f}, {lat:.6f}" if turned else f"{lat:.6f}, {lon:.6f}" for lat, lon in pairs]
    found = json.loads(typed_shape("\n".join(lines), "line"))["coordinates"]

    assert found == [[float(f"{lon:.6f}"), float(f"{lat:.6f}")] for lat, lon in pairs]
