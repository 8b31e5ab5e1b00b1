"""Days are said in the reader's era and in Chiang Mai's time."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.calendar.days import say_day, say_moment, understand_day, write_day
from cmi_core.errors import ObservationError
from cmi_core.text import translator


@pytest.mark.parametrize(
    ("day", "thai", "english"),
    [
        (date(2019, 8, 15), "15 ส.ค. 2562", "15 Aug 2019"),
        ("2019-08-15", "15 ส.ค. 2562", "15 Aug 2019"),
        ("2021-06", "มิ.ย. 2564", "Jun 2021"),
        ("2017", "ปี 2560", "2017"),
    ],
)
def test_as_much_as_is_known_is_said(day, thai, english):
    assert (say_day(day, translator("th")), say_day(day, translator("en"))) == (thai, english)


def test_a_late_evening_in_utc_is_the_next_day_in_chiang_mai():
    assert say_moment(datetime(2026, 12, 31, 17, 0), translator("th")) == "1 ม.ค. 2570 00:00 น."
    assert say_moment(datetime(2026, 12, 31, 16, 59), translator("en")) == "31 Dec 2026, 23:59"


@pytest.mark.parametrize(
    "typed", ["1/10/2569", "01-10-2569", "1.10.2026", "1 ต.ค. 2569", "๑/๑๐/๒๕๖๙", "2026-10-01", " 2569-10-1 "]
)
def test_a_day_is_understood_in_either_era(typed):
    assert understand_day(typed, translator("th")) == date(2026, 10, 1)


@pytest.mark.parametrize("typed", ["", "  "])
def test_no_day_is_no_day(typed):
    assert understand_day(typed, translator("th")) is None


@pytest.mark.parametrize(
    "typed",
    [
        "1/10/69",
        "31/2/2569",
        "13/13/2569",
        "soon",
        "1/10",
        "1/10/2569 maybe",
        "10/2569",
        "1/10/3000",
        "-1/10/2569/2",
    ],
)
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(ObservationError, match="day_unreadable"):
        understand_day(typed, translator("th"))


@given(st.dates(date(1900, 1, 1), date(2156, 12, 31)), st.sampled_from(["th", "en"]))
def test_what_is_written_is_read_back(day, language):
    assert understand_day(write_day(day, language), translator(language)) == day
