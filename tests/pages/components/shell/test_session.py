"""Who reads: our own cookie first, else the organisation's sign-in, which needs an account here."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.actions import accounts as deeds
from cmi_core.actions import identities
from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.store import accounts
from pages.components.shell import session
from tests import signing

AT = datetime(2026, 11, 22, 5)
PASSWORD = "ดอยสุเทพ-ดอยปุย"


class User(dict):
    """What Streamlit tells of somebody who came by OpenID Connect."""

    is_logged_in = property(lambda self: self.get("is_logged_in", False))
    to_dict = dict.copy


class Secrets(dict):
    """The secrets file of an operator; empty is none."""

    def load_if_toml_exists(self):
        return bool(self)


AUTH = {
    "client_id": "city",
    "server_metadata_url": "https://login.city.example/.well-known/openid-configuration",
}


@pytest.fixture
def store(keyed_store):
    signing.old_account(keyed_store, "admin", name="อรุณ", role="admin", password=PASSWORD, at=AT)
    signing.old_account(
        keyed_store, "nok", name="นก", role="editor", password=PASSWORD, at=AT, email="Nok@city.example"
    )
    return keyed_store


def reader(monkeypatch, store, *, cookie=None, code=None, auth=AUTH, **user):
    cookies = {"cmi_session": cookie, "cmi_invited": code}
    streamlit = SimpleNamespace(
        context=SimpleNamespace(cookies={name: held for name, held in cookies.items() if held is not None}),
        user=User(user),
        secrets=Secrets(auth=auth) if auth is not None else Secrets(),
        logout=lambda: user.update(out=True),
    )
    monkeypatch.setattr(session, "st", streamlit)
    account, remark = session._reader(store, text.translator("th"))
    return account.account if account else None, remark


def claims(**more):
    """The claims of somebody who signed in at the organisation a minute ago, as Streamlit keeps them."""
    issued = clock.now().replace(tzinfo=UTC) - timedelta(minutes=1)
    told = {
        "is_logged_in": True, "provider": "default", "origin": "http://127.0.0.1", "iss": "https://login.city.example",
        "sub": "nok-1", "aud": "city", "iat": int(issued.timestamp()), "nonce": "n", "email": "nok@CITY.example",
        "email_verified": True,
    }  # fmt: skip
    return {name: value for name, value in (told | more).items() if value is not None}


def invite(store, account="nok"):
    return identities.invite(store, accounts.find(store, "admin"), account=account, note="x", at=clock.now())


@pytest.fixture
def tied(monkeypatch, store):
    assert reader(monkeypatch, store, code=invite(store), **claims()) == ("nok", None)
    return store


def mark(store, account):
    return passwords.session_mark("key-of-a-test", account, accounts.credential(store, account)[1])


def test_nobody_is_nobody(monkeypatch, store):
    assert reader(monkeypatch, store) == (None, None)


def test_our_cookie_is_its_account(monkeypatch, store):
    assert reader(monkeypatch, store, cookie=mark(store, "admin")) == ("admin", None)


def test_an_ended_session_is_told(monkeypatch, store):
    forged = passwords.session_mark("key-of-a-test", "admin", "another epoch")

    assert reader(monkeypatch, store, cookie=forged) == (None, "shell.session_ended")
    assert reader(monkeypatch, store, cookie="") == (None, None)


def test_whom_the_organisation_vouches_for_is_who_they_were_tied_to(monkeypatch, tied):
    assert reader(monkeypatch, tied, **claims()) == ("nok", None)
    assert reader(monkeypatch, tied, **claims(email="moved@city.example", email_verified=False)) == (
        "nok",
        None,
    )
    assert reader(monkeypatch, tied, **claims(email=None)) == ("nok", None)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "shell.no_account"),
        ({"email": "stranger@city.example"}, "shell.no_account"),
        ({"sub": None}, "shell.no_identity"),
        ({"iss": None}, "shell.no_identity"),
        ({"aud": "another"}, "shell.no_identity"),
        ({"nonce": None}, "shell.no_identity"),
        ({"iat": None}, "shell.no_identity"),
        ({"iat": 1_000_000_000}, "shell.session_ended"),
        ({"iat": 4_000_000_000}, "shell.clock_ahead"),
    ],
)
def test_somebody_without_an_account_is_told(monkeypatch, store, more, why):
    """The address of an account alone makes nobody that account."""
    assert reader(monkeypatch, store, **claims(**more)) == (None, why)


@pytest.mark.parametrize(
    ("more", "setting", "found"),
    [
        ({"email_verified": None}, "", "error.invitation_unverified"),
        ({"email_verified": None}, "true", "nok"),
        ({"email_verified": False}, "true", "error.invitation_unverified"),
        ({"email_verified": "false"}, "true", "error.invitation_unverified"),
        ({"email_verified": "true"}, "", "nok"),
        ({"email": None}, "true", "error.invitation_unverified"),
        ({"email": "admin@city.example"}, "", "error.invitation_email"),
    ],
)
def test_an_invitation_needs_an_address_that_the_organisation_vouches_for(
    monkeypatch, store, more, setting, found
):
    monkeypatch.setenv("CMI_OIDC_EMAIL_VERIFIED", setting)
    account, why = reader(monkeypatch, store, code=invite(store), **claims(**more))

    assert (account or why) == found


def test_the_record_says_how_an_account_was_tied(monkeypatch, tied):
    (told,) = tied.rows("SELECT deed, recorded_by, note FROM entry ORDER BY entry DESC LIMIT 1")

    assert told == ("tie_identity", "nok", text.translator("th")("shell.tied_note"))


def test_an_invitation_that_waits_is_told(monkeypatch, store):
    code = invite(store)

    assert reader(monkeypatch, store, code=code) == (None, "shell.invited")
    assert reader(monkeypatch, store, code=code, cookie=mark(store, "admin")) == (
        "admin",
        "shell.invited_elsewhere",
    )
    assert reader(monkeypatch, store, code="used") == (None, None)
    assert reader(monkeypatch, store, code="used", cookie=mark(store, "admin")) == ("admin", None)


def test_each_provider_has_its_own_client(monkeypatch, tied):
    """As Streamlit reads the secrets: a part of one's own comes before what stands above."""
    several = {"client_id": "city", "office": {"client_id": "desk"}, "default": {"client_id": "city"}}

    assert reader(monkeypatch, tied, auth=several, **claims()) == ("nok", None)
    assert reader(monkeypatch, tied, auth=several, **claims(provider="office")) == (None, "shell.no_identity")
    assert reader(monkeypatch, tied, auth=several, **claims(provider="office", aud=["desk"])) == ("nok", None)
    assert reader(monkeypatch, tied, auth={}, **claims()) == (None, "shell.no_identity")
    assert reader(monkeypatch, tied, auth=None, **claims()) == (None, "shell.no_identity")


