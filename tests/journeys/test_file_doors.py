"""Messy files of points, of boundaries and of an index from the drop to the saved entry, in real Chromium, without leaving the page."""

import re

import geopandas
import pytest
import shapely
from playwright.sync_api import expect

from tests.geography.boundary_corpus import written
from tests.journeys.conftest import people, running
from tests.journeys.deeds import answer, choose, settled

pytestmark = pytest.mark.browser

POINTS = (
    "รายชื่อสถานที่ ปี 2567\n\n"
    "ลำดับ;ชื่อสถานที่;ละติจูด;ลองจิจูด;ประเภท\n"
    "1;รพ.สมมติหนึ่ง;18°47'16\"N;98°59'36\"E;โรงพยาบาล\n"
    "2;ตลาดสมมติ;18,8;98,9583;ตลาดสด\n"
    "3;ลานสมมติ;18,79;98,97;ลานกิจกรรม\n"
    "รวม;;;;\n"
)
FRAMEWORK = "รหัส;รหัสแม่;ชื่อ;ทิศทาง;น้ำหนัก;ผู้จัดทำ\nix;;ดัชนีทดลอง;;1;ก\ngdp;ix;รายได้ต่อหัว;มากดี;1;ก\npm;ix;ฝุ่น;;1;ก\n"
SCORES = "จังหวัด;ปี พ.ศ.;รายได้ต่อหัว;ฝุ่น;หมายเหตุ\nเมืองสมมติหนึ่ง;2567;1.234,5;0,5;\nเมืองสมมติสอง;2567;900;..;รอข้อมูล\n"


@pytest.fixture
def city(tmp_path):
    with running(tmp_path / "city", prepare=people) as served:
        yield served


def drop(page, name, text, encoding="cp874"):
    settled(page)
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode(encoding)}
    page.locator("input[type=file]").first.set_input_files(file)


def fill(main, label, text):
    field = main.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")


@pytest.mark.parametrize("width", [1366, 360])
def test_points(city, visit, th, width):
    page = visit(
        city, "/infrastructure?lang=th&work=import", mark=city.sign_in("editor"), width=width, height=900
    )
    main = page.get_by_test_id("stMain")
    drop(page, "จุด.csv", POINTS, "utf-8-sig")
    for label, told in (("producer", "เทศบาลสมมติ"), ("source_title", "สถานที่"), ("licence", "CC BY 4.0")):
        fill(main, th(f"boundary_upload.{label}"), told)
        settled(page)
    save = main.get_by_role("button", name=th("infrastructure.import_save", count=3))
    expect(main.get_by_text(th("infrastructure.source_first", count=3))).to_have_count(0)
    expect(save).to_have_count(0)
    choose(page, th("read_points.ask_kind", word="ลานกิจกรรม", count=1), th("map.category_culture"))
    settled(page)
    if (looked := main.get_by_role("checkbox")).count():
        looked.first.check(force=True)
    expect(save).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    main.get_by_label(th("boundary_upload.note")).fill("สำรวจปี 2567")
    save.click()
    expect(main.get_by_text(th("infrastructure.imported", count=3))).to_be_visible()
    expect(save).to_have_count(0)
    expect(main.get_by_text(th("infrastructure.nothing_yet"))).to_be_visible()


@pytest.mark.parametrize("width", [1366, 360])
def test_an_index_and_its_scores(city, visit, th, width):
    mark = city.sign_in("editor")
    page = visit(city, "/index-import?lang=th&deed=framework", mark=mark, width=width, height=900)
    main = page.get_by_test_id("stMain")
    drop(page, "กรอบ.csv", FRAMEWORK)
    commit = main.get_by_role("button", name=th("index_import.commit_framework"))
    expect(main.get_by_text(th("reading.still_open", count=2))).to_be_visible()
    expect(commit).to_have_count(0)
    main.get_by_text(th("read_index.column_remark")).click()
    settled(page)
    main.get_by_test_id("stRadio").get_by_text(th("read_index.lower"), exact=True).first.click()
    expect(commit).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    given = {
        "index_code": "trial", "release_name": "1", "name_th": "ดัชนีทดลอง", "name_en": "Trial", "producer": "ผู้จัดทำสมมติ",
        "source_title": "ดัชนีทดลอง 2567", "note": "ทดลอง",
    }  # fmt: skip
    for label, told in given.items():
        main.get_by_label(th(f"index_import.{label}"), exact=True).fill(told)
    commit.click()
    expect(main.get_by_text(th("index_import.fix_first"))).to_have_count(0)
    expect(commit).to_have_count(0)

    page = visit(
        city, "/index-import?lang=th&deed=scores&release=trial_1", mark=mark, width=width, height=900
    )
    main = page.get_by_test_id("stMain")
    drop(page, "คะแนน.csv", SCORES)
    commit = main.get_by_role("button", name=th("index_import.commit_scores"))
    expect(commit).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    choose(page, th("index_import.quality"), th("quality.measured"))
    for label, told in (("producer", "ผู้จัดทำสมมติ"), ("source_title", "คะแนนทดลอง"), ("note", "ทดลอง")):
        main.get_by_label(th(f"index_import.{label}"), exact=True).fill(told)
    commit.click()
    expect(main.get_by_test_id("stAlert").first).to_be_visible()
    expect(commit).to_have_count(0)


@pytest.mark.parametrize("width", [1366, 360])
def test_boundaries(city, visit, th, tmp_path, width):
    """A GIS program's own field names, metres without their system, a pin among the areas."""
    area = shapely.box(98.965, 18.787, 98.975, 18.795)
    table = geopandas.GeoDataFrame(
        {"TAM_NAMT": ["สวนดอก", "หมุด"]}, geometry=[area, shapely.Point(98.97, 18.79)], crs=4326
    )
    silent = table.to_crs(24047).set_crs(None, allow_override=True)
    page = visit(city, "/boundary-upload?lang=th", mark=city.sign_in("editor"), width=width, height=900)
    main = page.get_by_test_id("stMain")
    file = {"name": "แนวเขต.gpkg", "mimeType": "application/octet-stream"}
    page.locator("input[type=file]").first.set_input_files(
        file | {"buffer": written(silent, tmp_path, "areas.gpkg")}
    )
    save = main.get_by_role("button", name=th("boundary_upload.save"))
    expect(main.get_by_text("EPSG:24047").first).to_be_visible()
    expect(save).to_have_count(0)
    answer(page, re.escape(th("gis_files.crs_silent"))[:30], "(EPSG:24047)")
    expect(main.get_by_text(th("reading.left_out", count=1))).to_be_visible()
    expect(save).to_be_visible()
    choose(page, th("boundary_upload.kind"), th("map.boundary_official"))
    for label, told in (
        ("producer", "เทศบาลสมมติ"),
        ("source_title", "แนวเขต"),
        ("licence", "CC BY 4.0"),
        ("note", "มติ"),
    ):
        main.get_by_label(th(f"boundary_upload.{label}"), exact=True).fill(told)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    save.click()
    expect(main.get_by_text(th("boundary_upload.saved", count=1))).to_be_visible()
    expect(save).to_have_count(0)
