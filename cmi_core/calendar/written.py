"""Periods as people write them: Q3/2567, พ.ค. ๒๕๖๗, ปีงบ 2567, H1 2024 → a period."""

import re
from datetime import date

from cmi_core.calendar import periods
from cmi_core.calendar.periods import BUDDHIST_ERA, Period
from cmi_core.errors import ObservationError

THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
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
MONTH_WORD = re.compile("|".join(sorted((re.escape(name) for name in MONTH_OF), key=len, reverse=True)))
DECIMAL = re.compile(r"\d\.\d")  # 2024.1 may have been October: Excel drops the nought
MONTH_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
SPAN = re.compile(r"\([^()]*[–-][^()]*\)$")  # (Oct 2023–Sep 2024) after a fiscal year only explains it
FILLER = re.compile(r"ปี|เดือน|year|month|of|[\s/\-–.,()]")
THAI = re.compile(r"[ก-๙]")
EXAMPLES = {
    "monthly": "2024-05",
    "quarterly": "2024-Q3",
    "half-yearly": "2024-S1",
    "yearly": "2024",
    "fiscal-quarterly": "FY2024-Q1",
    "fiscal-yearly": "FY2024",
}


def understand(text: object, *, frequency: str | None = None, era: str | None = None) -> Period:
    """
    The period that a cell or a field means.

    `frequency` is that of the KPI: another kind of period is refused, and a bare year, quarter or half
    is read as it (for a fiscal-yearly KPI 2024 is FY2024). `era` is "be" or "ce" where the column
    says so. A Buddhist year counts as marked by พ.ศ. or B.E., by Thai words or digits beside it, or by
    `era="be"`; otherwise it is refused rather than guessed.

    >>> understand("ไตรมาส 3/๒๕๖๗").code, understand("Q3/2567", era="be").code
    ('2024-Q3', '2024-Q3')

    Raises ObservationError: those of `periods.parse`, and `period_missing`, `period_is_date`,
    `period_year_missing`, `period_year_short`, `period_era_contradicts`, `period_wrong_frequency`.
    """
    if isinstance(text, date):
        return _of_day(text, frequency)
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    written = " ".join(str("" if text is None else text).replace("\u200b", "").replace("\ufeff", "").split())
    if not written:
        raise ObservationError("period_missing")
    if periods.CODE.fullmatch(written.upper()) and not YEAR.fullmatch(written):
        found = periods.parse(_in_common_era(written.upper(), era=era))
    else:
        found = _from_words(written, frequency=frequency, era=era)
    if frequency and found.frequency != frequency:
        raise ObservationError(
            "period_wrong_frequency", text=written, example=EXAMPLES.get(frequency, frequency)
        )
    return found


def _of_day(day: date, frequency: str | None) -> Period:
    """A date cell counts as a period only if it is the first day of one: Excel turns 2024-05 into 1 May."""
    period = periods.containing(day, frequency) if frequency else None
    first = date(day.year, day.month, day.day)
    if period is None or period.start != first:
        raise ObservationError("period_is_date", text=first.isoformat())
    return period


def _in_common_era(code: str, *, era: str | None) -> str:
    """A stored code, its year turned into the Common Era if the column says Buddhist era."""
    if era != "be":
        return code
    return YEAR.sub(lambda year: f"{_year(int(year[0]), era=era, marked=True, text=code):04}", code, count=1)


def _from_words(written: str, *, frequency: str | None, era: str | None) -> Period:
    rest = SPAN.sub("", written.translate(THAI_DIGITS).lower()).strip()
    if DATE.fullmatch(rest):
        raise ObservationError("period_is_date", text=written)
    rest, buddhist = _take(ERA_BE, rest)
    rest, common = _take(ERA_CE, rest)
    era = "be" if buddhist else "ce" if common else era
    rest, fiscal = _take(FISCAL, rest)
    rest, kind, part = _part(rest)
    rest, year_found = _take(YEAR, rest)
    if not kind:
        rest, kind, part = _month(rest, bare=bool(year_found))
    left = FILLER.sub("", rest)
    if not year_found:
        reason = "period_year_short" if re.fullmatch(r"\d{2}", left) else "period_year_missing"
        known = kind or fiscal or left.isdigit()
        raise ObservationError(reason if known else "period_malformed", text=written)
    if left or DECIMAL.search(written) or (fiscal and kind in ("month", "half")):
        raise ObservationError("period_malformed", text=written)
    marked = era == "be" or bool(THAI.search(written))
    year = _year(int(year_found), era=era, marked=marked, text=written)
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


def _year(year: int, *, era: str | None, marked: bool, text: str) -> int:
    """The Common Era year; Buddhist years only where they are marked as such."""
    if marked and era != "ce" and year > periods.LAST_YEAR:
        return periods.check_year(year - BUDDHIST_ERA, text=text)
    if era == "be":
        raise ObservationError("period_era_contradicts", text=text)
    if era == "ce" and year > periods.LAST_YEAR:
        raise ObservationError(
            "period_year_out_of_range", text=text, first=periods.FIRST_YEAR, last=periods.LAST_YEAR
        )
    return periods.check_year(year, text=text)


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
