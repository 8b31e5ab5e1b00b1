"""Typed corners become the shape that was meant, and what is no corner is refused by its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.errors import ObservationError
from cmi_core.geography.coordinates import typed_shape, understand_angle, understand_pair


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


SPELLINGS = [
    "18°47'16\"N", "18° 47′ 16″ N", "18º47’16”", "18°47'16''", "18 47 16", "18-47-16", "18:47:16", "N 18 47 16", "18d47m16s",
    "๑๘°๔๗'๑๖\"", "18 องศา 47 ลิปดา 16 ฟิลิปดา เหนือ", "18deg 47min 16sec", "18 47.266667", "18°47.266667'N", "18.7877778",
    "18,7877778", "18.7877778 N", "18.7877778°", "ละติจูด 18.7877778", "１８．７８７７７７８", 18.7877778,
]  # fmt: skip


@pytest.mark.parametrize("cell", SPELLINGS)
def test_one_coordinate_is_understood_however_it_is_spelt(cell):
    assert understand_angle(cell).value == pytest.approx(18 + 47 / 60 + 16 / 3600, abs=1e-6)


@pytest.mark.parametrize(
    "cell", ["", "ไม่มี", "18 75 3", "18.7.8", "18°47'16\"X", "1e400", True, "18-11-2569", "2569-11-18"]
)
def test_what_is_no_coordinate_is_none(cell):
    assert understand_angle(cell) is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [("499000", 499_000), ("499,000", 499_000), ("2,078,000.5", 2_078_000.5), ("499 000", 499_000), ("499000,5", 499_000.5), ("499000 E", 499_000)],
)  # fmt: skip
def test_metres_keep_their_size(cell, value):
    assert understand_angle(cell).value == value


@pytest.mark.parametrize(
    "cell",
    [
        "18.7878, 98.9933", "98.9933, 18.7878", "(18.7878 98.9933)", "[98.9933,18.7878]", "18,7878; 98,9933", "18,7878, 98,9933", "18,7878,98,9933",
        "N18.7878 E98.9933", "98.9933E / 18.7878N", "POINT (98.9933 18.7878)", "lat: 18.7878, lon: 98.9933", "18 47.268 98 59.598",
        "18°47'16.08\" 98°59'35.88\"", "ละติจูด 18.7878 ลองจิจูด 98.9933", "https://www.google.com/maps/@18.7878,98.9933,17z",
        "https://maps.google.com/?q=18.7878%2C98.9933", "18.7878\t98.9933",
    ],
)  # fmt: skip
def test_both_in_one_cell_are_told_apart_by_letters_or_by_their_numbers(cell):
    assert understand_pair(cell) == pytest.approx((18.7878, 98.9933), abs=1e-6)


@pytest.mark.parametrize(
    "cell", ["47Q 499000 2078000", "499000, 2078000", "2,078,000 499,000", "499000mE 2078000mN"]
)
def test_metres_in_one_cell_are_northing_and_easting(cell):
    assert understand_pair(cell) == (2_078_000, 499_000)


@pytest.mark.parametrize(
    "cell",
    ["", "18.79", "ถนน 18 หมู่ 98", "18/09/2567", "053-283-100", "18N 19N", "x" * 500, "https://example.org/a"],
)
def test_what_are_not_two_coordinates_is_none(cell):
    assert understand_pair(cell) is None


@given(st.floats(5.6, 20.5), st.floats(97.3, 105.7), st.booleans())
def test_degrees_minutes_and_seconds_come_back(lat, lon, turned):
    def spelt(value, letter):
        minutes, seconds = divmod(round(value * 3600, 3), 60)
        degrees, minutes = divmod(int(minutes), 60)
        return f"{degrees}°{minutes}'{seconds:.3f}\"{letter}"

    parts = [spelt(lat, "N"), spelt(lon, "E")]
    found = understand_pair(" ".join(parts[::-1] if turned else parts))
    assert found == pytest.approx((lat, lon), abs=1e-6)
