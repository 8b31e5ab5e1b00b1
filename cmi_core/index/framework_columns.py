"""The columns of a framework that are not understood: those that would change the method are refused, none is dropped."""

import re
from collections.abc import Mapping, Sequence

from cmi_core.errors import FrameworkError
from cmi_core.index.asking import Asking
from cmi_core.index.framework_words import METHOD, REMARK, transform_of
from cmi_core.index.sheet import Found, Headings, plain
from cmi_core.tables.questions import Candidate
from cmi_core.tables.sheets import Table, address
from cmi_core.tables.worksheet import column_letters
from cmi_core.text.numbers import is_gap

UNUSED, METHODICAL = "unused", "method"
SOME = 3  # cells named in a sentence
_PROSE = re.compile(r"://|\S\s+\S+\s+\S|[\u0e01-\u0e5b]{3}|.{60}")


def check(table: Table, headings: Headings, rows: Sequence[int], asking: Asking, found: Found) -> None:
    """Refuse, ask about or list every column with something in it that none of the headings explains."""
    known = set(headings.columns.values())
    columns = {column for row in rows for column in table.rows[row]} | set(headings.over)
    for column in sorted(columns - known):
        cells = {
            row: table.rows[row][column]
            for row in rows
            if not is_gap(table.rows[row].get(column)) and transform_of(str(table.rows[row][column]))
        }
        said = " ".join(headings.told(column).split())
        if cells:
            _one(column, said, cells, headings.row, asking, found)
        elif said:
            asking.leave("column", column_letters(column), "read_index.column_empty", name=said)


def _one(column: int, said: str, cells: Mapping[int, object], top: int, asking: Asking, found: Found) -> None:
    reason = FrameworkError(
        "framework_column_method",
        column=said or column_letters(column),
        cells=", ".join(f"{address(row, column)} ({str(cell)[:30]})" for row, cell in list(cells.items())[:SOME]),
    )  # fmt: skip
    heading = plain(said)
    if heading and not REMARK.search(heading) and METHOD.search(heading):
        found.add(top, column, reason)
        return
    if not (heading and REMARK.search(heading)) and not all(prose(cell) for cell in cells.values()):
        sample = ", ".join(str(cell)[:30] for cell in list(cells.values())[:SOME])
        answer = asking.ask(
            f"column_{column_letters(column)}",
            "read_index.ask_column_method",
            (
                Candidate(UNUSED, say="read_index.column_remark"),
                Candidate(METHODICAL, say="read_index.column_method"),
            ),
            column=column_letters(column), name=said or "–", sample=sample,
        )  # fmt: skip
        if answer == METHODICAL:
            found.add(top, column, reason)
        if answer != UNUSED:
            return
    asking.leave("column", column_letters(column), "read_index.column_unused", name=said or "–")


def prose(cell: object) -> bool:
    """
    Whether a cell can only be a remark: sentences, Thai words, an address; no number, no code.

    >>> prose("from the census of 2020"), prose("p5"), prose(0.5)
    (True, False, False)
    """
    return isinstance(cell, str) and bool(_PROSE.search(cell.strip()))
