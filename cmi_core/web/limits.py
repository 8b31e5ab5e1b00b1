"""Each open page takes a place: where none is left people are told so, and a page that nobody uses gives its own back."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from cmi_core import text
from cmi_core.actions import accounts
from cmi_core.errors import CmiError
from cmi_core.store.opening import the_store
from cmi_core.web import addresses
from cmi_core.web.places import Places, places
from cmi_core.web.sign_in import cookie

RETRY_SECONDS = 60
# A page closes itself first, in the browser, and keeps its address; this is for what is no browser.
_LATER = 60.0
# What the program in the browser asks before it opens a connection; its answer is what the page then shows. It tries
# below the page's own address too.
_ASKED_FIRST = ("/_stcore/health", "/_stcore/host-config")
_AGAIN = {"retry-after": str(RETRY_SECONDS), "cache-control": "no-store"}

SignedIn = Callable[[HTTPConnection], Awaitable[bool]]


async def signed_in(asked: HTTPConnection) -> bool:
    """Whether a request comes with a session of ours that is not over."""
    mark = asked.cookies.get(cookie())
    if not mark:
        return False
    try:
        return await run_in_threadpool(lambda: accounts.whose(the_store(), mark)) is not None
    except CmiError:
        return False


class Limits:
    """
    Counts the pages that are open by their connections, and answers `503` where no more may be.

    `known` looks up whether a request comes from somebody with a session; it is asked only where the places for
    everybody are taken. `idle_minutes` of silence end a connection; 0 for never.
    """

    def __init__(
        self, app: ASGIApp, idle_minutes: float, known: SignedIn = signed_in, taken: Places = places
    ) -> None:
        self.app = app
        self.known = known
        self.silence = idle_minutes * 60 + _LATER if idle_minutes > 0 else None
        self.places = taken
        self.pages = addresses.page_paths()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._session(scope, receive, send)
        elif scope["type"] == "http" and self._wants_a_place(scope) and not await self._room(scope):
            await self._busy(scope)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _session(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not await self._taken(scope):
            await _turned_away(scope, receive, send)
            return
        try:
            await self.app(scope, self._heard(receive, send), send)
        finally:
            self.places.give_back()

    async def _taken(self, scope: Scope) -> bool:
        if self.places.take(signed_in=False):
            return True
        # Asked while others come and go: what counts is whether there is room afterwards.
        return await self.known(HTTPConnection(scope)) and self.places.take(signed_in=True)

    async def _room(self, scope: Scope) -> bool:
        if self.places.room(signed_in=False):
            return True
        return self.places.room(signed_in=True) and await self.known(HTTPConnection(scope))

    def _wants_a_place(self, scope: Scope) -> bool:
        """A page, or what a page asks before it connects; a supervisor's own question after our health is neither."""
        if scope["path"].endswith(_ASKED_FIRST):
            return Headers(scope=scope).get("sec-fetch-site") == "same-origin"
        return scope["path"].strip("/") in self.pages

    def _busy(self, scope: Scope) -> Response:
        if scope["path"].endswith(_ASKED_FIRST):
            # As JSON: of anything else the program in the browser shows the number alone.
            return JSONResponse(told(), status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=_AGAIN)
        return addresses.busy(_AGAIN)

    def _heard(self, receive: Receive, send: Send) -> Receive:
        """What the browser sends, until it has sent nothing for too long."""

        async def heard() -> Message:
            try:
                async with asyncio.timeout(self.silence):
                    return await receive()
            except TimeoutError:
                await send({"type": "websocket.close", "code": 1001, "reason": "idle"})
                return {"type": "websocket.disconnect", "code": 1001, "reason": "idle"}

        return heard


def told() -> str:
    """That it is busy, in every language: nobody has chosen one yet."""
    return "\n".join(text.translator(language)("busy.told") for language in text.LANGUAGES)


async def _turned_away(scope: Scope, receive: Receive, send: Send) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await WebSocketClose(code=1013)(scope, receive, send)
        return
    body = told().encode()
    headers = {**_AGAIN, "content-type": "text/plain; charset=utf-8", "content-length": str(len(body))}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    status = HTTPStatus.SERVICE_UNAVAILABLE
    await send({"type": "websocket.http.response.start", "status": status, "headers": raw})
    await send({"type": "websocket.http.response.body", "body": body})
