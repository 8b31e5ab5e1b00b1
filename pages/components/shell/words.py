"""How every page says numbers to type, periods, moments, what people wrote, and addresses of ours."""

import re
from decimal import Decimal
from html import escape as html_escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from cmi_core.calendar.days import say_moment
from cmi_core.calendar.periods import label, parse
from cmi_core.text.typed import shown

if TYPE_CHECKING:
    # The page's opening tells refusals by these words itself.
    from pages.components.shell.session import Page

_MARKUP = re.compile(r"[\\`*_{}\[\]$<>~#|&]|:(?=[A-Za-z_])")
_INDENTED = re.compile(r"^(?: {4}| {0,3}\t)[ \t]*", re.MULTILINE)
_OF_A_LIST = re.compile(r"^( {0,3}\d{0,9})([-+.)=])(?=[\s=-]|$)", re.MULTILINE)
# What Streamlit makes of a text after Markdown was read, so that no backslash keeps it from doing so: links of addresses,
# pictures of :names:, arrows and dashes. A sign of no width (U+2060) between the two halves does.
_MADE_LATER = re.compile(
    r":(?=//)|(?<=[\w.+-])@(?=\w)|\bwww(?=\.)|:(?=[\w+/-]*[A-Za-z_+/-][\w+/-]*:|1\d+:)|-(?=[->])|[<>~](?=[=-])",
    re.IGNORECASE,
)


def as_text(sentence: str) -> str:
    """
    A sentence that Markdown shows letter by letter: what people typed gets no say in how it looks.

    Signs that turn what follows around are named: an entry of long ago may hold some.
    """
    apart = _MADE_LATER.sub("\\g<0>\u2060", _INDENTED.sub("", shown(sentence, most=len(sentence))))
    return _OF_A_LIST.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", apart))


def escape(text: str) -> str:
    """A text as HTML that shows it letter by letter, signs that turn what follows around among them."""
    return html_escape(shown(text, most=len(text)))


def exactly(value: float) -> str:
    """A number with every digit that is stored: what a field holds to be changed, and what the log tells."""
    digits = format(Decimal(repr(float(value))), ",f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def period(page: "Page", code: object) -> str:
    """A stored period as the reader says it; a dash where there is none."""
    return label(parse(code), page.t) if isinstance(code, str) and code else "–"


def moment(page: "Page", at: Any) -> str:
    """A moment of the record by the clock of Chiang Mai."""
    return say_moment(at, page.t)


def here(page: "Page", path: str, **choices: str) -> str:
    """The address of a page of ours that keeps language, look and text size."""
    asked = urlencode(dict(page.manner) | {key: value for key, value in choices.items() if value})
    return f"{path}?{asked}" if asked else path


def to_do(page: "Page", path: str, **choices: str) -> str:
    """The address of a page that records; for somebody who has not signed in, by way of signing in."""
    target = here(page, path, **choices)
    return target if page.signed_in else f"/signin?lang={page.language}&next={quote(target, safe='')}"


def link(text: str, address: str, *, kind: str = "cmi-go") -> str:
    """A link within the site."""
    return f'<a class="{kind}" href="{escape(address)}" target="_self">{escape(text)}</a>'
