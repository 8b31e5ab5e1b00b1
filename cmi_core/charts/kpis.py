"""A KPI over time: its values, its path from baseline to target, and where its trend leads."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import tips


def history(t: dict[str, str], look: str) -> alt.LayerChart | alt.FacetChart:
    """
    Values against the expected path; a period stands at its end.

    Table: `series` (value, waiting, sent_back, path, baseline, milestone, target, band, forecast), `position`
    (end of the period in years), `value`, `low`, `high`, and the words `said`, `period_said`, `value_said`.
    Words: `year` (title of the axis), `unit`, `era` (what is added to a Common Era year).
    """
    c = theme.colours(look)
    x = _time(t)
    y = _height(t)
    tip = tips(("said:N", " "), ("period_said:N", t["period"]), ("value_said:N", t["unit"]))
    base = alt.Chart(DATA)

    def only(*series: str) -> alt.Chart:
        return base.transform_filter(alt.FieldOneOfPredicate(field="series", oneOf=list(series)))

    area = only("band").mark_area(opacity=0.18, color=c["accent"]).encode(x=x, y="low:Q", y2="high:Q")
    cone = only("forecast").mark_area(opacity=0.16, color=c["soft"]).encode(x=x, y="low:Q", y2="high:Q")
    trend = only("forecast").mark_line(strokeDash=[2, 4], color=c["soft"], strokeWidth=2).encode(x=x, y=y)
    path = only("path").mark_line(strokeDash=[8, 5], color=c["soft"], strokeWidth=2).encode(x=x, y=y)
    line = only("value").mark_line(color=c["accent"], strokeWidth=3).encode(x=x, y=y)
    shapes = {
        "value": ("circle", 110, c["accent"], c["accent"]),
        "waiting": ("circle", 130, "transparent", c["accent"]),
        "sent_back": ("cross", 110, "transparent", c["warn"]),
        "baseline": ("square", 120, c["soft"], c["soft"]),
        "milestone": ("diamond", 110, "transparent", c["soft"]),
        "target": ("diamond", 190, c["ink"], c["ink"]),
    }
    points = [
        only(series)
        .mark_point(shape=shape, size=size, fill=fill, stroke=stroke, strokeWidth=2.5, opacity=1)
        .encode(x=x, y=y, tooltip=tip)
        for series, (shape, size, fill, stroke) in shapes.items()
    ]
    return alt.layer(area, cone, trend, path, line, *points).properties(height=340)


def parts(t: dict[str, str], look: str) -> alt.LayerChart | alt.FacetChart:
    """
    The values of the parts of a KPI over time: a line each, told apart by colour, dash and mark, named in a legend.

    Table: `part` (its name), `position`, `value`, `waiting` (not verified yet: drawn hollow), and the words
    `period_said`, `value_said`. Words: `year`, `unit`, `era` as in `history`, and `part` (title of the legend).
    """
    c = theme.colours(look)
    legend = alt.Legend(title=t["part"], columns=2, symbolLimit=20)
    part = {"field": "part", "type": "nominal", "sort": None}
    colour = alt.Color(**part, legend=legend, scale=alt.Scale(range=theme.categories(look)))
    base = alt.Chart(DATA).encode(x=_time(t), y=_height(t), color=colour)
    line = base.mark_line(strokeWidth=2.5).encode(strokeDash=alt.StrokeDash(**part, legend=legend))
    tip = tips(("part:N", t["part"]), ("period_said:N", t["period"]), ("value_said:N", t["unit"]))
    marks = base.mark_point(size=110, strokeWidth=2.5, opacity=1).encode(
        shape=alt.Shape(**part, legend=legend), tooltip=tip
    )
    solid = marks.transform_filter("!datum.waiting").mark_point(
        size=110, strokeWidth=2.5, opacity=1, filled=True
    )
    hollow = marks.transform_filter("datum.waiting").mark_point(
        size=110, strokeWidth=2.5, opacity=1, fill=c["paper"]
    )
    return alt.layer(line, solid, hollow).properties(height=280)


def _time(t: dict[str, str]) -> alt.X:
    """The axis of years: a period stands at its end, and its year is said in the reader's era."""
    return alt.X(
        "position:Q",
        title=t["year"],
        scale=alt.Scale(zero=False, nice=False, padding=24),
        axis=alt.Axis(
            tickMinStep=1,
            grid=False,
            labelOverlap=True,
            labelSeparation=10,
            labelExpr=f"toString(round(datum.value) - 1 + {t['era']})",
        ),
    )


def _height(t: dict[str, str]) -> alt.Y:
    """The axis of values; the unit stands upright above it, as Thai marks pile up in text that is turned."""
    upright = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -12, "titleX": -34}
    return alt.Y("value:Q", title=t["unit"], scale=alt.Scale(zero=False), axis=alt.Axis(**upright))
