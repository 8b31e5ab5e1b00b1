"""Importing KPI values from a sheet: a dry run cell by cell, then one entry with many lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from cmi_core import text
from cmi_core.accounts.roles import ASSIGNED, Account, require
from cmi_core.actions.authority import acting
from cmi_core.actions.kpis import checked_note, day_of
from cmi_core.calendar.periods import parse
from cmi_core.errors import CmiError, ObservationError, PermissionRefused, StaleEdit
from cmi_core.kpi.sheet import SheetKpi, SheetRow, quality_labels, read_values
from cmi_core.store import Store, kpis, record
from cmi_core.tables.sheets import read_table

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"


@dataclass(frozen=True)
class Cell:
    """One value of a sheet: where it stands, what it would do, what stands now; `problem` where it is refused."""

    cell: str
    state: str
    kpi: str = ""
    period: str = ""
    value: float | None = None
    quality: str = ""
    note: str = ""
    before: float | None = None
    expected_version: int = 0
    problem: CmiError | None = None


@dataclass(frozen=True)
class Preview:
    """What a file would do; nothing was changed yet."""

    cells: tuple[Cell, ...]
    empty: int

    def count(self, state: str) -> int:
        """How many values of a state there are."""
        return sum(cell.state == state for cell in self.cells)

    @property
    def wanted(self) -> tuple[Cell, ...]:
        """The values that would be recorded."""
        return tuple(cell for cell in self.cells if cell.state in {NEW, CHANGED})


def preview(store: Store, actor: Account | None, *, data: bytes, name: str, at: datetime) -> Preview:
    """
    Read a sheet and hold it against what stands. Raises FileRefused where no row can be trusted.

    Only KPIs that the actor may record are taken; the reason of every refused cell is in `problem`.
    """
    by = require(actor, "import_values")
    today = day_of(at)
    mine = _recordable(store, by, today)
    labels = quality_labels(*(text.catalogue(language) for language in text.LANGUAGES))
    read = read_values(read_table(data, name, max_mb=10), mine, qualities=labels, default_quality="measured")
    stands = _standing(store, {row.kpi for row in read.rows})
    cells = [_held(row, stands.get((row.kpi, row.period)), today) for row in read.rows]
    cells += [
        Cell(str(problem.details.get("cell", "")), REFUSED, problem=problem) for problem in read.problems
    ]
    return Preview(tuple(cells), read.empty)


def import_values(
    store: Store, actor: Account | None, *, cells: Sequence[Cell], note: str, at: datetime
) -> int:
    """
    Record the values of a preview as one entry, all or none; its number is returned.

    Raises StaleEdit when a value changed since the preview, PermissionRefused when a KPI is no longer the
    actor's, ObservationError `import_empty` when there is nothing to record.
    """
    require(actor, "import_values")
    wanted = [cell for cell in cells if cell.state in {NEW, CHANGED}]
    if not wanted:
        raise ObservationError("import_empty")
    with acting(store, actor, "import_values") as (cursor, by):
        mine = _recordable(store, by, day_of(at))
        if not {cell.kpi for cell in wanted} <= set(mine):
            raise PermissionRefused("not_assigned")
        stands = _standing(store, {cell.kpi for cell in wanted})
        moved = [
            cell for cell in wanted if stands.get((cell.kpi, cell.period), (0,))[0] != cell.expected_version
        ]
        if moved:
            raise StaleEdit("import_changed_since", count=len(moved), cell=moved[0].cell)
        lines = [
            {
                "kpi": cell.kpi,
                "period": cell.period,
                "breakdown": "",
                "value": cell.value,
                "quality": cell.quality,
            }
            for cell in wanted
        ]
        remarks = {f"{cell.kpi} {cell.period}": cell.note for cell in wanted if cell.note}
        return record.append(
            cursor, {"kpi_value_line": lines}, deed="import_values", by=by.account, at=at, note=checked_note(note),
            remarks=remarks,
        )  # fmt: skip


def _recordable(store: Store, actor: Account, today: date) -> dict[str, SheetKpi]:
    """The KPIs an account may record today, with the names a sheet may call them by."""
    rows = kpis.definitions(store)
    rows = rows[rows["approval"] != "retired"]
    if actor.role in ASSIGNED:
        held = kpis.assignments(store)
        mine = {
            row.kpi
            for row in held[held["account"] == actor.account].itertuples()
            if row.ends_on is None or row.ends_on != row.ends_on or row.ends_on.date() >= today
        }
        rows = rows[rows["kpi"].isin(mine)]
    return {row.kpi: SheetKpi(row.frequency, (row.name_th, row.name_en)) for row in rows.itertuples()}


def _standing(store: Store, codes: set[str]) -> dict[tuple[str, str], tuple[int, float | None, str]]:
    rows = kpis.everything_now(store, sorted(codes))
    return {
        (kpi, period): (int(entry), None if pd.isna(value) else float(value), quality)
        for kpi, period, entry, value, quality in rows.itertuples(index=False)
    }


def _held(row: SheetRow, before: tuple[int, float | None, str] | None, today: date) -> Cell:
    """What a row would do to what stands."""
    entry, value, quality = before or (0, None, "")
    told: dict[str, Any] = {
        "kpi": row.kpi, "period": row.period, "value": row.value, "quality": row.quality, "note": row.note,
        "before": value, "expected_version": entry,
    }  # fmt: skip
    cell = row.cells["value"]
    if parse(row.period).start > today:
        return Cell(row.cells["period"], REFUSED, **told, problem=ObservationError("period_not_begun"))
    if value == row.value and quality == row.quality:
        return Cell(cell, SAME, **told)
    return Cell(cell, NEW if value is None else CHANGED, **told)
