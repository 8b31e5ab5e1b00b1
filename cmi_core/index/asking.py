"""What an uploaded table about an index leaves open and leaves out, gathered while it is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cmi_core.errors import FileRefused
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question
from cmi_core.tables.sheets import Book, Table
from cmi_core.tables.worksheet import column_letters

LEAVE, TAKE = "leave", "take"


@dataclass
class Asking:
    """Questions as they turn up, settled by the answers given, and what is left out."""

    answers: Answers = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def ask(
        self,
        key: str,
        why: str,
        candidates: Iterable[Candidate],
        /,
        *,
        default: str | None = None,
        asked: bool = True,
        **details: object,
    ) -> str | None:
        """Put a question; the answer that counts, None while it is open."""
        question = Question(key, why, tuple(candidates), default, asked, details)
        self.questions.append(question)
        return question.settled(self.answers)

    def leave(self, kind: str, where: str, reason: str, /, **details: object) -> None:
        """Note a part of the file that is not taken."""
        self.left_out.append(LeftOut(kind, where, reason, details))


def spans(rows: Iterable[int]) -> str:
    """
    Row numbers as a reader writes them.

    >>> spans([7, 3, 4, 5])
    '3–5, 7'
    """
    parts: list[list[int]] = []
    for row in sorted(set(rows)):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in parts)


def choose_sheet(book: Book, known: Callable[[Table], int], asking: Asking) -> Table:
    """
    The sheet that is read: the only one whose headings are known, or the one somebody chose.

    `known` counts the headings of a sheet that are understood. Every other sheet is left out by name. A file none of
    whose sheets is understood gives its first, for the reader to say what is missing.
    """
    for name in book.empty:
        asking.leave("sheet", name, "read_index.sheet_empty")
    fitting = [table for table in book.tables if known(table)]
    shown = [table for table in fitting if not table.hidden]
    chosen = (shown or fitting or list(book.tables))[0]
    if len(fitting) > 1:
        # What the book's author hides is not offered in the place of what is shown.
        ordered = [*shown, *(table for table in fitting if table.hidden)]
        answer = asking.ask(
            "sheet",
            "read_index.ask_sheet",
            [Candidate(table.sheet, told=table.sheet, sample=_sample(table)) for table in ordered],
            default=chosen.sheet if len(shown) <= 1 else None,
        )
        chosen = next((table for table in ordered if table.sheet == answer), chosen)
    for table in book.tables:
        if table is not chosen:
            reason = "sheet_other" if table in fitting else "sheet_strange"
            asking.leave("sheet", table.sheet, f"read_index.{'sheet_hidden' if table.hidden else reason}")
    return chosen


def _sample(table: Table) -> tuple[str, ...]:
    first = next(iter(table.rows.values()), {})
    return tuple(str(cell)[:30] for cell in list(first.values())[:4])


def without_hidden_rows(table: Table, top: int, asking: Asking) -> Table:
    """The table as the answer about its hidden rows has it: left out unless somebody takes them."""
    hidden = [row for row in table.rows if row > top and row in table.hidden_rows]
    if not hidden:
        return table
    told = spans(hidden)
    answer = _hidden("hidden_rows", asking, rows=told)
    if answer == TAKE:
        return table
    asking.leave("row", told, "read_index.row_hidden")
    return replace(table, rows={row: cells for row, cells in table.rows.items() if row not in hidden})


def without_hidden_columns(table: Table, wanted: Mapping[int, str], asking: Asking) -> set[int]:
    """The columns among `wanted` that Excel hides and that are therefore not read, unless somebody takes them."""
    hidden = sorted(column for column in wanted if column in table.hidden_columns)
    if not hidden:
        return set()
    told = ", ".join(f"{column_letters(column)} ({wanted[column]})" for column in hidden)
    answer = _hidden("hidden_columns", asking, columns=told)
    if answer == TAKE:
        return set()
    for column in hidden:
        asking.leave("column", column_letters(column), "read_index.column_hidden", name=wanted[column])
    return set(hidden)


def _hidden(key: str, asking: Asking, **told: Any) -> str | None:
    """Whether what Excel hides is taken; leaving it out comes first."""
    candidates = [Candidate(each, say=f"read_index.hidden_{each}") for each in (LEAVE, TAKE)]
    return asking.ask(key, f"read_index.ask_{key}", candidates, default=LEAVE, **told)


def the_book(table: Table | Book) -> Book:
    """A table alone as a book of one sheet."""
    if isinstance(table, Book):
        return table
    if not table.rows:
        raise FileRefused("table_empty")
    return Book((table,), "csv" if table.separator else "xlsx")
