"""Places beside each other on one index."""

import altair as alt

from cmi_core.charts import DATA, theme

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
_SCORE = {"domain": [0, 100]}
_ROUND = ".1f"


def profile(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Dot plot: one row per part of the index, a mark per chosen place, all others as quiet dots.

    Table: `part`, `position`, `name`, `score`, `median`, `chosen`, `told`. Words: `score`, `place`, `median`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=alt.Y(
            "part:N",
            sort=alt.EncodingSortField("position", op="min"),
            title=None,
            axis=_names(grid=True),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t["place"]),
            alt.Tooltip("part:N", title=" "),
            alt.Tooltip("told:N", title=t["score"]),
        ],
    )
    across = alt.X("score:Q", title=t["score"], scale=alt.Scale(zero=False, nice=True))
    others = (
        base.transform_filter("!datum.chosen")
        .mark_circle(color=c["soft"], size=36, opacity=0.32)
        .encode(x=across)
    )
    middle = base.mark_tick(color=c["ink"], thickness=3, size=26).encode(
        x="median:Q", tooltip=[alt.Tooltip("median:Q", title=t["median"], format=_ROUND)]
    )
    marks = (
        base.transform_filter("datum.chosen")
        .mark_point(filled=True, size=190, opacity=1, stroke=c["paper"], strokeWidth=1.5)
        .encode(
            x=across,
            color=alt.Color(
                "name:N", title=None, scale=alt.Scale(range=theme.categories(look)), legend=_legend()
            ),
            shape=alt.Shape("name:N", title=None, scale=alt.Scale(range=SHAPES), legend=_legend()),
        )
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
            color=alt.Color(
                "name:N", title=None, scale=alt.Scale(range=theme.categories(look)), legend=_legend()
            ),
            shape=alt.Shape("name:N", title=None, scale=alt.Scale(range=SHAPES), legend=None),
            tooltip=[
                alt.Tooltip("name:N", title=t["place"]),
                alt.Tooltip("part:N", title=" "),
                alt.Tooltip("told:N", title=t["score"]),
            ],
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
            sort=alt.EncodingSortField("position", op="min"),
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
        y=alt.Y(
            "name:N",
            sort=alt.EncodingSortField("place", op="min"),
            title=None,
            axis=_names(),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t["place"]),
            alt.Tooltip("part:N", title=" "),
            alt.Tooltip("told:N", title=t["score"]),
        ],
    )
    cells = base.mark_rect(cornerRadius=4, stroke=c["paper"], strokeWidth=2).encode(
        color=alt.Color(
            "score:Q",
            title=t["score"],
            scale=alt.Scale(range=_ramp(look)),
            legend=alt.Legend(gradientLength=180),
        )
    )
    gaps = (
        base.transform_filter("!isValid(datum.score)").mark_text(color=c["soft"]).encode(text=alt.value("–"))
    )
    words = (
        base.transform_filter("isValid(datum.score)")
        .mark_text(fontWeight=600)
        .encode(
            text="told:N",
            color=alt.condition("datum.strong", alt.value(_on_strong(look)), alt.value(_on_weak(look))),
        )
    )
    return (cells + gaps + words).properties(height=alt.Step(36))


