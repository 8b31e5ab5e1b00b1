"""Files of KPI values as people have them: what is understood, what is asked, what is refused, what is left out."""

import csv
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from time import process_time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cmi_core.calendar import periods
from cmi_core.errors import FileRefused
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.kpi.value_file import SheetKpi
from cmi_core.tables.safe_csv import write_csv, write_xlsx
from cmi_core.tables.sheets import Table
from cmi_core.tables.worksheet import Formula
from cmi_core.text import catalogue, refusal, translator
from tests.kpi.value_files import LABELS, asked, left, problems, read_bytes, read_table, told

CASES = Path(__file__).parents[1] / "cases" / "values"
KPIS = {
    "k_bod": SheetKpi("monthly", ("ค่า BOD เฉลี่ยในคลองแม่ข่า", "Mean BOD"), ("มก./ล.",)),
    "k_firms": SheetKpi("half-yearly", ("จำนวนธุรกิจ",)),
    "k_budget": SheetKpi("fiscal-yearly"),
    "k_share": SheetKpi("yearly", ("สัดส่วน",), ("ร้อยละ", "%")),
    "k_jobs": SheetKpi("yearly", ("จำนวนงาน",), ("งาน",)),
    "k_spent": SheetKpi("quarterly", ("เงินที่ใช้",), ("บาท",)),
}
HEADER = {1: "รหัสตัวชี้วัด", 2: "ช่วงเวลา", 3: "ค่า", 4: "คุณภาพข้อมูล", 5: "หมายเหตุ"}


def rows_of(*rows, header=HEADER):
    filled = [{place: value for place, value in enumerate(row, start=1) if value is not None} for row in rows]
    return {1: header} | dict(enumerate(filled, start=2))


def read(*rows, header=HEADER, kpis=KPIS, **answers):
    return read_table(rows_of(*rows, header=header), kpis, **answers)


def assigned():
    with (CASES / "SETUP_kpis.csv").open(encoding="utf-8-sig") as file:
        return {
            row["kpi"]: SheetKpi(
                row["frequency"], (row["name_th"], row["name_en"]), (row["unit_th"], row["unit_en"])
            )
            for row in csv.DictReader(file)
            if row["assigned"] == "yes"
        }


def case(name, **answers):
    path = next(CASES.glob(f"{name}_*"))
    return read_bytes(path.read_bytes(), path.name, assigned(), **answers)


def series(kpi, first, *values):
    start = periods.parse(first)
    found = []
    for value in values:
        if value is not None:
            found.append((kpi, start.code, value))
        start = periods.containing(date.fromordinal(start.end.toordinal() + 1), start.frequency)
    return found


# ------------------------------------------------------------------------------------------------ files as people have them

