"""Where the table of KPI values stands in a sheet, and which of its columns is what; guessed, shown, open to correction."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from cmi_core.calendar.written import day_written
from cmi_core.kpi import value_words
from cmi_core.tables.headings import bare, heading_texts, samples
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question
from cmi_core.tables.sheets import Table
from cmi_core.tables.worksheet import Formula, column_letters, column_number
from cmi_core.text.numbers import is_gap

Known = Callable[[object], bool]
SEARCHED = 40  # rows of a sheet in which the headings must begin
LOOKED_AT = 200  # rows below by which a column is told
NONE = "-"  # the answer that no column is this
MOSTLY = 0.5
ASKED_FOR = ("kpi", "period", "value", "quality", "note")


@dataclass(frozen=True)
class Layout:
    """
    A sheet's table: `row` is its last heading row, `columns` which column is which field.

    `across` are columns that each hold the values of one period, with the period as their heading says it; `kpis` those of
    one KPI each, with its name. A table has one of them or a column of values.
    """

    table: Table
    first: int
    row: int
    headings: Mapping[int, str]
    columns: Mapping[str, int]
    across: Mapping[int, str]
    questions: tuple[Question, ...]
    kpis: Mapping[int, str] = dataclasses.field(default_factory=dict)

    @cached_property
    def used(self) -> frozenset[int]:
        """The columns that mean something to us."""
        return frozenset({*self.columns.values(), *self.across, *self.kpis})

    @property
    def valued(self) -> bool:
        """Whether it is known where the values stand."""
        return "value" in self.columns or bool(self.across or self.kpis)

    @property
    def data(self) -> list[int]:
        """The numbers of the rows below the headings."""
        return [row for row in self.table.rows if row > self.row]

    def unused(self) -> list[LeftOut]:
        """The columns that are not taken; none is said to be while it is asked which one holds the values."""
        if not self.valued:
            return []
        return [
            LeftOut(
                "column",
                column_letters(column),
                "read_values.left_column_hidden"
                if column in self.table.hidden_columns
                else "read_values.left_column",
                {"heading": self.headings.get(column, "") or "–"},
            )
            for column in sorted(self._filled() - self.used)
        ]

    def _filled(self) -> set[int]:
        below = {column for row in self.data for column in self.table.rows[row]}
        return below | {column for column, said in self.headings.items() if said}


def find(
    table: Table, known: Known, answers: Answers, remembered: Mapping[str, str], *, mark: str = ""
) -> Layout | None:
    """
    The table of values in a sheet, None where there is none. `known` tells whether a cell names a KPI.

    `remembered` are headings of files before, by `heading:<field>`. `mark` is added to the ids of the questions where several sheets are read.
    """
    found = _by_names(table, known)
    if found is None and (layout := _with_kpis_across(table, known, answers, mark)):
        return layout
    found = found or _by_content(table, known)
    if found is None:
        return None
    first, row, headings, fields = found
    about = _Columns(table, row, headings, known)
    across = {column: said for column, text in headings.items() if (said := value_words.period_of(text))}
    plain = [column for column, field in fields.items() if field == "value"]
    if plain and {"period", "year"} & set(fields.values()) and len(across) < 2:
        across = {}
    across = {column: said for column, said in across.items() if column not in table.hidden_columns}
    columns, questions = _chosen(about, _with_memory(about, fields, remembered), across, answers, mark)
    if (
        not across
        and "value" not in columns
        and not any(each.id == f"column:value{mark}" for each in questions)
    ):
        return None
    taken = set(columns.values())
    across = {column: said for column, said in across.items() if column not in taken}
    return Layout(table, first, row, headings, columns, across, questions)


@dataclass(frozen=True)
class _Columns:
    """What the cells below the headings tell about each column."""

    table: Table
    row: int
    headings: Mapping[int, str]
    known: Known

    @cached_property
    def below(self) -> list[Mapping[int, object]]:
        """The first rows under the headings."""
        return list(islice((cells for row, cells in self.table.rows.items() if row > self.row), LOOKED_AT))

    def cells(self, column: int) -> list[object]:
        return [cells[column] for cells in self.below if column in cells]

    def share(self, column: int, says: Callable[[object], bool]) -> float:
        cells = [cell for cell in self.cells(column) if not is_gap(cell)]
        return sum(map(says, cells)) / len(cells) if cells else 0.0

    @cached_property
    def all(self) -> list[int]:
        """Every column that holds anything, or has a heading."""
        below = {column for row in self.table.rows if row > self.row for column in self.table.rows[row]}
        return sorted(below | set(self.headings))

    def counting(self, column: int) -> bool:
        """Whether a column only counts its rows: 1, 2, 3 …"""
        numbers = [value_words.number_in(cell) for cell in self.cells(column)]
        return len(numbers) > 1 and numbers == [float(each) for each in range(1, len(numbers) + 1)]

    def perhaps_value(self, column: int) -> bool:
        """Whether a column's heading may be that of the values."""
        heading = self.headings[column]
        return value_words.field_of(heading) == "value" or value_words.perhaps_value(heading)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every column, to choose from."""
        return tuple(
            Candidate(
                column_letters(column),
                told=f"{column_letters(column)}: {self.headings.get(column, '') or '–'}",
                sample=samples(self.table.rows, column, self.row),
            )
            for column in self.all
        )


# ------------------------------------------------------------------------------------------------ headings


def _with_kpis_across(table: Table, known: Known, answers: Answers, mark: str) -> Layout | None:
    """A table whose headings are KPIs, with the periods down its side."""
    for row in list(table.rows)[:SEARCHED]:
        texts = heading_texts(table, row)
        kpis = {column: text for column, text in texts.items() if known(table.rows[row].get(column))}
        fields = {column: name for column, text in texts.items() if (name := value_words.field_of(text))}
        timed = {name: column for column, name in fields.items() if name in ("period", "year", "month")}
        if not kpis or not timed or {"kpi", "name", "value"} & set(fields.values()):
            continue
        about = _Columns(table, row, texts, known)
        columns = timed | {name: column for column, name in fields.items() if name == "note"}
        questions: tuple[Question, ...] = ()
        if "period" in timed or len(timed) == 1:
            period = _question(about, "period", next(iter(timed.values())), asked=False, mark=mark)
            questions = (period,)
            columns = {name: at for name, at in columns.items() if name not in timed}
            columns["period"] = column_number(str(period.settled(answers)))
        return Layout(table, row, row, texts, columns, {}, questions, kpis)
    return None


def _by_names(table: Table, known: Known) -> tuple[int, int, dict[int, str], dict[int, str]] | None:
    """The headings that name most of our fields: first and last row, their texts, and the field of each column."""
    best: tuple[int, int, dict[int, str], dict[int, str]] | None = None
    most = 0
    for row in list(table.rows)[:SEARCHED]:
        if any(known(cell) for cell in table.rows[row].values()):
            continue
        lines = 2 if _second_line(table, row + 1, known) else 1
        texts = heading_texts(table, row, lines=lines)
        below = heading_texts(table, row + lines - 1)
        fields = {
            column: field
            for column, text in texts.items()
            if (field := value_words.field_of(text) or value_words.field_of(below.get(column, "")))
        }
        across = [
            column for column, text in texts.items() if column not in fields and value_words.period_of(text)
        ]
        perhaps = [column for column, text in texts.items() if value_words.perhaps_value(text)]
        named = set(fields.values())
        valued = "value" in named or across or perhaps
        if (
            valued
            and named - {"value", "note", "quality"}
            and (score := len(named) + 2 * bool(valued)) > most
        ):
            most, best = score, (row, row + lines - 1, texts, fields)
    return best


def _second_line(table: Table, row: int, known: Known) -> bool:
    """Whether a row goes on with the headings above it: words of headings and nothing else."""
    cells = table.rows.get(row, {})
    return bool(cells) and all(
        not known(cell) and not is_gap(cell) and value_words.number_in(cell) is None and _heading(str(cell))
        for cell in cells.values()
    )


def _heading(text: str) -> bool:
    return bool(
        value_words.field_of(text)
        or value_words.perhaps_value(text)
        or value_words.NO_VALUE.search(text)
        or (value_words.period_of(text) and not value_words.whole_period(text))
    )


def _by_content(table: Table, known: Known) -> tuple[int, int, dict[int, str], dict[int, str]] | None:
    """Headings of unknown words: the row above the first one that names a KPI."""
    rows = list(table.rows)
    at = next((place for place, row in enumerate(rows) if any(map(known, table.rows[row].values()))), None)
    if at is None or len(table.rows[rows[at]]) < 2:
        return None
    above = rows[at - 1] if at else 0
    if at == 0 or len(table.rows[above]) < 2:
        return rows[at], rows[at] - 1, {}, {}
    texts = heading_texts(table, above)
    fields = {column: field for column, text in texts.items() if (field := value_words.field_of(text))}
    return above, above, texts, fields


def _with_memory(about: _Columns, fields: Mapping[int, str], remembered: Mapping[str, str]) -> dict[int, str]:
    """The field of each column, a heading that was chosen for a field before preferred to what words tell."""
    chosen = {
        heading: name.partition(":")[2] for name, heading in remembered.items() if name.startswith("heading:")
    }
    by_memory = {
        column: chosen[key] for column, text in about.headings.items() if (key := bare(text)) in chosen
    }
    settled = set(by_memory.values())
    return {column: field for column, field in fields.items() if field not in settled} | by_memory


# ------------------------------------------------------------------------------------------------ columns


def _chosen(
    about: _Columns, fields: Mapping[int, str], across: Mapping[int, str], answers: Answers, mark: str
) -> tuple[dict[str, int], tuple[Question, ...]]:
    """The column of each field, after the reader's answers, and the questions by which they are corrected."""
    named: dict[str, list[int]] = {}
    for column, field in fields.items():
        if column not in across:
            named.setdefault(field, []).append(column)
    if len(named.get("kpi", [])) > 1:
        named.setdefault("name", []).extend(named["kpi"][1:])
    columns = {field: found[0] for field, found in named.items() if field in ("name", "year", "month")}
    guessed = {
        "kpi": _kpi(about, named),
        "period": _period(about, named, across),
        "value": (None, False) if across else _value(about, named, columns),
        "quality": (next(iter(named.get("quality", [])), None), False),
        "note": (next(iter(named.get("note", [])), None), False),
    }
    questions = []
    for field in ASKED_FOR:
        if field == "value" and across:
            continue
        column, asked = guessed[field]
        question = _question(about, field, column, asked=asked, mark=mark)
        questions.append(question)
        settled = question.settled(answers)
        if settled is not None and settled != NONE:
            columns[field] = column_number(settled)
    if columns.get("period") in (columns.get("year"), columns.get("month")):
        both = "year" in columns and "month" in columns
        columns = {name: at for name, at in columns.items() if name != "period"} if both else columns
    taken = {columns.get(field) for field in ASKED_FOR}
    kept = {name: at for name, at in columns.items() if name in ASKED_FOR or at not in taken}
    return kept, tuple(questions)


