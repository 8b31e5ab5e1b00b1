"""Which part of an index a column of a table of scores holds, or a row of one in long form; what is open is asked."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

import pandas as pd

from cmi_core.errors import ObservationError
from cmi_core.index.asking import Asking
from cmi_core.index.score_words import ASIDE, PUBLISHED
from cmi_core.index.sheet import IN_BRACKETS, Found, plain
from cmi_core.tables.questions import Candidate

UNUSED, AS_PUBLISHED = "unused", "published"
NEAR = 0.6  # how alike a heading and a name must be to be offered first
MOST_ASKED = 30


class Series(NamedTuple):
    """Numbers under one name: a column, or the rows of one indicator; `where` as a reader finds it, `at` its cell."""

    key: str
    said: str
    where: str
    at: tuple[int, int]
    numbers: bool  # whether most of its cells are numbers


class Parts(NamedTuple):
    """The parts of an index as files may name them."""

    names: Mapping[str, list[str]]  # a name, compared as `plain`, and the nodes it may be
    leaves: tuple[str, ...]
    root: str
    told: Mapping[str, str]  # a node's name for a reader

    @classmethod
    def of(cls, nodes: pd.DataFrame) -> "Parts":
        """The parts from a table of nodes: node, parent, name_th, name_en."""
        names: dict[str, list[str]] = {}
        for column in ("name_th", "name_en"):
            for node, name in zip(nodes["node"], nodes[column], strict=True):
                if node not in names.setdefault(plain(name), []):
                    names[plain(name)].append(node)
        for node in nodes["node"]:
            names[plain(node)] = [node]  # a code means one node, whatever is called like it
        parents = {parent for parent in nodes["parent"] if isinstance(parent, str) and parent}
        roots = [
            n for n, p in zip(nodes["node"], nodes["parent"], strict=True) if not isinstance(p, str) or not p
        ]
        return cls(
            names,
            tuple(node for node in nodes["node"] if node not in parents),
            roots[0] if roots else "",
            dict(zip(nodes["node"], nodes["name_th"], strict=True)),
        )

    def called(self, said: str) -> list[str]:
        """The nodes that a heading may mean."""
        return self.names.get(plain(said)) or self.names.get(plain(IN_BRACKETS.sub("", said))) or []


def settle(series: Iterable[Series], parts: Parts, asking: Asking, found: Found) -> dict[str, str]:
    """The node of each series that is read; the others are asked about, or left out by name."""
    taken: dict[str, str] = {}
    results: list[tuple[Series, str]] = []
    open_ones: list[tuple[Series, list[str]]] = []
    leaves = set(parts.leaves)
    for each in series:
        nodes = parts.called(each.said)
        if len(nodes) == 1 and nodes[0] in leaves:
            _take(each, nodes[0], taken, found)
        elif len(nodes) == 1:
            results.append((each, nodes[0]))
        elif not nodes and each.numbers and PUBLISHED.search(plain(each.said)) and parts.root not in leaves:
            results.append((each, parts.root))
        else:
            open_ones.append((each, nodes))
    _published(results, taken, asking, found)
    _unknown(open_ones, parts, taken, asking, found)
    return taken


def _take(each: Series, node: str, taken: dict[str, str], found: Found) -> None:
    if node in taken.values():
        found.add(*each.at, ObservationError("score_node_twice", node=node))
    else:
        taken[each.key] = node


def _published(
    results: list[tuple[Series, str]], taken: dict[str, str], asking: Asking, found: Found
) -> None:
    """What is made of other parts is no input: a published result, or not used."""
    if not results:
        return
    answer = asking.ask(
        "published",
        "read_index.ask_published",
        (
            Candidate(AS_PUBLISHED, say="read_index.published_result"),
            Candidate(UNUSED, say="read_index.published_unused"),
        ),
        columns=", ".join(f"{each.where} ({each.said})" for each, _ in results),
    )
    for each, node in results:
        if answer == AS_PUBLISHED:
            _take(each, node, taken, found)
        elif answer == UNUSED:
            asking.leave("column", each.where, "read_index.column_result", name=each.said)


def _unknown(
    series: list[tuple[Series, list[str]]],
    parts: Parts,
    taken: dict[str, str],
    asking: Asking,
    found: Found,
) -> None:
    """Numbers under a name that is none of the index's: they may be an indicator that has no column yet."""
    missing = [node for node in parts.leaves if node not in taken.values()]
    for count, (each, nodes) in enumerate(series):
        aside = not each.said or not each.numbers or bool(ASIDE.search(plain(each.said)))
        if not nodes and (aside or count >= MOST_ASKED):
            asking.leave("column", each.where, "read_index.column_unused", name=each.said or "–")
            continue
        offered = [*nodes, *(node for node in _nearest(each.said, missing, parts) if node not in nodes)]
        near = bool(nodes) or bool(offered and _likeness(each.said, offered[0], parts) >= NEAR)
        candidates = [Candidate(node, told=f"{parts.told[node]} ({node})") for node in offered]
        unused = Candidate(UNUSED, say="read_index.column_not_used")
        answer = asking.ask(
            f"column_{each.key}",
            "read_index.ask_column",
            [*candidates, unused] if near else [unused, *candidates],
            # Where every indicator has its numbers there is nothing that these could be.
            default=None if offered else UNUSED,
            asked=bool(offered),
            column=each.where,
            name=each.said,
        )
        if answer == UNUSED:
            asking.leave("column", each.where, "read_index.column_unused", name=each.said)
        elif answer is not None:
            _take(each, answer, taken, found)


def _nearest(said: str, nodes: list[str], parts: Parts) -> list[str]:
    return sorted(nodes, key=lambda node: -_likeness(said, node, parts))


def _likeness(said: str, node: str, parts: Parts) -> float:
    words = {plain(node), *(name for name, nodes in parts.names.items() if node in nodes)}
    return max(SequenceMatcher(None, plain(said), word).ratio() for word in words)
