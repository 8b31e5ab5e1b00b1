"""What the forms about accounts share: the field for a password, and their sentences."""

import streamlit as st

from pages.components.shell.session import Page


def secret(page: Page, label: str, key: str, kind: str) -> str:
    """A field for a password, which the browser may fill or suggest."""
    return st.text_input(say(page, label), type="password", key=f"{key}_{label}", autocomplete=kind)


def say(page: Page, key: str) -> str:
    """A sentence about accounts."""
    return page.t(f"user_accounts.{key}")
