"""
A file of KPI definitions, understood: owners, baselines, targets and people from one sheet; what is open is asked, and
nothing is left out without its reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cmi_core.calendar.periods import parse
from cmi_core.errors import FileRefused, ObservationError
from cmi_core.kpi import definition_layout, definition_people, definition_questions
from cmi_core.kpi.definition_layout import DefinitionLayout, Known
from cmi_core.kpi.definition_meaning import DefinitionRow, Meaning, Planned
from cmi_core.kpi.definition_questions import LEAVE
from cmi_core.kpi.definition_record import OnRecord
from cmi_core.kpi.definition_rows import CODE, RawDefinition, empty, gather
from cmi_core.tables import parts
from cmi_core.tables.parts import listed
from cmi_core.tables.questions import Answers, LeftOut, Question
from cmi_core.tables.sheets import Book
from cmi_core.text.spelling import same, tidy


@dataclass(frozen=True)
class DefinitionFile:
    """What a file says of each KPI, in the file's order, what it leaves open, what is left out, and how it was read."""

    rows: tuple[DefinitionRow, ...]
    questions: tuple[Question, ...]
    left_out: tuple[LeftOut, ...]
    understood: Mapping[str, object]


@dataclass
class _Reading:
    """A file while it is read."""

    record: OnRecord
    answers: Answers
    today: date
    questions: list[Question] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    given: dict[str, str | None] = field(default_factory=dict)

    def ask(self, question: Question) -> str | None:
        """The answer to a question, which is asked once."""
        if question.id not in self.given:
            self.questions.append(question)
            self.given[question.id] = question.settled(self.answers)
        return self.given[question.id]


def read(book: Book, record: OnRecord, *, answers: Answers, today: date) -> DefinitionFile:
    """
    What a file says of KPIs. `record` is all that it may speak of; `today` is the day from which stand-ins stand in.

    Raises FileRefused `definitions_no_table` where no sheet holds definitions, and `answer_unknown`.
    """
    reading = _Reading(record, answers, today)
    for question in book.questions:
        reading.ask(question)
    layouts = _layouts(book, reading)
    raws = _raws(layouts, reading)
    codes = [_code(raw, record) for raw in raws]
    separator = book.tables[0].separator
    for question in definition_questions.about_numbers(raws, separator, today):
        reading.ask(question)
    for question in definition_questions.about_words(raws):
        reading.ask(question)
    goals = definition_questions.about_new(raws, codes, record, reading.ask)
    meaning = Meaning(record, reading.given, goals)
    frequencies = [meaning.frequency(raw, code) for raw, code in zip(raws, codes, strict=True)]
    for question in (
        *definition_questions.about_years(raws, frequencies),
        *definition_questions.about_shares(raws, codes, record),
        *definition_questions.about_names(raws, codes, record),
        *definition_questions.about_targets(raws, codes),
        *definition_questions.about_organisations(raws, record),
    ):
        reading.ask(question)
    people = definition_people.understood(raws, codes, record, reading.ask, today)
    reading.left += people.left_out
    rows = [
        _row(raw, code, meaning, people, place)
        for place, (raw, code) in enumerate(zip(raws, codes, strict=True))
    ]
    rows = [row for row in rows if not _unwanted(row, reading)]
    rows = [_settled(row, reading) for row in _joined(rows)]
    return DefinitionFile(
        tuple(rows),
        tuple(reading.questions),
        (*reading.left, *meaning.left_out),
        _understood(book, layouts, reading),
    )


# ------------------------------------------------------------------------------------------------ sheets and rows


