from time import process_time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmi_core.calendar.periods import parse
from cmi_core.errors import FileRefused
from cmi_core.kpi.sheet import QUALITIES, SheetKpi, quality_labels, read_values, template
from cmi_core.tables.safe_csv import write_csv, write_xlsx
from cmi_core.tables.sheets import Table, read_table
from cmi_core.tables.worksheet import Formula
from cmi_core.text import catalogue, translator

KPIS = {
    "k_bod": SheetKpi("monthly", ("ค่า BOD เฉลี่ยในคลองแม่ข่า", "Mean BOD")),
    "k_firms": SheetKpi("half-yearly", ("จำนวนธุรกิจ",)),
    "k_budget": SheetKpi("fiscal-yearly"),
}
LABELS = quality_labels(catalogue("th"), catalogue("en"))
HEADER = {1: "รหัสตัวชี้วัด", 2: "ช่วงเวลา", 3: "ค่า", 4: "คุณภาพข้อมูล", 5: "หมายเหตุ"}


def read(*rows, header=HEADER, kpis=KPIS):
    filled = [{place: value for place, value in enumerate(row, start=1) if value is not None} for row in rows]
    table = Table({1: header} | dict(enumerate(filled, start=2)))
    return read_values(table, kpis, qualities=LABELS)


def told(result):
    return [(problem.details["cell"], problem.reason) for problem in result.problems]


def test_a_row_is_understood_with_its_cells():
    result = read(("k_bod", "พ.ค. 2567", "๑๒.๕", "วัดจริง", "ตลาดคำเที่ยง"))
    (row,) = result.rows
    assert (row.number, row.kpi, row.period, row.value) == (2, "k_bod", "2024-05", 12.5)
    assert (row.quality, row.note) == ("measured", "ตลาดคำเที่ยง")
    assert row.cells == {"kpi": "A2", "period": "B2", "value": "C2", "quality": "D2", "note": "E2"}
    assert result.problems == ()


@pytest.mark.parametrize(
    "header",
    [
        {1: "KPI code", 2: "Period", 3: "Value"},
        {1: "KPI *", 2: "PERIOD", 3: "value*", 4: "เรื่องอื่น"},
        {1: "ตัวชี้วัด", 2: "เดือน (พ.ศ.)", 3: "ผลการดำเนินงาน"},
        {1: "รหัส", 2: "ปี พศ", 3: "ผล"},
    ],
)
def test_headers_are_known_in_both_languages(header):
    assert len(read(("k_bod", "พ.ค. 2567", 5), header=header).rows) == 1


def test_the_header_may_stand_below_a_title_and_in_another_order():
    table = Table(
        {1: {1: "แบบรายงาน"}, 3: {2: "Value", 4: "Period", 5: "KPI"}, 9: {2: 5, 4: "2024-05", 5: "k_bod"}}
    )
    (row,) = read_values(table, KPIS).rows
    assert (row.number, row.cells) == (9, {"value": "B9", "period": "D9", "kpi": "E9"})


def test_a_heading_that_says_buddhist_era_settles_bare_years():
    header = {1: "รหัส", 2: "ปี (พ.ศ.)", 3: "ค่า"}
    assert read(("k_budget", 2567, 5), header=header).rows[0].period == "FY2024"
    assert told(read(("k_budget", 2567, 5))) == [("B2", "period_buddhist_era")]


def test_a_kpi_may_be_named_unless_two_share_the_name():
    assert read(("ค่า bod เฉลี่ยในคลองแม่ข่า", "2024-05", 5)).rows[0].kpi == "k_bod"
    twins = {"a": SheetKpi("yearly", ("same",)), "b": SheetKpi("yearly", ("same",))}
    assert told(read(("same", "2024", 5), kpis=twins)) == [("A2", "sheet_kpi_unknown")]


def test_every_problem_names_its_cell():
    result = read(
        ("k_nope", "2024-05", 5),
        ("k_bod", "2024-13", 5),
        ("k_bod", "2024-05", "ห้า"),
        ("k_bod", "2024-05", 5, "ดีมาก"),
        ("k_bod", "2024-06", Formula("1+1")),
        ("k_bod", "2024", "1,5", "?", "x" * 3000),
        (None, "2024-05", 5),
        ("k_bod", None, 5),
        ("k_bod", "2024-07", 5, None, "a\u202eb"),
    )
    assert result.rows == ()
    assert told(result) == [
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


def test_every_problem_has_a_sentence_in_both_languages():
    result = read(("k_nope", "2024-13", "1,5", "?", "x" * 3000), ("k_bod", "67", Formula("x")))
    for language in ("th", "en"):
        for problem in result.problems:
            assert catalogue(language)[f"error.{problem.reason}"].format(**problem.details)


def test_the_same_value_twice_is_a_problem_at_the_second():
    result = read(("k_bod", "2024-05", 5), ("Mean BOD", "พ.ค. 2567", 6))
    assert [row.value for row in result.rows] == [5.0]
    assert told(result) == [("C3", "sheet_value_twice")]
    assert result.problems[0].details["first"] == "C2"


def test_rows_without_a_value_are_counted_not_refused():
    result = read(("k_bod", "2024-05", None), ("k_nope", None, "-"), ("k_bod", "2024-06", 0))
    assert (result.empty, [row.value for row in result.rows], result.problems) == (2, [0.0], ())


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (Table({1: {1: "KPI", 2: "Value"}, 2: {1: "k_bod", 2: 5}}), "sheet_header_missing"),
        (Table({}), "sheet_header_missing"),
        (Table({1: {1: "KPI", 2: "Period", 3: "Value", 4: "ค่า"}}), "sheet_header_twice"),
        (Table({1: HEADER}, merged=("A3:A5",)), "sheet_merged"),
        (Table({1: HEADER}, merged=("A1:B1",)), "sheet_merged"),
    ],
)
def test_a_sheet_that_cannot_be_trusted_is_refused_whole(table, reason):
    with pytest.raises(FileRefused) as refused:
        read_values(table, KPIS)
    assert refused.value.reason == reason


def test_a_merged_title_above_the_header_does_no_harm():
    assert read_values(Table({1: {1: "หัวเรื่อง"}, 2: HEADER}, merged=("A1:E1",)), KPIS).rows == ()


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_template_filled_in_is_understood(language):
    wanted = [
        ("k_bod", "ค่า BOD", parse("2024-05")),
        ("k_firms", "=ธุรกิจ", parse("2024-S2")),
        ("k_budget", "งบ", parse("FY2024")),
        ("k_quarter", "ไตรมาส", parse("FY2024-Q1")),
    ]
    kpis = {code: SheetKpi(period.frequency) for code, _, period in wanted}
    table = template(wanted, translate=translator(language), quality="measured")
    data = write_xlsx({"1": table})
    assert read_values(read_table(data, "a.xlsx"), kpis).empty == 4
    table.iloc[:, 3] = [1.5, 2, 3, 4]
    result = read_values(read_table(write_xlsx({"1": table}), "a.xlsx"), kpis, qualities=LABELS)
    assert [(row.kpi, row.period, row.quality) for row in result.rows] == [
        (code, period.code, "measured") for code, _, period in wanted
    ]


def test_the_six_marks_are_labelled_in_both_languages():
    assert set(LABELS.values()) == set(QUALITIES)
    assert len(LABELS) == 12


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
    result = read_values(read_table(data, name), KPIS, qualities=LABELS)
    assert result.problems == ()
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
    result = read_values(read_table(data, "a.xlsx"), kpis, qualities=LABELS)
    assert (len(result.rows), result.problems) == (10_000, ())
    assert process_time() - started < 3
