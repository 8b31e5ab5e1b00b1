"""A still picture of the map, for a report or a slide; the map itself is drawn by Leaflet."""

import json
import math
from typing import Any

import altair as alt
import shapely

from cmi_core.charts import theme
from cmi_core.geography import map_script

WIDTH, HEIGHT = 1000, 900
_PAPER, _WATER, _ROAD, _LAND = "#f7f3e9", "#9cc6dd", "#d9d0bd", "#fdfbf5"
# The marks of the map on a unit square.
_SHAPES = {
    "health": "cross",
    "learning": "square",
    "makers": "M0,-1L.26,-.33L.96,-.31L.41,.12L.59,.82L0,.41L-.59,.82L-.41,.12L-.96,-.31L-.26,-.33Z",
    "transport": "triangle-up",
    "heritage": "diamond",
    "market": "M0,-.92L.9,-.26L.56,.8L-.56,.8L-.9,-.26Z",
    "green": "circle",
    "water": "triangle-down",
    "government": "M-.4,-.85L.4,-.85L.85,-.4L.85,.4L.4,.85L-.4,.85L-.85,.4L-.85,-.4Z",
    "other": "circle",
}
# As on the map: only an official boundary has a whole line.
_DASHES = {"indicative": [9, 6], "user": [14, 5, 3, 5], "official": [1, 0]}
_EARTH_M = 6_378_137  # the sphere of the Mercator projection
_ROUND_METRES = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_WIDTHS = {"river": 8, "canal": 3.5, "moat": 4, "road": 2.5}


def still(
    features: list[dict[str, Any]],
    t: dict[str, str],
    *,
    bounds: tuple[float, float, float, float],
    families: list[str],
) -> dict[str, Any]:
    """
    The Vega-Lite dictionary of the picture, data inside.

    Words: `title`, `caution`, `licence`, `north`, `metre`, `kilometre`, one per family and one per kind of boundary that
    is on it. `bounds` is west, south, east, north.
    """
    frame = _frame(bounds)
    ground = [_lines(features, kind, frame) for kind in ("road", "moat", "canal", "river")]
    soft = theme.LOOKS["light"]["soft"]
    inks = [
        ("area", soft, 0.06),
        *((place, colour, 0.22) for place, colour in map_script.DISTRICTS["light"].items()),
    ]
    areas = [
        _areas([row for row in features if row["kind"] == kind and row["boundary"] == boundary], colour, frame, fill=fill, dash=dash)
        for kind, colour, fill in inks
        for boundary, dash in _DASHES.items()
    ]  # fmt: skip
    marks = _points([row for row in features if row["kind"] in families], t, families, frame)
    layers = [*ground, *areas, marks, *_names(features, frame), *_scale(bounds, t, frame)]
    title = alt.TitleParams(t["title"], subtitle=[t["caution"], t["licence"]], anchor="start", fontSize=26, subtitleFontSize=15,
                            subtitleColor=theme.LOOKS["light"]["soft"], offset=16)  # fmt: skip
    drawn = alt.layer(*layers).properties(
        width=WIDTH, height=HEIGHT, title=title, padding=24, background=_PAPER
    )
    return drawn.configure(font="Sarabun").configure_view(stroke=None, clip=True).to_dict()


def _frame(bounds: tuple[float, float, float, float]) -> alt.Projection:
    """The Mercator projection that shows the bounds with a margin."""
    west, south, east, north = bounds
    middle = [(west + east) / 2, (south + north) / 2]
    return alt.Projection(
        type="mercator", scale=_pixels(bounds), center=middle, translate=[WIDTH / 2, HEIGHT / 2]
    )


def _pixels(bounds: tuple[float, float, float, float]) -> float:
    """Pixels per radian of longitude."""
    west, south, east, north = bounds
    wide, high = math.radians(east - west), _mercator(north) - _mercator(south)
    return 0.9 * min(WIDTH / wide, HEIGHT / high)


def _mercator(latitude: float) -> float:
    return math.asinh(math.tan(math.radians(latitude)))


def _layer(rows: list[dict[str, Any]], frame: alt.Projection) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows)).properties(projection=frame)


def _lines(features: list[dict[str, Any]], kind: str, frame: alt.Projection) -> alt.Chart:
    rows = [row for row in features if row["kind"] == kind]
    fill = _LAND if kind == "moat" else None
    return _layer(rows, frame).mark_geoshape(
        stroke=_ROAD if kind == "road" else _WATER,
        strokeWidth=_WIDTHS[kind],
        filled=bool(fill),
        fill=fill,
        strokeCap="round",
    )


def _areas(
    rows: list[dict[str, Any]], colour: str, frame: alt.Projection, *, fill: float, dash: list[int]
) -> alt.Chart:
    return _layer(rows, frame).mark_geoshape(
        stroke=colour, strokeWidth=2.6, strokeDash=dash, fill=colour, fillOpacity=fill, filled=True
    )


