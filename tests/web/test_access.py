"""Data routes open to the same readers as the pages."""

import pytest
from starlette.responses import JSONResponse
from starlette.routing import Route

from cmi_core.errors import StoreError
from cmi_core.web import access

PASSWORD = "ดอยสุเทพ-ดอยปุย"


@pytest.fixture
def client(client):
    @access.guarded
    async def places(_):
        return JSONResponse({"places": 3})

    client.app.router.routes.append(Route("/geo/places.geojson", places))
    return client


@pytest.fixture
def closed(monkeypatch):
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")


def test_open_reading_needs_nothing(client, store):
    assert client.get("/geo/places.geojson").json() == {"places": 3}
    assert access.ticket(store) == ""


@pytest.mark.parametrize("query", ["", "?ticket=", "?ticket=x", "?ticket=true&ticket=1"])
def test_closed_reading_gives_nothing_away(client, closed, query):
    answer = client.get(f"/geo/places.geojson{query}", headers={"cookie": "cmi_session=forged"})

    assert answer.status_code == 401
    assert answer.json() == {"why": "sign_in_needed"}


def test_a_session_opens_it(client, closed, admin):
    client.post("/signin", data={"account": "admin", "password": PASSWORD})

    assert client.get("/geo/places.geojson").status_code == 200


def test_the_ticket_of_a_page_opens_it(client, closed, store):
    ticket = access.ticket(store)

    assert client.get(f"/geo/places.geojson?ticket={ticket}").status_code == 200
    assert client.get(f"/geo/places.geojson?ticket={ticket[:-3]}").status_code == 401


def test_a_database_out_of_reach_closes_it(client, closed, monkeypatch):
    def refuse():
        raise StoreError("database_locked", path="x")

    monkeypatch.setattr(access, "the_store", refuse)

    assert client.get("/geo/places.geojson").status_code == 503
