"""An index as an uploaded table: what every cell means, what the file leaves open, and what is wrong at which cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, FileRefused, FrameworkError, ObservationError
from cmi_core.index import framework_columns, framework_gaps
from cmi_core.index.asking import Asking, choose_sheet, the_book, without_hidden_rows
from cmi_core.index.commas import comma_of
from cmi_core.index.contradictions import Node, contradictions
from cmi_core.index.framework_rows import Row, Tree, find, read_rows
from cmi_core.index.framework_words import (
    FRAMEWORK_HEADINGS,
    NUMBERS,
    direction_of,
    kind_of,
    transform_of,
)
from cmi_core.index.sheet import Found, Problem, refuse_damaged
from cmi_core.tables.questions import Answers, LeftOut, Question
from cmi_core.tables.sheets import Book, Table, address
from cmi_core.tables.worksheet import Formula, column_letters
from cmi_core.text.numbers import is_gap, understand_number

__all__ = ["FRAMEWORK_HEADINGS", "FrameworkSheet", "read_framework"]

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
    "transform_unknown": "transform",
    "log_needs_positive": "lower",
    "goalposts_missing": "lower",
    "scale_missing": "scale",
    "target_missing": "target",
    "reference_missing": "reference",
}


@dataclass(frozen=True, eq=False)
class FrameworkSheet:
    """The nodes as read, in the file's order, every problem with its cell, what is asked and what is left out."""

    nodes: pd.DataFrame
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    understood: Mapping[str, Any] = field(default_factory=dict)
    at: tuple[int, ...] = ()  # the row of each node

    def rows(self) -> list[dict[str, object]]:
        """Each node as it would be kept, and each problem."""
        kept: list[dict[str, object]] = [
            {"row": row, "state": "new", "key": node["code"], "before": None, "after": node, "reason": None}
            for row, node in zip(self.at, self.nodes.to_dict("records"), strict=True)
        ]
        refused: list[dict[str, object]] = [
            {"row": each.cell, "state": "refused", "key": None, "before": None, "after": None, "reason": each.reason}
            for each in self.problems
        ]  # fmt: skip
        return kept + refused


def read_framework(table: Table | Book, answers: Answers | None = None) -> FrameworkSheet:
    """
    Read the tree of an index. Raises FileRefused where no headings are found or cells are merged.

    Empty weights stay empty until somebody says what they are. Whatever else keeps the rows from being a tree, or would
    change what is computed and cannot be kept, is a problem at its cell; nothing is dropped unsaid.
    """
    book = the_book(table)
    asking = Asking(answers or {}, list(book.questions))
    chosen = choose_sheet(book, lambda each: 0 if find(each) is None else 1, asking)
    drawn = find(chosen)
    chosen = without_hidden_rows(chosen, drawn[1].row if drawn else 0, asking)
    tree = read_rows(chosen, asking)
    if not tree.rows:
        raise FileRefused("table_empty")
    found = Found()
    below = [row for row in tree.table.rows if row > tree.headings.row]
    framework_columns.check(tree.table, tree.headings, below, asking, found)
    refuse_damaged(chosen, tree.headings.row, tree.headings.columns.values(), found)
    comma = comma_of(_numeric_cells(tree), chosen.separator, asking)
    records = [_record(row, comma, found) for row in tree.rows]
    framework_gaps.settle(records, tree.rows, asking)
    _check_tree(records, tree.rows, found)
    nodes = pd.DataFrame(records, columns=list(FRAMEWORK_HEADINGS)).astype(dict.fromkeys(NUMBERS, float))
    return FrameworkSheet(
        _both_names(nodes, tree, found),
        tuple(found.problems),
        tuple(asking.questions),
        tuple(asking.left_out),
        _understood(book, chosen, tree, comma),
        tuple(row.row for row in tree.rows),
    )


def _understood(book: Book, table: Table, tree: Tree, comma: str | None) -> dict[str, object]:
    return {
        "format": book.format,
        "encoding": table.encoding,
        "separator": table.separator,
        "sheet": table.sheet,
        "sheets": [each.sheet for each in book.tables] if book.format != "csv" else [],
        "header_row": tree.headings.row,
        "layout": tree.layout,
        "codes_made": tree.made,
        "comma": comma,
        "columns": {column_letters(column): name for name, column in tree.headings.columns.items()},
    }


def _numeric_cells(tree: Tree) -> list[object]:
    return [row.cells[name] for row in tree.rows for name in NUMBERS if name in row.cells]


