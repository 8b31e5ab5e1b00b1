"""The dimensions of the index as printed."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import tips


def dimensions(t: dict[str, str], look: str) -> alt.Chart:
    """
    One bar per dimension from 0 to 100, the printed score beside it.

    Table: `name`, `value`, `position`, `told` (score as printed), `level` (as printed). Words: `score`.
    All bars have one colour: the order of the levels is not known, so colour must not imply one.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=alt.Y("name:N", sort=alt.EncodingSortField("position"), title=None, axis=None)
    )
    track = base.mark_bar(color=c["quiet"], height=14, cornerRadius=7).encode(
        x=alt.X(
            "full:Q",
            scale=alt.Scale(domain=[0, 100]),
            title=t["score"],
            axis=alt.Axis(values=[0, 25, 50, 75, 100]),
        )
    )
    bar = base.mark_bar(color=c["accent"], height=14, cornerRadius=7).encode(
        x=alt.X("value:Q"),
        tooltip=tips(("name:N", " "), ("told:N", t["score"]), ("level:N", t["level"])),
    )
    # Names stand above their bars: beside them a long one leaves no bar on a phone.
    above = {"dy": -17, "fontSize": 15, "color": c["ink"]}
    name = base.mark_text(align="left", limit=alt.ExprRef("width - 60"), **above).encode(
        x=alt.datum(0), text="name:N"
    )
    told = base.mark_text(align="right", fontWeight=700, **above).encode(x=alt.datum(100), text="told:N")
    return (track + bar + name + told).properties(height=alt.Step(54), padding={"top": 8, "right": 8})
