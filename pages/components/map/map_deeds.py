"""What was just done on the map's pages, said once, and the way back from it."""

import streamlit as st

from cmi_core import text
from cmi_core.actions.undo import undo
from cmi_core.errors import CmiError
from pages.components.shell import form_state
from pages.components.shell.session import Page


def done(page: Page, key: str) -> None:
    """What the last deed of this reader did, or why it was refused."""
    if told := form_state.get(key):
        st.success(told, icon=":material/check_circle:")
        st.page_link("district_map.py", label=page.t("boundary_upload.see_map"), icon=":material/map:")
        form_state.put(key, None)
    if refused := form_state.get(f"{key}_refused"):
        st.error(refused, icon=":material/error:")
        form_state.put(f"{key}_refused", None)


def take_back(page: Page, entry: int, key: str) -> None:
    """Undo an entry of the map as one further entry."""
    note = page.t("boundary_upload.undo_note", entry=entry)
    try:
        undo(page.store, page.actor, entry=entry, note=note, at=page.now)
    except CmiError as refusal:
        form_state.put(f"{key}_refused", text.refusal(page.t, refusal))
    else:
        form_state.put(key, page.t("boundary_upload.undone", entry=entry))
