"""The one way to write as somebody: they are asked whether they may when it is their turn, not before."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from cmi_core.accounts import passwords
from cmi_core.accounts.roles import LED, Account, may, require
from cmi_core.accounts.throttle import Throttle
from cmi_core.errors import AccountError, PermissionRefused
from cmi_core.store import Store, accounts

# Guesses at somebody's present password, in a session of theirs that has come into other hands.
_GUESSES: WeakKeyDictionary[Store, Throttle] = WeakKeyDictionary()


@contextmanager
def acting(
    store: Store,
    actor: Account | None,
    deed: str,
    *,
    assigned: Callable[[Account], bool] | None = None,
) -> Generator[tuple[Any, Account]]:
    """
    One transaction of somebody who may do the deed, with the account as it is then.

    A role that was taken away while the deed waited for its turn counts: who writes before has written.
    Raises PermissionRefused, and nothing is kept.
    """
    with store.writing() as cursor:
        yield cursor, require(actor, deed, assigned=assigned)


@contextmanager
def managing(
    store: Store,
    actor: Account | None,
    account: str | None = None,
    *,
    becomes: Mapping[str, object] | None = None,
) -> Generator[tuple[Any, Account]]:
    """
    One transaction of somebody who looks after an account, as it stands then: an administrator after every one, an
    organisation's lead after its readers and coordinators.

    `becomes` is the account as it is to be, with `role` and `organisation`. Raises PermissionRefused `not_own_people`.
    """
    with acting(store, actor, "manage_people") as (cursor, by):
        stands = accounts.line(store, account) if account is not None else None
        if not all(leads(by, line) for line in (stands, becomes) if line is not None):
            raise PermissionRefused("not_own_people")
        yield cursor, by


def leads(by: Account | None, line: Mapping[str, object]) -> bool:
    """Whether somebody looks after an account that has this `role` and this `organisation`."""
    if by is None or may(by, "manage_accounts"):
        return by is not None
    own = by.organisation is not None and line["organisation"] == by.organisation
    return may(by, "manage_people") and own and line["role"] in LED


def proven(store: Store, actor: Account | None, deed: str, password: str) -> Account:
    """
    The actor, who may do the deed and knows their present password, to be looked up again when it is their turn.

    Guessing it is slowed down.

    Raises PermissionRefused, and AccountError `password_wrong` or `throttled`.
    """
    by = require(actor, deed)
    guesses = _GUESSES.setdefault(store, Throttle())
    guesses.attempt(by.account, time.monotonic())
    found = accounts.credential(store, by.account)
    if not passwords.matches(password, found and found[0]):
        raise AccountError("password_wrong")
    guesses.forget(by.account)
    return replace(by, now=actor and actor.now)
