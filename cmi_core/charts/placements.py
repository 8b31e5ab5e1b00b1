"""Where the shapes of one file lie in each of the coordinate systems that they may be in, drawn over each other."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import shapely

from cmi_core.charts import theme

NEAR_DEGREES = 1.0  # what lies farther off would leave nothing to be seen of the others
BESIDE_DEGREES = 0.02  # about 2 km: outlines that help to see where the shapes lie
_DASHES = ([1, 0], [8, 5], [2, 3], [12, 4, 2, 4])


def placements(
    standing: Sequence[shapely.Geometry],
    tried: Mapping[str, Sequence[shapely.Geometry]],
    t: Mapping[str, str],
    look: str,
) -> dict[str, Any]:
    """
    Shapes by the name of the system they were read in (the likeliest first), over the outlines in force.

    Words: `old` for those outlines, `which` for the heading. Systems that put the shapes far from the first are not drawn.
    """
    drawn = {name: shapes for name, shapes in tried.items() if shapes}
    first = _frame(next(iter(drawn.values())))
    near = {name: shapes for name, shapes in drawn.items() if _frame(shapes).distance(first) < NEAR_DEGREES}
    around = [shape for shape in standing if _frame([shape]).distance(first) < BESIDE_DEGREES]
    rows = [_feature(shape, t["old"]) for shape in around]
    rows += [_feature(shape, name) for name, shapes in near.items() for shape in shapes]
    c, colours = theme.colours(look), theme.categories(look)
    names = [*([t["old"]] if around else []), *near]
    strokes = [*([c["soft"]] if around else []), *(colours[at % len(colours)] for at in range(len(near)))]
    dashes = [*([[1, 2]] if around else []), *(_DASHES[at % len(_DASHES)] for at in range(len(near)))]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_geoshape(filled=False, strokeWidth=2)
        .encode(
            stroke=alt.Stroke("which:N", scale=alt.Scale(domain=names, range=strokes), title=t["which"]),
            strokeDash=alt.StrokeDash(
                "which:N", scale=alt.Scale(domain=names, range=dashes), title=t["which"]
            ),
        )
        .properties(projection=alt.Projection(type="mercator"), height=380, width="container")
    )
    configuration = theme.configuration(look)
    legend = configuration["legend"] | {"columns": 1, "symbolType": "stroke"}
    return chart.to_dict() | {"config": configuration | {"legend": legend}}


def _frame(shapes: Sequence[shapely.Geometry]) -> shapely.Geometry:
    """The rectangle around shapes, which may be crossed or broken: nothing was repaired yet."""
    return shapely.box(*shapely.total_bounds(list(shapes)))


def _feature(shape: shapely.Geometry, which: str) -> dict[str, Any]:
    """A feature whose rings run as Vega reads them."""
    around = shapely.orient_polygons(shape, exterior_cw=True)
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(around)), "which": which}
