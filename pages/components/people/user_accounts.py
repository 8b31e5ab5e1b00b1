"""An administrator's forms about accounts: making one, changing one, a new password, the organisation's sign-in."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.auth_util import get_origin_from_redirect_uri

from cmi_core.accounts.roles import ROLES
from cmi_core.actions import accounts as deeds
from cmi_core.actions import identities as ties
from cmi_core.calendar.days import say_moment
from cmi_core.store import accounts, identities
from cmi_core.views import partner_network
from cmi_core.web import invited
from pages.components.people import account_fields as fields
from pages.components.shell import filters, forms, session
from pages.components.shell.session import Page

FORMS = ("create", "change", "password", "sessions")
INVITE = "invite"  # where the organisation's own sign-in is set up


def everybody(page: Page) -> pd.DataFrame:
    """All accounts."""
    return page.read(accounts.everybody)


def listed(page: Page, rows: pd.DataFrame) -> None:
    """All accounts in words."""
    names = _organisations(page)
    shown = {
        "account": rows["account"],
        "name": rows["name"],
        "role": [page.t(f"role.{role}") for role in rows["role"]],
        "organisation": [names.get(code, "") for code in rows["organisation"]],
        "email": rows["email"].fillna(""),
        "active": [fields.say(page, "active_yes" if active else "active_no") for active in rows["active"]],
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
    chosen = filters.segments(
        "account_form",
        (*FORMS, INVITE) if session.provider() else FORMS,
        label=fields.say(page, "what"),
        say=lambda form: fields.say(page, f"form_{form}"),
    )
    {"create": _create, "change": _change, "password": _password, "sessions": _sessions, INVITE: _invite}[
        chosen
    ](page, rows)


def _create(page: Page, _: pd.DataFrame) -> None:
    key = forms.key_of("create_account")
    with st.form(key):
        account = st.text_input(
            fields.say(page, "account"),
            help=fields.say(page, "account_hint"),
            key=f"{key}_account",
            autocomplete="off",
        )
        given = _details(page, key, {"role": "coordinator"})
        password = fields.new_password(page, key)
        note = _note(page, key)
        sent = st.form_submit_button(fields.say(page, "save_create"), type="primary")
    if sent:
        _after(
            page,
            "create_account",
            lambda: deeds.create(
                page.store,
                page.actor,
                account=account.strip(),
                password=password,
                note=note,
                at=page.now,
                **given,
            ),
        )


def _change(page: Page, rows: pd.DataFrame) -> None:
    row = _one(page, rows)
    # An account changed meanwhile is another form: nobody saves over what they have not seen.
    form = f"change_{row['account']}_{row['changed_at']}"
    key = forms.key_of(form)
    with st.form(key):
        given = _details(page, key, row)
        active = st.toggle(fields.say(page, "active"), value=bool(row["active"]), key=f"{key}_active")
        note = _note(page, key)
        sent = st.form_submit_button(fields.say(page, "save_change"), type="primary")
    if sent:
        _after(
            page,
            form,
            lambda: deeds.change(
                page.store, page.actor, account=row["account"], active=active, note=note, at=page.now, **given
            ),
        )


def _password(page: Page, rows: pd.DataFrame) -> None:
    row = _one(page, rows)
    form = f"password_{row['account']}"
    key = forms.key_of(form)
    st.caption(fields.say(page, "password_hint"))
    with st.form(key):
        password = fields.new_password(page, key)
        lost = st.toggle(fields.say(page, "without_factor"), key=f"{key}_without_factor")
        note = _note(page, key)
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


def _sessions(page: Page, rows: pd.DataFrame) -> None:
    account = _one(page, rows)["account"]
    form = f"sessions_{account}"
    key = forms.key_of(form)
    st.caption(fields.say(page, "sessions_hint"))
    with st.form(key):
        note = _note(page, key)
        sent = st.form_submit_button(fields.say(page, "save_sessions"), type="primary")
    if sent:
        _after(
            page,
            form,
            lambda: deeds.end_sessions(page.store, page.actor, account=account, note=note, at=page.now),
        )


def _invite(page: Page, rows: pd.DataFrame) -> None:
    row = _one(page, rows)
    since = dict(page.read(identities.tied).itertuples(index=False))
    if row["account"] in since:
        _untie(page, row["account"], since[row["account"]])
        return
    form = f"invite_{row['account']}"
    key = forms.key_of(form)
    st.caption(fields.say(page, "invite_hint"))
    with st.form(key):
        note = _note(page, key)
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
        note = _note(page, key)
        sent = st.form_submit_button(fields.say(page, "save_untie"), type="primary")
    if sent:
        _after(
            page, form, lambda: ties.untie(page.store, page.actor, account=account, note=note, at=page.now)
        )


def _details(page: Page, key: str, held: dict[str, Any]) -> dict[str, Any]:
    first, second = st.columns(2)
    names = _organisations(page)
    options = ["", *names]
    with first:
        name = st.text_input(
            fields.say(page, "name"), value=held.get("name") or "", key=f"{key}_name", autocomplete="off"
        )
        email = st.text_input(
            fields.say(page, "email"), value=held.get("email") or "", key=f"{key}_email", autocomplete="off"
        )
    with second:
        role = st.selectbox(
            fields.say(page, "role"),
            ROLES,
            index=ROLES.index(str(held["role"])),
            format_func=lambda role: page.t(f"role.{role}"),
            key=f"{key}_role",
            help=fields.say(page, "role_hint"),
        )
        organisation = st.selectbox(
            fields.say(page, "organisation"),
            options,
            index=options.index(held["organisation"]) if held.get("organisation") in names else 0,
            format_func=lambda code: names.get(code, fields.say(page, "no_organisation")),
            key=f"{key}_organisation",
        )
    return {"name": name, "email": email, "role": role, "organisation": organisation or None}


def _one(page: Page, rows: pd.DataFrame) -> dict[str, Any]:
    told = dict(zip(rows["account"], rows["name"], strict=True))
    account = filters.select(
        "account", list(told), label=fields.say(page, "which"), say=lambda code: f"{told.get(code)} · {code}"
    )
    return rows.set_index("account", drop=False).loc[[account]].to_dict("records")[0]


def _organisations(page: Page) -> dict[str, str]:
    names = page.read(partner_network.names)
    return dict(zip(names["organisation"], names[f"name_{page.language}"], strict=True))


def _note(page: Page, key: str) -> str:
    return st.text_input(
        fields.say(page, "note"),
        placeholder=fields.say(page, "note_hint"),
        key=f"{key}_note",
        autocomplete="off",
    )


def _after(page: Page, form: str, deed: Callable[[], int]) -> None:
    forms.save(page, form, deed, lambda _: fields.say(page, "saved"), how="toast")
