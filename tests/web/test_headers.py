"""Headers on every answer, the document's language, and compression once."""

import gzip
import re
from base64 import b64encode
from hashlib import sha256

import pytest
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from cmi_core import text
from cmi_core.web import headers

INDEX = (
    '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title>'
    "<script>window.x = 1</script><script src='/a.js'></script></head><body>" + "x" * 3000 + "</body></html>"
)


@pytest.fixture
def client(client, tmp_path):
    """With a page as Streamlit sends it, at every path that is not one of ours."""
    index = tmp_path / "index.html"
    index.write_text(INDEX, encoding="utf-8")

    async def page(request):
        # The text of this answer depends on the request: Streamlit's own compresses when it is asked to.
        assert "accept-encoding" not in request.headers
        return FileResponse(index, headers={"cache-control": "no-cache"})

    async def data(_):
        return JSONResponse({"rows": ["x"] * 1000})

    async def squeezed(_):
        body = gzip.compress(b"x" * 5000)
        return PlainTextResponse(body, headers={"content-encoding": "gzip"})

    async def component(_):
        return FileResponse(index)

    async def talk(socket):
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    client.app.router.routes += [
        Route("/media/x", squeezed),
        Route("/component/streamlit_folium.st_folium/index.html", component),
        Route("/data", data),
        WebSocketRoute("/_stcore/stream", talk),
        Route("/{path:path}", page),
    ]
    return client


@pytest.fixture(params=["true", ""])
def https(request, monkeypatch):
    """Whether the operator says that a proxy speaks HTTPS."""
    monkeypatch.setenv("CMI_HTTPS", request.param)
    return request.param == "true"


COOKIES = (
    # As Streamlit sets them, and as they might be set: the order and the case of attributes are free.
    "_streamlit_xsrf=2|7c|4a|17; Path=/; SameSite=Lax",
    "_streamlit_user=signed; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax",
    '_streamlit_user=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax',
    "plain=secure",
    "secure=1; Path=/;",
    "ours=x; SECURE; Path=/",
    "ours2=x; Path=/; Secure",
)


def test_over_https_every_cookie_is_secure_whoever_sets_it(client, https):
    async def sets(_):
        answer = PlainTextResponse("x")
        for cookie in COOKIES:
            answer.raw_headers.append((b"set-cookie", cookie.encode()))
        return answer

    client.app.router.routes.insert(0, Route("/sets", sets))
    sent = client.get("/sets").headers.get_list("set-cookie")

    assert len(sent) == len(COOKIES)
    for before, after in zip(COOKIES, sent, strict=True):
        attributes = [each.strip().lower() for each in after.split(";")[1:]]
        assert attributes.count("secure") == (1 if https or "; secure" in before.lower() else 0), after
        assert after.split(";")[0] == before.split(";")[0]
        assert https or after == before


def test_over_https_a_cookie_of_the_connection_is_secure_too(client, https):
    async def talk(socket):
        await socket.accept(headers=[(b"set-cookie", b"a=b; Path=/")])
        await socket.close()

    client.app.router.routes.insert(0, WebSocketRoute("/talks", talk))
    with client.websocket_connect("/talks") as socket:
        set_cookie = dict(socket.extra_headers)[b"set-cookie"]
    assert (b"Secure" in set_cookie) is https


@pytest.mark.parametrize("path", ["/", "/signin", "/data", "/assets/none"])
def test_over_https_browsers_are_told_to_ask_for_nothing_else(client, https, path):
    assert ("strict-transport-security" in client.get(path).headers) is https


def test_over_https_a_fault_says_so_too(https):
    assert ("strict-transport-security" in headers.fixed({"path": "/", "headers": []})) is https


def test_the_page_knows_after_how_long_it_rests(client, monkeypatch):
    monkeypatch.setenv("CMI_IDLE_MINUTES", "7")
    assert '<script src="/assets/idle.js" data-minutes="7" defer></script>' in client.get("/").text


def policy(answer):
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize(
    "path", ["/", "/goal-board", "/signin", "/readyz", "/data", "/assets/app.css", "/assets/none"]
)
def test_every_answer_has_the_headers(client, path):
    answer = client.get(path)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert policy(answer)["frame-ancestors"] == ["'self'"]
    assert policy(answer)["base-uri"] == policy(answer)["object-src"] == ["'none'"]
    assert "x-inline-scripts" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/signin", "/component/streamlit_folium.st_folium/index.html"])
