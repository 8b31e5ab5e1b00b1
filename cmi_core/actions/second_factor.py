"""The second factor of an account: set up, used, renewed and taken away by its owner. Secrets stay out of the record."""

from datetime import datetime

from cmi_core.accounts import passwords, rules, second_factor
from cmi_core.accounts.roles import Account
from cmi_core.accounts.second_factor import Factor
from cmi_core.actions.accounts import own_words
from cmi_core.actions.authority import acting, proven
from cmi_core.errors import AccountError
from cmi_core.settings import Settings
from cmi_core.store import Store, record, second_factors

_DEED = "own_second_factor"


def turn_on(
    store: Store,
    actor: Account | None,
    *,
    secret: str,
    code: str,
    password: str,
    note: str,
    at: datetime,
) -> list[str]:
    """
    Ask for a code at every sign-in from now on, the app having shown a right one; the recovery codes, told once.

    Raises AccountError `password_wrong`, `code_wrong` or `throttled`.
    """
    by = proven(store, actor, _DEED, password)
    return set_up(store, by, secret=secret, code=code, note=note, at=at)


def set_up(store: Store, person: Account, *, secret: str, code: str, note: str, at: datetime) -> list[str]:
    """The same for who has just proven who they are. Raises AccountError `code_wrong`."""
    step = second_factor.step_of(Factor(secret), code, at)
    if step is None:
        raise AccountError("code_wrong")
    codes, hashes = _fresh_codes()
    with acting(store, person, _DEED) as (cursor, by):
        second_factors.keep(cursor, by.account, Factor(secret, step), at=at)
        second_factors.keep_recovery_hashes(cursor, by.account, hashes)
        record.append(cursor, {}, deed="second_factor_on", by=by.account, at=at, note=note)
    return codes


def turn_off(store: Store, actor: Account | None, *, password: str, note: str, at: datetime) -> int:
    """
    Ask for no code any more.

    Raises AccountError `factor_required` where an administrator must have one, and `password_short` where the
    password is not long enough to stand alone.
    """
    person = proven(store, actor, _DEED, password)
    if person.role == "admin" and Settings.from_env().admin_second_factor:
        raise AccountError("factor_required")
    rules.check(password, *own_words(store, person))
    with acting(store, actor, _DEED) as (cursor, by):
        _there(store, by)
        second_factors.remove(cursor, by.account)
        return record.append(cursor, {}, deed="second_factor_off", by=by.account, at=at, note=note)


def renew_codes(store: Store, actor: Account | None, *, password: str, note: str, at: datetime) -> list[str]:
    """New recovery codes in place of the earlier ones, told once. Raises AccountError `password_wrong`."""
    proven(store, actor, _DEED, password)
    codes, hashes = _fresh_codes()
    with acting(store, actor, _DEED) as (cursor, by):
        _there(store, by)
        second_factors.keep_recovery_hashes(cursor, by.account, hashes)
        record.append(cursor, {}, deed="recovery_codes", by=by.account, at=at, note=note)
    return codes


def is_right(store: Store, person: Account, *, code: str, note: str, at: datetime) -> bool:
    """
    Whether a code is the app's or a recovery code; either is used up by it. `at` in UTC without zone.

    That a recovery code was used goes on record, with the `note`.
    """
    factor = second_factors.find(store, person.account)
    if factor is None:
        return False
    step = second_factor.step_of(factor, code, at)
    if step is not None:
        with store.writing() as cursor:
            return second_factors.used(cursor, person.account, step)
    return _recovered(store, person, second_factor.spelt(code), note=note, at=at)


def _recovered(store: Store, person: Account, code: str, *, note: str, at: datetime) -> bool:
    if len(code) != len(passwords.new_setup_code()):
        return False
    spent = next(
        (
            each
            for each in second_factors.recovery_hashes(store, person.account)
            if passwords.matches(code, each)
        ),
        None,
    )
    if spent is None:
        return False
    with store.writing() as cursor:
        if not second_factors.spend(cursor, person.account, spent):
            return False
        record.append(cursor, {}, deed="recovery_used", by=person.account, at=at, note=note)
    return True


def _fresh_codes() -> tuple[list[str], list[str]]:
    """New recovery codes and their hashes, made before the turn to write: they take seconds."""
    codes = second_factor.new_recovery_codes()
    return codes, [passwords.hash_password(each) for each in codes]


def _there(store: Store, person: Account) -> None:
    if second_factors.find(store, person.account) is None:
        raise AccountError("factor_none")
