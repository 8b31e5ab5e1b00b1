"""The frame around a page: navigation, header, charts with their tables, sources, empty states."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Literal
from urllib.parse import quote, urlencode

import pandas as pd
import streamlit as st

from cmi_core import charts, text
from cmi_core.store import sources as stored_sources
from cmi_core.tables import safe_csv
from pages.components.shell import filters, session, words
from pages.components.shell.registry import GROUPS, HOME, PAGES, Entry
from pages.components.shell.session import Page, may_open
from pages.components.shell.words import escape

SIZES = ("normal", "large", "larger")
_WEB = ("https://", "http://")
# What an address may hold beside letters and digits; a bracket or a space would end the link.
_OF_ADDRESSES = "%/:?#@!$&*+,;=~-._'"


def navigation(page: Page) -> None:
    """Draw the sidebar with its switches, then run the chosen page."""
    offered = {
        page.t(f"shell.{group}"): [
            _entry(page, entry) if may_open(page, entry) else _closed(page, entry)
            for entry in PAGES
            if entry.group == group
        ]
        for group in GROUPS
    }
    current = st.navigation(offered, expanded=True)
    st.logo(f"static/logo_{page.language}.svg", size="large", icon_image="static/mark.svg")
    with st.sidebar:
        _switches(page)
        _who(page)
        st.html(
            f'<p class="cmi-foot">{words.link(page.t("privacy.title"), words.here(page, "/privacy"), kind="")}</p>'
        )
    if page.remark:
        st.warning(page.t(page.remark), icon=":material/lock_clock:")
    current.run()


def header(page: Page, *, beside: Callable[[Page], None] | None = None) -> None:
    """
    Title and one sentence of what the page answers; a banner where the data are made up.

    `beside` draws what a reader takes away from the page, at the end of the same row.
    """
    session.say_made_up(page)
    told, taken = st.columns([5, 2], vertical_alignment="center") if beside else (st.container(), None)
    with told:
        st.title(page.t(f"{page.name}.title"), anchor=False)
        st.html(f'<p class="cmi-lede">{escape(page.t(f"{page.name}.lede"))}</p>')
    if beside and taken:
        with taken.container(horizontal=True, horizontal_alignment="right", key=f"beside_{page.name}"):
            beside(page)


def chart(
    page: Page,
    name: str,
    table: pd.DataFrame,
    *,
    words: Mapping[str, str],
    alt: str,
    columns: Mapping[str, str],
    file: str,
    height: int | Literal["stretch", "content"] = "content",
    told: pd.DataFrame | None = None,
) -> None:
    """
    A chart, and below it, folded, its table with a download: nothing is only a picture.

    `told` is the table to show where the drawn one also holds lines and words of the picture.
    """
    st.vega_lite_chart(
        table, charts.spec(name, page.look, dict(words)), theme=None, width="stretch", height=height, alt=alt
    )
    folded_table(page, lambda: (table if told is None else told, columns), file=file)


def folded_table(
    page: Page, made: Callable[[], tuple[pd.DataFrame, Mapping[str, str]]], *, file: str
) -> None:
    """A folded table and its headings, with a download; made only while the fold is open."""
    fold = st.expander(
        page.t("shell.as_table"),
        icon=":material/table_chart:",
        key=f"fold_{page.name}_{file}",
        on_change="rerun",
    )
    if fold.open:
        table, columns = made()
        with fold:
            data_table(page, table, columns=columns, file=file)


def data_table(page: Page, table: pd.DataFrame, *, columns: Mapping[str, str], file: str) -> None:
    """The named columns under their headings, and the same as a CSV file."""
    shown = table[list(columns)].set_axis(told_apart(list(columns.values())), axis=1)
    st.dataframe(shown, hide_index=True, width="stretch", placeholder="")
    download(page, shown, file)


def told_apart(headings: Sequence[str]) -> list[str]:
    """
    Headings of which no two are the same, since no table can hold both: a later one has its number.

    >>> told_apart(["City", "Green", "Green"])
    ['City', 'Green', 'Green (2)']
    """
    given: list[str] = []
    for heading in headings:
        others = (f"{heading} ({number})" for number in count(2))
        given.append(heading if heading not in given else next(one for one in others if one not in given))
    return given


def download(page: Page, shown: pd.DataFrame, file: str) -> None:
    """A button that gives the table as CSV, made only when it is asked for."""
    st.download_button(
        page.t("shell.download_csv"),
        data=lambda: safe_csv.write_csv(shown),
        file_name=f"{file}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"csv_{page.name}_{file}",
        on_click="ignore",
    )


def sources(page: Page, codes: Sequence[str]) -> None:
    """Where the figures of the page come from, under the numbers of `references`."""
    with st.container(key=f"sources_{page.name}"):
        st.caption(page.made(_source_lines, tuple(references(codes))))


def references(codes: Sequence[str]) -> dict[str, int]:
    """The number of each source in the list that `sources` makes of the same codes."""
    return {code: number for number, code in enumerate(sorted(set(codes)), 1)}


def source_titles(page: Page) -> dict[str, str]:
    """Every source as a reader is told it: its producer and its title."""
    return {
        row.source: f"{page.name_of(row, 'producer')}: {page.name_of(row, 'title')}"
        for row in page.read(stored_sources.every).itertuples()
    }


def _linked(title: str, url: str | None) -> str:
    """A title as Markdown, that leads to an address of the web where there is one."""
    told = words.as_text(title)
    return f"[{told}]({quote(url, safe=_OF_ADDRESSES)})" if url and url.startswith(_WEB) else told


def nothing(page: Page, key: str, **details: object) -> None:
    """An empty state that says why it is empty and what to do."""
    told = {name: words.as_text(each) if isinstance(each, str) else each for name, each in details.items()}
    st.info(page.t(key, **told), icon=":material/info:")


def _source_lines(page: Page, codes: tuple[str, ...]) -> str:
    numbers = references(codes)
    lines = [
        f"{numbers[row.source]}. {words.as_text(page.name_of(row, 'producer'))}: {_linked(page.name_of(row, 'title'), row.url)}"
        + (f" · {words.as_text(row.page)}" if row.page else "")
        for row in page.read(stored_sources.some, codes).itertuples()
    ]
    return "\n".join([f"**{page.t('shell.sources')}**", *lines])


def _entry(page: Page, entry: Entry) -> st.Page:
    return st.Page(
        f"{entry.code}.py",
        title=page.t(f"{entry.code}.title"),
        icon=f":material/{entry.icon}:",
        url_path=entry.address,
        default=entry.code == HOME,
        help=page.t(f"{entry.code}.lede"),
    )


def _closed(page: Page, entry: Entry) -> st.Page:
    """In place of a page that the reader's role does not reach: says so, and offers to sign in."""
    return st.Page(
        partial(session.refuse, page, entry),
        title=page.t(f"{entry.code}.title"),
        url_path=entry.address,
        visibility="hidden",
    )


