"""Encodings that several charts share: names down the side, places told apart, shades, what the pointer is told."""

from typing import Any

import altair as alt

from cmi_core.charts import theme

# Chosen places differ by shape as well as by colour, so that colour never speaks alone.
SHAPES = [
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "triangle-right",
    "triangle-left",
]
ROUND = ".1f"


def tips(*told: tuple[str, ...]) -> list[alt.Tooltip]:
    """What the pointer is told of a mark: each a field, its title and, where it needs one, the format of its number."""
    return [
        alt.Tooltip(field, title=title, **({"format": form[0]} if form else {}))
        for field, title, *form in told
    ]


def in_order_of(column: str) -> alt.EncodingSortField:
    """Names in the order of a column that is the same in all rows of one name."""
    return alt.EncodingSortField(column, op="min")


def names_by(column: str, *, field: str = "name:N", **axis: Any) -> alt.Y:
    """Names down the side, in the order of a column."""
    return alt.Y(field, sort=in_order_of(column), title=None, axis=name_axis(**axis))


def name_axis(**more: Any) -> alt.Axis:
    """The axis of names: they are cut before they take the picture from a phone."""
    limit = alt.ExprRef("min(230, max(110, 0.42 * width))")
    return alt.Axis(labelLimit=limit, domain=False, ticks=False, labelPadding=8, **more)


def place_colour(look: str) -> alt.Color:
    """The colour of each chosen place."""
    return alt.Color("name:N", title=None, scale=alt.Scale(range=theme.categories(look)), legend=_legend())


def place_shape(*, legend: bool = True) -> alt.Shape:
    """The shape of each chosen place."""
    return alt.Shape(
        "name:N", title=None, scale=alt.Scale(range=SHAPES), legend=_legend() if legend else None
    )


def shade(field: str, title: str, colours: list[str], *, form: str | None = None, **scale: Any) -> alt.Color:
    """A number as a shade, with the ramp of its colours above the chart."""
    written = {"format": form} if form else {}
    return alt.Color(
        field,
        title=title,
        scale=alt.Scale(range=colours, **scale),
        legend=alt.Legend(gradientLength=180, **written),
    )


def on_shade(look: str) -> Any:
    """The ink of a word on a shade: another one where `strong` says that the shade is strong."""
    return either("datum.strong", *theme.on_shade(look))


def either(test: str, one: str, other: str) -> Any:
    """One colour where a test holds, else another one."""
    return alt.condition(test, alt.value(one), alt.value(other))


def _legend() -> alt.Legend:
    return alt.Legend(orient="top", columns=2, symbolSize=150, labelLimit=180)