PLAIN = {
    "v01": [
        ("k_patents", "2024", 5), ("k_patents", "2023", 4), ("k_jobs", "FY2024", 81.5), ("k_visitors", "2024-01", 130),
        ("k_visitors", "2024-02", 140), ("k_budget", "2024-Q1", 1.5), ("k_budget", "2024-Q2", 2.5), ("k_water", "2024", 6.1),
    ],
    "v03": series("k_visitors", "2024-01", 101, 102, 103, 104, 105, 106),
    "v04": series("k_visitors", "2024-01", 100, 110, 120, 130, 140, 150, 160, 170, 180, None, None, 210),
    "v05": series("k_visitors", "2024-01", 100, 110, 120, 130, 140, 150),
    "v06": [*series("k_budget", "2023-Q1", 1.25, 2.5, 3.75, 5), *series("k_budget", "2024-Q1", 1.5, 3)],
    "v07": [*series("k_patents", "2022", 3, 4, 5), *series("k_workforce", "2022", 1200, 1250)],
    "v08": series("k_visitors", "2024-01", 130, 140, 150),
    "v09": series("k_visitors", "2024-01", 130, 140),
    "v10": series("k_patents", "2023", 4, 5),
    "v11": [*series("k_visitors", "2024-01", 130, 140, 150), *series("k_patents", "2023", 4, 5)],
    "v13": series("k_patents", "2023", 4, 5),
    "v14": [("k_patents", "2023", 4), ("k_patents", "2024", 5), ("k_workforce", "2024", 1300)],
    "v15": [("k_patents", "2022", 3), ("k_patents", "2024", 5)],
    "v16": series("k_patents", "2023", 4, 5),
    "v17": [("k_patents", "2018", 70), ("k_visitors", "2023-12", 120), ("k_patents", "2020", 11)],
    "v20": [("k_patents", "2024", 0)],
    "v21": [
        ("k_workforce", "2022", 1200), ("k_patents", "2023", 4), ("k_patents", "2024", 5), ("k_patents", "2021", 3),
        ("k_water", "2024", 6.1), ("k_water", "2023", 5.9),
    ],
    "v22": series("k_budget", "2024-Q1", 0.123, 5.5, 1234.5, 1.234),
    "v23": series("k_jobs", "FY2021", 45, 46, 47, 48),
    "v24": [("k_patents", "2022", 3), ("k_patents", "2023", 4), ("k_workforce", "2023", 1250)],
    "v25": series("k_patents", "2023", 4, 5),
    "v27": [("k_patents", "2024", 5)],
    "v28": series("k_visitors", "2024-01", 130, 140),
    "v29": [("k_patents", "2023", 4), ("k_workforce", "2023", 1250)],
    "v30": series("k_patents", "2023", 4, 5),
    "v31": [("k_patents", "2024", 5)],
    "v32": [
        *series("k_visitors", "2024-01", 130, 140, 150), ("k_patents", "2024", 5), ("k_visitors", "2024-05", 160),
        ("k_visitors", "2024-06", 170),
    ],
    "v34": [("k_budget", "2024-Q1", 0.123), ("k_budget", "2024-Q2", 1234.5)],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_file_as_people_have_it_is_read_as_they_mean_it(name):
    result = case(name)
    assert (told(result), problems(result)) == (PLAIN[name], [])


@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("v01", {}),
        ("v03", {"short_years": "be"}),
        ("v05", {}),
        ("v14", {"sheet:2566": "take", "sheet:2567": "take", "sheet:เก่า": "leave"}),
        ("v15", {"hidden_rows": "leave"}),
        ("v16", {"column:value": "D"}),
        ("v22", {}),
        ("v23", {"shares": "times_100"}),
        ("v24", {"quality:ประมาณการ": "estimate", "quality:ข้อมูลจริง": "measured"}),
        ("v26", {"column:value": None}),
        ("v29", {"column:kpi": "B", "column:period": "C", "column:value": "D"}),
        ("v32", {"days": "day_first"}),
        ("v33", {"kpi": None}),
    ],
)
def test_what_a_file_leaves_open_is_asked_once(name, questions):
    found = asked(case(name))
    assert {key: found[key] for key in questions if key in found} == {
        key: value for key, value in questions.items() if key != "column:period" or "column:period" in found
    }
    assert set(found) <= set(questions)


@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("v04", [("K2", "gap"), ("L2", "empty")]),
        ("v06", [("E3", "empty"), ("F3", "empty")]),
        ("v07", [("D3", "gap")]),
        ("v10", [("5", "text")]),
        ("v13", [("คำอธิบาย", "sheet_no_table")]),
        ("v14", [("เก่า", "sheet_hidden")]),
        ("v15", [("3", "hidden_row"), ("4", "hidden_row")]),
        ("v16", [("C", "column_hidden")]),
        ("v20", [(f"C{row}", "empty" if row == 7 else "gap") for row in range(2, 9)]),
        ("v25", [("C", "column")]),
        ("v27", [("C", "column"), ("E", "column")]),
        ("v28", [("4", "total")]),
        ("v29", [("A", "column")]),
        ("v30", [("D3", "damaged")]),
        ("v33", [("B", "column"), ("C", "column"), ("4", "breakdown"), ("5", "breakdown")]),
    ],
)
def test_what_is_not_taken_is_listed_with_its_reason(name, items):
    assert left(case(name)) == items


