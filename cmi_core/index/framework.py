"""The definition of an index: a checked tree of any depth, made from a table."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, FrameworkError
from cmi_core.index.contradictions import Node, contradictions

REQUIRED = ("code", "parent", "direction", "weight")
NUMBERS = ("weight", "lower", "upper", "target")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Level(NamedTuple):
    """The groups of one height above the indicators, ready for one matrix product."""

    height: int
    groups: np.ndarray  # node numbers, g
    children: np.ndarray  # node numbers of all their children, c
    weights: np.ndarray  # g × c, rows summing to 1
    members: np.ndarray  # g × c, 1.0 where a child belongs to the group
    weights_and_members: np.ndarray  # 2g × c: one above the other
    sizes: np.ndarray  # g × 1, number of children


@dataclass(frozen=True, eq=False)
class Framework:
    """
    A tree of nodes, refused with all its contradictions at once if it has any.

    Nodes are numbered in the order of the table. Indicators are the nodes without children. A node's height
    is 1 for an indicator and one more than its highest child otherwise, so levels count from the bottom even
    where branches are of uneven depth.

    >>> nodes = (Node("isc"), Node("patents", "isc", weight=3.0), Node("waste", "isc", "lower"))
    >>> Framework(nodes).indicators
    ('patents', 'waste')
    """

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        _refuse(contradictions(self.nodes))

    @classmethod
    def from_table(cls, table: pd.DataFrame, *, empty_weight: float | None = None) -> "Framework":
        """
        Read a table with columns code, parent, direction and weight, and further columns as `Node` has them.

        Cells may be text or numbers; empty means not laid down. `scale` is written `0..3` or `0;1;2;3`.
        An empty weight is refused, unless `empty_weight` says what to take for it. Columns of other names are
        left alone. Raises `FrameworkError("framework_contradictions")` with every problem found.
        """
        missing = [name for name in REQUIRED if name not in table.columns]
        _refuse([FrameworkError("column_missing", column=name) for name in missing])
        known = [field.name for field in fields(Node) if field.name in table.columns]
        problems: list[CmiError] = []
        records = table[known].astype(object).to_dict("records")
        nodes = tuple(_node(record, empty_weight, problems) for record in records)
        _refuse([*problems, *contradictions(nodes)])
        return cls(nodes)

    def to_table(self) -> pd.DataFrame:
        """Give the table back, one row per node, columns as `Node` has them."""
        return pd.DataFrame([{f.name: getattr(node, f.name) for f in fields(Node)} for node in self.nodes])

    def with_weights(self, weights: Mapping[str, float]) -> "Framework":
        """Copy with some nodes' weights replaced; checked again."""
        for code in weights:
            self.number(code)
        changed = (replace(node, weight=float(weights.get(node.code, node.weight))) for node in self.nodes)
        return Framework(tuple(changed))

    def number(self, code: str) -> int:
        """Give the node's row number; raises `FrameworkError("node_unknown")`."""
        try:
            return self.numbers[code]
        except KeyError:
            raise FrameworkError("node_unknown", code=code) from None

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Row number of every code."""
        return {node.code: row for row, node in enumerate(self.nodes)}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """All codes, in the order of the table."""
        return tuple(node.code for node in self.nodes)

    @cached_property
    def root(self) -> int:
        """Row number of the index itself."""
        return next(row for row, node in enumerate(self.nodes) if not node.parent)

    @cached_property
    def parent(self) -> np.ndarray:
        """Row number of each node's parent, -1 for the root."""
        return np.array([self.numbers.get(node.parent, -1) if node.parent else -1 for node in self.nodes])

    @cached_property
    def children(self) -> tuple[np.ndarray, ...]:
        """Row numbers of each node's children."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for row, parent in enumerate(self.parent):
            if parent >= 0:
                found[parent].append(row)
        return tuple(np.array(rows, dtype=int) for rows in found)

    @cached_property
    def leaves(self) -> np.ndarray:
        """Row numbers of the indicators."""
        return np.array([row for row, below in enumerate(self.children) if not below.size])

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """Codes of the indicators, in the order of the table."""
        return tuple(self.codes[row] for row in self.leaves)

    @cached_property
    def downward(self) -> tuple[int, ...]:
        """Row numbers from the root down, parents before children."""
        walk = [self.root]
        for row in walk:
            walk.extend(self.children[row].tolist())
        return tuple(walk)

    @cached_property
    def heights(self) -> np.ndarray:
        """Height of each node: 1 for indicators."""
        heights = np.ones(len(self.nodes), dtype=int)
        for row in reversed(self.downward):
            if self.children[row].size:
                heights[row] = heights[self.children[row]].max() + 1
        return heights

    @cached_property
    def weights(self) -> np.ndarray:
        """Weights as laid down; 1 for a root that has none."""
        return np.array([1.0 if math.isnan(node.weight) else node.weight for node in self.nodes])

    @cached_property
    def shares(self) -> np.ndarray:
        """Weights rescaled to sum to 1 among siblings; the root has 1."""
        shares = np.ones(len(self.nodes))
        for below in self.children:
            if below.size:
                shares[below] = self.weights[below] / self.weights[below].sum()
        return shares

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Give the groups by height, lowest first."""
        heights = self.heights
        return tuple(self._level(height) for height in range(2, heights[self.root] + 1))

    def _level(self, height: int) -> Level:
        groups = np.flatnonzero(self.heights == height)
        children = np.concatenate([self.children[group] for group in groups])
        members = (self.parent[children][None, :] == groups[:, None]).astype(float)
        weights = members * self.shares[children]
        both = np.concatenate([weights, members])
        return Level(height, groups, children, weights, members, both, members.sum(axis=1, keepdims=True))

    @cached_property
    def effective(self) -> np.ndarray:
        """Weight of every node in every node above it (nodes × nodes): product of shares down the path."""
        weights = np.eye(len(self.nodes))
        for row in self.downward[1:]:
            above = self.parent[row]
            weights[row] += weights[above] * self.shares[row]
        return weights

    def under(self, row: int) -> np.ndarray:
        """Row numbers of a node and all below it."""
        walk = [row]
        for each in walk:
            walk.extend(self.children[each].tolist())
        return np.array(walk)