def bands(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Ranks a place may hold: the bar spans nine draws in ten, the mark is the official rank.

    Table: `name`, `rank`, `rank_lower`, `rank_median`, `rank_upper`, `chosen`, `told`. Words: `rank`, `place`,
    `interval`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=alt.Y(
            "name:N",
            sort=alt.EncodingSortField("rank", op="min"),
            title=None,
            axis=_names(),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t["place"]),
            alt.Tooltip("rank:Q", title=t["rank"]),
            alt.Tooltip("told:N", title=t["interval"]),
        ],
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
        .encode(
            x=ranks,
            x2="to:Q",
            color=alt.condition("datum.chosen", alt.value(c["accent"]), alt.value(c["quiet"])),
        )
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
            y=alt.Y(
                "name:N",
                sort=alt.EncodingSortField("row", op="min"),
                title=None,
                axis=_names(),
            ),
            color=alt.Color(
                "probability:Q",
                title=t["probability"],
                scale=alt.Scale(range=_ramp(look), domain=[0, 1]),
                legend=alt.Legend(format="%", gradientLength=180),
            ),
            tooltip=[
                alt.Tooltip("name:N", title=t["place"]),
                alt.Tooltip("taken:O", title=t["rank"]),
                alt.Tooltip("probability:Q", title=t["probability"], format=".1%"),
            ],
        )
        .properties(height=alt.Step(26))
    )


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
            sort=alt.EncodingSortField("column", op="min"),
            title=None,
            axis=alt.Axis(orient="top", labelAngle=-50, labelAlign="left", **plain),
        ),
        y=alt.Y("one:N", sort=alt.EncodingSortField("row", op="min"), title=None, axis=alt.Axis(**plain)),
        tooltip=[
            alt.Tooltip("one:N", title=t["one"]),
            alt.Tooltip("other:N", title=t["other"]),
            alt.Tooltip("told:N", title=t["r"]),
            alt.Tooltip("flag_told:N", title=t["flag"]),
        ],
    )
    cells = base.mark_rect(cornerRadius=3, stroke=c["paper"], strokeWidth=1.5).encode(
        color=alt.Color(
            "r:Q",
            title=t["r"],
            scale=alt.Scale(domain=[-1, 0, 1], range=_diverging(look)),
            legend=alt.Legend(gradientLength=180),
        )
    )
    words = (
        base.transform_filter("datum.named && isValid(datum.r)")
        .mark_text(fontWeight=600, fontSize=12)
        .encode(
            text="told:N",
            color=alt.condition("datum.strong", alt.value(_on_strong(look)), alt.value(_on_weak(look))),
        )
    )
    return (cells + words).properties(height=alt.Step(28), padding={"right": 40})


def pulls(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    How each part goes with the one above it: bars from 0, those that pull against it in the warning colour and named.

    Table: `name`, `order`, `r`, `told`, `against`, `parent`. Words: `r`, `part`, `parent`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=alt.Y(
            "name:N",
            sort=alt.EncodingSortField("order", op="min"),
            title=None,
            axis=_names(),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t["part"]),
            alt.Tooltip("parent:N", title=t["parent"]),
            alt.Tooltip("told:N", title=t["r"]),
        ],
    )
    bars = base.mark_bar(height=14, cornerRadius=4).encode(
        x=alt.X("r:Q", title=t["r"], scale=alt.Scale(domain=[-1, 1]), axis=alt.Axis(tickCount=5)),
        color=alt.condition("datum.against", alt.value(c["warn"]), alt.value(c["accent"])),
    )
    zero = alt.Chart(DATA).mark_rule(color=c["ink"]).encode(x=alt.datum(0))
    right = base.transform_filter("datum.r >= 0").mark_text(align="left", dx=6).encode(x="r:Q", text="told:N")
    left = base.transform_filter("datum.r < 0").mark_text(align="right", dx=-6).encode(x="r:Q", text="told:N")
    return alt.layer(bars, zero, right, left).properties(height=alt.Step(26), padding={"right": 30})


