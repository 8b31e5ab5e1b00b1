"""Opening an account and changing one: by an administrator, or by the lead of its organisation."""

from typing import Any

import streamlit as st

from cmi_core.accounts.roles import LED, ROLES, may
from cmi_core.actions import accounts as deeds
from cmi_core.actions import password_links as links
from cmi_core.views import partner_network
from pages.components.people import account_fields as fields
from pages.components.people import password_links
from pages.components.shell import forms
from pages.components.shell.session import Page


def create(page: Page) -> None:
    """A new account; without a password, its owner chooses one by a link, which is shown once."""
    form = "create_account"
    key = forms.key_of(form)
    with st.form(key):
        sign_in = st.text_input(
            fields.say(page, "sign_in"),
            help=fields.say(page, "sign_in_hint"),
            key=f"{key}_sign_in",
            autocomplete="off",
        )
        given = _details(
            page, key, {"role": "coordinator", "organisation": page.actor and page.actor.organisation}
        )
        password = fields.given_password(page, key) if may(page.actor, "manage_accounts") else ""
        note = fields.reason(page, key)
        sent = st.form_submit_button(fields.say(page, "save_create"), type="primary")
    if not sent:
        return
    given |= {"sign_in": sign_in, "password": password or None, "note": note, "at": page.now}
    if password:
        forms.save(
            page, form, lambda: deeds.create(page.store, page.actor, **given), lambda _: fields.say(page, "saved"), how="toast"
        )  # fmt: skip
        return
    account = forms.answer(page, lambda: deeds.create(page.store, page.actor, **given))
    if account is None:
        return
    code = forms.answer(
        page, lambda: links.make(page.store, page.actor, account=account, note=note, at=page.now)
    )
    if code is not None:
        forms.closed(form)
        st.success(fields.say(page, "saved"), icon=":material/check:")
        password_links.hand_over(page, {"name": given["name"], "sign_in": sign_in.strip().lower()}, code)


def change(page: Page, row: dict[str, Any]) -> None:
    """Name, address, role, organisation, and whether the account is active."""
    # An account changed meanwhile is another form: nobody saves over what they have not seen.
    form = f"change_{row['account']}_{row['changed_at']}"
    key = forms.key_of(form)
    with st.form(key):
        given = _details(page, key, row)
        active = st.toggle(fields.say(page, "active"), value=bool(row["active"]), key=f"{key}_active")
        note = fields.reason(page, key)
        sent = st.form_submit_button(fields.say(page, "save_change"), type="primary")
    if sent:
        given |= {"account": row["account"], "active": active, "note": note, "at": page.now}
        forms.save(
            page, form, lambda: deeds.change(page.store, page.actor, **given), lambda _: fields.say(page, "saved"), how="toast"
        )  # fmt: skip


def organisations(page: Page) -> dict[str, str]:
    """The names of all organisations by their codes."""
    names = page.read(partner_network.names)
    return dict(zip(names["organisation"], names[f"name_{page.language}"], strict=True))


def _details(page: Page, key: str, held: dict[str, Any]) -> dict[str, Any]:
    """What is told of a person; a lead's people are of the lead's organisation, and no more than coordinators."""
    everybody = may(page.actor, "manage_accounts")
    names, own = organisations(page), page.actor and page.actor.organisation
    options = ["", *names] if everybody else [own]
    roles = ROLES if everybody else tuple(role for role in ROLES if role in LED)
    first, second = st.columns(2)
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
            roles,
            index=roles.index(str(held["role"])),
            format_func=lambda role: page.t(f"role.{role}"),
            key=f"{key}_role",
            help=fields.say(page, "role_hint"),
        )
        organisation = st.selectbox(
            fields.say(page, "organisation"),
            options,
            index=options.index(held["organisation"]) if held.get("organisation") in options else 0,
            format_func=lambda code: names.get(code, fields.say(page, "no_organisation")),
            key=f"{key}_organisation",
        )
    return {"name": name, "email": email, "role": role, "organisation": organisation or None}
