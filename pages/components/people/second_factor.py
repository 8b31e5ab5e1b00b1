"""The second factor of one's own account: set up with an app, taken away, and the recovery codes, shown once."""

from collections.abc import Callable

import streamlit as st

from cmi_core import text
from cmi_core.accounts import second_factor
from cmi_core.actions import second_factor as deeds
from cmi_core.calendar.days import say_moment
from cmi_core.views.own_account import WaysIn
from pages.components.people import account_fields as fields
from pages.components.shell import form_state, forms, words
from pages.components.shell.session import Page

_FORM = "second_factor"


def show(page: Page, ways: WaysIn) -> None:
    """What the reader has, and the one form that changes it."""
    st.subheader(page.t("my_account.factor"), anchor=False)
    forms.told()
    if codes := form_state.get("recovery_codes"):
        _codes(page, codes)
    elif ways.factor_since is None:
        _set_up(page)
    else:
        since = say_moment(ways.factor_since, page.t)
        st.markdown(page.t("my_account.factor_since", since=since, count=ways.codes_left))
        _change(page)


def _set_up(page: Page) -> None:
    st.markdown(page.t("my_account.factor_lede"))
    # Made with the page and kept with it: it is nobody's until the app has shown a right code.
    secret = form_state.get("factor_secret") or second_factor.new_secret()
    form_state.put("factor_secret", secret)
    account = page.actor.account if page.actor else ""
    address = second_factor.address(secret, account, text.translator("en")("app.name"))
    with st.expander(page.t("my_account.factor_start"), icon=":material/phonelink_lock:"):
        st.html(
            f'<p><img src="{second_factor.picture(address)}" width="225" height="225"'
            f' alt="{words.escape(page.t("sign_in.factor_picture"))}"></p>'
            f"<p>{words.escape(page.t('my_account.factor_typed'))} <code>{second_factor.in_fours(secret)}</code></p>"
        )
        key = forms.key_of(_FORM)
        with st.form(key, border=False):
            code = st.text_input(
                page.t("sign_in.factor_code_label"),
                key=f"{key}_code",
                max_chars=10,
                autocomplete="one-time-code",
            )
            password = fields.secret(page, "current", key, "current-password")
            sent = st.form_submit_button(page.t("my_account.factor_on"), type="primary")
    if sent:
        _told_codes(
            page,
            lambda: deeds.turn_on(
                page.store, page.actor, secret=secret, code=code, password=password,
                note=page.t("my_account.factor_note"), at=page.now,
            ),
        )  # fmt: skip


def _change(page: Page) -> None:
    with st.expander(page.t("my_account.factor_change"), icon=":material/tune:"):
        key = forms.key_of(_FORM)
        with st.form(key, border=False):
            password = fields.secret(page, "current", key, "current-password")
            renew = st.form_submit_button(page.t("my_account.codes_renew"))
            off = st.form_submit_button(page.t("my_account.factor_off"))
    note = page.t("my_account.factor_note")
    if renew:
        _told_codes(
            page,
            lambda: deeds.renew_codes(page.store, page.actor, password=password, note=note, at=page.now),
        )
    elif off:
        forms.save(
            page,
            _FORM,
            lambda: deeds.turn_off(page.store, page.actor, password=password, note=note, at=page.now),
            lambda _: page.t("my_account.factor_is_off"),
        )


def _told_codes(page: Page, deed: Callable[[], list[str]]) -> None:
    """Keep new recovery codes until the reader has them; nobody can show them again."""
    codes = forms.answer(page, deed)
    if codes:
        form_state.put("recovery_codes", codes)
        form_state.put("factor_secret", None)
        forms.closed(_FORM)
        st.rerun()


def _codes(page: Page, codes: list[str]) -> None:
    st.markdown(page.t("sign_in.recovery_lede"))
    st.code("\n".join(codes), language=None)
    if st.button(page.t("my_account.codes_kept"), type="primary", key="recovery_codes_kept"):
        form_state.put("recovery_codes", None)
        st.rerun()
