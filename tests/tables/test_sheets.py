from contextlib import suppress
from io import BytesIO
from time import process_time
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.errors import FileRefused
from cmi_core.tables.sheets import Table, address, read_table, write_csv, write_xlsx
from cmi_core.tables.worksheet import Formula, Limits
from cmi_core.text import catalogue

BOOK = write_xlsx({"ค่า": pd.DataFrame({"ก": ["ข"], "n": [1.5]}), "คำอธิบาย": pd.DataFrame({"x": [1]})})
THAI = "รหัส,ค่า\nk1,เชียงใหม่"


def refusal(data, name="values.xlsx", **options):
    with pytest.raises(FileRefused) as refused:
        read_table(data, name, **options)
    assert f"error.{refused.value.reason}" in catalogue("th")
    catalogue("th")[f"error.{refused.value.reason}"].format(**refused.value.details)
    return refused.value.reason


def test_a_workbook_keeps_the_addresses_of_its_cells():
    table = read_table(BOOK, "values.xlsx")
    assert table.rows == {1: {1: "ก", 2: "n"}, 2: {1: "ข", 2: 1.5}}
    assert (table.sheet, table.sheets) == ("ค่า", ("ค่า", "คำอธิบาย"))
    assert read_table(BOOK, "values.xlsx", sheet="คำอธิบาย").rows[2] == {1: 1}
    assert address(7, 3) == "C7"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874", "tis-620"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_thai_csv_is_read_however_it_was_saved(encoding, separator):
    data = THAI.replace(",", separator).encode(encoding)
    table = read_table(data, "values.csv")
    assert table.rows == {1: {1: "รหัส", 2: "ค่า"}, 2: {1: "k1", 2: "เชียงใหม่"}}
    assert table.separator == separator


def test_csv_rows_are_counted_as_a_spreadsheet_counts_them():
    table = read_table(b'a,b\r\n\r\n"one\r\ntwo",5\r\n,"=1+1"\r\n', "x.csv")
    assert table.rows == {1: {1: "a", 2: "b"}, 3: {1: "one\r\ntwo", 2: "5"}, 4: {2: "1+1"}}
    assert isinstance(table.rows[4][2], Formula)
    assert read_table(b"sep=;\na;b\n1;2", "x.csv").rows == {2: {1: "a", 2: "b"}, 3: {1: "1", 2: "2"}}


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.csv", "table_empty"),
        (b"  \n", "a.csv", "table_empty"),
        (b",,\n,,", "a.csv", "table_empty"),
        (BOOK, "../../etc/passwd.xlsx", "file_name_unsafe"),
        (BOOK, "C:\\x.xlsx", "file_name_unsafe"),
        (BOOK, "a\0.xlsx", "file_name_unsafe"),
        (BOOK, "", "file_name_unsafe"),
        (BOOK, "a.xlsm", "file_macros"),
        (BOOK, "a.exe", "file_wrong_type"),
        (BOOK, "a.csv", "file_not_what_it_says"),
        (b"a,b", "a.xlsx", "file_not_what_it_says"),
        (b"\x89PNG\r\n\x1a\n", "a.xlsx", "file_not_what_it_says"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.csv", "file_not_table"),
        (b"%PDF-1.7 ...", "a.csv", "file_not_table"),
        (b"<html><table></table></html>", "a.csv", "file_not_table"),
        (b"<?xml version='1.0'?><Workbook/>", "a.csv", "file_not_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "file_old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "a.xlsx", "file_old_excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "file_encrypted",
        ),
        (b"a,b\n\xff\xfe\xdc", "a.csv", "file_encoding_unknown"),
        (b'a,b\n"x"y,1', "a.csv", "file_csv_broken"),
        (b'a,b\n"never closed', "a.csv", "file_csv_broken"),
    ],
)
def test_what_is_no_table_is_refused(data, name, reason):
    assert refusal(data, name) == reason


def test_size_and_missing_sheets_are_refused():
    assert refusal(BOOK, max_mb=0.001) == "file_too_large"
    assert refusal(BOOK, sheet="ไม่มี") == "file_sheet_missing"
    assert refusal(b"a\n" * 10, "a.csv", limits=Limits(rows=5)) == "file_too_many_cells"
    assert refusal(b"a," * 10, "a.csv", limits=Limits(columns=5)) == "file_too_many_cells"


def test_a_document_type_in_a_sheet_is_refused():
    out = BytesIO()
    with ZipFile(BytesIO(BOOK)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = b'<!DOCTYPE w [<!ENTITY a "aaaa">]>' + part
            new.writestr(name, part)
    assert refusal(out.getvalue()) == "file_unsafe"


def test_merged_ranges_are_told_from_a_row_on():
    table = Table({1: {1: "x"}}, merged=("A1:C1", "B4:B9", "D2:E3"))
    assert table.merged_from(3) == ["B4:B9", "D2:E3"]


@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.xlsx"]))
def test_any_bytes_are_a_table_or_a_refusal(data, name):
    with suppress(FileRefused):
        assert read_table(data, name).rows


@given(st.integers(0, len(BOOK) - 1), st.integers(1, 255))
def test_a_damaged_workbook_is_a_table_or_a_refusal(place, change):
    data = bytearray(BOOK)
    data[place] ^= change
    with suppress(FileRefused):
        assert read_table(bytes(data), "a.xlsx").rows


def test_ten_thousand_rows_are_read_quickly():
    table = pd.DataFrame(
        {"kpi": ["k_d3_maekha_bod"] * 10_000, "period": "2024-05", "value": 1.5, "note": "ก"}
    )
    for data, name in ((write_xlsx({"a": table}), "a.xlsx"), (write_csv(table), "a.csv")):
        started = process_time()
        assert len(read_table(data, name).rows) == 10_001
        assert process_time() - started < 3