def scatter(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Two nodes of every place; the chosen ones carry their names.

    Table: `name`, `across`, `up`, `chosen`. Words: `across`, `up`, `place`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        x=alt.X("across:Q", title=t["across"], scale=alt.Scale(zero=False)),
        y=alt.Y("up:Q", title=t["up"], scale=alt.Scale(zero=False)),
        tooltip=[
            alt.Tooltip("name:N", title=t["place"]),
            alt.Tooltip("across:Q", title=t["across"], format=_ROUND),
            alt.Tooltip("up:Q", title=t["up"], format=_ROUND),
        ],
    )
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
    across = alt.X("across:Q", title=t["across"], scale=alt.Scale(zero=False))
    up = alt.Y("up:Q", title=t["up"], scale=alt.Scale(zero=False))
    base = alt.Chart(DATA).encode(x=across, y=up)
    squares = (
        base.transform_filter("!datum.chosen")
        .mark_rect()
        .encode(
            x2="across_to:Q",
            y2="up_to:Q",
            color=alt.Color(
                "count:Q",
                title=t["count"],
                scale=alt.Scale(
                    type="sqrt", range=_ramp(look)[1:] if look in ("light", "dark") else _ramp(look)
                ),
                legend=alt.Legend(gradientLength=180, format="d"),
            ),
            tooltip=[alt.Tooltip("count:Q", title=t["count"], format=",d")],
        )
    )
    named = base.transform_filter("datum.chosen")
    tips = [
        alt.Tooltip("name:N", title=t["place"]),
        alt.Tooltip("across:Q", title=t["across"], format=_ROUND),
        alt.Tooltip("up:Q", title=t["up"], format=_ROUND),
    ]
    marks = named.mark_point(
        filled=True, size=190, color=c["ink"], stroke=c["paper"], strokeWidth=1.5, shape="diamond", opacity=1
    ).encode(tooltip=tips)
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
            sort=alt.EncodingSortField("year", op="min"),
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y("score:Q", title=t["score"], scale=alt.Scale(zero=False)),
        color=alt.Color(
            "name:N", title=None, scale=alt.Scale(range=theme.categories(look)), legend=_legend()
        ),
        detail="release:N",
        tooltip=[
            alt.Tooltip("name:N", title=t["place"]),
            alt.Tooltip("year_told:O", title=t["year"]),
            alt.Tooltip("release:N", title=t["release"]),
            alt.Tooltip("told:N", title=t["score"]),
        ],
    )
    lines = base.mark_line(strokeWidth=2.5).encode(strokeDash=alt.StrokeDash("release:N", legend=None))
    marks = base.mark_point(filled=True, size=130, opacity=1).encode(
        shape=alt.Shape("name:N", title=None, scale=alt.Scale(range=SHAPES), legend=_legend())
    )
    return (lines + marks).properties(height=360)


def moves(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Official rank and rank by other weights, joined by a line: up is better.

    Table: `name`, `side`, `side_told`, `rank`, `label`, `changed`. Words: `rank`, `place`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        x=alt.X(
            "side_told:N",
            sort=alt.EncodingSortField("side", op="min"),
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
        tooltip=[alt.Tooltip("name:N", title=t["place"]), alt.Tooltip("rank:Q", title=t["rank"])],
    )
    colour = alt.condition("datum.changed", alt.value(c["accent"]), alt.value(c["soft"]))
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


def lift(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    How steps carry a score from where it is to where it shall be: each bar begins where the one above ends.

    Table: `name`, `order`, `from`, `to`, `kind` (now, step, then), `told`, `target`. Words: `score`, `target`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=alt.Y(
            "name:N",
            sort=alt.EncodingSortField("order", op="min"),
            title=None,
            axis=_names(),
        )
    )
    across = alt.X("from:Q", title=t["score"], scale=alt.Scale(zero=True, nice=True))
    bars = base.mark_bar(height=20, cornerRadius=4).encode(
        x=across,
        x2="to:Q",
        color=alt.condition("datum.kind == 'step'", alt.value(c["accent"]), alt.value(c["quiet"])),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("told:N", title=t["score"])],
    )
    words = base.mark_text(align="left", dx=7, fontWeight=700).encode(x="to:Q", text="told:N")
    goal = (
        alt.Chart(DATA)
        .mark_rule(color=c["ink"], strokeDash=[5, 4], strokeWidth=1.5)
        .encode(x="mean(target):Q", tooltip=[alt.Tooltip("mean(target):Q", title=t["target"])])
    )
    return alt.layer(bars, goal, words).properties(height=alt.Step(34), padding={"right": 56})


