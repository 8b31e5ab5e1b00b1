"""Files to take away: readable by GIS software, with licence and caution inside, and no formulas."""

import csv
import io
import json
import math

import geopandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from cmi_core.geography.export import safe_cell, to_csv, to_geojson

LICENCE = "Apache-2.0; positions checked against © OpenStreetMap contributors"
NOTE = "ขอบเขตโดยประมาณ ไม่ใช่ขอบเขตทางการ"


@pytest.fixture
def places():
    rows = {
        "code": ["suan_dok", "city", "walking_street"],
        "name_th": ["สวนดอก", "=cmd|' /C calc'!A0", "ถนนคนเดิน"],
        "boundary_kind": ["indicative", "official", "indicative"],
        "area_km2": [1.008, 40.216, math.nan],
        "change": [-0.5, 0.0, 1.0],
    }
    shapes = [box(98.965, 18.787, 98.975, 18.795).reverse(), Point(98.99, 18.79), None]
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs=4326)


def test_geojson_carries_licence_and_caution_and_opens_in_gis_software(places, tmp_path):
    data = to_geojson(places, name="places", licence=LICENCE, note=NOTE)
    document = json.loads(data)
    assert (document["licence"], document["note"]) == (LICENCE, NOTE)
    assert [feature["properties"]["note"] for feature in document["features"]] == [NOTE, None, NOTE]
    assert document["features"][2]["properties"]["area_km2"] is None
    (tmp_path / "a.geojson").write_bytes(data)
    again = geopandas.read_file(tmp_path / "a.geojson")
    assert (again.crs.to_epsg(), again["name_th"][0]) == (4326, "สวนดอก")
    assert again.geometry[0].equals(places.geometry[0])
    assert again.geometry[0].exterior.is_ccw


def test_csv_carries_licence_caution_and_a_position(places):
    data = to_csv(places, licence=LICENCE, note=NOTE)
    assert data.startswith(b"\xef\xbb\xbf")
    first, second, third = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert (first["licence"], first["note"], second["note"]) == (LICENCE, NOTE, "")
    assert (float(first["lon"]), float(second["lat"])) == (98.97, 18.79)
    assert (third["lon"], third["area_km2"]) == ("", "")


def test_a_row_keeps_the_licence_it_states(places):
    places = places.assign(licence=[None, "CC BY 4.0", None])
    features = json.loads(to_geojson(places, name="places", licence=LICENCE, note=NOTE))["features"]
    rows = csv.DictReader(
        io.StringIO(to_csv(places, licence=LICENCE, note=NOTE).decode("utf-8-sig"), newline="")
    )

    assert [feature["properties"]["licence"] for feature in features] == [LICENCE, "CC BY 4.0", LICENCE]
    assert [row["licence"] for row in rows] == [LICENCE, "CC BY 4.0", LICENCE]


def test_formulas_are_disarmed_and_numbers_left(places):
    rows = list(csv.DictReader(io.StringIO(to_csv(places, licence=LICENCE, note=NOTE).decode("utf-8-sig"))))
    assert rows[1]["name_th"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["change"] == "-0.5"


@settings(deadline=None)  # the machine may be shared
@given(st.text(max_size=12))
def test_no_cell_starts_like_a_formula_unless_it_is_a_number(text):
    cell = safe_cell(text)
    if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        float(cell)
    assert cell.removeprefix("'") == text.removeprefix("'")
