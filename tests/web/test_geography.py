"""Geometry by URL: kept by the browser, refused to strangers where reading is closed."""

from importlib import import_module

import pytest
from httpx import Response
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from cmi_core.store import opening
from cmi_core.web import geography
from tests.geography.city_tiles import write


def asked(path: str, **headers: str) -> Response:
    """One GET through the routes."""
    client = TestClient(Starlette(routes=geography.ROUTES))
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(autouse=True)
def database(monkeypatch, tmp_path):
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(opening, "_opened", None)
    geography._body.cache_clear()
    yield
    opening.the_store().close()


@pytest.mark.parametrize(
    ("name", "count"), [("places", 9), ("reach", 18), ("landmarks", 60), ("context", 14)]
)
def test_each_layer_is_a_collection_of_features(name, count):
    answer = asked(f"/geo/{name}.geojson")

    assert answer.headers["content-type"] == "application/geo+json"
    assert len(answer.json()["features"]) == count


def test_an_address_with_the_version_is_kept_for_good():
    kept = asked(geography.address("places", opening.the_store().version))
    asked_again = asked("/geo/places.geojson?v=999999")

    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in asked_again.headers["cache-control"]


def test_what_the_browser_has_is_not_sent_again():
    tag = asked("/geo/places.geojson").headers["etag"]
    answer = asked("/geo/places.geojson", if_none_match=tag)

    assert (answer.status_code, answer.content) == (304, b"")


def test_an_unknown_layer_is_not_found():
    assert asked("/geo/accounts.geojson").status_code == 404


def test_strangers_get_nothing_where_reading_is_closed(monkeypatch):
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")
    answer = asked("/geo/places.geojson", cookie="cmi_session=forged")

    assert answer.status_code == 401
    assert b"features" not in answer.content


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("", ""),
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", "https://*.tile.example.org"),
        ("https://tiles.city.go.th:8443/{z}/{x}/{y}.png", "https://tiles.city.go.th:8443"),
        ("javascript:alert(1)", ""),
    ],
)
def test_only_the_host_of_the_operators_tiles_is_allowed(monkeypatch, address, host):
    monkeypatch.setenv("CMI_TILES_URL", address)

    assert geography.tiles_host() == host


# ------------------------------------------------------------------------------------------ the operator's base map


def base_map(tmp_path):
    return write(tmp_path / "basemap.pmtiles").read_bytes()


def test_the_base_map_is_sent_by_ranges(tmp_path):
    whole = base_map(tmp_path)
    answer = asked("/geo/basemap.pmtiles", range="bytes=100-299", accept_encoding="gzip")

    assert (answer.status_code, answer.content) == (206, whole[100:300])
    assert answer.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    assert "content-encoding" not in answer.headers


def test_a_range_beyond_the_end_is_refused(tmp_path):
    size = len(base_map(tmp_path))

    assert asked("/geo/basemap.pmtiles", range=f"bytes={size + 5}-{size + 9}").status_code == 416


def test_the_base_map_is_packed_no_further(tmp_path):
    """A packed range would be other bytes than were asked for: as `app.py` puts it together."""
    whole = base_map(tmp_path)
    app = import_module("app")
    packing = next(part for part in app.app._user_middleware if part.cls is GZipMiddleware)
    client = TestClient(
        Starlette(routes=geography.ROUTES, middleware=[Middleware(GZipMiddleware, **packing.kwargs)])
    )
    answer = client.get("/geo/basemap.pmtiles", headers={"range": "bytes=0-4999", "accept-encoding": "gzip"})

    assert answer.content == whole[:5000]
    assert "content-encoding" not in answer.headers


def test_the_base_map_is_kept_under_the_address_of_this_file(tmp_path):
    base_map(tmp_path)
    offered = geography.basemap_offered()

    assert "immutable" in asked(geography.basemap_address(offered)).headers["cache-control"]
    assert "immutable" not in asked("/geo/basemap.pmtiles?v=old").headers["cache-control"]


def test_without_a_file_there_is_no_base_map(tmp_path):
    assert asked("/geo/basemap.pmtiles").status_code == 404
    (tmp_path / "basemap.pmtiles").write_bytes(b"not a map")
    assert asked("/geo/basemap.pmtiles").status_code == 404
    assert geography.basemap_offered() is None


def test_the_base_map_may_lie_elsewhere(tmp_path, monkeypatch):
    folder = tmp_path / "maps"
    folder.mkdir()
    path = write(folder / "city.pmtiles")
    monkeypatch.setenv("CMI_BASEMAP", str(path))

    assert asked("/geo/basemap.pmtiles", range="bytes=0-6").content == b"PMTiles"


def test_strangers_do_not_get_the_base_map_where_reading_is_closed(tmp_path, monkeypatch):
    base_map(tmp_path)
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")

    assert asked("/geo/basemap.pmtiles").status_code == 401
