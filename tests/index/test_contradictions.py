"""Each thing that can be wrong with a framework is found and named."""

import math

import pytest

from cmi_core.index.contradictions import Node, contradictions

ROOT = Node("isc")


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        ([], "framework_empty"),
        ([ROOT, Node("", "isc")], "code_empty"),
        ([ROOT, Node("a", "isc"), Node("a", "isc")], "code_twice"),
        ([ROOT, Node("a", "b")], "parent_unknown"),
        ([Node("a", "b"), Node("b", "a")], "root_missing"),
        ([ROOT, Node("other")], "roots_several"),
        ([ROOT, Node("a", "b"), Node("b", "a")], "parents_circular"),
        ([ROOT, Node("a", "a")], "parents_circular"),
        ([ROOT, Node("a", "isc", weight=-1.0), Node("b", "isc")], "weight_negative"),
        ([ROOT, Node("a", "isc", weight=math.nan), Node("b", "isc")], "weight_missing"),
        ([ROOT, Node("a", "isc", weight=math.inf)], "weight_infinite"),
        ([ROOT, Node("a", "isc", weight=0.0), Node("b", "isc", weight=0.0)], "weights_all_zero"),
        ([ROOT, Node("a", "isc", weight=1e308), Node("b", "isc", weight=1e308)], "weights_too_large"),
        ([ROOT, Node("a", "isc", "up")], "direction_unknown"),
        ([ROOT, Node("a", "isc", "")], "direction_unknown"),
        ([ROOT, Node("a", "isc", lower=3.0, upper=3.0)], "goalposts_reversed"),
        ([ROOT, Node("a", "isc", target=math.inf)], "number_infinite"),
        ([ROOT, Node("a", "isc", scale=(1.0,))], "scale_not_rising"),
        ([ROOT, Node("a", "isc", scale=(0.0, 2.0, 1.0))], "scale_not_rising"),
        ([ROOT, Node("a", "isc", transform="square")], "transform_unknown"),
        ([ROOT, Node("a", "isc", transform="log", lower=0.0, upper=1.0)], "log_needs_positive"),
        ([ROOT, Node("a", "isc", normalise="magic")], "node_method_unknown"),
        ([ROOT, Node("a", "isc", aggregate="power:x")], "node_method_unknown"),
        ([Node("isc", kind="indicator"), Node("a", "isc")], "indicator_with_children"),
        ([ROOT, Node("a", "isc", kind="group")], "group_without_children"),
    ],
)
def test_a_contradiction_is_named(nodes, reason):
    assert reason in [problem.reason for problem in contradictions(nodes)]


def test_a_sound_framework_has_none():
    nodes = [
        Node("isc", direction="", weight=math.nan),
        Node("a", "isc", weight=0.0),
        Node("b", "isc", "lower"),
    ]
    assert contradictions(nodes) == []


def test_a_circle_is_told_once():
    nodes = [ROOT, Node("a", "c"), Node("b", "a"), Node("c", "b"), Node("d", "c")]
    circles = [p for p in contradictions(nodes) if p.reason == "parents_circular"]
    assert len(circles) == 1
