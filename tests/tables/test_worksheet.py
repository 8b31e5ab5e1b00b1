from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from cmi_core.errors import FileRefused
from cmi_core.tables.workbook import open_workbook, sheet_parts
from cmi_core.tables.worksheet import Formula, Limits, column_letters, column_number, read_sheet


def saved(fill):
    book = Workbook()
    fill(book.active)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(data, limits=None):
    archive = open_workbook(data)
    return read_sheet(archive, next(iter(sheet_parts(archive).values())), limits=limits or Limits())


def test_every_kind_of_cell_is_read_as_shown():
    def fill(sheet):
        sheet["B2"] = "ค่า"
        sheet["C2"], sheet["D2"], sheet["E2"] = 3, 1.5, True
        sheet["F2"] = datetime(2024, 5, 31)
        sheet["G2"], sheet["H2"] = 0.07, 0.456
        sheet["G2"].number_format, sheet["H2"].number_format = "0%", "0.0%"
        sheet["I2"] = "=SUM(1,2)"
        sheet["J2"] = CellRichText("a", TextBlock(InlineFont(b=True), "b"))
        sheet["K2"], sheet["L2"] = "#DIV/0!", 45000
        sheet["L2"].number_format = '[$-41E]d mmm yyyy;"x"'
        sheet["M2"].number_format = "0%"

    rows = read(saved(fill)).rows
    assert list(rows) == [2]
    found = rows[2]
    assert list(found) == list(range(2, 13))
    assert [found[column] for column in range(2, 7)] == ["ค่า", 3, 1.5, True, datetime(2024, 5, 31)]
    assert [found[7], found[8]] == ["7%", "45.6%"]
    assert isinstance(found[9], Formula)
    assert [found[column] for column in (10, 11, 12)] == ["ab", "#DIV/0!", datetime(2023, 3, 15)]


def test_a_cached_result_never_stands_in_for_a_formula():
    data = saved(lambda sheet: sheet.__setitem__("A1", "=1+1"))
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
            new.writestr(name, part)
    assert isinstance(read(out.getvalue()).rows[1][1], Formula)


def test_merged_ranges_are_reported():
    def fill(sheet):
        sheet["A1"] = "หัวเรื่อง"
        sheet.merge_cells("A1:C1")

    assert read(saved(fill)).merged == ["A1:C1"]


def test_far_away_and_empty_cells_cost_nothing():
    def fill(sheet):
        sheet["A1"] = 1
        sheet["A1048576"] = 2
        sheet["A500000"] = ""

    assert read(saved(fill)).rows == {1: {1: 1}, 1048576: {1: 2}}


def test_a_workbook_as_excel_writes_it_is_read_with_prefixes_and_phonetics():
    main = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<x:workbook {main} xmlns:r="{links}"><x:workbookPr date1904="1"/>'
        '<x:sheets><x:sheet name="ค่า" sheetId="1" r:id="rId7"/></x:sheets></x:workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="rId7" Type="{links}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<x:sst {main}><x:si><x:r><x:t>เชียง</x:t></x:r><x:r><x:t>ใหม่ </x:t></x:r>"
        "<x:rPh><x:t>reading</x:t></x:rPh></x:si></x:sst>",
        "xl/styles.xml": f'<x:styleSheet {main}><x:cellStyleXfs><x:xf numFmtId="9"/></x:cellStyleXfs>'
        '<x:cellXfs><x:xf numFmtId="0"/><x:xf numFmtId="14"/></x:cellXfs></x:styleSheet>',
        "xl/worksheets/sheet1.xml": f'<x:worksheet {main}><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c>'
        '<x:c s="1"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c>'
        "<x:c><x:v>7</x:v></x:c>"
        '</x:row><x:row r="5"><x:c r="C5"><x:f>A1</x:f></x:c></x:row></x:sheetData></x:worksheet>',
    }
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    rows = read(out.getvalue()).rows
    assert rows == {1: {1: "เชียงใหม่", 2: datetime(1904, 1, 1), 3: "a", 4: 7}, 5: {3: ""}}
    assert isinstance(rows[5][3], Formula)


@pytest.mark.parametrize("limits", [Limits(rows=1), Limits(columns=1), Limits(cells=3)])
def test_too_much_is_refused(limits):
    def fill(sheet):
        sheet.append([1, 2])
        sheet.append([3, 4])

    with pytest.raises(FileRefused) as refused:
        read(saved(fill), limits)
    assert refused.value.reason == "file_too_many_cells"


@given(st.integers(1, 20_000))
def test_column_letters_and_numbers_undo_each_other(number):
    assert column_number(column_letters(number)) == number
