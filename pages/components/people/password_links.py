"""The form that makes a link by which somebody else chooses a password, and the link, shown once and fit to be printed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.auth_util import get_origin_from_redirect_uri

from cmi_core.accounts import second_factor
from cmi_core.accounts.retention import PRINTED_LINK
from cmi_core.actions import password_links as deeds
from cmi_core.calendar.days import say_moment
from cmi_core.settings import Settings
from pages.components.people import account_fields as fields
from pages.components.shell import forms, words
from pages.components.shell.session import Page


def show(page: Page, row: Mapping[str, Any]) -> None:
    """The form for the account of a row: its reason, and the button."""
    account = str(row["account"])
    if forms.answer(page, _site) is None:
        # A link that cannot be told would be made for nothing.
        return
    form = f"password_link_{account}"
    key = forms.key_of(form)
    st.caption(page.t("password_links.hint"))
    with st.form(key):
        note = fields.reason(page, key)
        sent = st.form_submit_button(page.t("password_links.save"), type="primary")
    if not sent:
        return
    code = forms.answer(
        page, lambda: deeds.make(page.store, page.actor, account=account, note=note, at=page.now)
    )
    if code is not None:
        forms.closed(form)
        hand_over(page, row, code)


def hand_over(page: Page, row: Mapping[str, Any], code: str) -> None:
    """
    The link of a code that was just made, for the person whose `name` and `sign_in` the row has: on paper this is all.

    Shown in this run alone, as only its hash is there to be shown again.
    """
    begins = forms.answer(page, _site)
    if begins is None:
        return
    site, said = begins
    link = deeds.address(site, code, page.language)
    until = say_moment(page.now + PRINTED_LINK, page.t)
    lives = page.t("password_links.lives", name=row["name"], sign_in=row["sign_in"], until=until)
    st.success(page.t("password_links.made"), icon=":material/link:")
    if not said:
        st.caption(page.t("password_links.no_site"))
    with st.container(key="handed_over"):
        st.html(
            f'<div class="cmi-handed-over"><p><b>{words.escape(page.t("app.name"))}</b></p>'
            f"<p>{words.escape(lives)}</p><p>{words.escape(page.t('password_links.how'))}</p>"
            f'<p><img src="{second_factor.picture(link)}" width="245" height="245"'
            f' alt="{words.escape(page.t("password_links.picture"))}"></p></div>'
        )
        st.code(link, language=None, wrap_lines=True)


def _site() -> tuple[str, bool]:
    """What the link begins with, and whether an operator has said so; else what this very reader has in the address bar."""
    if told := Settings.from_env().site_address or get_origin_from_redirect_uri():
        return told, True
    read = urlsplit(st.context.url or "")
    return (f"{read.scheme}://{read.netloc}" if read.netloc else ""), False