def test_a_fiscal_heading_never_makes_a_calendar_year():
    result = case("v02")
    assert told(result) == [("k_jobs", "FY2024", 81.5), ("k_jobs", "FY2023", 80)]
    assert problems(result) == [("B4", "sheet_year_fiscal")]


def test_a_formula_is_refused_where_it_stands_never_counted_as_empty():
    result = case("v12")
    assert (told(result), result.empty) == ([("k_patents", "2023", 4)], 0)
    assert problems(result) == [("C2", "sheet_formula"), ("C4", "sheet_formula")]
    assert [(row.kpi, row.period) for row in result.rows if row.problem] == [
        ("k_patents", "2022"),
        ("k_workforce", "2024"),
    ]


def test_contradicting_rows_are_refused_together_and_equal_ones_are_one():
    result = case("v18")
    assert told(result) == [("k_patents", "2023", 1), ("k_patents", "2021", 6)]
    assert problems(result) == [("C4", "sheet_values_contradict"), ("C5", "sheet_values_contradict")]
    assert left(result) == [("3", "same_again")]
    assert result.rows[1].problem.details["others"] == "C5 (8)"


def test_a_date_that_no_calendar_has_is_refused_at_its_cell():
    result = case("v19")
    assert told(result) == [("k_visitors", "2024-01", 130), ("k_visitors", "2024-04", 160)]
    assert problems(result) == [("B3", "sheet_no_date"), ("B4", "period_year_out_of_range")]


@pytest.mark.parametrize(("column", "value"), [("C", 10), ("D", 5)])
def test_no_value_is_taken_before_it_is_said_which_column_holds_them(column, value):
    assert case("v26").rows == ()
    assert told(case("v26", **{"column:value": column})) == [("k_patents", "2024", value)]


def test_the_answers_decide():
    assert told(case("v33", kpi="k_patents")) == [("k_patents", "2022", 3), ("k_patents", "2023", 4)]
    assert ("k_patents", "2023", 99) in told(case("v14", **{"sheet:เก่า": "take", "sheet:2566": "leave"}))
    assert len(told(case("v15", hidden_rows="take"))) == 4
    assert told(case("v22", comma="thousands"))[-1] == ("k_budget", "2024-Q4", 1234)
    assert told(case("v23", shares="as_is"))[2] == ("k_jobs", "FY2023", 0.47)
    assert [row.quality for row in case("v24", **{"quality:ประมาณการ": "survey"}).rows] == [
        "survey",
        "measured",
        "survey",
    ]
    assert told(case("v05", year="2566")) == series("k_visitors", "2023-01", 100, 110, 120, 130, 140, 150)
    assert {reason for _, reason in problems(case("v32", days="refuse"))} == {"period_is_date"}


def test_an_answer_nobody_offered_is_refused():
    with pytest.raises(FileRefused) as refused:
        case("v26", **{"column:value": "ZZ"})
    assert refused.value.reason == "answer_unknown"


def test_what_a_data_package_declares_is_believed_and_told():
    assert case("v34").understood["declared"]["values"]["delimiter"] == ";"


# ------------------------------------------------------------------------------------------------ rows and headings


def test_a_row_is_understood_with_its_cells():
    result = read(("k_bod", "พ.ค. 2567", "๑๒.๕", "วัดจริง", "ตลาดคำเที่ยง"))
    (row,) = result.rows
    assert (row.row, row.kpi, row.period, row.value) == (2, "k_bod", "2024-05", 12.5)
    assert (row.quality, row.note) == ("measured", "ตลาดคำเที่ยง")
    assert row.cells == {"kpi": "A2", "period": "B2", "value": "C2", "quality": "D2", "note": "E2"}
    assert problems(result) == []


