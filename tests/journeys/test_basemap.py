"""The operator's own base map is drawn under ours in real Chromium without a network, and readers switch it."""

import pytest

from tests.geography.city_tiles import write

pytestmark = pytest.mark.browser
MAP = "iframe[src*=streamlit_folium]"
PATIENCE = 60_000
# What stands in the middle of the base map's tiles, as the browser painted it.
PAINTED = """() => { const tiles = [...document.querySelectorAll('.leaflet-tiles-pane canvas.leaflet-tile, .leaflet-tile-pane canvas, [class*=tiles] canvas')];
  return tiles.map((tile) => [...tile.getContext('2d').getImageData(tile.width / 2, tile.height / 2, 1, 1).data].join()); }"""
WATER = {"light": "169,207,227,255", "bw": "85,85,85,255"}


@pytest.fixture
def city(serve, tmp_path):
    """A server with a base map beside its database."""
    folder = tmp_path / "with_map"
    folder.mkdir()
    write(folder / "basemap.pmtiles")
    return serve(folder=folder)


def opened(visit, city, path):
    page = visit(city, path)
    page.set_default_timeout(PATIENCE)
    page.frame_locator(MAP).locator("html[data-ready]").wait_for()
    return page, next(frame for frame in page.frames if "streamlit_folium" in frame.url)


def test_readers_switch_the_base_map_on_and_off(visit, city, asked):
    page, frame = opened(visit, city, "/district-map?lang=en")
    credit = page.frame_locator(MAP).locator(".leaflet-control-attribution")
    assert not any("basemap" in url or "protomaps" in url for url in asked)
    assert "ODbL" not in credit.inner_text()
    began = frame.evaluate("performance.timeOrigin")

    page.get_by_role("button", name="Layers").click()
    page.get_by_role("button", name="Base map of the city").click()
    frame.wait_for_function(f"water => ({PAINTED})().includes(water)", arg=WATER["light"])
    assert "OpenStreetMap contributors (ODbL)" in credit.inner_text()
    assert any("/geo/basemap.pmtiles?v=" in url for url in asked)
    page.wait_for_url("**basemap**")

    # It lies below our own districts, in the same frame.
    order = frame.evaluate(
        "['tiles', 'ground', 'overlayPane'].map((pane) => Number(getComputedStyle(map.getPane(pane)).zIndex))"
    )
    assert order == sorted(order)
    assert frame.evaluate("performance.timeOrigin") == began

    page.get_by_role("button", name="Base map of the city").click()
    frame.wait_for_function(f"() => ({PAINTED})().length === 0")
    assert "ODbL" not in credit.inner_text()


def test_a_link_opens_with_the_base_map_in_the_look_of_the_page(visit, city):
    layers = "front,others,labels,landmarks,basemap"
    _, frame = opened(visit, city, f"/district-map?lang=en&layers={layers}&look=bw")

    frame.wait_for_function(f"water => ({PAINTED})().includes(water)", arg=WATER["bw"])


def test_the_base_map_helps_where_people_draw(visit, city):
    _, frame = opened(visit, city, "/participatory-map?lang=en")

    frame.wait_for_function(f"water => ({PAINTED})().includes(water)", arg=WATER["light"])


def test_without_a_file_it_is_not_offered_and_a_link_does_no_harm(visit, server, asked):
    page, _ = opened(visit, server, "/district-map?lang=en&layers=front,labels,basemap")
    page.get_by_role("button", name="Layers").click()
    page.get_by_role("button", name="Roads", exact=True).wait_for()

    assert page.get_by_role("button", name="Base map of the city").count() == 0
    assert not any("basemap.pmtiles" in url for url in asked)
