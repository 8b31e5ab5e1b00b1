"""The definitions of KPIs in one sheet, in a real browser: taken away, filled in, shown, kept as one entry, taken back."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from cmi_core.store import kpis
from cmi_core.store.opening import open_store
from tests.journeys.conftest import people, running
from tests.journeys.deeds import settled

pytestmark = pytest.mark.browser
KPI, SPEED = "k_d1_saifi", "k_d1_internet_speed"


def filled(data):
    """The sheet as it was handed out, filled in by an office: years of the Buddhist era, people by name, a row of its own."""
    book = load_workbook(BytesIO(data))
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[1]}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    for kpi, cells in {
        KPI: {"ค่าฐาน": "๕.๒", "ช่วงเวลาของค่าฐาน": 2567, "ค่าเป้าหมาย": 3, "ช่วงเวลาของค่าเป้าหมาย": 2570, "ผู้บันทึก": "ก้อย ประสาน"},
        SPEED: {"ค่าฐาน": 210.5, "ช่วงเวลาของค่าฐาน": 2567, "ค่าเป้าหมาย": 400, "ช่วงเวลาของค่าเป้าหมาย": 2570, "ผู้บันทึก": "ใครก็ไม่รู้"},
        "k_d1_tap_water": {"ทิศทาง": "ซ้าย"},
    }.items():  # fmt: skip
        for heading, cell in cells.items():
            sheet.cell(rows[kpi], heads[heading], cell)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def standing(folder):
    store = open_store(folder / "real.duckdb")
    try:
        targets = [kpis.definition(store, kpi)["target"] for kpi in (KPI, SPEED)]
        return targets, [role for kpi, _, role, _ in kpis.people_assigned(store) if kpi == KPI]
    finally:
        store.close()


@pytest.mark.parametrize(("width", "back"), [(1366, False), (360, True)])
def test_from_the_sheet_to_the_entry_without_leaving_the_page(tmp_path, visit, th, width, back):
    folder = tmp_path / "city"
    with running(folder, prepare=people) as city:
        page = visit(
            city, "/kpi-definitions?lang=th&way=sheet", mark=city.sign_in("editor"), width=width, height=900
        )
        main = page.get_by_test_id("stMain")
        with page.expect_download() as download:
            main.get_by_role("button", name=th("definition_sheet.download", count=36)).click()
        data = filled(download.value.path().read_bytes())
        page.locator("input[type=file]").first.set_input_files(
            {"name": "นิยาม.xlsx", "mimeType": "application/octet-stream", "buffer": data}
        )
        expect(main.get_by_text(th("reading.questions", count=2))).to_be_visible()
        expect(main.get_by_text(th("reading.still_open", count=1))).to_be_visible()
        save = main.get_by_role("button", name=th("definition_sheet.commit", count=2))
        expect(save).to_have_count(0)
        main.get_by_text(th("read_definitions.leave_cells"), exact=True).click()
        settled(page)
        main.get_by_text(th("reading.checked", count=1)).click()
        expect(save).to_be_visible()
        expect(main.get_by_text(th("reading.left_out", count=1))).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        main.get_by_label(th("kpi_definitions.note")).fill("มติที่ประชุม")
        save.click()
        told = re.compile(re.escape(th("definition_sheet.done", count=2, entry="…").partition("…")[0]))
        expect(main.get_by_text(told)).to_be_visible()
        expect(save).to_have_count(0)
        if back:
            undo = re.compile(re.escape(th("definition_sheet.undo", entry="…").partition("…")[0]))
            main.get_by_role("button", name=undo).click()
            taken = re.compile(re.escape(th("audit_log.undone", entry="…", made="…").partition("…")[0]))
            expect(main.get_by_text(taken)).to_be_visible()
    targets, roles = standing(folder)
    assert targets == ([None, None] if back else [3, 400])
    assert roles == ([] if back else ["coordinator"])
