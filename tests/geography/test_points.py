"""Points from tables and GIS files: what is read, asked and left out, and each refused row by its number."""

import json
import math
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cmi_core.errors import FileRefused
from cmi_core.geography import points as points_file
from cmi_core.geography.points import read_points
from cmi_core.tables.sheets import write_xlsx
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
        "market",
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
    "b,98°,18.79.1": "point_number",
    "c,,": "point_nowhere",
    "d,nan,18.79": "point_nowhere",
    "e,4970,2077": "point_metres",
    "f,18.79,98.97": "point_swapped",
    "g,2.35,48.86": "point_outside",
    ",98.97,18.79": "point_name",
    "h,98.97,18.79,,extra": "point_cells",
    "i,98.97,18.79,-5": "point_accuracy",
    "k,98.97,18.79,45%": "point_accuracy",
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


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_geojson_points_are_read_and_other_shapes_refused_by_number():
    point = {"type": "Point", "coordinates": [98.97, 18.79, 310]}
    line = {"type": "LineString", "coordinates": [[98.97, 18.79], [98.98, 18.79]]}
    features = [
        feature(point, name="เมญ่า", type="mall"),
        feature(line, name="ทางเดิน"),
        feature(None),
    ]
    found = read_points(json.dumps({"type": "FeatureCollection", "features": features}).encode())
    assert found.points[["row", "name_th", "category"]].values.tolist() == [[1, "เมญ่า", "commercial"]]
    assert [(item.kind, item.where) for item in found.left_out] == [("shape", "3"), ("shape", "2: ทางเดิน")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "table_empty"),
        (b"\n \n", "table_empty"),
        (b"\xef\xbb\xbf", "table_empty"),
        (b"name,where\nhere,there\n", "points_columns"),
        (b"name,lon,lat\n", "no_shapes"),
        (b"PK\x03\x04\x00\x00\xff\xfe", "file_not_what_it_says"),
        (b"%PDF-1.7", "file_not_table"),
        (b'{"type": "FeatureCollection", "features": [', "file_broken"),
        (b'{"type": "FeatureCollection", "features": []}', "no_shapes"),
        (b'{"a":' * 100_000, "file_broken"),
        (b"x" * 5_000_001, "file_size"),
        (b'name,lon,lat\n"' + b"x" * 200_000, "file_csv_broken"),
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


@pytest.mark.proof
@settings(deadline=None, max_examples=30)  # a process for each
@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.floats(), lambda x: st.lists(x, max_size=3), max_leaves=5
    )
)
def test_no_geojson_breaks_the_reader(inner):
    shapes = [{"type": "Point", "coordinates": inner}, inner, {"type": inner}]
    document = {"type": "FeatureCollection", "features": [feature(shape, name=inner) for shape in shapes]}
    try:
        found = read_points(json.dumps(document).encode())
    except FileRefused:
        return
    assert len(found.points) <= 1


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x" * 301, "text_too_long"), ("a\u202eb", "text_turns"), ("a\x07b", "text_control"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["name_en", "note"])
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


# ---------------------------------------------------------------- files as they come


CASES = Path(__file__).parents[1] / "cases" / "points"
ONE, TWO = ("ศาลาหนึ่ง", 18.7878, 98.9933), ("ศาลาสอง", 18.8, 98.9583)
METRES = [("ศาลาหนึ่ง", 18.793690, 98.990510), ("ศาลาสอง", 18.816284, 98.976273)]


def of_case(start, **answers):
    file = next(CASES.glob(f"{start}_*"))
    return read_points(file.read_bytes(), filename=file.name, answers=answers)


def lying(found):
    return [
        (row.name_th or row.name_en, pytest.approx(row.lat, abs=6e-7), pytest.approx(row.lon, abs=6e-7))
        for row in found.points.itertuples()
    ]


def table(text, filename="points.csv", **answers):
    return read_points(text.encode(), filename=filename, answers=answers)


def asked(found):
    return {question.id: question for question in found.questions if question.asked}


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("p03", [("ศาลาหนึ่ง", 18.78, 98.99), ("ศาลาสอง", 18.79, 98.98)]),
        ("p04", [("ศาลาหนึ่ง", 18.78, 98.99), ("ศาลาสอง", 18.79, 98.98)]),
        ("p05", METRES),
        ("p06", [("ศาลาหนึ่ง", 18.787778, 98.993333), ("ศาลาสอง", 18.8, 98.958333), ("ศาลาสาม", 18.791667, 98.970833), ("ศาลาสี่", 18.7876, 98.9931)]),
        ("p07", [ONE, TWO, ("ศาลาสาม", 18.7917, 98.9708)]),
        ("p08", [ONE, TWO]),
        ("p09", [("รพ.สมมติหนึ่ง", 18.79, 98.97), ("รพ.สมมติสอง", 18.791, 98.971)]),
        ("p10", [("รพ.สมมติหนึ่ง", 18.79, 98.97)]),
        ("p11", [("หน่วยหนึ่ง", 18.79, 98.97), ("หน่วยสอง", 18.791, 98.971)]),
        ("p14", [("ศาลาหนึ่ง", 18.78, 98.99)]),
        ("p15", [ONE, TWO]),
        ("p16", [ONE, TWO]),
        ("p17", METRES),
        ("p18", [("รพ.สมมติหนึ่ง", 18.79, 98.97)]),
        ("p19", METRES),
    ],
)  # fmt: skip
def test_points_lie_where_the_file_says_however_it_is_written(start, expected):
    assert lying(of_case(start)) == expected


