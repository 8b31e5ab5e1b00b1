"""Numbers that a file gives twice: the same again is said, a contradiction is asked or refused with all its cells."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from cmi_core.errors import ObservationError
from cmi_core.index.asking import Asking
from cmi_core.index.sheet import Found
from cmi_core.tables.questions import Candidate
from cmi_core.tables.sheets import address
from cmi_core.text.numbers import say_number

MOST_ASKED = 20
NEITHER = "neither"
_KEY = ["year", "city", "node"]


class _Cell(NamedTuple):
    """A number that is not alone: its line in the table of values, where it stands, and what of."""

    index: int
    row: int
    column: int
    year: float
    city: str
    node: str
    value: float

    @property
    def at(self) -> str:
        """Its address."""
        return address(self.row, self.column)


def settle(
    values: pd.DataFrame, asking: Asking, found: Found, told: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The values with each place, year and part once; `told` names places and parts for the reader."""
    doubled = values[values.duplicated(_KEY, keep=False)]
    if doubled.empty:
        return values
    groups: dict[tuple, list[_Cell]] = {}
    names = ("row", "column", "year", "city", "node", "value")
    for line in zip(doubled.index, *(doubled[name].tolist() for name in names), strict=True):
        cell = _Cell(*line)
        year = None if pd.isna(cell.year) else cell.year
        groups.setdefault((year, cell.city, cell.node), []).append(cell)
    dropped: list[int] = []
    again: list[tuple[_Cell, _Cell]] = []
    contradictions = []
    for group in groups.values():
        if len({cell.value for cell in group}) == 1:
            dropped += [cell.index for cell in group[1:]]
            again += [(cell, group[0]) for cell in group[1:]]
        else:
            contradictions.append(group)
    for group in contradictions:
        if len(contradictions) <= MOST_ASKED:
            dropped += _asked(group, asking, told or {})
        else:
            dropped += _refused(group, found)
    _say_again(values, again, asking)
    return values.drop(index=dropped)


def _refused(group: list[_Cell], found: Found) -> list[int]:
    """All lines of a contradiction as problems, each with the others' cells."""
    for cell in group:
        others = ", ".join(other.at for other in group if other is not cell)
        reason = ObservationError("score_contradicts", city=cell.city, node=cell.node, cells=others)
        found.add(cell.row, cell.column, reason)
    return [cell.index for cell in group]


def _asked(group: list[_Cell], asking: Asking, told: Mapping[str, str]) -> list[int]:
    """The lines that do not count; all of them while nobody has said which one does."""
    first = group[0]
    year = "" if pd.isna(first.year) else f"{int(first.year)}"
    answer = asking.ask(
        f"twice_{first.city}_{first.node}_{year}",
        "read_index.ask_twice",
        [
            *(Candidate(cell.at, told=f"{_said(cell.value)} ({cell.at})") for cell in group),
            Candidate(NEITHER, say="read_index.twice_neither"),
        ],
        city=told.get(first.city, first.city),
        node=told.get(first.node, first.node),
        year=year or "–",
    )
    if answer is not None:
        cells = ", ".join(cell.at for cell in group)
        for cell in group:
            if cell.at != answer:
                asking.leave("cell", cell.at, "read_index.cell_contradicted", cells=cells)
    return [cell.index for cell in group if cell.at != answer]


def _said(value: float) -> str:
    return say_number(value, max(0, min(9, len(f"{value:.9f}".rstrip("0").partition(".")[2]))))


def _say_again(values: pd.DataFrame, again: list[tuple[_Cell, _Cell]], asking: Asking) -> None:
    """Whole rows as rows, single cells as cells."""
    in_row = values["row"].value_counts().to_dict()
    by_row: dict[int, list[tuple[_Cell, _Cell]]] = {}
    for cell, first in again:
        by_row.setdefault(cell.row, []).append((cell, first))
    for row, cells in by_row.items():
        if len(cells) == in_row[row]:
            asking.leave("row", str(row), "read_index.row_again", first=cells[0][1].row)
            continue
        for cell, first in cells:
            asking.leave("cell", cell.at, "read_index.cell_again", first=first.at)
