"""The rows of a framework, whichever way its tree is drawn: by codes and parents, or by columns from left to right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cmi_core.errors import FileRefused
from cmi_core.index.asking import Asking, spans
from cmi_core.index.codes import slug
from cmi_core.index.framework_words import (
    FRAMEWORK_HEADINGS,
    LEVELS,
    READ_ONLY,
    is_total,
    kind_of,
    level_words,
)
from cmi_core.index.sheet import Headings, headings, plain, unmerged
from cmi_core.tables.questions import Candidate
from cmi_core.tables.sheets import Table
from cmi_core.text.numbers import is_gap
from cmi_core.text.spelling import tidy

HEAD = "head"  # the index is called as the release is


@dataclass
class Row:
    """A node as a row has it: its cells by what they are, and the column of each."""

    row: int
    cells: dict[str, object] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A cell as its reader sees it."""
        return tidy(str(self.cells.get(name, "") or ""))


class Tree(NamedTuple):
    """The nodes in the file's order, and how the file was read for them."""

    table: Table
    headings: Headings
    rows: list[Row]
    layout: str
    made: bool  # whether the codes are ours


def find(table: Table) -> tuple[str, Headings] | None:
    """How a sheet draws a tree, and its headings; None where it draws none."""
    by_code = headings(
        table, FRAMEWORK_HEADINGS | READ_ONLY, enough=lambda found: {"code", "parent"} <= set(found)
    )
    if by_code:
        return "codes", by_code
    by_level = headings(table, level_words(), enough=_draws_a_tree)
    return ("levels", by_level) if by_level else None


def _draws_a_tree(found: Mapping[str, int]) -> bool:
    return "indicator" in found and len(set(LEVELS) & set(found)) > 1


def read_rows(table: Table, asking: Asking) -> Tree:
    """Every row that is a node. Raises FileRefused where no headings are found or cells are merged."""
    drawn = find(table)
    if drawn is None:
        raise FileRefused("index_header_missing", missing="code, parent")
    layout, head = drawn
    for row in (row for row in table.rows if row < head.first):
        asking.leave("row", str(row), "read_index.row_above")
    downwards = {"parent", *LEVELS, *(f"weight_{level}" for level in LEVELS)}
    table = unmerged(table, head, {column for name, column in head.columns.items() if name in downwards})
    rows = [
        row
        for row, cells in table.rows.items()
        if row > head.row and any(not is_gap(cell) for cell in cells.values())
    ]
    rows = _without_notes(table, head, rows, asking, coded=layout == "codes")
    if layout == "levels":
        return Tree(table, head, _by_level(table, head, rows, asking), layout, "code" not in head.columns)
    return Tree(table, head, _by_code(table, head, rows, asking), layout, False)


def _without_notes(
    table: Table, head: Headings, rows: list[int], asking: Asking, *, coded: bool
) -> list[int]:
    """The rows without totals, and without lines of text below the last."""
    kept = list(rows)
    while len(kept) > 1 and _alone(table, kept[-1]):
        asking.leave("row", str(kept.pop()), "read_index.row_note")
    named = [column for name, column in head.columns.items() if name in LEVELS or name.startswith("name_")]
    totals = []
    for row in kept:
        cells = table.rows[row]
        code = cells.get(head.columns["code"]) if coded else None
        if not is_gap(code) and not is_total(code):
            continue
        if is_total(code) or any(is_total(cells.get(column)) for column in named):
            totals.append(row)
    if totals:
        asking.leave("row", spans(totals), "read_index.row_total")
    return [row for row in kept if row not in totals]


def _alone(table: Table, row: int) -> bool:
    """Whether a row holds one long text, or one that stands apart: a note below the table."""
    if len(table.rows[row]) != 1:
        return False
    said = str(next(iter(table.rows[row].values())))
    return len(said) > 60 or ":" in said or row - 1 not in table.rows


def _by_code(table: Table, head: Headings, rows: list[int], asking: Asking) -> list[Row]:
    found = [
        Row(
            row,
            {name: table.rows[row].get(column, "") for name, column in head.columns.items()},
            dict(head.columns),
        )
        for row in rows
    ]
    by_name = {}
    for each in found:
        for name in ("name_th", "name_en"):
            by_name.setdefault(plain(each.text(name)), set()).add(each.text("code"))
    codes = {each.text("code") for each in found}
    for each in found:
        said = each.text("parent")
        if is_gap(said):
            each.cells["parent"] = ""
        elif said not in codes and len(named := by_name.get(plain(said), set())) == 1:
            each.cells["parent"] = next(iter(named))
    return _parts_only(found, asking)


