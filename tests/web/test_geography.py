"""Geometry by URL: kept by the browser, refused to strangers where reading is closed."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette

from cmi_core.store import opening
from cmi_core.web import geography


def asked(path: str, **headers: str) -> SimpleNamespace:
    """One GET through the routes: status, headers and content."""
    app, sent = Starlette(routes=geography.ROUTES), []
    where, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": where, "query_string": query.encode(), "scheme": "http", "root_path": "",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return SimpleNamespace(
        status=sent[0]["status"],
        headers={name.decode(): value.decode() for name, value in sent[0]["headers"]},
        content=b"".join(message.get("body", b"") for message in sent[1:]),
    )


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
    assert len(json.loads(answer.content)["features"]) == count


def test_an_address_with_the_version_is_kept_for_good():
    kept = asked(geography.address("places", opening.the_store().version))
    asked_again = asked("/geo/places.geojson?v=999999")

    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in asked_again.headers["cache-control"]


def test_what_the_browser_has_is_not_sent_again():
    tag = asked("/geo/places.geojson").headers["etag"]
    answer = asked("/geo/places.geojson", if_none_match=tag)

    assert (answer.status, answer.content) == (304, b"")


def test_an_unknown_layer_is_not_found():
    assert asked("/geo/accounts.geojson").status == 404


def test_strangers_get_nothing_where_reading_is_closed(monkeypatch):
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")
    answer = asked("/geo/places.geojson", cookie="cmi_session=forged")

    assert answer.status == 401
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
