"""A proposal is drawn on the map by mouse and by finger, and an editor makes it a place, in real Chromium without a network."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.deeds import settled

pytestmark = pytest.mark.browser
MAP = "iframe[src*=streamlit_folium]"
PATIENCE = 60_000


@pytest.fixture(scope="module")
def city(serve_people):
    """A server of this module's own: what is drawn here stays here."""
    return serve_people()


@pytest.fixture
def at_the_map(visit, city):
    """Open the participatory map as a role; `phone` with a finger instead of a mouse."""

    def opened(role, *, phone=False, query=""):
        size = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True} if phone else {}
        page = visit(city, "/readyz", mark=city.sign_in(role), **size)
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(f"{city.url}/participatory-map?lang=en{query}")
        page.frame_locator(MAP).locator("html[data-ready]").wait_for()
        page.locator(MAP).scroll_into_view_if_needed()
        return page

    return opened


def frame_of(page):
    return next(frame for frame in page.frames if "streamlit_folium" in frame.url)


def corners(page) -> int:
    return page.frame_locator(MAP).locator(".cmi-corner").count()


def test_an_area_drawn_by_mouse_becomes_a_place(at_the_map, visit, city):
    page = at_the_map("coordinator", query="&draw=area")
    box = page.locator(MAP).bounding_box()
    for number, (x, y) in enumerate([(0.5, 0.5), (0.6, 0.5), (0.6, 0.62)], start=1):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        expect(page.frame_locator(MAP).locator(".cmi-corner")).to_have_count(number)
    expect(page.locator("p[role=status]")).to_contain_text("area of 3 corners")
    before = page.locator("p[role=status]").inner_text()

    # A corner is dragged, one more is set and taken back.
    handle = page.frame_locator(MAP).locator(".cmi-corner").last.bounding_box()
    page.mouse.move(handle["x"] + 13, handle["y"] + 13)
    page.mouse.down()
    page.mouse.move(handle["x"] + 13, handle["y"] + 70, steps=5)
    page.mouse.up()
    expect(page.locator("p[role=status]")).not_to_have_text(before)
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.7 * box["height"])
    expect(page.locator("p[role=status]")).to_contain_text("area of 4 corners")
    page.frame_locator(MAP).get_by_role("button", name="Take one corner back").click()
    expect(page.locator("p[role=status]")).to_contain_text("area of 3 corners")

    page.get_by_label("Title of the proposal").fill("Drawn yard")
    page.get_by_role("button", name="Send the proposal").click()
    page.get_by_text("Drawn yard · waiting").or_(page.get_by_text("Drawn yard")).first.wait_for()
    assert corners(page) == 0

    # It is on the district map only as a proposal; the editor makes it a place.
    editor = at_the_map("editor")
    editor.get_by_text(re.compile("p1 · Drawn yard")).click()
    editor.get_by_label("The drawn line may be off").fill("40")
    editor.get_by_label(re.compile("^Reason")).fill("seen on the ground")
    settled(editor)
    editor.get_by_role("button", name="Accept as a place").click()
    editor.get_by_text("now a place on the map").wait_for()

    reader = visit(city, "/district-map?lang=en&place=p1_place")
    card = reader.locator(".cmi-place", has_text="Drawn yard")
    card.wait_for(timeout=PATIENCE)
    assert "Boundary sent in" in card.inner_text()
    assert "±40 m" in card.inner_text()
    reader.frame_locator(MAP).locator(".cmi-chosen span", has_text="Drawn yard").wait_for(timeout=PATIENCE)


def test_a_line_drawn_by_finger_is_sent(at_the_map):
    page = at_the_map("coordinator", phone=True, query="&draw=line")
    box = page.locator(MAP).bounding_box()
    for number, (x, y) in enumerate([(0.4, 0.5), (0.6, 0.55)], start=1):
        page.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"])
        expect(page.frame_locator(MAP).locator(".cmi-corner")).to_have_count(number)
    expect(page.locator("p[role=status]")).to_contain_text("line of 2 corners")
    page.get_by_label("Title of the proposal").fill("Walk along the canal")
    page.get_by_role("button", name="Send the proposal").click()
    page.get_by_text("Walk along the canal").first.wait_for()

    overflow = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_what_is_typed_is_drawn_and_what_is_drawn_later_counts(at_the_map):
    page = at_the_map("coordinator", query="&draw=point")
    field = page.get_by_role("textbox", name="Or type positions")
    field.fill("18.7883, 98.9853")
    field.press("Control+Enter")
    expect(page.frame_locator(MAP).locator(".cmi-corner")).to_have_count(1)
    expect(page.locator("p[role=status]")).to_contain_text("18.78830, 98.98530")

    box = page.locator(MAP).bounding_box()
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    expect(page.locator("p[role=status]")).not_to_contain_text("18.78830, 98.98530")
    expect(page.frame_locator(MAP).locator(".cmi-corner")).to_have_count(1)


def test_drawing_leaves_the_view_and_the_frame_as_they_are(at_the_map):
    page = at_the_map("coordinator", query="&draw=line")
    look = "() => [map.getZoom(), JSON.stringify(map.getCenter()), performance.timeOrigin]"
    before = frame_of(page).evaluate(look)
    box = page.locator(MAP).bounding_box()
    for number, x in enumerate([0.4, 0.5, 0.6], start=1):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + 0.5 * box["height"])
        expect(page.locator("p[role=status]")).to_contain_text(
            "Nothing" if number == 1 else f"line of {number} corners"
        )

    assert frame_of(page).evaluate(look) == before
