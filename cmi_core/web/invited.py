"""The link of an invitation: the browser keeps its code until its reader has signed in at the organisation's own sign-in."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.actions import identities
from cmi_core.calendar import clock
from cmi_core.errors import CmiError
from cmi_core.settings import Settings
from cmi_core.store.opening import the_store

COOKIE = "cmi_invited"
_SECONDS = 15 * 60
# The address holds the code: it goes to no other site and into no cache.
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def cookie() -> str:
    """The name of the cookie that holds the code; as the session's, none of a neighbouring site over HTTPS."""
    return f"__Host-{COOKIE}" if Settings.from_env().https else COOKIE


def link(site: str, code: str, language: str) -> str:
    """The link that is handed over."""
    return f"{site}/invited?{urlencode({'code': code, 'lang': language})}"


async def invited(request: Request) -> Response:
    """Keep the code for a quarter of an hour and go on to the first page; one that cannot be used is told."""
    asked = request.query_params.get("lang", "")
    language = asked if asked in text.LANGUAGES else text.LANGUAGES[0]
    code = request.query_params.get("code", "")
    try:
        found = await run_in_threadpool(lambda: identities.waits(the_store(), code, at=clock.now()))
    except CmiError as refusal:
        return _told(text.refusal(text.translator(language), refusal), 503)
    if not found:
        return _told(text.translator(language)("error.invitation_unknown"), 404)
    response = RedirectResponse(f"/?{urlencode({'lang': language})}", status_code=303, headers=_HEADERS)
    response.set_cookie(
        cookie(),
        code,
        max_age=_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https" or cookie() != COOKIE,
        path="/",
    )
    return response


def _told(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence, status_code=status, headers=_HEADERS)


ROUTES = [Route("/invited", invited, methods=["GET"])]
