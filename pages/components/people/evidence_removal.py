"""Taking an evidence file out for cause, by an administrator."""

import pandas as pd
import streamlit as st

from cmi_core.accounts.roles import may
from cmi_core.actions import evidence
from cmi_core.store import evidence_removals
from cmi_core.store import kpis as stored_kpis
from pages.components.shell import forms, words
from pages.components.shell.session import Page

_SHOWN = 12  # digits of a hash


def take_out(page: Page) -> None:
    """The form, for those who may."""
    if not may(page.actor, "remove_evidence"):
        return
    with st.expander(page.t("evidence_removal.open"), icon=":material/delete_forever:"):
        held = page.read(evidence_removals.held)
        if held.empty:
            st.markdown(page.t("evidence_removal.none"))
        else:
            st.markdown(page.t("evidence_removal.how"))
            _form(page, _named(page, held))


def _form(page: Page, names: dict[str, str]) -> None:
    key = forms.key_of("evidence_removal")
    with st.form(key):
        mark = st.selectbox(
            page.t("evidence_removal.which"), list(names), index=None, format_func=names.__getitem__,
            placeholder=page.t("evidence_removal.choose"), key=f"{key}_mark",
        )  # fmt: skip
        note = st.text_input(page.t("evidence_removal.why"), max_chars=2000, key=f"{key}_note")
        pressed = st.form_submit_button(
            page.t("evidence_removal.button"), icon=":material/delete_forever:", type="primary"
        )
    if pressed:
        chosen = mark or ""
        forms.save(
            page,
            "evidence_removal",
            lambda: evidence.remove(page.store, page.actor, mark=chosen, note=note, at=page.now),
            lambda entry: page.t("evidence_removal.removed", mark=chosen[:_SHOWN], entry=entry),
        )


def _named(page: Page, held: pd.DataFrame) -> dict[str, str]:
    """What each file is called, and what it bears out: its KPI and period, the first of several."""
    kpis = page.read(stored_kpis.definitions)
    titles = dict(zip(kpis["kpi"], kpis[f"name_{page.language}"], strict=True))
    named = {}
    for row in held.itertuples():
        about = [titles.get(row.kpi, row.kpi), words.period(page, row.period)] if row.kpi else []
        named[row.evidence] = " · ".join([row.name or "–", *about, f"{row.evidence[:_SHOWN]}…"])
    return named
