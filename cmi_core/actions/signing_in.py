"""
Signing in, step by step: the password, the second factor, a password of one's own, a factor where one is required.

Between two steps the browser holds a mark that is good for the next one only. What the next step is, is asked of the
account as it stands then, so that no step can be left out.
"""

from collections.abc import Hashable
from datetime import datetime
from typing import NamedTuple, NoReturn

from cmi_core.accounts import passwords
from cmi_core.accounts.roles import Account
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import second_factor
from cmi_core.actions.accounts import check_password, choose_password, factor_missing, signing_key
from cmi_core.errors import AccountError
from cmi_core.store import Store, accounts, second_factors

CODE, PASSWORD, FACTOR = "code", "password", "factor"
_WEAK = "weak"
_NAME = 80  # letters of an account's name that are looked at


class Browser(NamedTuple):
    """Where a try comes from: its network, and the mark that it keeps of accounts that signed in with it before."""

    network: str
    known: str = ""


class Entrance(NamedTuple):
    """How far somebody has come: `wants` is the next step, or empty where `mark` is their session's."""

    account: str
    mark: str
    wants: str = ""


def sign_in(
    store: Store, throttle: Throttle, *, account: str, password: str, browser: Browser, now: float
) -> Entrance:
    """
    The first step; `account` is the name that somebody signs in by, or their address.

    Raises AccountError `sign_in_wrong` or `throttled`; who guesses is slowed down, nobody else.
    """
    typed = account.strip().lower()[:_NAME]
    account = accounts.by_sign_in(store, typed) or typed
    guesser = _guesser(store, account, browser)
    throttle.attempt(guesser, now)
    found = accounts.credential(store, account)
    right = passwords.matches(password, found and found[0])
    person = accounts.find(store, account)
    if found is None or not right or person is None:
        raise AccountError("sign_in_wrong")
    throttle.forget(guesser)
    so = frozenset({_WEAK} if _weak(store, person, password) else ())
    return _onward(store, person, found[1], so)


def give_code(
    store: Store,
    throttle: Throttle,
    *,
    mark: str,
    code: str,
    browser: Browser,
    note: str,
    at: datetime,
    now: float,
) -> Entrance:
    """
    The second factor: an app's six digits, or a recovery code, whose use goes on record with the `note`.

    Raises AccountError `code_wrong`, `throttled` or `step_over`.
    """
    person, epoch, so = _at_step(store, mark, CODE)
    # Whoever gets here knows the password. Only their own browser has tries of its own; all others share theirs.
    guesser = (CODE, person.account, _mine(store, person.account, browser))
    throttle.attempt(guesser, now)
    if not second_factor.is_right(store, person, code=code, note=note, at=at):
        raise AccountError("code_wrong")
    throttle.forget(guesser)
    return _onward(store, person, epoch, so | {CODE})


def own_password(store: Store, *, mark: str, password: str, note: str, at: datetime) -> Entrance:
    """A password of one's own in place of one that was given, or that is not good enough any more. Raises AccountError."""
    person, _, so = _at_step(store, mark, PASSWORD)
    choose_password(store, person, password=password, note=note, at=at)
    found = accounts.credential(store, person.account)
    return _onward(store, person, found[1] if found else "", so - {_WEAK})


def own_factor(
    store: Store, *, mark: str, secret: str, code: str, note: str, at: datetime
) -> tuple[Entrance, list[str]]:
    """A second factor where one is required, and its recovery codes. Raises AccountError `code_wrong` or `step_over`."""
    person, epoch, so = _at_step(store, mark, FACTOR)
    codes = second_factor.set_up(store, person, secret=secret, code=code, note=note, at=at)
    return _onward(store, person, epoch, so | {CODE}), codes


def standing(store: Store, mark: str) -> Entrance:
    """The step that a mark is for, as the account stands now. Raises AccountError `step_over`."""
    person, _, so = _read(store, mark)
    return Entrance(person.account, mark, _wanted(store, person, so))


def remembered(store: Store, known: str, account: str) -> str:
    """What the browser keeps from now on, `account` having signed in with it."""
    kept = passwords.read_known_mark(signing_key(store), known)
    # Put last: the one that has not come for longest gives way.
    name = kept.pop(account, None) or passwords.new_secret()
    return passwords.known_mark(signing_key(store), kept | {account: name})


def _onward(store: Store, person: Account, epoch: str, so: frozenset[str]) -> Entrance:
    key, wants = signing_key(store), _wanted(store, person, so)
    mark = (
        passwords.step_mark(key, person.account, epoch, so)
        if wants
        else passwords.session_mark(key, person.account, epoch)
    )
    return Entrance(person.account, mark, wants)


def _wanted(store: Store, person: Account, so: frozenset[str]) -> str:
    has_factor = second_factors.find(store, person.account) is not None
    if has_factor and CODE not in so:
        return CODE
    if _WEAK in so or second_factors.is_given(store, person.account):
        return PASSWORD
    return FACTOR if factor_missing(store, person) else ""


def _at_step(store: Store, mark: str, step: str) -> tuple[Account, str, frozenset[str]]:
    """Who has come as far as `step`, their epoch and what is so of them."""
    person, epoch, so = _read(store, mark)
    return (person, epoch, so) if _wanted(store, person, so) == step else _over()


def _read(store: Store, mark: str) -> tuple[Account, str, frozenset[str]]:
    read = passwords.read_step_mark(signing_key(store), mark)
    person = accounts.find(store, read[0]) if read else None
    found = accounts.credential(store, read[0]) if read else None
    if read is None or person is None or found is None or not passwords.same(found[1], read[1]):
        return _over()
    return person, found[1], read[2]


def _over() -> NoReturn:
    """It took too long, or the account is not what it was: from the beginning."""
    raise AccountError("step_over")


def _weak(store: Store, person: Account, password: str) -> bool:
    """Whether a password that is right would not be taken any more."""
    try:
        check_password(store, person, password)
    except AccountError:
        return True
    return False


def _guesser(store: Store, account: str, browser: Browser) -> Hashable:
    return _mine(store, account, browser) or (account, browser.network)


def _mine(store: Store, account: str, browser: Browser) -> str | None:
    """The browser's own name, where the account has signed in with it before."""
    return (
        passwords.read_known_mark(signing_key(store), browser.known).get(account) if browser.known else None
    )
