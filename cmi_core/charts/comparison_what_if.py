"""Ranks by other weights beside the official ones."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import either, in_order_of, tips


def moves(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Official rank and rank by other weights, joined by a line: up is better.

    Table: `name`, `side`, `side_told`, `rank`, `label`, `changed`. Words: `rank`, `place`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        x=alt.X(
            "side_told:N",
            sort=in_order_of("side"),
            title=None,
            axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False, labelLimit=170),
            scale=alt.Scale(padding=0.9),
        ),
        y=alt.Y(
            "rank:Q",
            title=t["rank"],
            scale=alt.Scale(reverse=True, nice=False, zero=False, padding=14),
            axis=None,
        ),
        detail="name:N",
        tooltip=tips(("name:N", t["place"]), ("rank:Q", t["rank"])),
    )
    colour = either("datum.changed", c["accent"], c["soft"])
    lines = base.mark_line(strokeWidth=2).encode(color=colour)
    dots = base.mark_circle(size=80, opacity=1).encode(color=colour)
    left = (
        base.transform_filter("datum.side == 0")
        .mark_text(align="right", dx=-10, limit=alt.ExprRef("0.32 * width - 12"), fontSize=13)
        .encode(text="label:N")
    )
    right = (
        base.transform_filter("datum.side == 1")
        .mark_text(align="left", dx=10, limit=alt.ExprRef("0.32 * width - 12"), fontSize=13)
        .encode(text="label:N")
    )
    # room above: the renderer cuts off tone marks at the very edge
    return (lines + dots + left + right).properties(height=440, padding={"top": 10})
