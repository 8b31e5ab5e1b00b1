"""The rows of a table of KPI definitions, gathered before anything in them is understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cmi_core.kpi import definition_words as words
from cmi_core.kpi.definition_layout import DATED, DefinitionLayout, Told
from cmi_core.kpi.value_words import TOTALS
from cmi_core.tables.headings import fill_down, texts_across
from cmi_core.tables.questions import LeftOut
from cmi_core.tables.table import address
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import is_gap
from cmi_core.text.spelling import same

PLANNED = ("baseline", "target")
CODE = re.compile(r"k_[a-z0-9_]+")
# A value with its period behind it: 5.2 (2562).
WITH_PERIOD = re.compile(r"^(?P<value>[^()（）]+?)\s*[(（](?P<period>[^()（）]+)[)）]$")


def empty(cell: object) -> bool:
    """Whether a cell says nothing; a formula without a stored result may say anything."""
    return not isinstance(cell, Formula) and is_gap(cell)


class DatedCell(NamedTuple):
    """A baseline, target or milestone as a sheet holds it; the value or the period may be missing."""

    field: str
    value: object
    period: object
    at: str
    period_at: str


@dataclass(frozen=True)
class RawDefinition:
    """
    A row about one KPI: the contents of its cells by field, their addresses (`at`), and the name of its group, if any.

    `where` is the row as a reader finds it, with the sheet where several are read.
    """

    sheet: str
    row: int
    where: str
    at: Mapping[str, str]
    cells: Mapping[str, object]
    dated: tuple[DatedCell, ...]
    group: str

    @property
    def name(self) -> object:
        """What the row calls its KPI: its code or its name."""
        found = (self.cells.get(field) for field in ("kpi", "name_th", "name_en"))
        return next((cell for cell in found if not empty(cell)), None)


def gather(
    layout: DefinitionLayout, known: Told, *, with_hidden: bool, sheet: str
) -> tuple[list[RawDefinition], list[LeftOut]]:
    """The rows of a sheet; `known` tells whether a cell names a KPI. `sheet` stands before every address where several sheets are read, with its mark."""
    table = layout.table
    down = [layout.columns[each] for each in ("kpi", "goal") if each in layout.columns]
    merged = fill_down(table, layout.row + 1, down)
    across = texts_across(table, layout.row + 1)
    raws: list[RawDefinition] = []
    left: list[LeftOut] = []
    group, lines = "", 0
    for row in layout.data:
        where = f"{sheet}{row}"
        if row in table.hidden_rows and not with_hidden:
            left.append(LeftOut("row", where, "reading.left_hidden_row"))
            continue
        raw = _row(layout, row, merged, sheet, group)
        text = _line_of_text(layout, row, raw, known, across=row in across)
        if not text:
            raws.append(raw)
            lines = len(left)
            continue
        reason = "left_total" if TOTALS.match(same(text)) else "left_group"
        short = text if len(text) <= 60 else f"{text[:59]}…"
        left.append(LeftOut("row", where, f"read_definitions.{reason}", {"text": short}))
        group = words.group_name(text) if reason == "left_group" else group
    # A line of text with no row below it is no group's name: a signature, a note.
    left[lines:] = [
        LeftOut(each.kind, each.where, "read_definitions.left_text", each.details)
        if each.reason == "read_definitions.left_group"
        else each
        for each in left[lines:]
    ]
    return raws, left


def _row(
    layout: DefinitionLayout, row: int, merged: Mapping[tuple[int, int], object], sheet: str, group: str
) -> RawDefinition:
    cells = layout.table.rows[row]
    held = {
        field: cells.get(column, merged.get((row, column)))
        for field, column in layout.columns.items()
        if column in cells or (row, column) in merged
    }
    at = {field: f"{sheet}{address(row, column)}" for field, column in layout.columns.items()}
    dated = [
        DatedCell(
            each.field, cells[column], each.period, f"{sheet}{address(row, column)}",
            f"{sheet}{address(layout.row, column)}",
        )
        for column, each in sorted(layout.dated.items())
        if column in cells
    ]  # fmt: skip
    dated += [found for field in PLANNED if (found := _planned(field, held, at)) is not None]
    plain = {
        field: cell
        for field, cell in held.items()
        if field not in {*DATED, "baseline_period", "target_period", "year"}
    }
    return RawDefinition(layout.table.sheet, row, f"{sheet}{row}", at, plain, tuple(dated), group)


def _planned(field: str, held: Mapping[str, object], at: Mapping[str, str]) -> DatedCell | None:
    """A baseline or target whose period stands in a column of its own, in one for all, or behind the value."""
    value, period, period_at = held.get(field), held.get(f"{field}_period"), at.get(f"{field}_period", "")
    if value is None and empty(period):
        return None
    both = WITH_PERIOD.match(value.strip()) if empty(period) and isinstance(value, str) else None
    if both and words.names_period(both["period"].strip()):
        return DatedCell(field, both["value"], both["period"].strip(), at[field], at[field])
    if empty(period) and not empty(held.get("year")):
        period, period_at = held["year"], at["year"]
    place = at.get(field, period_at)
    return DatedCell(field, value, None if empty(period) else period, place, period_at or place)


def _line_of_text(
    layout: DefinitionLayout, row: int, raw: RawDefinition, known: Told, *, across: bool
) -> str:
    """The text of a row that is about no KPI (a group's name, a total, the headings once more), else nothing."""
    cells = layout.table.rows[row]
    first = next((" ".join(str(cell).split()) for _, cell in sorted(cells.items()) if not empty(cell)), "")
    if any(map(known, raw.cells.values())):
        return ""
    repeated = len(cells) > 1 and all(
        " ".join(str(cell).split()) == layout.headings.get(column) for column, cell in cells.items()
    )
    filled = [column for column, cell in cells.items() if not empty(cell)]
    alone = across or len(filled) <= 1
    if repeated or TOTALS.match(same(first)) or (alone and not CODE.fullmatch(first)):
        return first or "–"
    return ""
