"""The map in real Chromium without a network: choose, read, compare, filter, take away; on a desk and on a phone."""

import json

import pytest

from tests.journeys.deeds import choose, settled

pytestmark = pytest.mark.browser
MAP = "iframe[src*=streamlit_folium]"
SIZES = {"desk": {"width": 1366, "height": 900}, "phone": {"width": 360, "height": 740}}
PATIENCE = 45_000


@pytest.fixture(params=SIZES, ids=SIZES.keys())
def page(request, visit, server, asked):
    """A reader's window on the map in English; every address it asks for is kept."""
    phone = request.param == "phone"
    opened = visit(server, "/readyz", accept_downloads=True, has_touch=phone, **SIZES[request.param])
    opened.set_default_timeout(PATIENCE)
    opened.asked, opened.server = asked, server.url
    return opened


def go(page, path):
    page.goto(page.server + path)
    page.frame_locator(MAP).locator("html[data-ready]").wait_for(timeout=PATIENCE)


def looked_at(page) -> dict:
    """What the map says of itself."""
    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    return frame.evaluate(
        "() => ({zoom: map.getZoom(), centre: map.getCenter(), place: cmiMap.state().place, serves: cmiMap.state().serves,"
        " title: window.frameElement.title, began: performance.timeOrigin})"
    )


def test_from_the_map_to_the_file(page):
    go(page, "/district-map?lang=en")
    before = looked_at(page)

    # Choose Suan Dok by its name on the map, and read its card.
    page.frame_locator(MAP).locator(".cmi-label span", has_text="Suan Dok").click()
    page.locator(".cmi-place h3", has_text="Suan Dok").wait_for()
    card = page.locator(".cmi-place").inner_text()
    assert "Medical innovation district" in card
    assert "Indicative outline" in card
    assert "±120 m" in card
    page.wait_for_url("**place=suan_dok**")

    # The frame is the same one and stands where it stood: no flicker, no lost zoom.
    after = looked_at(page)
    assert after["began"] == before["began"]
    assert (after["zoom"], after["centre"]) == (before["zoom"], before["centre"])
    assert after["place"] == "suan_dok"

    # Compare with Mae Hia.
    for name in ("Nimman", "Mae Kha canal"):
        page.get_by_role("button", name=name, exact=True).click()
        page.locator(".cmi-compare > table > thead > tr > th", has_text=name).wait_for(state="detached")
    settled(page)
    heads = page.locator(".cmi-compare > table > thead > tr > th").all_inner_texts()
    assert heads == ["Suan Dok", "Mae Hia"]
    page.wait_for_url("**compare=**")

    # Infrastructure by a dimension of the index.
    choose(page, "Infrastructure that serves", "Index dimension: Connected innovation city")
    page.wait_for_url("**serves=**")
    page.get_by_role("radio", name="Infrastructure by index").or_(
        page.get_by_role("button", name="Infrastructure by index")
    ).first.click()
    page.get_by_text("Points that serve: Connected innovation city").wait_for()
    assert looked_at(page)["serves"] == "index_node:isc_connected"

    # Take the outlines away.
    page.get_by_role("radio", name="Files").or_(
        page.get_by_role("button", name="Files", exact=True)
    ).first.click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Outlines, GeoJSON").click()
    taken = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert taken["licence"].startswith("Licence Apache-2.0")
    assert len(taken["features"]) == 9
    assert all("not official" in feature["properties"]["note"] for feature in taken["features"])

    overflow = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_the_keyboard_reaches_every_district_and_a_link_opens_it(page):
    go(page, "/district-map")
    choose(page, "ย่าน", "แม่เหียะ")
    page.locator(".cmi-place h3", has_text="แม่เหียะ").wait_for()

    go(page, "/district-map?lang=en&place=mae_hia")
    page.locator(".cmi-place h3", has_text="Mae Hia").wait_for()
    assert "Map of Chiang Mai" in looked_at(page)["title"]


def test_geometry_is_fetched_once_for_many_clicks(page):
    go(page, "/district-map?lang=en")
    for name in ("Suan Dok", "Mae Hia", "Mae Kha canal"):
        choose(page, "District", name)
        page.locator(".cmi-place h3", has_text=name).wait_for()

    fetched = [url for url in page.asked if "/geo/" in url]
    assert len(fetched) == len(set(fetched)) == 4


# ------------------------------------------------------------------------------------------ what is seen, and how fast


