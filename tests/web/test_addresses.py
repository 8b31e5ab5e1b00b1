"""An address that no page has, and a fault, are answered in words; everything else passes through."""

from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from cmi_core import text
from cmi_core.web import addresses, headers, idle

PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def client():
    inner = PlainTextResponse("the program")
    ours = [Route(path, lambda _: inner) for path in ("/signin", "/geo/{layer}")]
    gate = addresses.Addresses(inner, ours, Path(streamlit.__file__).parent / "static")
    return TestClient(gate, follow_redirects=False)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/kpi-entry",
        "/kpi-entry/",
        "/signin",
        "/geo/places",
        "/static/a.js",
        "/_stcore/health",
        "/favicon.png",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
    ],
)
def test_what_is_known_passes_through(client, path):
    assert client.get(path, headers=PAGE).text == "the program"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/kpi_entry.py",
        "/pages/kpi_entry.py",
        "/index-breakdown/deeper",
        "/shell",
        "/index.html",
        "/auth",
        "/auth/other",
        "/oauth2callback/x",
        "/app/static/app.css",
    ],
)
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_what_is_unknown_is_told_in_the_readers_language(client, path, language):
    answer = client.get(f"{path}?lang={language}", headers=PAGE)

    assert answer.status_code == 404
    assert text.translator(language)("unknown.told") in answer.text


def test_every_address_of_a_page_is_known():
    """The server counts places for these, so each must be one, and the first page among them."""
    assert {"", "kpi-entry", "goal-board"} <= addresses.page_paths()
    assert not {"shell", "components", "signin"} & addresses.page_paths()


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_resting_page_leads_to_no_address_that_a_link_names(language):
    answer = TestClient(Starlette(routes=idle.ROUTES)).get(
        f"/idle?lang={language}&next=//evil.example&back=x"
    )

    assert answer.status_code == 200
    assert text.translator(language)("idle.told") in answer.text
    assert "evil" not in answer.text
    assert f'href="/?lang={language}"' in answer.text


def test_a_files_name_leads_to_its_page(client):
    answer = client.get("/kpi_entry?lang=en&kpi=k_d3_pm25_mean", headers=PAGE)

    assert (answer.status_code, answer.headers["location"]) == (303, "/kpi-entry?lang=en&kpi=k_d3_pm25_mean")


def test_a_program_is_answered_shortly(client):
    answer = client.get("/nothing/_stcore/health", headers={"accept": "*/*"})

    assert (answer.status_code, answer.text) == (404, "Not found")


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_fault_is_a_sentence_without_details_and_with_all_headers(language):
    async def broken(_):
        raise KeyError("secret detail")

    app = Starlette(
        routes=[Route("/x", broken), Route("/y", lambda _: PlainTextResponse("fine"))],
        middleware=[Middleware(headers.Headers)],
        exception_handlers={Exception: addresses.fault},
    )
    client = TestClient(app, raise_server_exceptions=False)
    answer = client.get(f"/x?lang={language}")

    assert answer.status_code == 500
    assert text.translator(language)("fault.told") in answer.text
    assert "secret" not in answer.text
    expected = set(client.get("/y").headers) - {"content-length", "content-type"}
    assert {"content-security-policy", "x-frame-options"} <= expected <= set(answer.headers)
