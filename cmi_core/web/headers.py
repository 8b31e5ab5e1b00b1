"""Security headers, cookies for HTTPS alone, and the language and title in the HTML that Streamlit serves in English."""

import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cmi_core import text
from cmi_core.settings import Settings

# Names no outside host. Online tiles, when an operator allows them, add their own host.
_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {script}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob: {tiles}; font-src 'self' data:; connect-src 'self' {sockets} {tiles}; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
# A host as it may stand in a policy: what a client sends as its Host is not trusted further.
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
# Files and services: Streamlit's own page is never the answer there.
_NO_PAGE = ("/assets/", "/component/", "/geo/", "/media/", "/static/", "/_stcore/")
_OURS = (
    '<script src="/assets/drafts.js" defer></script><script src="/assets/idle.js" data-minutes="{idle}" defer></script>'
    '<link rel="stylesheet" href="/assets/app.css">'
)
_STREAMLIT = b"<title>Streamlit</title>"
_LEFT_OUT = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
# The map component evaluates the script that folium writes; nothing else may.
_MAP = "/component/streamlit_folium.st_folium/"
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_HASHES = "x-inline-scripts"
_FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}


# A year, as browsers' lists ask at least. Not for names below ours: they are another's to decide about.
_HTTPS = {"strict-transport-security": "max-age=31536000"}
_OPENS = {"http.response.start", "websocket.accept", "websocket.http.response.start"}


class Headers:
    """Adds the headers to every response, and `Secure` to every cookie where the operator says that it is HTTPS."""

    def __init__(self, app: ASGIApp, tiles: str = "") -> None:
        self.app = app
        self.tiles = tiles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] in _OPENS:
                headers = MutableHeaders(scope=message)
                if scope["type"] == "http":
                    self._add(scope, headers)
                if Settings.from_env().https:
                    _secure_cookies(headers)
            await send(message)

        spoken = scope["type"] in {"http", "websocket"}
        await self.app(scope, receive, with_headers if spoken else send)

    def _add(self, scope: Scope, headers: MutableHeaders) -> None:
        # Streamlit's page has an inline script: it is allowed by the hash of what was sent.
        allowed = headers.get(_HASHES, "")
        if _HASHES in headers:
            del headers[_HASHES]
        for name, value in fixed(scope, script=allowed, tiles=self.tiles).items():
            headers.setdefault(name, value)


def _secure_cookies(headers: MutableHeaders) -> None:
    """Streamlit sets cookies of its own, for sign-in and against forgery, and leaves `Secure` away."""
    for place, (name, value) in enumerate(headers.raw):
        attributes = {each.strip().lower() for each in value.split(b";")[1:]}
        if name.lower() == b"set-cookie" and b"secure" not in attributes:
            headers.raw[place] = (name, value.rstrip(b"; ") + b"; Secure")


def fixed(scope: Scope, *, script: str = "", tiles: str = "") -> dict[str, str]:
    """The headers of an answer; `script` is what it may run beside the files of this server."""
    if not script and scope["path"].startswith(_MAP):
        script = "'unsafe-inline' 'unsafe-eval'"
    policy = _POLICY.format(script=script, tiles=tiles, sockets=_sockets(scope))
    https = _HTTPS if Settings.from_env().https else {}
    return _FIXED | https | {"content-security-policy": " ".join(policy.split())}


class DocumentLanguage:
    """Says in the document which language it is in: `<html lang="th">` and a title to match."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_be_the_page(scope):
            await self.app(scope, receive, send)
            return
        chosen = parse_qs(scope["query_string"].decode("latin-1")).get("lang", ["th"])[0]
        language = chosen if chosen in text.LANGUAGES else text.LANGUAGES[0]
        # Uncompressed from inside, so that it can be read; compressed again further out. And always whole:
        # "not modified" would bring a policy without the hashes of the inline scripts.
        plain = [(name, value) for name, value in scope["headers"] if name not in _LEFT_OUT]
        rewriter = _Rewriter(send, language, head=scope["method"] == "HEAD")
        await self.app({**scope, "headers": plain, "method": "GET"}, receive, rewriter)


def _may_be_the_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] in {"GET", "HEAD"}
        and not scope["path"].startswith(_NO_PAGE)
    )


def _sockets(scope: Scope) -> str:
    """Our own websocket by its name: older browsers do not count it as 'self'."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return f"ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""


class _Rewriter:
    """Holds an HTML response back until it is whole; says language, title and style in Streamlit's page."""

    def __init__(self, send: Send, language: str, *, head: bool) -> None:
        self.send = send
        self.language = language
        self.head = head
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = MutableHeaders(scope=message).get("content-type", "")
            if kind.startswith("text/html"):
                self.start = message
                return
        if message["type"] == "http.response.body":
            if self.start is None:
                await self.send({**message, "body": b""} if self.head else message)
                return
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)
            return
        await self.send(message)

    async def _finish(self, start: Message) -> None:
        body = self._said() if _STREAMLIT in self.body else self.body
        headers = MutableHeaders(scope=start)
        if body is not self.body:
            hashes = (b64encode(sha256(script).digest()).decode() for script in _INLINE.findall(body))
            headers[_HASHES] = " ".join(f"'sha256-{digest}'" for digest in hashes)
            # They belong to the file, not to what is sent in its place.
            for name in ("etag", "last-modified", "accept-ranges"):
                if name in headers:
                    del headers[name]
        headers["content-length"] = str(len(body))
        await self.send(start)
        await self.send({"type": "http.response.body", "body": b"" if self.head else body})

    def _said(self) -> bytes:
        title = text.translator(self.language)("app.name").encode()
        body = self.body.replace(b'<html lang="en"', f'<html lang="{self.language}"'.encode(), 1)
        body = body.replace(_STREAMLIT, b"<title>" + title + b"</title>", 1)
        ours = _OURS.format(idle=Settings.from_env().idle_minutes).encode()
        return body.replace(b"</head>", ours + b"</head>", 1)
