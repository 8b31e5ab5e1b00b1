"""Uploaded scores: what is understood, and what is refused at which cell."""

from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from cmi_core.errors import FileRefused
from cmi_core.index.framework_sheet import read_framework
from cmi_core.index.score_sheet import read_scores
from cmi_core.index.sheet import MOST_PROBLEMS
from cmi_core.tables.sheets import read_book, read_table, write_xlsx
from tests.index import comparison_data as data

NODES = data.NODES.rename(columns={"code": "node"})
KNOWN = pd.DataFrame(
    {"name_th": ["เชียงใหม่", "ภูเก็ต"], "name_en": ["Chiang Mai", "Phuket"], "area_kind": ["city", "province"]},
    index=["chiang_mai_city", "phuket_province"],
)


CASES = Path(__file__).parents[1] / "cases" / "index"
PLACES = pd.read_csv(CASES / "SETUP_places.csv").set_index("city")
COUNTRIES = {"known": PLACES, "area_kind": "country"}


def scores(text, encoding="utf-8", **more):
    table = read_book(text.encode(encoding), "scores.csv")
    return read_scores(
        table, NODES, more.pop("known", KNOWN), area_kind=more.pop("area_kind", "city"), **more
    )


def case(name, framework="base_framework.csv", **more):
    nodes = read_framework(read_book((CASES / framework).read_bytes(), framework)).nodes
    return read_scores(
        read_book((CASES / name).read_bytes(), name),
        nodes.rename(columns={"code": "node"}),
        more.pop("known", PLACES.iloc[:0]),
        area_kind=more.pop("area_kind", "city"),
        **more,
    )


def values(sheet, *names):
    return sorted(map(tuple, sheet.values[list(names or ("city", "node", "value"))].to_numpy().tolist()))


def asked(sheet):
    return [question.id for question in sheet.questions if question.asked]


def left(sheet):
    return [(item.kind, item.where, item.reason.removeprefix("read_index.")) for item in sheet.left_out]


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


def test_a_year_that_is_none_is_refused_at_its_cell():
    sheet = scores("city,name_th,ปี,trees\nc9,ก,68,1\n")

    assert told(sheet) == {"C2": "period_year_short"}
    assert sheet.values.empty


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("c9,ก,inf\n", {"C2": "number_not_finite"}),
        ("c9,ก,มาก\n", {"C2": "number_is_text"}),
        ("c9,ก,1 5\n", {"C2": "number_ambiguous"}),
        ("chiang_mai_city,เชียงใหม่,1\nc9,ก,2\nc9,ข,3\n", {"B4": "score_name_differs"}),
        ("c9,ก,1e300\n", {"C2": "number_too_large"}),
        ("c9,ก,=A1\n", {"C2": "sheet_formula"}),
        (",,5\n", {"A2": "score_place_missing"}),
        ("c9,,5\n", {"A2": "score_place_unknown"}),
        ("phuket_province,ภูเก็ต,5\n", {"A2": "score_area_kind"}),
    ],
)
def test_what_is_wrong_stands_at_its_cell(rows, expected):
    assert told(scores("city,name_th,trees\n" + rows)) == expected


def test_numbers_under_an_unknown_heading_are_asked_about():
    text = "city,name_th,trees,rabbits\nc9,ก,1,2\n"
    sheet = scores(text)

    assert (told(sheet), asked(sheet), sheet.questions[-1].default) == ({}, ["column_4"], None)
    assert sheet.questions[-1].candidates[0].answer == "unused"
    assert left(scores(text, answers={"column_4": "unused"})) == [("column", "D", "column_unused")]
    assert values(scores(text, answers={"column_4": "jobs"})) == [("c9", "jobs", 2.0), ("c9", "trees", 1.0)]


def test_a_heading_that_is_nearly_an_indicator_is_offered_as_that_first():
    sheet = scores("city,name_th,trees,Jbos\nc9,ก,1,2\n")

    assert sheet.questions[-1].candidates[0].answer == "jobs"


def test_words_and_what_no_indicator_can_be_are_left_out_by_name():
    sheet = scores("city,name_th,trees,region,อันดับ,\nc9,ก,1,north,3,9\n")

    assert (told(sheet), asked(sheet)) == ({}, [])
    assert left(sheet) == [("column", letter, "column_unused") for letter in "DEF"]


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
        (b"one,two\nx,y\n", "scores.csv", "index_header_missing"),
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


PUBLISHED = "i02_hdi_scores_with_published_column.csv"