@pytest.mark.parametrize(
    "header",
    [
        {1: "KPI code", 2: "Period", 3: "Value"},
        {1: "KPI *", 2: "PERIOD", 3: "value*", 4: "เรื่องอื่น"},
        {1: "ตัวชี้วัด", 2: "เดือน (พ.ศ.)", 3: "ผลการดำเนินงาน"},
        {1: "รหัส", 2: "ปี พศ", 3: "ผล"},
        {1: "ตัวชี้วัด (KPI)", 2: "รอบการรายงาน", 3: "ผลการดำเนินงาน\n(มก./ล.)"},
        {1: "รหัส\nKPI", 2: "ข้อมูล ณ วันที่", 3: "ค่า :"},
    ],
)
def test_headings_are_known_in_both_languages(header):
    assert told(read(("k_bod", "พ.ค. 2567", 5), header=header)) == [("k_bod", "2024-05", 5)]


def test_the_heading_may_stand_below_a_title_and_in_another_order():
    result = read_table(
        {1: {1: "แบบรายงาน"}, 3: {2: "Value", 4: "Period", 5: "KPI"}, 9: {2: 5, 4: "2024-05", 5: "k_bod"}},
        KPIS,
    )
    assert [(row.row, row.cells) for row in result.rows] == [
        (9, {"value": "B9", "period": "D9", "kpi": "E9"})
    ]


def test_a_kpi_may_be_named_unless_two_share_the_name():
    assert told(read(("ค่า bod เฉลี่ยในคลองแม่ข่า", "2024-05", 5)))[0][0] == "k_bod"
    twins = {"a": SheetKpi("yearly", ("same",)), "b": SheetKpi("yearly", ("same",))}
    assert problems(read(("same", "2024", 5), kpis=twins)) == [("A2", "sheet_kpi_unknown")]


@pytest.mark.parametrize(
    "name", ["1. Mean BOD", "2.1) Mean BOD", "k_bod: Mean BOD", "k_bod – ค่าใหม่", "ตัวชี้วัดที่ 3 Mean BOD"]
)
def test_a_kpi_is_found_behind_its_number_or_before_its_name(name):
    assert told(read((name, "2024-05", 5))) == [("k_bod", "2024-05", 5)]


def test_a_code_and_a_name_of_two_kpis_are_refused():
    header = {1: "รหัสตัวชี้วัด", 2: "ชื่อตัวชี้วัด", 3: "ช่วงเวลา", 4: "ค่า"}
    result = read(
        ("k_bod", "จำนวนงาน", "2024-05", 5),
        ("k_bod", "Mean BOD", "2024-06", 6),
        (None, "จำนวนงาน", "2024", 7),
        header=header,
    )
    assert told(result) == [("k_bod", "2024-06", 6), ("k_jobs", "2024", 7)]
    assert problems(result) == [("A2", "sheet_kpi_contradicts")]


def test_every_problem_names_its_cell():
    result = read(
        ("k_nope", "2024-05", 5),
        ("k_bod", "2024-13", 5),
        ("k_bod", "2024-05", "ห้า"),
        ("k_bod", "2024-05", 5, "ดีมาก"),
        ("k_bod", "2024-06", Formula("1+1")),
        ("k_bod", "2024", "1,5,6", "?", "x" * 3000),
        (None, "2024-05", 5),
        ("k_bod", None, 5),
        ("k_bod", "2024-07", 5, None, "a\u202eb"),
        fill_down="leave",
    )
    assert told(result) == []
    assert problems(result) == [
        ("A2", "sheet_kpi_unknown"),
        ("B3", "period_month_unknown"),
        ("C4", "number_is_text"),
        ("D5", "sheet_quality_unknown"),
        ("C6", "sheet_formula"),
        ("B7", "period_wrong_frequency"),
        ("C7", "number_ambiguous"),
        ("D7", "sheet_quality_unknown"),
        ("E7", "text_too_long"),
        ("A8", "sheet_kpi_missing"),
        ("B9", "period_missing"),
        ("E10", "text_turns"),
    ]
    for language in ("th", "en"):
        for row in result.rows:
            for problem in (row.problem, *row.problem.problems):
                assert refusal(translator(language), problem)


