"""Signing in as tests need it: with the first step only, and with passwords that are their owners' own."""

from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import signing_in
from cmi_core.actions.signing_in import Browser


def first(store, account, password, *, throttle=None, browser=None, now=0.0):
    """The first step: what the right password leads to."""
    return signing_in.sign_in(
        store,
        throttle or Throttle(),
        account=account,
        password=password,
        browser=browser or Browser("test"),
        now=now,
    )


def session(store, account, password):
    """The session mark of somebody whose password is all that is asked for."""
    entrance = first(store, account, password)
    assert entrance.wants == "", f"{account} has to go on with {entrance.wants}"
    return entrance.mark


def own_passwords(store):
    """As if everybody had chosen the password that an administrator gave them themselves."""
    with store.writing() as cursor:
        cursor.execute("DELETE FROM password_given")
