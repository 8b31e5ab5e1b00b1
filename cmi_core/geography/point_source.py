"""The rows of a file of points before anybody knows which column means what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shapely.geometry.base import BaseGeometry

from cmi_core.errors import FileRefused
from cmi_core.geography.gis_files import Note
from cmi_core.tables.questions import LeftOut, Question
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import is_gap
from cmi_core.text.spelling import same, tidy, written
from cmi_core.text.typed import shown

NO_GAP = {"."}  # a sheet of numbers has no value there; a place may be called so


@dataclass
class Source:
    """
    Rows with their numbers, and each column's heading by the column's own name (a letter, or a field of the file).

    `placed` has (lon, lat) by the number of the row where the file holds shapes; `hints` are texts around the rows that
    may say what the points are. `problems` are rows that cannot be read at all, `notes` what is to be looked at,
    `drawn` where the points would lie by each answer to the question `crs`.
    """

    headings: dict[str, str]
    rows: list[tuple[int, dict[str, object]]]
    placed: dict[int, tuple[float, float]] | None = None
    hints: list[str] = field(default_factory=list)
    understood: dict[str, object] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[FileRefused] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    drawn: dict[str, list[BaseGeometry]] = field(default_factory=dict)

    def cells(self, column: str) -> list[object]:
        """What stands in a column, row by row, without its gaps."""
        return [row[column] for _, row in self.rows if column in row]

    def sample(self, column: str, most: int = 3) -> tuple[str, ...]:
        """The first different cells of a column."""
        return tuple(dict.fromkeys(shown(said(cell), most=40) for cell in self.cells(column)[:50]))[:most]


def said(cell: object) -> str:
    """
    A cell as its reader sees it: a whole number without decimals.

    >>> said(7.0), said(18.79), said(None)
    ('7', '18.79', '')
    """
    return cell.isoformat() if isinstance(cell, date) else tidy(written(cell))


def filled(cells: Mapping[str, object]) -> dict[str, object]:
    """The cells that say something: no dash, no `#N/A`. What a formula says is not known, so that it stays."""
    return {
        name: cell
        for name, cell in cells.items()
        if isinstance(cell, Formula) or not is_gap(cell) or same(cell) in NO_GAP
    }
