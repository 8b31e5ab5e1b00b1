"""What of Streamlit's own addresses is open: no metrics, no other site, no uploads by strangers."""

import threading

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from cmi_core.accounts.roles import Account
from cmi_core.errors import StoreError
from cmi_core.web import access_middleware

OWN = "http://city.example"
SOMEBODY = Account("nok", "นก", "viewer")
UPLOAD = "/_stcore/upload_file/session/file"


def somebody():
    return SOMEBODY


async def inner(request):
    return PlainTextResponse("the program")


async def talk(socket):
    await socket.accept()
    await socket.send_text("open")
    await socket.close()


def browser(hosts=frozenset()):
    app = Starlette(
        routes=[
            WebSocketRoute("/_stcore/stream", talk),
            Route("/{path:path}", inner, methods=["GET", "PUT", "DELETE", "OPTIONS"]),
        ],
        middleware=[Middleware(access_middleware.AccessMiddleware, hosts=hosts)],
    )
    return TestClient(app, base_url=OWN)


@pytest.fixture
def client():
    return browser()


@pytest.fixture(autouse=True)
def nobody_uploads():
    access_middleware._uploading.clear()


@pytest.mark.parametrize(
    "path", ["/", "/kpi-entry", "/_stcore/health", "/_stcore/host-config", "/_stcore/bidi-components/a/b.js"]
)
def test_what_a_page_needs_passes(client, path):
    assert client.get(path).text == "the program"


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/interact", "/_stcore/", "/_stcore/health/more",
     "/_stcore/upload_file/", "/_stcore/message"],
)  # fmt: skip
def test_what_no_page_needs_is_not_there(client, path):
    assert client.get(path).status_code == 404


def talks(client, headers):
    try:
        named = {"host": "city.example"} | headers
        with client.websocket_connect("/_stcore/stream", headers=named) as socket:
            return socket.receive_text() == "open"
    except WebSocketDisconnect:
        return False


@pytest.mark.parametrize(
    ("headers", "open_"),
    [
        ({}, True),
        ({"origin": OWN}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://behind.a.proxy"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://["}, False),
        ({"origin": "http://localhost:8501"}, False),
        ({"origin": f"{OWN}.evil.example"}, False),
        ({"sec-fetch-site": "same-site", "origin": OWN}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"referer": "http://evil.example/page"}, False),
    ],
)
def test_a_page_of_another_site_cannot_talk_to_the_server(client, headers, open_):
    assert talks(client, headers) is open_
    assert access_middleware.of_this_site(Headers(headers | {"host": "city.example"})) is open_


@pytest.mark.parametrize("method", ["put", "delete", "get"])
def test_nobody_uploads_before_they_have_signed_in(client, method):
    send = getattr(client, method)
    assert send(UPLOAD).status_code == 403

    access_middleware.let_upload("another", somebody)
    assert send(UPLOAD).status_code == 403
    access_middleware.let_upload("session", somebody)
    assert send(UPLOAD).status_code == 200
    assert send(UPLOAD, headers={"origin": "http://evil.example"}).status_code == 403
    access_middleware.let_upload("session", None)
    assert send(UPLOAD).status_code == 403


def test_who_signs_out_in_another_window_uploads_no_more(client):
    """The page that is open there has not run since: it is its reader who is asked for, at each file."""
    there, threads = [SOMEBODY], []

    def reader():
        threads.append(threading.current_thread())
        return there[0]

    access_middleware.let_upload("session", reader)
    assert client.put(UPLOAD).status_code == 200
    there[0] = None
    assert client.put(UPLOAD).status_code == 403
    # It reads the database: not where every other request would have to wait for it.
    assert all("AnyIO worker" in thread.name for thread in threads)


def test_who_cannot_be_looked_up_uploads_nothing(client):
    def reader():
        raise StoreError("database_locked", path="x")

    access_middleware.let_upload("session", reader)
    assert client.put(UPLOAD).status_code == 403


def test_the_first_pages_that_may_upload_are_forgotten_first(client, monkeypatch):
    monkeypatch.setattr(access_middleware, "_KEPT", 3)
    for number in range(5):
        access_middleware.let_upload(f"s{number}", somebody)

    assert list(access_middleware._uploading) == ["s2", "s3", "s4"]


@pytest.mark.parametrize("path", ["/auth/login", "/auth/logout"])
def test_another_site_cannot_sign_somebody_of_the_organisation_in_or_out(client, path):
    assert client.get(path, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get(path, headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_the_server_answers_to_any_name_unless_the_operator_says_which(monkeypatch):
    monkeypatch.delenv("CMI_HOSTS", raising=False)
    assert access_middleware.hosts() == frozenset()
    monkeypatch.setenv("CMI_HOSTS", "City.example, 127.0.0.1,")
    client = browser(access_middleware.hosts())

    for host, known in (
        ("city.example", True), ("CITY.example:8501", True), ("127.0.0.1:80", True), ("evil.example", False),
        ("city.example.evil.example", False), ("", False),
    ):  # fmt: skip
        answer = client.get("/", headers={"host": host})
        assert (answer.status_code == 200) is known, host
        assert talks(client, {"host": host, "origin": f"http://{host}"}) is known, host
