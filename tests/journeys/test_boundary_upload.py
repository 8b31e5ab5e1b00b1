"""Boundaries in the formats of GIS software are uploaded, asked about, compared, saved and undone, in real Chromium."""

import json
import re

import geopandas
import pyproj
import pytest
import shapely
from playwright.sync_api import expect

from cmi_core.errors import FileRefused
from cmi_core.text import refusal, translator
from tests.geography.boundary_corpus import hostile, kml, placemark, shapefile, written, zipped
from tests.journeys.deeds import answer, choose, settled

pytestmark = pytest.mark.browser
PATIENCE = 60_000
# Close to the indicative outline of Suan Dok, and a second area beside it.
SUAN_DOK = shapely.box(98.965, 18.787, 98.975, 18.795)
OTHER = shapely.box(98.93, 18.755, 98.945, 18.765)
GEOD = pyproj.Geod(ellps="WGS84")
SYSTEMS = {
    32647: "UTM 47N WGS84",
    24047: "UTM 47N Indian 1975",
    32648: "UTM 48N WGS84",
    24048: "UTM 48N Indian 1975",
}


def table(*names):
    return geopandas.GeoDataFrame(
        {"name_th": list(names)}, geometry=[SUAN_DOK, OTHER][: len(names)], crs=4326
    )


def silent(shown, folder, crs) -> bytes:
    """A GeoPackage in metres that does not say of which system."""
    return written(shown.to_crs(crs).set_crs(None, allow_override=True), folder, f"silent_{crs}.gpkg")


def files(folder) -> dict[str, bytes]:
    """The same area of Suan Dok as GIS software writes it, by file name."""
    one = table("สวนดอก")
    swapped = shapely.transform(SUAN_DOK, lambda pairs: pairs[:, ::-1])
    corners = " ".join(f"{x},{y},0" for x, y in SUAN_DOK.exterior.coords)
    drawn = kml(placemark(corners, name="สวนดอก"))
    return {
        "utm47.gpkg": written(one.to_crs(32647), folder, "utm47.gpkg"),
        "indian.zip": shapefile(one.to_crs(24047), folder / "s1", encoding="CP874", drop=(".cpg",)),
        "wgs84.zip": shapefile(one, folder / "s2"),
        "mercator.gpkg": written(one.to_crs(3857), folder, "mercator.gpkg"),
        "plain.geojson": written(one, folder, "plain.geojson"),
        "swapped.geojson": written(one.set_geometry([swapped]), folder, "swapped.geojson"),
        "drawn.kml": drawn.encode(),
        "drawn.kmz": zipped({"doc.kml": drawn}),
    }


@pytest.fixture(scope="module")
def city(serve_people):
    """A server of this module's own: what is uploaded here stays here."""
    return serve_people()


@pytest.fixture
def page(visit, city):
    """An editor at the upload, in English."""
    opened = visit(city, "/boundary-upload?lang=en", mark=city.sign_in("editor"))
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return opened


def give(page, name, data):
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def save(page):
    choose(page, re.compile("Kind of boundary"), "Official boundary")
    for label, said in (
        ("Produced by", "เทศบาลนครเชียงใหม่"),
        ("Title of the data", "แนวเขต"),
        ("Licence", "CC BY 4.0"),
        ("Reason", "มติ"),
    ):
        page.get_by_role("textbox", name=re.compile(f"^{label}")).fill(said)
    settled(page)
    page.get_by_role("button", name="Save the boundaries").click()
    page.get_by_text(re.compile("Saved new boundaries")).wait_for()


def held(city, place="suan_dok"):
    """The outline that readers of the map are given."""
    _, body = city.request("/geo/places.geojson")
    feature = next(f for f in json.loads(body)["features"] if f["properties"]["place"] == place)
    return shapely.from_geojson(json.dumps(feature["geometry"])), feature["properties"]["boundary"]


def farthest(shape, expected) -> float:
    """Metres from any corner to the nearest expected one."""
    wanted = shapely.get_coordinates(expected)
    return max(min(GEOD.inv(*at, *other)[2] for other in wanted) for at in shapely.get_coordinates(shape))


FEW = ("indian.zip", "swapped.geojson")  # the two that ask most of the reader's eyes


