"""
Periods: 2024, 2024-S1, 2024-Q3, 2024-05, FY2024, FY2024-Q1: order, frequency, due dates, labels.

A code names its year in the Common Era. The Thai fiscal year is named by the year in which it ends:
FY2024 runs from October 2023 to September 2024 and is ปีงบประมาณ 2567 on a Thai screen.
Every period is a whole number of calendar months, so positions in time are exact twelfths of a year.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from cmi_core.errors import ObservationError

MONTHS = {
    "monthly": 1,
    "quarterly": 3,
    "half-yearly": 6,
    "yearly": 12,
    "fiscal-quarterly": 3,
    "fiscal-yearly": 12,
}
FREQUENCIES = tuple(MONTHS)
FIRST_YEAR, LAST_YEAR = 1900, 2099
BUDDHIST_ERA = 543  # B.E. = C.E. + 543
FISCAL_LEAD = 3  # the fiscal year begins three months before the calendar year of its name

CODE = re.compile(
    r"(?P<fiscal>FY)?(?P<year>[0-9]{4})(?:-(?:(?P<kind>[QS])(?P<part>[0-9])|(?P<month>[0-9]{2})))?"
)


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of whole months with its stored code; ordered by its end, then its start, then its code."""

    end: date
    start: date
    code: str
    frequency: str

    @property
    def position(self) -> float:
        """The end of the period in years: 2024 ends at 2025.0, 2024-Q2 at 2024.5, FY2024 at 2024.75."""
        return (_month(self.end) + 1) / 12

    @property
    def middle(self) -> float:
        """The midpoint of the period in years: 2024 has its middle at 2024.5."""
        return (_month(self.start) + _month(self.end) + 1) / 24

    def __str__(self) -> str:
        return self.code


@lru_cache(maxsize=4096)
def parse(code: str) -> Period:
    """
    The period a stored code names.

    >>> parse("FY2024").start, parse("FY2024").end
    (datetime.date(2023, 10, 1), datetime.date(2024, 9, 30))

    Raises ObservationError: `period_malformed`, `period_month_unknown`, `period_quarter_unknown`,
    `period_half_unknown`, `period_buddhist_era` or `period_year_out_of_range`.
    """
    found = CODE.fullmatch(code)
    if not found:
        raise ObservationError("period_malformed", text=code)
    year, fiscal = check_year(int(found["year"]), text=code), bool(found["fiscal"])
    if found["month"]:
        if fiscal:
            raise ObservationError("period_malformed", text=code)
        return month(year, int(found["month"]), text=code)
    if found["kind"] == "Q":
        return quarter(year, int(found["part"]), fiscal=fiscal, text=code)
    if found["kind"] == "S":
        if fiscal:
            raise ObservationError("period_malformed", text=code)
        return half(year, int(found["part"]), text=code)
    return _at((year * 12) - FISCAL_LEAD * fiscal, "fiscal-yearly" if fiscal else "yearly")


def check_year(year: int, *, text: str) -> int:
    """The Common Era year itself, if it can be one; `text` is what was written, for the refusal."""
    if FIRST_YEAR + BUDDHIST_ERA <= year <= LAST_YEAR + BUDDHIST_ERA:
        raise ObservationError("period_buddhist_era", text=text, year=year, common_era=year - BUDDHIST_ERA)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ObservationError("period_year_out_of_range", text=text, first=FIRST_YEAR, last=LAST_YEAR)
    return year


def month(year: int, number: int, *, text: str = "") -> Period:
    """Month `number` (1 to 12) of a Common Era year."""
    if not 1 <= number <= 12:
        raise ObservationError("period_month_unknown", text=text or f"{year}-{number:02}")
    return _at(year * 12 + number - 1, "monthly")


def quarter(year: int, number: int, *, fiscal: bool = False, text: str = "") -> Period:
    """Quarter `number` (1 to 4) of a calendar year, or of the fiscal year that ends in `year`."""
    if not 1 <= number <= 4:
        raise ObservationError("period_quarter_unknown", text=text or f"{year}-Q{number}")
    first = year * 12 + (number - 1) * 3 - FISCAL_LEAD * fiscal
    return _at(first, "fiscal-quarterly" if fiscal else "quarterly")


def half(year: int, number: int, *, text: str = "") -> Period:
    """Half `number` (1 or 2) of a calendar year."""
    if number not in (1, 2):
        raise ObservationError("period_half_unknown", text=text or f"{year}-S{number}")
    return _at(year * 12 + (number - 1) * 6, "half-yearly")


def following(period: Period, steps: int = 1) -> Period:
    """
    The period of the same frequency that comes `steps` later.

    >>> following(parse("FY2024-Q4")).code
    'FY2025-Q1'
    """
    return _at(_month(period.start) + steps * MONTHS[period.frequency], period.frequency)


def preceding(period: Period, steps: int = 1) -> Period:
    """The period of the same frequency that comes `steps` earlier."""
    return following(period, -steps)


