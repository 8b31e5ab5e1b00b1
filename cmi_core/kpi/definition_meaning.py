"""What a row of a sheet of KPI definitions means, once the questions about the whole file are settled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from cmi_core.calendar.written import day_written, understand
from cmi_core.errors import CmiError, ObservationError
from cmi_core.kpi import definition_words as words
from cmi_core.kpi.definition_layout import NONE
from cmi_core.kpi.definition_people import Wanted
from cmi_core.kpi.definition_questions import (
    LEAVE,
    TAKE,
    YEAR,
    goal_cell,
    goal_text,
    shorter,
    whole_year,
    within,
)
from cmi_core.kpi.definition_record import OnRecord
from cmi_core.kpi.definition_rows import DatedCell, RawDefinition, empty
from cmi_core.kpi.kpi_names import PER_CENT
from cmi_core.kpi.value_meaning import at_cell
from cmi_core.kpi.value_questions import small_share
from cmi_core.tables.questions import LeftOut
from cmi_core.tables.worksheet import Formula, NoDate
from cmi_core.text.numbers import understand_number
from cmi_core.text.spelling import same, tidy, written

WHOLE = ("grace_days", "decimals")
TRUE = ("cumulative", "four_eyes")


class Planned(NamedTuple):
    """A baseline, target or milestone understood; its value or its period may not be told."""

    field: str
    period: str | None
    value: float | None
    at: str


@dataclass(frozen=True)
class DefinitionRow:
    """
    What the rows about one KPI say: `fields` are those of its definition, with what they hold; a field not said is not there.

    `kpi` is empty where the KPI is a new one without a code of its own, or none that can be told: `said` is what the row
    calls it. `problem` tells why nothing of it can be taken.
    """

    sheet: str
    row: int
    where: str
    kpi: str
    said: str
    fields: Mapping[str, object] = field(default_factory=dict)
    planned: tuple[Planned, ...] = ()
    milestones: Mapping[str, float] = field(default_factory=dict)
    people: tuple[Wanted, ...] = ()
    new: bool = False
    problem: CmiError | None = None


@dataclass
class Meaning:
    """The answers by which cells are understood; what they leave out is gathered in `left_out`."""

    record: OnRecord
    given: Mapping[str, str | None]
    goals: Mapping[str, str | None]
    left_out: list[LeftOut] = field(default_factory=list)

    def frequency(self, raw: RawDefinition, code: str | None) -> str | None:
        """How often a KPI is counted: as the row says, else as it is on record."""
        cell = raw.cells.get("frequency")
        told = None if empty(cell) else self._word("frequency", cell)
        return told or (self.record.kpis[code].frequency if code else None)

    def said(self, raw: RawDefinition, code: str | None) -> tuple[dict[str, object], tuple[Planned, ...]]:
        """The fields that a row says something about, its baseline, targets and milestones. Raises ObservationError with all that it cannot mean."""
        problems: list[CmiError] = []
        fields, planned = self._fields(raw, code, problems), self._planned(raw, code, problems)
        if problems:
            first, *others = problems
            raise ObservationError(first.reason, problems=tuple(others), **first.details)
        return fields, tuple(planned)

    def _fields(self, raw: RawDefinition, code: str | None, problems: list[CmiError]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, cell in raw.cells.items():
            if empty(cell):
                self._said_gap(cell, raw.at[name])
            if empty(cell) or name in (*words.PEOPLE, "stand_in_until", "kpi"):
                continue
            try:
                meant = self._field(name, cell, raw, code)
            except ObservationError as problem:
                problems.append(at_cell(problem, raw.at[name]))
                continue
            if meant is not None:
                found[name] = meant
        if code is None and "name_th" not in found and "name_en" not in found:
            called = tidy(str(raw.name))
            found["name_en" if called.isascii() else "name_th"] = called
        if (goal := self.goals.get(goal_text(raw) if code is None else goal_cell(raw))) and goal != NONE:
            found["goal"] = goal
        return found

    def _planned(self, raw: RawDefinition, code: str | None, problems: list[CmiError]) -> list[Planned]:
        frequency = self.frequency(raw, code)
        found = []
        for each in raw.dated:
            try:
                planned = self._one_planned(each, code, frequency)
            except ObservationError as problem:
                problems.append(problem)
                continue
            if planned is not None:
                found.append(planned)
        return found

    def _one_planned(self, each: DatedCell, code: str | None, frequency: str | None) -> Planned | None:
        """A baseline, target or milestone; one whose period alone is told moves what stands."""
        if empty(each.value):
            self._said_gap(each.value, each.at)
            if each.value is not None or each.period is None:
                return None
            return Planned(each.field, self._period(each, frequency), None, each.at)
        value = self._number(each, code)
        if value is None:
            return None
        period = None if each.period is None else self._period(each, frequency)
        return Planned(each.field, period, value, each.at)

    def _said_gap(self, cell: object, at: str) -> None:
        """Name a cell that says that there is nothing; one that is empty goes without saying."""
        if cell is not None:
            text = str(cell)[:40]
            self.left_out.append(LeftOut("cell", at, "read_definitions.left_gap", {"text": text}))

    def _field(self, name: str, cell: object, raw: RawDefinition, code: str | None) -> object:
        if isinstance(cell, Formula):
            raise ObservationError("sheet_formula", cell=raw.at[name])
        if name in words.CODES:
            told = self._word(name, cell)
            return told == "true" if told and name in TRUE else told
        if name in words.NUMBERS:
            number = understand_number(cell, comma=self.given.get("comma"))
            if name in WHOLE and number != int(number):
                raise ObservationError("number_not_whole", text=written(cell))
            return int(number) if name in WHOLE else number
        if name == "owner":
            found = self.record.organisation(cell) or self.given.get(f"organisation:{same(cell)}")
            return None if found in (None, NONE) else found
        if name == "goal":
            return None
        if name == "starts_in":
            return self._understood(cell, self.frequency(raw, code))
        return self._text(name, tidy(written(cell)), code)

    def _text(self, name: str, text: str, code: str | None) -> str | None:
        """A text; the name of a KPI on record stands unless it is to be taken, and % is ร้อยละ."""
        if name in ("name_th", "name_en") and code and self.given.get("names") != TAKE:
            return None
        if name in ("unit_th", "unit_en") and code and same(text) in PER_CENT:
            units = self.record.kpis[code].units
            return None if any(same(unit) in PER_CENT for unit in units) else text
        return ";".join(filter(None, map(str.strip, text.splitlines()))) if name == "breakdown" else text

    def _word(self, name: str, cell: object) -> str | None:
        told = words.meaning(name, cell) or self.given.get(f"word:{name}:{same(cell)}")
        return None if told == NONE else told

    def _number(self, each: DatedCell, code: str | None) -> float | None:
        """The number of a planned value, None where it is left out."""
        if isinstance(each.value, Formula):
            raise ObservationError("sheet_formula", cell=each.at)
        try:
            bare = self.record.kpi_names.without_unit(code, each.value)
            number = understand_number(bare, comma=self.given.get("comma"))
        except ObservationError as problem:
            raise at_cell(problem, each.at) from problem
        if not self.record.kpi_names.shares_asked(code):
            return number
        if small_share(each.value) and self.given.get("shares") == "times_100":
            return number * 100
        if number > 100 and self.given.get("above_100") == LEAVE:
            self.left_out.append(
                LeftOut("cell", each.at, "read_definitions.left_above_100", {"text": f"{number:.10g}"})
            )
            return None
        return number

    def _period(self, each: DatedCell, frequency: str | None) -> str:
        try:
            return self._understood(each.period, frequency)
        except ObservationError as problem:
            raise at_cell(problem, each.period_at) from problem

    def _understood(self, content: object, frequency: str | None) -> str:
        """The code of a period; a whole year stands for one of its parts where that was settled."""
        if isinstance(content, NoDate):
            raise ObservationError("period_is_date", text=str(content))
        days = self.given.get("days")
        how = {"short": self.given.get("short_years"), "days": None if days == "refuse" else days}
        in_numbers = isinstance(content, str) and how["days"] and day_written(content, order=str(how["days"]))
        if isinstance(content, date) or in_numbers:
            return understand(content, frequency=frequency, **how).code
        found = understand(content, **how)
        year = whole_year(content)
        if year and frequency and found.frequency in ("yearly", "fiscal-yearly"):
            if shorter(frequency, found):
                return within(found, frequency, self.given.get("year_as") or YEAR).code
            if frequency == "fiscal-yearly" and found.frequency == "yearly":
                return understand(content, frequency=frequency, **how).code
        return found.code