@pytest.mark.parametrize("few", [True, pytest.param(False, marks=pytest.mark.proof)])
def test_every_format_replaces_the_outline_and_is_undone(page, city, tmp_path, few):
    original, _ = held(city)
    given = {name: data for name, data in files(tmp_path).items() if (name in FEW) == few}
    assert len(given) == (2 if few else 6)
    for name, data in given.items():
        give(page, name, data)
        page.get_by_text(re.compile("^Read 1 areas")).wait_for()
        # The districts of the record are guessed by name; old and new are drawn together.
        expect(page.get_by_role("combobox", name=re.compile("^Row 1"))).to_have_value(re.compile("Suan Dok"))
        page.locator("[data-testid=stVegaLiteChart] :is(canvas,svg)").first.wait_for()
        page.get_by_text(
            re.compile(r"Suan Dok: the line in force measures 1.0\d\d km² → the uploaded one 0.9\d\d km²")
        ).wait_for()
        if name == "swapped.geojson":
            page.get_by_text("Latitude and longitude were swapped").wait_for()
        save(page)

        shape, kind = held(city)
        assert (kind, farthest(shape, SUAN_DOK) < 0.5) == ("official", True), name
        # Nothing of it is left to be saved once more, or with the next file.
        page.get_by_text("Choose a boundary file to begin").wait_for()
        assert page.get_by_role("button", name="Save the boundaries").count() == 0
        page.get_by_role("button", name="Undo", exact=True).first.click()
        page.get_by_text("what stood before is back").wait_for()
        shape, kind = held(city)
        assert (kind, shape.equals(original)) == ("indicative", True), name
        page.reload()


@pytest.mark.parametrize(
    "crs", [24047, *(pytest.param(crs, marks=pytest.mark.proof) for crs in SYSTEMS if crs != 24047)]
)
def test_silent_metres_ask_for_their_system_and_the_answer_places_them(page, city, tmp_path, crs):
    give(page, f"silent_{crs}.gpkg", silent(table("สวนดอก"), tmp_path, crs))
    page.get_by_text("Coordinates are in metres").first.wait_for()
    assert page.get_by_role("button", name="Save the boundaries").count() == 0

    # Where each of them would put it is drawn before one is chosen.
    page.locator("[data-testid=stVegaLiteChart] :is(canvas,svg)").first.wait_for()
    answer(page, "Coordinates are in metres", f"{SYSTEMS[crs]} (EPSG:{crs})")
    page.get_by_text(re.compile(f"coordinates EPSG:{crs}")).wait_for()
    save(page)
    shape, _ = held(city)
    assert farthest(shape, SUAN_DOK) < 0.5


def test_the_wrong_answer_would_have_moved_it_600_metres(page, city, tmp_path):
    """Why the question is asked and never guessed."""
    give(page, "silent.gpkg", silent(table("สวนดอก"), tmp_path, 32647))
    answer(page, "Coordinates are in metres", f"{SYSTEMS[24047]} (EPSG:24047)")
    page.get_by_text(re.compile("coordinates EPSG:24047")).wait_for()
    save(page)
    shape, _ = held(city)

    assert 400 < farthest(shape, SUAN_DOK) < 700


def test_of_several_layers_one_is_chosen_and_of_its_areas_which_replaces_what(page, city, tmp_path):
    written(table("ก"), tmp_path, "two.gpkg", layer="draft_2561")
    data = written(table("ตะวันตก", "ใต้"), tmp_path, "two.gpkg", layer="final_2562", append=True)
    give(page, "two.gpkg", data)
    answer(page, "The file has 2 layers", "final_2562")
    page.get_by_text(re.compile("^Read 2 areas")).wait_for()

    for row, place in ((1, "Nimman"), (2, "Mae Hia")):
        choose(page, re.compile(f"^Row {row}:"), place)
        page.get_by_text(re.compile(f"{place}: the line in force measures .* → the uploaded one ")).wait_for()
    save(page)
    assert farthest(held(city, "nimman")[0], SUAN_DOK) < 0.5
    assert farthest(held(city, "mae_hia")[0], OTHER) < 0.5

    page.get_by_role("button", name="Undo", exact=True).first.click()
    page.get_by_text("what stood before is back").wait_for()
    assert {held(city, place)[1] for place in ("nimman", "mae_hia")} == {"indicative"}


NASTIEST = (
    "bomb",
    "5 million vertices",
    "a view that never ends",
    "nested folders",
    "password",
    "brackets for 15 MB",
    "path up",
)


@pytest.mark.parametrize("names", [NASTIEST[:1], pytest.param(NASTIEST[1:], marks=pytest.mark.proof)])
def test_hostile_files_are_answered_and_leave_the_server_unharmed(page, city, tmp_path, names):
    before, entries = city.request("/geo/places.geojson")[1], city.heads()
    files = hostile(tmp_path)
    for name in names:
        data, reason = files[name]
        give(page, "districts.gpkg", data)
        # While the file is looked at, others are served.
        assert city.request("/readyz")[0].status == 200
        sentence = refusal(translator("en"), FileRefused(reason, limit="…", parts="…"))
        page.locator(
            "[data-testid=stAlert]", has_text=re.compile(re.escape(sentence.split("…")[0][:40]))
        ).first.wait_for()
        assert page.get_by_role("button", name="Save the boundaries").count() == 0, name
        page.reload()
        page.locator("input[type=file]").wait_for(state="attached")

    assert city.request("/geo/places.geojson")[1] == before
    assert city.heads() == entries