def _switches(page: Page) -> None:
    """Language, look and text size; each lives in the URL and stays over page changes."""
    filters.segments(
        "lang",
        text.LANGUAGES,
        label=page.t("shell.language"),
        say=lambda code: page.t(f"shell.lang_{code}"),
        width="stretch",
        label_visibility="collapsed",
    )
    with st.popover(page.t("shell.display"), icon=":material/contrast:", width="stretch"):
        look = filters.segments(
            "look", session.LOOKS, label=page.t("shell.look"), say=lambda look: page.t(f"shell.look_{look}")
        )
        size = filters.segments(
            "size", SIZES, label=page.t("shell.size"), say=lambda size: page.t(f"shell.size_{size}")
        )
    # The style sheet reads these two marks; a script cannot set a class on the document.
    st.html(f'<span class="cmi-look-{look} cmi-size-{size} cmi-mode-{page.look}" hidden></span>')
    # Streamlit says it in English only; the style sheet hides that.
    said = json.dumps(page.t("shell.choose_file"), ensure_ascii=False)
    st.html(
        f"<style>[data-testid=stFileUploaderDropzone] button:has([data-testid=stMarkdownContainer])::after{{content:{said}}}</style>"
    )


def _who(page: Page) -> None:
    if page.actor is None:
        session.sign_in(page, "my-updates", at="side")
        if session.by_provider():
            _leave(page)
        return
    st.caption(
        page.t("shell.signed_in", name=words.as_text(page.actor.name), role=page.t(f"role.{page.actor.role}"))
    )
    if session.by_provider():
        _leave(page)
        return
    query = urlencode({"next": f"/?lang={page.language}"})
    session.way_out(page.t("shell.sign_out"), f"/signout?{query}")


def _leave(page: Page) -> None:
    st.button(
        page.t("shell.sign_out"),
        icon=":material/logout:",
        width="stretch",
        on_click=partial(session.leave, page),
    )
