"""The privacy notice as plain HTML: the same for the page within, and for whoever has not signed in while reading is closed."""

import html
from collections.abc import Iterable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.settings import Settings
from cmi_core.views import privacy
from cmi_core.web import form_pages, html_pages

ADDRESS = "/privacy-notice"


def body(parts: Iterable[privacy.Part]) -> str:
    """The notice as HTML, every word of it as text."""
    return "".join(f'<section class="notice">{_part(part)}</section>' for part in parts)


async def show(request: Request) -> Response:
    """The notice for everybody, also where reading needs an account; the other language is one link away."""
    language = form_pages.language(request)
    say = text.translator(language)
    links = [f'<a href="/?{urlencode({"lang": language})}">{html.escape(say("unknown.back"))}</a>']
    links += [
        f'<a href="?{urlencode({"lang": other})}" lang="{other}">{html.escape(say(f"shell.lang_{other}"))}</a>'
        for other in text.LANGUAGES
        if other != language
    ]
    told = f"<p>{html.escape(say('privacy.lede'))}</p>{body(privacy.notice(say, Settings.from_env()))}"
    return html_pages.framed(
        f'{told}<p class="links">{"".join(links)}</p>\n', language=language, title=say("privacy.title")
    )


def _part(part: privacy.Part) -> str:
    told = "".join(f"<p>{html.escape(each)}</p>" for each in part.told)
    listed = "".join(f"<li>{html.escape(each)}</li>" for each in part.listed)
    return "".join(
        (
            f"<h2>{html.escape(part.heading)}</h2>",
            told,
            f"<ul>{listed}</ul>" if listed else "",
            _table(part) if part.rows else "",
        )
    )


def _table(part: privacy.Part) -> str:
    heads = [html.escape(head) for head in part.columns]
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td data-head="{head}">{html.escape(cell)}</td>' for head, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in part.rows
    )
    headings = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return f'<table class="cmi-words"><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table>'


ROUTES = [Route(ADDRESS, show, methods=["GET"])]
