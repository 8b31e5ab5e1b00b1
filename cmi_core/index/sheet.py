"""What an uploaded table about an index has, whichever it is: its headings, and what is wrong at which cell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cmi_core.calendar.written import ERA_BE, ERA_CE
from cmi_core.errors import CmiError, FileRefused, ObservationError
from cmi_core.tables.sheets import Table, address
from cmi_core.text.typed import typed

HEADER_WITHIN = 20  # rows from the top in which the headings must stand
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
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(address(row, column), reason))
        else:
            self.more += 1

    def text(self, name: str, cell: object, row: int, column: int) -> str:
        """A cell's text as it would be kept; none, and a problem, where it cannot be."""
        try:
            return typed(name, str("" if cell is None else cell))
        except ObservationError as refusal:
            self.add(row, column, refusal)
            return ""


def headings(
    table: Table, names: Mapping[str, tuple[str, ...]], *, needed: tuple[str, ...]
) -> tuple[int, dict[str, int]]:
    """The row of the headings and the column of each known one; refuses merged cells and repeated headings."""
    known = {plain(word): name for name, words in names.items() for word in words}
    best, columns = 0, {}
    for row in [row for row in table.rows if row <= HEADER_WITHIN]:
        found: dict[str, int] = {}
        for column, cell in table.rows[row].items():
            name = known.get(plain(IN_BRACKETS.sub("", str(cell)))) or known.get(
                plain(_without_era(str(cell)))
            )
            if name and name in found:
                raise FileRefused("sheet_header_twice", name=str(cell), cell=address(row, column))
            if name:
                found[name] = column
        if len(found) > len(columns) and set(needed) <= set(found):
            best, columns = row, found
    if not best:
        raise FileRefused("index_header_missing", missing=", ".join(needed) or "city, name_th")
    if merged := table.merged_from(best):
        raise FileRefused("sheet_merged", cell=merged[0].split(":")[0], area=merged[0])
    return best, columns


def plain(words: object) -> str:
    """A word as it is compared: however people space, write or mark it."""
    return SPACES.sub(" ", str(words).replace("\u200b", "").strip().lower()).strip(" *:")


def _without_era(heading: str) -> str:
    return ERA_CE.sub("", ERA_BE.sub("", heading.lower()))
