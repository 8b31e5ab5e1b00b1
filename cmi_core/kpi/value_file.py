"""
A file of KPI values, understood: which sheet, which column, what each cell means; what is open is asked, and nothing is
left out without its reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cmi_core.errors import FileRefused, ObservationError
from cmi_core.kpi import value_layout, value_questions, value_words
from cmi_core.kpi.kpi_names import KpiNames, SheetKpi
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.kpi.value_cells import Gathered, Raw, ValueRow, gather, years_told
from cmi_core.kpi.value_layout import Layout
from cmi_core.kpi.value_meaning import Meaning
from cmi_core.tables import parts
from cmi_core.tables.headings import bare
from cmi_core.tables.parts import listed
from cmi_core.tables.questions import Answers, LeftOut, Question
from cmi_core.tables.sheets import Book, Table
from cmi_core.text.numbers import is_gap
from cmi_core.text.spelling import same

Progress = Callable[[float], object] | None


@dataclass(frozen=True)
class ValueFile:
    """What a file says: its values in the file's order, what it leaves open, what is left out, and how it was read."""

    rows: tuple[ValueRow, ...]
    questions: tuple[Question, ...]
    left_out: tuple[LeftOut, ...]
    understood: Mapping[str, object]
    unmarked: str
    empty: int
    learnt: Mapping[str, str]


@dataclass
class _Reading:
    """A file while it is read."""

    answers: Answers
    remembered: Mapping[str, str]
    questions: list[Question] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)

    def ask(self, question: Question) -> str | None:
        self.questions.append(question)
        return question.settled(self.answers)


def read(
    book: Book,
    kpis: Mapping[str, SheetKpi],
    *,
    labels: Mapping[str, str],
    answers: Answers,
    today: date,
    remembered: Mapping[str, str] | None = None,
    name: str = "",
    progress: Progress = None,
) -> ValueFile:
    """
    The values of a file. `kpis` are those the reader may record, by code; `labels` are words for quality marks → mark.

    `remembered` are answers to files before, by `heading:<field>` and `quality:<word>`; `name` is the file's, for a year
    that stands in it. Raises FileRefused `values_no_table` where no sheet holds values, and `answer_unknown`.
    """
    told = progress or (lambda _: None)
    reading = _Reading(answers, remembered or {}, list(book.questions))
    names = KpiNames(kpis)
    layouts = _layouts(book, names, reading)
    several = len(layouts) > 1
    gathered = [
        _gathered(each, number, names, reading, several=several) for number, each in enumerate(layouts)
    ]
    raws = [raw for each in gathered for raw in each.raws]
    years = [
        _years(layout, each, reading, name, today, several=several)
        for layout, each in zip(layouts, gathered, strict=True)
    ]
    reading.left += [*(item for each in gathered for item in each.left_out), *_breakdowns(raws)]
    raws, only = _whose([raw for raw in raws if not raw.broken_down], layouts, names, reading)
    told(0.3)
    codes = [names.of(raw, only) for raw in raws]
    marks = {same(word): mark for word, mark in labels.items()}
    given = _asked(raws, codes, names, marks, reading, book=book, layouts=layouts, today=today)
    settled = value_questions.settled(reading.questions, answers)
    meaning = Meaning(names, layouts, years, settled, marks | _words(given))
    kept = _once(_rows(raws, codes, meaning, told), reading)
    told(1.0)
    return ValueFile(
        tuple(kept), tuple(reading.questions), tuple(reading.left), _understood(book, layouts, given),
        str(given.get("unmarked") or QUALITIES[0]), sum(each.empty for each in gathered),
        _learnt(layouts, reading, given),
    )  # fmt: skip


def _rows(
    raws: Sequence[Raw], codes: Sequence[str | None], meaning: Meaning, told: Callable[[float], object]
) -> list[ValueRow]:
    rows = []
    for place, (raw, code) in enumerate(zip(raws, codes, strict=True)):
        rows.append(meaning.row(raw, code))
        if place % 2_000 == 0:
            told(0.3 + 0.6 * place / len(raws))
    return rows


def _asked(
    raws: Sequence[Raw],
    codes: Sequence[str | None],
    names: KpiNames,
    marks: Mapping[str, str],
    reading: _Reading,
    *,
    book: Book,
    layouts: Sequence[Layout],
    today: date,
) -> dict[str, str | None]:
    """What the cells leave open, asked, with the answer to each."""
    questions = value_questions.about_cells(
        raws,
        codes,
        names,
        marks=marks,
        remembered=reading.remembered,
        has_quality=any("quality" in layout.columns for layout in layouts),
        separator=book.tables[0].separator,
        today=today,
    )
    return {question.id: reading.ask(question) for question in questions}


# ------------------------------------------------------------------------------------------------ sheets


def _layouts(book: Book, names: KpiNames, reading: _Reading) -> list[Layout]:
    """The tables of values in the sheets that are taken; each sheet that is not is left out by name."""
    found = [(table, value_layout.find(table, names.known, {}, {}, mark="")) for table in book.tables]
    holding = [table for table, layout in found if layout is not None]
    if not holding:
        raise FileRefused(
            "values_no_table", sheets=", ".join(table.sheet for table in book.tables if table.sheet) or "CSV"
        )
    taken, left = parts.sheets_taken(book.tables, holding, book.empty, reading.ask)
    reading.left += left
    if not taken:
        raise FileRefused("values_no_table", sheets=", ".join(table.sheet for table in book.tables))
    mark = {table.sheet: f"@{table.sheet}" if len(taken) > 1 else "" for table in taken}
    layouts = []
    for table in taken:
        layout = value_layout.find(
            table, names.known, reading.answers, reading.remembered, mark=mark[table.sheet]
        )
        if layout is not None:
            layouts.append(layout)
            reading.questions += layout.questions
            reading.left += [_in_sheet(item, table, several=len(taken) > 1) for item in layout.unused()]
    return layouts


