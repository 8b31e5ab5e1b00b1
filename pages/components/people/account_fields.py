"""What the forms about accounts share: the field for a password, and their sentences."""

import streamlit as st

from cmi_core.accounts import rules
from pages.components.shell.session import Page


def secret(page: Page, label: str, key: str, kind: str) -> str:
    """A field for a password, which the browser may fill or suggest."""
    return st.text_input(say(page, label), type="password", key=f"{key}_{label}", autocomplete=kind)


def new_password(page: Page, key: str, length: int = rules.ALONE) -> str:
    """The field for a new password, which says how long it has to be."""
    label = say(page, "new_password", length=length)
    return st.text_input(
        label,
        type="password",
        key=f"{key}_new_password",
        autocomplete="new-password",
        help=say(page, "new_password_help"),
    )


def say(page: Page, key: str, **details: object) -> str:
    """A sentence about accounts."""
    return page.t(f"user_accounts.{key}", **details)