def _question(about: _Columns, field: str, column: int | None, *, asked: bool, mark: str) -> Question:
    none = Candidate(NONE, say="read_values.no_column")
    default = column_letters(column) if column else None if asked else NONE
    candidates = about.candidates if field == "value" else (*about.candidates, none)
    named = {column_letters(at) for at in about.headings if field == "value" and about.perhaps_value(at)}
    candidates = tuple(
        sorted(candidates, key=lambda each: (each.answer != default, each.answer not in named))
    )
    return Question(
        f"column:{field}{mark}",
        f"read_values.ask_column_{field}",
        candidates,
        default=default if default != NONE or field != "value" else None,
        asked=asked,
        details={"sheet": about.table.sheet or "CSV"},
    )


def _kpi(about: _Columns, named: Mapping[str, list[int]]) -> tuple[int | None, bool]:
    if found := named.get("kpi"):
        return found[0], False
    if (found := named.get("name")) and about.share(found[0], about.known) >= MOSTLY:
        return found[0], False
    shares = {column: about.share(column, about.known) for column in about.all}
    best = max(shares, key=lambda column: shares[column], default=None)
    return (best, True) if best is not None and shares[best] >= MOSTLY else (None, False)


def _period(
    about: _Columns, named: Mapping[str, list[int]], across: Mapping[int, str]
) -> tuple[int | None, bool]:
    if across:
        return None, False
    for field in ("period", "year", "month"):
        if found := named.get(field):
            return found[0], False
    taken = {column for found in named.values() for column in found}
    shares = {column: about.share(column, _like_period) for column in about.all if column not in taken}
    best = max(shares, key=lambda column: shares[column], default=None)
    return (best, True) if best is not None and shares[best] >= MOSTLY else (None, True)