def test_a_kpi_left_empty_is_the_one_above_where_that_is_agreed():
    rows = (("k_bod", "2024-05", 5), (None, "2024-06", 6), ("k_jobs", "2024", 7))
    assert asked(read(*rows)) == {"fill_down": "fill"}
    assert told(read(*rows))[1] == ("k_bod", "2024-06", 6)
    assert problems(read(*rows, fill_down="leave")) == [("A3", "sheet_kpi_missing")]


def test_a_word_for_quality_that_means_nothing_to_us_is_not_guessed():
    result = read(("k_bod", "2024-05", 5, "เกรดเอ"))
    assert asked(result) == {"quality:เกรดเอ": None}
    assert problems(result) == [("D2", "sheet_quality_unknown")]
    assert told(read(("k_bod", "2024-05", 5, "เกรดเอ"), **{"quality:เกรดเอ": "survey"})) == [
        ("k_bod", "2024-05", 5)
    ]


def test_rows_without_a_value_are_told_not_refused():
    result = read(("k_bod", "2024-05", None), ("k_nope", None, "-"), ("k_bod", "2024-06", 0))
    assert (result.empty, told(result), problems(result)) == (1, [("k_bod", "2024-06", 0)], [])
    assert left(result) == [("C2", "empty"), ("C3", "gap")]


@pytest.mark.parametrize(
    "rows",
    [{1: {1: "KPI", 2: "Note"}, 2: {1: "x", 2: "y"}}, {1: {1: "เรื่อง"}}, {1: {1: 1, 2: 2}, 2: {1: 3, 2: 4}}],
)
def test_a_file_without_a_table_of_values_is_refused_whole(rows):
    with pytest.raises(FileRefused) as refused:
        read_table(rows, KPIS)
    assert refused.value.reason == "values_no_table"


def test_a_column_that_begins_far_below_is_listed_too():
    rows = {1: HEADER} | {
        n: {1: "k_bod", 2: f"{1990 + n // 12}-{n % 12 + 1:02}", 3: n} for n in range(2, 320)
    }
    rows[310] = rows[310] | {9: "แก้ไขแล้ว"}
    assert left(read_table(rows, KPIS)) == [("I", "column")]


def test_a_row_of_several_sheets_is_named_with_its_sheet():
    told_twice = pd.DataFrame([("k_jobs", "2567", 5)] * 2, columns=["รหัสตัวชี้วัด", "ช่วงเวลา", "ค่า"])
    other = pd.DataFrame([("k_jobs", "2566", 4)], columns=told_twice.columns)
    result = read_bytes(write_xlsx({"ก": told_twice, "ข": other}), "a.xlsx", KPIS)
    assert left(result) == [("ก!3", "same_again")]


# ------------------------------------------------------------------------------------------------ other shapes


def test_years_above_months_are_read_together():
    table = Table(
        {
            1: {1: "ตัวชี้วัด", 2: "2566", 4: "2567"},
            2: {2: "พ.ย.", 3: "ธ.ค.", 4: "ม.ค.", 5: "ก.พ."},
            3: {1: "k_bod", 2: 1, 3: 2, 4: 3, 5: 4},
        },
        merged=("A1:A2", "B1:C1", "D1:E1"),
    )
    assert told(read_table(table, KPIS)) == series("k_bod", "2023-11", 1, 2, 3, 4)


def test_months_of_a_fiscal_year_begin_in_october_of_the_year_before():
    rows = {
        1: {1: "ผลการดำเนินงาน ประจำปีงบประมาณ พ.ศ. 2567"},
        3: {1: "ตัวชี้วัด", 2: "ต.ค.", 3: "พ.ย.", 4: "ธ.ค.", 5: "ม.ค."},
        4: {1: "k_bod", 2: 1, 3: 2, 4: 3, 5: 4},
    }
    assert told(read_table(rows, KPIS)) == series("k_bod", "2023-10", 1, 2, 3, 4)


def test_targets_beside_results_are_never_taken_for_them():
    header = {1: "ตัวชี้วัด", 2: "เป้าหมาย ปี 2567", 3: "ผล ปี 2567", 4: "ค่าฐาน", 5: "ร้อยละความสำเร็จ"}
    result = read(("k_jobs", 10, 5, 1, 50), header=header)
    assert told(result) == [("k_jobs", "2024", 5)]
    assert left(result) == [("B", "column"), ("D", "column"), ("E", "column")]


