"""Periods as people write them: Q3/2567, พ.ค. ๒๕๖๗, ปีงบ 2567, H1 2024 → a period."""

import re
from contextlib import suppress
from datetime import date

from cmi_core.calendar import periods
from cmi_core.calendar.periods import BUDDHIST_ERA, Period
from cmi_core.errors import ObservationError
from cmi_core.text.numbers import THAI_DIGITS
from cmi_core.text.spelling import tidy

MONTH_NAMES = (
    ("มกราคม", "มค", "january", "jan"),
    ("กุมภาพันธ์", "กพ", "february", "feb"),
    ("มีนาคม", "มีค", "march", "mar"),
    ("เมษายน", "เมย", "april", "apr"),
    ("พฤษภาคม", "พค", "may"),
    ("มิถุนายน", "มิย", "june", "jun"),
    ("กรกฎาคม", "กค", "july", "jul"),
    ("สิงหาคม", "สค", "august", "aug"),
    ("กันยายน", "กย", "september", "sept", "sep"),
    ("ตุลาคม", "ตค", "october", "oct"),
    ("พฤศจิกายน", "พย", "november", "nov"),
    ("ธันวาคม", "ธค", "december", "dec"),
)
MONTH_OF = {name: number for number, names in enumerate(MONTH_NAMES, start=1) for name in names}
ERA_BE = re.compile(r"พ\.?\s?ศ\.?|(?<![a-z])b\.?\s?e\.?(?![a-z])")
ERA_CE = re.compile(r"ค\.?\s?ศ\.?|(?<![a-z])(?:c\.?\s?e\.?|a\.?\s?d\.?)(?![a-z])")
FISCAL = re.compile(r"ปีงบประมาณ|ปีงบ|fiscal\s+year|fiscal|(?<![a-z])fy(?![a-z])")
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[t ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
HALVES = (
    (re.compile(r"ครึ่งปีแรก|first\s+half|1st\s+half"), 1),
    (re.compile(r"ครึ่งปีหลัง|second\s+half|2nd\s+half"), 2),
)
HALF = re.compile(r"(?:ครึ่งปีที่|(?<![a-z])[sh]|half)\s*(\d)(?!\d)|(?<!\d)(\d)\s*h(?![a-z])")
QUARTER = re.compile(r"(?:ไตรมาสที่|ไตรมาส|(?<![a-z])q|quarter)\s*(\d)(?!\d)|(?<!\d)(\d)\s*q(?![a-z])")
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
SHORT_YEAR = re.compile(r"(?<!\d)\d{2}(?!\d)(?!.*\d)")  # the last number of all
SPAN_OF_MONTHS = re.compile(r"\s*(?:–|—|-|ถึง|จนถึง|to)\s*(?=[^\d\s])")
COMPACT = re.compile(r"^(\d{4})(0[1-9]|1[0-2])$")
FIRST_BUDDHIST = 2443  # 1900; before the last year of the Common Era that is understood comes no other
MONTH_WORD = re.compile("|".join(sorted((re.escape(name) for name in MONTH_OF), key=len, reverse=True)))
DECIMAL = re.compile(r"\d\.\d")  # 2024.1 may have been October: Excel drops the nought
MONTH_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
SPAN = re.compile(r"\([^()]*[–-][^()]*\)$")  # (Oct 2023–Sep 2024) after a fiscal year only explains it
FILLER = re.compile(r"ปี|เดือน|year|month|of|[\s/\-–.,()]")
EXAMPLES = {
    "monthly": "2024-05",
    "quarterly": "2024-Q3",
    "half-yearly": "2024-S1",
    "yearly": "2024",
    "fiscal-quarterly": "FY2024-Q1",
    "fiscal-yearly": "FY2024",
}


def understand(
    text: object,
    *,
    frequency: str | None = None,
    era: str | None = None,
    short: str | None = None,
    days: str | None = None,
) -> Period:
    """
    The period that a cell or a field means.

    `frequency` is that of the KPI: another kind of period is refused, and a bare year, quarter or half
    is read as it (for a fiscal-yearly KPI 2024 is FY2024). `era` is "be" or "ce" where the column
    says so. A year from 2443 to 2642 is of the Buddhist era, since nothing else is possible here, unless it is
    marked as Common Era, which is refused. Of a year in two digits `short` tells the era ("be": 67 is 2567; "ce":
    24 is 2024) where neither พ.ศ. beside it nor `era` does. `days` says that a day stands for the period it lies
    in, "day_first" or "month_first" where it is written in numbers; without it only the first day of one does.

    >>> understand("ไตรมาส 3/๒๕๖๗").code, understand("Q3/2567").code, understand("พ.ค. 67", short="be").code
    ('2024-Q3', '2024-Q3', '2024-05')

    Raises ObservationError: those of `periods.parse`, and `period_missing`, `period_is_date`,
    `period_year_missing`, `period_year_short`, `period_era_contradicts`, `period_wrong_frequency`.
    """
    if isinstance(text, date):
        return _of_day(text, frequency, lying_in=days is not None)
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    written = " ".join(tidy(str("" if text is None else text)).split())
    if not written:
        raise ObservationError("period_missing")
    if day := day_written(written, order=days or "day_first"):
        if days is None:
            raise ObservationError("period_is_date", text=written)
        return _of_day(day, frequency, lying_in=True)
    if span := _span(written, frequency=frequency, era=era, short=short):
        return span
    found = _of_code(written, era=era) or _from_words(written, frequency=frequency, era=era, short=short)
    if frequency and found.frequency != frequency:
        example = EXAMPLES.get(frequency, frequency)
        raise ObservationError("period_wrong_frequency", text=written, example=example)
    return found


def _of_code(written: str, *, era: str | None) -> Period | None:
    """The period of a stored code or of digits alone (202406), years of either era; None for what is none, and a bare year."""
    plain = COMPACT.sub(r"\1-\2", written.translate(THAI_DIGITS).upper())
    if not periods.CODE.fullmatch(plain) or YEAR.fullmatch(plain):
        return None
    return periods.parse(_in_common_era(plain, era=era))


def _span(written: str, *, frequency: str | None, era: str | None, short: str | None) -> Period | None:
    """The period from one month to another, as in ม.ค.–มี.ค. 2567; None where it is none, or no period is just so long."""
    first, stroke, last = (part.strip() for part in SPAN_OF_MONTHS.sub("–", written, count=1).partition("–"))
    if not stroke or not MONTH_WORD.search(first.lower().replace(".", "")):
        return None
    try:
        end = understand(last, frequency="monthly", era=era, short=short)
    except ObservationError as problem:
        if problem.reason == "period_year_short":
            raise
        return None
    with suppress(ObservationError):
        try:
            start = understand(first, frequency="monthly", era=era, short=short)
        except ObservationError:  # the year stands once, behind the last month
            start = understand(f"{first} {end.start.year}", frequency="monthly")
        for kind in [frequency] if frequency else [*periods.FREQUENCIES]:
            found = periods.containing(end.end, kind)
            if found.start == start.start and found.end == end.end:
                return found
    return None


def day_written(written: str, *, order: str = "day_first") -> date | None:
    """
    The day that a text names, None where it names none or an impossible one; years of the Buddhist era too.

    >>> day_written("29/02/2567"), day_written("31 มี.ค. 2567"), day_written("2024-05-31")
    (datetime.date(2024, 2, 29), datetime.date(2024, 3, 31), datetime.date(2024, 5, 31))
    """
    plain = tidy(written).translate(THAI_DIGITS).lower()
    named = ERA_BE.sub(" ", plain).replace("วันที่", " ").replace("เดือน", " ").replace("ปี", " ")
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ].*)?", plain):
        year, month, day = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?", plain):
        first, second, year = map(int, found.groups())
        day, month = (first, second) if order == "day_first" else (second, first)
    elif found := re.fullmatch(r"\s*(\d{1,2})[\s\-]*([^\d\s].*?)[\s\-]*(\d{4})\s*", named):
        month = MONTH_OF.get(re.sub(r"[.\s\-]", "", found[2]), 0)
        day, year = int(found[1]), int(found[3])
    else:
        return None
    with suppress(ValueError):
        return date(_common_year(year), month, day)
    return None


