"""Scores as an uploaded table, places × indicators: what every cell means, and what is wrong at which cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from cmi_core.calendar.written import ERA_BE, ERA_CE, understand
from cmi_core.errors import CmiError, FileRefused, ObservationError
from cmi_core.index.score_places import PlaceNames, place_column
from cmi_core.index.sheet import IN_BRACKETS, Found, Problem, headings, plain
from cmi_core.tables.sheets import Table, address
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import understand_number

Progress = Callable[[float], object] | None

# What people call a column; the first name is the code that files of ours carry.
SCORE_HEADINGS = {
    "city": ("city", "รหัสเมือง", "place", "รหัสพื้นที่"),
    "name_th": ("name_th", "เมือง", "ชื่อเมือง", "ชื่อไทย", "จังหวัด", "พื้นที่"),
    "name_en": ("name_en", "ชื่ออังกฤษ", "ชื่อเมืองอังกฤษ", "city name", "name"),
    "country": ("country", "ประเทศ"),
    "year": ("year", "ปี"),
    "quality": ("quality", "คุณภาพข้อมูล"),
}
QUALITIES = (
    "measured",
    "survey",
    "higher_level",
    "estimate",
    "personal_estimate",
    "untraceable",
    "published",
    "imputed",
)


@dataclass(frozen=True, eq=False)
class ScoreSheet:
    """Places and values as read, and every problem with its cell."""

    places: pd.DataFrame  # city, name_th, name_en, country, new
    values: pd.DataFrame  # row, column, year, city, node, value, quality
    problems: tuple[Problem, ...]
    more_problems: int = 0


def read_scores(
    table: Table,
    nodes: pd.DataFrame,
    known: pd.DataFrame,
    *,
    area_kind: str,
    year: int | None = None,
    progress: Progress = None,
) -> ScoreSheet:
    """
    Read places × indicators: a row per place (and year), a column per node named by code or name.

    `known` are the places on record (indexed by city), `year` counts where the file has no column of years. An
    empty cell says nothing about the value on record. Raises FileRefused where no headings are found, cells are
    merged, or no column is a node of the index.
    """
    top, columns = headings(table, SCORE_HEADINGS, needed=())
    found = Found()
    at_nodes = _node_columns(table.rows[top], columns, nodes, top, found)
    if not at_nodes:
        raise FileRefused("scores_without_nodes")
    if "city" not in columns and "name_th" not in columns and "name_en" not in columns:
        raise FileRefused("scores_without_places")
    era = _era(table.rows[top].get(columns.get("year", -1), ""))
    names = PlaceNames(known, area_kind)
    rows = [row for row in table.rows if row > top]
    read = _Cells(found)
    seen: dict[tuple[int | None, str], int] = {}
    for place, row in enumerate(rows):
        cells = table.rows[row]
        at = _year(cells, columns, era, year, row, found)
        city = names.city(cells, columns, row, found)
        quality = _quality(cells, columns, row, found)
        understood = city is not None and at is not False
        if understood and _first_seen(seen, (at, city), row, place_column(columns), found):
            read.row(row, cells, at_nodes, (at, city, quality))
        if progress and place % 500 == 0:
            progress(place / len(rows))
    return ScoreSheet(names.table(), read.table(), tuple(found.problems), found.more)


def _first_seen(
    seen: dict[tuple[int | None, str], int], at: tuple[int | None, str], row: int, column: int, found: Found
) -> bool:
    """Whether no row before was about the same place and year; a second one is a problem."""
    if at in seen:
        first = address(seen[at], column)
        found.add(row, column, ObservationError("score_place_twice", city=at[1], first=first))
        return False
    seen[at] = row
    return True


class _Cells:
    """Numbers of many cells, each distinct text understood once."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.understood: dict[str, float | CmiError | None] = {}
        self.rows: list[tuple] = []

    def row(self, row: int, cells: Mapping[int, object], nodes: Mapping[int, str], of: tuple) -> None:
        for column, node in nodes.items():
            cell = cells.get(column)
            if cell is None:
                continue
            number = cell if type(cell) is float or type(cell) is int else self.text(cell)
            if number is None:
                continue
            if isinstance(number, CmiError):
                self.found.add(row, column, number)
            elif not -1e15 < number < 1e15:
                self.found.add(row, column, self._too(cell))
            else:
                self.rows.append((row, column, *of, node, float(number)))

    def text(self, cell: object) -> float | CmiError | None:
        if isinstance(cell, Formula):
            return ObservationError("sheet_formula")
        said = str(cell)
        if said not in self.understood:
            try:
                self.understood[said] = understand_number(cell)
            except ObservationError as refusal:
                self.understood[said] = None if refusal.reason == "number_missing" else refusal
        return self.understood[said]

    def _too(self, cell: object) -> CmiError:
        try:
            understand_number(cell)
        except ObservationError as refusal:
            return refusal
        return ObservationError("number_too_large", text=str(cell))

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows, columns=["row", "column", "year", "city", "quality", "node", "value"])


def _node_columns(
    header: Mapping[int, object], columns: Mapping[str, int], nodes: pd.DataFrame, top: int, found: Found
) -> dict[int, str]:
    """Which column holds which node: by its code, else by its Thai or English name."""
    known: dict[str, str] = {}
    for node, thai, english in zip(nodes["node"], nodes["name_th"], nodes["name_en"], strict=True):
        for word in (node, thai, english):
            known.setdefault(plain(word), node)
    taken = set(columns.values())
    at: dict[int, str] = {}
    for column, cell in header.items():
        if column in taken or not str(cell).strip():
            continue
        node = known.get(plain(cell)) or known.get(plain(IN_BRACKETS.sub("", str(cell))))
        if node is None:
            found.add(top, column, ObservationError("score_node_unknown", text=str(cell)))
        elif node in at.values():
            found.add(top, column, ObservationError("score_node_twice", node=node))
        else:
            at[column] = node
    return at


def _year(
    cells: Mapping[int, object],
    columns: Mapping[str, int],
    era: str | None,
    given: int | None,
    row: int,
    found: Found,
) -> int | bool | None:
    """The year of a row in the Common Era, None where none is stated; False where it cannot be understood."""
    if "year" not in columns:
        return given
    cell = cells.get(columns["year"])
    if cell is None or str(cell).strip() == "":
        return given
    try:
        return understand(cell, frequency="yearly", era=era).start.year
    except ObservationError as refusal:
        found.add(row, columns["year"], refusal)
        return False


def _quality(cells: Mapping[int, object], columns: Mapping[str, int], row: int, found: Found) -> str | None:
    said = str(cells.get(columns.get("quality", -1), "") or "").strip().lower()
    if said and said not in QUALITIES:
        found.add(row, columns["quality"], ObservationError("sheet_quality_unknown", text=said))
        return None
    return said or None


def _era(heading: object) -> str | None:
    said = str(heading).lower()
    return "be" if ERA_BE.search(said) else "ce" if ERA_CE.search(said) else None
