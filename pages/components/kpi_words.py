"""How KPIs are said on every page: values with units, periods, progress with its mark, links."""

import math
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st

from cmi_core import text
from cmi_core.days import say_moment
from cmi_core.numbers import say_number
from cmi_core.periods import label, parse
from cmi_core.progress import WORDS
from cmi_core.roles import Account, require
from pages.components.session import Page

# A mark for each word beside its colour, from best to worst.
MARKS = dict(zip(WORDS, "●◕◑◔▼○", strict=True))


def said(_: Page, row: Any, value: Any) -> str:
    """A value of a KPI with its decimals, without unit; a dash where there is none."""
    known = value is not None and not math.isnan(value)
    return say_number(float(value) if known else None, int(row.decimals))


def plainly(value: float) -> str:
    """
    A number with the decimals it has, six at most.

    >>> plainly(1234.5), plainly(3.0)
    ('1,234.5', '3')
    """
    return say_number(value, 6).rstrip("0").rstrip(".")


def who(page: Page) -> Account:
    """Who records on this page; refused where nobody is signed in."""
    return require(page.actor, "record_value")


def unit(page: Page, row: object) -> str:
    """The unit in the reader's language."""
    return getattr(row, f"unit_{page.language}") or ""


def period(page: Page, code: object) -> str:
    """A stored period as the reader says it; a dash where there is none."""
    return label(parse(code), page.t) if isinstance(code, str) and code else "–"


def part(page: Page, code: object) -> str:
    """
    A part of a KPI that is broken down (`sex:female`) as the reader says it; nothing for the whole.

    An editor names parts in both languages (`หญิง/Female`) or by a word that this program knows.
    """
    if not isinstance(code, str) or not code:
        return ""
    return ": ".join(_label(page, each) for each in code.split(":", 1))


def group(page: Page, code: str) -> str:
    """What a KPI is broken down by, as the reader says it."""
    return _label(page, code)


def _label(page: Page, written: str) -> str:
    key = f"breakdown.{written.strip().casefold()}"
    if key in text.catalogue(page.language):
        return page.t(key)
    thai, _, english = written.partition("/")
    return (english.strip() or thai.strip()) if page.language == "en" else thai.strip()


def moment(page: Page, at: Any) -> str:
    """A moment of the record by the clock of Chiang Mai."""
    return say_moment(at, page.t)


def word(page: Page, code: str) -> str:
    """A progress word as a chip: mark, colour and text."""
    return (
        f'<span class="cmi-word cmi-w-{code}"><i aria-hidden="true">{MARKS[code]}</i>'
        f"{escape(page.t(f'progress.{code}'))}</span>"
    )


def here(_: Page, path: str, **choices: str) -> str:
    """The address of a page of ours that keeps language, look and text size."""
    kept = {key: st.query_params[key] for key in ("lang", "look", "size") if key in st.query_params}
    asked = urlencode(kept | {key: value for key, value in choices.items() if value})
    return f"{path}?{asked}" if asked else path


def to_do(page: Page, path: str, **choices: str) -> str:
    """The address of a page that records; for somebody who has not signed in, by way of signing in."""
    target = here(page, path, **choices)
    return target if page.actor else f"/signin?lang={page.language}&next={quote(target, safe='')}"


def link(text: str, address: str, *, kind: str = "cmi-go") -> str:
    """A link within the site."""
    return f'<a class="{kind}" href="{escape(address)}" target="_self">{escape(text)}</a>'
