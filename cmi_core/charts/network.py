"""The stated links between organisations, drawn on a circle."""

import altair as alt

from cmi_core.charts import DATA, theme
from cmi_core.charts.encodings import tips

_REACH = 1.85  # the circle has radius 1; the rest is for the labels
_SHAPES = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "triangle-left"]
_DASHES = {"existing": [1, 0], "committed": [10, 3], "interest": [2, 3], "proposed": [6, 5]}


def circle(t: dict[str, str], look: str) -> alt.Chart:
    """
    Organisations on a circle by sector, links as curves by state; what is not chosen is drawn faintly.

    Table: rows of `part` node (`name`, `short`, `sector_name`, `links`, `x`, `y`, `angle`, `left`,
    `strength`) and rows of part link (`link`, `state_name`, `step`, `x`, `y`, `strength`). Words: the sectors and states in their
    order, each by its code, and `sector`, `links`. The key to shapes and lines stands beside the chart.
    """
    c = theme.colours(look)
    links = _links(t, look)
    nodes = alt.Chart(DATA).transform_filter("datum.part === 'node'")
    dots = nodes.mark_point(filled=True, opacity=1, stroke=c["paper"], strokeWidth=1.5).encode(
        x=_axis("x"),
        y=_axis("y"),
        size=alt.Size("links:Q", scale=alt.Scale(domain=[0, 14], range=[90, 520]), legend=None),
        color=_sector_colour(t, look),
        shape=alt.Shape("sector_name:N", scale=alt.Scale(domain=_sectors(t), range=_SHAPES), legend=None),
        opacity=_strength(),
        tooltip=tips(("name:N", " "), ("sector_name:N", t["sector"]), ("links:Q", t["links"])),
    )
    labels = [_labels(nodes, left=left, ink=c["ink"]) for left in (False, True)]
    return (
        alt.layer(links, dots, *labels)
        .resolve_scale(color="independent", opacity="shared")
        .properties(height=760)
    )


def _links(t: dict[str, str], look: str) -> alt.Chart:
    states = [t[state] for state in _DASHES]
    ink = theme.colours(look)
    colours = [ink["accent"], ink["warn"], ink["warn"], ink["soft"]]
    return (
        alt.Chart(DATA)
        .transform_filter("datum.part === 'link'")
        .mark_line(strokeWidth=2, interpolate="basis")
        .encode(
            x=_axis("x"),
            y=_axis("y"),
            detail="link:N",
            order="step:Q",
            color=alt.Color("state_name:N", scale=alt.Scale(domain=states, range=colours), legend=None),
            strokeDash=alt.StrokeDash(
                "state_name:N", scale=alt.Scale(domain=states, range=list(_DASHES.values())), legend=None
            ),
            opacity=_strength(),
        )
    )


def _labels(nodes: alt.Chart, *, left: bool, ink: str) -> alt.Chart:
    """Names written outwards; on the left half they end at the circle, so that none stands on its head."""
    return (
        nodes.transform_filter(f"datum.left === {str(left).lower()}")
        .transform_calculate(
            lx="datum.x * (1.06 + datum.links / 220)", ly="datum.y * (1.06 + datum.links / 220)"
        )
        .mark_text(
            align="right" if left else "left",
            baseline="middle",
            color=ink,
            # On a phone only those with a link are named; the table below names all.
            fontSize=alt.ExprRef("width < 520 ? (datum.links > 0 ? 10 : 0) : 13"),
            limit=alt.ExprRef("min(width, height) * 0.21"),
        )
        .encode(
            x=_axis("lx"),
            y=_axis("ly"),
            angle=alt.Angle("angle:Q", scale=None),
            text="short:N",
            opacity=_strength(),
            tooltip=alt.Tooltip("name:N", title=" "),
        )
    )


def _axis(field: str) -> alt.X | alt.Y:
    """A square drawing at the top of whatever room there is, in the middle across."""
    half = "min(width, height) / 2"
    across = field.endswith("x")
    ends = [f"width / 2 - {half}", f"width / 2 + {half}"] if across else [f"2 * {half}", "0"]
    scale = alt.Scale(
        domain=[-_REACH, _REACH], range=[alt.ExprRef(end) for end in ends], nice=False, zero=False
    )
    return (alt.X if across else alt.Y)(f"{field}:Q", scale=scale, axis=None)


def _strength() -> alt.Opacity:
    return alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None)


def _sectors(t: dict[str, str]) -> list[str]:
    names = (
        "government",
        "education",
        "private",
        "social_enterprise",
        "civil_society",
        "international",
        "unknown",
    )
    return [t[name] for name in names]


def _sector_colour(t: dict[str, str], look: str) -> alt.Color:
    palette = theme.categories(look)
    colours = palette if len(palette) > 1 else palette * len(_SHAPES)
    return alt.Color("sector_name:N", scale=alt.Scale(domain=_sectors(t), range=colours), legend=None)
