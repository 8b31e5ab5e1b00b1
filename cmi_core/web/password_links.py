"""A forgotten password: asking for a link, and the form behind a link. Plain HTML pages, like signing in."""

import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.accounts.retention import INVITED_BROWSER
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import password_links
from cmi_core.calendar import clock
from cmi_core.errors import AccountError, CmiError
from cmi_core.store.opening import the_store
from cmi_core.web import form_pages, sign_in
from cmi_core.web.turns import Turns

COOKIE = "cmi_password"
_SECONDS = int(INVITED_BROWSER.total_seconds())
# The address may hold the code: it goes to no other site and into no cache.
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
_ASKS = 20  # of one network before it waits: a meeting room has one address
_MOST_WAITING = 200
_AGAIN_SECONDS = 60
_MAIL_ADDRESS = re.compile(r"[^\s<>'\"]+@[^\s<>'\"]+")
_throttle = Throttle(free=_ASKS)
_turns = Turns(threads=2)
# Whoever asks waits for none of it: what their account is, whether there is one, and the mail server.
_mailing = ThreadPoolExecutor(2, thread_name_prefix="password_links")
_waiting = threading.BoundedSemaphore(_MOST_WAITING)
_log = logging.getLogger(__name__)


async def show_forgot(request: Request) -> Response:
    """The form that asks for a link, or whom to ask where none is mailed."""
    try:
        if not password_links.offered():
            return _told(request, "forgot", told="forgot_off")
    except CmiError as refusal:
        return _forgot_page(request, refusal=refusal)
    return _forgot_page(request)


async def forgot(request: Request) -> Response:
    """One answer for everybody, at once: whether there is such an account shows neither in its words nor in its time."""
    form: dict[str, str] = {}
    try:
        form = await form_pages.sent(request)
        if not password_links.offered():
            return _told(request, "forgot", told="forgot_off")
        _later(form.get("account", ""), sign_in.came_from(request))
    except CmiError as refusal:
        return _forgot_page(request, refusal=refusal, form=form)
    return _told(request, "forgot", told="forgot_asked")


async def show_link(request: Request) -> Response:
    """
    The form for a new password. A code in the address goes into a cookie first, and out of the address.

    Nothing is used up by it: programs that look at mails open their links too.
    """
    code = request.query_params.get("code", "")
    try:
        name = await _waits(code or _kept(request))
    except CmiError as refusal:
        return _link_page(request, "", refusal=refusal)
    if name is None:
        return _dead(request)
    if not code:
        return _link_page(request, name)
    language = urlencode({"lang": form_pages.language(request)})
    response = RedirectResponse(f"/password?{language}", status_code=303, headers=_HEADERS)
    sign_in.put_cookie(request, response, COOKIE, code, _SECONDS)
    return response


async def use_link(request: Request) -> Response:
    """Set the password, and on to signing in with it."""
    code, name = _kept(request), ""
    try:
        form = await form_pages.sent(request)
        name = await _waits(code) or ""
        note = text.translator(form_pages.language(request))("sign_in.link_note")

        def used() -> int:
            return password_links.use(
                the_store(), code, password=form.get("password", ""), note=note, at=clock.now()
            )

        # As signing in: a hash takes a quarter of a second.
        await _turns.take(sign_in.came_from(request), used)
    except CmiError as refusal:
        if refusal.reason == "password_link_unknown":
            return _dead(request)
        return _link_page(request, name, refusal=refusal)
    return _without_code(_told(request, "link", told="link_used"))


ROUTES = [
    Route("/forgot", show_forgot, methods=["GET"]),
    Route("/forgot", forgot, methods=["POST"]),
    Route("/password", show_link, methods=["GET"]),
    Route("/password", use_link, methods=["POST"]),
]


def _later(typed: str, network: str) -> None:
    """Look for the account and mail the link when there is time. Raises AccountError where too many have asked."""
    try:
        _throttle.attempt(network, time.monotonic())
    except AccountError as refusal:
        raise AccountError("asked_too_often", seconds=refusal.details["seconds"]) from refusal
    if not _waiting.acquire(blocking=False):
        raise AccountError("asked_too_often", seconds=_AGAIN_SECONDS)
    _mailing.submit(_mail, typed)


def _mail(typed: str) -> None:
    try:
        password_links.asked(the_store(), typed, at=clock.now())
    except CmiError as refusal:
        told = text.refusal(text.translator("en"), refusal)
        _log.warning("A link for a forgotten password was not mailed: %s", _MAIL_ADDRESS.sub("…", told))
    except Exception:  # noqa: BLE001 - nobody waits for what it raises: the log is where it is told
        _log.exception("A link for a forgotten password was not mailed")
    finally:
        _waiting.release()


def _kept(request: Request) -> str:
    return request.cookies.get(sign_in.cookie(COOKIE), "")


async def _waits(code: str) -> str | None:
    return await run_in_threadpool(lambda: password_links.waits(the_store(), code, at=clock.now()))


def _forgot_page(
    request: Request, *, refusal: CmiError | None = None, form: dict[str, str] | None = None
) -> HTMLResponse:
    return form_pages.page(
        request, "forgot", title="forgot_title", action="/forgot", refusal=refusal, form=form
    )


def _link_page(request: Request, name: str, *, refusal: CmiError | None = None) -> HTMLResponse:
    answer = form_pages.page(
        request, "password", title="link_title", action="/password", refusal=refusal, account=name
    )
    answer.headers.update(_HEADERS)
    return answer


def _dead(request: Request) -> Response:
    """That the link opens nothing, and how to come by another one."""
    return _without_code(_told(request, "link", told="", refusal=AccountError("password_link_unknown")))


def _told(request: Request, about: str, *, told: str, refusal: CmiError | None = None) -> HTMLResponse:
    """A page that says something and leads on to signing in."""
    say = text.translator(form_pages.language(request))
    answer = form_pages.page(
        request, "told", title=f"{about}_title", action="", refusal=refusal,
        told=say(f"sign_in.{told}") if told else "", told_hidden="" if told else "hidden",
    )  # fmt: skip
    answer.headers.update(_HEADERS)
    return answer


def _without_code(response: Response) -> Response:
    name = sign_in.cookie(COOKIE)
    response.delete_cookie(name, path="/", secure=name != COOKIE, httponly=True, samesite="lax")
    return response
