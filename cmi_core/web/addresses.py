"""An address that no page has gets a sentence in the reader's language, not Streamlit's English one."""

import html
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cmi_core import text
from cmi_core.store.opening import ROOT

_TEMPLATE = Path(__file__).parent / "templates" / "unknown.html"


class Addresses:
    """Answers a reader's request for a page that is not there; everything else passes through."""

    def __init__(self, app: ASGIApp, routes: tuple[str, ...]) -> None:
        self.app = app
        files = (file.stem for file in (ROOT / "pages").glob("*.py"))
        self.pages = {name.replace("_", "-") for name in files if name != "shell"}
        self.others = {route.split("/")[1] for route in routes} | {"_stcore", "component", "media", "static"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        accepted = dict(scope["headers"]).get(b"accept", b"")
        first, _, rest = scope["path"].strip("/").partition("/")
        known = first in self.others or ((not first or first in self.pages) and not rest)
        if known or not accepted.startswith(b"text/html"):
            return None
        query = parse_qs(scope["query_string"].decode("latin-1"))
        language = query.get("lang", [""])[0]
        language = language if language in text.LANGUAGES else text.LANGUAGES[0]
        if first.replace("_", "-") in self.pages and not rest:
            return RedirectResponse(
                f"/{first.replace('_', '-')}?{urlencode(query, doseq=True)}", status_code=303
            )
        return _unknown(language)


def _unknown(language: str) -> HTMLResponse:
    say = text.translator(language)
    words = {key: say(f"unknown.{key}") for key in ("title", "told", "back")}
    told = words | {"lang": language, "app": say("app.name"), "home": f"/?{urlencode({'lang': language})}"}
    filled = {key: html.escape(value) for key, value in told.items()}
    return HTMLResponse(Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(filled), status_code=404)
