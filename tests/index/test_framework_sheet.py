"""Uploaded frameworks: what is understood, and what is refused at which cell."""

import pytest

from cmi_core.index.framework_sheet import read_framework
from cmi_core.tables.sheets import read_table, write_csv
from tests.index import comparison_data as data


def framework(text, encoding="utf-8"):
    return read_framework(read_table(text.encode(encoding), "framework.csv"))


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


def test_what_was_exported_is_read_back():
    sheet = read_framework(read_table(write_csv(data.NODES), "f.csv"))

    assert sheet.nodes["code"].tolist() == data.NODES["code"].tolist()
    assert sheet.nodes["upper"].tolist()[3:] == [10.0, 50.0, 100.0, 20.0]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x" * 301, "text_too_long"),
        ("a\u202eb", "text_turns"),
        ("\u200b", "text_unseen"),
        ("a\x07b", "text_control"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused_at_its_cell(name, reason):
    sheet = framework(f"code,parent,name_th\nx,,X\na,x,{name}\n")

    assert next(problem.reason.reason for problem in sheet.problems if problem.cell == "C3") == reason
