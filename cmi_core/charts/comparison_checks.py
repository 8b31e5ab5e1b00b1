"""Whether the parts of an index belong together."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import either, in_order_of, names_by, on_shade, shade, tips


def correlations(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Correlation of every two parts: one hue for together, another for against; the number where there is room.

    Table: `one`, `other`, `row`, `column`, `r`, `told`, `flag_told`, `strong`, `named`. Words: `r`, `one`, `other`,
    `flag`.
    """
    c = theme.colours(look)
    plain = {"labelLimit": 150, "domain": False, "ticks": False, "labelPadding": 6}
    base = alt.Chart(DATA).encode(
        x=alt.X(
            "other:N",
            sort=in_order_of("column"),
            title=None,
            axis=alt.Axis(orient="top", labelAngle=-50, labelAlign="left", **plain),
        ),
        y=alt.Y("one:N", sort=in_order_of("row"), title=None, axis=alt.Axis(**plain)),
        tooltip=tips(
            ("one:N", t["one"]), ("other:N", t["other"]), ("told:N", t["r"]), ("flag_told:N", t["flag"])
        ),
    )
    cells = base.mark_rect(cornerRadius=3, stroke=c["paper"], strokeWidth=1.5).encode(
        color=shade("r:Q", t["r"], theme.diverging(look), domain=[-1, 0, 1])
    )
    words = (
        base.transform_filter("datum.named && isValid(datum.r)")
        .mark_text(fontWeight=600, fontSize=12)
        .encode(text="told:N", color=on_shade(look))
    )
    return (cells + words).properties(height=alt.Step(28), padding={"right": 40})


def pulls(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    How each part goes with the one above it: bars from 0, those that pull against it in the warning colour and named.

    Table: `name`, `order`, `r`, `told`, `against`, `parent`. Words: `r`, `part`, `parent`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=names_by("order"),
        tooltip=tips(("name:N", t["part"]), ("parent:N", t["parent"]), ("told:N", t["r"])),
    )
    bars = base.mark_bar(height=14, cornerRadius=4).encode(
        x=alt.X("r:Q", title=t["r"], scale=alt.Scale(domain=[-1, 1]), axis=alt.Axis(tickCount=5)),
        color=either("datum.against", c["warn"], c["accent"]),
    )
    zero = alt.Chart(DATA).mark_rule(color=c["ink"]).encode(x=alt.datum(0))
    right = base.transform_filter("datum.r >= 0").mark_text(align="left", dx=6).encode(x="r:Q", text="told:N")
    left = base.transform_filter("datum.r < 0").mark_text(align="right", dx=-6).encode(x="r:Q", text="told:N")
    return alt.layer(bars, zero, right, left).properties(height=alt.Step(26), padding={"right": 30})
