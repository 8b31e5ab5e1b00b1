"""The comparison in a real browser, on the demonstration cities: reading, trying, importing, undoing."""

import json
import re
from datetime import date

import psutil
import pytest
from playwright.sync_api import expect

from cmi_core import demonstration, text
from cmi_core.__main__ import main
from cmi_core.commands.demonstration import fill
from cmi_core.store.opening import DEMONSTRATION, open_store
from cmi_core.tables.sheets import write_xlsx
from cmi_core.views import index_import
from tests.journeys.conftest import running, settled
from tests.journeys.deeds import choose

pytestmark = pytest.mark.browser
PATIENCE = 60_000
ENGLISH = text.translator("en")


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    """A server over the demonstration set."""
    folder = tmp_path_factory.mktemp("demonstration") / "data"
    store = open_store(folder / f"{DEMONSTRATION}.duckdb", kind=DEMONSTRATION)
    fill(store, today=date(2026, 6, 30))
    template = index_import.score_template(store, "demo_r1", "th")
    store.close()
    with running(folder, CMI_DEMO="true") as server:
        server.template = template
        yield server


@pytest.fixture(scope="module")
def editor(cities):
    return cities.sign_in("editor", demonstration.PASSWORD)


def test_a_reader_goes_from_the_ranking_to_a_place(visit, cities):
    page = visit(cities, "/city-comparison")
    page.locator(".cmi-league li").first.wait_for(timeout=PATIENCE)
    assert page.locator(".cmi-league li").count() == 12
    assert "บ้านลมเหนือ" in page.locator(".cmi-league li").first.inner_text()

    page.get_by_role("radio", name="รายเมือง").click()
    page.locator(".cmi-tree").wait_for(timeout=PATIENCE)
    assert "view=profile" in page.url
    drawn = page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")
    drawn.first.wait_for(timeout=PATIENCE)


def spent(server):
    """Seconds of processor time that a server has used."""
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system


def test_a_change_of_looking_costs_the_server_little(visit, cities):
    """`benchmarks/comparison_repaint.py` measures it by the clock; here the machine may have other work."""
    page = visit(cities, "/city-comparison?lang=en")
    page.locator(".cmi-league li").first.wait_for(timeout=PATIENCE)
    settled(page)
    costs = []
    for name, shown in (
        ("All parts", "All parts of"),
        ("Ranking", "Ranking by"),
        ("All parts", "All parts of"),
    ):
        before = spent(cities)
        page.get_by_role("radio", name=name).click()
        page.get_by_role("heading", name=re.compile(shown)).wait_for(timeout=PATIENCE)
        settled(page)
        costs.append(spent(cities) - before)

    assert min(costs) < 0.25, costs


def test_own_weights_are_shared_by_link(visit, cities):
    page = visit(cities, "/city-comparison?lang=en&view=whatif&w_demo_index=demo_basic:9")
    page.get_by_text(ENGLISH("city_comparison.whatif_why")).wait_for(timeout=PATIENCE)
    page.get_by_role("slider").first.wait_for(timeout=PATIENCE, state="attached")
    # It is drawn at its least value first.
    page.wait_for_function(
        "() => { const it = document.querySelector('[role=slider], input[type=range]');"
        " return (it?.getAttribute('aria-valuenow') ?? it?.value) === '9'; }",
        timeout=PATIENCE,
    )


def test_a_plan_is_found_and_names_who_would_do_it(visit, cities):
    page = visit(
        cities, "/city-comparison?lang=en&view=lift&node=demo_inclusive&city=demo_ban_lom_nuea&target=60"
    )
    page.get_by_text(re.compile(r"with a total effort of")).wait_for(timeout=PATIENCE)
    page.get_by_text("Who would do it").wait_for(timeout=PATIENCE)
    assert page.locator("a[href*='/kpi-tracking?kpi=']").count() >= 1


def test_what_is_downloaded_is_computed_again(visit, cities, tmp_path, capsys):
    page = visit(cities, "/city-comparison?lang=en&view=take_away", accept_downloads=True)
    with page.expect_download(timeout=PATIENCE) as got:
        page.get_by_role("button", name="Download JSON").click(timeout=PATIENCE)
    path = tmp_path / "ranking.json"
    got.value.save_as(path)

    assert main(["index", "recompute", str(path)]) == 0
    assert json.loads(path.read_bytes())["method"][0]["value"] == "demo"


def test_an_editor_imports_looks_and_undoes(visit, cities, editor, tmp_path):
    table = cities.template.copy()
    table["ปี พ.ศ."] = 2569
    for place, column in enumerate(table.columns[4:]):
        table[column] = 5.0 + place % 3
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(write_xlsx({"scores": table}))
    table[table.columns[5]] = ["มาก" if row == 2 else 5.0 for row in range(len(table))]
    bad.write_bytes(write_xlsx({"scores": table}))

    page = visit(cities, "/index-import?deed=scores&release=demo_r1", mark=editor)
    chooser = page.locator("input[type=file]")
    chooser.set_input_files(str(bad), timeout=PATIENCE)
    page.get_by_text("พบปัญหา 1 ข้อ").wait_for(timeout=PATIENCE)
    assert page.get_by_role("button", name="บันทึกเป็นรายการเดียว").count() == 0

    chooser.set_input_files(str(good), timeout=PATIENCE)
    page.locator(".cmi-count.cmi-new strong").wait_for(timeout=PATIENCE)
    choose(page, "คุณภาพข้อมูลของค่าในไฟล์ (เมื่อไฟล์ไม่ระบุ)", "ตรวจสอบที่มาไม่ได้")
    page.get_by_label("ผู้จัดทำ").fill("ผู้ทดลอง")
    page.get_by_label("ชื่อเอกสารหรือชุดข้อมูล").fill("คะแนนทดลอง")
    page.get_by_label("เหตุผลหรือหมายเหตุ").fill("ทดลองนำเข้า")
    page.get_by_role("button", name="บันทึกเป็นรายการเดียว").click()
    saved = page.get_by_text(re.compile("บันทึกแล้วเป็นรายการที่"))
    saved.wait_for(timeout=PATIENCE)

    page.goto(cities.url + "/index-import?deed=done&lang=th")
    page.get_by_label("เหตุผลหรือหมายเหตุ").fill("นำเข้าผิดไฟล์", timeout=PATIENCE)
    settled(page)
    entry = int(re.search(r"\d+", saved.inner_text()).group())  # is told until there is another
    page.get_by_role("button", name="ย้อนรายการนี้").click()
    expect(saved).to_contain_text(str(entry + 1), timeout=PATIENCE)
    page.goto(cities.url + "/city-comparison?lang=th&year=2026")
    page.locator(".cmi-league li").first.wait_for(timeout=PATIENCE)
    assert "2568" in page.locator(".cmi-chips").inner_text()


def test_at_360_px_nothing_is_wider_than_the_screen(visit, cities):
    for view in ("league", "profile", "heatmap", "sure"):
        page = visit(cities, f"/city-comparison?view={view}", width=360, height=740)
        page.locator(".cmi-index-head").wait_for(timeout=PATIENCE)
        settled(page)
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= 360, (view, wide)
