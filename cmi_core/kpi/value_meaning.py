"""What the cells of one KPI value mean: the KPI, the period, the number, the mark and the note."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cmi_core.calendar.written import MONTH_OF, understand
from cmi_core.errors import ObservationError
from cmi_core.kpi import value_words
from cmi_core.kpi.kpi_names import KpiNames
from cmi_core.kpi.value_cells import Raw, ValueRow
from cmi_core.kpi.value_layout import Layout
from cmi_core.kpi.value_questions import Settled, small_share
from cmi_core.tables.worksheet import Formula, NoDate
from cmi_core.text.numbers import THAI_DIGITS, is_gap, understand_number
from cmi_core.text.spelling import same, tidy, written
from cmi_core.text.typed import typed

FIRST_MONTH_OF_FISCAL = 10
LONGEST = 60


class Meaning:
    """The cells of a whole file, understood by what was settled for it; each distinct period once."""

    def __init__(
        self,
        names: KpiNames,
        layouts: Sequence[Layout],
        years: Sequence[tuple[str, bool]],
        settled: Settled,
        marks: Mapping[str, str],
    ) -> None:
        self.names, self.layouts, self.years, self.settled, self.marks = names, layouts, years, settled, marks
        self._periods: dict[tuple, str | ObservationError] = {}

    def row(self, raw: Raw, code: str | None) -> ValueRow:
        """The value of a row; where something is wrong with it, all that is, each at its cell."""
        told: dict[str, Any] = {"said": _short(raw.name if is_gap(raw.kpi) else raw.kpi)}
        problems: list[ObservationError] = []
        for name, understood in (
            ("kpi", self._kpi),
            ("period", self._period),
            ("value", self._value),
            ("quality", self._quality),
            ("note", self._note),
        ):
            try:
                told[name] = understood(raw, code)
            except ObservationError as problem:
                problems.append(problem)
        if problems:
            first, *more = problems
            told["problem"] = ObservationError(first.reason, problems=tuple(more), **first.details)
        return ValueRow(self.layouts[raw.layout].table.sheet, raw.row, raw.where, raw.at, **told)

    def _kpi(self, raw: Raw, code: str | None) -> str:
        at = raw.at.get("kpi", raw.at.get("name", raw.at["value"]))
        for content in (raw.kpi, raw.name):
            if isinstance(content, Formula):
                raise ObservationError("sheet_formula", cell=at)
        if code is None:
            said = raw.name if is_gap(raw.kpi) else raw.kpi
            if is_gap(said) and not self.layouts[raw.layout].columns.keys() & {"kpi", "name"}:
                raise ObservationError("sheet_kpi_open", cell=at)
            if is_gap(said):
                raise ObservationError("sheet_kpi_missing", cell=at)
            raise ObservationError("sheet_kpi_unknown", cell=at, text=_short(said))
        if (other := self.names.code(raw.name)) and other != code and not is_gap(raw.kpi):
            raise ObservationError(
                "sheet_kpi_contradicts", cell=at, text=_short(raw.kpi), name=_short(raw.name)
            )
        return code

    def _period(self, raw: Raw, code: str | None) -> str:
        if isinstance(raw.period, Formula) or isinstance(raw.year, Formula):
            raise ObservationError("sheet_formula", cell=raw.at["period"])
        if isinstance(raw.period, NoDate):
            raise ObservationError("sheet_no_date", cell=raw.at["period"], text=str(raw.period))
        frequency = self.names.kpis[code].frequency if code else None
        key = (raw.layout, raw.period, raw.year, frequency, type(raw.period))
        if key not in self._periods:
            try:
                self._periods[key] = self._understood(raw, frequency)
            except ObservationError as problem:
                self._periods[key] = problem
        found = self._periods[key]
        if isinstance(found, ObservationError):
            raise at_cell(found, raw.at["period"])
        return found

    def _understood(self, raw: Raw, frequency: str | None) -> str:
        """The code of a period, whose year may stand in a column of its own or above the table."""
        heading = raw.heading
        era = value_words.era_of(heading)
        year, fiscal = raw.year, value_words.fiscal(heading)
        text: object = raw.period
        if (
            is_gap(year)
            and isinstance(text, str)
            and not value_words.whole_period(text)
            and value_words.period_of(text)
        ):
            year, fiscal = self.years[raw.layout]
            if not year:
                raise ObservationError("period_year_missing", text=text)
        if is_gap(text):
            text, year = year, None
        if not is_gap(year):
            text = _joined(text, year, fiscal=fiscal)
        elif fiscal and _bare_year(text):
            return self._fiscal(text, frequency, heading)
        elif _bare_year(text) and "ปฏิทิน" in heading and (frequency or "").startswith("fiscal"):
            raise ObservationError("sheet_year_calendar", text=str(text), heading=_short(heading))
        return understand(
            text, frequency=frequency, era=era, short=self.settled.short, days=self.settled.days
        ).code

    def _fiscal(self, year: object, frequency: str | None, heading: str) -> str:
        try:
            return understand(
                f"ปีงบประมาณ {written(year)}", frequency=frequency, short=self.settled.short
            ).code
        except ObservationError as problem:
            if problem.reason != "period_wrong_frequency":
                raise
            raise ObservationError(
                "sheet_year_fiscal", text=written(year), heading=_short(heading)
            ) from problem

    def _value(self, raw: Raw, code: str | None) -> float:
        at = raw.at["value"]
        if isinstance(raw.value, Formula):
            raise ObservationError("sheet_formula", cell=at)
        value = self.names.without_unit(code, raw.value)
        try:
            number = understand_number(value, comma=self.settled.comma)
        except ObservationError as problem:
            raise at_cell(problem, at) from problem
        if self.settled.shares and self.names.shares_asked(code) and small_share(raw.value):
            return round(number * 100, 10)
        return number

    def _quality(self, raw: Raw, _: str | None) -> str:
        if is_gap(raw.quality):
            return ""
        at = raw.at.get("quality", raw.at["value"])
        if isinstance(raw.quality, Formula):
            raise ObservationError("sheet_formula", cell=at)
        mark = self.marks.get(same(raw.quality))
        if mark is None:
            raise ObservationError("sheet_quality_unknown", cell=at, text=_short(raw.quality))
        return mark

    def _note(self, raw: Raw, _: str | None) -> str:
        if isinstance(raw.note, Formula):
            raise ObservationError("sheet_formula", cell=raw.at["note"])
        try:
            return typed("note", written(raw.note))
        except ObservationError as problem:
            raise at_cell(problem, raw.at["note"]) from problem


def _joined(part: object, year: object, *, fiscal: bool) -> str:
    """A month or quarter with the year that stands elsewhere; October of a fiscal year lies in the year before."""
    text, number = tidy(written(part)).lower(), tidy(written(year)).translate(THAI_DIGITS)
    month = MONTH_OF.get(re.sub(r"[.\s]|เดือน", "", text)) or (
        int(text) if text.isdigit() and len(text) < 3 else 0
    )
    if fiscal and month:
        digits = re.search(r"\d{4}", number)
        if digits is None:
            return f"{text} {number}"
        return f"{text} {int(digits[0]) - (month >= FIRST_MONTH_OF_FISCAL)}"
    if month and text.isdigit():
        return f"{text}/{number}"
    return f"{text} ปีงบประมาณ {number}" if fiscal else f"{text} {number}"


def _bare_year(content: object) -> bool:
    return bool(re.fullmatch(r"\d{2}|\d{4}", tidy(written(content)).translate(THAI_DIGITS)))


def at_cell(problem: ObservationError, cell: str) -> ObservationError:
    """The same problem, told with its cell; what was written is cut to a bearable length."""
    details: dict[str, Any] = {
        key: _short(each) if isinstance(each, str) else each for key, each in problem.details.items()
    }
    details["cell"] = cell
    return ObservationError(problem.reason, **details)


def _short(content: object) -> str:
    text = " ".join(str("" if content is None else content).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
