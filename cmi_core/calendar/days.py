"""Days and moments as a reader says and writes them: the era of the language, Chiang Mai's clock."""

import re
from collections.abc import Callable
from datetime import date, datetime

from cmi_core.calendar.clock import there
from cmi_core.calendar.periods import label, parse, year_label
from cmi_core.errors import ObservationError

MONTHS = range(1, 13)
# A year from here on is a Buddhist one; nobody plans for the Common Era's 25th century.
BUDDHIST_FROM, ERAS_APART = 2400, 543


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


def write_day(day: date | None, language: str) -> str:
    """
    A day as it is typed, in the era of the language: what `understand_day` reads back.

    >>> write_day(date(2026, 10, 1), "th"), write_day(date(2026, 10, 1), "en"), write_day(None, "th")
    ('1/10/2569', '1/10/2026', '')
    """
    if day is None:
        return ""
    return f"{day.day}/{day.month}/{day.year + (ERAS_APART if language == 'th' else 0)}"


def understand_day(text: str, translate: Callable[..., str]) -> date | None:
    """
    A day that somebody typed, day first or in ISO writing, the month as a number or its short name; empty is none.

    A year of four digits says its era by itself. Raises ObservationError("day_unreadable") for anything else.

    >>> from cmi_core.text import translator
    >>> understand_day("๑/๑๐/๒๕๖๙", translator("th")), understand_day("1 Oct 2026", translator("en"))
    (datetime.date(2026, 10, 1), datetime.date(2026, 10, 1))
    """
    written = text.strip()
    if not written:
        return None
    for number in MONTHS:
        written = written.replace(translate(f"periods.month_{number}"), f"/{number}/")
    parts = [int(part) for part in re.split(r"[\s/.\-]+", written) if part.isdecimal()]
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", written):
        parts.reverse()
    try:
        day, month, year = parts
        if re.search(r"[^\d\s/.\-]", written) or not 1900 <= year < 2700:
            raise ValueError(written)
        return date(year - ERAS_APART if year >= BUDDHIST_FROM else year, month, day)
    except ValueError:
        raise ObservationError("day_unreadable", text=text) from None


def say_moment(at: datetime, translate: Callable[..., str]) -> str:
    """
    A moment of the record (UTC without zone) by the clock of Chiang Mai.

    >>> from cmi_core.text import translator
    >>> say_moment(datetime(2026, 1, 5, 20, 30), translator("th"))
    '6 ม.ค. 2569 03:30 น.'
    """
    local = there(at)
    return translate("days.moment", day=say_day(local.date(), translate), time=f"{local:%H:%M}")
