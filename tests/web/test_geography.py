"""Geometry by URL: kept by the browser, refused to strangers where reading is closed."""

import pytest
from httpx import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from cmi_core.store import opening
from cmi_core.web import geography


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