def test_who_signs_out_is_signed_out_in_other_hands_too(monkeypatch, tied):
    copied, own = claims(), mark(tied, "admin")
    reader(monkeypatch, tied, cookie=own, **copied)
    session.leave(page_of(tied))

    assert reader(monkeypatch, tied, **copied) == (None, "shell.session_ended")
    assert reader(monkeypatch, tied, cookie=own) == (None, "shell.session_ended")
    assert reader(monkeypatch, tied, **claims(nonce="the next time")) == ("nok", None)


def test_who_signs_out_leaves_the_provider_even_where_the_database_cannot_be_asked(monkeypatch, tied):
    gone = []
    reader(monkeypatch, tied, **claims())
    monkeypatch.setattr(session.st, "logout", lambda: gone.append(True))

    def refuse(*_, **__):
        raise StoreError("database_locked", path="x")

    monkeypatch.setattr(identities, "sign_out", refuse)
    session.leave(page_of(tied))

    assert gone


def test_an_account_that_is_switched_off_is_told(monkeypatch, tied):
    deeds.change(
        tied, accounts.find(tied, "admin"), account="nok", name="นก", role="editor", active=False, note="x",
        at=clock.now(), email="Nok@city.example",
    )  # fmt: skip

    assert reader(monkeypatch, tied, **claims()) == (None, "shell.no_account")


def test_our_cookie_comes_before_the_organisations_sign_in(monkeypatch, tied):
    assert reader(monkeypatch, tied, cookie=mark(tied, "admin"), **claims()) == ("admin", None)


def test_without_secrets_there_is_no_other_sign_in(monkeypatch):
    for held, offered in ((Secrets(), False), (Secrets(other=1), False), (Secrets(auth={}), True)):
        monkeypatch.setattr(session, "st", SimpleNamespace(secrets=held))
        assert session.provider() is offered


def page_of(store, actor=None, **more):
    return session.Page(
        store, "goal_board", "th", text.translator("th"), "light", actor, signed_in=actor is not None, **more
    )


def test_what_is_made_is_made_once_for_all_readers_until_the_record_grows(store):
    made, admin = [], accounts.find(store, "admin")

    def make(page, what):
        made.append(page)
        return f"{what} {len(made)}"

    first = page_of(store, admin).made(make, "a")
    assert page_of(store, accounts.find(store, "nok")).made(make, "a") == first
    assert page_of(store, admin).made(make, "b") != first
    deeds.set_password(store, admin, account="nok", password="อีกคำหนึ่งที่ยาวพอ", note="x", at=AT)
    assert page_of(store, admin).made(make, "a") != first


def test_what_is_made_depends_on_language_look_links_and_on_being_signed_in(store):
    def make(page):
        return object()

    pages = [
        page_of(store), page_of(store, accounts.find(store, "admin")), page_of(store, manner=(("size", "large"),)),
        replace(page_of(store), language="en"), replace(page_of(store), look="dark"), replace(page_of(store), name="x"),
    ]  # fmt: skip

    assert len({page.made(make) for page in pages}) == len(pages)
    assert len({page.made(make) for page in pages}) == len(pages)


def test_what_is_made_for_all_does_not_know_who_reads(store):
    def make(page):
        return page.actor, page.remark, page.signed_in

    page = page_of(store, accounts.find(store, "admin"), remark="shell.session_ended")

    assert page.made(make) == (None, None, True)


def test_what_is_made_is_not_kept_over_midnight(store, monkeypatch):
    def make(page):
        return page.today

    page = page_of(store)
    assert page.made(make) == page.today
    monkeypatch.setattr(session.Page, "today", property(lambda _: date(2030, 1, 1)))
    assert page.made(make) == date(2030, 1, 1)
