"""What the cells of a sheet of KPI definitions leave open, gathered over the whole file and asked once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from cmi_core.calendar.periods import Period, containing
from cmi_core.calendar.written import understand
from cmi_core.errors import ObservationError
from cmi_core.kpi import definition_words as words
from cmi_core.kpi.definition_layout import NONE
from cmi_core.kpi.definition_record import ALIKE, OnRecord, likeliest
from cmi_core.kpi.definition_rows import DatedCell, RawDefinition, empty
from cmi_core.kpi.value_questions import days, short_years, small_share
from cmi_core.kpi.value_words import number_in
from cmi_core.tables.commas import comma_question
from cmi_core.tables.parts import listed
from cmi_core.tables.questions import Candidate, Question
from cmi_core.text.spelling import same, written

LAST, FIRST, YEAR = "last", "first", "year"
MAKE, LEAVE = "make", "leave"
KEEP, TAKE = "keep", "take"
ADD, REPLACE = "add", "replace"
STAND_IN_DAYS = ("30", "7", "14", "60", "90", "180", "365")
SAID_BY = {
    "direction": "kpi_words.direction_", "frequency": "periods.every_", "kind": "kpi_words.kind_", "approval": "kpi_words.approval_",
}  # fmt: skip
Codes = Sequence[str | None]


def about_numbers(raws: Sequence[RawDefinition], separator: str, today: date) -> Iterator[Question]:
    """Commas in numbers, years of two digits, days in place of periods."""
    numbers = [each.value for raw in raws for each in raw.dated]
    numbers += [raw.cells[field] for raw in raws for field in words.NUMBERS if field in raw.cells]
    if question := comma_question(numbers, separator=separator):
        yield question
    periods = {each.period: each.period_at for raw in reversed(raws) for each in raw.dated if each.period}
    texts = {said: at for said, at in periods.items() if isinstance(said, str)}
    for asked in (short_years(texts, today), days(periods)):
        if asked is not None:
            yield asked


def about_years(raws: Sequence[RawDefinition], frequencies: Sequence[str | None]) -> Iterator[Question]:
    """Asked where a KPI of shorter periods has a baseline or target of a whole year: which of its periods is meant."""
    found = [
        written(each.period)
        for raw, frequency in zip(raws, frequencies, strict=True)
        for each in raw.dated
        if frequency and (year := whole_year(each.period)) and shorter(frequency, year)
    ]
    if found:
        yield Question(
            "year_as",
            "read_definitions.ask_year_as",
            tuple(Candidate(each, say=f"read_definitions.year_as_{each}") for each in (LAST, FIRST, YEAR)),
            default=LAST,
            details={"count": len(found), "text": found[0]},
        )


def about_words(raws: Sequence[RawDefinition]) -> Iterator[Question]:
    """One question for each word of a field of few words that nobody has told us."""
    asked: dict[tuple[str, str], tuple[str, str]] = {}
    for raw in raws:
        for field in words.CODES:
            cell = raw.cells.get(field)
            if not empty(cell) and words.meaning(field, cell) is None:
                asked.setdefault((field, same(cell)), (str(cell)[:60], raw.at[field]))
    for (field, plain), (text, at) in asked.items():
        codes = tuple(words.WORDS[field])
        candidates = [Candidate(code, say=said_by(field, code)) for code in codes]
        yield Question(
            f"word:{field}:{plain}",
            f"read_definitions.ask_word_{field}",
            (*candidates, Candidate(NONE, say="read_definitions.leave_cells")),
            details={"text": text, "cell": at},
        )


def about_shares(raws: Sequence[RawDefinition], codes: Codes, record: OnRecord) -> Iterator[Question]:
    """Asked of KPIs counted in per cent: whether 0.45 is 45 %, and whether more than 100 % is meant."""
    small, large = [], []
    for raw, code in zip(raws, codes, strict=True):
        if not record.kpi_names.shares_asked(code):
            continue
        small += [each for each in raw.dated if small_share(each.value)]
        most = record.kpis[code].largest if code else None
        large += [each for each in raw.dated if (number_in(each.value) or 0) > 100 and (most or 0) <= 100]
    if small:
        number = number_in(small[0].value) or 0.0
        yield Question(
            "shares",
            "read_values.ask_shares",
            (
                Candidate("times_100", told=f"{number * 100:.10g} %"),
                Candidate("as_is", told=f"{number:.10g} %"),
            ),
            default="times_100",
            details={"cells": _cells(small), "count": len(small), "text": f"{number:.10g}"},
        )
    if large:
        yield Question(
            "above_100",
            "read_definitions.ask_above_100",
            (
                Candidate(LEAVE, say="read_definitions.leave_cells"),
                Candidate("as_is", say="read_definitions.as_written"),
            ),
            details={
                "cells": _cells(large), "count": len(large), "text": f"{number_in(large[0].value):.10g}"
            },
        )  # fmt: skip


def about_names(raws: Sequence[RawDefinition], codes: Codes, record: OnRecord) -> Iterator[Question]:
    """Asked where a row names a KPI by its code and calls it otherwise than it is called."""
    other = [
        raw.at[field]
        for raw, code in zip(raws, codes, strict=True)
        if code
        for field, position in (("name_th", 0), ("name_en", 1))
        if not empty(raw.cells.get(field)) and not _called(record, code, position, raw.cells[field])
    ]
    if other:
        yield Question(
            "names",
            "read_definitions.ask_names",
            tuple(Candidate(each, say=f"read_definitions.names_{each}") for each in (KEEP, TAKE)),
            default=KEEP,
            details={"cells": listed(other), "count": len(other)},
        )


def about_targets(raws: Sequence[RawDefinition], codes: Codes) -> Iterator[Question]:
    """Shown where a KPI has targets for several periods: the last is its target, the others stand on the way."""
    several: dict[str, set[str]] = {}
    for raw, code in zip(raws, codes, strict=True):
        told = {
            written(each.period) for each in raw.dated if each.field == "target" and not empty(each.value)
        }
        several.setdefault(code or same(raw.name), set()).update(told)
    if any(len(periods) > 1 for periods in several.values()):
        yield Question(
            "last_target",
            "read_definitions.ask_last_target",
            tuple(Candidate(each, say=f"read_definitions.last_{each}") for each in ("target", "milestone")),
            default="target",
            asked=False,
        )


def about_new(
    raws: Sequence[RawDefinition], codes: Codes, record: OnRecord, answer: Callable[[Question], str | None]
) -> dict[str, str | None]:
    """
    Asked where rows name no KPI on record: whether new ones are made, and of which goal those of a group are.

    `answer` asks a question and gives its answer; what comes back is the goal by the text it was asked for.
    """
    new = [raw for raw, code in zip(raws, codes, strict=True) if code is None and raw.name is not None]
    goals: dict[str, str | None] = {}
    making = False
    if new:
        question = Question(
            "new",
            "read_definitions.ask_new",
            tuple(Candidate(each, say=f"read_definitions.new_{each}") for each in (MAKE, LEAVE)),
            details={
                "rows": listed([raw.where for raw in new]),
                "count": len(new),
                "text": str(new[0].name)[:60],
            },
        )
        making = answer(question) == MAKE
    for raw, code in zip(raws, codes, strict=True):
        made = making and code is None
        text = goal_text(raw) if made else goal_cell(raw)
        if (text or made) and text not in goals:
            beside = _beside(text, raws, codes, record)
            goals[text] = record.goal(text) or answer(_goal(text, record, beside=beside, needed=code is None))
    return goals


def about_organisations(raws: Sequence[RawDefinition], record: OnRecord) -> Iterator[Question]:
    """One question for each organisation that none on record is called by."""
    asked: dict[str, tuple[str, str]] = {}
    for raw in raws:
        cell = raw.cells.get("owner")
        if not empty(cell) and record.organisation(cell) is None:
            asked.setdefault(same(cell), (str(cell)[:80], raw.at["owner"]))
    for plain, (text, at) in asked.items():
        yield _alike(
            f"organisation:{plain}",
            "read_definitions.ask_organisation",
            text,
            record.organisations,
            {"cell": at},
        )


def goal_text(raw: RawDefinition) -> str:
    """What tells the goal of a row: its own cell, else the group it stands in."""
    return goal_cell(raw) or raw.group


def said_by(field: str, code: str) -> str:
    """The sentence that says a code of a field of few words."""
    if field in SAID_BY:
        return f"{SAID_BY[field]}{code}"
    return f"kpi_words.{'yes' if code == 'true' else 'no'}"


def whole_year(content: object) -> Period | None:
    """The year, calendar or fiscal, that a cell or heading names alone."""
    if empty(content) or isinstance(content, date):
        return None
    for short in (None, "be"):
        try:
            found = understand(content, short=short)
        except ObservationError:
            continue
        return found if found.frequency in ("yearly", "fiscal-yearly") else None
    return None


def shorter(frequency: str, year: Period) -> bool:
    """Whether periods of a frequency are parts of a year."""
    return containing(year.start, frequency).end < year.end


def within(year: Period, frequency: str, answer: str) -> Period:
    """
    The first or last period of a frequency in a year, or the year itself.

    >>> within(understand("2567"), "quarterly", "last").code
    '2024-Q4'
    """
    if answer == YEAR:
        return year
    return containing(year.end if answer == LAST else year.start, frequency)


def goal_cell(raw: RawDefinition) -> str:
    """The goal that a row names in a cell of its own, or nothing."""
    cell = raw.cells.get("goal")
    return "" if empty(cell) else words.group_name(cell)


def _beside(text: str, raws: Sequence[RawDefinition], codes: Codes, record: OnRecord) -> str | None:
    """The goal that every KPI on record has which stands under the same text."""
    goals = {
        record.goal_of.get(code)
        for raw, code in zip(raws, codes, strict=True)
        if code and text and goal_text(raw) == text
    }
    return goals.pop() if len(goals) == 1 else None


def _goal(text: str, record: OnRecord, *, beside: str | None, needed: bool) -> Question:
    if text:
        return _alike(
            f"goal:{text}",
            "read_definitions.ask_goal",
            text,
            record.goals,
            {},
            likely=beside,
            leave=not needed,
        )
    candidates = tuple(Candidate(code, told=_name(names, code)) for code, names in record.goals.items())
    return Question("goal", "read_definitions.ask_goal_of_all", candidates)


def _alike(
    asked: str,
    why: str,
    text: str,
    named: Mapping[str, tuple[str, ...]],
    details: Mapping[str, object],
    *,
    likely: str | None = None,
    leave: bool = True,
) -> Question:
    """Which of the named a text means: what is `likely` first, then by likeness; only what is very like is a default."""
    found = sorted(likeliest(text, named), key=lambda each: each[0] != likely)
    candidates = [Candidate(code, told=_name(named[code], code)) for code, _ in found]
    likely = likely or (found[0][0] if found and found[0][1] >= ALIKE else None)
    if leave:
        none = Candidate(NONE, say="read_definitions.leave_cells")
        candidates = [*candidates, none] if likely else [none, *candidates]
    return Question(
        asked,
        why,
        tuple(candidates),
        default=likely or (NONE if leave else None),
        details={"text": text, **details},
    )


def _name(names: Sequence[str], code: str) -> str:
    return next((name for name in names if name), code)


def _called(record: OnRecord, code: str, position: int, cell: object) -> bool:
    """Whether a KPI is called so on record, a number before its name aside."""
    names = record.kpis[code].names
    known = same(names[position]) if position < len(names) else ""
    return same(cell) == known or record.kpi_names.code(cell) == code


def _cells(found: Iterable[DatedCell]) -> str:
    return listed([each.at for each in found])