def test_a_year_that_stands_nowhere_is_asked_for():
    header = {1: "ตัวชี้วัด", 2: "Q1", 3: "Q2"}
    result = read(("k_spent", 1, 2), header=header)
    assert asked(result) == {"year": None}
    assert {reason for _, reason in problems(result)} == {"period_year_missing"}
    assert told(read(("k_spent", 1, 2), header=header, year="2567")) == series("k_spent", "2024-Q1", 1, 2)


def test_a_comma_that_may_be_either_is_asked_and_never_makes_a_hundred_of_nought():
    both = read(("k_jobs", "2023", "1,234"), ("k_jobs", "2024", "2,345"))
    assert asked(both) == {"comma": "thousands"}
    assert asked(read(("k_jobs", "2023", "1,234"), ("k_jobs", "2024", "1,234.5"))) == {}
    assert told(read(("k_jobs", "2023", "0,123"), ("k_jobs", "2024", "1,234"))) == series(
        "k_jobs", "2023", 0.123, 1.234
    )
    mixed = read(("k_jobs", "2022", "0,5"), ("k_jobs", "2023", "1,234.5"))
    assert "comma" in asked(mixed)
    assert len(problems(mixed)) == 1


@pytest.mark.parametrize(("largest", "value"), [(None, 40), (62.0, 40), (0.9, 0.4)])
def test_a_share_is_asked_about_unless_the_record_counts_in_shares(largest, value):
    kpis = {"k_share": SheetKpi("yearly", ("สัดส่วน",), ("%",), largest)}
    result = read(("k_share", "2024", 0.4), kpis=kpis)
    assert told(result) == [("k_share", "2024", value)]
    assert ("shares" in asked(result)) == (value == 40)


@pytest.mark.parametrize(
    ("text", "order"), [("05/06/2567", "month_first"), ("31/05/2567", None), ("05/31/2024", "only")]
)
def test_days_before_months_unless_told_or_impossible(text, order):
    if order == "only":
        assert told(read(("k_bod", text, 5))) == [("k_bod", "2024-05", 5)]
        return
    expected = "2024-06" if order else "2024-05"
    assert told(read(("k_bod", text, 5))) == [("k_bod", expected, 5)]
    if order:
        assert told(read(("k_bod", text, 5), days=order)) == [("k_bod", "2024-05", 5)]


def test_a_date_cell_on_the_first_is_what_excel_makes_of_a_month():
    result = read(("k_bod", datetime(2024, 5, 1), 5))
    assert (told(result), asked(result)) == ([("k_bod", "2024-05", 5)], {})


def test_kpis_across_and_periods_down_are_read():
    months = {
        1: {1: "เดือน", 2: "k_bod", 3: "เรื่องอื่น"},
        2: {1: "ม.ค. 2567", 2: 5},
        3: {1: "ก.พ. 2567", 2: 6, 3: 1},
    }
    assert told(read_table(months, KPIS)) == series("k_bod", "2024-01", 5, 6)
    assert left(read_table(months, KPIS)) == [("C", "column")]
    years = {1: {1: "ปี", 2: "k_jobs", 3: "สัดส่วน"}, 2: {1: 2566, 2: 5, 3: 45}, 3: {1: 2567, 2: 6}}
    result = read_table(years, KPIS)
    assert told(result) == [("k_jobs", "2023", 5), ("k_share", "2023", 45), ("k_jobs", "2024", 6)]
    assert result.rows[1].cells == {"period": "A2", "value": "C2", "kpi": "C1"}


def test_headings_that_excel_made_numbers_or_days_of_are_periods():
    days = {1: "ตัวชี้วัด", 2: datetime(2024, 1, 1), 3: datetime(2567, 2, 1)}
    assert told(read(("k_bod", 5, 6), header=days)) == series("k_bod", "2024-01", 5, 6)
    assert told(read(("k_jobs", 5, 6), header={1: "ตัวชี้วัด", 2: 2566.0, 3: 2567.0})) == series(
        "k_jobs", "2023", 5, 6
    )