def test_the_policy_names_no_outside_host(client, path):
    allowed = {value for values in policy(client.get(path)).values() for value in values}

    own = {"ws://127.0.0.1:8501", "wss://127.0.0.1:8501", "data:", "blob:"}
    assert {value for value in allowed if not value.startswith("'")} <= own
    assert not allowed & {"*", "ws:", "wss:", "http:", "https:"}


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a b", "x'", ""])
def test_a_strange_host_does_not_reach_the_policy(client, host):
    answer = client.get("/", headers={"host": host})

    assert policy(answer)["connect-src"] == ["'self'"]
    assert "*" not in answer.headers["content-security-policy"]


def test_an_inline_script_is_allowed_by_its_hash_alone(client):
    allowed = policy(client.get("/"))["script-src"]
    digest = b64encode(sha256(b"window.x = 1").digest()).decode()

    assert f"'sha256-{digest}'" in allowed
    assert not {"'unsafe-inline'", "'unsafe-eval'"} & set(allowed)


def test_only_the_map_component_may_evaluate(client):
    assert (
        "'unsafe-eval'"
        in policy(client.get("/component/streamlit_folium.st_folium/index.html"))["script-src"]
    )
    assert "'unsafe-eval'" not in policy(client.get("/signin"))["script-src"]


def test_a_script_in_a_page_of_ours_is_not_allowed(client):
    """Only what Streamlit ships is trusted by hash; our forms have no script, so one in them was slipped in."""
    assert not [value for value in policy(client.get("/signin"))["script-src"] if value.startswith("'sha256")]


@pytest.mark.parametrize(
    ("query", "language"),
    [("", "th"), ("?lang=th", "th"), ("?lang=en", "en"), ("?lang=xx", "th"), ("?lang=", "th"), ("?lang=en&lang=th", "en"),
     ("?%ff=%ff&lang=en", "en"), ('?lang="><script>', "th")],
)  # fmt: skip
def test_the_document_says_its_language(client, query, language):
    page = client.get(f"/goal-board{query}").text

    assert f'<html lang="{language}"' in page
    assert f"<title>{text.translator(language)('app.name')}</title>" in page
    assert '<link rel="stylesheet" href="/assets/app.css"></head>' in page
    assert '<script src="/assets/drafts.js" defer></script>' in page
    assert len(re.findall("<html", page)) == 1


def test_the_document_is_sent_whole_each_time(client):
    """ "Not modified" would leave the browser with a page in the other language, and a policy without hashes."""
    first = client.get("/")
    assert "etag" not in first.headers
    assert "last-modified" not in first.headers
    again = client.get(
        "/",
        headers={
            "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT",
            "if-none-match": "*",
            "range": "bytes=0-9",
        },
    )

    assert again.status_code == 200
    assert again.text == first.text
    assert "'sha256-" in again.headers["content-security-policy"]


def test_a_file_that_did_not_change_is_not_sent_again(client):
    first = client.get("/assets/app.css")
    again = client.get("/assets/app.css", headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("path", ["/", "/?lang=en", "/signin", "/assets/app.css"])
def test_a_head_request_tells_the_same_without_the_body(client, path):
    plain = {"accept-encoding": "identity"}
    whole, head = client.get(path, headers=plain), client.head(path, headers=plain)

    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-length", "content-type", "content-security-policy"):
        assert head.headers[name] == whole.headers[name], name


@pytest.mark.parametrize("path", ["/", "/data", "/media/x"])
def test_an_answer_is_compressed_once(client, path):
    with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(raw)
    assert not gzip.decompress(raw).startswith(b"\x1f\x8b")


def test_who_cannot_read_gzip_gets_plain_text(client):
    answer = client.get("/", headers={"accept-encoding": "identity"})

    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_a_websocket_is_left_alone(client):
    with client.websocket_connect("/_stcore/stream") as socket:
        socket.send_text("สวัสดี")
        assert socket.receive_text() == "สวัสดี"