def _layouts(book: Book, reading: _Reading) -> list[DefinitionLayout]:
    """The tables of definitions in the sheets that are taken; each sheet that is not is left out by name."""
    record = reading.record
    known = Known(
        record.kpi_names.known,
        lambda cell: record.organisation(cell) is not None,
        lambda cell: bool(record.accounts(cell)),
    )
    holding = [table for table in book.tables if definition_layout.find(table, known, {})]
    sheets = ", ".join(table.sheet for table in book.tables if table.sheet) or "CSV"
    if not holding:
        raise FileRefused("definitions_no_table", sheets=sheets)
    taken, left = parts.sheets_taken(book.tables, holding, book.empty, reading.ask)
    reading.left += left
    if not taken:
        raise FileRefused("definitions_no_table", sheets=sheets)
    several = len(taken) > 1
    layouts = []
    for table in taken:
        mark = f"@{table.sheet}" if several else ""
        layout = definition_layout.find(table, known, reading.answers, mark=mark)
        if layout is None:
            continue
        layouts.append(layout)
        for question in layout.questions:
            reading.ask(question)
        reading.left += [
            replace(item, where=f"{table.sheet}!{item.where}") if several else item
            for item in layout.left_out
        ]
    return layouts


def _raws(layouts: Sequence[DefinitionLayout], reading: _Reading) -> list[RawDefinition]:
    several = len(layouts) > 1
    found: list[RawDefinition] = []
    for layout in layouts:
        sheet = f"{layout.table.sheet}!" if several else ""
        mark = f"@{layout.table.sheet}" if several else ""
        with_hidden = parts.hidden_rows_taken(layout.table, layout.data, mark, reading.ask)
        reading.left += parts.damaged(layout.table, sheet)
        raws, left = gather(layout, reading.record.kpi_names.known, with_hidden=with_hidden, sheet=sheet)
        found += raws
        reading.left += left
    return found


def _code(raw: RawDefinition, record: OnRecord) -> str | None:
    """The KPI that a row is about; None where it is on record by neither code nor name."""
    cell = raw.cells.get("kpi")
    if not empty(cell) and ((code := record.kpi_names.code(cell)) or CODE.fullmatch(same(cell))):
        return code
    names = (record.kpi_names.code(raw.cells.get(name)) for name in ("name_th", "name_en"))
    return next((code for code in names if code), None)


def _row(
    raw: RawDefinition, code: str | None, meaning: Meaning, people: definition_people.People, place: int
) -> DefinitionRow:
    """What a row says, or the first reason why it cannot be taken, with the others beside it."""
    own = same(raw.cells.get("kpi"))
    new = code is None
    told = DefinitionRow(
        raw.sheet,
        raw.row,
        raw.where,
        code or (own if CODE.fullmatch(own) else ""),
        tidy(str(raw.name or ""))[:120],
        new=new,
    )
    if raw.name is None:
        return replace(told, problem=ObservationError("sheet_kpi_missing", cell=raw.where))
    if problem := _two_names(raw, code, meaning.record) or people.problems.get(place):
        return replace(told, problem=problem)
    try:
        fields, planned = meaning.said(raw, code)
    except ObservationError as problem:
        return replace(told, problem=problem)
    return replace(told, fields=fields, planned=planned, people=people.wanted.get(place, ()))


def _two_names(raw: RawDefinition, code: str | None, record: OnRecord) -> ObservationError | None:
    """Refused where a row names one KPI by its code and another by its name."""
    for name in ("name_th", "name_en"):
        other = record.kpi_names.code(raw.cells.get(name))
        if other and other != code:
            return ObservationError(
                "sheet_kpi_contradicts",
                cell=raw.at[name],
                text=str(raw.cells.get("kpi"))[:60],
                name=str(raw.cells[name])[:60],
            )
    return None


def _unwanted(row: DefinitionRow, reading: _Reading) -> bool:
    """Whether a row is about a KPI that is not to be made; it is then named among what is left out."""
    if not row.new or reading.given.get("new") != LEAVE:
        return False
    reading.left.append(LeftOut("row", row.where, "read_definitions.left_new", {"text": row.said}))
    return True


# ------------------------------------------------------------------------------------------------ one KPI