def indices(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Sobol indices of each choice with their intervals: first-order as a bar, total as a mark.

    Table: `name`, `first`, `first_lower`, `first_upper`, `total`, `total_lower`, `total_upper`. Words: `share`,
    `first`, `total`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(y=alt.Y("name:N", sort=None, title=None, axis=_names()))
    tips = [
        alt.Tooltip("name:N", title=" "),
        alt.Tooltip("first:Q", title=t["first"], format=".2f"),
        alt.Tooltip("total:Q", title=t["total"], format=".2f"),
    ]
    across = alt.X(
        "first:Q", title=t["share"], scale=alt.Scale(domain=[0, 1], clamp=True), axis=alt.Axis(format="%")
    )
    bar = base.mark_bar(height=20, cornerRadius=4, color=c["accent"]).encode(x=across, tooltip=tips)
    reach = base.mark_rule(color=c["ink"], strokeWidth=2).encode(x="total_lower:Q", x2="total_upper:Q")
    mark = base.mark_point(filled=True, shape="diamond", size=140, color=c["ink"], opacity=1).encode(
        x="total:Q", tooltip=tips
    )
    return (bar + reach + mark).properties(height=alt.Step(44))


def printed(t: dict[str, str], look: str) -> alt.LayerChart:
    """
    Figures as their source prints them, in its order.

    Table: `name`, `place`, `printed`, `told`, `full` (the end of the scale, empty where it has none). Words: `figure`,
    `place`.
    """
    c = theme.colours(look)
    base = alt.Chart(DATA).encode(
        y=alt.Y("name:N", sort=alt.EncodingSortField("place", op="min"), title=None, axis=_names()),
        tooltip=[alt.Tooltip("name:N", title=t["place"]), alt.Tooltip("told:N", title=t["figure"])],
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
        y=alt.Y(
            "name:N",
            sort=alt.EncodingSortField("place", op="min"),
            title=None,
            axis=_names(grid=True),
        ),
        x=alt.X(
            "printed:Q",
            title=t["figure"],
            scale=alt.Scale(reverse=True, zero=True, nice=True),
            axis=alt.Axis(tickCount=6, grid=False),
        ),
        tooltip=[alt.Tooltip("name:N", title=t["place"]), alt.Tooltip("told:N", title=t["figure"])],
    )
    marks = base.mark_point(filled=True, size=220, color=c["accent"], opacity=1)
    words = base.mark_text(align="right", dx=-14, fontWeight=700, fontSize=15).encode(text="told:N")
    return (marks + words).properties(height=alt.Step(44))


def _legend() -> alt.Legend:
    return alt.Legend(orient="top", columns=2, symbolSize=150, labelLimit=180)


def _names(**more: object) -> alt.Axis:
    """The axis of names: they are cut before they take the picture from a phone."""
    limit = alt.ExprRef("min(230, max(110, 0.42 * width))")
    return alt.Axis(labelLimit=limit, domain=False, ticks=False, labelPadding=8, **more)


def _ramp(look: str) -> list[str]:
    """One hue from light to dark (dark to light on dark paper): readable whatever colours a reader sees."""
    return {
        "light": ["#eef4f2", "#a9cfca", "#4f9d99", "#0b5c63", "#063a40"],
        "dark": ["#1d2c33", "#22545a", "#2f827f", "#5fbdb4", "#c4efe6"],
        "bw": ["#1c1c1c", "#ffffff"],
        "by": ["#1c1c00", "#ffff00"],
    }[look]


def _diverging(look: str) -> list[str]:
    """Two hues with quiet paper between them; with one colour only, the sign stands in the cell."""
    return {
        "light": ["#a8423a", "#f1ede2", "#0b5c63"],
        "dark": ["#e58a7b", "#1d2c33", "#5fbdb4"],
        "bw": ["#ffffff", "#1c1c1c", "#ffffff"],
        "by": ["#ffff00", "#1c1c00", "#ffff00"],
    }[look]


def _on_strong(look: str) -> str:
    return {"light": "#ffffff", "dark": "#0b1417", "bw": "#000000", "by": "#000000"}[look]


def _on_weak(look: str) -> str:
    return {"light": "#17252d", "dark": "#eaf0ef", "bw": "#ffffff", "by": "#ffff00"}[look]