def _in_sheet(item: LeftOut, table: Table, *, several: bool) -> LeftOut:
    return replace(item, where=f"{table.sheet}!{item.where}") if several else item


def _gathered(layout: Layout, number: int, names: KpiNames, reading: _Reading, *, several: bool) -> Gathered:
    """The cells of a sheet, once it is settled whether its hidden rows count."""
    sheet = f"{layout.table.sheet}!" if several else ""
    mark = f"@{layout.table.sheet}" if several else ""
    with_hidden = parts.hidden_rows_taken(layout.table, layout.data, mark, reading.ask)
    reading.left += parts.damaged(layout.table, sheet)
    return gather(layout, number, names.known, with_hidden=with_hidden, sheet=sheet)


# ------------------------------------------------------------------------------------------------ the whole file


def _years(
    layout: Layout, gathered: Gathered, reading: _Reading, name: str, today: date, *, several: bool
) -> tuple[str, bool]:
    """The year of months and quarters that name none, and whether it is a fiscal one."""
    silent = any(
        is_gap(raw.year)
        and isinstance(raw.period, str)
        and not value_words.whole_period(raw.period)
        and value_words.period_of(raw.period)
        for raw in gathered.raws[:500]
    )
    if not silent:
        return "", False
    years, fiscal = years_told(layout, name)
    mark = f"@{layout.table.sheet}" if several else ""
    return reading.ask(value_questions.year_question(years, today, mark=mark)) or "", fiscal


def _whose(
    raws: list[Raw], layouts: Sequence[Layout], names: KpiNames, reading: _Reading
) -> tuple[list[Raw], str]:
    """The rows with the KPI of each: the column's, the one above where the reader agrees, or one for the whole file."""
    if not any(layout.kpis or {"kpi", "name"} & set(layout.columns) for layout in layouts):
        return raws, reading.ask(value_questions.kpi_question(names.offered())) or ""
    empty = [raw for raw in raws if is_gap(raw.kpi) and is_gap(raw.name)]
    if not empty or is_gap(raws[0].kpi):
        return raws, ""
    question = value_questions.fill_question([raw.at.get("kpi", raw.at["value"]) for raw in empty])
    if reading.ask(question) != "fill":
        return raws, ""
    filled: list[Raw] = []
    for raw in raws:
        alone = is_gap(raw.kpi) and is_gap(raw.name)
        filled.append(replace(raw, kpi=filled[-1].kpi, name=filled[-1].name) if alone and filled else raw)
    return filled, ""


def _learnt(layouts: Sequence[Layout], reading: _Reading, given: Mapping[str, str | None]) -> dict[str, str]:
    """What the answers tell about the next file: a word's mark, and the heading of a column that was asked for."""
    learnt = {name: mark for name, mark in given.items() if name.startswith("quality:") and mark}
    if len(layouts) == 1:
        asked = {question.id for question in reading.questions if question.asked} | set(reading.answers)
        for field_name, column in layouts[0].columns.items():
            heading = bare(layouts[0].headings.get(column, ""))
            if f"column:{field_name}" in asked and heading:
                learnt[f"heading:{field_name}"] = heading
    return {
        question: answer for question, answer in learnt.items() if reading.remembered.get(question) != answer
    }


def _words(given: Mapping[str, str | None]) -> dict[str, str]:
    """The reader's answers about words for quality."""
    return {
        name.partition(":")[2]: mark for name, mark in given.items() if name.startswith("quality:") and mark
    }


def _breakdowns(raws: Sequence[Raw]) -> list[LeftOut]:
    return [
        LeftOut("row", raw.where, "read_values.left_breakdown", {"text": raw.broken_down})
        for raw in raws
        if raw.broken_down
    ]


def _once(rows: Sequence[ValueRow], reading: _Reading) -> list[ValueRow]:
    """Each value once: the same again is left out, and what contradicts itself is refused on both sides."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        if row.problem is None:
            groups.setdefault((row.kpi, row.period), []).append(place)
    kept: list[ValueRow | None] = list(rows)
    for places in (each for each in groups.values() if len(each) > 1):
        first = rows[places[0]]
        alike = {(rows[place].value, rows[place].quality, rows[place].note) for place in places}
        for place in places:
            row = rows[place]
            if len(alike) > 1:
                others = [rows[other] for other in places if other != place]
                kept[place] = replace(row, problem=_contradicting(row, others))
            elif place != places[0]:
                kept[place] = None
                told = {"first": first.cells["value"]}
                reading.left.append(LeftOut("row", row.where, "read_values.left_same_again", told))
    return [row for row in kept if row is not None]


def _contradicting(row: ValueRow, others: Sequence[ValueRow]) -> ObservationError:
    told = listed([f"{each.cells['value']} ({each.value:.10g})" for each in others])
    text = f"{row.value:.10g}"
    return ObservationError(
        "sheet_values_contradict", cell=row.cells["value"], text=text, period=row.period, others=told
    )


def _understood(book: Book, layouts: Sequence[Layout], given: Mapping[str, str | None]) -> dict[str, object]:
    """How the file was read, in plain values."""
    told = book.understood
    told["sheets"] = [
        {
            "sheet": layout.table.sheet,
            "header_row": layout.row,
            "columns": {layout.headings.get(column, ""): name for name, column in layout.columns.items()},
            "across": [*layout.across.values(), *layout.kpis.values()],
        }
        for layout in layouts
    ]
    return told | {name: answer for name, answer in given.items() if answer is not None}


__all__ = ["SheetKpi", "ValueFile", "ValueRow", "read"]
