"""The map in real Chromium without a network: choose, read, compare, filter, take away; on a desk and on a phone."""

import json

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
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


def settled(page):
    """Wait until the server has drawn what was asked: a list opened meanwhile would close."""
    page.wait_for_timeout(150)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def choose(page, label, option):
    """By keyboard only."""
    settled(page)
    box = page.get_by_role("combobox", name=label)
    box.focus()
    box.press_sequentially(option)
    page.get_by_role("option", name=option).first.wait_for()
    box.press("Enter")


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
