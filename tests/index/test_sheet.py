"""Uploaded frameworks and scores: what is understood, and what is refused at which cell."""

from io import BytesIO

import pandas as pd
import pytest
from openpyxl import Workbook

from cmi_core.errors import FileRefused
from cmi_core.index import sheet as index_sheet
from cmi_core.tables.sheets import read_table, write_csv, write_xlsx
from tests.index import comparison_data as data

NODES = data.NODES.rename(columns={"code": "node"})
KNOWN = pd.DataFrame(
    {"name_th": ["เชียงใหม่", "ภูเก็ต"], "name_en": ["Chiang Mai", "Phuket"], "area_kind": ["city", "province"]},
    index=["chiang_mai_city", "phuket_province"],
)


def framework(text, encoding="utf-8"):
    return index_sheet.read_framework(read_table(text.encode(encoding), "framework.csv"))


def scores(text, encoding="utf-8", **more):
    table = read_table(text.encode(encoding), "scores.csv")
    return index_sheet.read_scores(table, NODES, KNOWN, area_kind="city", **more)


def told(sheet):
    return {problem.cell: problem.reason.reason for problem in sheet.problems}


def test_thai_headings_digits_and_directions_are_understood():
    sheet = framework("รหัส,รหัสแม่,ชื่อไทย,ทิศทาง,น้ำหนัก\nx,,ดัชนี,,\na,x,ควัน,น้อยดี,๒.๕\nb,x,ต้นไม้,มากดี,1\n")

    assert told(sheet) == {}
    assert sheet.nodes["direction"].tolist() == ["higher", "lower", "higher"]
    assert sheet.nodes["weight"].tolist()[1:] == [2.5, 1.0]
    assert sheet.nodes["name_en"].tolist() == ["ดัชนี", "ควัน", "ต้นไม้"]


def test_cp874_is_understood():
    sheet = framework("รหัส;รหัสแม่;ชื่อไทย\nx;;ดัชนี\na;x;ควัน\n", "cp874")

    assert sheet.nodes["name_th"].tolist() == ["ดัชนี", "ควัน"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("x,,X,\na,b,A,1\nb,a,B,1\n", {"B3": "parents_circular"}),
        ("x,,X,\na,x,A,-1\n", {"D3": "weight_negative"}),
        ("x,,X,\na,x,A,0\nb,x,B,0\n", {"D3": "weights_all_zero"}),
        ("x,,X,\na,x,A,nan\n", {"D3": "number_not_finite"}),
        ("x,,X,\na,x,A,inf\n", {"D3": "number_not_finite"}),
        ("x,,X,\na,x,A,หนึ่ง\n", {"D3": "number_is_text"}),
        ("x,,X,\na,x,A,1\na,x,B,1\n", {"A4": "code_twice"}),
        ("x,,X,\na,nowhere,A,1\n", {"B3": "parent_unknown"}),
        ("x,,X,\ny,,Y,\n", {"B2": "roots_several"}),
        ("x,,X,\n,x,A,1\n", {"A3": "code_empty"}),
        ("x,,X,\na,x,,1\n", {"C3": "node_name_missing"}),
    ],
)
def test_each_contradiction_stands_at_its_cell(rows, expected):
    found = told(framework("code,parent,name_th,weight\n" + rows))

    assert expected.items() <= found.items()


def test_an_unknown_method_is_refused_at_its_cell():
    sheet = framework("code,parent,name_th,weight,normalise\nx,,X,,\na,x,A,1,magic\n")

    assert told(sheet) == {"E3": "node_method_unknown"}


def test_unknown_weights_are_no_mistake():
    sheet = framework("code,parent,name_th,weight\nx,,X,\na,x,A,\n")

    assert told(sheet) == {}
    assert sheet.nodes["weight"].isna().all()


def test_scores_are_read_by_code_and_by_name():
    sheet = scores('รหัสเมือง,ชื่อไทย,trees,ควัน [ไมโครกรัม],Jobs\nc9,เมืองเก้า,"1,234.5",๑๒,\n')

    assert told(sheet) == {}
    assert sheet.values[["city", "node", "value"]].to_numpy().tolist() == [
        ["c9", "trees", 1234.5],
        ["c9", "smoke", 12.0],
    ]
    assert sheet.places["new"].tolist() == [True]


def test_a_place_is_found_by_its_name():
    sheet = scores("ชื่อเมือง,trees\nเชียงใหม่,1\n")

    assert sheet.places[["city", "new"]].to_numpy().tolist() == [["chiang_mai_city", False]]


