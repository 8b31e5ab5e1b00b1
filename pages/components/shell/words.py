"""How every page says numbers to type, periods, moments, what people wrote, and addresses of ours."""

import re
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from cmi_core.calendar.days import say_moment
from cmi_core.calendar.periods import label, parse

if TYPE_CHECKING:
    # The page's opening tells refusals by these words itself.
    from pages.components.shell.session import Page

_MARKUP = re.compile(r"[\\`*_{}\[\]$<>~#|]|:(?=[A-Za-z_])")
_OF_A_LIST = re.compile(r"^(\s*\d{0,9})([-+.)])(?=\s)")


def as_text(sentence: str) -> str:
    """A sentence that Markdown shows letter by letter: what people typed gets no say in how it looks."""
    return _OF_A_LIST.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", sentence))


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
