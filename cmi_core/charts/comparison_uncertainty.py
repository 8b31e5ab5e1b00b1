"""How sure ranks are: intervals, probabilities, and the choices they hang on."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import either, name_axis, names_by, shade, tips


def bands(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Ranks a place may hold: the bar spans nine draws in ten, the mark is the official rank.

    Table: `name`, `rank`, `rank_lower`, `rank_median`, `rank_upper`, `chosen`, `told`. Words: `rank`, `place`,
    `interval`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=names_by("rank"),
        tooltip=tips(("name:N", t["place"]), ("rank:Q", t["rank"]), ("told:N", t["interval"])),
    )
    ranks = alt.X(
        "from:Q",
        title=t["rank"],
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(tickMinStep=1, format="d"),
    )
    bar = (
        base.transform_calculate(**{"from": "datum.rank_lower - 0.35", "to": "datum.rank_upper + 0.35"})
        .mark_bar(height=16, cornerRadius=8)
        .encode(x=ranks, x2="to:Q", color=either("datum.chosen", c["accent"], c["quiet"]))
    )
    middle = base.mark_tick(color=c["soft"], thickness=2, size=16).encode(x="rank_median:Q")
    official = base.mark_point(
        filled=True, shape="diamond", size=150, color=c["ink"], stroke=c["paper"], strokeWidth=1.5, opacity=1
    ).encode(x="rank:Q")
    return (bar + middle + official).properties(height=alt.Step(30))


def chances(t: dict[str, str], look: str) -> alt.Chart:
    """
    Probability of each rank: the darker, the more often.

    Table: `name`, `row`, `taken`, `probability`, `told`. Words: `rank`, `place`, `probability`.
    """
    c = theme.colours(look)
    return (
        alt.Chart(DATA)
        .mark_rect(stroke=c["paper"], cornerRadius=2)
        .encode(
            x=alt.X("taken:O", title=t["rank"], axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=names_by("row"),
            color=shade("probability:Q", t["probability"], theme.ramp(look), form="%", domain=[0, 1]),
            tooltip=tips(
                ("name:N", t["place"]), ("taken:O", t["rank"]), ("probability:Q", t["probability"], ".1%")
            ),
        )
        .properties(height=alt.Step(26))
    )


def indices(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Sobol indices of each choice with their intervals: first-order as a bar, total as a mark.

    Table: `name`, `first`, `first_lower`, `first_upper`, `total`, `total_lower`, `total_upper`. Words: `share`,
    `first`, `total`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(y=alt.Y("name:N", sort=None, title=None, axis=name_axis()))
    tip = tips(("name:N", " "), ("first:Q", t["first"], ".2f"), ("total:Q", t["total"], ".2f"))
    across = alt.X(
        "first:Q", title=t["share"], scale=alt.Scale(domain=[0, 1], clamp=True), axis=alt.Axis(format="%")
    )
    bar = base.mark_bar(height=20, cornerRadius=4, color=c["accent"]).encode(x=across, tooltip=tip)
    reach = base.mark_rule(color=c["ink"], strokeWidth=2).encode(x="total_lower:Q", x2="total_upper:Q")
    mark = base.mark_point(filled=True, shape="diamond", size=140, color=c["ink"], opacity=1).encode(
        x="total:Q", tooltip=tip
    )
    return (bar + reach + mark).properties(height=alt.Step(44))
