"""The evidence of values: files to be fetched, and in place of one that was taken out when that was and why."""

import pandas as pd
import streamlit as st

from cmi_core.calendar.clock import there
from cmi_core.store import evidence_removals
from pages.components.kpi import kpi_words
from pages.components.shell import session, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape


def files(page: Page, values: pd.DataFrame) -> None:
    """
    The evidence files of the values, to be fetched.

    The table and its CSV hold their plain addresses: one that opens something by itself is in no file to be passed on.
    """
    items = []
    for row in values[values["evidence_file"].notna()].iloc[::-1].itertuples():
        about = list(filter(None, (words.period(page, row.period), kpi_words.part(page, row.breakdown))))
        if gone := _taken_out(page, row.evidence_file):
            items.append(f"<li>{escape(' · '.join([*about, gone]))}</li>")
            continue
        told = " · ".join([page.t("kpi_words.evidence"), *about])
        address = session.readable(page, f"/evidence/{row.evidence_file}")
        items.append(f"<li>{words.link(told, address)}</li>")
    if items:
        st.html(f"<ul>{''.join(items)}</ul>")


def cells(page: Page, values: pd.DataFrame) -> list[str]:
    """What a table says of the evidence of each value: its link, the file's address, or that it was taken out."""
    return [
        link or ((_taken_out(page, file) or f"/evidence/{file}") if file else "")
        for link, file in zip(values["evidence_link"], values["evidence_file"], strict=True)
    ]


def _taken_out(page: Page, mark: str) -> str | None:
    """When a file was taken out and why, or None where it stands."""
    found = page.read(evidence_removals.removed).get(mark)
    if found is None:
        return None
    return page.t("kpi_words.evidence_removed", day=page.say_date(there(found.at).date()), note=found.note)