@pytest.fixture
def desk(visit, server, asked):
    """A reader's window of a common notebook."""
    opened = visit(server, "/readyz", width=1366, height=820)
    opened.set_default_timeout(PATIENCE)
    opened.asked, opened.server = asked, server.url
    return opened


def boxes(page, selector) -> dict[str, dict]:
    """Where the named things of the map stand in the window: text -> box."""
    found = page.frame_locator(MAP).locator(selector)
    return {one.inner_text(): one.bounding_box() for one in found.all() if one.is_visible()}


def shared(one, other) -> float:
    """The area two boxes share."""
    wide = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    high = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return max(0, wide) * max(0, high)


def at_rest(page):
    """Wait until the map has stopped moving and everything on it is written."""
    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    frame.wait_for_function(
        "() => { const boxes = [...document.querySelectorAll('.cmi-label, .cmi-name, .cmi-legend')];"
        " const now = JSON.stringify([map.getCenter(), map.getZoom(), document.fonts.status,"
        "  boxes.map((each) => each.getBoundingClientRect())]);"
        " const still = window.seen === now; window.seen = now; return still && !map._animatingZoom; }",
        polling=400,
    )
    return frame


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_candidates_and_the_legend_are_seen_without_scrolling(desk, language):
    go(desk, f"/district-map?lang={language}")
    at_rest(desk)
    names = {
        "th": ["สวนดอก", "นิมมาน", "คลองแม่ข่า", "แม่เหียะ"],
        "en": ["Suan Dok", "Nimman", "Mae Kha canal", "Mae Hia"],
    }
    seen = boxes(desk, ".cmi-rank-1 span") | boxes(desk, ".cmi-legend ul") | boxes(desk, ".cmi-north")

    assert set(names[language]) <= set(seen)
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= 820 for box in seen.values())


SEEN_FIRST = [("th", "/district-map?"), ("en", "/district-map?place=suan_dok&")]
ALSO_SEEN = [
    ("th", "/district-map?place=suan_dok&"),
    ("th", "/district-map?place=mae_kha&"),
    ("en", "/district-map?"),
    ("en", "/district-map?place=mae_kha&"),
]


@pytest.mark.parametrize(
    ("language", "path"),
    [*SEEN_FIRST, *(pytest.param(*view, marks=pytest.mark.proof) for view in ALSO_SEEN)],
)
def test_names_on_the_map_stand_clear_of_each_other(page, language, path):
    go(page, f"{path}lang={language}")
    at_rest(page)
    over = boxes(page, ".cmi-legend") | boxes(page, ".leaflet-bar")
    written = boxes(page, ".cmi-label span") | boxes(page, ".cmi-name span")
    told = [(name, box) for name, box in [*over.items(), *written.items()] if box["width"]]

    assert len(written) > 3
    touching = {
        (one, other)
        for number, (one, first) in enumerate(told)
        for other, second in told[:number]
        if shared(first, second)
        > 0.12 * min(first["width"] * first["height"], second["width"] * second["height"])
    }
    assert touching == set()


def test_a_click_sets_the_district_off_at_once(desk):
    """What was clicked is highlighted before the server has answered."""
    go(desk, "/district-map?lang=en")
    frame = at_rest(desk)
    told = frame.evaluate(
        "() => { const label = [...document.querySelectorAll('.cmi-label')].find((box) => box.textContent === 'Nimman');"
        " label.click(); const weights = cmiMap.outlines(); return [label.classList.contains('cmi-chosen'), weights.nimman > weights.suan_dok]; }"
    )

    assert told == [True, True]
    desk.locator(".cmi-place h3", has_text="Nimman").wait_for()


def test_a_row_of_the_table_opens_a_district_by_keyboard(desk):
    go(desk, "/district-map?lang=en&part=table")
    rows = desk.locator("[data-testid=stDataFrame]").first
    rows.scroll_into_view_if_needed()
    rows.locator("canvas[data-testid=data-grid-canvas]").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Shift+Space"):
        desk.keyboard.press(key)

    desk.locator(".cmi-place h3", has_text="Mae Kha canal").wait_for()
    desk.wait_for_url("**place=mae_kha**")


def test_the_focus_stays_on_a_name_that_was_chosen_by_keyboard(desk):
    go(desk, "/district-map?lang=en")
    label = desk.frame_locator(MAP).locator(".cmi-label", has_text="Mae Hia")
    label.focus()
    label.press("Enter")
    desk.locator(".cmi-place h3", has_text="Mae Hia").wait_for()
    at_rest(desk)

    assert label.evaluate(
        "box => document.activeElement === box && box.getAttribute('aria-pressed') === 'true'"
    )
