"""Who reads: our own cookie first, else the organisation's sign-in, which needs an account here."""

from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace

import pytest

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.actions import accounts as deeds
from cmi_core.store import accounts
from pages.components.shell import session

AT = datetime(2026, 11, 22, 5)
PASSWORD = "ดอยสุเทพ-ดอยปุย"


class User(dict):
    """What Streamlit tells of somebody who came by OpenID Connect."""

    @property
    def is_logged_in(self):
        return self["is_logged_in"]


class Secrets(dict):
    """The secrets file of an operator; empty is none."""

    def load_if_toml_exists(self):
        return bool(self)


@pytest.fixture
def store(new_store):
    opened = new_store()
    with opened.writing() as cursor:
        accounts.set_setting(cursor, "cookie_key", "key-of-a-test")
    deeds.first_admin(
        opened, code=deeds.prepare(opened), account="admin", name="อรุณ", password=PASSWORD, note="x", at=AT
    )
    admin = accounts.find(opened, "admin")
    deeds.create(
        opened, admin, account="nok", name="นก", role="editor", password=PASSWORD, note="x", at=AT,
        email="Nok@city.example",
    )  # fmt: skip
    yield opened
    opened.close()


def reader(monkeypatch, store, *, cookie=None, **user):
    streamlit = SimpleNamespace(
        context=SimpleNamespace(cookies={} if cookie is None else {"cmi_session": cookie}),
        user=User(user or {"is_logged_in": False}),
    )
    monkeypatch.setattr(session, "st", streamlit)
    account, remark = session._reader(store)
    return account.account if account else None, remark


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


def test_an_address_that_was_vouched_for_is_its_account(monkeypatch, store):
    assert reader(monkeypatch, store, is_logged_in=True, email="nok@CITY.example") == ("nok", None)
    assert reader(monkeypatch, store, is_logged_in=True, email="nok@city.example", email_verified=True) == (
        "nok",
        None,
    )


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@city.example"},
        {"email": ""},
        {"email": None},
        {"name": "nok"},
        {"email": "nok@city.example", "email_verified": False},
        {"email": "nok@city.example", "email_verified": "false"},
        {"email": "nok@city.example", "email_verified": None},
    ],
)
def test_somebody_without_an_account_is_told(monkeypatch, store, claims):
    assert reader(monkeypatch, store, is_logged_in=True, **claims) == (None, "shell.no_account")


def test_an_account_that_is_switched_off_is_told(monkeypatch, store):
    deeds.change(
        store, accounts.find(store, "admin"), account="nok", name="นก", role="editor", active=False, note="x", at=AT,
        email="Nok@city.example",
    )  # fmt: skip

    assert reader(monkeypatch, store, is_logged_in=True, email="nok@city.example") == (
        None,
        "shell.no_account",
    )


def test_our_cookie_comes_before_the_organisations_sign_in(monkeypatch, store):
    found = reader(
        monkeypatch, store, cookie=mark(store, "admin"), is_logged_in=True, email="nok@city.example"
    )

    assert found == ("admin", None)


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
    deeds.set_password(store, admin, account="admin", password=PASSWORD, note="x", at=AT)
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
