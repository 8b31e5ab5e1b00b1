"""Importing KPI values from a sheet: a dry run cell by cell, then one entry with many lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd

from cmi_core import text
from cmi_core.accounts.roles import ASSIGNED, Account, require
from cmi_core.actions.authority import acting
from cmi_core.actions.kpis import checked_note, day_of
from cmi_core.calendar.periods import parse
from cmi_core.errors import CmiError, ObservationError, PermissionRefused, StaleEdit
from cmi_core.kpi.sheet import quality_labels
from cmi_core.kpi.value_file import SheetKpi, ValueRow, read
from cmi_core.store import Store, kpis, record
from cmi_core.store import answers as remembering
from cmi_core.tables.questions import Answers, LeftOut, Question
from cmi_core.tables.sheets import read_book

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
STATES = (NEW, CHANGED, SAME, REFUSED)
MOST_MB = 20
KIND = "values"  # of remembered answers


@dataclass(frozen=True)
class Cell:
    """
    One value of a file: where it stands, what it would do, what stands now; `problem` where it is refused.

    `kpi` is empty where the file names none that the actor may record: `said` is then what it says instead.
    """

    cell: str
    state: str
    kpi: str = ""
    period: str = ""
    value: float | None = None
    quality: str = ""
    note: str = ""
    before: float | None = None
    before_quality: str = ""
    expected_version: int = 0
    problem: CmiError | None = None
    row: int = 0
    sheet: str = ""
    said: str = ""


@dataclass(frozen=True)
class Preview:
    """
    What a file would do, what it leaves open and what is left out of it; nothing was changed yet.

    `learnt` are the answers worth remembering for the organisation's next file, once this one is recorded.
    """

    cells: tuple[Cell, ...]
    empty: int
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    understood: Mapping[str, object] = field(default_factory=dict)
    learnt: Mapping[str, str] = field(default_factory=dict)

    def count(self, state: str) -> int:
        """How many values of a state there are."""
        return sum(cell.state == state for cell in self.cells)

    @property
    def wanted(self) -> tuple[Cell, ...]:
        """The values that would be recorded."""
        return tuple(cell for cell in self.cells if cell.state in {NEW, CHANGED})

    def rows(self) -> list[dict[str, object]]:
        """Every value in plain terms: row, state, key, before, after, reason."""
        return [
            {
                "row": cell.row, "cell": cell.cell, "sheet": cell.sheet, "state": cell.state,
                "key": f"{cell.kpi or cell.said} {cell.period}".strip(),
                "before": None if cell.before is None else {"value": cell.before, "quality": cell.before_quality},
                "after": None if cell.value is None else {"value": cell.value, "quality": cell.quality, "note": cell.note},
                "reason": cell.problem,
            }
            for cell in self.cells
        ]  # fmt: skip


def preview(
    store: Store,
    actor: Account | None,
    *,
    data: bytes,
    name: str,
    at: datetime,
    answers: Answers | None = None,
    progress: Callable[[float], object] | None = None,
) -> Preview:
    """
    Read a file and hold it against what stands. Raises FileRefused where nothing of it can be used.

    Only KPIs that the actor may record are taken; the reason of every refused cell is in `problem`. `answers` settle the
    questions of a preview before.
    """
    by = require(actor, "import_values")
    today = day_of(at)
    mine = _recordable(store, by, today)
    labels = quality_labels(*(text.catalogue(language) for language in text.LANGUAGES))
    book = read_book(data, name, answers=answers, max_mb=MOST_MB)
    found = read(
        book,
        mine,
        labels=labels,
        answers=answers or {},
        today=today,
        remembered=remembering.remembered(store, by.organisation or "", KIND),
        name=name,
        progress=progress,
    )
    stands = _standing(store, {row.kpi for row in found.rows if row.kpi})
    cells = [_held(row, stands.get((row.kpi, row.period)), found.unmarked, today) for row in found.rows]
    unkept = [
        LeftOut("cell", row.cells["note"], "read_values.left_note_same")
        for row, cell in zip(found.rows, cells, strict=True)
        if cell.state == SAME and cell.note
    ]
    left_out = (*found.left_out, *unkept)
    return Preview(tuple(cells), found.empty, found.questions, left_out, found.understood, found.learnt)


def import_values(
    store: Store,
    actor: Account | None,
    *,
    cells: Sequence[Cell],
    note: str,
    at: datetime,
    learnt: Mapping[str, str] | None = None,
) -> int:
    """
    Record the values of a preview as one entry, all or none; its number is returned.

    What is `learnt` from the reader's answers is remembered for the next file of their organisation.

    Raises StaleEdit when a value changed since the preview, PermissionRefused when a KPI is no longer the
    actor's, ObservationError `import_empty` when there is nothing to record.
    """
    require(actor, "import_values")
    wanted = [cell for cell in cells if cell.state in {NEW, CHANGED}]
    if not wanted:
        raise ObservationError("import_empty")
    with acting(store, actor, "import_values") as (cursor, by):
        if not {cell.kpi for cell in wanted} <= set(_assigned(store, by, day_of(at))["kpi"]):
            raise PermissionRefused("not_assigned")
        stands = _standing(store, {cell.kpi for cell in wanted})
        moved = [
            cell for cell in wanted if stands.get((cell.kpi, cell.period), (0,))[0] != cell.expected_version
        ]
        if moved:
            raise StaleEdit("import_changed_since", count=len(moved), cell=moved[0].cell)
        lines = [_line(cell) for cell in wanted]
        remarks = {f"{cell.kpi} {cell.period}": cell.note for cell in wanted if cell.note}
        entry = record.append(
            cursor, {"kpi_value_line": lines}, deed="import_values", by=by.account, at=at, note=checked_note(note),
            remarks=remarks,
        )  # fmt: skip
        remembering.remember(cursor, entry, by.organisation or "", KIND, learnt or {})
        return entry


def _line(cell: Cell) -> dict[str, object]:
    return {
        "kpi": cell.kpi,
        "period": cell.period,
        "breakdown": "",
        "value": cell.value,
        "quality": cell.quality,
    }


def _assigned(store: Store, actor: Account, today: date) -> pd.DataFrame:
    """The definitions of the KPIs that an account may record today."""
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
    return rows


def _recordable(store: Store, actor: Account, today: date) -> dict[str, SheetKpi]:
    """The KPIs an account may record today, with the names a sheet may call them by."""
    largest = kpis.largest_values(store)
    return {
        row["kpi"]: SheetKpi(
            row["frequency"],
            tuple(row[name] for name in ("name_th", "name_en") if isinstance(row[name], str) and row[name]),
            tuple(row[unit] for unit in ("unit_th", "unit_en") if isinstance(row[unit], str) and row[unit]),
            largest.get(row["kpi"]),
        )
        for row in _assigned(store, actor, today).to_dict("records")
    }


def _standing(store: Store, codes: set[str]) -> dict[tuple[str, str], tuple[int, float | None, str]]:
    rows = kpis.everything_now(store, sorted(codes))
    return {
        (kpi, period): (int(entry), None if pd.isna(value) else float(value), quality)
        for kpi, period, entry, value, quality in rows.itertuples(index=False)
    }


def _held(row: ValueRow, before: tuple[int, float | None, str] | None, unmarked: str, today: date) -> Cell:
    """
    What a row would do to what stands.

    A value without a mark keeps the one on record: a file that says nothing about quality changes nothing about it.
    """
    entry, value, quality = before or (0, None, "")
    told: dict[str, Any] = {
        "kpi": row.kpi, "period": row.period, "value": row.value, "note": row.note, "before": value, "before_quality": quality,
        "quality": row.quality or (quality if value is not None else "") or unmarked, "expected_version": entry, "row": row.row,
        "sheet": row.sheet, "said": row.said,
    }  # fmt: skip
    cell = row.cells["value"]
    if row.problem is not None:
        return Cell(str(row.problem.details.get("cell", cell)), REFUSED, **told, problem=row.problem)
    if parse(row.period).start > today:
        return Cell(row.cells["period"], REFUSED, **told, problem=ObservationError("period_not_begun"))
    if value == row.value and quality == told["quality"]:
        return Cell(cell, SAME, **told)
    return Cell(cell, NEW if value is None else CHANGED, **told)
