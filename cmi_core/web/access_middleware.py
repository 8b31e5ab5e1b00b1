"""What of Streamlit's own addresses is open, and to whom: no metrics, no other site, no uploads by strangers."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cmi_core.errors import CmiError
from cmi_core.settings import Settings

# What the page in the browser asks for; everything else below /_stcore/ is for operators of other programs.
_SERVICES = re.compile(r"/_stcore/(health|host-config|stream|upload_file/.+|bidi-components/.+)")
_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
_KEPT = 10_000

# Who has a page open, looked up again for each file: they may have signed out in another window.
Lookup = Callable[[], object | None]
_uploading: OrderedDict[str, Lookup] = OrderedDict()
_lock = threading.Lock()


class AccessMiddleware:
    """Turns away what no page of ours asks for, before Streamlit sees it."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = frozenset()) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not (self._named(scope) and of_this_site(Headers(scope=scope))):
            # Streamlit would ask an outside service for this machine's address before it refused.
            await WebSocketClose(code=1008)(scope, receive, send)
        elif scope["type"] == "http" and (refused := await self._refused(scope)):
            await PlainTextResponse(refused[1], status_code=refused[0])(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _refused(self, scope: Scope) -> tuple[int, str] | None:
        return await _refused(scope) if self._named(scope) else (400, "Unknown host")

    def _named(self, scope: Scope) -> bool:
        """Whether the request is for a name of ours, where the operator has said which these are."""
        name = Headers(scope=scope).get("host", "").rpartition("]")[2].partition(":")[0].lower()
        return not self.hosts or name in self.hosts


def hosts() -> frozenset[str]:
    """The names the server answers to (`CMI_HOSTS`, separated by commas); empty for any."""
    return Settings.from_env().hosts


def of_this_site(headers: Headers) -> bool:
    """
    Whether a request comes from a page of ours, or from the address bar.

    Browsers say so in one header or another; behind a proxy that renames the host, the first one counts.
    """
    if (fetched := headers.get("sec-fetch-site")) is not None:
        return fetched in {"same-origin", "none"}
    source = headers.get("origin", headers.get("referer"))
    return source is None or urlsplit(_sound(source)).netloc == headers.get("host")


def let_upload(session: str, reader: Lookup | None) -> None:
    """
    Open uploading for a page that is open in a browser, or close it: only people who signed in send files.

    `reader` looks up who has the page open, and gives None once they may not.
    """
    with _lock:
        _uploading.pop(session, None)
        if reader is not None:
            _uploading[session] = reader
        while len(_uploading) > _KEPT:
            _uploading.popitem(last=False)


async def _refused(scope: Scope) -> tuple[int, str] | None:
    path, headers = scope["path"], Headers(scope=scope)
    if path.startswith("/_stcore/") and not _SERVICES.fullmatch(path):
        return 404, "Not found"
    upload = _UPLOAD.fullmatch(path)
    if upload and scope["method"] != "OPTIONS":
        with _lock:
            reader = _uploading.get(upload.group(1))
        if reader and of_this_site(headers) and await run_in_threadpool(_still_there, reader):
            return None
        return 403, "Sign in to send files"
    if path.startswith(("/auth/login", "/auth/logout")) and not of_this_site(headers):
        return 403, "Another site"
    return None


def _still_there(reader: Lookup) -> bool:
    try:
        return reader() is not None
    except CmiError:
        # Who cannot be looked up sends nothing now; the browser says so, and they may try again.
        return False


def _sound(address: str) -> str:
    """The address, or nothing where it cannot be read as one."""
    try:
        urlsplit(address)
    except ValueError:
        return ""
    return address
