"""A framework is a checked tree."""

import numpy as np
import pandas as pd
import pytest

from cmi_core.errors import FrameworkError
from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework

UNEVEN = Framework(
    (
        Node("isc"),
        Node("connected", "isc", weight=3.0),
        Node("roads", "connected", weight=1.0),
        Node("data", "connected", weight=3.0),
        Node("sensors", "data"),
        Node("waste", "isc", "lower", weight=1.0),
    )
)


def test_indicators_are_the_nodes_without_children():
    assert UNEVEN.indicators == ("roads", "sensors", "waste")


def test_levels_count_from_the_bottom_even_where_depth_is_uneven():
    assert UNEVEN.heights.tolist() == [4, 3, 1, 2, 1, 1]
    assert [level.height for level in UNEVEN.levels] == [2, 3, 4]


def test_effective_weights_multiply_down_the_path():
    weights = UNEVEN.effective[UNEVEN.leaves, UNEVEN.root]
    assert weights.tolist() == pytest.approx([3 / 4 * 1 / 4, 3 / 4 * 3 / 4, 1 / 4])


def test_a_table_comes_back_as_it_went_in():
    again = Framework.from_table(UNEVEN.to_table())
    pd.testing.assert_frame_equal(again.to_table(), UNEVEN.to_table())


def test_cells_may_be_text_and_empty_means_not_laid_down():
    table = pd.DataFrame(
        {
            "code": ["isc", " patents "],
            "parent": ["", "isc"],
            "direction": ["", "Higher"],
            "weight": ["", "2.5"],
            "scale": ["", "0..3"],
            "lower": [None, np.nan],
            "colour": ["red", "blue"],
        }
    )
    node = Framework.from_table(table).nodes[1]
    assert (node.code, node.weight, node.scale, node.direction) == ("patents", 2.5, (0, 1, 2, 3), "higher")


def test_unknown_weights_are_refused_unless_one_is_named():
    table = pd.DataFrame(
        {"code": ["isc", "a"], "parent": ["", "isc"], "direction": "higher", "weight": [1, None]}
    )
    with pytest.raises(FrameworkError) as caught:
        Framework.from_table(table)
    assert [problem.reason for problem in caught.value.problems] == ["weight_missing"]
    assert Framework.from_table(table, empty_weight=1.0).nodes[1].weight == 1.0


def test_every_problem_is_told_at_once():
    table = pd.DataFrame(
        {
            "code": ["isc", "a", "a", "b", ""],
            "parent": ["", "isc", "nowhere", "isc", "isc"],
            "direction": ["higher", "up", "higher", "lower", "higher"],
            "weight": ["1", "-1", "many", "inf", "1"],
        }
    )
    with pytest.raises(FrameworkError) as caught:
        Framework.from_table(table)
    assert sorted(problem.reason for problem in caught.value.problems) == [
        "code_empty", "code_twice", "direction_unknown", "number_unreadable", "number_unreadable",
        "parent_unknown", "weight_negative",
    ]  # fmt: skip


def test_a_missing_column_is_named():
    with pytest.raises(FrameworkError) as caught:
        Framework.from_table(pd.DataFrame({"code": ["isc"]}))
    assert [p.details["column"] for p in caught.value.problems] == ["parent", "direction", "weight"]


def test_other_weights_make_another_framework_and_are_checked():
    assert UNEVEN.with_weights({"waste": 3.0}).shares[-1] == 0.5
    with pytest.raises(FrameworkError):
        UNEVEN.with_weights({"waste": -1.0})
    with pytest.raises(FrameworkError):
        UNEVEN.with_weights({"nothing": 1.0})


def test_a_lone_root_is_an_indicator():
    assert Framework((Node("isc"),)).indicators == ("isc",)


def test_an_unreadable_scale_is_a_problem():
    table = pd.DataFrame(
        {"code": ["a"], "parent": [""], "direction": ["higher"], "weight": [1], "scale": ["low;high"]}
    )
    with pytest.raises(FrameworkError) as caught:
        Framework.from_table(table)
    assert caught.value.problems[0].details["column"] == "scale"