@pytest.mark.parametrize(
    ("answers", "marks", "out"),
    [
        ({}, {None: 48}, []),
        ({"published": "unused"}, {None: 48}, [("column", "H", "column_result")]),
        ({"published": "published"}, {None: 48, "published": 12}, []),
    ],
)
def test_what_is_made_of_other_parts_is_a_published_result_or_not_used(answers, marks, out):
    sheet = case(PUBLISHED, "i01_hdi_framework.csv", answers=answers)

    assert (told(sheet), asked(sheet), sheet.questions[-1].default) == ({}, ["published"], None)
    assert sheet.values["quality"].value_counts(dropna=False).to_dict() == marks
    assert left(sheet) == out
    assert set(sheet.values["node"][sheet.values["quality"] == "published"]) <= {"hdi"}


def test_a_published_result_keeps_its_mark_whatever_its_row_says():
    sheet = scores(
        "city,name_th,quality,trees,green\nc9,ก,survey,1,50.25\n", answers={"published": "published"}
    )

    assert values(sheet, "node", "quality", "decimals") == [("green", "published", 2), ("trees", "survey", 0)]


@pytest.mark.parametrize("heading", ["published", "Official index", "คะแนนรวม", "ผลที่เผยแพร่"])
def test_a_column_of_results_is_known_by_its_heading(heading):
    sheet = scores(f"city,name_th,trees,{heading}\nc9,ก,1,2.5\n", answers={"published": "published"})

    assert ("c9", "top", 2.5) in values(sheet)


def test_a_decimal_comma_counts_for_the_whole_file():
    sheet = case("i11_scores_semicolon_decimal_comma.csv")

    assert (told(sheet), sheet.understood["comma"]) == ({}, "decimal")
    assert values(sheet) == [
        ("c01", "gdp", 1.234), ("c01", "waste", 0.123), ("c02", "gdp", 1.5), ("c02", "waste", 2.25),
        ("c03", "gdp", 12.75), ("c03", "waste", 0.5),
    ]  # fmt: skip


def test_bare_years_of_the_buddhist_era_are_understood():
    sheet = case("i12_scores_be_years.csv")

    assert told(sheet) == {}
    assert values(sheet, "city", "year", "value") == [
        ("c01", 2023, 3), ("c01", 2023, 4), ("c01", 2024, 1), ("c01", 2024, 2),
        ("c02", 2023, 7), ("c02", 2023, 8), ("c02", 2024, 5), ("c02", 2024, 6),
    ]  # fmt: skip


def test_words_for_a_gap_are_gaps_and_counted():
    sheet = case("i13_scores_gap_words.csv")

    assert (told(sheet), sheet.understood["gaps"]) == ({}, 6)
    assert values(sheet) == [("c03", "waste", 5), ("c04", "gdp", 0)]
    assert sheet.places["city"].tolist() == ["c03", "c04"]


def test_another_name_of_a_place_is_asked_about_and_remembered():
    sheet = case("i14_scores_place_alias.csv", **COUNTRIES)
    assert (told(sheet), asked(sheet)) == ({}, ["place_cze_czechia", "place_cabo verde"])
    assert [question.candidates[0].answer for question in sheet.questions[-2:]] == ["cze", "cpv"]
    assert {question.default for question in sheet.questions[-2:]} == {None}

    answers = {"place_cze_czechia": "cze", "place_cabo verde": "cpv"}
    answered = case("i14_scores_place_alias.csv", answers=answers, **COUNTRIES)
    assert values(answered) == [
        ("cpv", "gdp", 3), ("cpv", "waste", 4), ("cze", "gdp", 1), ("cze", "waste", 2), ("tha", "gdp", 5), ("tha", "waste", 6),
    ]  # fmt: skip
    assert not answered.places["new"].any()
    assert answered.aliases == {"Czechia": "cze", "Cabo Verde": "cpv"}

    again = case("i14_scores_place_alias.csv", aliases=answered.aliases, **COUNTRIES)
    assert (asked(again), values(again), again.aliases) == ([], values(answered), {})


@pytest.mark.parametrize(
    ("answer", "new", "out"),
    [("as_new", ["cabo_verde"], []), ("leave_out", [], [("row", "3", "row_place_left")])],
)
def test_a_place_may_be_new_or_left_out_though_its_name_is_like_another(answer, new, out):
    sheet = case("i14_scores_place_alias.csv", answers={"place_cabo verde": answer}, **COUNTRIES)

    assert sheet.places["city"][sheet.places["new"]].tolist() == new
    assert (left(sheet), sheet.aliases) == (out, {})


