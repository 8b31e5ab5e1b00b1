"""Data routes open to the same readers as the pages."""

from datetime import UTC, datetime

import pytest
from starlette.responses import JSONResponse
from starlette.routing import Route

from cmi_core.accounts.identities import read
from cmi_core.actions import accounts as deeds
from cmi_core.actions import identities
from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.web import access
from tests import signing

PASSWORD = "ดอยสุเทพ-ดอยปุย"
WHY = {"note": "x", "at": datetime(2026, 11, 22, 5)}


def signed_in(nonce="n"):
    """Somebody whom the organisation vouches for, since a moment ago."""
    began = clock.now().replace(tzinfo=UTC).timestamp() - 60
    claims = {
        "iss": "https://login.city.example",
        "sub": "nok",
        "aud": "city",
        "iat": int(began),
        "nonce": nonce,
    }
    return read(claims | {"email": "nok@city.example", "email_verified": True}, client="city")


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


@pytest.mark.parametrize("query", ["", "?ticket=", "?ticket=x", "?ticket=true&ticket=1"])
def test_closed_reading_gives_nothing_away(client, closed, query):
    answer = client.get(f"/geo/places.geojson{query}", headers={"cookie": "cmi_session=forged"})

    assert answer.status_code == 401
    assert answer.json() == {"why": "sign_in_needed"}


def test_a_session_opens_it(client, closed, admin):
    client.post("/signin", data={"account": "admin", "password": PASSWORD})

    assert client.get("/geo/places.geojson").status_code == 200


def test_the_ticket_of_somebody_vouched_for_opens_it_while_their_session_is_one(client, closed, store, admin):
    signing.old_account(
        store, "nok", name="นก", role="viewer", password=PASSWORD, email="nok@city.example", at=WHY["at"]
    )
    vouched = signed_in()
    code = identities.invite(store, admin, account="nok", **WHY | {"at": clock.now()})
    nok, _ = identities.arrive(store, vouched, code, **WHY | {"at": clock.now()})
    address = access.with_ticket(store, nok, None, vouched, "/geo/places.geojson?v=2")
    ticket = address.partition("ticket=")[2]

    assert address.startswith("/geo/places.geojson?v=2&ticket=")
    assert client.get(address).status_code == 200
    assert client.get(f"/geo/places.geojson?ticket={ticket[:-3]}").status_code == 401
    identities.sign_out(store, vouched, at=clock.now())
    assert client.get(address).status_code == 401
    again = signed_in(nonce="another")
    address = access.with_ticket(store, nok, None, again, "/geo/places.geojson?v=2")
    assert client.get(address).status_code == 200
    deeds.change(store, admin, account="nok", name="นก", role="viewer", active=False, **WHY)
    assert client.get(address).status_code == 401


def test_an_address_carries_a_ticket_only_where_no_cookie_does(client, closed, store, admin, monkeypatch):
    """What opens data by itself is in no address that could do without: addresses are logged and copied."""
    plain = "/geo/places.geojson?v=2"
    mark = signing.session(store, "admin", PASSWORD)

    vouched = signed_in()
    assert access.with_ticket(store, admin, mark, vouched, plain) == plain
    assert access.with_ticket(store, None, None, vouched, plain) == plain
    assert access.with_ticket(store, admin, None, None, plain) == plain
    # A session of ours that has ended says nothing to the route, while the organisation still vouches.
    deeds.sign_out(store, mark, at=WHY["at"])
    assert access.with_ticket(store, admin, mark, vouched, plain) != plain
    monkeypatch.delenv("CMI_PUBLIC_READ")
    assert access.with_ticket(store, admin, None, vouched, plain) == plain


def test_a_session_that_ended_opens_nothing(client, closed, store, admin):
    client.post("/signin", data={"account": "admin", "password": PASSWORD})
    mark = client.cookies["cmi_session"]
    assert client.get("/geo/places.geojson").status_code == 200

    deeds.sign_out(store, mark, at=WHY["at"])
    assert client.get("/geo/places.geojson", headers={"cookie": f"cmi_session={mark}"}).status_code == 401


def test_a_database_out_of_reach_closes_it(client, closed, monkeypatch):
    def refuse():
        raise StoreError("database_locked", path="x")

    monkeypatch.setattr(access, "the_store", refuse)

    assert client.get("/geo/places.geojson").status_code == 503
