"""How KPIs are said on every page: values with units, parts, progress with its mark."""

import math
from typing import Any

from cmi_core import text
from cmi_core.accounts.roles import Account, require
from cmi_core.kpi.progress import WORDS
from cmi_core.text.numbers import say_number
from pages.components.shell.session import Page
from pages.components.shell.words import escape

# A mark for each word beside its colour, from best to worst.
MARKS = dict(zip(WORDS, "●◕◑◔▼○", strict=True))


def said(_: Page, row: Any, value: Any) -> str:
    """A value of a KPI with its decimals, without unit; a dash where there is none."""
    known = value is not None and not math.isnan(value)
    return say_number(float(value) if known else None, int(row.decimals))


def who(page: Page) -> Account:
    """Who records on this page; refused where nobody is signed in."""
    return require(page.actor, "record_value")


def unit(page: Page, row: object) -> str:
    """The unit in the reader's language."""
    return getattr(row, f"unit_{page.language}") or ""


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


def word(page: Page, code: str) -> str:
    """A progress word as a chip: mark, colour and text."""
    return (
        f'<span class="cmi-word cmi-w-{code}"><i aria-hidden="true">{MARKS[code]}</i>'
        f"{escape(page.t(f'progress.{code}'))}</span>"
    )
