"""The mark by which the browser keeps what is typed into a value's form, and what it says about that."""

import streamlit as st

from cmi_core.actions import drafts
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.store.drafts import Draft
from pages.components.kpi import kpi_words
from pages.components.shell import form_state
from pages.components.shell.session import Page
from pages.components.shell.words import escape

# The keys by which `static/drafts.js` finds the fields of the one form that is open.
VALUE, QUALITY, NOTE, SAVE = "draft_value", "draft_quality", "draft_note", "draft_save"


def show(page: Page, kpi: str, period: str, *, form: str, part: str = "") -> None:
    """What the open form is for; `form` is another for each form, which then gets the keyboard."""
    told = {
        "ticket": drafts.ticket(page.store, kpi_words.who(page)),
        "kpi": kpi,
        "period": period,
        "part": part,
        "form": form,
        "kept": page.t("my_updates.kept"),
        "waiting": page.t("my_updates.waiting"),
    }
    marks = " ".join(f'data-{name}="{escape(value)}"' for name, value in told.items())
    st.html(f'<span class="cmi-draft" {marks} hidden></span>')


def said(page: Page, *, restored: bool) -> None:
    """Where the browser says that it has kept the draft, and first that an earlier one is back."""
    told = page.t("my_updates.restored") if restored else ""
    st.html(f'<p class="cmi-small cmi-draft-said" role="status">{escape(told)}</p>')


def fill(draft: Draft, *, of: str = "") -> None:
    """What the fields hold when they are drawn next; `of` tells the fields of one form from another's."""
    form_state.prefill(VALUE + of, draft.value)
    form_state.prefill(QUALITY + of, draft.quality if draft.quality in QUALITIES else "measured")
    form_state.prefill(NOTE + of, draft.note)
