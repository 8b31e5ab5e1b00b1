"""How much infrastructure stands in and around each district."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import in_order_of, tips


def near(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    One bar per district: points inside, then what the 500 m and the 1 km ring add; the count stands at each end.

    Table: `name`, `position`, `order` (0 inside, 1, 2), `told` (the ring in words), `count` (so far), `added`.
    """
    c = theme.colours(look)
    high = look not in {"light", "dark"}
    shades = [c["accent"], c["accent"], c["accent"]]
    y = alt.Y("name:N", sort=in_order_of("position"), title=None, axis=alt.Axis(labelLimit=280))
    bars = (
        alt.Chart(DATA)
        .mark_bar(height=20, stroke=c["paper"], strokeWidth=1)
        .encode(
            y=y,
            x=alt.X("added:Q", title=t["points"], stack="zero", axis=alt.Axis(tickMinStep=1, format="d")),
            order=alt.Order("order:Q"),
            color=alt.Color("told:N", sort=alt.EncodingSortField("order"), title=t["where"], scale=alt.Scale(range=shades)),
            opacity=alt.Opacity("told:N", sort=alt.EncodingSortField("order"), title=t["where"],
                                scale=alt.Scale(range=[1, 0.55 if high else 0.5, 0.3 if high else 0.22])),
            tooltip=tips(("name:N", " "), ("told:N", t["where"]), ("count:Q", t["points"])),
        )
    )  # fmt: skip
    ends = (
        alt.Chart(DATA)
        .transform_filter("datum.order == 2")
        .mark_text(align="left", dx=6, fontWeight=600)
        .encode(y=y, x=alt.X("count:Q"), text="count:Q")
    )
    return (bars + ends).properties(height=alt.Step(34))
