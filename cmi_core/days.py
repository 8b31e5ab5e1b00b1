"""Days and moments as a reader says them: the month in words, the era of the language, Chiang Mai's clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from cmi_core.periods import label, parse, year_label

CITY_TIME = ZoneInfo("Asia/Bangkok")


def say_day(day: date | str, translate: Callable[..., str]) -> str:
    """
    A day, or as much of it as is known: a year, a month or a day in ISO writing.

    >>> from cmi_core.text import translator
    >>> say_day("2019-08-15", translator("th")), say_day("2018-02", translator("en")), say_day("2017", translator("th"))
    ('15 ส.ค. 2562', 'Feb 2018', 'ปี 2560')
    """
    known = day if isinstance(day, str) else day.isoformat()
    if len(known) < len("2019-08-15"):
        return label(parse(known), translate)
    told = date.fromisoformat(known[:10])
    month = translate(f"periods.month_{told.month}")
    return translate("days.day", day=told.day, month=month, year=year_label(told.year, translate))


def say_moment(at: datetime, translate: Callable[..., str]) -> str:
    """
    A moment of the record (UTC without zone) by the clock of Chiang Mai.

    >>> from cmi_core.text import translator
    >>> say_moment(datetime(2026, 1, 5, 20, 30), translator("th"))
    '6 ม.ค. 2569 03:30 น.'
    """
    there = at.replace(tzinfo=UTC).astimezone(CITY_TIME)
    return translate("days.moment", day=say_day(there.date(), translate), time=f"{there:%H:%M}")
