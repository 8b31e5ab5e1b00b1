"""A feed's address is a secret given to a calendar program: it ends with the sessions of its owner."""

from datetime import datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, feeds
from cmi_core.store import feeds as stored
from tests.signing import old_account

AT = datetime(2026, 7, 1, 3, 0)
PASSWORD = "a long enough word"
ADMIN = Account("head", "หัวหน้า", "admin")


@pytest.fixture
def store(new_store):
    opened = new_store()
    old_account(opened, "head", name="หัวหน้า", role="admin", password=PASSWORD, at=AT)
    old_account(opened, "nok", name="นก", role="coordinator", password=PASSWORD, at=AT)
    yield opened
    opened.close()


@pytest.fixture
def nok():
    return Account("nok", "นก", "coordinator")


def test_a_forgotten_address_is_nobodys_and_others_stay(store, nok):
    token, other = feeds.token(store, nok), feeds.token(store, ADMIN)
    with store.writing() as cursor:
        stored.forget(cursor, nok.account)

    assert feeds.whose(store, token) is None
    assert feeds.whose(store, other) is not None
    assert feeds.token(store, nok) != token


@pytest.mark.parametrize("by", ["nok", "head"])
def test_signing_out_everywhere_ends_the_address_too(store, nok, by):
    """A phone that was lost has it, whoever ends its sessions."""
    token = feeds.token(store, nok)
    accounts.end_sessions(store, nok if by == "nok" else ADMIN, account=nok.account, note="lost phone", at=AT)

    assert feeds.whose(store, token) is None


def test_a_retired_account_that_is_opened_again_has_another_address(store, nok):
    token = feeds.token(store, nok)
    for active in (False, True):
        accounts.change(
            store, ADMIN, account=nok.account, name=nok.name, role=nok.role, active=active, note="x", at=AT
        )

    assert feeds.whose(store, token) is None
