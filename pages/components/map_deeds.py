"""What was just done on the map's pages, said once, and the way back from it."""

import streamlit as st

from cmi_core import text
from cmi_core.actions.undo import undo
from cmi_core.errors import CmiError
from pages.components import filters
from pages.components.session import Page


def done(page: Page, key: str) -> None:
    """What the last deed of this reader did, or why it was refused."""
    if told := filters.recall(key):
        st.success(told, icon=":material/check_circle:")
        st.page_link("district_map.py", label=page.t("boundary_upload.see_map"), icon=":material/map:")
        filters.keep(key, None)
    if refused := filters.recall(f"{key}_refused"):
        st.error(refused, icon=":material/error:")
        filters.keep(f"{key}_refused", None)


def take_back(page: Page, entry: int, key: str) -> None:
    """Undo an entry of the map as one further entry."""
    note = page.t("boundary_upload.undo_note", entry=entry)
    try:
        undo(page.store, page.actor, entry=entry, note=note, at=page.now)
    except CmiError as refusal:
        filters.keep(f"{key}_refused", text.refusal(page.t, refusal))
    else:
        filters.keep(key, page.t("boundary_upload.undone", entry=entry))
