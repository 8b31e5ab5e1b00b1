"""Forms about accounts: making one, changing one, giving a new password."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core import text
from cmi_core.actions import accounts as deeds
from cmi_core.days import say_moment
from cmi_core.errors import CmiError
from cmi_core.roles import ROLES, may
from cmi_core.views import accounts as views
from cmi_core.views import network
from pages.components import filters
from pages.components.session import Page

FORMS = ("create", "change", "password")


def allowed(page: Page, deed: str) -> bool:
    """Whether the reader may do it; otherwise a sentence and the way to sign in."""
    if may(page.actor, deed):
        return True
    key = "error.not_permitted" if page.actor else "error.sign_in_needed"
    role = page.t(f"role.{page.actor.role}") if page.actor else ""
    st.info(page.t(key, role=role) if page.actor else page.t(key), icon=":material/lock:")
    if page.actor is None:
        where = f"/signin?lang={page.language}&next=/{page.name.replace('_', '-')}?lang={page.language}"
        st.link_button(page.t("sign_in.title"), where, type="primary")
    return False


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


def everybody(page: Page) -> pd.DataFrame:
    """All accounts."""
    return page.read(views.everybody)


def listed(page: Page, rows: pd.DataFrame) -> None:
    """All accounts in words."""
    names = _organisations(page)
    shown = {
        "account": rows["account"],
        "name": rows["name"],
        "role": [page.t(f"role.{role}") for role in rows["role"]],
        "organisation": [names.get(code, "") for code in rows["organisation"]],
        "email": rows["email"].fillna(""),
        "active": [_say(page, "active_yes" if active else "active_no") for active in rows["active"]],
        "changed_at": [say_moment(at.to_pydatetime(), page.t) for at in rows["changed_at"]],
    }
    st.dataframe(
        pd.DataFrame(shown).rename(columns={name: _say(page, name) for name in shown}),
        hide_index=True,
        width="stretch",
        placeholder="",
    )


def show(page: Page, rows: pd.DataFrame) -> None:
    """The form a reader chose."""
    chosen = filters.segments(
        "account_form", FORMS, label=_say(page, "what"), say=lambda form: _say(page, f"form_{form}")
    )
    {"create": _create, "change": _change, "password": _password}[chosen](page, rows)


def own_password(page: Page) -> None:
    """One's own password, knowing the present one."""
    key = _key("own_password")
    with st.form(key):
        current = _secret(page, "current", key, "current-password")
        password = _secret(page, "new_password", key, "new-password")
        sent = st.form_submit_button(_say(page, "save_password"), type="primary")
    if sent and _done(
        page,
        "own_password",
        lambda: deeds.change_own_password(
            page.store,
            page.actor,
            current=current,
            password=password,
            note=_say(page, "own_note"),
            at=page.now,
        ),
    ):
        st.success(_say(page, "own_saved"), icon=":material/check:")
        st.link_button(page.t("sign_in.title"), f"/signin?lang={page.language}", type="primary")


def _create(page: Page, _: pd.DataFrame) -> None:
    key = _key("create_account")
    with st.form(key):
        account = st.text_input(
            _say(page, "account"), help=_say(page, "account_hint"), key=f"{key}_account", autocomplete="off"
        )
        given = _details(page, key, {"role": "coordinator"})
        password = _secret(page, "new_password", key, "new-password")
        note = _note(page, key)
        sent = st.form_submit_button(_say(page, "save_create"), type="primary")
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
    key = _key(f"change_{row['account']}_{row['changed_at']}")
    with st.form(key):
        given = _details(page, key, row)
        active = st.toggle(_say(page, "active"), value=bool(row["active"]), key=f"{key}_active")
        note = _note(page, key)
        sent = st.form_submit_button(_say(page, "save_change"), type="primary")
    if sent:
        _after(
            page,
            key.rpartition("_")[0],
            lambda: deeds.change(
                page.store, page.actor, account=row["account"], active=active, note=note, at=page.now, **given
            ),
        )


def _password(page: Page, rows: pd.DataFrame) -> None:
    row = _one(page, rows)
    form = f"password_{row['account']}"
    key = _key(form)
    st.caption(_say(page, "password_hint"))
    with st.form(key):
        password = _secret(page, "new_password", key, "new-password")
        note = _note(page, key)
        sent = st.form_submit_button(_say(page, "save_password"), type="primary")
    if sent:
        _after(
            page,
            form,
            lambda: deeds.set_password(
                page.store, page.actor, account=row["account"], password=password, note=note, at=page.now
            ),
        )


def _details(page: Page, key: str, held: dict[str, Any]) -> dict[str, Any]:
    first, second = st.columns(2)
    names = _organisations(page)
    options = ["", *names]
    with first:
        name = st.text_input(
            _say(page, "name"), value=held.get("name") or "", key=f"{key}_name", autocomplete="off"
        )
        email = st.text_input(
            _say(page, "email"), value=held.get("email") or "", key=f"{key}_email", autocomplete="off"
        )
    with second:
        role = st.selectbox(
            _say(page, "role"),
            ROLES,
            index=ROLES.index(str(held["role"])),
            format_func=lambda role: page.t(f"role.{role}"),
            key=f"{key}_role",
            help=_say(page, "role_hint"),
        )
        organisation = st.selectbox(
            _say(page, "organisation"),
            options,
            index=options.index(held["organisation"]) if held.get("organisation") in names else 0,
            format_func=lambda code: names.get(code, _say(page, "no_organisation")),
            key=f"{key}_organisation",
        )
    return {"name": name, "email": email, "role": role, "organisation": organisation or None}


def _one(page: Page, rows: pd.DataFrame) -> dict[str, Any]:
    told = dict(zip(rows["account"], rows["name"], strict=True))
    account = filters.select(
        "account", list(told), label=_say(page, "which"), say=lambda code: f"{told.get(code)} · {code}"
    )
    return rows.set_index("account", drop=False).loc[[account]].to_dict("records")[0]


def _organisations(page: Page) -> dict[str, str]:
    names = page.read(network.names)
    return dict(zip(names["organisation"], names[f"name_{page.language}"], strict=True))


def _secret(page: Page, label: str, key: str, kind: str) -> str:
    return st.text_input(_say(page, label), type="password", key=f"{key}_{label}", autocomplete=kind)


def _note(page: Page, key: str) -> str:
    return st.text_input(
        _say(page, "note"), placeholder=_say(page, "note_hint"), key=f"{key}_note", autocomplete="off"
    )


def _key(form: str) -> str:
    """The keys of a form's fields; after a save they are others, so that no password stays in a field."""
    return f"{form}_{filters.opened(form, 0)[1]}"


def _after(page: Page, form: str, deed: Callable[[], int]) -> None:
    if _done(page, form, deed):
        st.toast(_say(page, "saved"), icon=":material/check:")
        st.rerun()


def _done(page: Page, form: str, deed: Callable[[], int]) -> bool:
    try:
        deed()
    except CmiError as refusal:
        st.error(text.refusal(page.t, refusal), icon=":material/error:")
        return False
    filters.closed(form)
    return True


def _say(page: Page, key: str) -> str:
    return page.t(f"user_accounts.{key}")