@pytest.mark.parametrize(
    ("heading", "part", "kpi", "code"),
    [("ไตรมาสที่", 1, "k_spent", "2024-Q1"), ("ครึ่งปี", "๒", "k_firms", "2024-S2")],
)
def test_the_number_of_a_part_is_what_its_heading_says(heading, part, kpi, code):
    header = {1: "ตัวชี้วัด", 2: "ปี", 3: heading, 4: "ค่า"}
    assert told(read((kpi, 2567, part, 7), header=header)) == [(kpi, code, 7)]


def test_from_one_month_to_another_is_the_period_just_so_long():
    result = read(
        ("k_spent", "ม.ค. - มี.ค. 2567", 5), ("k_spent", "เม.ย.–มิ.ย. 67", 6), ("k_firms", "ม.ค. ถึง มิ.ย. 2567", 7),
        ("k_budget", "ต.ค. 2566 - ก.ย. 2567", 8), ("k_spent", "ม.ค. - เม.ย. 2567", 9),
    )  # fmt: skip
    assert told(result) == [
        ("k_spent", "2024-Q1", 5), ("k_spent", "2024-Q2", 6), ("k_firms", "2024-S1", 7), ("k_budget", "FY2024", 8),
    ]  # fmt: skip
    assert [cell for cell, _ in problems(result)] == ["B6"]


def test_a_kpi_s_own_unit_behind_its_value_is_no_text():
    result = read(("k_jobs", "2567", "5 งาน"), ("k_bod", "2567-01", "3.2 มก./ล."), ("k_jobs", "2566", "5 คน"))
    assert told(result) == [("k_jobs", "2024", 5), ("k_bod", "2024-01", 3.2)]
    assert problems(result) == [("C4", "number_is_text")]


def test_headings_that_stand_again_between_rows_are_no_row():
    result = read(("k_jobs", "2567", 5), ("รหัสตัวชี้วัด", "ช่วงเวลา", "ค่า"), ("k_jobs", "2566", 6))
    assert (told(result), left(result)) == ([("k_jobs", "2024", 5), ("k_jobs", "2023", 6)], [("3", "text")])


def test_a_kpi_called_mean_or_total_is_no_total():
    kpis = {"k_pm": SheetKpi("yearly", ("ค่าเฉลี่ย PM2.5 รายปี", "Total visitors"))}
    result = read(
        ("ค่าเฉลี่ย PM2.5 รายปี", "2567", 5), ("Total visitors", "2566", 6), ("รวม", None, 11), kpis=kpis
    )
    assert told(result) == [("k_pm", "2024", 5), ("k_pm", "2023", 6)]
    assert left(result) == [("4", "total")]


# ------------------------------------------------------------------------------------------------ spelt in any way

ERAS = {
    "Thai month": lambda p: (
        f"{('ม.ค.', 'ก.พ.', 'มี.ค.', 'เม.ย.', 'พ.ค.', 'มิ.ย.', 'ก.ค.', 'ส.ค.', 'ก.ย.', 'ต.ค.', 'พ.ย.', 'ธ.ค.')[p.start.month - 1]} {p.start.year + 543}"
    ),
    "code": lambda p: p.code,
    "B.E. code": lambda p: f"{p.start.year + 543}-{p.start.month:02}",
    "slash": lambda p: f"{p.start.month:02}/{p.start.year + 543}",
    "Thai digits": lambda p: f"{p.start.month}/{p.start.year + 543}".translate(
        str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    ),
    "compact": lambda p: f"{p.start.year}{p.start.month:02}",
}
NUMBERS = {
    "plain": lambda v: f"{v:.2f}",
    "thousands": lambda v: f"{v:,.2f}",
    "decimal comma": lambda v: f"{v:,.2f}".translate(str.maketrans(",.", ".,")),
    "Thai digits": lambda v: f"{v:.2f}".translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")),
    "full width": lambda v: f"{v:.2f}".translate(str.maketrans("0123456789.", "０１２３４５６７８９．")),
}