def test_how_a_file_was_understood_is_told():
    assert of_case("p03").understood["header"] == 3
    assert of_case("p04").understood["separator"] == ";"
    assert of_case("p11").understood["encoding"] == "cp874"
    assert of_case("p14").understood["separator"] == "\t"
    assert of_case("p09").understood["columns"] == {"name": "ชื่อโรงพยาบาล", "lat": "Lat", "lon": "Long"}


def test_metres_are_asked_for_their_system_the_likeliest_first_and_each_is_placed():
    found = of_case("p05")
    crs = asked(found)["crs"]
    assert crs in found.open
    assert [candidate.answer for candidate in crs.candidates][:2] == ["32647", "24047"]
    assert all(candidate.sample for candidate in crs.candidates)
    indian = of_case("p05", crs="24047")
    assert lying(indian) == [("ศาลาหนึ่ง", 18.796879, 98.985606), ("ศาลาสอง", 18.819472, 98.971367)]
    assert crs.id not in {question.id for question in indian.open}


@pytest.mark.parametrize(
    "text",
    [
        "ชื่อ,พิกัด X,พิกัด Y\nก,499000,2078000\n",
        "ชื่อ,พิกัด X,พิกัด Y\nก,2078000,499000\n",
        "name;UTM_N;UTM_E\nก;2,078,000;499,000\n",
        "Name,Easting (m),Northing (m)\nก,499 000,2 078 000\n",
        "ชื่อ,พิกัด\nก,47Q 499000 2078000\n",
    ],
)
def test_metres_are_understood_under_any_heading_and_in_either_order(text):
    found = table(text, crs="32647")
    assert lying(found) == [("ก", 18.793690, 98.990510)]


def test_metres_that_lie_nowhere_here_refuse_their_row():
    assert told(table("name,x,y\nก,9,9000000\n")) == [("point_metres", 2)]


def test_a_file_without_a_heading_is_read_and_says_so():
    found = table("ศาลาหนึ่ง;18.78;98.99\nศาลาสอง;18.79;98.98\n")
    assert lying(found) == [("ศาลาหนึ่ง", 18.78, 98.99), ("ศาลาสอง", 18.79, 98.98)]
    assert {"header", "column:name", "column:lat", "column:lon"} <= set(asked(found))


def test_a_heading_of_two_lines_is_one():
    text = "ทะเบียน,,,\nลำดับ,ชื่อ,พิกัด,\n,,ละติจูด,ลองจิจูด\n1,ก,18.78,98.99\n2,ข,18.79,98.98\n"
    assert lying(table(text)) == [("ก", 18.78, 98.99), ("ข", 18.79, 98.98)]


def test_columns_under_each_others_headings_are_asked_about():
    found = table("name,lat,lon\nA,98.99,18.78\nB,98.98,18.79\n")
    assert lying(found) == [("A", 18.78, 98.99), ("B", 18.79, 98.98)]
    assert {"column:lat", "column:lon"} <= set(asked(found))


def test_any_column_can_be_corrected_and_shows_three_of_its_cells():
    text = "name,ชื่อเล่น,lat,lon,type\n" + "".join(f"ก{n},ข{n},18.7{n},98.9{n},park\n" for n in range(1, 6))
    question = next(each for each in table(text).questions if each.id == "column:name")
    assert (question.default, question.asked) == ("A", False)
    assert {candidate.answer: candidate.sample for candidate in question.candidates}["B"] == (
        "ข1",
        "ข2",
        "ข3",
    )
    assert table(text, **{"column:name": "B"}).points["name_th"].tolist() == [f"ข{n}" for n in range(1, 6)]
    with pytest.raises(FileRefused, match="answer_unknown"):
        table(text, **{"column:name": "Z"})


def test_what_is_not_used_is_listed():
    left = {(item.kind, item.where): item for item in of_case("p09").left_out}
    assert set(left) == {("column", "ลำดับ"), ("column", "ที่อยู่")}
    assert "ถนนสมมติ 1" in left["column", "ที่อยู่"].details["sample"]
    assert ("shape", "3: เส้นทางเดิน") in {(item.kind, item.where) for item in of_case("p15").left_out}
    assert any("ชั้นที่ 1" in str(item.details) for item in of_case("p16").left_out)