def _parts_only(found: list[Row], asking: Asking) -> list[Row]:
    """The rows that are parts of the index: what files keep beside it (denominators, groups of places) is left out."""
    parents = {each.text("parent") for each in found}
    kept: list[Row] = []
    aside: dict[str, list[str]] = {}
    for each in found:
        kind = kind_of(each.text("kind")) if each.text("kind") else None
        free = each.text("code") not in parents and not each.text("parent")
        if (
            len(found) > 1
            and free
            and (kind == "aside" or (kind == "group" and plain(each.text("kind")) in ("group", "กลุ่ม")))
        ):
            aside.setdefault(each.text("kind"), []).append(f"{each.row} ({each.text('code')})")
        else:
            kept.append(each)
    for kind, rows in aside.items():
        asking.leave("row", ", ".join(rows), "read_index.row_aside", kind=kind)
    return kept


def _by_level(table: Table, head: Headings, rows: list[int], asking: Asking) -> list[Row]:
    """The tree that columns from left to right draw; a name stands once, for all rows below it."""
    levels = [level for level in LEVELS if level in head.columns]
    found: dict[tuple[str, ...], Row] = {}
    used: dict[str, tuple[str, ...]] = {}
    root = None if "index" in levels else _root(table, head, asking)
    if root:
        found[()] = root
        used[root.text("code")] = ()
    path: list[str] = [""] * len(levels)
    for row in rows:
        cells = table.rows[row]
        for depth, level in enumerate(levels):
            if said := tidy(str(cells.get(head.columns[level], "") or "")):
                path[depth:] = [said, *[""] * (len(levels) - depth - 1)]
        if not tidy(str(cells.get(head.columns["indicator"], "") or "")):
            path[-1] = ""
        _branch(row, cells, head, levels, path, (found, used))
    return list(found.values())


def _branch(
    row: int,
    cells: Mapping[int, object],
    head: Headings,
    levels: list[str],
    path: list[str],
    into: tuple[dict[tuple[str, ...], Row], dict[str, tuple[str, ...]]],
) -> None:
    """Add the nodes of one row that are not there yet, and what the row says of its lowest."""
    found, used = into
    above: tuple[str, ...] = ()
    filled = [depth for depth, said in enumerate(path) if said]
    for depth in filled:
        here = (*above, path[depth])
        lowest, leaf = depth == filled[-1], levels[depth] == "indicator"
        if here not in found or (lowest and leaf):
            each = _node(row, path[depth], levels[depth], head)
            given = (
                str(cells.get(head.columns["code"], "") or "") if lowest and "code" in head.columns else ""
            )
            each.cells |= {"code": given or _code(path[depth], here, used), "parent": _code_of(found, above)}
            if here in found:  # the same indicator again: two rows of one code, which is refused as such
                here = (*here, str(row))
            found[here] = each
        each = found[here]
        if lowest:
            _take(each, cells, head, "" if leaf else levels[depth])
        elif f"weight_{levels[depth]}" in head.columns and not each.text("weight"):
            each.cells["weight"] = cells.get(head.columns[f"weight_{levels[depth]}"], "")
            each.columns["weight"] = head.columns[f"weight_{levels[depth]}"]
        above = here


def _code_of(found: dict[tuple[str, ...], Row], path: tuple[str, ...]) -> str:
    return found[path].text("code") if path in found else ""


def _node(row: int, said: str, level: str, head: Headings) -> Row:
    column = head.columns[level]
    name = "name_th" if any("\u0e01" <= sign <= "\u0e5b" for sign in said) else "name_en"
    return Row(row, {name: said}, {"code": column, "parent": column, "name_th": column, "name_en": column})


def _take(each: Row, cells: Mapping[int, object], head: Headings, group: str) -> None:
    """What a row says of the node that it is about; a group's own weight counts before that of its row."""
    for name, column in head.columns.items():
        if name in FRAMEWORK_HEADINGS and name not in ("code", "parent") and column in cells:
            each.cells[name] = cells[column]
            each.columns[name] = column
    own = head.columns.get(f"weight_{group}", 0)
    if own in cells:
        each.cells["weight"], each.columns["weight"] = cells[own], own
    for name, column in head.columns.items():
        each.columns.setdefault(name, column)


def _code(said: str, path: tuple[str, ...], used: dict[str, tuple[str, ...]]) -> str:
    """A code of one's own for the node at a path."""
    code, number = slug(said), 2
    while used.get(code, path) != path:
        code, number = f"{slug(said)}_{number}", number + 1
    used[code] = path
    return code


def _root(table: Table, head: Headings, asking: Asking) -> Row:
    """The index itself, which no row is about: it is called as the release is, or as the file is titled."""
    title = next(
        (
            tidy(str(next(iter(cells.values()))))
            for row, cells in table.rows.items()
            if row < head.first and len(cells) == 1
        ),
        "",
    )
    candidates = [Candidate(HEAD, say="read_index.name_of_release")]
    if title:
        candidates.append(Candidate("title", told=title))
    answer = asking.ask("index_name", "read_index.ask_index_name", candidates, default=HEAD)
    name = title if answer == "title" else ""
    column = head.columns["indicator"]
    columns = {"code": column, "parent": column, "name_th": column, "name_en": column, "weight": column}
    return Row(head.row, {"code": "index", "parent": "", "name_th": name, "name_en": name}, columns)
