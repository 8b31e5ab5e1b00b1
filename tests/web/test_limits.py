"""Places for pages: full is told in words, people who signed in still get in, a silent page gives its place back."""

import resource
import time
from contextlib import ExitStack, suppress

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from cmi_core import text
from cmi_core.web import limits, places
from cmi_core.web.places import Places
from tests import loops

STREAM = "/_stcore/stream"
PAGE = {"accept": "text/html"}


@pytest.fixture
def taken(monkeypatch):
    monkeypatch.setenv("CMI_MAX_SESSIONS", "5")
    return Places()


async def known(asked):
    return asked.cookies.get("who") == "nok"


def browser(taken, idle_minutes=0.0):
    async def talk(socket):
        await socket.accept()
        await socket.send_text("open")
        with suppress(WebSocketDisconnect):
            while True:
                await socket.send_text(await socket.receive_text())

    app = Starlette(
        routes=[
            WebSocketRoute(STREAM, talk),
            Route("/{path:path}", lambda _: PlainTextResponse("the program")),
        ],
        middleware=[Middleware(limits.Limits, idle_minutes=idle_minutes, known=known, taken=taken)],
    )
    return TestClient(app, base_url="http://city.example")


def opened(client, stack, count, **headers):
    for _ in range(count):
        socket = stack.enter_context(client.websocket_connect(STREAM, headers=headers))
        assert socket.receive_text() == "open"


def test_a_fifth_is_kept_for_people_who_signed_in(taken):
    client, signed_in = browser(taken), {"cookie": "who=nok"}
    with ExitStack() as stack:
        opened(client, stack, 4)
        with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect(STREAM):
            pass
        assert refused.value.status_code == 503
        assert refused.value.headers["retry-after"]
        assert refused.value.text == limits.told()
        with pytest.raises(WebSocketDenialResponse):
            opened(client, stack, 1, cookie="who=somebody")

        assert client.get("/kpi-entry", headers=PAGE).status_code == 503
        assert client.get("/kpi-entry", headers=PAGE | signed_in).text == "the program"
        opened(client, stack, 1, **signed_in)
        # The very last one is taken: for nobody any more.
        assert client.get("/kpi-entry", headers=PAGE | signed_in).status_code == 503
        with pytest.raises(WebSocketDenialResponse):
            opened(client, stack, 1, **signed_in)
    assert taken.open == 0
    assert client.get("/kpi-entry", headers=PAGE).text == "the program"


def test_what_a_full_server_says_is_a_page_in_both_languages(taken):
    taken.open = 5
    answer = browser(taken).get("/", headers=PAGE)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "no-store" in answer.headers["cache-control"]
    for language in text.LANGUAGES:
        say = text.translator(language)
        assert say("busy.told") in answer.text
        assert f'href="/signin?lang={language}"' in answer.text
    # No script, no font and no picture that only a page of Streamlit's would have.
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", ["/signin", "/assets/app.css", "/idle", "/geo/places.geojson", "/readyz"])
def test_what_takes_no_place_is_answered_by_a_full_server(taken, path):
    taken.open = 5
    assert browser(taken).get(path, headers=PAGE).text == "the program"


def test_an_open_page_that_wants_its_connection_back_is_told_and_a_supervisor_is_not_alarmed(taken):
    taken.open = 5
    client = browser(taken)
    for path in ("/_stcore/health", "/_stcore/host-config", "/goal-board/_stcore/health"):
        answer = client.get(path, headers={"sec-fetch-site": "same-origin"})
        assert (answer.status_code, answer.json()) == (503, limits.told())
        assert client.get(path).text == "the program"


def test_a_page_that_ends_in_a_fault_gives_its_place_back(taken):
    async def broken(scope, receive, send):
        raise KeyError

    gate = limits.Limits(broken, idle_minutes=0, known=known, taken=taken)
    with pytest.raises(KeyError):
        loops.run(gate({"type": "websocket", "path": STREAM, "headers": []}, None, None))
    assert taken.open == 0


def test_a_silent_connection_is_closed_and_one_that_speaks_is_not(taken, monkeypatch):
    monkeypatch.setattr(limits, "_LATER", 0.0)
    client = browser(taken, idle_minutes=1.5 / 60)
    with client.websocket_connect(STREAM) as socket:
        assert socket.receive_text() == "open"
        for _ in range(4):
            time.sleep(0.5)
            socket.send_text("here")
            assert socket.receive_text() == "here"
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
    assert ended.value.code == 1001
    assert taken.open == 0


def test_never_is_never(taken):
    assert limits.Limits(None, idle_minutes=0, known=known, taken=taken).silence is None


@pytest.mark.parametrize(
    ("files", "pages"), [(65_536, 500), (20_000, 500), (4_096, 500), (1_024, 76), (256, 4)]
)
def test_no_more_pages_than_the_files_bear(monkeypatch, files, pages):
    monkeypatch.setenv("CMI_MAX_SESSIONS", "500")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert Places().most == pages
    # A connection and three files for each page, and others beside them.
    assert places.connections() >= pages
    if files >= 1_024:
        assert places.connections() + 3 * (pages + 128) + 256 <= files


@pytest.mark.parametrize("word", ["0", "1"])
def test_somebody_who_signed_in_always_finds_a_place(monkeypatch, word):
    monkeypatch.setenv("CMI_MAX_SESSIONS", word)
    assert Places().take(signed_in=True)


@pytest.mark.parametrize(
    ("soft", "hard", "refused", "asked"),
    [
        (1_024, 4_096, (), 4_096),
        (1_024, 1_000_000, (), 65_536),
        (256, resource.RLIM_INFINITY, (), 65_536),
        # macOS says that there is no limit, and has one.
        (256, resource.RLIM_INFINITY, (65_536,), 10_240),
        (100_000, 1_000_000, (), None),
        (4_096, 4_096, (), None),
    ],
)
def test_the_limit_of_files_is_raised_as_far_as_it_may(monkeypatch, soft, hard, refused, asked):
    now = [soft]

    def raised(_, pair):
        if pair[0] in refused:
            raise ValueError("current limit exceeds maximum limit")
        assert pair[1] == hard
        now[0] = pair[0]

    monkeypatch.setattr(resource, "getrlimit", lambda _: (now[0], hard))
    monkeypatch.setattr(resource, "setrlimit", raised)

    assert places.allow_files() == (asked or soft)
