"""The steps that carry a score to its target."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import either, names_by, tips


def lift(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    How steps carry a score from where it is to where it shall be: each bar begins where the one above ends.

    Table: `name`, `order`, `from`, `to`, `kind` (now, step, then), `told`, `target`. Words: `score`, `target`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(y=names_by("order"))
    across = alt.X("from:Q", title=t["score"], scale=alt.Scale(zero=True, nice=True))
    bars = base.mark_bar(height=20, cornerRadius=4).encode(
        x=across,
        x2="to:Q",
        color=either("datum.kind == 'step'", c["accent"], c["quiet"]),
        tooltip=tips(("name:N", " "), ("told:N", t["score"])),
    )
    words = base.mark_text(align="left", dx=7, fontWeight=700).encode(x="to:Q", text="told:N")
    goal = (
        alt.Chart(DATA)
        .mark_rule(color=c["ink"], strokeDash=[5, 4], strokeWidth=1.5)
        .encode(x="mean(target):Q", tooltip=tips(("mean(target):Q", t["target"])))
    )
    return alt.layer(bars, goal, words).properties(height=alt.Step(34), padding={"right": 56})