def _common_year(year: int) -> int:
    return year - BUDDHIST_ERA if year >= FIRST_BUDDHIST else year


def _of_day(day: date, frequency: str | None, *, lying_in: bool) -> Period:
    """The period a day lies in; without `lying_in` only its first day counts: Excel turns 2024-05 into 1 May."""
    first = date(day.year, day.month, day.day)
    if not periods.FIRST_YEAR <= _common_year(day.year) <= periods.LAST_YEAR:
        raise ObservationError(
            "period_year_out_of_range",
            text=first.isoformat(),
            first=periods.FIRST_YEAR,
            last=periods.LAST_YEAR,
        )
    if first.year >= FIRST_BUDDHIST:
        with suppress(ValueError):  # 29 February of a year that has none
            first = first.replace(year=_common_year(first.year))
    period = periods.containing(first, frequency) if frequency else None
    if period is None or (period.start != first and not lying_in):
        raise ObservationError("period_is_date", text=first.isoformat())
    return period


def _in_common_era(code: str, *, era: str | None) -> str:
    """A stored code, its year turned into the Common Era where it is of the Buddhist era."""
    return YEAR.sub(lambda year: f"{_year(int(year[0]), era=era, text=code):04}", code, count=1)


def _from_words(written: str, *, frequency: str | None, era: str | None, short: str | None) -> Period:
    rest = SPAN.sub("", written.translate(THAI_DIGITS).lower()).strip()
    if DATE.fullmatch(rest):
        raise ObservationError("period_is_date", text=written)
    rest, buddhist = _take(ERA_BE, rest)
    rest, common = _take(ERA_CE, rest)
    era = "be" if buddhist else "ce" if common else era
    rest, fiscal = _take(FISCAL, rest)
    rest, kind, part = _part(rest)
    rest, year_found = _take(YEAR, rest)
    if not year_found:
        rest, year_found = _short_year(rest, era or short)
    if not kind:
        rest, kind, part = _month(rest, bare=bool(year_found))
    left = FILLER.sub("", rest)
    if not year_found:
        short_one = re.search(r"(?<!\d)\d{2}\W*$", rest) and not FILLER.sub("", re.sub(r"\d", "", rest))
        reason = "period_year_short" if short_one else "period_year_missing"
        known = kind or fiscal or left.isdigit()
        raise ObservationError(reason if known else "period_malformed", text=written)
    if left or DECIMAL.search(written) or (fiscal and kind in ("month", "half")):
        raise ObservationError("period_malformed", text=written)
    year = _year(int(year_found), era=era, text=written)
    in_fiscal_year = bool(fiscal) or (frequency or "").startswith("fiscal")
    return _build(year, kind, part, fiscal=in_fiscal_year, text=written)


