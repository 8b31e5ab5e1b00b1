"""Headings as people write them: two lines, merged, with units in brackets; and what else is text in a sheet of rows."""

import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from cmi_core.tables.table import Table, address
from cmi_core.tables.worksheet import column_number
from cmi_core.text.spelling import same, written

IN_BRACKETS = re.compile(r"[(（\[{]([^()（）\[\]{}]*)[)）\]}]")
_EDGES = " *:：.,;-–_/|"
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)")


class Area(NamedTuple):
    """A merged range by its first and last row and column."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def told(self) -> str:
        """The range as a spreadsheet writes it."""
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"


def bare(heading: object) -> str:
    """
    A heading as it is compared: without brackets, stars, spaces and breaks, in one spelling.

    >>> bare("รหัส\\nตัวชี้วัด *"), bare("ค่า (ครั้ง)"), bare("KPI code")
    ('รหัสตัวชี้วัด', 'ค่า', 'kpicode')
    """
    return re.sub(r"[\s_\-]+", "", IN_BRACKETS.sub(" ", same(heading)).strip(_EDGES))


def bracketed(heading: object) -> tuple[str, ...]:
    """
    What stands in brackets in a heading: a unit, an era, a form to write in.

    >>> bracketed("ค่า (ครั้ง)")
    ('ครั้ง',)
    """
    return tuple(found.strip() for found in IN_BRACKETS.findall(same(heading)) if found.strip())


def areas(table: Table, first: int = 1) -> list[Area]:
    """The merged ranges of a sheet that reach the row `first` or below it."""
    found = [_AREA.fullmatch(area) for area in table.merged_from(first)]
    return [
        Area(int(each[2]), column_number(each[1]), int(each[4]), column_number(each[3]))
        for each in found
        if each
    ]


def heading_texts(table: Table, row: int, *, lines: int = 1) -> dict[int, str]:
    """
    The heading of each column where it begins in `row` and has so many lines, joined by a space.

    A heading above spreads over the columns merged with it, and over those beside it that have none above but one below.
    """
    last = row + lines - 1
    below: list[dict[int, object]] = [
        {column: _as_written(cell) for column, cell in table.rows.get(at, {}).items()}
        for at in range(row, last + 1)
    ]
    for area in areas(table):
        if row <= area.top <= last and (said := below[area.top - row].get(area.left)) is not None:
            for column in range(area.left, min(area.right, area.left + 300) + 1):
                below[area.top - row].setdefault(column, said)
    for upper, lower in itertools.pairwise(below):
        for column in sorted(lower):
            before = max((each for each in upper if each < column), default=None)
            if column not in upper and before is not None and before in lower:
                upper[column] = upper[before]
    columns = sorted({column for line in below for column in line})
    return {
        column: " ".join(
            dict.fromkeys(" ".join(str(line[column]).split()) for line in below if column in line)
        )
        for column in columns
    }


def _as_written(cell: object) -> str:
    """A heading as whoever typed it reads it: Excel makes a day of `ม.ค. 67`, and 2567 may be 2567.0."""
    if isinstance(cell, date):
        day = cell.strftime("%d")
        return f"{cell.year:04}-{cell.month:02}" + ("" if day == "01" else f"-{day}")
    return written(cell)


def fill_down(table: Table, first: int, columns: Iterable[int]) -> dict[tuple[int, int], object]:
    """What cells of the columns hold through a merge down from a cell above: (row, column) → that cell's content."""
    wanted = set(columns)
    filled: dict[tuple[int, int], object] = {}
    for area in areas(table, first):
        if area.left != area.right or area.left not in wanted or area.top < first:
            continue
        said = table.rows.get(area.top, {}).get(area.left)
        if said is not None:
            for row in range(area.top + 1, min(area.bottom, area.top + 100_000) + 1):
                filled[row, area.left] = said
    return filled


def texts_across(table: Table, first: int) -> frozenset[int]:
    """Rows from `first` on that hold a line of text merged over several columns: a signature, a group's name."""
    return frozenset(
        row
        for area in areas(table, first)
        if area.right > area.left and area.top >= first
        for row in range(area.top, area.bottom + 1)
        if len(table.rows.get(row, {})) <= 1
    )


def samples(
    rows: Mapping[int, Mapping[int, object]], column: int, after: int, most: int = 3
) -> tuple[str, ...]:
    """The first cells of a column below its heading, as a reader recognises them."""
    found: list[str] = []
    for row, cells in rows.items():
        if row > after and column in cells:
            text = " ".join(str(cells[column]).split())
            found.append(text if len(text) <= 40 else f"{text[:39]}…")
            if len(found) == most:
                break
    return tuple(found)
