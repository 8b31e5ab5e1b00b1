"""What the forms about accounts share: who may use them, their fields, and telling a refusal."""

from collections.abc import Callable

import streamlit as st

from cmi_core import text
from cmi_core.errors import CmiError
from pages.components.shell import form_state
from pages.components.shell.session import Page


def secret(page: Page, label: str, key: str, kind: str) -> str:
    """A field for a password, which the browser may fill or suggest."""
    return st.text_input(say(page, label), type="password", key=f"{key}_{label}", autocomplete=kind)


def key_of(form: str) -> str:
    """The keys of a form's fields; after a save they are others, so that no password stays in a field."""
    return f"{form}_{form_state.opened(form, 0)[1]}"


def done(page: Page, form: str, deed: Callable[[], int]) -> bool:
    """Do the deed; a refusal is told and leaves the form as it is."""
    try:
        deed()
    except CmiError as refusal:
        st.error(text.refusal(page.t, refusal), icon=":material/error:")
        return False
    form_state.closed(form)
    return True


def say(page: Page, key: str) -> str:
    """A sentence about accounts."""
    return page.t(f"user_accounts.{key}")
