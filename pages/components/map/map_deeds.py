"""What was just done on the map's pages, said once, and the way back from it."""

import streamlit as st

from cmi_core.actions.undo import undo
from pages.components.shell import forms
from pages.components.shell.session import Page


def done(page: Page) -> None:
    """What the last deed of this reader did, or why it was refused."""
    if forms.told():
        st.page_link("district_map.py", label=page.t("boundary_upload.see_map"), icon=":material/map:")


def take_back(page: Page, entry: int) -> None:
    """Undo an entry of the map as one further entry; a button calls it before the page runs."""
    note = page.t("boundary_upload.undo_note", entry=entry)
    _, refusal = forms.outcome(lambda: undo(page.store, page.actor, entry=entry, note=note, at=page.now))
    if refusal is None:
        forms.tell_next(page.t("boundary_upload.undone", entry=entry))
    else:
        forms.tell_next(forms.sentence(page.t, refusal), "refusal")
