"""A body that is sent by halves, or drop by drop, is not waited for."""

import asyncio
import time

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A mobile network may fall silent for some seconds between two cells.
SILENT_SECONDS = 15.0
# Slower than the slowest mobile network (EDGE): what comes at this rate is meant to last.
LEAST_RATE = 4_000
# Before the rate is asked for: a connection gathers speed.
FREE_SECONDS = 15.0
# The largest file, 60 MB, at half a megabit per second.
LONGEST_SECONDS = 20 * 60.0


class _TooSlow(Exception):
    """The body of this request is waited for no longer."""


class Bodies:
    """Answers `408` where the body of a request does not come: silent too long, too slowly, or for too long in all."""

    def __init__(
        self, app: ASGIApp, *, silent: float = SILENT_SECONDS, free: float = FREE_SECONDS,
        rate: float = LEAST_RATE, longest: float = LONGEST_SECONDS,
    ) -> None:  # fmt: skip
        self.app = app
        self.silent = silent
        self.free = free
        self.rate = rate
        self.longest = longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, self._in_time(receive), sent)
        except _TooSlow:
            if begun:
                # Half an answer has no end: the server closes the connection.
                raise
            slow = PlainTextResponse("Too slow", status_code=408, headers={"connection": "close"})
            await slow(scope, receive, send)

    def _in_time(self, receive: Receive) -> Receive:
        """As `receive`, while there is more of the body to come; afterwards it only waits for the end, however long."""
        whole, came, began = False, 0, time.monotonic()

        async def next_part() -> Message:
            nonlocal whole, came
            if whole:
                return await receive()
            passed = time.monotonic() - began
            left = min(self.longest, self.free + came / self.rate) - passed
            try:
                async with asyncio.timeout(max(0.0, min(self.silent, left))):
                    message = await receive()
            except TimeoutError:
                raise _TooSlow from None
            came += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            return message

        return next_part