def containing(day: date, frequency: str) -> Period:
    """
    The period of a frequency that a day falls in.

    >>> containing(date(2023, 10, 1), "fiscal-quarterly").code
    'FY2024-Q1'
    """
    if frequency not in MONTHS:
        raise ObservationError("frequency_unknown", frequency=frequency)
    lead = FISCAL_LEAD if frequency.startswith("fiscal") else 0
    shifted = day.year * 12 + day.month - 1 + lead
    return _at(shifted - shifted % MONTHS[frequency] - lead, frequency)


def between(first: Period, last: Period) -> list[Period]:
    """
    All periods from first to last, both included; empty if `last` comes before `first`.

    >>> [period.code for period in between(parse("2023-Q4"), parse("2024-Q2"))]
    ['2023-Q4', '2024-Q1', '2024-Q2']
    """
    if first.frequency != last.frequency:
        raise ObservationError("period_frequencies_differ", first=first.code, last=last.code)
    steps = (_month(last.start) - _month(first.start)) // MONTHS[first.frequency]
    return [following(first, step) for step in range(steps + 1)]


def due_on(period: Period, grace_days: int = 0) -> date:
    """
    The last day on which a value for the period is in time: its end and the days of grace.

    >>> due_on(parse("2024-05"), 15)
    datetime.date(2024, 6, 15)
    """
    return period.end + timedelta(days=grace_days)


def last_ended(frequency: str, today: date) -> Period:
    """The latest period that is over: its last day is before today."""
    return preceding(containing(today, frequency))


def days_late(period: Period, today: date, grace_days: int = 0) -> int:
    """Days since the due day; 0 while a value is still in time."""
    return max(0, (today - due_on(period, grace_days)).days)


def position_of(day: date) -> float:
    """
    The start of a day in years, on the scale of `Period.position`.

    >>> position_of(date(2024, 7, 1))
    2024.5
    """
    length = monthrange(day.year, day.month)[1]
    return (_month(day) + (day.day - 1) / length) / 12


def label(period: Period, translate: Callable[..., str], *, era: str | None = None) -> str:
    """
    The period as a reader says it: words from `translate` (keys `periods.*`), the era of its language
    unless `era` says "be" or "ce".

    >>> from cmi_core.text import translator
    >>> label(parse("2024-05"), translator("th")), label(parse("2024-05"), translator("en"))
    ('พ.ค. 2567', 'May 2024')
    """

    first, last = period.start, period.end
    month_of = {day: translate(f"periods.month_{day.month}") for day in (first, last)}
    whole = {
        day: translate("periods.monthly", month=name, year=year_label(day.year, translate, era=era))
        for day, name in month_of.items()
    }
    year = last.year + (period.frequency.startswith("fiscal") and last.month > 9)
    return translate(
        "periods." + (f"half_{_part(period)}" if period.frequency == "half-yearly" else period.frequency),
        year=year_label(year, translate, era=era),
        number=_part(period),
        month=month_of[last],
        first_month=month_of[first],
        first=whole[first],
        last=whole[last],
    )


def year_label(year: int, translate: Callable[..., str], *, era: str | None = None) -> str:
    """
    A Common Era year as a reader of the language writes it, or in the era asked for.

    >>> from cmi_core.text import translator
    >>> year_label(2024, translator("th")), year_label(2024, translator("en"), era="be")
    ('2567', '2567 BE')
    """
    era = era or translate("periods.era")
    return translate(f"periods.year_{era}", year=year + BUDDHIST_ERA if era == "be" else year)


def _month(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def _part(period: Period) -> int:
    """Which month, quarter or half of its own year a period is; 1 for a year."""
    lead = FISCAL_LEAD if period.frequency.startswith("fiscal") else 0
    return (_month(period.start) + lead) % 12 // MONTHS[period.frequency] + 1


@lru_cache(maxsize=4096)
def _at(first_month: int, frequency: str) -> Period:
    """The period of a frequency that begins `first_month` months after year 0."""
    fiscal = frequency.startswith("fiscal")
    year, within = divmod(first_month + FISCAL_LEAD * fiscal, 12)
    last = first_month + MONTHS[frequency] - 1
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ObservationError("period_year_out_of_range", text=str(year), first=FIRST_YEAR, last=LAST_YEAR)
    start = date(first_month // 12, first_month % 12 + 1, 1)
    end = date(last // 12, last % 12 + 1, monthrange(last // 12, last % 12 + 1)[1])
    part = {
        "monthly": f"-{within + 1:02}",
        "quarterly": f"-Q{within // 3 + 1}",
        "fiscal-quarterly": f"-Q{within // 3 + 1}",
        "half-yearly": f"-S{within // 6 + 1}",
    }.get(frequency, "")
    return Period(end=end, start=start, code=f"{'FY' * fiscal}{year}{part}", frequency=frequency)
