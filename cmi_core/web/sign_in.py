"""Signing in, signing out and the first set-up: plain HTML pages, so that a cookie can be set."""

import html
import re
import time
from contextlib import suppress
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.accounts.roles import may
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import accounts as deeds
from cmi_core.calendar import clock
from cmi_core.errors import AccountError, CmiError, StoreError
from cmi_core.settings import Settings
from cmi_core.store.opening import the_store
from cmi_core.web import ready
from cmi_core.web.access_middleware import of_this_site

COOKIE = "cmi_session"
_TEMPLATES = Path(__file__).parent / "templates"
_LONGEST_FORM = 10_000
_STATUS = {"throttled": 429, "other_site": 403, "form_too_large": 413}
# One slash, then nothing that a browser reads as another host, as a line break or as nothing at all.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*|/")
_throttle = Throttle()


async def show_sign_in(request: Request) -> Response:
    """The sign-in form."""
    return _page(request, "sign_in")


async def sign_in(request: Request) -> Response:
    """Check the password; set the cookie and go on to where the reader came from."""
    form: dict[str, str] = {}
    try:
        _same_site(request)
        form = await _form(request)
        mark = await _mark(request, form)
        target = await run_in_threadpool(_reachable, form.get("next", "/"), mark)
    except CmiError as refusal:
        return _page(request, "sign_in", refusal=refusal, form=form)
    return _with_cookie(request, mark, target)


async def show_setup(request: Request) -> Response:
    """The form for the first admin. The code is printed now if the database was out of reach at the start."""
    await run_in_threadpool(ready.announce)
    return _page(request, "setup")


async def setup(request: Request) -> Response:
    """Make the first admin with the set-up code printed at the first start, and sign them in."""
    form: dict[str, str] = {}
    say = text.translator(_language(request))
    try:
        _same_site(request)
        form = await _form(request)
        await run_in_threadpool(
            lambda: deeds.first_admin(
                the_store(),
                code=form.get("code", ""),
                account=form.get("account", ""),
                name=form.get("name", ""),
                password=form.get("password", ""),
                note=say("sign_in.first_admin_note"),
                at=clock.now(),
            )
        )
        mark = await _mark(request, form)
    except CmiError as refusal:
        return _page(request, "setup", refusal=refusal, form=form)
    return _with_cookie(request, mark, form.get("next", "/"))


async def sign_out(request: Request) -> Response:
    """End the session and forget its cookie. A link from another site does nothing."""
    response = RedirectResponse(_inside(request.query_params.get("next", "/")), status_code=303)
    if not of_this_site(request.headers):
        return response
    if mark := request.cookies.get(cookie()):
        # The cookie goes even where the database cannot be asked.
        with suppress(CmiError):
            await run_in_threadpool(lambda: deeds.sign_out(the_store(), mark, at=clock.now()))
    response.delete_cookie(cookie(), path="/", secure=cookie() != COOKIE, httponly=True, samesite="lax")
    return response


ROUTES = [
    Route("/signin", show_sign_in, methods=["GET"]),
    Route("/signin", sign_in, methods=["POST"]),
    Route("/setup", show_setup, methods=["GET"]),
    Route("/setup", setup, methods=["POST"]),
    Route("/signout", sign_out, methods=["GET"]),
]


def cookie() -> str:
    """The name of the session's cookie. Over HTTPS a neighbouring site cannot set one of that name."""
    return f"__Host-{COOKIE}" if Settings.from_env().https else COOKIE


def _address(request: Request) -> str:
    """
    Where a request comes from, as far as it can be believed.

    Anybody can write `X-Forwarded-For`, and our web server believes it from this machine: without a proxy of
    the operator's (`CMI_PROXY=true`), all who send one count as one.
    """
    if "x-forwarded-for" in request.headers and not Settings.from_env().proxy:
        return "forwarded"
    return request.client.host if request.client else ""


def _language(request: Request) -> str:
    chosen = request.query_params.get("lang", text.LANGUAGES[0])
    return chosen if chosen in text.LANGUAGES else text.LANGUAGES[0]


async def _form(request: Request) -> dict[str, str]:
    """The fields sent, read no further than a form of ours can be long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            raise AccountError("form_too_large")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"))


async def _mark(request: Request, form: dict[str, str]) -> str:
    origin = _address(request)
    # The store is opened inside the thread: the first time takes a second, and others wait for the loop.
    return await run_in_threadpool(
        lambda: deeds.sign_in(
            the_store(),
            _throttle,
            account=form.get("account", ""),
            password=form.get("password", ""),
            origin=origin,
            now=time.monotonic(),
        )
    )


def _same_site(request: Request) -> None:
    """Refuse a form that another site sent."""
    if not of_this_site(request.headers):
        raise AccountError("other_site")


def _reachable(target: str, mark: str) -> str:
    """Where to go on to: the first page for those who have nothing to record."""
    path, _, query = target.partition("?")
    if path == "/my-updates" and not may(deeds.whose(the_store(), mark), "record_value"):
        return f"/?{query}" if query else "/"
    return target


def _inside(target: str) -> str:
    """A path of this site; anything else becomes the first page."""
    return target if _PATH.fullmatch(target) else "/"


def _with_cookie(request: Request, mark: str, target: str) -> Response:
    response = RedirectResponse(_inside(target), status_code=303)
    secure = request.url.scheme == "https" or cookie() != COOKIE
    response.set_cookie(
        cookie(),
        mark,
        max_age=passwords.SESSION_SECONDS,
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
    )
    return response


def _page(
    request: Request, name: str, *, refusal: CmiError | None = None, form: dict[str, str] | None = None
) -> HTMLResponse:
    language = _language(request)
    say = text.translator(language)
    target = _inside((form or {}).get("next") or request.query_params.get("next", "/"))
    other = "en" if language == "th" else "th"
    words = {
        key.removeprefix("sign_in."): say(key)
        for key in text.catalogue(language)
        if key.startswith("sign_in.")
    }
    told = {
        "lang": language,
        "app": say("app.name"),
        "next": target,
        "account": (form or {}).get("account", ""),
        "name_value": (form or {}).get("name", ""),
        "action": f"/{'setup' if name == 'setup' else 'signin'}?{urlencode({'lang': language})}",
        "other": f"?{urlencode({'lang': other, 'next': target})}",
        "other_code": other,
        "refusal": text.refusal(say, refusal) if refusal else "",
        "hidden": "" if refusal else "hidden",
    }
    filled = {key: html.escape(value) for key, value in (words | told).items()}
    template = Template((_TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))
    status = (
        200
        if refusal is None
        else _STATUS.get(refusal.reason, 503 if isinstance(refusal, StoreError) else 400)
    )
    return HTMLResponse(
        template.substitute(filled), status_code=status, headers={"cache-control": "no-store"}
    )
