"""Signing in, signing out and the first set-up: plain HTML pages, so that a cookie can be set."""

import html
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cmi_core import passwords, text
from cmi_core.actions import accounts as deeds
from cmi_core.errors import AccountError, CmiError
from cmi_core.store.opening import the_store
from cmi_core.throttle import Throttle

COOKIE = "cmi_session"
_TEMPLATES = Path(__file__).parent / "templates"
_LONGEST_FORM = 10_000
_throttle = Throttle()


async def show_sign_in(request: Request) -> Response:
    """The sign-in form."""
    return _page(request, "sign_in")


async def sign_in(request: Request) -> Response:
    """Check the password; set the cookie and go on to where the reader came from."""
    form = await _form(request)
    origin = request.client.host if request.client else ""
    try:
        _same_site(request)
        mark = await run_in_threadpool(
            deeds.sign_in,
            the_store(),
            _throttle,
            account=form.get("account", ""),
            password=form.get("password", ""),
            origin=origin,
            now=time.monotonic(),
        )
    except CmiError as refusal:
        return _page(request, "sign_in", refusal=refusal, form=form)
    return _with_cookie(request, mark, form.get("next", "/"))


async def show_setup(request: Request) -> Response:
    """The form for the first admin."""
    return _page(request, "setup")


async def setup(request: Request) -> Response:
    """Make the first admin with the set-up code printed at the first start, and sign them in."""
    form = await _form(request)
    say = text.translator(_language(request))
    try:
        _same_site(request)
        await run_in_threadpool(
            deeds.first_admin,
            the_store(),
            code=form.get("code", ""),
            account=form.get("account", ""),
            name=form.get("name", ""),
            password=form.get("password", ""),
            note=say("sign_in.first_admin_note"),
            at=datetime.now(UTC).replace(tzinfo=None),
        )
    except CmiError as refusal:
        return _page(request, "setup", refusal=refusal, form=form)
    return await sign_in(request)


async def sign_out(request: Request) -> Response:
    """Forget the cookie. A link from another site does nothing."""
    response = RedirectResponse(_inside(request.query_params.get("next", "/")), status_code=303)
    if request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}:
        response.delete_cookie(COOKIE, path="/")
    return response


ROUTES = [
    Route("/signin", show_sign_in, methods=["GET"]),
    Route("/signin", sign_in, methods=["POST"]),
    Route("/setup", show_setup, methods=["GET"]),
    Route("/setup", setup, methods=["POST"]),
    Route("/signout", sign_out, methods=["GET"]),
]


def _language(request: Request) -> str:
    chosen = request.query_params.get("lang", text.LANGUAGES[0])
    return chosen if chosen in text.LANGUAGES else text.LANGUAGES[0]


async def _form(request: Request) -> dict[str, str]:
    if int(request.headers.get("content-length") or 0) > _LONGEST_FORM:
        return {}
    return {name: str(value) for name, value in (await request.form()).items()}


def _same_site(request: Request) -> None:
    sent_from = request.headers.get("origin")
    if sent_from not in {None, "null"} and urlsplit(sent_from).netloc != request.headers.get("host"):
        raise AccountError("other_site")


def _inside(target: str) -> str:
    """A path of this site; anything else becomes the first page."""
    parts = urlsplit(target)
    harmless = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if harmless and not parts.scheme and not parts.netloc else "/"


def _with_cookie(request: Request, mark: str, target: str) -> Response:
    response = RedirectResponse(_inside(target), status_code=303)
    secure = request.url.scheme == "https" or os.environ.get("CMI_HTTPS", "").lower() == "true"
    response.set_cookie(
        COOKIE,
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
        "refusal": text.refusal(say, refusal) if refusal else "",
        "hidden": "" if refusal else "hidden",
    }
    filled = {key: html.escape(value) for key, value in (words | told).items()}
    template = Template((_TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))
    return HTMLResponse(template.substitute(filled), status_code=400 if refusal else 200)