def test_a_kind_is_understood_or_asked_and_never_preselected():
    found = of_case("p12")
    assert found.points["category"].tolist() == ["hospital", "market", ""]
    assert [(question.id, question.default) for question in found.open] == [("kind", None)]
    assert of_case("p12", kind="landmark").points["category"].tolist() == ["hospital", "market", "landmark"]
    left = of_case("p12", kind="out")
    assert (len(left.points), left.left_out[-1].where, left.open) == (2, "4", ())


@pytest.mark.parametrize("start", ["p09", "p10"])
def test_a_heading_or_title_offers_a_kind_first(start):
    (question,) = of_case(start).open
    assert (question.id, question.default, question.candidates[0].answer) == ("kind", None, "hospital")


def test_each_unknown_word_is_asked_once():
    text = "name,lat,lon,type\nA,18.78,98.99,จุดพักใจ\nB,18.79,98.98,จุดพักใจ\nC,18.7,98.9,Temples\n"
    found = table(text)
    assert [(question.id, question.details["count"]) for question in found.open] == [("kind:จุดพักใจ", 2)]
    assert table(text, **{"kind:จุดพักใจ": "park"}).points["category"].tolist() == ["park", "park", "heritage"]


def test_a_column_of_many_unknown_words_is_not_asked_word_by_word():
    rows = "".join(f"n{n},18.7,98.9,word{n}\n" for n in range(100))
    found = table("name,lat,lon,type\n" + rows, **{f"kind:word{n}": "park" for n in range(100)})
    assert [question.id for question in found.open] == ["kind:*"]


def test_the_same_row_is_said_and_a_contradiction_is_asked():
    found = of_case("p13", kind="landmark")
    assert found.points["name_th"].tolist() == ["ศาลาสาม"]
    assert [(item.where, item.details["first"]) for item in found.left_out] == [("5", 4)]
    (question,) = found.open
    assert (question.id, question.details["codes"]) == ("doubles", "A1 (2, 3)")
    both = of_case("p13", kind="landmark", doubles="without").points
    assert both[["code", "name_th"]].values.tolist() == [["", "ศาลาหนึ่ง"], ["", "ศาลาสอง"], ["A2", "ศาลาสาม"]]
    out = of_case("p13", kind="landmark", doubles="out")
    assert (out.points["name_th"].tolist(), [item.where for item in out.left_out]) == (
        ["ศาลาสาม"],
        ["5", "2", "3"],
    )


def test_an_export_of_openstreetmap_keeps_both_names_and_its_kind():
    found = of_case("p18")
    assert found.points[["code", "name_en", "category"]].values.tolist() == [
        ["node/1", "Made-up Hospital One", "hospital"]
    ]
    assert told(found) == [("point_name", 3)]
    assert ("shape", "2: ตลาดสมมติ") in {(item.kind, item.where) for item in found.left_out}
    centre = of_case("p18", areas="centre")
    assert lying(centre)[1] == ("ตลาดสมมติ", 18.801, 98.991)
    assert centre.points["category"].tolist() == ["hospital", "market"]


def workbook(**sheets):
    return write_xlsx({name: pd.DataFrame(rows[1:], columns=rows[0]) for name, rows in sheets.items()})


def test_a_workbook_is_read_and_of_several_sheets_one_is_chosen():
    points = [("ชื่อ", "lat", "lon", "ประเภท"), ("ก", 18.79, 98.97, "วัด")]
    found = read_points(workbook(อ่านก่อน=[("หมายเหตุ",), ("ข้อมูลสมมติ",)], จุด=points), filename="จุด.xlsx")
    assert lying(found) == [("ก", 18.79, 98.97)]
    assert [(item.kind, item.where) for item in found.left_out] == [("sheet", "อ่านก่อน")]
    both = workbook(หนึ่ง=points, สอง=[points[0], ("ข", 18.8, 98.98, "วัด")])
    assert [question.id for question in read_points(both, filename="a.xlsx").open] == ["sheet"]
    assert lying(read_points(both, filename="a.xlsx", answers={"sheet": "สอง"})) == [("ข", 18.8, 98.98)]


@pytest.mark.parametrize(
    ("name", "data"), [("a.ods", b"PK\x03\x04"), ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")]
)
def test_other_office_files_are_refused_with_the_way_on(name, data):
    with pytest.raises(FileRefused) as refused:
        read_points(data, filename=name)
    assert ".xlsx" in refusal(translator("th"), refused.value)


def test_a_formula_is_no_value():
    book = Workbook()
    book.active.append(["name", "lat", "lon", "type"])
    book.active.append(["A", "=18+1", 98.97, "park"])
    book.save(file := BytesIO())
    assert told(read_points(file.getvalue(), filename="a.xlsx")) == [("point_formula", 2)]
    assert told(table("name,lat,lon,type\nA,=18+1,98.97,park\n")) == [("point_formula", 2)]


def test_an_open_comma_in_the_accuracies_is_settled_by_the_other_numbers():
    assert table("name;lat;lon;accuracy;type\nA;18,79;98,97;1,5;park\n").points["accuracy_m"].tolist() == [
        1.5
    ]
