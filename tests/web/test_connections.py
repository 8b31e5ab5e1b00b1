"""Connections that ask nothing, or by halves, end; a web server of its own, as the launcher starts it."""

import logging
import socket
import threading
import time
from contextlib import ExitStack, closing, contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from websockets.sync.client import connect

from cmi_core.web import connections, places
from cmi_core.web.bodies import Bodies

SOON = 1.5
GET = b"GET / HTTP/1.1\r\nhost: city.example\r\n\r\n"


async def talk(sock):
    await sock.accept()
    while True:
        await sock.send_text(await sock.receive_text())


async def whole(request):
    return PlainTextResponse(f"{len(await request.body())} answer")


@pytest.fixture(scope="module")
def port():
    """Where a server listens whose protocol waits for a head for a moment only."""
    waits = connections.guarded.__defaults__
    connections.guarded.__defaults__ = (SOON,)
    app = Starlette(
        routes=[WebSocketRoute("/talk", talk), Route("/body", whole, methods=["POST"]), Route("/", lambda _: PlainTextResponse("answer"), methods=["GET", "POST"])],
        middleware=[Middleware(connections.Connections), Middleware(Bodies, silent=SOON)],
    )  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()
    connections.guarded.__defaults__ = waits


@contextmanager
def connected(port):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as sock:
        yield sock


def answer(sock):
    """All that comes until the server closes, and after how long."""
    start, told = time.monotonic(), b""
    try:
        while part := sock.recv(4096):
            told += part
    except ConnectionError:
        pass
    return told, time.monotonic() - start


def answered(sock):
    """One whole answer; its head and body come apart."""
    told = b""
    while not told.endswith(b"answer"):
        part = sock.recv(4096)
        assert part, told
        told += part
    return told


@pytest.mark.parametrize("said", [b"", b"G", b"GET / HTTP/1.1\r\nhost: x\r\n", GET[:-1]])
def test_a_head_that_does_not_come_ends_the_connection(port, said):
    with connected(port) as sock:
        sock.sendall(said)
        told, took = answer(sock)

    assert told.startswith(b"HTTP/1.1 408 ")
    assert SOON * 0.8 < took < 5


def test_a_head_byte_by_byte_is_no_better(port):
    with connected(port) as sock:
        start = time.monotonic()
        sock.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(ConnectionError):
            while time.monotonic() < start + 8:
                sock.sendall(b"x")
                time.sleep(0.02)
        assert time.monotonic() - start < 7


def test_the_second_request_of_a_connection_is_waited_for_no_longer(port):
    with connected(port) as sock:
        sock.sendall(GET)
        assert answered(sock)
        sock.sendall(b"GET / HT")
        told, took = answer(sock)

    assert told.startswith(b"HTTP/1.1 408 ")
    assert took < 5


def test_what_follows_an_early_answer_is_not_waited_for_either(port):
    """The answer is there before the body is: nobody reads what drips in afterwards."""
    with connected(port) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n")
        assert answered(sock)
        start = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() < start + 8:
                sock.sendall(b"x")
                time.sleep(0.02)


def test_who_asks_in_time_is_answered_again_and_again(port):
    with connected(port) as sock:
        for _ in range(3):
            time.sleep(SOON * 0.3)
            sock.sendall(GET[:20])
            time.sleep(SOON * 0.1)
            sock.sendall(GET[20:])
            assert answered(sock)


def test_a_body_by_halves_ends_the_connection(port):
    start = b"POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf"
    with connected(port) as sock:
        sock.sendall(start + b" and a")
        assert answered(sock).endswith(b"10 answer")
        sock.sendall(start)
        told, took = answer(sock)

    assert told.startswith(b"HTTP/1.1 408 ")
    assert took < 5


def test_an_open_page_is_no_request_that_does_not_come(port):
    with connect(f"ws://127.0.0.1:{port}/talk") as sock:
        time.sleep(SOON * 2)
        sock.send("here")
        assert sock.recv() == "here"


def test_no_answer_says_what_the_server_is(port):
    with connected(port) as sock:
        sock.sendall(GET)
        told = answered(sock).lower()
    assert b"http/1.1 200" in told
    assert b"\r\nserver:" not in told
    with connect(f"ws://127.0.0.1:{port}/talk") as sock:
        assert "server" not in sock.response.headers


def test_beyond_the_limit_it_says_busy_and_comes_back(port, monkeypatch):
    monkeypatch.setattr(places, "connections", lambda: 3)
    monkeypatch.setattr(connections, "_TOLD", 2)
    with ExitStack() as stack:
        held = [stack.enter_context(connected(port)) for _ in range(3)]
        for _ in range(2):
            held.append(stack.enter_context(connected(port)))
            held[-1].sendall(GET)
            told, _ = answer(held[-1])
            assert told.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after" in told.lower()
            held.pop().close()
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(connected(port))
        beyond = stack.enter_context(connected(port))
        assert answer(beyond)[0] == b""
    time.sleep(0.1)
    with connected(port) as sock:
        sock.sendall(GET)
        assert answered(sock)


def test_another_web_server_is_told_of(caplog):
    app = Starlette(middleware=[Middleware(connections.Connections)])
    with caplog.at_level(logging.WARNING), TestClient(app):
        pass
    assert "proxy" in caplog.text
