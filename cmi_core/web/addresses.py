"""An address that no page has, a fault and a full server get a sentence in words, not Streamlit's English one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cmi_core import text
from cmi_core.store.opening import ROOT
from cmi_core.web import headers, html_pages

# What Streamlit answers below these, and its two ways by the organisation's sign-in.
_SERVICES = {"_stcore", "component", "media", "static"}
_SIGN_IN = {"auth/login", "auth/logout", "oauth2callback"}
_PAGE = "index.html"


class Addresses:
    """
    Answers a request for a page that is not there; everything else passes through.

    `routes` are our own, `files` the folder of what Streamlit's page needs beside itself (its icon).
    """

    def __init__(self, app: ASGIApp, routes: Sequence[Route | Mount], files: Path) -> None:
        self.app = app
        self.pages = page_paths() - {""}
        self.others = {route.path.split("/")[1] for route in routes} | _SERVICES
        self.files = {file.name for file in files.iterdir() if file.is_file() and file.name != _PAGE}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        path = scope["path"].strip("/")
        first, _, rest = path.partition("/")
        known = path in self.pages | self.files | _SIGN_IN or not path or first in self.others
        if known:
            return None
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if first.replace("_", "-") in self.pages and not rest:
            return RedirectResponse(
                f"/{first.replace('_', '-')}?{urlencode(query, doseq=True)}", status_code=303
            )
        accepted = dict(scope["headers"]).get(b"accept", b"")
        if not accepted.startswith(b"text/html"):
            return PlainTextResponse("Not found", status_code=404)
        return _page("unknown", html_pages.language_of(query.get("lang", [""])[0]), status=404)


def page_paths() -> set[str]:
    """The addresses that lead to a page, without slashes; the first page's is empty."""
    names = {file.stem.replace("_", "-") for file in (ROOT / "pages").glob("*.py")}
    return names - {"shell"} | {""}


def busy(extra: Mapping[str, str]) -> HTMLResponse:
    """That no more pages may be open just now, in both languages, since it may be the first thing that somebody sees."""
    told = {}
    for language in text.LANGUAGES:
        say = text.translator(language)
        told |= {f"{key}_{language}": say(f"busy.{key}") for key in ("title", "told", "again")}
        told[f"sign_in_{language}"] = say("sign_in.title")
    titles = [told[f"title_{language}"] for language in text.LANGUAGES]
    return html_pages.answer(
        "busy", told, language=text.LANGUAGES[0], title=" · ".join(titles), heading=titles[0], status=503, headers=extra
    )  # fmt: skip


async def fault(request: Request, _: Exception) -> Response:
    """What a reader is told when a route of ours fails; the details are in the log."""
    answer = _page("fault", html_pages.language_of(request.query_params.get("lang", "")), status=500)
    # This answer is given outside of everything that adds headers.
    answer.headers.update(headers.fixed(request.scope))
    return answer


def _page(group: str, language: str, *, status: int) -> HTMLResponse:
    say = text.translator(language)
    told = {key: say(f"{group}.{key}") for key in ("told", "back")}
    told["home"] = f"/?{urlencode({'lang': language})}"
    return html_pages.answer("unknown", told, language=language, title=say(f"{group}.title"), status=status)
