import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.errors import ObservationError
from cmi_core.text.numbers import LARGEST, commas, is_gap, say_number, understand_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (3, 3.0),
        (2.5, 2.5),
        ("12", 12.0),
        ("1,234", 1234.0),
        ("1,234,567.89", 1234567.89),
        ("1 234 567", 1234567.0),
        ("๑๒.๕", 12.5),
        ("๑,๒๓๔", 1234.0),
        ("45%", 45.0),
        ("45 %", 45.0),
        ("−3", -3.0),
        ("–3", -3.0),
        ("- 3", -3.0),
        ("+3", 3.0),
        ("1e5", 100000.0),
        ("1.5E+07", 15000000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("007", 7.0),
        ("\u00a05\u200b", 5.0),
    ],
)
def test_numbers_are_understood(text, number):
    assert understand_number(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "number_missing"),
        (None, "number_missing"),
        ("-", "number_missing"),
        ("N/A", "number_missing"),
        ("ไม่มีข้อมูล", "number_missing"),
        ("ประมาณ 5", "number_is_text"),
        ("5 คน", "number_is_text"),
        ("=1+1", "number_is_text"),
        ("0x10", "number_is_text"),
        ("1_000", "number_is_text"),
        ("²", "number_is_text"),
        (True, "number_is_text"),
        ("nan", "number_not_finite"),
        (math.nan, "number_not_finite"),
        ("-inf", "number_not_finite"),
        ("1e999", "number_not_finite"),
        ("1e16", "number_too_large"),
        ("1,5", "number_ambiguous"),
        ("0,123", "number_ambiguous"),
        ("-0,500", "number_ambiguous"),
        ("1,23,456", "number_ambiguous"),
        ("1234,567", "number_ambiguous"),
        ("1.234.567", "number_ambiguous"),
        ("12 34", "number_ambiguous"),
        ("31/12/2567", "number_is_date"),
        ("2024-05-31", "number_is_date"),
        ("5/10", "number_is_date"),
    ],
)
def test_what_is_no_number_is_refused(text, reason):
    with pytest.raises(ObservationError) as refused:
        understand_number(text)
    assert refused.value.reason == reason


@given(st.floats(-LARGEST, LARGEST), st.integers(0, 6))
def test_a_number_said_is_understood_as_rounded(value, decimals):
    assert understand_number(say_number(value, decimals)) == float(f"{value:.{decimals}f}")


@given(st.floats(-LARGEST, LARGEST))
def test_a_number_written_by_python_is_understood_exactly(value):
    assert understand_number(repr(value)) == value == understand_number(value)


@given(st.text(max_size=20))
def test_any_text_is_a_finite_number_or_a_refusal(text):
    with suppress(ObservationError):
        assert math.isfinite(understand_number(text))


def test_missing_and_zero_are_said_plainly():
    assert say_number(None) == "–"
    assert say_number(math.nan, 2) == "–"
    assert say_number(-0.4) == "0"
    assert say_number(-1234567.891, 2) == "−1,234,567.89"


def test_a_whole_number_too_long_for_a_float_is_refused():
    with pytest.raises(ObservationError) as refused:
        understand_number(10**5000)
    assert refused.value.reason == "number_too_large"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", 1234.5),
        ("0,123", 0.123),
        ("1,234", 1.234),
        ("1 234,5", 1234.5),
        ("1.234.567", 1234567),
        ("12", 12),
        ("-5,5 %", -5.5),
    ],
)
def test_a_decimal_comma_is_one_where_the_file_has_them(text, number):
    assert understand_number(text, comma="decimal") == number


@pytest.mark.parametrize("text", ["1.5", "1,234.5", "1,2,3", ".5"])
def test_a_point_among_decimal_commas_is_not_guessed(text):
    with pytest.raises(ObservationError) as refused:
        understand_number(text, comma="decimal")
    assert refused.value.reason == "number_ambiguous"


@pytest.mark.parametrize(
    ("cell", "gap"),
    [
        (None, True), ("", True), (" ", True), ("..", True), ("…", True), ("#N/A", True), ("n.a.", True), ("NaN", True), ("NA", True),
        ("–", True), ("—", True), ("ไม่มีข้อมูล", True), ("ไม่มี\u200bข้อมูล", True), (math.nan, True), ("0", False), (0, False),
        ("#DIV/0!", False), ("nano", False), ("n", False), (False, False),
    ],
)  # fmt: skip
def test_what_says_that_there_is_no_value(cell, gap):
    assert is_gap(cell) is gap


@given(st.lists(st.floats(-1e6, 1e6).map(lambda value: f"{value:,.2f}"), max_size=5))
def test_english_numbers_never_look_like_decimal_commas(texts):
    assert commas(texts)[0] == 0
