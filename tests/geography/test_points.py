"""Points from CSV and GeoJSON: what is read, and each refused row by its number."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmi_core.errors import FileRefused
from cmi_core.geography import points as points_file
from cmi_core.geography.points import read_points
from cmi_core.text import refusal, translator

GOOD = "code,name_th,lon,lat\nmaharaj,โรงพยาบาลมหาราชนครเชียงใหม่,98.9742,18.7905\n"


def told(found):
    return [(problem.reason, problem.details["row"]) for problem in found.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_thai_names_are_read_in_each_encoding(encoding):
    found = read_points(GOOD.encode(encoding))
    assert found.points["name_th"].tolist() == ["โรงพยาบาลมหาราชนครเชียงใหม่"]
    assert found.points[["row", "lon", "lat"]].values.tolist() == [[2, 98.9742, 18.7905]]
    assert math.isnan(found.points["accuracy_m"][0])
    assert found.problems == ()


def test_thai_headers_digits_and_semicolons_are_read():
    text = "ชื่อ;ประเภท;ลองจิจูด;ละติจูด;ความคลาดเคลื่อน\nตลาดวโรรส;ตลาด;๙๙.๐๐๐๕;๑๘.๗๙๐๓;๕๐\n"
    row = read_points(text.encode()).points.iloc[0]
    assert (row["name_th"], row["category"], row["lon"], row["lat"]) == (
        "ตลาดวโรรส",
        "ตลาด",
        99.0005,
        18.7903,
    )
    assert row["accuracy_m"] == 50


def test_a_plain_name_goes_where_its_letters_belong():
    points = read_points("name,lon,lat\nวัดสวนดอก,98.97,18.79\nWat Suan Dok,98.97,18.79\n".encode()).points
    assert points["name_th"].tolist() == ["วัดสวนดอก", ""]
    assert points["name_en"].tolist() == ["", "Wat Suan Dok"]


def test_the_projects_own_landmarks_can_be_imported():
    data = (Path(__file__).parents[2] / "data" / "landmark_line.csv").read_bytes()
    found = read_points(data)
    assert (len(found.points), found.problems) == (60, ())


BAD_ROWS = {
    "a,east,18.79": "point_number",
    "b,98°58'27\",18.79": "point_number",
    "c,,": "point_number",
    "d,nan,18.79": "point_number",
    "e,497000,2077000": "point_metres",
    "f,18.79,98.97": "point_swapped",
    "g,2.35,48.86": "point_outside",
    ",98.97,18.79": "point_name",
    "h,98.97,18.79,,extra": "point_cells",
    "i,98.97,18.79,-5": "point_accuracy",
    "j,98.97,18.79,wide": "point_accuracy",
}


def test_every_refused_row_is_named_and_the_others_are_kept():
    lines = ["name,lon,lat,accuracy_m", *BAD_ROWS, "", "good,98.97,18.79,30"]
    found = read_points("\n".join(lines).encode())
    assert told(found) == [(reason, row) for row, reason in enumerate(BAD_ROWS.values(), start=2)]
    assert found.points["row"].tolist() == [len(lines)]
    for problem in found.problems:
        assert all(
            str(problem.details["row"]) in refusal(translator(language), problem) for language in ("th", "en")
        )


def test_a_code_may_stand_once():
    found = read_points(b"id,name,lon,lat\na,x,98.97,18.79\na,y,98.98,18.79\n")
    assert (told(found), found.problems[0].details["first"]) == ([("point_double", 3)], 2)


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_geojson_points_are_read_and_other_shapes_refused_by_number():
    point = {"type": "Point", "coordinates": [98.97, 18.79, 310]}
    line = {"type": "LineString", "coordinates": [[98.97, 18.79], [98.98, 18.79]]}
    far = {"type": "Point", "coordinates": ["x", None]}
    features = [
        feature(point, name="เมญ่า", type="mall"),
        feature(line),
        feature(None),
        feature(far, name="a"),
        7,
    ]
    found = read_points(json.dumps({"type": "FeatureCollection", "features": features}).encode())
    assert found.points[["row", "name_th", "category"]].values.tolist() == [[1, "เมญ่า", "mall"]]
    assert told(found) == [("point_kind", 2), ("point_kind", 3), ("point_number", 4), ("point_kind", 5)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_shapes"),
        (b"\n \n", "no_shapes"),
        (b"name,where\nx,y\n", "points_columns"),
        (b"name,lon,lat\n", "no_shapes"),
        (b"PK\x03\x04\x00\x00\xff\xfe", "points_type"),
        (b'{"type": "FeatureCollection", "features": [', "file_broken"),
        (b'{"type": "FeatureCollection", "features": 7}', "points_type"),
        (b'{"a":' * 100_000, "file_broken"),
        (b"x" * 5_000_001, "file_size"),
        (b'name,lon,lat\n"' + b"x" * 200_000, "points_type"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(data, reason):
    with pytest.raises(FileRefused) as refused:
        read_points(data)
    assert refused.value.reason == reason
    assert refusal(translator("th"), refused.value)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(points_file, "ROW_LIMIT", 2)
    with pytest.raises(FileRefused, match="points_many"):
        read_points(b"name,lon,lat\n" + b"a,98.97,18.79\n" * 3)


@settings(deadline=None)  # the machine may be shared
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data):
    try:
        found = read_points(b"name,lon,lat\n" + data)
    except FileRefused:
        return
    assert all(problem.details["row"] >= 2 for problem in found.problems)


@settings(deadline=None)  # the machine may be shared
@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.floats(), lambda x: st.lists(x, max_size=3), max_leaves=5
    )
)
def test_no_geojson_breaks_the_reader(inner):
    shapes = [{"type": "Point", "coordinates": inner}, inner, {"type": inner}]
    document = {"type": "FeatureCollection", "features": [feature(shape, name=inner) for shape in shapes]}
    assert len(read_points(json.dumps(document).encode()).problems) in {2, 3}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x" * 301, "text_too_long"), ("a\u202eb", "text_turns"), ("\u200b", "text_unseen"), ("a\x07b", "text_control"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["name_en", "category", "note"])
def test_a_text_that_cannot_be_kept_refuses_its_row_alone(column, cell, reason):
    row = {"name_en": "Lab", "category": "laboratory", "note": "survey"} | {column: cell}
    found = read_points(
        f"name_en,category,note,lon,lat\n{','.join(row.values())},98.97,18.79\nOther,,,98.97,18.79\n".encode()
    )

    assert told(found) == [(reason, 2)]
    assert found.points["name_en"].tolist() == ["Other"]
    assert refusal(translator("th"), found.problems[0]).startswith("แถว 2: ")


def test_a_file_nested_without_end_is_refused():
    with pytest.raises(FileRefused) as refused:
        read_points(b'{"type":' * 100_000)
    assert refused.value.reason == "file_broken"