@pytest.mark.parametrize("name", ["เทศบาลนครเชียงใหม่", "Chiangmai", "CHIANG  MAI City", "เชียงใหม"])
def test_a_name_like_one_on_record_makes_no_second_place_unasked(name):
    sheet = scores(f"เมือง,trees\n{name},1\n")

    assert sheet.places.empty or not sheet.places["new"].any()
    assert (
        sheet.places["city"].tolist() == ["chiang_mai_city"]
        or sheet.questions[-1].candidates[0].answer == "chiang_mai_city"
    )


def test_a_new_code_for_a_name_on_record_is_asked_about():
    sheet = scores("city,name_th,trees\ncm1,เชียงใหม่,1\n")

    assert [each.answer for each in sheet.questions[-1].candidates] == [
        "chiang_mai_city",
        "as_new",
        "leave_out",
    ]
    assert sheet.places.empty


def test_rows_that_have_shifted_are_refused():
    known = pd.concat([KNOWN, KNOWN.assign(area_kind="city").iloc[1:].rename(index=lambda _: "phuket_city")])

    assert told(scores("city,name_th,trees\nchiang_mai_city,ภูเก็ต,5\n", known=known)) == {
        "B2": "score_name_differs"
    }


def test_a_code_is_known_in_capitals():
    sheet = scores("iso3,trees\nCHIANG_MAI_CITY,1\n")

    assert values(sheet) == [("chiang_mai_city", "trees", 1)]


def test_two_new_names_never_share_a_code():
    sheet = scores("เมือง,trees\nเมือง A1,1\nตำบล A1,2\n")

    assert sheet.places["city"].is_unique
    assert len(sheet.values) == len(sheet.places) == 2


CONTRADICTS = "i15_scores_contradictory_duplicates.csv"


@pytest.mark.parametrize(
    ("answers", "gdp", "out"),
    [
        ({}, [], []),
        ({"twice_c01_gdp_2024": "D2"}, [1], ["D4"]),
        ({"twice_c01_gdp_2024": "D4"}, [9], ["D2"]),
        ({"twice_c01_gdp_2024": "neither"}, [], ["D2", "D4"]),
    ],
)
def test_a_contradiction_is_asked_and_the_same_again_is_said(answers, gdp, out):
    sheet = case(CONTRADICTS, answers=answers)
    kept = values(sheet)

    assert (told(sheet), asked(sheet), sheet.questions[-1].default) == ({}, ["twice_c01_gdp_2024"], None)
    assert [value for city, node, value in kept if (city, node) == ("c01", "gdp")] == gdp
    assert [row for row in kept if row[:2] != ("c01", "gdp")] == [
        ("c01", "waste", 2),
        ("c02", "gdp", 3),
        ("c02", "waste", 4),
    ]
    assert [where for kind, where, reason in left(sheet) if reason == "cell_contradicted"] == out
    assert ("row", "5", "row_again") in left(sheet)
    assert ("cell", "E4", "cell_again") in left(sheet)


def test_too_many_contradictions_to_ask_are_refused_with_every_cell():
    rows = "".join(f"c{n},ก{n},{value}\n" for value in (1, 2) for n in range(30))
    sheet = scores("city,name_th,trees\n" + rows)

    assert (len(sheet.problems), asked(sheet), sheet.values.empty) == (60, [], True)
    assert {problem.reason.reason for problem in sheet.problems} == {"score_contradicts"}


@pytest.mark.parametrize("name", ["i16_scores_two_line_header.xlsx", "i17_scores_on_second_sheet.xlsx"])
def test_headings_of_two_lines_and_data_on_a_second_sheet_are_found(name):
    sheet = case(name)

    assert (told(sheet), asked(sheet)) == ({}, [])
    assert values(sheet, "city", "year", "node", "value") == [
        ("c01", 2024, "gdp", 1), ("c01", 2024, "waste", 2), ("c02", 2024, "gdp", 3), ("c02", 2024, "waste", 4),
    ]  # fmt: skip
    expected = {
        "i16_scores_two_line_header.xlsx": [("row", "1", "row_above"), ("row", "2", "row_of_groups")],
        "i17_scores_on_second_sheet.xlsx": [("sheet", "README", "sheet_strange")],
    }
    assert left(sheet) == expected[name]


def test_two_sheets_of_scores_are_asked_about():
    one, two = (pd.DataFrame({"city": ["c9"], "name_th": ["ก"], "trees": [value]}) for value in (1, 2))
    book = read_book(write_xlsx({"2566": one, "2567": two}), "s.xlsx")

    assert asked(read_scores(book, NODES, KNOWN, area_kind="city")) == ["sheet"]
    chosen = read_scores(book, NODES, KNOWN, area_kind="city", answers={"sheet": "2567"})
    assert (values(chosen), left(chosen)) == ([("c9", "trees", 2)], [("sheet", "2566", "sheet_other")])


