"""The privacy notice within the site, and where readers find what is kept about themselves."""

import streamlit as st

from cmi_core.settings import Settings
from cmi_core.views import privacy as views
from cmi_core.web import privacy as html
from pages.components.shell import words
from pages.components.shell.session import Page


def notice(page: Page) -> None:
    """All of it, in the reader's language."""
    st.html(html.body(views.notice(page.t, Settings.from_env())))


def onward(page: Page) -> None:
    """Who has signed in finds the way to what is kept about them."""
    if page.actor is not None:
        link = words.link(page.t("own_data.title"), words.here(page, "/my-account"))
        st.html(f'<p class="cmi-gos">{link}</p>')
