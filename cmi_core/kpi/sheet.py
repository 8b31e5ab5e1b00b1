"""
A sheet of KPI values, understood: its header, and each row as a value to record or as problems by cell.

The columns are KPI, period, value, quality and note, in any order and in Thai or English; others are left
alone. A row counts only if its value cell is filled, so that a template may be sent back half empty.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cmi_core.calendar.periods import Period, label
from cmi_core.calendar.written import ERA_BE, ERA_CE, understand
from cmi_core.errors import FileRefused, ObservationError
from cmi_core.tables.sheets import Table, address
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import understand_number
from cmi_core.text.typed import typed

COLUMNS = ("kpi", "period", "value", "quality", "note")
NEEDED = ("kpi", "period", "value")
HEADERS = {
    "kpi": ("kpi", "kpi code", "code", "รหัสตัวชี้วัด", "รหัส", "ตัวชี้วัด", "รหัส kpi", "indicator"),
    "period": ("period", "ช่วงเวลา", "ปี", "เดือน", "ไตรมาส", "รอบ", "รอบเวลา", "ปีงบประมาณ", "year"),
    "value": ("value", "ค่า", "ค่าที่ได้", "ผลการดำเนินงาน", "ผล", "ค่าจริง", "actual"),
    "quality": ("quality", "data quality", "quality mark", "คุณภาพ", "คุณภาพข้อมูล", "ที่มาของค่า"),
    "note": ("note", "notes", "remark", "remarks", "หมายเหตุ", "คำอธิบาย", "comment"),
}
QUALITIES = ("measured", "survey", "higher_level", "estimate", "personal_estimate", "untraceable")
SEARCHED_ROWS = 20  # a header stands in the first of these
MOST_PROBLEMS = 500


@dataclass(frozen=True)
class SheetKpi:
    """What a sheet needs to know of a KPI: its frequency, and names it may go by beside its code."""

    frequency: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetRow:
    """A value to record, with the address of each of its cells; `quality` is empty where none is marked."""

    number: int
    kpi: str
    period: str
    value: float
    quality: str
    note: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class SheetRead:
    """
    What a sheet says: values to record, problems by cell, and the rows left empty.

    Each problem is an ObservationError whose detail `cell` is the address, such as "C7".
    """

    rows: tuple[SheetRow, ...]
    problems: tuple[ObservationError, ...]
    empty: int


@dataclass(frozen=True)
class _Header:
    row: int
    columns: Mapping[str, int]
    era: str | None


def read_values(
    table: Table,
    kpis: Mapping[str, SheetKpi],
    *,
    qualities: Mapping[str, str] | None = None,
    default_quality: str = "",
) -> SheetRead:
    """
    The KPI values of a table. `kpis` are those the reader may record, by code; `qualities` maps labels in
    any language to marks (see `quality_labels`), the marks themselves are always understood.

    Raises FileRefused: `sheet_header_missing`, `sheet_header_twice` or `sheet_merged`, because then no row
    can be trusted. What is wrong with single cells is in the result's problems.
    """
    header = _header(table)
    if merged := table.merged_from(header.row):
        raise FileRefused("sheet_merged", cell=merged[0].partition(":")[0], area=", ".join(merged[:5]))
    codes = _codes(kpis)
    marks = {_plain(label): mark for label, mark in (qualities or {}).items()} | {m: m for m in QUALITIES}
    rows: list[SheetRow] = []
    problems: list[ObservationError] = []
    seen: dict[tuple[str, str], str] = {}
    empty = 0
    for number in (number for number in table.rows if number > header.row):
        cells = {name: address(number, column) for name, column in header.columns.items()}
        said = {name: table.rows[number].get(column) for name, column in header.columns.items()}
        if not _filled(said.get("value")):
            empty += 1
            continue
        row = _row(said, cells, kpis=kpis, codes=codes, marks=marks, era=header.era, problems=problems)
        if row is None:
            continue
        row = _finished(number, row, cells, default_quality)
        if first := seen.get((row.kpi, row.period)):
            problems.append(
                ObservationError("sheet_value_twice", cell=cells["value"], first=first, period=row.period)
            )
            continue
        seen[row.kpi, row.period] = cells["value"]
        rows.append(row)
    return SheetRead(tuple(rows), tuple(problems[:MOST_PROBLEMS]), empty)


def template(
    wanted: Iterable[tuple[str, str, Period]], *, translate: Callable[..., str], quality: str = ""
) -> pd.DataFrame:
    """
    A sheet to fill in: a row for each KPI (code, name) and period, in the reader's language and era.

    `quality` is a mark to put in beforehand. What comes back filled in is understood by `read_values`.
    """
    columns = {
        name: translate(f"kpi_sheet.{name}") for name in ("kpi", "name", "period", "value", "quality", "note")
    }
    mark = translate(f"quality.{quality}") if quality else None
    rows = [(code, name, label(period, translate), None, mark, None) for code, name, period in wanted]
    return pd.DataFrame(rows, columns=list(columns.values()), dtype=object)


def quality_labels(*catalogues: Mapping[str, str]) -> dict[str, str]:
    """
    Labels in several languages → marks, from catalogues with the keys `quality.<mark>`.

    >>> quality_labels({"quality.measured": "Measured"})
    {'Measured': 'measured'}
    """
    return {
        each[f"quality.{mark}"]: mark
        for each in catalogues
        for mark in QUALITIES
        if f"quality.{mark}" in each
    }


def _header(table: Table) -> _Header:
    """The first row that names the needed columns."""
    known = {_plain(word): name for name, words in HEADERS.items() for word in words}
    best: tuple[str, ...] = ()
    for row in list(table.rows)[:SEARCHED_ROWS]:
        columns: dict[str, int] = {}
        era = None
        for column, said in table.rows[row].items():
            text = _plain(said)
            name = known.get(_without_era(text))
            if name is None:
                continue
            if name in columns:
                if all(needed in columns for needed in NEEDED):
                    raise FileRefused("sheet_header_twice", cell=address(row, column), name=str(said))
                continue
            columns[name] = column
            if name == "period":
                era = "be" if ERA_BE.search(text) else "ce" if ERA_CE.search(text) else None
        if all(name in columns for name in NEEDED):
            return _Header(row, columns, era)
        best = max(best, tuple(columns), key=len)
    raise FileRefused("sheet_header_missing", missing=", ".join(n for n in NEEDED if n not in best))


def _row(
    said: Mapping[str, object], cells: Mapping[str, str], *, problems: list[ObservationError], **known: Any
) -> dict[str, Any] | None:
    """The row's values, or None once its problems have been added."""
    before = len(problems)
    row: dict[str, Any] = {"period": "", "value": 0.0}
    for name, content in said.items():
        try:
            if isinstance(content, Formula):
                raise ObservationError("sheet_formula")
            row[name] = _understood(name, content, row, known)
        except ObservationError as problem:
            problems.append(_at(problem, cells[name]))
    return row if len(problems) == before else None


