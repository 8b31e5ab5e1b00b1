"""Plain HTML pages of our own: one frame, a body for each, and words that it shows as text."""

import html
from collections.abc import Mapping
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from cmi_core import text

_TEMPLATES = Path(__file__).parent / "templates"


def language_of(asked: str) -> str:
    """The language that was asked for, if it is one of ours; else the first."""
    return asked if asked in text.LANGUAGES else text.LANGUAGES[0]


def answer(
    name: str,
    words: Mapping[str, str],
    *,
    language: str,
    title: str,
    heading: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The page with the body `templates/<name>.html`, filled with words; `heading` where it says another than the title."""
    shown = {key: html.escape(word) for key, word in words.items()}
    body = _template(name).substitute(shown)
    return framed(body, language=language, title=title, heading=heading, status=status, headers=headers)


def framed(
    body: str,
    *,
    language: str,
    title: str,
    heading: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The same around a body that is HTML already; each of these pages leads to the privacy notice."""
    say = text.translator(language)
    about = {
        "lang": language,
        "title": title,
        "app": say("app.name"),
        "heading": heading or title,
        "privacy": say("privacy.title"),
    }
    frame = {key: html.escape(word) for key, word in about.items()}
    return HTMLResponse(_template("frame").substitute(frame, body=body), status_code=status, headers=headers)


def _template(name: str) -> Template:
    return Template((_TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))