def in_csv(rows, encoding, separator, above):
    lines = [
        *[""] * above,
        *(separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in rows),
    ]
    return "\r\n".join(lines).encode(encoding), "values.csv"


def in_xlsx(rows, position, above):
    book = Workbook()
    for sheet in range(position):
        book.active.append(["คำอธิบาย"]) if not sheet else book.create_sheet(f"อื่น {sheet}").append(["ข้อความ"])
    sheet = book.active if not position else book.create_sheet("ข้อมูล")
    for _ in range(above):
        sheet.append(["แบบรายงานผล"])
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue(), "values.xlsx"


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(0, 80), st.integers(-9_999_999, 9_999_999), min_size=2, max_size=6),
    st.sampled_from(sorted(ERAS)),
    st.sampled_from(sorted(NUMBERS)),
    st.sampled_from(["utf-8", "utf-8-sig", "cp874", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
    st.integers(0, 3),
    st.one_of(st.none(), st.integers(0, 2)),
)
def test_a_table_spelt_in_any_way_reads_back_the_same_or_asks(
    values, era, number, encoding, separator, above, position
):
    wanted = [
        ("k_bod", periods.month(2018 + month // 12, month % 12 + 1).code, value / 100)
        for month, value in values.items()
    ]
    spelt = [["รหัสตัวชี้วัด", "ช่วงเวลา", "ค่า"]] + [
        [kpi, ERAS[era](periods.parse(period)), NUMBERS[number](value)] for kpi, period, value in wanted
    ]
    if number == "full width" and encoding == "cp874":
        encoding = "utf-8"
    data, name = (
        in_csv(spelt, encoding, separator, above) if position is None else in_xlsx(spelt, position, above)
    )
    result = read_bytes(data, name, KPIS)
    assert told(result) == wanted or "comma" in asked(result)
    if "comma" in asked(result):
        answer = "decimal" if number == "decimal comma" else "thousands"
        assert told(read_bytes(data, name, KPIS, comma=answer)) == wanted
    assert problems(result) == [] or "comma" in asked(result)


@settings(max_examples=30)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["k_bod"]), st.integers(0, 59)),
        st.tuples(st.floats(-1e9, 1e9), st.sampled_from(QUALITIES), st.text("กขค=+-@ ab,;\"'", max_size=8)),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
)
def test_an_exported_sheet_is_read_back_the_same(values, as_csv):
    rows = [
        (
            kpi,
            f"{2020 + month // 12}-{month % 12 + 1:02}",
            value,
            catalogue("th")[f"quality.{mark}"],
            f"ก{note}".strip(),
        )
        for (kpi, month), (value, mark, note) in values.items()
    ]
    table = pd.DataFrame(rows, columns=list(HEADER.values()))
    data, name = (write_csv(table), "a.csv") if as_csv else (write_xlsx({"a": table}), "a.xlsx")
    result = read_bytes(data, name, KPIS)
    assert problems(result) == []
    found = [
        (row.kpi, row.period, row.value, catalogue("th")[f"quality.{row.quality}"], row.note)
        for row in result.rows
    ]
    assert found == [(kpi, period, value, mark, note) for kpi, period, value, mark, note in rows]


def test_ten_thousand_rows_are_understood_quickly():
    kpis = {f"k{number}": SheetKpi("monthly") for number in range(200)}
    rows = [
        (f"k{n % 200}", f"{2020 + n // 2400}-{n // 200 % 12 + 1:02}", n / 7, "วัดจริง", "")
        for n in range(10_000)
    ]
    data = write_xlsx({"ค่า": pd.DataFrame(rows, columns=list(HEADER.values()))})
    started = process_time()
    result = read_bytes(data, "a.xlsx", kpis)
    assert (len(result.rows), problems(result)) == (10_000, [])
    assert process_time() - started < 3
    assert LABELS["วัดจริง"] == "measured"
