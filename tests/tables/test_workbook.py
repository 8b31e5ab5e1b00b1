from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pandas as pd
import pytest

from cmi_core.errors import FileRefused
from cmi_core.tables.safe_csv import write_xlsx
from cmi_core.tables.workbook import open_workbook, sheet_parts, walk

GOOD = write_xlsx({"ค่า": pd.DataFrame({"a": [1]}), "อื่น": pd.DataFrame({"b": [2]})})


def remade(add=None, drop=(), compression=ZIP_DEFLATED):
    """The good workbook with parts added or left out."""
    out = BytesIO()
    with ZipFile(BytesIO(GOOD)) as old, ZipFile(out, "w", compression) as new:
        for name in old.namelist():
            if name not in drop and name not in (add or {}):
                new.writestr(name, old.read(name))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 no archive", "file_damaged"),
        (GOOD[: len(GOOD) // 2], "file_damaged"),
        (remade({"xl/vbaProject.bin": b"x"}), "file_macros"),
        (remade({"xl/macrosheets/sheet1.xml": b"x"}), "file_macros"),
        (remade({"../evil.xml": b"x"}), "file_unsafe"),
        (remade({"/etc/passwd": b"x"}), "file_unsafe"),
        (remade({"C:\\evil.xml": b"x"}), "file_unsafe"),
        (remade({"XL/WORKBOOK.XML": b"x"}), "file_unsafe"),
        (remade({"xl/media/zeros.bin": b"\0" * 2**24}), "file_bomb"),
        (remade({f"x{number}": b"" for number in range(2100)}), "file_bomb"),
        (remade(compression=ZIP_BZIP2), "file_unsafe"),
        (remade(drop={"xl/workbook.xml"}), "file_not_table"),
    ],
)
def test_a_hostile_archive_is_refused(data, reason):
    with pytest.raises(FileRefused) as refused:
        open_workbook(data)
    assert refused.value.reason == reason


def test_a_size_that_lies_is_no_way_in():
    data = bytearray(remade({"xl/big.bin": b"\0" * 2**24}))
    true, lie = (2**24).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    with pytest.raises(FileRefused):
        walk(open_workbook(bytes(data.replace(true, lie))), "xl/big.bin", start=lambda *_: None)


def test_sheets_are_found_in_order_and_hidden_ones_left_out():
    assert list(sheet_parts(open_workbook(GOOD))) == ["ค่า", "อื่น"]
    hidden = ZipFile(BytesIO(GOOD)).read("xl/workbook.xml").replace(b'state="visible"', b'state="hidden"', 1)
    assert list(sheet_parts(open_workbook(remade({"xl/workbook.xml": hidden})))) == ["อื่น"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "file_unsafe"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"), "file_unsafe"),
        (b"<a><b></a>", "file_damaged"),
        (b"", "file_damaged"),
        (b"<a>\xff</a>", "file_damaged"),
    ],
)
def test_a_document_type_or_broken_xml_is_refused(content, reason):
    archive = open_workbook(remade({"xl/extra.xml": content}))
    with pytest.raises(FileRefused) as refused:
        walk(archive, "xl/extra.xml", start=lambda *_: None)
    assert refused.value.reason == reason


def test_a_flood_of_elements_is_stopped(monkeypatch):
    monkeypatch.setattr("cmi_core.tables.workbook.MOST_ELEMENTS", 100)
    archive = open_workbook(remade({"xl/extra.xml": b"<a>" + b"<c/>" * 100 + b"</a>"}))
    with pytest.raises(FileRefused) as refused:
        walk(archive, "xl/extra.xml", start=lambda *_: None)
    assert refused.value.reason == "file_bomb"
