"""A messy file of KPI values from the drop to the saved entry and back, in real Chromium, without leaving the page."""

import re
from io import BytesIO

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from cmi_core.store import kpis as stored
from cmi_core.store.opening import open_store
from tests.journeys.conftest import people, running
from tests.journeys.deeds import choose, settled

pytestmark = pytest.mark.browser
KPI, SPEED = "k_d1_saifi", "k_d1_internet_speed"


def messy() -> bytes:
    """A report as an office makes one: an explaining sheet, a title, a hidden row, words of its own, a signature."""
    book = Workbook()
    book.active.title = "คำชี้แจง"
    book.active.append(["กรอกในแผ่นงานถัดไป"])
    sheet = book.create_sheet("ข้อมูล")
    for row in (
        ["แบบรายงานผลตัวชี้วัด พ.ศ. 2567"],
        [],
        ["ลำดับ", "รหัส\nตัวชี้วัด", "ช่วงเวลา", "ผล", "คุณภาพข้อมูล", "ผู้รายงาน"],
        [1, KPI, "ปี 2567", "5.2", "เกรดเอ", "ก"],
        [2, KPI, "ปี 66", 4.8, "ประมาณการ", "ก"],
        [3, SPEED, "ไตรมาส 1/2567", "1,234", "วัดจริง", "ข"],
        [4, SPEED, "ไตรมาส 2/2567", "=A1", "วัดจริง", "ข"],
        [5, KPI, "ปี 2565", 99, "วัดจริง", "ค"],
        ["รวม", None, None, 99],
        [],
        ["ลงชื่อ ................ ผู้รายงาน"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:F1")
    sheet.merge_cells("A11:F11")
    sheet.row_dimensions[8].hidden = True
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def begun(sentence):
    """A sentence up to the number of the entry."""
    return re.compile(re.escape(sentence.partition("…")[0]))


def values(folder):
    store = open_store(folder / "real.duckdb")
    try:
        found = [stored.values(store, kpi)[["period", "value", "quality"]] for kpi in (KPI, SPEED)]
        return [row for table in found for row in table.to_numpy().tolist()]
    finally:
        store.close()


@pytest.mark.parametrize(("width", "back"), [(1366, True), (360, False)])
def test_from_the_drop_to_the_entry_without_leaving_the_page(tmp_path, visit, th, width, back):
    folder = tmp_path / "city"
    with running(folder, prepare=people) as city:
        page = visit(city, "/value-import?lang=th", mark=city.sign_in("editor"), width=width, height=900)
        page.locator("input[type=file]").first.set_input_files(
            {"name": "รายงาน.xlsx", "mimeType": "application/octet-stream", "buffer": messy()}
        )
        main = page.get_by_test_id("stMain")
        expect(main.get_by_text(th("reading.questions", count=4))).to_be_visible()
        expect(main.get_by_text(th("reading.still_open", count=1))).to_be_visible()
        save = main.get_by_role("button", name=th("value_import.commit", count=3))
        expect(save).to_have_count(0)
        choose(page, th("read_values.ask_quality", text="เกรดเอ", cell="E4"), th("quality.survey"))
        settled(page)
        main.get_by_text(th("reading.checked", count=3)).click()
        expect(save).to_be_visible()
        expect(main.get_by_text(th("reading.left_out", count=6))).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        main.get_by_label(th("kpi_entry.note")).fill("รายงานประจำปี")
        save.click()
        expect(main.get_by_text(begun(th("value_import.done", count=3, entry="…")))).to_be_visible()
        if back:
            main.get_by_role("button", name=begun(th("value_import.undo", entry="…"))).click()
            expect(main.get_by_text(begun(th("audit_log.undone", entry="…", made="…")))).to_be_visible()
    recorded = [["2023", 4.8, "estimate"], ["2024", 5.2, "survey"], ["2024-Q1", 1234.0, "measured"]]
    assert values(folder) == ([] if back else recorded)
