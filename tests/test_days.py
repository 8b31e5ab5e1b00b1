"""Days are said in the reader's era and in Chiang Mai's time."""

from datetime import date, datetime

import pytest

from cmi_core.days import say_day, say_moment
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