def _scale(
    bounds: tuple[float, float, float, float], t: dict[str, str], frame: alt.Projection
) -> list[alt.Chart]:
    """A bar of a round length at the bottom left, and where north is; right at the middle of the picture."""
    _, south, _, north = bounds
    pixels = _pixels(bounds) / (
        _EARTH_M * math.cos(math.radians((south + north) / 2))
    )  # per metre on the ground
    metres = max(length for length in _ROUND_METRES if length * pixels <= WIDTH / 5)
    told = f"{metres} {t['metre']}" if metres < 1000 else f"{metres // 1000} {t['kilometre']}"
    ink, low = theme.LOOKS["light"]["ink"], HEIGHT - 18
    left, right = _ground(bounds, 18, low), _ground(bounds, 18 + metres * pixels, low)
    bar = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [left, right]}}
    words = [
        (told, *_ground(bounds, 18, low - 16), "left"),
        (t["north"], *_ground(bounds, WIDTH - 30, 76), "center"),
    ]
    arrow = [{"lon": lon, "lat": lat} for lon, lat in [_ground(bounds, WIDTH - 30, 36)]]
    at: dict[str, Any] = {"longitude": "lon:Q", "latitude": "lat:Q"}
    return [
        _layer([bar], frame).mark_geoshape(filled=False, stroke=ink, strokeWidth=4),
        _layer(arrow, frame)
        .mark_point(shape="M0,-1L.55,.8L0,.45L-.55,.8Z", filled=True, color=ink, opacity=1, size=900)
        .encode(**at),
        *(
            _layer([{"lon": lon, "lat": lat, "said": said}], frame)
            .mark_text(fontSize=17, color=ink, align=align)
            .encode(text="said:N", **at)
            for said, lon, lat, align in words
        ),
    ]


def _ground(bounds: tuple[float, float, float, float], x: float, y: float) -> tuple[float, float]:
    """The longitude and latitude at a pixel of the picture."""
    west, south, east, north = bounds
    high = _mercator((south + north) / 2) - (y - HEIGHT / 2) / _pixels(bounds)
    across = (west + east) / 2 + math.degrees((x - WIDTH / 2) / _pixels(bounds))
    return across, math.degrees(math.atan(math.sinh(high)))


def _points(
    rows: list[dict[str, Any]], t: dict[str, str], families: list[str], frame: alt.Projection
) -> alt.Chart:
    flat = [
        {
            "lon": row["geometry"]["coordinates"][0],
            "lat": row["geometry"]["coordinates"][1],
            "family": t[row["kind"]],
        }
        for row in rows
    ]
    said = [t[family] for family in families]
    colours = alt.Scale(domain=said, range=[map_script.FAMILIES["light"][family] for family in families])
    shapes = alt.Scale(domain=said, range=[_SHAPES[family] for family in families])
    legend = alt.Legend(orient="bottom", columns=5, symbolSize=150, symbolStrokeWidth=0, labelFontSize=15, labelLimit=300,
                        offset=18)  # fmt: skip
    return _layer(flat, frame).mark_point(filled=True, size=95, opacity=1, stroke="#fff", strokeWidth=1).encode(
        longitude="lon:Q", latitude="lat:Q",
        color=alt.Color("family:N", scale=colours, legend=legend, title=None),
        shape=alt.Shape("family:N", scale=shapes, legend=legend, title=None),
    )  # fmt: skip


def _names(features: list[dict[str, Any]], frame: alt.Projection) -> list[alt.Chart]:
    named = [row for row in features if "lon" in row]
    rows = [{"lon": row["lon"], "lat": row["lat"], "name": row["name"], "kind": row["kind"]} for row in named]
    place: dict[str, Any] = {"longitude": "lon:Q", "latitude": "lat:Q", "text": "name:N"}
    words: dict[str, Any] = {"fontSize": 20, "fontWeight": 600, "dy": -16}
    halo = (
        _layer(rows, frame)
        .mark_text(stroke="#fff", strokeWidth=5, strokeJoin="round", **words)
        .encode(**place)
    )
    inks = map_script.DISTRICTS["light"] | {"area": theme.LOOKS["light"]["soft"]}
    return [halo] + [
        _layer([row for row in rows if row["kind"] == kind], frame)
        .mark_text(color=ink, **words)
        .encode(**place)
        for kind, ink in inks.items()
    ]


def old_and_new(
    old: dict[str, str], new: dict[str, shapely.Geometry], t: dict[str, str], look: str
) -> dict[str, Any]:
    """Outlines in force (dashed) and uploaded ones (full), drawn together. Words: `old`, `new`, `which`."""
    c = theme.colours(look)
    rows = [_turned(shapely.from_geojson(text), t["old"]) for text in old.values()]
    rows += [_turned(shape, t["new"]) for shape in new.values()]
    scale = {"domain": [t["old"], t["new"]]}
    drawn = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_geoshape(filled=True, strokeWidth=2.5)
        .encode(
            stroke=alt.Stroke(
                "which:N", scale=alt.Scale(range=[c["warn"], c["accent"]], **scale), title=t["which"]
            ),
            fill=alt.Fill(
                "which:N", scale=alt.Scale(range=[c["warn"], c["accent"]], **scale), title=t["which"]
            ),
            fillOpacity=alt.value(0.1),
            strokeDash=alt.StrokeDash(
                "which:N", scale=alt.Scale(range=[[8, 6], [1, 0]], **scale), title=t["which"]
            ),
        )
        .properties(projection=alt.Projection(type="mercator"), height=380, width="container")
    )
    return drawn.to_dict() | {"config": theme.configuration(look)}


def _turned(shape: shapely.Geometry, which: str) -> dict[str, Any]:
    """A feature whose rings run as Vega reads them."""
    around = shapely.orient_polygons(shape, exterior_cw=True)
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(around)), "which": which}
