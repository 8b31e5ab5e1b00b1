"""Starting, and saying whether the server is ready: the store answers, not only the web server."""

import asyncio
import logging
import threading
from http import HTTPStatus

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.actions import accounts
from cmi_core.errors import CmiError, FileRefused
from cmi_core.geography.basemap import basemap
from cmi_core.settings import Settings
from cmi_core.store import private, record
from cmi_core.store.opening import data_directory, kind, the_store
from cmi_core.web.places import places

# Sooner than who asks gives up: most wait for five seconds.
ANSWER_SECONDS = 3.0
_announced = threading.Event()
_asking: asyncio.Task[str] | None = None
_log = logging.getLogger(__name__)


def announce(address: str | None = None, port: int | None = None) -> None:
    """
    Open the store and print, once per process, what the operator should know: the set-up code among it.

    A refusal is printed too, and the next call tries again: the server runs on and shows it on the page.
    """
    if _announced.is_set():
        return
    try:
        told = start()
        _announced.set()
    except CmiError as refusal:
        told = sentence(refusal)
    if port:
        told = f"http://{address or '127.0.0.1'}:{port}\n{told}"
    print(told, flush=True)  # noqa: T201 - the operator's window is where this is read


def start() -> str:
    """Open the store; what the operator should know is returned as lines of text."""
    code = accounts.prepare(the_store())
    say = text.translator("en")
    lines = [say("ready.opened", kind=kind(), folder=data_directory())]
    if code:
        lines.append(say("ready.setup", code=code))
    if private.open_to_others(data_directory()):
        lines.append(say("ready.open_to_others", folder=data_directory()))
    return "\n".join([*lines, *_base_map(say)])


def _base_map(say: text.Translate) -> list[str]:
    """Whether readers may switch on the city's own base map, or why its file cannot be drawn."""
    try:
        offered = basemap(Settings.from_env().basemap_path)
    except FileRefused as refusal:
        return [text.refusal(say, refusal)]
    return (
        [say("ready.basemap", file=offered.path, low=offered.min_zoom, high=offered.max_zoom)]
        if offered
        else []
    )


def sentence(refusal: CmiError) -> str:
    """A refusal at start, in both languages: nobody has chosen one yet."""
    return "\n".join(text.refusal(text.translator(language), refusal) for language in text.LANGUAGES)


async def ready(_: Request) -> Response:
    """200 while the database answers in time and there is room for one more reader, 503 otherwise; why is in the log."""
    why = await _why_not()
    if why:
        _log.warning("Not ready: %s", why)
    # Whoever asks is a stranger: what this server holds, and what ails it, is for those who run it.
    status = HTTPStatus.SERVICE_UNAVAILABLE if why else HTTPStatus.OK
    return JSONResponse({"ready": not why}, status_code=status, headers={"cache-control": "no-store"})


async def _why_not() -> str:
    global _asking  # noqa: PLW0603 - one question at a time, whoever asks: where none is answered, no second thread hangs
    if not places.room(signed_in=False):
        return "busy"
    if _asking is None or _asking.done():
        _asking = asyncio.create_task(_why())
    done, _ = await asyncio.wait({_asking}, timeout=ANSWER_SECONDS)
    return _asking.result() if done else "no answer in time"


async def _why() -> str:
    try:
        # Not among the threads of other requests: they may all be at work.
        await anyio.to_thread.run_sync(lambda: record.head(the_store()), limiter=anyio.CapacityLimiter(1))
    except CmiError as refusal:
        return refusal.reason
    return ""


ROUTES = [Route("/readyz", ready)]
