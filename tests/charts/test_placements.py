"""The picture of a file in each system it may be in: what can be seen together is drawn, each under its name."""

import pytest
import shapely

from cmi_core.charts import theme
from cmi_core.charts.placements import placements

HERE = shapely.box(98.95, 18.77, 98.96, 18.78)
BESIDE = shapely.box(98.952, 18.77, 98.962, 18.78)
FAR = shapely.box(105.0, 18.77, 105.01, 18.78)
WORDS = {"old": "in force", "which": "system"}


def names(spec):
    (rows,) = spec["datasets"].values()
    return [feature["which"] for feature in rows]


@pytest.mark.parametrize("look", theme.LOOKS)
def test_each_system_has_its_name_and_its_line(look):
    spec = placements([HERE], {"one": [HERE], "two": [BESIDE]}, WORDS, look)
    dash = spec["encoding"]["strokeDash"]["scale"]

    assert names(spec) == ["in force", "one", "two"] == dash["domain"]
    assert len({tuple(line) for line in dash["range"]}) == 3  # told apart where there is but one colour


def test_what_is_far_away_does_not_make_the_rest_a_dot():
    assert names(placements([FAR], {"one": [HERE], "two": [FAR], "three": []}, WORDS, "light")) == ["one"]


def test_shapes_are_drawn_as_they_are_however_broken():
    crossed = shapely.Polygon([(98.96, 18.78), (98.98, 18.80), (98.98, 18.78), (98.96, 18.80)])
    tried = [crossed, crossed, shapely.Point(98.97, 18.79), shapely.GeometryCollection([HERE, crossed])]

    assert names(placements([], {"one": tried}, WORDS, "light")) == ["one"] * 4