def _build(year: int, kind: str, part: int, *, fiscal: bool, text: str) -> Period:
    if kind == "month":
        return periods.month(year, part, text=text)
    if kind == "half":
        return periods.half(year, part, text=text)
    if kind == "quarter":
        return periods.quarter(year, part, fiscal=fiscal, text=text)
    return periods.parse(f"{'FY' * fiscal}{year}")


def _short_year(rest: str, era: str | None) -> tuple[str, str]:
    """What is left without a year in two digits, and that year in four; nothing is taken where the era is not told."""
    found = SHORT_YEAR.search(rest)
    if found is None or era is None:
        return rest, ""
    return rest[: found.start()] + " " + rest[found.end() :], f"{25 if era == 'be' else 20}{found[0]}"


def _year(year: int, *, era: str | None, text: str) -> int:
    """The Common Era year: one of the Buddhist era is known by its number, and by nothing else."""
    if era == "ce" and year > periods.LAST_YEAR:
        raise ObservationError(
            "period_year_out_of_range", text=text, first=periods.FIRST_YEAR, last=periods.LAST_YEAR
        )
    if era == "be" and year <= periods.LAST_YEAR:
        raise ObservationError("period_era_contradicts", text=text)
    return periods.check_year(_common_year(year), text=text)


def _part(rest: str) -> tuple[str, str, int]:
    """What is left, the kind of part ("quarter", "half" or nothing) and its number."""
    for pattern, number in HALVES:
        if pattern.search(rest):
            return pattern.sub(" ", rest, count=1), "half", number
    for pattern, kind in ((HALF, "half"), (QUARTER, "quarter")):
        if found := pattern.search(rest):
            return pattern.sub(" ", rest, count=1), kind, int(next(filter(None, found.groups())))
    return rest, "", 1


def _month(rest: str, *, bare: bool) -> tuple[str, str, int]:
    """The same for a month's name, or for its number beside a year."""
    closed = rest.replace(".", "")
    if found := MONTH_WORD.search(closed):
        return closed.replace(found[0], " ", 1), "month", MONTH_OF[found[0]]
    if bare and (found := MONTH_NUMBER.search(rest)):
        return MONTH_NUMBER.sub(" ", rest, count=1), "month", int(found[0])
    return rest, "", 1


def _take(pattern: re.Pattern[str], rest: str) -> tuple[str, str]:
    """What is left once the pattern's first occurrence is taken out, and that occurrence."""
    found = pattern.search(rest)
    return (pattern.sub(" ", rest, count=1), found[0]) if found else (rest, "")
