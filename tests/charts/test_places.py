"""The still picture of the map: its scale is true, its lines say how official they are, every sign has its word."""

import io
import json

import pyproj
import pytest
import shapely
from PIL import Image

from cmi_core.charts import places as charts
from cmi_core.documents import pictures
from cmi_core.geography import categories, map_script
from cmi_core.store import opening
from cmi_core.views import geometry, take_away

GEOD = pyproj.Geod(ellps="WGS84")
SQUARE = shapely.box(98.97, 18.78, 98.98, 18.79)
WORDS = {
    "title": "ย่าน",
    "caution": "เส้นประ",
    "licence": "Apache-2.0",
    "north": "น",
    "metre": "ม.",
    "kilometre": "กม.",
} | {family: f"ชื่อ {family}" for family in categories.ALL}


def layers(features, bounds=(98.93, 18.75, 99.01, 18.83)):
    """The layers of the picture, each with its rows."""
    spec = charts.still(features, WORDS, bounds=bounds, families=list(categories.FAMILIES))
    return [layer | {"rows": rows(spec, layer)} for layer in spec["layer"]]


def rows(spec, layer):
    """The rows a layer draws: Altair keeps them beside the layers, by name."""
    data = layer.get("data") or spec["data"]
    return data["values"] if "values" in data else spec["datasets"][data["name"]]


def area(boundary, kind="area"):
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(SQUARE)), "kind": kind, "boundary": boundary, "name": "ก",
            "lon": 98.975, "lat": 18.785}  # fmt: skip


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((98.93, 18.75, 99.01, 18.83), "2 กม."),
        ((98.975, 18.785, 98.985, 18.795), "200 ม."),
        ((98.5, 18.3, 99.5, 19.3), "20 กม."),
    ],
)
def test_the_scale_bar_is_as_long_as_it_says(bounds, said):
    drawn = layers([], bounds)
    ((start, end),) = [
        feature["geometry"]["coordinates"]
        for layer in drawn
        for feature in layer["rows"]
        if feature.get("geometry", {}).get("type") == "LineString"
    ]
    told = [row["said"] for layer in drawn for row in layer["rows"] if "said" in row]
    number, unit = said.split()
    metres = float(number) * (1000 if unit == "กม." else 1)

    assert told == [said, "น"]
    # Mercator stretches from south to north: the bar is right at the middle, and nearly so at its own height.
    assert GEOD.inv(*start, *end)[2] == pytest.approx(metres, rel=0.01)


def test_only_an_official_boundary_has_a_whole_line():
    drawn = layers([area("indicative"), area("user", "suan_dok"), area("official")])
    dashes = {
        row["boundary"]: tuple(layer["mark"]["strokeDash"]) for layer in drawn for row in layer["rows"]
        if "boundary" in row and layer["mark"]["type"] == "geoshape"
    }  # fmt: skip

    assert dashes["official"] == (1, 0)
    assert len(set(dashes.values())) == 3


def test_districts_keep_the_colours_of_the_map():
    drawn = layers([area("indicative", "mae_hia")])
    strokes = {
        layer["mark"]["stroke"]
        for layer in drawn
        if layer["mark"]["type"] == "geoshape" and layer["rows"] and "boundary" in layer["rows"][0]
    }

    assert strokes == {map_script.DISTRICTS["light"]["mae_hia"]}


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_picture_of_the_record_is_drawn(language):
    """With Thai letters, to the edges it should have: neither empty nor cut."""
    store = opening.open_store(":memory:")
    spec = charts.still(
        take_away.picture_features(store, language),
        WORDS,
        bounds=geometry.bounds(store),
        families=list(categories.FAMILIES),
    )
    store.close()
    picture = Image.open(io.BytesIO(pictures.png(spec, scale=1))).convert("RGB")
    seen = {colour for _, colour in picture.getcolors(1 << 24)}

    assert picture.width >= charts.WIDTH
    assert picture.height >= charts.HEIGHT + 120  # the title above and the legend below are on it
    for colour in map_script.FAMILIES["light"].values():
        if colour != map_script.FAMILIES["light"]["other"]:
            assert tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) in seen


def test_old_and_new_are_drawn_together_and_told_apart():
    words = {"old": "เดิม", "new": "ใหม่", "which": "ขอบเขต"}
    spec = charts.old_and_new({"a": shapely.to_geojson(SQUARE)}, {"a": SQUARE.buffer(0.001)}, words, "light")

    assert [row["which"] for row in rows(spec, spec)] == ["เดิม", "ใหม่"]
    assert spec["encoding"]["strokeDash"]["scale"]["range"] == [[8, 6], [1, 0]]
