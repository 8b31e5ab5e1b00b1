"""Where the table of KPI definitions stands in a sheet, and what each of its columns is; guessed, shown, open to correction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from cmi_core.kpi import definition_words as words
from cmi_core.kpi.definition_words import Dated
from cmi_core.tables.headings import bare, heading_texts, samples
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question
from cmi_core.tables.table import Table
from cmi_core.tables.worksheet import column_letters
from cmi_core.text.numbers import is_gap
from cmi_core.text.spelling import same

SEARCHED = 40  # rows of a sheet in which the headings must begin
LOOKED_AT = 200  # rows below by which a column is told
NONE = "-"  # the answer that a column is not used
MOSTLY = 0.5
NAMING = ("kpi", "name_th", "name_en")
DATED = ("baseline", "target", "milestone")
Told = Callable[[object], bool]


@dataclass(frozen=True)
class Known:
    """What cells may name: a KPI on record, an organisation, somebody with an account."""

    kpi: Told
    organisation: Told
    person: Told


@dataclass(frozen=True)
class DefinitionLayout:
    """
    A sheet's table: `first` and `row` are its first and last heading rows, `columns` which column is which field.

    `dated` are columns whose heading tells the period of what they hold; `left_out` says why each other one is not used.
    """

    table: Table
    first: int
    row: int
    headings: Mapping[int, str]
    columns: Mapping[str, int]
    dated: Mapping[int, Dated]
    questions: tuple[Question, ...]
    left_out: tuple[LeftOut, ...]

    @cached_property
    def used(self) -> frozenset[int]:
        """The columns that mean something to us."""
        return frozenset({*self.columns.values(), *self.dated})

    @property
    def data(self) -> list[int]:
        """The numbers of the rows below the headings."""
        return [row for row in self.table.rows if row > self.row]


@dataclass(frozen=True)
class _Guess:
    """What a column most likely is, what else it may be (likeliest first), and whether that is asked."""

    field: str | None
    offered: tuple[str, ...]
    asked: bool = False
    period: str = ""


def find(table: Table, known: Known, answers: Answers, *, mark: str = "") -> DefinitionLayout | None:
    """The table of definitions in a sheet, None where there is none; `mark` is added to the ids of its questions."""
    found = _headings(table, known)
    if found is None:
        return None
    first, row, headings = found
    guesses = _guesses(table, row, headings, known)
    columns: dict[str, int] = {}
    dated: dict[int, Dated] = {}
    questions, left = [], []
    for column, guess in guesses.items():
        question = _question(table, row, column, headings.get(column, ""), guess, mark)
        questions.append(question)
        field = question.settled(answers)
        if field in (None, NONE):
            if field == NONE:
                left.append(_unused(table, column, headings.get(column, "")))
        elif guess.period and field in DATED:
            dated[column] = Dated(field, guess.period)
        elif field in columns:
            left.append(
                LeftOut(
                    "column",
                    column_letters(column),
                    "read_definitions.left_column_twice",
                    {"heading": headings.get(column, "") or "–", "first": column_letters(columns[field])},
                )
            )
        else:
            columns[field] = column
    return DefinitionLayout(table, first, row, headings, columns, dated, tuple(questions), tuple(left))


def _headings(table: Table, known: Known) -> tuple[int, int, dict[int, str]] | None:
    """The headings that name most of what we know (first and last row, and their texts), else those above the first KPI."""
    best, most = None, 1
    for row in list(table.rows)[:SEARCHED]:
        if any(known.kpi(cell) for cell in table.rows[row].values()):
            break
        lines = 2 if _goes_on(table, row + 1, known) else 1
        texts = heading_texts(table, row, lines=lines)
        named = [text for text in texts.values() if _names(text) or words.names_period(same(text))]
        score = len(set(map(bare, named)))
        means = [text for text in named if words.field_of(text) not in ("kpi", "year")]
        if score > most and means and _names_kpis(table, row + lines - 1, texts, known):
            best, most = (row, row + lines - 1, texts), score
    return best or _above_the_first(table, known)


def _above_the_first(table: Table, known: Known) -> tuple[int, int, dict[int, str]] | None:
    """Headings of unknown words: the row above the first one that names a KPI and holds something beside."""
    rows = list(table.rows)
    at = next(
        (place for place, row in enumerate(rows) if any(map(known.kpi, table.rows[row].values()))), None
    )
    if at is None or len(table.rows[rows[at]]) < 2:
        return None
    above = rows[at - 1] if at else 0
    if at == 0 or len(table.rows[above]) < 2:
        return rows[at], rows[at] - 1, {}
    return above, above, heading_texts(table, above)


def _goes_on(table: Table, row: int, known: Known) -> bool:
    """Whether a row goes on with the headings above it: years or words of headings, and nothing else."""
    cells = table.rows.get(row, {})
    texts = heading_texts(table, row).values() if cells else ()
    return bool(cells) and all(
        not known.kpi(cell) and (_names(text) or words.names_period(same(text)))
        for cell, text in zip(cells.values(), texts, strict=True)
    )


def _names(text: str) -> bool:
    return bool(words.field_of(text) or words.dated(text) or bare(text) in words.KNOWN_EITHER)


def _names_kpis(table: Table, row: int, headings: Mapping[int, str], known: Known) -> bool:
    """Whether some column says which KPI a row is about: by its heading, or by what stands below."""
    if any(words.field_of(text) in NAMING for text in headings.values()):
        return True
    return any(_share(table, row, column, known.kpi) >= MOSTLY for column in _filled(table, row, headings))


def _filled(table: Table, row: int, headings: Mapping[int, str]) -> list[int]:
    below = {column for at, cells in table.rows.items() if at > row for column in cells}
    return sorted(below | {column for column, text in headings.items() if text})


def _share(table: Table, row: int, column: int, told: Told) -> float:
    """How many of the first filled cells below a heading say something."""
    below = [cells[column] for at, cells in table.rows.items() if at > row and column in cells][:LOOKED_AT]
    cells = [cell for cell in below if not is_gap(cell)]
    return sum(map(told, cells)) / len(cells) if cells else 0.0


# ------------------------------------------------------------------------------------------------ columns


def _guesses(table: Table, row: int, headings: Mapping[int, str], known: Known) -> dict[int, _Guess]:
    """What each column most likely is; of two that name KPIs the one with codes is the code."""
    filled = _filled(table, row, headings)
    guesses = {
        column: _guess(headings.get(column, ""), lambda told, at=column: _share(table, row, at, told), known)
        for column in filled
    }
    # What Excel hides is taken only where the reader says so.
    guesses |= {
        column: _Guess(NONE, (guess.field or "", *guess.offered), asked=True, period=guess.period)
        for column, guess in guesses.items()
        if column in table.hidden_columns and guess.field != NONE
    }
    naming = [column for column, guess in guesses.items() if guess.field == "kpi"]
    if len(naming) > 1:
        shares = {column: _share(table, row, column, _code_like) for column in naming}
        code = max(naming, key=lambda column: shares[column])
        for column in naming:
            if column != code:
                guesses[column] = _Guess("name_th", ())
    if not any(guess.field in NAMING for guess in guesses.values()):
        shares = {column: _share(table, row, column, known.kpi) for column in filled}
        best = max(filled, key=lambda column: shares[column])
        guesses[best] = _Guess("kpi", ("kpi",), asked=True)
    return guesses


def _guess(heading: str, share: Callable[[Told], float], known: Known) -> _Guess:
    if found := words.dated(heading):
        return _Guess(found.field, DATED, period=found.period)
    if field := words.field_of(heading):
        return _Guess(field, (field,))
    plain = same(heading)
    if words.names_period(plain):
        return _Guess(None, ("target", "milestone", "baseline"), asked=True, period=plain)
    either = words.KNOWN_EITHER.get(bare(heading))
    if either is None:
        return _Guess(NONE, ())
    organisation, somebody = share(known.organisation), share(known.person)
    owners = ("owner", "data_owner") if organisation >= MOSTLY else ("data_owner", "owner")
    if somebody >= MOSTLY:
        return _Guess("coordinator", ("coordinator", *owners))
    if either == "person" and organisation < MOSTLY:
        return _Guess(None, ("coordinator", *owners), asked=True)
    return _Guess(owners[0], (*owners, "coordinator"), asked=True)


def _code_like(cell: object) -> bool:
    return isinstance(cell, str) and cell.isascii() and " " not in cell.strip()


def _question(table: Table, row: int, column: int, heading: str, guess: _Guess, mark: str) -> Question:
    every = DATED if guess.period else words.FIELDS
    order = list(dict.fromkeys([*filter(None, guess.offered), *every, NONE]))
    if guess.field in order:
        order = [guess.field, *(each for each in order if each != guess.field)]
    candidates = tuple(
        Candidate(
            field, say="read_definitions.no_field" if field == NONE else f"read_definitions.field_{field}"
        )
        for field in order
    )
    details = {
        "column": column_letters(column),
        "heading": " ".join(heading.split()) or "–",
        "sample": "; ".join(samples(table.rows, column, row)) or "–",
    }
    return Question(
        f"column:{column_letters(column)}{mark}",
        "read_definitions.ask_column",
        candidates,
        default=guess.field,
        asked=guess.asked,
        details=details,
    )


def _unused(table: Table, column: int, heading: str) -> LeftOut:
    """Why a column is not used; what was measured has a door of its own."""
    measured = words.MEASURED.search(same(heading))
    hidden = column in table.hidden_columns
    reason = "left_measured" if measured else "left_column_hidden" if hidden else "left_column"
    return LeftOut(
        "column", column_letters(column), f"read_definitions.{reason}", {"heading": heading or "–"}
    )