def _refuse(problems: list[CmiError]) -> None:
    if problems:
        raise FrameworkError("framework_contradictions", problems=tuple(problems), count=len(problems))


def _node(record: dict[Any, Any], empty_weight: float | None, problems: list[CmiError]) -> Node:
    cells = {column: _text(cell) for column, cell in record.items()}
    for column in set(NUMBERS) & set(cells):
        cells[column] = _number(cells["code"], column, record[column], problems)
    if empty_weight is not None and math.isnan(cells["weight"]):
        cells["weight"] = empty_weight
    if "scale" in cells:
        cells["scale"] = _scale(cells["code"], cells["scale"], problems)
    for column in {"direction", "kind", "transform"} & set(cells):
        cells[column] = cells[column].lower()
    return Node(**cells)


def _text(cell: object) -> Any:
    if isinstance(cell, tuple | list):
        return ";".join(map(str, cell))
    return "" if cell is None or cell is pd.NA or cell != cell else str(cell).strip()


def _number(code: str, column: str, cell: object, problems: list[CmiError]) -> float:
    """Read a cell as a number: NaN when empty; what is no number is a problem and stands as 1 meanwhile."""
    if isinstance(cell, int | float | np.number) and not isinstance(cell, bool):
        return float(cell)
    text = _text(cell)
    if not text:
        return math.nan
    if NUMBER.fullmatch(text):
        return float(text)
    problems.append(FrameworkError("number_unreadable", code=code, column=column, text=text))
    return 1.0 if column == "weight" else math.nan


def _scale(code: str, text: str, problems: list[CmiError]) -> tuple[float, ...]:
    """
    Read an ordinal scale: all whole numbers between two, or each level named.

    >>> _scale("", "0..3", []), _scale("", "0-3", []), _scale("", "0;1;5", [])
    ((0.0, 1.0, 2.0, 3.0), (0.0, 1.0, 2.0, 3.0), (0.0, 1.0, 5.0))
    """
    ends = re.fullmatch(r"(-?[0-9]{1,4})\s*(?:\.\.+|…|-|–)\s*(-?[0-9]{1,4})", text)
    if ends:
        return tuple(float(step) for step in range(int(ends[1]), int(ends[2]) + 1))
    levels = [level.strip() for level in re.split(r"[;,|]", text)] if text else []
    if all(NUMBER.fullmatch(level) for level in levels):
        return tuple(float(level) for level in levels)
    problems.append(FrameworkError("number_unreadable", code=code, column="scale", text=text))
    return ()
