"""What a framework leaves open that decides over scores: which way is better, what weighs how much, what a method needs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from cmi_core.errors import CmiError, ComputationError, FrameworkError
from cmi_core.index import normalise
from cmi_core.index.asking import Asking
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.framework_rows import Row
from cmi_core.tables.questions import Candidate
from cmi_core.tables.sheets import address
from cmi_core.text.numbers import THAI_DIGITS

ONE_BY_ONE = 8  # directions asked each for itself; more are asked together first, where none is given
EQUAL, UNKNOWN, EACH = "equal", "unknown", "each"
_BETWEEN = re.compile(r"\s*(?:ถึง|\bto\b)\s*")
_WAYS = (Candidate("higher", say="read_index.higher"), Candidate("lower", say="read_index.lower"))


def settle(records: list[dict[str, Any]], rows: Sequence[Row], asking: Asking) -> None:
    """Ask what is open about directions and weights, and fill in what is answered."""
    groups = {record["parent"] for record in records}
    leaves = [place for place, record in enumerate(records) if record["code"] not in groups]
    _directions(records, rows, leaves, asking)
    for place, record in enumerate(records):
        if record["code"] in groups:
            _of_group(record, rows[place], asking)
    for parent in dict.fromkeys(record["parent"] for record in records if record["parent"]):
        _weights(parent, [record for record in records if record["parent"] == parent], records, asking)
    for record in records:
        record["scale"] = _BETWEEN.sub("..", record["scale"].translate(THAI_DIGITS))


def _of_group(record: dict[str, Any], row: Row, asking: Asking) -> None:
    """A group's scores are those of its parts: a direction of its own is not kept, and said where it is another one."""
    if record["direction"] not in ("", "higher"):
        asking.leave(
            "cell",
            address(row.row, row.columns.get("direction", row.columns["code"])),
            "read_index.group_direction",
            code=record["code"],
        )
    record["direction"] = "higher"


def _directions(
    records: list[dict[str, Any]], rows: Sequence[Row], leaves: list[int], asking: Asking
) -> None:
    """The way in which each indicator is better; nothing is taken for granted."""
    missing = [place for place in leaves if records[place]["direction"] not in ("higher", "lower")]
    if len(missing) > ONE_BY_ONE and not any(records[place]["direction"] for place in missing):
        together = asking.ask(
            "directions",
            "read_index.ask_directions",
            (*_WAYS, Candidate(EACH, say="read_index.each_by_itself")),
            count=len(missing),
        )
        if together != EACH:
            for place in missing:
                records[place]["direction"] = together or ""
            return
    for place in missing:
        record, row = records[place], rows[place]
        said = record["direction"]
        record["direction"] = (
            asking.ask(
                f"direction_{record['code']}",
                "read_index.ask_direction_word" if said else "read_index.ask_direction",
                _WAYS,
                name=record["name_th"] or record["name_en"] or record["code"],
                cell=address(row.row, row.columns.get("direction", row.columns["code"])),
                text=said,
            )
            or ""
        )


def _weights(
    parent: str, children: list[dict[str, Any]], records: list[dict[str, Any]], asking: Asking
) -> None:
    """What the parts of a group weigh where the file does not say: alike, or not known yet."""
    missing = [child for child in children if child["weight"] is None]
    if not missing:
        return
    if len(children) == 1:
        children[0]["weight"] = 1.0  # what weighs alone has the whole weight, whatever its number
        return
    group = next((record for record in records if record["code"] == parent), {})
    name = group.get("name_th") or group.get("name_en") or parent
    alike = Candidate(EQUAL, say="read_index.weights_equal")
    unknown = Candidate(UNKNOWN, say="read_index.weights_unknown")
    whole = len(missing) == len(children)
    answer = asking.ask(
        f"weights_{parent}",
        "read_index.ask_weights" if whole else "read_index.ask_some_weights",
        (alike, unknown) if whole else (unknown, alike),
        name=name,
        parts=", ".join(child["name_th"] or child["name_en"] or child["code"] for child in missing),
    )
    if answer == EQUAL:
        for child in missing:
            child["weight"] = 1.0


def scale_of(text: str) -> tuple[float, ...]:
    """
    The steps of an ordinal scale; what cannot be read is a scale that does not rise.

    >>> scale_of("0-3"), scale_of("0;1;5"), scale_of("")
    ((0.0, 1.0, 2.0, 3.0), (0.0, 1.0, 5.0), ())
    """
    if not text:
        return ()
    row = {"code": "x", "parent": "", "direction": "higher", "weight": 1.0, "scale": text}
    try:
        return Framework.from_table(pd.DataFrame([row])).nodes[0].scale
    except FrameworkError:
        return (1.0, 1.0)


def lacking(nodes: Sequence[Node]) -> Iterator[CmiError]:
    """What a method named in the file needs of an indicator that has it not."""
    by_code: Mapping[str, Node] = {node.code: node for node in nodes}
    parents = {node.parent for node in nodes}
    for node in nodes:
        if node.code in parents:
            continue
        try:
            method = normalise.parse(_method(node, by_code) or "none")
        except ComputationError:
            continue  # told as an unknown method already
        posts = node.upper > node.lower
        if method.name == "goalposts" and not posts:
            yield FrameworkError("goalposts_missing", code=node.code)
        elif method.name == "ordinal" and not node.scale and not posts:
            yield FrameworkError("scale_missing", code=node.code)
        elif method.name == "distance-to-target" and node.target != node.target:
            yield FrameworkError("target_missing", code=node.code)
        elif method.name == "distance-to-reference" and not (node.reference or method.parameters[0]):
            yield FrameworkError("reference_missing", code=node.code)


def _method(node: Node, by_code: Mapping[str, Node]) -> str:
    """The normaliser that a node or the nearest above it names; nothing where that is the release's."""
    seen: set[str] = set()
    while node.code not in seen:
        if node.normalise:
            return node.normalise
        seen.add(node.code)
        node = by_code.get(node.parent, node)
    return ""
