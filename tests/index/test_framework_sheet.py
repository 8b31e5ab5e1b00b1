"""Uploaded frameworks: what is understood, and what is refused at which cell."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from cmi_core.errors import FileRefused
from cmi_core.index.framework_sheet import read_framework
from cmi_core.tables.sheets import read_book, read_table, write_csv
from tests.index import comparison_data as data

CASES = Path(__file__).parents[1] / "cases" / "index"


def framework(text, encoding="utf-8", answers=None):
    return read_framework(read_table(text.encode(encoding), "framework.csv"), answers)


def case(name, answers=None):
    return read_framework(read_book((CASES / name).read_bytes(), name), answers)


def told(sheet):
    return {problem.cell: problem.reason.reason for problem in sheet.problems}


def asked(sheet):
    return [question.id for question in sheet.questions if question.asked]


def left(sheet):
    return [(item.kind, item.where, item.reason.removeprefix("read_index.")) for item in sheet.left_out]


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


UNWEIGHTED = "code,parent,name_th,direction,weight\nx,,X,,\na,x,A,higher,\nb,x,B,lower,nan\n"


@pytest.mark.parametrize(
    ("answers", "weights"), [({}, None), ({"weights_x": "unknown"}, None), ({"weights_x": "equal"}, 1.0)]
)
def test_weights_that_a_file_does_not_have_are_asked_for(answers, weights):
    sheet = framework(UNWEIGHTED, answers=answers)

    assert (told(sheet), asked(sheet)) == ({}, ["weights_x"])
    found = sheet.nodes["weight"][1:]
    assert found.isna().all() if weights is None else found.tolist() == [weights, weights]
    assert [each.answer for each in sheet.questions[-1].candidates] == ["equal", "unknown"]


def test_where_only_some_weights_are_missing_they_are_not_taken_for_alike():
    sheet = framework("code,parent,name_th,direction,weight\nx,,X,,\na,x,A,higher,3\nb,x,B,lower,\n")

    assert sheet.questions[-1].candidates[0].answer == "unknown"


def test_what_weighs_alone_has_the_whole_weight():
    sheet = framework("code,parent,name_th,direction,weight\nx,,X,,\na,x,A,higher,\n")

    assert (asked(sheet), sheet.nodes["weight"][1]) == ([], 1.0)


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


def test_a_logarithm_is_kept():
    sheet = case("i01_hdi_framework.csv")

    assert (told(sheet), asked(sheet)) == ({}, [])
    assert sheet.nodes.set_index("code")["transform"].to_dict()["gni"] == "log"


@pytest.mark.parametrize(("written", "kept"), [("LN", "log"), ("ลอการิทึม", "log"), ("none", ""), ("-", "")])
def test_a_transform_is_understood_as_people_write_it(written, kept):
    sheet = framework(f"code,parent,name_th,direction,weight,แปลงค่า\nx,,X,,1,\na,x,A,+,1,{written}\n")

    assert (told(sheet), sheet.nodes["transform"].tolist()) == ({}, ["", kept])


def test_a_transform_that_no_release_knows_is_refused_at_its_cell():
    sheet = framework("code,parent,name_th,direction,weight,transform\nx,,X,,1,\na,x,A,+,1,sqrt\n")

    assert told(sheet) == {"F3": "transform_unknown"}


def test_a_reference_is_kept_and_one_that_is_needed_is_asked_of_its_cell():
    assert case("i08_reference_framework.csv").nodes["reference"].tolist() == ["", "c02", "c03"]
    lacking = "code,parent,name_th,direction,weight,reference,normalise\nx,,X,,1,,\na,x,A,+,1,,distance-to-reference\n"
    assert told(framework(lacking)) == {"F3": "reference_missing"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("i04_ihdi_framework.csv", {"L1": "framework_column_method"}),
        (
            "i05_log_offset_percentile_framework.csv",
            {"G1": "framework_column_method"}
            | dict.fromkeys(("H3", "H4", "I3", "I4"), "framework_goalpost_text"),
        ),
        ("i06_mazziotta_pareto_framework.csv", {"G2": "node_method_unknown"}),
        ("i07_inverted_geometric_framework.csv", {"I2": "node_method_unknown"}),
    ],
)
def test_a_method_that_no_release_can_hold_is_refused_where_it_stands(name, expected):
    assert told(case(name)) == expected


@pytest.mark.parametrize(
    "heading",
    ["offset", "Shift", "ค่าชดเชย", "denominator", "winsorise", "ตัวหาร", "Penalty for gaps", "exponent"],
)
def test_a_column_that_changes_the_method_is_refused_by_name_and_cells(heading):
    sheet = framework(f"code,parent,name_th,direction,weight,{heading}\nx,,X,,1,\na,x,A,+,1,0.5\n")

    assert told(sheet) == {"F1": "framework_column_method"}
    assert sheet.problems[0].reason.details == {"column": heading, "cells": "F3 (0.5)"}


def test_such_a_column_without_a_value_says_nothing():
    sheet = framework("code,parent,name_th,direction,weight,offset\nx,,X,,1,\na,x,A,+,1,\n")

    assert (told(sheet), left(sheet)) == ({}, [("column", "F", "column_empty")])


def test_columns_that_explain_are_left_out_by_name():
    sheet = framework(
        "code,parent,name_th,direction,weight,หมายเหตุ,custodian\nx,,X,,1,,\na,x,A,+,1,สำรวจ,the office of statistics\n"
    )

    assert (told(sheet), asked(sheet)) == ({}, [])
    assert left(sheet) == [("column", "F", "column_unused"), ("column", "G", "column_unused")]


@pytest.mark.parametrize(
    ("answers", "problems", "out"),
    [
        ({}, {}, []),
        ({"column_F": "unused"}, {}, [("column", "F", "column_unused")]),
        ({"column_F": "method"}, {"F1": "framework_column_method"}, []),
    ],
)
def test_numbers_under_an_unknown_heading_are_asked_about(answers, problems, out):
    sheet = framework("code,parent,name_th,direction,weight,kappa\nx,,X,,1,\na,x,A,+,1,7\n", answers=answers)

    assert (asked(sheet), sheet.questions[-1].default) == (["column_F"], None)
    assert (told(sheet), left(sheet)) == (problems, out)


def test_a_missing_direction_is_asked_of_that_indicator_alone():
    sheet = case("i09_direction_missing_framework.csv")

    assert (told(sheet), asked(sheet), sheet.questions[0].default) == ({}, ["direction_pm25"], None)
    answered = case("i09_direction_missing_framework.csv", {"direction_pm25": "lower"})
    assert answered.nodes["direction"].tolist() == ["higher", "lower", "higher", "lower"]


def test_an_answer_that_is_none_is_refused():
    with pytest.raises(FileRefused, match="answer_unknown"):
        case("i09_direction_missing_framework.csv", {"direction_pm25": "sideways"})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("−1", "lower"), ("1.0", "higher"), ("ยิ่งน้อย ยิ่งดี", "lower"), ("Higher is better", "higher"),
        ("cost", "lower"), ("↑", "higher"), ("Negative", "lower"),
    ],
)  # fmt: skip
def test_directions_are_understood_as_people_write_them(written, expected):
    sheet = framework(f"code,parent,name_th,direction,weight\nx,,X,,1\na,x,A,{written},1\n")

    assert (told(sheet), asked(sheet), sheet.nodes["direction"][1]) == ({}, [], expected)


def test_many_missing_directions_are_asked_together_first():
    rows = "".join(f"a{n},x,A{n},,1\n" for n in range(12))
    text = "code,parent,name_th,direction,weight\nx,,X,,1\n" + rows

    assert asked(framework(text)) == ["directions"]
    assert set(framework(text, answers={"directions": "lower"}).nodes["direction"][1:]) == {"lower"}
    assert len(asked(framework(text, answers={"directions": "each"}))) == 1 + 12


def test_the_tables_of_coinr_are_a_tree():
    nodes = case("i10_coinr_imeta.csv").nodes.set_index("code")

    assert nodes["parent"].to_dict() == {
        "lpi": "conn", "co2": "sust", "renew": "sust", "conn": "ix", "sust": "ix", "ix": "",
    }  # fmt: skip
    assert nodes.loc["co2", ["direction", "weight", "target"]].tolist() == ["lower", 0.5, 0.0]
    assert [where for _, where, _ in left(case("i10_coinr_imeta.csv"))] == ["8 (pop)", "9 (region)"]


def test_a_tree_may_be_drawn_from_left_to_right():
    sheet = case("i21_framework_thai_layout.xlsx", {"weights_index": "equal"})
    names = dict(zip(sheet.nodes["code"], sheet.nodes["name_th"], strict=True))
    tree = [
        (names.get(parent), name, way, weight)
        for parent, name, way, weight in sheet.nodes[["parent", "name_th", "direction", "weight"]].to_numpy()[
            1:
        ]
    ]

    assert (told(sheet), asked(sheet), sheet.understood["codes_made"]) == (
        {},
        ["index_name", "weights_index"],
        True,
    )
    assert tree == [
        ("", "เศรษฐกิจ", "higher", 1.0),
        ("เศรษฐกิจ", "รายได้ต่อหัว", "higher", 60.0),
        ("เศรษฐกิจ", "อัตราว่างงาน", "lower", 40.0),
        ("", "สิ่งแวดล้อม", "higher", 1.0),
        ("สิ่งแวดล้อม", "พื้นที่สีเขียว", "higher", 50.0),
        ("สิ่งแวดล้อม", "ฝุ่น PM2.5", "lower", 50.0),
    ]


def drawn(rows, merge=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    out = BytesIO()
    book.save(out)
    return read_framework(read_book(out.getvalue(), "tree.xlsx"))


def test_levels_have_weights_of_their_own_and_totals_are_left_out():
    sheet = drawn(
        [
            ["กรอบดัชนีเมือง"],
            ["ตัวชี้วัด", "ด้าน", "น้ำหนักด้าน", "น้ำหนักตัวชี้วัด", "ทิศทาง"],
            ["รายได้", "เศรษฐกิจ", 70, 100, "มากดี"],
            ["ขยะ", "สิ่งแวดล้อม", 30, 40, "น้อยดี"],
            ["ต้นไม้", None, None, 60, "มากดี"],
            ["รวม", None, 100, None, None],
        ]
    )
    weights = dict(zip(sheet.nodes["name_th"], sheet.nodes["weight"], strict=True))

    assert told(sheet) == {}
    assert {name: weights[name] for name in ("เศรษฐกิจ", "สิ่งแวดล้อม", "รายได้", "ต้นไม้")} == {
        "เศรษฐกิจ": 70, "สิ่งแวดล้อม": 30, "รายได้": 100, "ต้นไม้": 60,
    }  # fmt: skip
    assert left(sheet) == [("row", "1", "row_above"), ("row", "6", "row_total")]
    assert [each.answer for each in sheet.questions[0].candidates] == ["head", "title"]


def test_a_sheet_with_a_tree_is_found_behind_others():
    book = Workbook()
    book.active.title = "อ่านก่อน"
    book.active.append(["ดูแผ่นถัดไป"])
    tree = book.create_sheet("tree")
    for row in (
        ["code", "parent", "name_en", "direction", "weight"],
        ["x", None, "X", None, 1],
        ["a", "x", "A", 1, 1],
    ):
        tree.append(row)
    out = BytesIO()
    book.save(out)
    sheet = read_framework(read_book(out.getvalue(), "tree.xlsx"))

    assert sheet.nodes["code"].tolist() == ["x", "a"]
    assert left(sheet) == [("sheet", "อ่านก่อน", "sheet_strange")]


@pytest.mark.parametrize("scale", ["0-3", "0..3", "0–3", "๐-๓", "0 to 3", "0 ถึง 3", "0;1;2;3"])
def test_a_scale_is_understood_as_people_write_it(scale):
    text = (
        f"code,parent,name_en,direction,weight,scale,normalise\nx,,X,,1,,\na,x,A,higher,1,{scale},ordinal\n"
    )

    assert told(framework(text)) == {}
    assert told(case("i22_scale_with_dash_framework.csv")) == {}


def test_a_decimal_comma_is_understood_from_the_whole_file():
    text = "code;parent;name_en;direction;weight;lower;upper\nx;;X;;1;;\na;x;A;higher;0,25;1,234;10,5\n"

    assert framework(text).nodes.loc[1, ["weight", "lower", "upper"]].tolist() == [0.25, 1.234, 10.5]


def test_a_direction_of_a_group_is_said_not_to_count():
    sheet = framework("code,parent,name_en,direction,weight\nx,,X,lower,1\na,x,A,higher,1\n")

    assert left(sheet) == [("cell", "D2", "group_direction")]


def test_every_row_is_told_with_what_would_be_kept():
    rows = case("i09_direction_missing_framework.csv").rows()

    assert [(row["row"], row["state"], row["key"]) for row in rows] == [
        (2, "new", "ix"), (3, "new", "pm25"), (4, "new", "grad"), (5, "new", "crime"),
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["", "Total"])
def test_a_total_of_the_weights_is_no_part_of_the_tree(code):
    sheet = framework(
        f"code,parent,name_en,direction,weight\nx,,X,,\na,x,A,+,40\nb,x,B,-,60\n{code},,Total,,100\n"
    )

    assert (told(sheet), sheet.nodes["code"].tolist()) == ({}, ["x", "a", "b"])
    assert left(sheet) == [("row", "5", "row_total")]
