"""Who the reader is here, their own password, and every device that is signed in as them."""

from collections.abc import Callable

import streamlit as st

from cmi_core.actions import accounts as deeds
from cmi_core.store import accounts
from cmi_core.views import own_account
from cmi_core.views.own_account import WaysIn
from pages.components.people import account_fields as fields
from pages.components.shell import forms, words
from pages.components.shell.session import Page


def who(page: Page) -> WaysIn:
    """Who the reader is here, and how they sign in."""
    if page.actor is None:
        raise ValueError("the page is for those who signed in")
    st.markdown(
        page.t(
            "my_account.who",
            name=words.as_text(page.actor.name),
            account=words.as_text(page.read(accounts.sign_in_of, page.actor.account)),
            role=page.t(f"role.{page.actor.role}"),
        )
    )
    return page.read(own_account.ways_in, page.actor.account)


def own_password(page: Page, ways: WaysIn) -> None:
    """One's own password, knowing the present one."""
    st.subheader(page.t("my_account.password"), anchor=False)
    st.markdown(page.t("my_account.sessions_end"))
    key = forms.key_of("own_password")
    with st.form(key):
        current = fields.secret(page, "current", key, "current-password")
        password = fields.new_password(page, key, ways.length)
        sent = st.form_submit_button(fields.say(page, "save_password"), type="primary")
    if not sent:
        return
    note = fields.say(page, "own_note")
    _over(
        page,
        "own_password",
        lambda: deeds.change_own_password(
            page.store, page.actor, current=current, password=password, note=note, at=page.now
        ),
        fields.say(page, "own_saved"),
    )


def own_sessions(page: Page) -> None:
    """Signing out everywhere at once, this device too."""
    st.subheader(page.t("my_account.devices"), anchor=False)
    st.markdown(page.t("my_account.devices_hint"))
    key = forms.key_of("own_sessions")
    with st.form(key, border=False):
        sent = st.form_submit_button(page.t("my_account.end_sessions"), icon=":material/logout:")
    if sent and page.actor:
        account, note = page.actor.account, page.t("my_account.end_note")
        _over(
            page,
            "own_sessions",
            lambda: deeds.end_sessions(page.store, page.actor, account=account, note=note, at=page.now),
            page.t("my_account.ended"),
        )


def _over(page: Page, form: str, deed: Callable[[], int], told: str) -> None:
    """Do what ends the session: no next run could tell it."""
    if forms.answer(page, deed) is not None:
        forms.closed(form)
        st.success(told, icon=":material/check:")
        st.link_button(page.t("sign_in.title"), f"/signin?lang={page.language}", type="primary")
