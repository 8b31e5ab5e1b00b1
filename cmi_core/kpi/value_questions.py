"""What the cells of a sheet of KPI values leave open, gathered over the whole file and asked once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmi_core.calendar.periods import BUDDHIST_ERA, FIRST_YEAR, LAST_YEAR
from cmi_core.calendar.written import FIRST_BUDDHIST, day_written, understand
from cmi_core.errors import ObservationError
from cmi_core.kpi import value_words
from cmi_core.kpi.kpi_names import KpiNames
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.kpi.value_cells import Raw
from cmi_core.tables.commas import comma_question
from cmi_core.tables.parts import listed
from cmi_core.tables.questions import Answers, Candidate, Question
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import THAI_DIGITS, is_gap
from cmi_core.text.spelling import same, tidy

ORDERS = ("day_first", "month_first")


@dataclass(frozen=True)
class Settled:
    """What was settled for a whole file, by the file itself or by its reader; None where it is not."""

    comma: str | None = None
    short: str | None = None
    days: str | None = None
    shares: bool = False


def about_cells(
    raws: Sequence[Raw],
    codes: Sequence[str | None],
    names: KpiNames,
    *,
    marks: Mapping[str, str],
    remembered: Mapping[str, str],
    has_quality: bool,
    separator: str,
    today: date,
) -> list[Question]:
    """
    The questions about commas, short years, days for periods, shares of one and words for quality.

    `codes` are the KPIs of the values, `marks` the words for quality marks that are known, `remembered` answers before.
    """
    asked = [
        comma_question((raw.value for raw in raws), separator=separator),
        short_years(_texts(raws), today),
        days({raw.period: raw.at["period"] for raw in reversed(raws)}),
        _shares([raw for raw, code in zip(raws, codes, strict=True) if names.shares_asked(code)]),
        *(_qualities(raws, marks, remembered) if has_quality else []),
        _unmarked(raws, has_quality=has_quality),
    ]
    return [question for question in asked if question is not None]


def settled(questions: Iterable[Question], answers: Answers) -> Settled:
    """What the answers, and where there are none the defaults, settle."""
    given = {question.id: question.settled(answers) for question in questions}
    days = given.get("days")
    return Settled(
        comma=given.get("comma"),
        short=given.get("short_years"),
        days=None if days == "refuse" else days,
        shares=given.get("shares") == "times_100",
    )


def year_question(years: Sequence[str], today: date, *, mark: str) -> Question:
    """The year of months and quarters that name none: those that the titles tell first, else the last ten."""
    recent = [str(today.year + BUDDHIST_ERA - back) for back in range(10)]
    offered = list(dict.fromkeys([*years, *recent]))
    candidates = tuple(Candidate(year, told=_both_eras(year)) for year in offered)
    default = years[0] if years else None
    return Question(f"year{mark}", "read_values.ask_year", candidates, default=default, asked=len(years) != 1)


def kpi_question(kpis: Mapping[str, tuple[str, ...]]) -> Question:
    """The KPI of a file that has no column for it."""
    candidates = tuple(
        Candidate(code, told=f"{code} – {next(iter(names), code)}") for code, names in sorted(kpis.items())
    )
    return Question("kpi", "read_values.ask_kpi", candidates)


def fill_question(cells: Sequence[str]) -> Question:
    """Whether rows that leave the KPI empty are about the one above."""
    candidates = tuple(Candidate(each, say=f"read_values.fill_{each}") for each in ("fill", "leave"))
    return Question(
        "fill_down",
        "read_values.ask_fill_down",
        candidates,
        default="fill",
        details={"cells": listed(cells), "count": len(cells)},
    )


def _both_eras(year: str) -> str:
    number = int(year)
    return f"{number} ({number - BUDDHIST_ERA})" if number > 2400 else f"{number + BUDDHIST_ERA} ({number})"


def _texts(raws: Iterable[Raw]) -> dict[str, str]:
    """Each distinct text of a period, and of a year beside it, with the first cell it stands in."""
    found: dict[str, str] = {}
    for raw in raws:
        for said in (raw.period, raw.year):
            if isinstance(said, str) and not isinstance(said, Formula):
                found.setdefault(said, raw.at["period"])
    return found


def short_years(texts: Mapping[str, str], today: date) -> Question | None:
    """Asked where a year has two digits and no mark: which era, the nearer to today first. `texts` are periods → cell."""
    found = {text: cell for text, cell in texts.items() if _reason(text) == "period_year_short"}
    if not found:
        return None
    text, cell = next(iter(found.items()))
    digits = tidy(text).translate(THAI_DIGITS)
    last = int("".join(each for each in digits if each.isdigit())[-2:])
    this = today.year
    near = {era: abs(year - this) for era, year in (("be", 2500 + last - BUDDHIST_ERA), ("ce", 2000 + last))}
    order = sorted(near, key=lambda era: near[era])
    candidates = tuple(
        Candidate(
            era,
            say=f"read_values.short_{era}",
            sample=(f"{text} → {2500 + last if era == 'be' else 2000 + last}",),
        )
        for era in order
    )
    return Question(
        "short_years",
        "read_values.ask_short_years",
        candidates,
        default=order[0],
        details={"cell": cell, "text": text},
    )


def _reason(text: str) -> str:
    try:
        understand(text)
    except ObservationError as problem:
        return problem.reason
    return ""


def days(periods: Mapping[Any, str]) -> Question | None:
    """
    Asked where days stand in the place of periods: whether they mean the period they lie in, and in which order.

    `periods` are contents of cells → address.
    """
    written: dict[str, str] = {}
    for said, cell in periods.items():
        if isinstance(said, date):
            # Excel makes 2024-05 the first of May: that one needs no asking.
            year = said.year
            if (said.day != 1 or year >= FIRST_BUDDHIST) and FIRST_YEAR <= year <= LAST_YEAR + BUDDHIST_ERA:
                written.setdefault(said.strftime("%Y-%m-%d"), cell)
        elif isinstance(said, str) and any(day_written(said, order=order) for order in ORDERS):
            written.setdefault(said, cell)
    if not written:
        return None
    fits = {order: all(day_written(text, order=order) for text in written) for order in ORDERS}
    numeric = any(
        day_written(text, order="day_first") != day_written(text, order="month_first") for text in written
    )
    orders = ["day_first", *(["month_first"] if numeric and fits["month_first"] else [])]
    if not fits["day_first"] and fits["month_first"]:
        orders = ["month_first"]
    text, cell = next(iter(written.items()))
    candidates = tuple(Candidate(each, say=f"read_values.days_{each}") for each in (*orders, "refuse"))
    details = {"cell": cell, "text": text, "count": len(written)}
    return Question("days", "read_values.ask_days", candidates, default=orders[0], details=details)


def _shares(raws: Sequence[Raw]) -> Question | None:
    """Asked where a KPI counted in per cent gets a number of at most 1 without a sign: 0.47 may be 47 %."""
    found = [raw for raw in raws if small_share(raw.value)]
    if not found:
        return None
    number = value_words.number_in(found[0].value) or 0.0
    candidates = (
        Candidate("times_100", told=f"{number * 100:.10g} %"),
        Candidate("as_is", told=f"{number:.10g} %"),
    )
    details = {
        "cells": listed([raw.at["value"] for raw in found]),
        "count": len(found),
        "text": f"{number:.10g}",
    }
    return Question("shares", "read_values.ask_shares", candidates, default="times_100", details=details)


def small_share(raw_value: object) -> bool:
    """Whether a number without a sign may be a share of one."""
    if isinstance(raw_value, str) and "%" in raw_value:
        return False
    number = value_words.number_in(raw_value)
    return number is not None and 0 < abs(number) <= 1


def _qualities(
    raws: Sequence[Raw], marks: Mapping[str, str], remembered: Mapping[str, str]
) -> list[Question]:
    """One question for each word that no mark is called by."""
    words: dict[str, tuple[str, str]] = {}
    for raw in raws:
        plain = same(raw.quality)
        if not is_gap(raw.quality) and plain not in marks and not isinstance(raw.quality, Formula):
            words.setdefault(plain, (str(raw.quality), raw.at.get("quality", "")))
    asked = []
    for plain, (word, cell) in list(words.items())[:50]:
        before = remembered.get(f"quality:{plain}")
        likely = before if before in QUALITIES else value_words.likely_quality(word)
        order = sorted(QUALITIES, key=lambda mark: mark != likely)
        candidates = tuple(Candidate(mark, say=f"quality.{mark}") for mark in order)
        details = {"text": word[:60], "cell": cell}
        asked.append(
            Question(
                f"quality:{plain}",
                "read_values.ask_quality",
                candidates,
                default=likely,
                asked=before not in QUALITIES,
                details=details,
            )
        )
    return asked


def _unmarked(raws: Sequence[Raw], *, has_quality: bool) -> Question | None:
    """What new values are marked with that the file marks with nothing."""
    if has_quality and all(not is_gap(raw.quality) for raw in raws):
        return None
    candidates = tuple(Candidate(mark, say=f"quality.{mark}") for mark in QUALITIES)
    return Question("unmarked", "read_values.ask_unmarked", candidates, default=QUALITIES[0], asked=False)
