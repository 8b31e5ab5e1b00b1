"""Everybody with an account changes their own password, knowing the present one."""

import pytest

from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import accounts
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
    assert accounts.sign_in(
        city, Throttle(), account=account_of("editor").account, password=PASSWORD, origin="t", now=0.0
    )


def test_the_new_password_ends_every_session(open_page, city, account_of):
    at = open_page("my_account", "en", "editor")
    account = account_of("editor").account
    elsewhere = accounts.sign_in(city, Throttle(), account=account, password=PASSWORD, origin="t", now=0.0)
    field(at, "Present").set_value(PASSWORD)
    field(at, "New password").set_value("quite another word")
    at = press(at, "Change the password")

    assert at.success[0].value == "The password is changed. Sign in again with the new one."
    assert accounts.whose(city, elsewhere) is None
    assert accounts.sign_in(
        city, Throttle(), account=account, password="quite another word", origin="t", now=0.0
    )