def _both_names(nodes: pd.DataFrame, tree: Tree, found: Found) -> pd.DataFrame:
    """Each name where only the other is given; the index itself may be called as the release is."""
    for place, (row, code) in enumerate(zip(tree.rows, nodes["code"], strict=True)):
        unnamed = not nodes["name_th"].iloc[place] and not nodes["name_en"].iloc[place]
        if unnamed and not (tree.layout == "levels" and not row.text("parent")):
            at = row.columns.get("name_th", row.columns["code"])
            found.add(row.row, at, FrameworkError("node_name_missing", code=code))
    nodes["name_th"] = nodes["name_th"].where(nodes["name_th"] != "", nodes["name_en"])
    nodes["name_en"] = nodes["name_en"].where(nodes["name_en"] != "", nodes["name_th"])
    return nodes


def _record(row: Row, comma: str | None, found: Found) -> dict[str, Any]:
    record: dict[str, Any] = {name: None if name in NUMBERS else "" for name in FRAMEWORK_HEADINGS}
    for name in FRAMEWORK_HEADINGS:
        cell, column = row.cells.get(name, ""), row.columns.get(name, row.columns["code"])
        if isinstance(cell, Formula):
            found.add(row.row, column, ObservationError("sheet_formula"))
            cell = ""
        if name in NUMBERS:
            record[name] = _number_or_none(name, cell, (row, column), comma, found)
        else:
            record[name] = found.text(name, cell, row.row, column)
    record["direction"] = direction_of(record["direction"]) or record["direction"]
    for name in ("normalise", "aggregate", "scale", "reference"):
        record[name] = "" if is_gap(record[name]) else record[name]
    record["transform"] = transform_of(record["transform"])
    record["kind"] = kind_of(row.text("kind")) or ""
    return record


def _number_or_none(
    name: str, cell: object, at: tuple[Row, int], comma: str | None, found: Found
) -> float | None:
    if is_gap(cell):
        return None
    row, column = at
    try:
        return understand_number(cell, comma=comma)
    except ObservationError as refusal:
        # `p5` and the like: a goalpost that follows from the values, which a release does not hold.
        if refusal.reason == "number_is_text" and name != "weight":
            refusal = FrameworkError(
                "framework_goalpost_text", column=name, text=str(cell), cell=address(row.row, column)
            )
        found.add(row.row, column, refusal)
        return None


def _check_tree(records: list[dict[str, Any]], rows: list[Row], found: Found) -> None:
    """Every contradiction at its cell, and what a method needs that its indicator lacks."""
    nodes = tuple(_node(record) for record in records)
    for problem in contradictions(nodes):
        found.add(*_where(problem, records, rows), problem)
    wrong = {problem.cell for problem in found.problems}
    for problem in framework_gaps.lacking(nodes):
        row, column = _where(problem, records, rows)
        if address(row, column) not in wrong:
            found.add(row, column, problem)


def _node(record: Mapping[str, Any]) -> Node:
    """The row as the engine's own checks take it; an unknown weight counts as 1 there, an open direction as higher."""
    nan = float("nan")
    numbers = {name: nan if record[name] is None else record[name] for name in NUMBERS}
    if record["weight"] is None:
        numbers["weight"] = 1.0
    names = ("code", "parent", "normalise", "aggregate", "transform", "reference")
    way = record["direction"] if record["direction"] in ("higher", "lower") else "higher"
    kind = record["kind"] if record["kind"] == "indicator" else ""
    return Node(
        **{name: record[name] for name in names},
        **numbers,
        direction=way,
        kind=kind,
        scale=framework_gaps.scale_of(str(record["scale"])),
    )


def _where(problem: CmiError, records: list[dict[str, Any]], rows: list[Row]) -> tuple[int, int]:
    """The cell a contradiction stands at: the row of its code, the column it is about."""
    details = problem.details
    code = str(details.get("code") or details.get("codes") or "").split(" → ")[0].split(", ")[0]
    column = COLUMN_OF.get(problem.reason) or str(details.get("column", "code"))
    if problem.reason == "code_empty":
        row = rows[int(str(details["row"])) - 1]
        return row.row, row.columns["code"]
    of = "parent" if problem.reason in ("weights_all_zero", "weights_too_large") else "code"
    places = np.flatnonzero([record[of] == code for record in records])
    last = problem.reason == "code_twice"
    row = rows[int(places[-1 if last else 0])] if len(places) else rows[0]
    if problem.reason == "node_method_unknown" and len(places):
        record = records[int(places[0])]
        column = "aggregate" if record["aggregate"] == details["method"] else "normalise"
    return row.row, row.columns.get(column, row.columns["code"])
