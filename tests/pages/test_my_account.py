"""Everybody with an account changes their own password, knowing the present one."""

import pyotp
import pytest

from cmi_core.accounts import second_factor
from cmi_core.actions import accounts
from tests import signing
from tests.pages.test_user_accounts import field, press

PASSWORD = "a long enough word"


@pytest.mark.parametrize("role", ["viewer", "coordinator", "editor", "admin"])
@pytest.mark.parametrize(("language", "title"), [("th", "บัญชีของฉัน"), ("en", "My account")])
def test_it_opens_for_everybody_signed_in(open_page, account_of, language, title, role):
    at = open_page("my_account", language, role)

    assert [at.title[0].value, list(at.exception)] == [title, []]
    assert any(account_of(role).name in text.value for text in at.markdown)


def test_the_present_password_is_demanded(open_page, city, account_of):
    at = open_page("my_account", "en", "editor")
    field(at, "Present").set_value("wrong")
    field(at, "New password").set_value("quite another word")
    at = press(at, "Change the password")

    assert at.error[0].value.startswith("The present password is not right.")
    assert signing.session(city, account_of("editor").account, PASSWORD)


def test_the_new_password_ends_every_session(open_page, city, account_of):
    at = open_page("my_account", "en", "editor")
    account = account_of("editor").account
    elsewhere = signing.session(city, account, PASSWORD)
    field(at, "Present").set_value(PASSWORD)
    field(at, "New password").set_value("quite another word")
    at = press(at, "Change the password")

    assert at.success[0].value == "The password is changed. Sign in again with the new one."
    assert accounts.whose(city, elsewhere) is None
    assert signing.session(city, account, "quite another word")


def app(at):
    """The code for the key that the page shows."""
    spelt = next(part for part in at.get("html") if "<code>" in part.proto.body).proto.body
    return pyotp.TOTP(spelt.partition("<code>")[2].partition("</code>")[0].replace(" ", "")).now()


def last(at, label):
    return [one for one in at.text_input if one.label.startswith(label)][-1]


def test_a_second_factor_is_set_up_and_its_codes_are_shown_once(open_page, city, account_of):
    account = account_of("coordinator").account
    at = open_page("my_account", "en", "coordinator")
    last(at, "Code").set_value("000000")
    last(at, "Present").set_value(PASSWORD)
    at = press(at, "Set up the second factor")
    assert at.error[0].value.startswith("The code is not right")

    last(at, "Code").set_value(app(at))
    last(at, "Present").set_value(PASSWORD)
    at = press(at, "Set up the second factor")
    codes = at.code[0].value.split("\n")
    assert len(codes) == second_factor.RECOVERY_CODES
    assert signing.first(city, account, PASSWORD).wants == "code"

    at = press(at, "I have kept them")
    assert not at.code
    assert any("Recovery codes left: 10" in text.value for text in at.markdown)
    last(at, "Present").set_value(PASSWORD)
    at = press(at, "New recovery codes")
    assert not set(at.code[0].value.split("\n")) & set(codes)

    at = press(at, "I have kept them")
    last(at, "Present").set_value(PASSWORD)
    at = press(at, "Take the second factor away")
    assert "password alone" in at.success[0].value
    assert signing.first(city, account, PASSWORD).wants == ""


def test_signing_out_everywhere_ends_every_session(open_page, city, account_of):
    at = open_page("my_account", "en", "viewer")
    elsewhere = signing.session(city, account_of("viewer").account, PASSWORD)
    at = press(at, "Sign out everywhere")

    assert at.success[0].value == "You are signed out everywhere."
    assert accounts.whose(city, elsewhere) is None
