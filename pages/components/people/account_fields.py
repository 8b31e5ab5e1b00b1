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


def given_password(page: Page, key: str) -> str:
    """The field for a password that an administrator gives, or leaves to the account's owner."""
    return st.text_input(
        say(page, "given_password", length=rules.ALONE),
        type="password",
        key=f"{key}_new_password",
        autocomplete="new-password",
        help=say(page, "given_password_help"),
    )


def reason(page: Page, key: str) -> str:
    """The field for why something is done, which the record keeps."""
    return st.text_input(
        say(page, "note"), placeholder=say(page, "note_hint"), key=f"{key}_note", autocomplete="off"
    )


def say(page: Page, key: str, **details: object) -> str:
    """A sentence about accounts."""
    return page.t(f"user_accounts.{key}", **details)
