"""The numbers of a table of scores, and what stands beside them: the year and the quality of a row."""

import re
from collections.abc import Iterable, Mapping
from itertools import islice

import pandas as pd

from cmi_core.calendar.written import ERA_BE, ERA_CE, understand
from cmi_core.errors import CmiError, ObservationError
from cmi_core.index.score_words import QUALITIES
from cmi_core.index.sheet import Found, plain
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import is_gap, understand_number

LOOKED_AT = 60  # cells that tell whether a column holds numbers
# What most cells are, and can mean nothing else: several times faster than reading every way of writing a number.
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,17})?", re.ASCII)
_COLUMNS = ["row", "column", "year", "city", "quality", "node", "value", "decimals"]


def numeric(cells: Iterable[object]) -> bool:
    """
    Whether most of the cells that say something are numbers.

    >>> numeric(["1,5", "..", None, "๓"]), numeric(["north", "south", 1])
    (True, False)
    """
    said = list(islice((cell for cell in cells if not is_gap(cell)), LOOKED_AT))
    return bool(said) and 2 * sum(_may_be_number(cell) for cell in said) >= len(said)


def _may_be_number(cell: object) -> bool:
    try:
        understand_number(cell)
    except ObservationError as refusal:
        return refusal.reason in ("number_ambiguous", "number_too_large")
    return True


class Marks:
    """What a row says of all its numbers: their year, and how good they are."""

    def __init__(self, columns: Mapping[str, int], heading: str, given: int | None) -> None:
        self.columns, self.given = columns, given
        said = heading.lower()
        self.era = "be" if ERA_BE.search(said) else "ce" if ERA_CE.search(said) else None
        self.years: dict[object, int | ObservationError | None] = {}

    def of(self, row: int, cells: Mapping[int, object], found: Found) -> tuple[int | None, str | None] | None:
        """The year in the Common Era (None where none is stated) and the quality; None where the year is not understood."""
        quality = self._quality(row, cells, found)
        if "year" not in self.columns or is_gap(cell := cells.get(self.columns["year"])):
            return self.given, quality
        key = (type(cell), cell)
        if key not in self.years:
            self.years[key] = self._understood(cell)
        year = self.years[key]
        if isinstance(year, ObservationError):
            found.add(row, self.columns["year"], year)
            return None
        return year, quality

    def _understood(self, cell: object) -> int | ObservationError:
        try:
            return understand(cell, frequency="yearly", era=self.era).start.year
        except ObservationError as refusal:
            return refusal

    def _quality(self, row: int, cells: Mapping[int, object], found: Found) -> str | None:
        said = str(cells.get(self.columns.get("quality", -1), "") or "").strip().lower()
        code = plain(said).replace(" ", "_")
        if said and code not in QUALITIES:
            found.add(row, self.columns["quality"], ObservationError("sheet_quality_unknown", text=said))
            return None
        return code or None


class Cells:
    """Numbers of many cells, each distinct text understood once."""

    def __init__(
        self, found: Found, comma: str | None, logs: frozenset[str], leaves: tuple[str, ...]
    ) -> None:
        self.found, self.comma, self.logs, self.leaves = found, comma, logs, frozenset(leaves)
        self.understood: dict[str, float | CmiError | None] = {}
        self.rows: list[tuple] = []
        self.gaps = 0

    def row(self, row: int, cells: Mapping[int, object], nodes: Mapping[int, str], of: tuple) -> None:
        """Take the numbers of a row; `of` are its year, place and quality."""
        for column, node in nodes.items():
            cell = cells.get(column)
            if cell is None:
                continue
            number = cell if type(cell) is float or type(cell) is int else self.text(cell)
            if number is None:
                self.gaps += 1
            elif isinstance(number, CmiError):
                self.found.add(row, column, number)
            elif not -1e15 < number < 1e15:
                self.found.add(row, column, self._too(cell))
            elif number <= 0 and node in self.logs:
                self.found.add(row, column, ObservationError("score_log_positive", node=node, value=number))
            else:
                decimals = 0 if node in self.leaves else _decimals(cell)
                self.rows.append((row, column, *of, node, float(number), decimals))

    def text(self, cell: object) -> float | CmiError | None:
        """The number that a text means; None where it says that there is none."""
        if isinstance(cell, Formula):
            return ObservationError("sheet_formula")
        said = str(cell)
        if _PLAIN.fullmatch(said) and not (self.comma == "decimal" and "." in said):
            return float(said)
        if said not in self.understood:
            self.understood[said] = self._number(cell)
        return self.understood[said]

    def _number(self, cell: object) -> float | CmiError | None:
        if is_gap(cell):
            return None
        try:
            return understand_number(cell, comma=self.comma)
        except ObservationError as refusal:
            return None if refusal.reason == "number_missing" else refusal

    def _too(self, cell: object) -> CmiError:
        try:
            understand_number(cell)
        except ObservationError as refusal:
            return refusal
        return ObservationError("number_too_large", text=str(cell))

    def table(self) -> pd.DataFrame:
        """The numbers as a table."""
        return pd.DataFrame(self.rows, columns=_COLUMNS)


def _decimals(cell: object) -> int:
    """
    How many decimals are written.

    >>> _decimals("0.800"), _decimals(12), _decimals(0.25)
    (3, 0, 2)
    """
    if type(cell) is int:
        return 0
    tail = (
        str(cell).rpartition("." if "." in str(cell) else ",")[2]
        if "." in str(cell) or "," in str(cell)
        else ""
    )
    return len(tail.rstrip("% ")) if tail.rstrip("% ").isdigit() else 0