@pytest.mark.parametrize("answer", ["leave", "take"])
def test_hidden_rows_are_left_out_unless_somebody_takes_them(answer):
    book = Workbook()
    for row in (["city", "name_th", "trees"], ["c8", "ก", 1], ["c9", "ข", 2]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    out = BytesIO()
    book.save(out)
    sheet = read_scores(
        read_book(out.getvalue(), "s.xlsx"), NODES, KNOWN, area_kind="city", answers={"hidden_rows": answer}
    )

    assert len(sheet.values) == (1 if answer == "leave" else 2)
    assert left(sheet) == ([("row", "3", "row_hidden")] if answer == "leave" else [])


def test_a_row_may_be_one_number():
    sheet = case("i20_values_long_messy.csv")

    assert (told(sheet), sheet.understood["layout"], sheet.understood["gaps"]) == ({}, "long", 1)
    named = sheet.values.merge(sheet.places, on="city")
    assert named[["name_th", "node", "value"]].to_numpy().tolist() == [
        ["เมืองหนึ่ง", "gdp", 1200.0],
        ["เมืองหนึ่ง", "waste", 45.0],
        ["เมืองสอง", "gdp", 5.0],
    ]


def test_an_indicator_of_a_row_that_is_unknown_is_asked_about():
    sheet = scores("เมือง,ปี,ตัวชี้วัด,ค่า\nเชียงใหม่,2567,trees,1\nเชียงใหม่,2567,rabbits,2\n")

    assert (values(sheet, "node", "year", "value"), asked(sheet)) == (
        [("trees", 2024, 1)],
        ["column_rabbits"],
    )


def test_tables_of_coinr_are_read():
    sheet = case("i10_coinr_idata.csv", "i10_coinr_imeta.csv")

    assert (told(sheet), asked(sheet), len(sheet.values)) == ({}, [], 8)
    assert ("CCC", "co2") not in {row[:2] for row in values(sheet)}
    assert [item.details["name"] for item in sheet.left_out] == ["pop", "region"]


def test_a_value_that_has_no_logarithm_is_refused_at_its_cell():
    nodes = NODES.assign(transform=["", "", "", "log", "", "", ""])
    table = read_book(b"city,name_th,trees,jobs\nc9,X,0,0\n", "s.csv")

    assert told(read_scores(table, nodes, KNOWN, area_kind="city")) == {"C2": "score_log_positive"}


def test_totals_notes_and_rows_without_values_begin_no_place():
    sheet = scores("เมือง,trees\nเชียงใหม่,1\nแพร่,\nน่าน,\nรวม,1\nที่มา: สำรวจ,\n")

    assert sheet.places["city"].tolist() == ["chiang_mai_city"]
    assert left(sheet) == [("row", "3–4, 6", "row_without_values"), ("row", "5", "row_total")]


@pytest.mark.parametrize(("answer", "year"), [("2024", 2024), ("undated", None)])
def test_a_file_without_a_year_is_asked_of_which_year_it_is(answer, year):
    text = "city,name_th,trees\nc9,ก,1\n"

    assert asked(scores(text, years=(2025, 2024))) == ["year"]
    assert (asked(scores(text)), asked(scores(text, years=(2025,), year=2020))) == ([], [])
    assert scores(text, years=(2025, 2024), answers={"year": answer}).values["year"].tolist() == [year]


def test_a_name_that_two_parts_have_is_asked_about():
    nodes = NODES.assign(name_th=NODES["name_th"].replace("ต้นไม้", "เขียว"))
    table = read_book("city,name_th,เขียว\nc9,ก,1\n".encode(), "s.csv")
    sheet = read_scores(table, nodes, KNOWN, area_kind="city")

    assert [each.answer for each in sheet.questions[-1].candidates][:2] == ["green", "trees"]


def test_a_name_whose_letters_are_damaged_is_refused_at_its_cell():
    text = "เมือง,trees\nเชียงใหม่,1\nแพร่,2\n".encode()
    cut = text.replace("แพร่".encode(), "แพร่".encode()[:-1])

    assert told(read_scores(read_book(cut, "s.csv"), NODES, KNOWN, area_kind="city")) == {
        "A3": "index_cell_damaged"
    }


def test_columns_beside_the_values_of_a_long_table_are_left_out_by_name():
    sheet = scores("จังหวัด,พ.ศ.,ตัวชี้วัด,ค่า,หน่วย\nเชียงใหม่,2567,trees,1,ต้น\n")

    assert values(sheet, "node", "year", "value") == [("trees", 2024, 1)]
    assert left(sheet) == [("column", "E", "column_beside")]
