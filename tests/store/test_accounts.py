"""Accounts as the database tells them: only the active ones sign in, and addresses know no case."""

from datetime import datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.store import accounts, record

AT = datetime(2026, 11, 22, 5)


@pytest.fixture
def store(new_store):
    opened = new_store()
    write(opened, "nok", name="นก", email="Nok@City.example")
    write(opened, "gone", name="ไก่", active=False, email="gone@city.example")
    yield opened
    opened.close()


def write(store, account, *, name, role="editor", active=True, email=None):
    line = {"account": account, "name": name, "role": role, "active": active, "email": email}
    with store.writing() as cursor:
        record.append(cursor, {"account_line": [line]}, deed="try", by="nok", at=AT, note="x")


def test_the_last_line_counts(store):
    write(store, "nok", name="นกน้อย", role="viewer")

    assert accounts.find(store, "nok") == Account("nok", "นกน้อย", "viewer")
    assert list(accounts.everybody(store)["account"]) == ["gone", "nok"]


def test_an_account_that_is_switched_off_is_not_found(store):
    assert accounts.find(store, "gone") is None
    assert accounts.holder_of_email(store, "gone@city.example") == "gone"


def test_an_address_is_found_in_any_case(store):
    assert accounts.holder_of_email(store, "NOK@city.EXAMPLE") == "nok"
    assert accounts.holder_of_email(store, "") is None
    assert accounts.holder_of_email(store, "%") is None


def test_a_new_credential_replaces_the_old_one(store):
    for turn in ("one", "two"):
        with store.writing() as cursor:
            accounts.set_credential(cursor, "nok", password_hash=f"hash {turn}", epoch=f"epoch {turn}", at=AT)

    assert accounts.credential(store, "nok") == ("hash two", "epoch two")
    assert accounts.credential(store, "nobody") is None


def test_a_setting_is_kept_changed_and_removed(store):
    for value in ("a", "b", None):
        with store.writing() as cursor:
            accounts.set_setting(cursor, "kind", value)
        assert accounts.setting(store, "kind") == value


def test_an_organisation_is_known_by_its_code(store):
    assert not accounts.organisation_known(store, "nia")
