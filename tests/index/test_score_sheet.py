"""Uploaded scores: what is understood, and what is refused at which cell."""

from io import BytesIO

import pandas as pd
import pytest
from openpyxl import Workbook

from cmi_core.errors import FileRefused
from cmi_core.index.score_sheet import read_scores
from cmi_core.index.sheet import MOST_PROBLEMS
from cmi_core.tables.sheets import read_table, write_xlsx
from tests.index import comparison_data as data

NODES = data.NODES.rename(columns={"code": "node"})
KNOWN = pd.DataFrame(
    {"name_th": ["เชียงใหม่", "ภูเก็ต"], "name_en": ["Chiang Mai", "Phuket"], "area_kind": ["city", "province"]},
    index=["chiang_mai_city", "phuket_province"],
)


def scores(text, encoding="utf-8", **more):
    table = read_table(text.encode(encoding), "scores.csv")
    return read_scores(table, NODES, KNOWN, area_kind="city", **more)


def told(sheet):
    return {problem.cell: problem.reason.reason for problem in sheet.problems}


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

    assert told(read_scores(table, NODES, KNOWN, area_kind="city")) == {"C2": "number_too_large"}


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
        read_scores(read_table(content, name), NODES, KNOWN, area_kind="city")
    assert refused.value.reason == reason


def test_many_problems_are_counted_beyond_those_told():
    rows = "".join(f"c{n},ก{n},มาก\n" for n in range(MOST_PROBLEMS + 7))
    sheet = scores("city,name_th,trees\n" + rows)

    assert (len(sheet.problems), sheet.more_problems) == (MOST_PROBLEMS, 7)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x" * 301, "text_too_long"),
        ("a\u202eb", "text_turns"),
        ("\u200b", "text_unseen"),
        ("a\x07b", "text_control"),
    ],
)
def test_a_place_whose_name_cannot_be_kept_is_refused_at_its_cell(name, reason):
    sheet = scores(f"city,name_th,trees\nc9,{name},1\n")

    assert (sheet.problems[0].cell, sheet.problems[0].reason.reason) == ("B2", reason)
    assert sheet.places.empty
    assert sheet.values.empty
