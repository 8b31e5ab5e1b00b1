"""A table of cells with their addresses, and a CSV file read as one."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cmi_core.errors import FileRefused
from cmi_core.tables.decoding import DAMAGED, Decoded
from cmi_core.tables.worksheet import Formula, Limits, column_letters

SEPARATORS = (",", ";", "\t", "|")
INERT = re.compile(r"'(?=\s*[=+\-@＝＋－＠\t\r])")


@dataclass(frozen=True)
class Table:
    """
    The filled cells of a sheet: `rows` maps row number → column number → value, both from 1.

    `sheet` and `sheets` name the sheet read and all that are visible; `merged` lists merged ranges; `encoding` and
    `separator` say how a CSV was understood, `damaged` where its letters cannot be told (U+FFFD stands for them).
    `hidden` is a sheet that Excel does not show, `hidden_rows` and `hidden_columns` what it hides of one it shows.
    """

    rows: Mapping[int, Mapping[int, object]]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ""
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    damaged: tuple[str, ...] = ()

    def merged_from(self, row: int) -> list[str]:
        """The merged ranges that reach the given row or below it."""
        return [area for area in self.merged if _last_row(area) >= row]


def address(row: int, column: int) -> str:
    """
    A cell's address.

    >>> address(7, 3)
    'C7'
    """
    return f"{column_letters(column)}{row}"


def from_text(told: Decoded, limits: Limits, *, separator: str = "") -> Table:
    """A CSV file as a table; `separator` where something tells it, else it is told by the lines."""
    lines = told.text.splitlines(keepends=True)
    offset = 0
    separator = separator or _separator(lines)
    if lines and (said := re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE)):
        separator, offset, lines = said[1], 1, lines[1:]
    rows: dict[int, dict[int, object]] = {}
    damaged: list[str] = []
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number, cells = offset, 0
    try:
        for number, record in enumerate(reader, start=offset + 1):
            filled = {column: _cell(said) for column, said in enumerate(record, start=1) if said.strip()}
            cells += len(filled)
            if len(rows) >= limits.rows or len(record) > limits.columns or cells > limits.cells:
                raise FileRefused(
                    "file_too_many_cells", rows=limits.rows, columns=limits.columns, cells=limits.cells
                )
            if filled:
                rows[number] = filled
                damaged += [address(number, at) for at, said in filled.items() if DAMAGED in str(said)]
    except csv.Error as broken:
        raise FileRefused("file_csv_broken", row=number + 1) from broken
    return Table(rows, encoding=told.encoding, separator=separator, damaged=tuple(damaged))


def _separator(lines: list[str]) -> str:
    """The separator that gives most of the first lines the same, greatest number of cells; titles have one, whatever it is."""

    def width(separator: str) -> tuple[int, int]:
        try:
            widths = [len(record) for record in csv.reader(lines[:50], delimiter=separator) if record]
        except csv.Error:
            return (0, 0)
        several = Counter(each for each in widths if each > 1)
        return max(((times, common) for common, times in several.items()), default=(0, 0))

    return max(SEPARATORS, key=width)


def _cell(said: str) -> object:
    """A cell of a CSV file; our own mark that keeps text inert is taken off again."""
    said = said.strip()
    if INERT.match(said):
        return said[1:]
    return Formula(said[1:]) if said.startswith("=") else said


def _last_row(area: str) -> int:
    digits = area.rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
    return int(digits) if digits.isdecimal() else 0
