"""Backups: what there is, and the button that takes another."""

from datetime import datetime

import pandas as pd
import streamlit as st

from cmi_core.actions import backups
from cmi_core.store import proof
from cmi_core.store.backup import Backup
from cmi_core.text.numbers import say_number
from pages.components.shell import forms, layout, words
from pages.components.shell.session import Page


def take(page: Page) -> None:
    """The button; people go on working while the copy is made and verified."""
    st.markdown(page.t("backups.how"))
    if not st.button(page.t("backups.take"), type="primary", icon=":material/backup:"):
        return
    with st.spinner(page.t("backups.taking")):
        taken, refusal = forms.outcome(lambda: backups.take(page.store, page.actor, at=page.now))
    if taken is None:
        forms.refused(page, refusal)
        return
    st.success(
        page.t("backups.taken", name=words.as_text(taken.name), entry=say_number(taken.entry)),
        icon=":material/verified:",
    )
    if wrong := proof.evidence_of(taken):
        st.warning(forms.sentence(page.t, wrong), icon=":material/attach_file_off:")


def listed(page: Page) -> None:
    """The complete backups, newest first, and how one is restored; folders that cannot be read as one are named."""
    found, unreadable = backups.listed(page.store, page.actor)
    if unreadable:
        st.warning(
            page.t("backups.unreadable", names=words.as_text(", ".join(unreadable))),
            icon=":material/folder_off:",
        )
    if not found:
        layout.nothing(page, "backups.none")
        return
    st.dataframe(_table(page, found), hide_index=True, width="stretch", placeholder="")
    st.markdown(page.t("backups.restore"))
    st.code(f"python -m cmi_core record restore {found[0].name}", language=None, wrap_lines=True)


def _table(page: Page, found: list[Backup]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            page.t("backups.name"): [each.name for each in found],
            page.t("backups.when"): [
                words.moment(page, datetime.fromisoformat(each.taken_at)) for each in found
            ],
            page.t("backups.entries"): [each.entry for each in found],
            page.t("backups.values"): [each.values for each in found],
            page.t("backups.files"): [each.evidence if each.number else None for each in found],
            page.t("backups.size"): [say_number(each.size / 2**20, 1) for each in found],
            page.t("audit_log.seal"): [each.seal for each in found],
        }
    )
