"""Who the reader is here, and their own password."""

import streamlit as st

from cmi_core.actions import accounts as deeds
from pages.components.people import account_fields as fields
from pages.components.shell import forms
from pages.components.shell.session import Page


def who(page: Page) -> None:
    """Who the reader is here."""
    if page.actor:
        st.markdown(
            page.t(
                "my_account.who",
                name=page.actor.name,
                account=page.actor.account,
                role=page.t(f"role.{page.actor.role}"),
            )
        )


def own_password(page: Page) -> None:
    """One's own password, knowing the present one."""
    key = forms.key_of("own_password")
    with st.form(key):
        current = fields.secret(page, "current", key, "current-password")
        password = fields.secret(page, "new_password", key, "new-password")
        sent = st.form_submit_button(fields.say(page, "save_password"), type="primary")
    if sent and _changed(page, current=current, password=password):
        st.success(fields.say(page, "own_saved"), icon=":material/check:")
        st.link_button(page.t("sign_in.title"), f"/signin?lang={page.language}", type="primary")


def _changed(page: Page, **given: str) -> bool:
    """Whether the password is changed; that ends the session, so no next run could tell it."""
    note = fields.say(page, "own_note")
    done = forms.answer(
        page,
        lambda: deeds.change_own_password(page.store, page.actor, note=note, at=page.now, **given),
    )
    if done is not None:
        forms.closed("own_password")
    return done is not None
