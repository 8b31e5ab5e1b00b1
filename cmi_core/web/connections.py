"""
What no request says: connections that are opened and ask nothing, or ask by halves, and who our server is.

The web server (uvicorn) waits for the head of a request as long as it takes, and there is no setting for that. It tells its
configuration to whoever answers the start of the program: there its protocol is given a clock.
"""

import asyncio
import logging
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from cmi_core.web import addresses, places

# A head is some hundred bytes and one packet: what takes longer is not a browser.
HEAD_SECONDS = 10.0
# So many more than the limit are told that it is busy; those beyond are closed without a word.
_TOLD = 64
_LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_log = logging.getLogger(__name__)


class Connections:
    """At the start of the program, gives the web server's protocol a clock and takes its name off the answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            places.allow_files()
            config = getattr(getattr(receive, "__self__", None), "config", None)
            if hasattr(config, "http_protocol_class") and hasattr(config, "encoded_headers"):
                guard(config)
            else:
                _log.warning("This web server is not uvicorn: half-sent heads must end at a proxy before it.")
        await self.app(scope, receive, send)


def guard(config: Any) -> None:
    """Change the configuration of a web server that has not opened its port yet."""
    config.encoded_headers = [each for each in config.encoded_headers if each[0] != b"server"]
    config.http_protocol_class = guarded(config.http_protocol_class)


def guarded(protocol: type[Any], head_seconds: float = HEAD_SECONDS) -> type[Any]:
    """The protocol, bounded in how many connections there are and in how long each may take to say what it wants."""
    return type(f"Guarded{protocol.__name__}", (_Guarded, protocol), {"head_seconds": head_seconds})


class _Guarded:
    """Mixed into uvicorn's protocol for HTTP, be it of h11 or of httptools."""

    head_seconds: float
    transport: asyncio.Transport
    connections: set[object]
    cycle: Any
    loop: asyncio.AbstractEventLoop
    app: Any
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)  # ty: ignore[missing-attribute]
        over = len(self.connections) - places.connections()
        if over > _TOLD:
            transport.abort()
            return
        if over > 0:
            self.app = partial(_busy)
        self._wait_for_a_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)  # ty: ignore[missing-attribute]
        if self._between_requests():
            self._wait_for_a_head()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)  # ty: ignore[missing-attribute]

    def _between_requests(self) -> bool:
        """Whether nothing has been asked yet, or all that was asked is answered, and this is still HTTP."""
        if self.transport.get_protocol() is not self or self.transport.is_closing():
            return False
        return self.cycle is None or self.cycle.response_complete

    def _wait_for_a_head(self) -> None:
        # One clock from the first byte on, not a new one with each: a byte per second is no answer.
        if self._clock is None:
            self._clock = self.loop.call_later(self.head_seconds, self._late)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _late(self) -> None:
        self._clock = None
        if self._between_requests():
            self.transport.write(_LATE)
            self.transport.close()


async def _busy(scope: Scope, receive: Receive, send: Send) -> None:
    await addresses.busy({"retry-after": "60", "connection": "close"})(scope, receive, send)