def _joined(rows: Sequence[DefinitionRow]) -> list[DefinitionRow]:
    """What several rows say of one KPI as one; where they contradict each other, none of them is taken."""
    groups: dict[str, list[DefinitionRow]] = {}
    for place, row in enumerate(rows):
        key = row.kpi or (f"name {same(row.said)}" if row.problem is None else f"row {place}")
        groups.setdefault(key, []).append(row)
    found = []
    for group in groups.values():
        first = group[0]
        if len(group) == 1:
            found.append(first)
        elif any(row.problem for row in group):
            found += group
        elif other := _contradicting(group):
            cells = listed([row.where for row in group])
            problem = ObservationError("sheet_rows_contradict", rows=cells, field=other)
            found += [replace(row, problem=problem) for row in group]
        else:
            fields = {name: value for row in group for name, value in row.fields.items()}
            planned = tuple(dict.fromkeys(each for row in group for each in row.planned))
            people = tuple(dict.fromkeys(each for row in group for each in row.people))
            found.append(replace(first, fields=fields, planned=planned, people=people))
    return found


def _contradicting(group: Sequence[DefinitionRow]) -> str:
    """A field of which rows about one KPI say different things, or nothing."""
    said: dict[str, object] = {}
    for row in group:
        for name, value in row.fields.items():
            if said.setdefault(name, value) != value:
                return name
    return ""


def _settled(row: DefinitionRow, reading: _Reading) -> DefinitionRow:
    """A row with its baseline, target and milestones told apart; the last of several targets is the target."""
    if row.problem is not None:
        return row
    if row.new and reading.given.get("new") is None:
        return replace(row, problem=ObservationError("definition_new_open", text=row.said))
    if row.new and "goal" not in row.fields:
        return replace(row, problem=ObservationError("kpi_goal_missing"))
    if twice := _twice(row.planned):
        return replace(row, problem=twice)
    fields = dict(row.fields)
    milestones: dict[str, float] = {}
    planned = {name: [each for each in row.planned if each.field == name] for name in ("baseline", "target")}
    dated = {each.period: each for each in planned["target"] if each.period}
    targets = sorted(dated.values(), key=lambda each: parse(str(each.period)).position)
    if len(targets) > 1:
        way = targets[:-1] if reading.given.get("last_target") == "target" else targets
        milestones |= {str(each.period): each.value for each in way if each.value is not None}
        gone = {each.period for each in way}
        planned["target"] = [each for each in planned["target"] if each.period not in gone]
    milestones |= {
        str(each.period): each.value
        for each in row.planned
        if each.field == "milestone" and each.period and each.value is not None
    }
    for name, found in planned.items():
        for part, values in (
            ("", {each.value for each in found} - {None}),
            ("_period", {each.period for each in found} - {None}),
        ):
            if len(values) > 1:
                cells = listed([each.at for each in found])
                return replace(
                    row, problem=ObservationError("sheet_rows_contradict", rows=cells, field=f"{name}{part}")
                )
            if values:
                fields[f"{name}{part}"] = values.pop()
    return replace(row, fields=fields, milestones=milestones)


def _twice(planned: Sequence[Planned]) -> ObservationError | None:
    """Refused where one period has two values of a kind."""
    said: dict[tuple[str, str], Planned] = {}
    for each in planned:
        if each.period and each.value is not None:
            first = said.setdefault((each.field, each.period), each)
            if first.value != each.value:
                return ObservationError(
                    "sheet_rows_contradict", rows=f"{first.at}, {each.at}", field=each.field
                )
    return None


def _understood(book: Book, layouts: Sequence[DefinitionLayout], reading: _Reading) -> dict[str, object]:
    """How the file was read, in plain values."""
    told = book.understood
    told["sheets"] = [
        {
            "sheet": layout.table.sheet,
            "header_row": layout.row,
            "columns": {layout.headings.get(column, ""): name for name, column in layout.columns.items()}
            | {
                layout.headings[column]: f"{each.field} {each.period}"
                for column, each in layout.dated.items()
            },
        }
        for layout in layouts
    ]
    return told | {
        name: answer
        for name, answer in reading.given.items()
        if answer is not None and not name.startswith("column:")
    }
