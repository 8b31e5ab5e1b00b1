"""The link of an invitation: the browser keeps its code until its reader has signed in at the organisation's own sign-in."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.accounts.retention import INVITED_BROWSER
from cmi_core.actions import identities
from cmi_core.calendar import clock
from cmi_core.errors import CmiError
from cmi_core.store.opening import the_store
from cmi_core.web import form_pages, sign_in

COOKIE = "cmi_invited"
_SECONDS = int(INVITED_BROWSER.total_seconds())
# The address holds the code: it goes to no other site and into no cache.
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def cookie() -> str:
    """The name of the cookie that holds the code."""
    return sign_in.cookie(COOKIE)


def link(site: str, code: str, language: str) -> str:
    """The link that is handed over."""
    return f"{site}/invited?{urlencode({'code': code, 'lang': language})}"


async def invited(request: Request) -> Response:
    """Keep the code for a quarter of an hour and go on to the first page; one that cannot be used is told."""
    language = form_pages.language(request)
    code = request.query_params.get("code", "")
    try:
        found = await run_in_threadpool(lambda: identities.waits(the_store(), code, at=clock.now()))
    except CmiError as refusal:
        return _told(text.refusal(text.translator(language), refusal), 503)
    if not found:
        return _told(text.translator(language)("error.invitation_unknown"), 404)
    response = RedirectResponse(f"/?{urlencode({'lang': language})}", status_code=303, headers=_HEADERS)
    sign_in.put_cookie(request, response, COOKIE, code, _SECONDS)
    return response


def _told(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence, status_code=status, headers=_HEADERS)


ROUTES = [Route("/invited", invited, methods=["GET"])]
