"""The list of accounts, and the forms about one: what it is, how its owner gets in, and its end."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.auth_util import get_origin_from_redirect_uri

from cmi_core.accounts.roles import may
from cmi_core.actions import accounts as deeds
from cmi_core.actions import identities as ties
from cmi_core.actions.authority import leads
from cmi_core.calendar.days import say_moment
from cmi_core.store import accounts, identities
from cmi_core.web import invited
from pages.components.people import account_fields as fields
from pages.components.people import account_form, password_links
from pages.components.shell import filters, forms, session, words
from pages.components.shell.session import Page

FORMS = ("create", "change", "link", "sessions")
OF_ADMINISTRATORS = ("password", "close")
# Nobody does these to themselves: they are offered once there is somebody else.
OF_OTHERS = frozenset({"link", "password", "close"})
INVITE = "invite"  # where the organisation's own sign-in is set up


def everybody(page: Page) -> pd.DataFrame:
    """The accounts that the reader looks after: all, or those of a lead's organisation."""
    rows = page.read(accounts.everybody)
    return rows[[leads(page.actor, row) for row in rows.to_dict("records")]]


def listed(page: Page, rows: pd.DataFrame) -> None:
    """Accounts in words; of one that was closed for good, the number that stands for it."""
    names = account_form.organisations(page)
    shown = {
        "name": [page.who(account) for account in rows["account"]],
        "sign_in": rows["sign_in"].fillna(""),
        "role": [page.t(f"role.{role}") for role in rows["role"]],
        "organisation": [names.get(code, "") for code in rows["organisation"]],
        "address": rows["email"].fillna(""),
        "active": [fields.say(page, _state(row)) for row in rows.itertuples()],
        "changed_at": [say_moment(at.to_pydatetime(), page.t) for at in rows["changed_at"]],
    }
    st.dataframe(
        pd.DataFrame(shown).rename(columns={name: fields.say(page, name) for name in shown}),
        hide_index=True,
        width="stretch",
        placeholder="",
    )


def show(page: Page, rows: pd.DataFrame) -> None:
    """The form a reader chose."""
    forms.told()
    everybody_else = rows["account"] != (page.actor and page.actor.account)
    open_ = rows["closed"].isna()
    about = {
        form: rows[open_ & everybody_else] if form in OF_OTHERS else rows[open_] for form in _forms(page)
    }
    chosen = filters.segments(
        "account_form",
        tuple(form for form, those in about.items() if form == "create" or len(those)),
        label=fields.say(page, "what"),
        say=lambda form: fields.say(page, f"form_{form}"),
    )
    if chosen == "create":
        account_form.create(page)
        return
    row = _one(page, about[chosen])
    {
        "change": account_form.change, "link": password_links.show, "password": _password, "sessions": _sessions,
        "close": _close, INVITE: _invite,
    }[chosen](page, row)  # fmt: skip


def _forms(page: Page) -> tuple[str, ...]:
    """The forms of the reader's role."""
    if not may(page.actor, "manage_accounts"):
        return FORMS
    return FORMS + OF_ADMINISTRATORS + ((INVITE,) if session.provider() else ())


def _password(page: Page, row: dict[str, Any]) -> None:
    form = f"password_{row['account']}"
    key = forms.key_of(form)
    st.caption(fields.say(page, "password_hint"))
    with st.form(key):
        password = fields.new_password(page, key)
        lost = st.toggle(fields.say(page, "without_factor"), key=f"{key}_without_factor")
        note = fields.reason(page, key)
        sent = st.form_submit_button(fields.say(page, "save_password"), type="primary")
    if sent:
        _after(
            page,
            form,
            lambda: deeds.set_password(
                page.store,
                page.actor,
                account=row["account"],
                password=password,
                without_factor=lost,
                note=note,
                at=page.now,
            ),
        )


def _sessions(page: Page, row: dict[str, Any]) -> None:
    account = row["account"]
    form = f"sessions_{account}"
    key = forms.key_of(form)
    st.caption(fields.say(page, "sessions_hint"))
    with st.form(key):
        note = fields.reason(page, key)
        sent = st.form_submit_button(fields.say(page, "save_sessions"), type="primary")
    if sent:
        _after(
            page,
            form,
            lambda: deeds.end_sessions(page.store, page.actor, account=account, note=note, at=page.now),
        )


def _invite(page: Page, row: dict[str, Any]) -> None:
    since = dict(page.read(identities.tied).itertuples(index=False))
    if row["account"] in since:
        _untie(page, row["account"], since[row["account"]])
        return
    form = f"invite_{row['account']}"
    key = forms.key_of(form)
    st.caption(fields.say(page, "invite_hint"))
    with st.form(key):
        note = fields.reason(page, key)
        sent = st.form_submit_button(fields.say(page, "save_invite"), type="primary")
    if not sent:
        return
    code = forms.answer(
        page, lambda: ties.invite(page.store, page.actor, account=row["account"], note=note, at=page.now)
    )
    if code is not None:
        # In this run alone, as a form state would keep it: only its hash is there to be shown again.
        forms.closed(form)
        st.success(fields.say(page, "invited"), icon=":material/link:")
        site = get_origin_from_redirect_uri() or ""
        st.code(invited.link(site, code, page.language), language=None, wrap_lines=True)


def _untie(page: Page, account: str, since: pd.Timestamp) -> None:
    form = f"untie_{account}"
    key = forms.key_of(form)
    st.caption(fields.say(page, "tied_since", at=say_moment(since.to_pydatetime(), page.t)))
    with st.form(key):
        note = fields.reason(page, key)
        sent = st.form_submit_button(fields.say(page, "save_untie"), type="primary")
    if sent:
        _after(
            page, form, lambda: ties.untie(page.store, page.actor, account=account, note=note, at=page.now)
        )


def _close(page: Page, row: dict[str, Any]) -> None:
    form = f"close_{row['account']}"
    key = forms.key_of(form)
    st.caption(fields.say(page, "close_hint"))
    with st.form(key):
        sure = st.checkbox(fields.say(page, "close_sure", name=words.as_text(row["name"])), key=f"{key}_sure")
        note = fields.reason(page, key)
        sent = st.form_submit_button(fields.say(page, "save_close"), type="primary")
    if sent and not sure:
        st.error(fields.say(page, "close_not_sure"), icon=":material/error:")
    elif sent:
        forms.save(
            page,
            form,
            lambda: deeds.close_for_good(
                page.store, page.actor, account=row["account"], note=note, at=page.now
            ),
            lambda number: fields.say(page, "closed_as", who=page.t("people.closed", number=number)),
        )


def _state(row: Any) -> str:
    return "active_gone" if pd.notna(row.closed) else "active_yes" if row.active else "active_no"


def _one(page: Page, rows: pd.DataFrame) -> dict[str, Any]:
    told = {row.account: f"{row.name} · {row.sign_in}" for row in rows.itertuples()}
    account = filters.select(
        "account", list(told), label=fields.say(page, "which"), say=lambda code: told.get(code, "")
    )
    return rows.set_index("account", drop=False).loc[[account]].to_dict("records")[0]


def _after(page: Page, form: str, deed: Callable[[], int]) -> None:
    forms.save(page, form, deed, lambda _: fields.say(page, "saved"), how="toast")