@pytest.mark.parametrize(
    ("heading", "year", "expected"),
    [
        ("ปี พ.ศ.", "2568", 2025),
        ("ปี", "พ.ศ. ๒๕๖๘", 2025),
        ("year", "2025", 2025),
        ("year (B.E.)", "2568", 2025),
    ],
)
def test_years_that_say_their_era_are_understood(heading, year, expected):
    sheet = scores(f"city,name_th,{heading},trees\nc9,ก,{year},1\n")

    assert (told(sheet), sheet.values["year"].tolist()) == ({}, [expected])


def test_an_ambiguous_year_is_refused_at_its_cell():
    sheet = scores("city,name_th,ปี,trees\nc9,ก,2568,1\n")

    assert told(sheet) == {"C2": "period_buddhist_era"}
    assert sheet.values.empty


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("c9,ก,1\nc9,ก,2\n", {"A3": "score_place_twice"}),
        ("c9,ก,nan\n", {"C2": "number_not_finite"}),
        ("c9,ก,inf\n", {"C2": "number_not_finite"}),
        ("c9,ก,มาก\n", {"C2": "number_is_text"}),
        ('c9,ก,"1,5"\n', {"C2": "number_ambiguous"}),
        ("c9,ก,1e300\n", {"C2": "number_too_large"}),
        ("c9,ก,=A1\n", {"C2": "sheet_formula"}),
        (",,5\n", {"A2": "score_place_missing"}),
        ("c9,,5\n", {"A2": "score_place_unknown"}),
        ("phuket_province,ภูเก็ต,5\n", {"A2": "score_area_kind"}),
        ("chiang_mai_city,ลำพูน,5\n", {"B2": "score_name_differs"}),
    ],
)
def test_what_is_wrong_stands_at_its_cell(rows, expected):
    assert told(scores("city,name_th,trees\n" + rows)) == expected


def test_an_unknown_column_is_refused_at_its_heading():
    assert told(scores("city,name_th,trees,rabbits\nc9,ก,1,2\n")) == {"D1": "score_node_unknown"}


def test_an_infinite_cell_of_a_workbook_is_refused():
    table = read_table(
        write_xlsx({"s": pd.DataFrame({"city": ["c9"], "name_th": ["ก"], "trees": [1e300]})}), "s.xlsx"
    )

    assert told(index_sheet.read_scores(table, NODES, KNOWN, area_kind="city")) == {"C2": "number_too_large"}


def workbook(**more):
    book = Workbook()
    book.active.append(["city", "name_th", "trees"])
    book.active.append(["c9", "ก", 1])
    for area in more.get("merge", []):
        book.active.merge_cells(area)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "scores.xlsx", "file_not_what_it_says"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "scores.csv", "file_not_table"),
        (workbook(), "scores.xlsm", "file_macros"),
        (b"x" * (21 * 2**20), "scores.csv", "file_too_large"),
        (b"", "scores.csv", "table_empty"),
        (b"one,two\n1,2\n", "scores.csv", "index_header_missing"),
        (b"city,country\nc9,TH\n", "scores.csv", "scores_without_nodes"),
        (workbook(merge=["A2:B2"]), "scores.xlsx", "sheet_merged"),
    ],
)
def test_bad_files_are_refused_in_words(content, name, reason):
    with pytest.raises(FileRefused) as refused:
        index_sheet.read_scores(read_table(content, name), NODES, KNOWN, area_kind="city")
    assert refused.value.reason == reason


def test_many_problems_are_counted_beyond_those_told():
    rows = "".join(f"c{n},ก{n},มาก\n" for n in range(index_sheet.MOST_PROBLEMS + 7))
    sheet = scores("city,name_th,trees\n" + rows)

    assert (len(sheet.problems), sheet.more_problems) == (index_sheet.MOST_PROBLEMS, 7)


def test_what_was_exported_is_read_back():
    sheet = index_sheet.read_framework(read_table(write_csv(data.NODES), "f.csv"))

    assert sheet.nodes["code"].tolist() == data.NODES["code"].tolist()
    assert sheet.nodes["upper"].tolist()[3:] == [10.0, 50.0, 100.0, 20.0]


def test_codes_are_made_from_names():
    assert index_sheet.slug("Khon Kaen") == "khon_kaen"
    assert index_sheet.slug("ขอนแก่น") == index_sheet.slug("ขอนแก่น") != index_sheet.slug("ภูเก็ต")
