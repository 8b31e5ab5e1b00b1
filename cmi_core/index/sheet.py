"""What an uploaded table about an index has, whichever it is: its headings, and what is wrong at which cell."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from cmi_core.calendar.written import ERA_BE, ERA_CE
from cmi_core.errors import CmiError, FileRefused, ObservationError
from cmi_core.tables.headings import areas
from cmi_core.tables.sheets import Table, address
from cmi_core.tables.worksheet import column_number
from cmi_core.text.numbers import is_gap, understand_number
from cmi_core.text.spelling import same, written
from cmi_core.text.typed import typed

HEADER_WITHIN = 20  # filled rows from the top in which the headings must stand
MOST_PROBLEMS = 500
SPACES = re.compile(r"[\s_\-]+")
IN_BRACKETS = re.compile(r"\s*[(（\[].*?[)）\]]\s*$")


class Problem(NamedTuple):
    """What is wrong at a cell."""

    cell: str
    reason: CmiError


@dataclass
class Found:
    """Problems as they turn up; beyond a limit they are only counted."""

    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(self, row: int, column: int, reason: CmiError) -> None:
        """Note what is wrong at a cell."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(address(row, column), reason))
        else:
            self.more += 1

    def text(self, name: str, cell: object, row: int, column: int) -> str:
        """A cell's text as it would be kept; none, and a problem, where it cannot be."""
        try:
            return typed(name, written(cell))
        except ObservationError as refusal:
            self.add(row, column, refusal)
            return ""


class Headings(NamedTuple):
    """The line of the headings, or two of them: `first` to `row`; what stands over each column, the nearest first."""

    first: int
    row: int
    columns: dict[str, int]  # what is understood: its code, and its column
    over: dict[int, tuple[str, ...]]

    def told(self, column: int) -> str:
        """A column's heading as its reader sees it."""
        return self.over.get(column, ("",))[0]


def headings(
    table: Table,
    names: Mapping[str, tuple[str, ...]],
    *,
    enough: Callable[[Mapping[str, int]], bool] = bool,
    further: Callable[[str], object] | None = None,
) -> Headings | None:
    """
    The lines in which most headings are known, one or two of them; None where there are none.

    `enough` says whether those found will do, `further` whether a heading beyond `names` is known. Raises FileRefused
    where one is repeated.
    """
    known = {plain(word): name for name, words in names.items() for word in words}
    best: tuple[int, Headings] | None = None
    for first, row, over in _lines(table):
        found: dict[str, int] = {}
        twice: tuple[int, str] | None = None
        count = 0
        for column, texts in over.items():
            name = next(filter(None, (code_of(text, known) for text in texts)), None)
            if name is None:
                count += bool(further and any(further(text) for text in texts))
            elif name in found:
                twice = twice or (column, texts[0])
            else:
                found[name] = column
        count += len(found)
        if enough(found) and count > (best[0] if best else 0):
            if twice:
                raise FileRefused("sheet_header_twice", name=twice[1], cell=address(row, twice[0]))
            best = (count, Headings(first, row, found, over))
    return best[1] if best else None


def code_of(heading: str, known: Mapping[str, str]) -> str | None:
    """The code that a heading stands for, whatever it says in brackets or of an era."""
    for said in (heading, IN_BRACKETS.sub("", heading), without_era(heading)):
        if code := known.get(plain(said)):
            return code
    return None


def _lines(table: Table) -> Iterator[tuple[int, int, dict[int, tuple[str, ...]]]]:
    """Each of the first rows as headings, then each with the one above it, as merged headings have it."""
    rows = list(table.rows)[:HEADER_WITHIN]
    for row in rows:
        yield row, row, {column: (str(cell),) for column, cell in table.rows[row].items()}
    for above, row in pairwise(rows):
        upper, lower = table.rows[above], table.rows[row]
        if row != above + 1 or any(_is_value(cell) for cell in lower.values()):
            continue
        over = {}
        for column in sorted({*upper, *lower}):
            up, low = str(upper.get(column, "")), str(lower.get(column, ""))
            over[column] = tuple(text for text in (low, f"{up} {low}" if up and low else "", up) if text)
        yield above, row, over


def _is_value(cell: object) -> bool:
    """Whether a cell can only stand below the headings: a number, or a sign that there is none."""
    if not isinstance(cell, str) or is_gap(cell):
        return True
    try:
        understand_number(cell)
    except ObservationError as refusal:
        return refusal.reason == "number_ambiguous"
    return True


def plain(words: object) -> str:
    """
    A word as it is compared: however people space, write or mark it.

    >>> plain(" Name_TH* "), plain("Weight:")
    ('name th', 'weight')
    """
    return SPACES.sub(" ", same(words)).strip(" *:")


def without_era(heading: str) -> str:
    """A heading without พ.ศ., B.E. and the like."""
    return ERA_CE.sub("", ERA_BE.sub("", heading.lower()))


def unmerged(table: Table, headings: Headings, columns: set[int]) -> Table:
    """
    The table with merged cells of `columns` filled downwards below its headings.

    Raises FileRefused `sheet_merged` where other cells are merged: what they mean for a number nobody can say. A line of
    text across an otherwise empty row is no such case.
    """
    rows = dict(table.rows)
    for area in areas(table, headings.row + 1):
        if area.top > headings.row and area.top == area.bottom and len(rows.get(area.top, {})) <= 1:
            continue
        if area.left != area.right or area.left not in columns or area.top <= headings.row:
            raise FileRefused("sheet_merged", cell=address(area.top, area.left), area=area.told)
        cell = rows.get(area.top, {}).get(area.left)
        for row in range(area.top + 1, area.bottom + 1):
            if row in rows and cell is not None:
                rows[row] = {**rows[row], area.left: cell}
    return replace(table, rows=rows)


def refuse_damaged(table: Table, top: int, columns: Iterable[int], found: Found) -> None:
    """A problem at each cell below the headings whose letters cannot be told, as far as its column is read."""
    read = set(columns)
    for cell in table.damaged:
        letters = cell.rstrip("0123456789")
        row, column = int(cell[len(letters) :]), column_number(letters)
        if row > top and column in read:
            found.add(row, column, ObservationError("index_cell_damaged"))
