"""Places beside each other on one index: their parts, two of them against each other, and the years."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import (
    ROUND,
    in_order_of,
    names_by,
    on_shade,
    place_colour,
    place_shape,
    shade,
    tips,
)


def profile(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Dot plot: one row per part of the index, a mark per chosen place, all others as quiet dots.

    Table: `part`, `position`, `name`, `score`, `median`, `chosen`, `told`. Words: `score`, `place`, `median`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=names_by("position", field="part:N", grid=True),
        tooltip=_part_tip(t),
    )
    across = alt.X("score:Q", title=t["score"], scale=alt.Scale(zero=False, nice=True))
    others = (
        base.transform_filter("!datum.chosen")
        .mark_circle(color=c["soft"], size=36, opacity=0.32)
        .encode(x=across)
    )
    middle = base.mark_tick(color=c["ink"], thickness=3, size=26).encode(
        x="median:Q", tooltip=tips(("median:Q", t["median"], ROUND))
    )
    marks = (
        base.transform_filter("datum.chosen")
        .mark_point(filled=True, size=190, opacity=1, stroke=c["paper"], strokeWidth=1.5)
        .encode(x=across, color=place_colour(look), shape=place_shape())
    )
    return (others + middle + marks).properties(height=alt.Step(50))


def radar(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    The same profile as a radar: an extra, for shapes are hard to compare.

    Table: `name`, `order`, `x`, `y`, `part`, `told`, and rows of the frame with `frame` true. Words: `place`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-1.35, 1.35])),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-1.25, 1.25])),
        order="order:Q",
    )
    frame = (
        base.transform_filter("datum.frame").mark_line(color=c["line"], strokeWidth=1).encode(detail="name:N")
    )
    words = (
        base.transform_filter("datum.word != null && datum.word != ''")
        .mark_text(fontSize=14, lineHeight=17)
        .encode(text="word:N")
    )
    shapes = (
        base.transform_filter("!datum.frame && !datum.word")
        .mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=70, filled=True))
        .encode(
            color=place_colour(look),
            shape=place_shape(legend=False),
            tooltip=_part_tip(t),
        )
    )
    return (frame + shapes + words).properties(height=430)


def heatmap(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Places × parts of the index; the number stands in each cell, a gap is marked.

    Table: `name`, `place`, `part`, `position`, `score`, `told`, `strong`. Words: `score`, `place`, `none`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        x=alt.X(
            "part:N",
            sort=in_order_of("position"),
            title=None,
            axis=alt.Axis(
                orient="top",
                labelAngle=0,
                labelLimit=alt.ExprRef("max(34, bandwidth('x') - 4)"),
                labelPadding=8,
                domain=False,
                ticks=False,
            ),
        ),
        y=names_by("place"),
        tooltip=_part_tip(t),
    )
    cells = base.mark_rect(cornerRadius=4, stroke=c["paper"], strokeWidth=2).encode(
        color=shade("score:Q", t["score"], theme.ramp(look))
    )
    gaps = (
        base.transform_filter("!isValid(datum.score)").mark_text(color=c["soft"]).encode(text=alt.value("–"))
    )
    words = (
        base.transform_filter("isValid(datum.score)")
        .mark_text(fontWeight=600)
        .encode(text="told:N", color=on_shade(look))
    )
    return (cells + gaps + words).properties(height=alt.Step(36))


def scatter(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Two nodes of every place; the chosen ones carry their names.

    Table: `name`, `across`, `up`, `chosen`. Words: `across`, `up`, `place`.
    """
    c = theme.colours(look)
    base = _against(t).encode(tooltip=_pair_tip(t))
    others = base.transform_filter("!datum.chosen").mark_circle(color=c["soft"], size=60, opacity=0.45)
    chosen = base.transform_filter("datum.chosen").mark_point(
        filled=True, size=170, color=c["accent"], shape="diamond", opacity=1
    )
    names = base.transform_filter("datum.chosen").mark_text(dy=-16, fontWeight=600).encode(text="name:N")
    return alt.layer(others, chosen, names).properties(height=420)


def density(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Two nodes of very many places: squares by how many lie in them, the chosen ones with their names.

    Table: `across`, `across_to`, `up`, `up_to`, `count`, `chosen`, `name`. Words: `across`, `up`, `place`, `count`.
    """
    c = theme.colours(look)
    ramp = theme.ramp(look)
    # Without the palest shade, which is nearly that of the paper; where there are two only, both are needed.
    shades = ramp[1:] if len(ramp) > 2 else ramp
    base = _against(t)
    squares = (
        base.transform_filter("!datum.chosen")
        .mark_rect()
        .encode(
            x2="across_to:Q",
            y2="up_to:Q",
            color=shade("count:Q", t["count"], shades, form="d", type="sqrt"),
            tooltip=tips(("count:Q", t["count"], ",d")),
        )
    )
    named = base.transform_filter("datum.chosen")
    marks = named.mark_point(
        filled=True, size=190, color=c["ink"], stroke=c["paper"], strokeWidth=1.5, shape="diamond", opacity=1
    ).encode(tooltip=_pair_tip(t))
    names = named.mark_text(dy=-16, fontWeight=600, color=c["ink"]).encode(text="name:N")
    return alt.layer(squares, marks, names).properties(height=420)


def years(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Scores through the years; a line joins years of one release only.

    Table: `name`, `year_told`, `year`, `release`, `score`, `told`. Words: `score`, `year`, `place`, `release`.
    """
    base = alt.Chart(DATA).encode(
        x=alt.X(
            "year_told:O",
            title=None,
            sort=in_order_of("year"),
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y("score:Q", title=t["score"], scale=alt.Scale(zero=False)),
        color=place_colour(look),
        detail="release:N",
        tooltip=tips(
            ("name:N", t["place"]),
            ("year_told:O", t["year"]),
            ("release:N", t["release"]),
            ("told:N", t["score"]),
        ),
    )
    lines = base.mark_line(strokeWidth=2.5).encode(strokeDash=alt.StrokeDash("release:N", legend=None))
    marks = base.mark_point(filled=True, size=130, opacity=1).encode(shape=place_shape())
    return (lines + marks).properties(height=360)


def _part_tip(t: dict[str, str]) -> list[alt.Tooltip]:
    return tips(("name:N", t["place"]), ("part:N", " "), ("told:N", t["score"]))


def _against(t: dict[str, str]) -> alt.Chart:
    """Two nodes against each other."""
    return alt.Chart(DATA).encode(
        x=alt.X("across:Q", title=t["across"], scale=alt.Scale(zero=False)),
        y=alt.Y("up:Q", title=t["up"], scale=alt.Scale(zero=False)),
    )


def _pair_tip(t: dict[str, str]) -> list[alt.Tooltip]:
    return tips(("name:N", t["place"]), ("across:Q", t["across"], ROUND), ("up:Q", t["up"], ROUND))