def _value(
    about: _Columns, named: Mapping[str, list[int]], columns: Mapping[str, int]
) -> tuple[int | None, bool]:
    """The column of values, and whether it has to be asked for; hidden ones come last."""
    taken = {column for field, found in named.items() if field != "value" for column in found} | set(
        columns.values()
    )
    hidden = about.table.hidden_columns
    plain = named.get("value", [])
    perhaps = [
        column
        for column, text in about.headings.items()
        if column not in taken and column not in plain and value_words.perhaps_value(text)
    ]
    seen = [column for column in plain if column not in hidden]
    if len(seen) == 1:
        return seen[0], len(plain) > 1
    if len(seen) > 1:
        return None, True
    shown = [column for column in perhaps if column not in hidden]
    if plain or len(shown) == 1:
        return (shown or plain)[0], True
    known_not = {column for column, text in about.headings.items() if value_words.NO_VALUE.search(text)}
    numbers = [
        column
        for column in about.all
        if column not in taken | known_not | hidden
        and about.share(column, lambda cell: value_words.number_in(cell) is not None) >= MOSTLY
        and not about.share(column, about.known)
        and not about.counting(column)
        and about.share(column, _like_period) < MOSTLY
    ]
    offered = [column for column in shown if column in numbers] or numbers
    return (offered[0], True) if len(offered) == 1 else (None, True)


def _like_period(cell: object) -> bool:
    if isinstance(cell, Formula) or is_gap(cell):
        return False
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if isinstance(cell, int | float) and len(text) != 4:
        return False
    return value_words.whole_period(text) or day_written(text) is not None or hasattr(cell, "year")
