import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from cmi_core.tables.safe_csv import DANGEROUS, NUMBER, inert, write_csv, write_xlsx
from cmi_core.tables.sheets import read_table

ATTACKS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "＝1+1",
    '=HYPERLINK("http://x","y")',
    "#REF!",
    "'=1",
]
plain_text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff")
)


def as_read(data):
    return list(csv.reader(StringIO(data.decode("utf-8-sig"))))


def test_no_text_becomes_a_formula_in_a_workbook():
    data = write_xlsx({"ค่า": pd.DataFrame({"=note": ATTACKS})})
    sheet = load_workbook(BytesIO(data)).active
    found = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in found} == {"s"}
    assert [cell.value.strip() for cell in found] == ["=note", *(attack.strip() for attack in ATTACKS)]
    assert found[1].quotePrefix


@given(st.lists(st.one_of(st.sampled_from(ATTACKS), plain_text), min_size=1))
def test_no_text_becomes_a_formula_in_a_csv(texts):
    for (cell,) in [row or [""] for row in as_read(write_csv(pd.DataFrame({"note": texts})))]:
        begins = cell.lstrip(" \u00a0\u200b\ufeff")[:1]
        assert not begins or begins not in DANGEROUS or NUMBER.fullmatch(cell)


def test_numbers_as_text_stay_as_they_are():
    assert [inert(text) for text in ("-5", "+1,234.5", "-3%", "")] == ["-5", "+1,234.5", "-3%", ""]


def test_a_csv_is_written_for_excel_with_thai():
    data = write_csv(pd.DataFrame({"ตัวชี้วัด": ["ค่า, BOD"], "value": [np.float64(1.5)], "none": [None]}))
    assert data.startswith(b"\xef\xbb\xbf")
    assert as_read(data) == [["ตัวชี้วัด", "value", "none"], ["ค่า, BOD", "1.5", ""]]


def test_values_keep_their_types_in_a_workbook():
    table = pd.DataFrame(
        {
            "number": [1.5, float("nan"), float("inf")],
            "count": [np.int64(3), 4, 5],
            "day": [date(2024, 5, 31), None, pd.NaT],
            "moment": [datetime(2024, 5, 31, 9, tzinfo=UTC), pd.Timestamp("2024-05-31"), None],
            "yes": [True, False, pd.NA],
            "text": ["ปกติ", "a\x00b", "x" * 40_000],
        },
        dtype=object,
    )
    sheet = load_workbook(BytesIO(write_xlsx({"ค่า": table}))).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows[0] == (1.5, 3, datetime(2024, 5, 31), datetime(2024, 5, 31, 9), True, "ปกติ")
    assert rows[1][0] is None
    assert rows[2][0] == "∞"
    assert (rows[1][5], len(rows[2][5])) == ("ab", 32_767)


def test_a_number_keeps_every_digit():
    numbers = [100000000.38671875, 0.1 + 0.2, 1 / 3, 5e-324, -1.7976931348623157e308]
    table = pd.DataFrame({"value": numbers})
    rows = read_table(write_xlsx({"a": table}), "a.xlsx").rows
    assert [rows[place][1] for place in range(2, 7)] == numbers
    assert [float(row[0]) for row in as_read(write_csv(table))[1:]] == numbers


def test_sheet_titles_are_made_acceptable_and_distinct():
    one = pd.DataFrame({"a": [1]})
    data = write_xlsx({"ค่า/2567": one, "ค่า:2567": one, "": one, "x" * 40: one, "x" * 50: one})
    titles = load_workbook(BytesIO(data)).sheetnames
    assert titles == ["ค่า 2567", "ค่า 2567 2", "1", "x" * 31, "x" * 29 + " 2"]


def test_the_font_knows_thai_and_the_header_stays_in_view():
    sheet = load_workbook(BytesIO(write_xlsx({"a": pd.DataFrame({"ก": ["ข"]})}, widths={"ก": 33}))).active
    assert (sheet["A1"].font.name, sheet["A1"].font.bold, sheet["A2"].font.name) == ("Tahoma", True, "Tahoma")
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 33


@settings(max_examples=30)
@given(st.lists(plain_text.filter(str.strip), min_size=1, max_size=5))
def test_what_is_written_is_read_back(texts):
    table = pd.DataFrame({"note": texts, "value": [1.25] * len(texts)})
    expected = [text.strip() for text in texts]
    for data, name in ((write_xlsx({"a": table}), "a.xlsx"), (write_csv(table), "a.csv")):
        rows = read_table(data, name).rows
        if not any(text.startswith("'") for text in expected):
            assert [rows[place][1] for place in range(2, len(texts) + 2)] == expected
        assert float(str(rows[2][2])) == 1.25
