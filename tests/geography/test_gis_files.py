"""GIS files of any kind are read to features: each row with its own fields, its kind and its place; nothing goes unsaid."""

import io
import json
import zipfile

import geopandas
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, MultiPoint, Point

from cmi_core.errors import FileRefused
from cmi_core.geography.gis_files import read_features
from tests.geography.boundary_corpus import (
    SUAN_DOK,
    districts,
    geojson,
    kml,
    placemark,
    shapefile,
    written,
    zipped,
)
from tests.geography.test_boundary_cases import CASES

POINTS = CASES.parent / "points"


def case(name):
    (file,) = POINTS.glob(f"{name}_*")
    return read_features(file.read_bytes(), filename=file.name)


def named(found, field="name"):
    return [(row.kind, row.attributes.get(field, "")) for row in found.rows]


def geodatabase(table, folder, layer="areas"):
    path = folder / "city.gdb"
    pyogrio.write_dataframe(table, path, layer=layer, driver="OpenFileGDB")
    return zipped({f"export/city.gdb/{file.name}": file.read_bytes() for file in path.iterdir()})


def test_waypoints_and_tracks_of_a_gpx():
    found = case("p15")

    assert (found.format, found.source_crs, found.questions) == ("gpx", "EPSG:4326", ())
    assert named(found) == [("Point", "ศาลาหนึ่ง"), ("Point", "ศาลาสอง"), ("MultiLineString", "เส้นทางเดิน")]
    first = found.rows[0]
    assert (first.row, first.attributes["ele"], first.geometry.x, first.geometry.y) == (
        1,
        "310",
        98.9933,
        18.7878,
    )


def test_a_waypoint_without_coordinates_is_counted_out():
    text = (next(POINTS.glob("p15_*")).read_text()).replace(
        "</gpx>", "<wpt lat='18.7'><name>ครึ่ง</name></wpt></gpx>"
    )
    found = read_features(text.encode(), filename="a.gpx")

    assert len(found.rows) == 3
    assert [(item.reason, item.details["count"]) for item in found.left_out] == [
        ("gis_files.shapes_unread", 1)
    ]


def test_pins_come_with_their_folder():
    found = case("p16")

    assert named(found, "folder") == [("Point", "ชั้นที่ 1")] * 2
    assert found.fields == ("Name", "folder")


def test_points_of_a_shapefile_in_metres():
    found = case("p17")

    assert [(row.attributes["NAME_T"], round(row.geometry.y, 6), round(row.geometry.x, 6)) for row in found.rows] == [
        ("ศาลาหนึ่ง", 18.793690, 98.990510), ("ศาลาสอง", 18.816284, 98.976273),
    ]  # fmt: skip
    assert (found.source_crs, found.open) == ("EPSG:32647", ())


def test_all_that_an_export_holds_keeps_its_fields():
    found = case("p18")

    assert [row.kind for row in found.rows] == ["Point", "Polygon", "Point"]
    assert found.rows[0].attributes["name:en"] == "Made-up Hospital One"
    assert "name" not in found.rows[2].attributes


def test_a_geojson_that_names_its_system_is_believed():
    found = case("p19")

    assert [row.kind for row in found.rows] == ["MultiPoint", "Point"]
    assert round(found.rows[0].geometry.bounds[1], 6) == 18.793690


def test_rows_are_numbered_as_in_the_file_and_those_without_a_shape_are_listed():
    data = geojson(
        Point(98.9, 18.7),
        Point(),
        Point(2.3, 48.8),
        LineString([(98.9, 18.7), (99, 18.8)]),
        MultiPoint([(99, 18), (99, 19)]),
    )
    document = json.loads(data)
    document["features"][3]["geometry"] = {"type": "Point", "coordinates": ["x", "y"]}
    found = read_features(json.dumps(document).encode(), filename="a.geojson")

    assert [row.row for row in found.rows] == [1, 5]
    assert [(item.where, item.reason.partition(".")[2]) for item in found.left_out] == [
        ("2: n1", "shape_none"), ("3: n2", "shape_outside"), ("4: n3", "shape_broken"),
    ]  # fmt: skip


def test_a_file_geodatabase_is_read(tmp_path):
    found = read_features(geodatabase(districts().to_crs(32647), tmp_path), filename="city.zip")

    assert (found.format, found.source_crs, found.layer) == ("gdb", "EPSG:32647", "areas")
    assert named(found, "name_th") == [("MultiPolygon", "ย่านสวนดอก"), ("MultiPolygon", "ย่านแม่เหียะ")]


def test_a_table_beside_the_layers_is_said_to_have_no_shapes(tmp_path):
    written(districts(), tmp_path, "a.gpkg", layer="areas")
    table = geopandas.GeoDataFrame({"a": [1]}, geometry=[None])
    pyogrio.write_dataframe(table.drop(columns="geometry"), tmp_path / "a.gpkg", layer="notes", append=True)
    found = read_features((tmp_path / "a.gpkg").read_bytes(), filename="a.gpkg")

    assert [(item.kind, item.where, item.reason) for item in found.left_out] == [
        ("sheet", "notes", "gis_files.layer_without_shapes")
    ]


