"""An index as an uploaded table: what every cell means, and what is wrong at which cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, FileRefused, FrameworkError, ObservationError
from cmi_core.index.contradictions import Node, contradictions
from cmi_core.index.sheet import Found, Problem, headings
from cmi_core.tables.sheets import Table
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import understand_number

# What people call a column; the first name is the code that files of ours carry.
FRAMEWORK_HEADINGS = {
    "code": ("code", "รหัส", "node", "รหัสตัวชี้วัด"),
    "parent": ("parent", "รหัสแม่", "แม่", "อยู่ใต้", "กลุ่ม"),
    "name_th": ("name_th", "ชื่อไทย", "ชื่อภาษาไทย", "ชื่อ"),
    "name_en": ("name_en", "ชื่ออังกฤษ", "ชื่อภาษาอังกฤษ", "name"),
    "direction": ("direction", "ทิศทาง"),
    "weight": ("weight", "น้ำหนัก"),
    "unit_th": ("unit_th", "หน่วย", "หน่วยไทย"),
    "unit_en": ("unit_en", "หน่วยอังกฤษ", "unit"),
    "lower": ("lower", "หลักล่าง", "ค่าต่ำสุด"),
    "upper": ("upper", "หลักบน", "ค่าสูงสุด"),
    "scale": ("scale", "มาตรอันดับ", "มาตร"),
    "target": ("target", "เป้าหมาย", "เป้า"),
    "normalise": ("normalise", "วิธีปรับค่า"),
    "aggregate": ("aggregate", "วิธีรวม"),
    "definition_th": ("definition_th", "นิยาม", "นิยามไทย"),
    "definition_en": ("definition_en", "นิยามอังกฤษ", "definition"),
}
NUMBERS = ("weight", "lower", "upper", "target")
DIRECTIONS = {
    "higher": "higher",
    "lower": "lower",
    "มากดี": "higher",
    "น้อยดี": "lower",
    "สูงดี": "higher",
    "ต่ำดี": "lower",
    "ยิ่งมากยิ่งดี": "higher",
    "ยิ่งน้อยยิ่งดี": "lower",
    "+": "higher",
    "-": "lower",
    "−": "lower",
}
# The column a contradiction of the framework belongs to.
COLUMN_OF = {
    "code_empty": "code",
    "code_twice": "code",
    "parent_unknown": "parent",
    "root_missing": "parent",
    "roots_several": "parent",
    "parents_circular": "parent",
    "weight_infinite": "weight",
    "weight_negative": "weight",
    "weights_all_zero": "weight",
    "weights_too_large": "weight",
    "direction_unknown": "direction",
    "goalposts_reversed": "lower",
    "scale_not_rising": "scale",
    "node_method_unknown": "normalise",
}


@dataclass(frozen=True, eq=False)
class FrameworkSheet:
    """The nodes as read, in the file's order, and every problem with its cell."""

    nodes: pd.DataFrame
    problems: tuple[Problem, ...]


def read_framework(table: Table) -> FrameworkSheet:
    """
    Read the tree of an index. Raises FileRefused where no headings are found or cells are merged.

    Empty weights stay empty: not known. Whatever else keeps the rows from being a tree is a problem at its cell.
    """
    top, columns = headings(table, FRAMEWORK_HEADINGS, needed=("code", "parent"))
    found = Found()
    rows, records = [], []
    for row, cells in table.rows.items():
        if row > top and any(str(cell).strip() for cell in cells.values()):
            rows.append(row)
            records.append(_node_record(row, cells, columns, found))
    if not records:
        raise FileRefused("table_empty")
    nodes = pd.DataFrame(records, columns=list(FRAMEWORK_HEADINGS))
    for problem in contradictions(tuple(_node(record) for record in records)):
        row, column = _where(problem, nodes, rows, columns)
        found.add(row, column, problem)
    for place, record in enumerate(records):
        if not record["name_th"] and not record["name_en"]:
            found.add(
                rows[place],
                columns.get("name_th", columns["code"]),
                FrameworkError("node_name_missing", code=record["code"]),
            )
    nodes["name_th"] = nodes["name_th"].where(nodes["name_th"] != "", nodes["name_en"])
    nodes["name_en"] = nodes["name_en"].where(nodes["name_en"] != "", nodes["name_th"])
    return FrameworkSheet(nodes, tuple(found.problems))


def _node_record(
    row: int, cells: Mapping[int, object], columns: Mapping[str, int], found: Found
) -> dict[str, object]:
    record: dict[str, object] = {name: None if name in NUMBERS else "" for name in FRAMEWORK_HEADINGS}
    for name, column in columns.items():
        cell = cells.get(column, "")
        if isinstance(cell, Formula):
            found.add(row, column, ObservationError("sheet_formula"))
            cell = ""
        if name in NUMBERS:
            record[name] = _number_or_none(cell, row, column, found)
        else:
            record[name] = found.text(name, cell, row, column)
    way = str(record["direction"]).lower()
    record["direction"] = DIRECTIONS.get(way, way) or "higher"
    return record


def _number_or_none(cell: object, row: int, column: int, found: Found) -> float | None:
    if cell is None or str(cell).strip() == "":
        return None
    try:
        return understand_number(cell)
    except ObservationError as refusal:
        if refusal.reason != "number_missing":
            found.add(row, column, refusal)
        return None


def _node(record: Mapping[str, Any]) -> Node:
    """The row as the engine's own checks take it; an unknown weight counts as 1 there."""
    nan = float("nan")
    numbers = {name: nan if record[name] is None else record[name] for name in NUMBERS}
    if record["weight"] is None:
        numbers["weight"] = 1.0
    texts = {name: record[name] for name in ("code", "parent", "direction", "normalise", "aggregate")}
    return Node(**texts, **numbers, scale=_scale(str(record["scale"])))


def _scale(text: str) -> tuple[float, ...]:
    """The steps of an ordinal scale; what cannot be read is a scale that does not rise."""
    if not text:
        return ()
    try:
        if ".." in text:
            first, last = (int(end) for end in text.split(".."))
            return tuple(float(step) for step in range(first, min(last, first + 1000) + 1))
        return tuple(float(step) for step in text.split(";"))
    except ValueError:
        return (1.0, 1.0)


def _where(
    problem: CmiError, nodes: pd.DataFrame, rows: list[int], columns: Mapping[str, int]
) -> tuple[int, int]:
    """The cell a contradiction stands at: the row of its code, the column it is about."""
    code = (
        str(problem.details.get("code") or problem.details.get("codes") or "").split(" → ")[0].split(", ")[0]
    )
    column = COLUMN_OF.get(problem.reason) or str(problem.details.get("column", "code"))
    if problem.reason == "code_empty":
        return rows[int(str(problem.details["row"])) - 1], columns["code"]
    if problem.reason in ("weights_all_zero", "weights_too_large"):
        places = np.flatnonzero(nodes["parent"] == code)
    else:
        places = np.flatnonzero(nodes["code"] == code)
    place = (
        int(places[-1])
        if problem.reason == "code_twice" and len(places)
        else int(places[0])
        if len(places)
        else 0
    )
    return rows[place], columns.get(column, columns["code"])
