"""Figures of places as their source prints them."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import names_by, tips


def printed(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Figures as their source prints them, in its order.

    Table: `name`, `place`, `printed`, `told`, `full` (the end of the scale, empty where it has none). Words: `figure`,
    `place`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=names_by("place"),
        tooltip=tips(("name:N", t["place"]), ("told:N", t["figure"])),
    )
    track = (
        base.transform_filter("isValid(datum.full)")
        .mark_bar(color=c["quiet"], height=18, cornerRadius=9)
        .encode(x="full:Q")
    )
    bar = base.mark_bar(color=c["accent"], height=18, cornerRadius=9).encode(
        x=alt.X("printed:Q", title=t["figure"], scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=6))
    )
    words = base.mark_text(align="left", dx=7, fontWeight=700, fontSize=15).encode(
        x="printed:Q", text="told:N"
    )
    return (track + bar + words).properties(height=alt.Step(44))


def printed_ranks(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Ranks as their source prints them, the best at the right end: a mark, for a bar would make the worst the longest.

    Table: `name`, `place`, `printed`, `told`. Words: `figure`, `place`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=names_by("place", grid=True),
        x=alt.X(
            "printed:Q",
            title=t["figure"],
            scale=alt.Scale(reverse=True, zero=True, nice=True),
            axis=alt.Axis(tickCount=6, grid=False),
        ),
        tooltip=tips(("name:N", t["place"]), ("told:N", t["figure"])),
    )
    marks = base.mark_point(filled=True, size=220, color=c["accent"], opacity=1)
    words = base.mark_text(align="right", dx=-14, fontWeight=700, fontSize=15).encode(text="told:N")
    return (marks + words).properties(height=alt.Step(44))