def test_fields_within_fields_have_both_names():
    """As older exports of OpenStreetMap have them."""
    document = json.loads(geojson(Point(98.9, 18.7)))
    document["features"][0] |= {"id": "node/1"}
    document["features"][0]["properties"] = {
        "id": 1,
        "tags": {"name": "ศาลา"},
        "nodes": [1, 2],
        "empty": [],
        "none": None,
    }
    (row,) = read_features(json.dumps(document).encode(), filename="a.geojson").rows

    assert row.attributes == {"id": "1", "tags.name": "ศาลา", "nodes": "[1, 2]", "feature id": "node/1"}


@pytest.mark.parametrize("encoding", ["cp874", "utf-16", "utf-8-sig"])
def test_a_geojson_in_other_letters(encoding):
    document = {
        "type": "Feature",
        "properties": {"ชื่อ": "ศาลาริมน้ำ"},
        "geometry": {"type": "Point", "coordinates": [98.9, 18.7]},
    }
    found = read_features(json.dumps(document, ensure_ascii=False).encode(encoding), filename="a.geojson")

    assert found.rows[0].attributes == {"ชื่อ": "ศาลาริมน้ำ"}
    assert found.open == ()


@pytest.mark.parametrize("declared", ["windows-874", "UTF-8", "TIS-620", ""])
@pytest.mark.parametrize("encoding", ["cp874", "utf-8", "utf-16"])
def test_a_kml_in_other_letters(encoding, declared):
    said = f' encoding="{declared}"' if declared else ""
    text = kml(
        "<Placemark><name>ศาลาริมน้ำ</name><Point><coordinates>98.9,18.7</coordinates></Point></Placemark>"
    )
    text = text.replace(' encoding="UTF-8"', said)
    found = read_features(text.encode(encoding), filename="a.kml")

    assert named(found, "Name") == [("Point", "ศาลาริมน้ำ")]
    assert found.open == ()
    assert [note.code for note in found.notes] == (
        [] if encoding != "cp874" or declared in {"windows-874", "TIS-620"}
        else ["encoding_wrong" if declared else "encoding_assumed"]
    )  # fmt: skip


@pytest.mark.parametrize("name", ["export/a.geojson", "a.json", "a.gpkg", "points.gpx"])
def test_one_file_of_another_kind_in_a_zip(tmp_path, name):
    data = {
        "gpkg": lambda: written(districts(Point(98.9, 18.7)), tmp_path, "a.gpkg"),
        "gpx": lambda: next(POINTS.glob("p15_*")).read_bytes(),
    }.get(name.rpartition(".")[2], lambda: geojson(Point(98.9, 18.7)))()
    found = read_features(zipped({name: data, "readme.txt": "x"}), filename="a.zip")
    assert found.rows[0].kind == "Point"


@pytest.mark.parametrize(
    "name", ["EPSG:32647", "urn:ogc:def:crs:EPSG::32647", "urn:ogc:def:crs:EPSG:6.9:32647", "http://www.opengis.net/def/crs/EPSG/0/32647"]
)  # fmt: skip
def test_a_system_by_any_of_its_names(name):
    data = geojson(Point(499000, 2078000), crs={"type": "name", "properties": {"name": name}})
    assert read_features(data, filename="a.geojson").source_crs == "EPSG:32647"


def test_a_whole_number_of_a_table_has_no_point(tmp_path):
    data = shapefile(districts(SUAN_DOK, code=[509901.0], share=[0.5]), tmp_path / "a")
    (row,) = read_features(data, filename="a.zip").rows
    assert (row.attributes["code"], row.attributes["share"]) == ("509901", "0.5")


def test_columns_beyond_the_limit_are_said():
    document = json.loads(geojson(Point(98.9, 18.7)))
    document["features"][0]["properties"] = {f"f{number}": number for number in range(70)}
    found = read_features(json.dumps(document).encode(), filename="a.geojson")

    assert len(found.fields) == 60
    assert [item.where for item in found.left_out] == [f"f{number}" for number in range(60, 70)]


def test_more_rows_are_read_where_more_are_wanted():
    data = geojson(*[Point(98.9, 18.7)] * 501)
    with pytest.raises(FileRefused, match="features"):
        read_features(data, filename="a.geojson")
    assert len(read_features(data, filename="a.geojson", most=501).rows) == 501


def test_of_several_documents_in_a_zip_the_others_are_named():
    data = zipped(
        {"doc.kml": kml(placemark("98.9,18.7 98.91,18.7 98.91,18.71 98.9,18.7")), "other.kml": kml("")}
    )
    found = read_features(data, filename="a.kmz")
    assert [(item.where, item.reason) for item in found.left_out] == [
        ("other.kml", "gis_files.layer_not_chosen")
    ]


def test_names_in_a_geodatabase_never_leave_its_folder(tmp_path):
    """A member whose name is no plain one is not unpacked."""
    data = geodatabase(districts(), tmp_path)
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("export/city.gdb/-rf $(x);.gdbtable", b"x")
    assert len(read_features(buffer.getvalue(), filename="a.zip").rows) == 2


def test_an_area_of_any_kind_is_a_feature():
    both = shapely.GeometryCollection([SUAN_DOK, Point(98.97, 18.79)])
    assert [row.kind for row in read_features(geojson(both), filename="a.geojson").rows] == [
        "GeometryCollection"
    ]