def _understood(name: str, content: object, row: Mapping[str, Any], known: Mapping[str, Any]) -> object:
    if name == "kpi":
        code = known["codes"].get(_plain(content))
        if code is None:
            reason = "sheet_kpi_unknown" if _filled(content) else "sheet_kpi_missing"
            raise ObservationError(reason, text=_short(content))
        return code
    if name == "period":
        kpi = known["kpis"].get(row.get("kpi"))
        return understand(content, frequency=kpi.frequency if kpi else None, era=known["era"]).code
    if name == "value":
        return understand_number(content)
    if name == "quality":
        mark = known["marks"].get(_plain(content), "" if not _filled(content) else None)
        if mark is None:
            raise ObservationError("sheet_quality_unknown", text=_short(content))
        return mark
    return typed("note", str("" if content is None else content))


def _finished(number: int, row: Mapping[str, Any], cells: Mapping[str, str], default: str) -> SheetRow:
    quality, note = row.get("quality") or default, row.get("note", "")
    return SheetRow(number, row["kpi"], row["period"], row["value"], quality, note, dict(cells))


def _at(problem: ObservationError, cell: str) -> ObservationError:
    """The same problem, told with its cell; what was written is cut to a bearable length."""
    details: dict[str, Any] = {
        key: _short(each) if isinstance(each, str) else each for key, each in problem.details.items()
    }
    details["cell"] = cell
    return ObservationError(problem.reason, **details)


def _codes(kpis: Mapping[str, SheetKpi]) -> dict[str, str]:
    """What a KPI may be called → its code; a name shared by two KPIs names neither."""
    names: dict[str, str | None] = {}
    for code, kpi in kpis.items():
        for name in {_plain(name) for name in kpi.names if name}:
            names[name] = None if name in names else code
    codes = {name: code for name, code in names.items() if code}
    return codes | {_plain(code): code for code in kpis}


def _filled(content: object) -> bool:
    return content is not None and str(content).strip() not in ("", "-", "–")


def _plain(content: object) -> str:
    """Text for comparing: one space between words, no case, no invisible signs."""
    text = str("" if content is None else content).replace("\u200b", "").replace("\ufeff", "")
    return " ".join(text.split()).casefold()


def _without_era(header: str) -> str:
    """A header without its remark on the era: `ปี (พ.ศ.)` is `ปี`; a star for needed columns goes too."""
    bare = ERA_CE.sub("", ERA_BE.sub("", header))
    return " ".join(bare.replace("()", "").replace("( )", "").strip(" *:").split())


def _short(content: object, longest: int = 60) -> str:
    text = " ".join(str("" if content is None else content).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
