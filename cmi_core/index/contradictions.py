"""What can be wrong with a framework, all of it found in one pass."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cmi_core.errors import CmiError, ComputationError, FrameworkError
from cmi_core.index import aggregate, normalise

DIRECTIONS = ("higher", "lower")


@dataclass(frozen=True, slots=True)
class Node:
    """One row: the index itself, a dimension or an indicator. NaN and empty mean not laid down."""

    code: str
    parent: str = ""
    direction: str = "higher"
    weight: float = 1.0
    unit: str = ""
    lower: float = math.nan
    upper: float = math.nan
    scale: tuple[float, ...] = ()
    normalise: str = ""
    aggregate: str = ""
    target: float = math.nan
    reference: str = ""
    transform: str = ""
    kind: str = ""


def contradictions(nodes: Sequence[Node]) -> list[CmiError]:
    """List everything that keeps rows from being a tree that can be computed; empty when nothing does."""
    if not nodes:
        return [FrameworkError("framework_empty")]
    return [*_names(nodes), *_tree(nodes), *_weights(nodes), *_measures(nodes), *_methods(nodes)]


def _names(nodes: Sequence[Node]) -> Iterator[CmiError]:
    for row, node in enumerate(nodes, start=1):
        if not node.code:
            yield FrameworkError("code_empty", row=row)
    for code, times in Counter(node.code for node in nodes if node.code).items():
        if times > 1:
            yield FrameworkError("code_twice", code=code, times=times)


def _tree(nodes: Sequence[Node]) -> Iterator[CmiError]:
    parents = {node.code: node.parent for node in nodes if node.code}
    for node in nodes:
        if node.parent and node.parent not in parents:
            yield FrameworkError("parent_unknown", code=node.code, parent=node.parent)
    roots = [node.code for node in nodes if not node.parent]
    if not roots:
        yield FrameworkError("root_missing")
    if len(set(roots)) > 1:
        yield FrameworkError("roots_several", codes=", ".join(roots))
    for circle in _circles(parents):
        yield FrameworkError("parents_circular", codes=" → ".join([*circle, circle[0]]))
    with_children = set(parents.values())
    for node in nodes:
        if node.kind == "indicator" and node.code in with_children:
            yield FrameworkError("indicator_with_children", code=node.code)
        if node.kind == "group" and node.code not in with_children:
            yield FrameworkError("group_without_children", code=node.code)


def _circles(parents: dict[str, str]) -> list[list[str]]:
    """Find each circle of parents once, in the order met."""
    settled: set[str] = set()
    circles = []
    for start in parents:
        path: dict[str, None] = {}
        code = start
        while code in parents and code not in settled and code not in path:
            path[code] = None
            code = parents[code]
        if code in path:
            walk = list(path)
            circles.append(walk[walk.index(code) :])
        settled.update(path)
    return circles


def _weights(nodes: Sequence[Node]) -> Iterator[CmiError]:
    groups: dict[str, list[float]] = {}
    for node in nodes:
        if node.parent:
            groups.setdefault(node.parent, []).append(node.weight)
        if math.isnan(node.weight):
            if node.parent:
                yield FrameworkError("weight_missing", code=node.code)
        elif math.isinf(node.weight):
            yield FrameworkError("weight_infinite", code=node.code)
        elif node.weight < 0:
            yield FrameworkError("weight_negative", code=node.code, weight=node.weight)
    for parent, weights in groups.items():
        if all(weight == 0 for weight in weights):
            yield FrameworkError("weights_all_zero", code=parent)
        elif math.isinf(sum(weights)) and not any(map(math.isinf, weights)):
            yield FrameworkError("weights_too_large", code=parent)


def _measures(nodes: Sequence[Node]) -> Iterator[CmiError]:
    parents = {node.parent for node in nodes}
    for node in nodes:
        leaf = node.code not in parents
        if (leaf or node.direction) and node.direction not in DIRECTIONS:
            yield FrameworkError("direction_unknown", code=node.code, direction=node.direction)
        if node.lower >= node.upper:
            yield FrameworkError("goalposts_reversed", code=node.code, lower=node.lower, upper=node.upper)
        for column, number in (("lower", node.lower), ("upper", node.upper), ("target", node.target)):
            if math.isinf(number):
                yield FrameworkError("number_infinite", code=node.code, column=column)
        if node.scale and (len(node.scale) < 2 or list(node.scale) != sorted(set(node.scale))):
            yield FrameworkError("scale_not_rising", code=node.code)
        if node.transform not in ("", "none", "log"):
            yield FrameworkError("transform_unknown", code=node.code, transform=node.transform)
        elif node.transform == "log" and any(post <= 0 for post in (node.lower, node.upper, node.target)):
            yield FrameworkError("log_needs_positive", code=node.code)


def _methods(nodes: Sequence[Node]) -> Iterator[CmiError]:
    for node in nodes:
        parsers: list[tuple[str, Callable[[str], object]]] = [
            (node.normalise, normalise.parse),
            (node.aggregate, aggregate.parse),
        ]
        for spec, parse in parsers:
            if not spec:
                continue
            try:
                parse(spec)
            except ComputationError:
                yield FrameworkError("node_method_unknown", code=node.code, method=spec)
