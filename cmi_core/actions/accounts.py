"""Accounts: the first one, further ones, passwords, whose a session is."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from cmi_core.accounts import passwords, rules
from cmi_core.accounts.roles import ROLES, Account, require
from cmi_core.actions.authority import acting, proven
from cmi_core.errors import AccountError, ObservationError, StoreError
from cmi_core.settings import Settings
from cmi_core.store import Store, accounts, identities, record, second_factors

# Only marks that we signed ourselves get here, so it holds no more than there are accounts.
_STANDING: WeakKeyDictionary[Store, tuple[int, dict[tuple[str, str], Account | None]]] = WeakKeyDictionary()
_ENDED = "ended:"
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,79}")


def prepare(store: Store) -> str | None:
    """
    Give a database without accounts its set-up code.

    The code is returned so that the operator can be told; None once an account exists.
    """
    with store.writing() as cursor:
        if not accounts.everybody(store).empty:
            return None
        code = accounts.setting(store, "setup_code")
        if code is None:
            code = passwords.new_setup_code()
            accounts.set_setting(cursor, "setup_code", code)
        return code


def first_admin(
    store: Store, *, code: str, account: str, name: str, password: str, note: str, at: datetime
) -> Account:
    """Make the first admin with the one-time set-up code, which is used up by it."""
    account = account.strip().lower()
    with store.writing() as cursor:
        kept = accounts.setting(store, "setup_code")
        if kept is None or not accounts.everybody(store).empty:
            raise AccountError("setup_done")
        if not passwords.same(kept, code.strip().upper()):
            raise AccountError("setup_code_wrong")
        line = _line(account, name=name, role="admin", organisation=None, email=None)
        rules.check(password, account, name)
        _credential(cursor, account, password, at)
        record.append(cursor, {"account_line": [line]}, deed="first_admin", by=account, at=at, note=note)
        accounts.set_setting(cursor, "setup_code", None)
    return Account(account, name.strip(), "admin")


def create(
    store: Store,
    actor: Account | None,
    *,
    account: str,
    name: str,
    role: str,
    password: str,
    note: str,
    at: datetime,
    organisation: str | None = None,
    email: str | None = None,
) -> int:
    """
    Make an account, with a password that its owner has to change at the first sign-in.

    Raises AccountError when the name is taken or not usable, or the password is not good enough.
    """
    require(actor, "manage_accounts")
    line = _line(account, name=name, role=role, organisation=organisation, email=email)
    rules.check(password, account, name)
    with acting(store, actor, "manage_accounts") as (cursor, by):
        if account in set(accounts.everybody(store)["account"]):
            raise AccountError("account_taken", account=account)
        _check_line(store, line)
        _credential(cursor, account, password, at)
        second_factors.given(cursor, account, at=at)
        return record.append(
            cursor, {"account_line": [line]}, deed="create_account", by=by.account, at=at, note=note
        )


def change(
    store: Store,
    actor: Account | None,
    *,
    account: str,
    name: str,
    role: str,
    active: bool,
    note: str,
    at: datetime,
    organisation: str | None = None,
    email: str | None = None,
) -> int:
    """
    Change an account's name, role or state. The last active admin stays one.

    Closing ends the account's sessions for good: opening it again revives none of them.
    """
    require(actor, "manage_accounts")
    line = _line(account, name=name, role=role, organisation=organisation, email=email) | {"active": active}
    with acting(store, actor, "manage_accounts") as (cursor, by):
        everybody = accounts.everybody(store).set_index("account")
        if account not in everybody.index:
            raise AccountError("account_unknown", account=account)
        _check_line(store, line)
        admins = everybody[(everybody["role"] == "admin") & everybody["active"]]
        if list(admins.index) == [account] and (role != "admin" or not active):
            raise AccountError("last_admin")
        if active != everybody.loc[account, "active"]:
            _end_sessions(cursor, account, at)
        return record.append(
            cursor, {"account_line": [line]}, deed="change_account", by=by.account, at=at, note=note
        )


def set_password(
    store: Store,
    actor: Account | None,
    *,
    account: str,
    password: str,
    note: str,
    at: datetime,
    without_factor: bool = False,
) -> int:
    """
    Give somebody else a new password, which they have to change at the next sign-in, and end their sessions.

    `without_factor` takes the second factor away too, for who has lost the phone. Raises AccountError: one's own
    password is changed by who knows the present one.
    """
    require(actor, "manage_accounts")
    person = _person(store, account)
    _noted(note)
    rules.check(password, account, person.name)
    with acting(store, actor, "manage_accounts") as (cursor, by):
        if by.account == account:
            raise AccountError("password_own")
        _credential(cursor, account, password, at)
        second_factors.given(cursor, account, at=at)
        if without_factor:
            second_factors.remove(cursor, account)
        # The hash is a secret and stays out of the record; that it changed is in it.
        deed = "reset_sign_in" if without_factor else "set_password"
        return record.append(cursor, {}, deed=deed, by=by.account, at=at, about=account, note=note)


def change_own_password(
    store: Store, actor: Account | None, *, current: str, password: str, note: str, at: datetime
) -> int:
    """Give oneself a new password, knowing the present one; all one's sessions end."""
    by = proven(store, actor, "change_own_password", current)
    return choose_password(store, by, password=password, note=note, at=at)


def choose_password(store: Store, person: Account, *, password: str, note: str, at: datetime) -> int:
    """The new password of who has proven who they are. Raises AccountError where it is not good enough, or is the old one."""
    _noted(note)
    check_password(store, person, password)
    found = accounts.credential(store, person.account)
    if passwords.matches(password, found and found[0]):
        raise AccountError("password_same")
    with acting(store, person, "change_own_password") as (cursor, by):
        _credential(cursor, by.account, password, at)
        second_factors.given(cursor, by.account, at=None)
        return record.append(
            cursor, {}, deed="set_password", by=by.account, at=at, about=by.account, note=note
        )


def check_password(store: Store, person: Account, password: str) -> None:
    """Refuse a password that would not do for somebody as they sign in now. Raises AccountError, as `rules.check`."""
    beside = second_factors.find(store, person.account) is not None
    rules.check(password, person.account, person.name, second_factor=beside)


def end_sessions(store: Store, actor: Account | None, *, account: str, note: str, at: datetime) -> int:
    """End every session of an account, one's own or (an administrator) anybody's."""
    own = actor is not None and actor.account == account
    deed = "change_own_password" if own else "manage_accounts"
    require(actor, deed)
    _person(store, account)
    _noted(note)
    with acting(store, actor, deed) as (cursor, by):
        _end_sessions(cursor, account, at)
        return record.append(cursor, {}, deed="end_sessions", by=by.account, at=at, about=account, note=note)


def factor_missing(store: Store, person: Account) -> bool:
    """Whether somebody needs a second factor (`CMI_ADMIN_SECOND_FACTOR`) and has none."""
    needed = person.role == "admin" and Settings.from_env().admin_second_factor
    return needed and second_factors.find(store, person.account) is None


def whose(store: Store, mark: str | None) -> Account | None:
    """
    The account a session mark stands for, or None when it is missing, forged, ended or switched off.

    It can be looked up again by the same mark: for as long as a page stays open, none of this is settled.
    """
    if not mark:
        return None
    ended = _ended(str(mark))
    settings = accounts.settings(store, "cookie_key", ended)
    read = passwords.read_mark(_key(settings.get("cookie_key")), mark)
    found = _standing(store, *read) if read and ended not in settings else None
    return replace(found, now=partial(whose, store, mark)) if found else None


def sign_out(store: Store, mark: str, *, at: datetime) -> None:
    """End a session: its mark stands for nobody any more, in other windows and in other hands too."""
    if whose(store, mark) is None:
        return
    with store.writing() as cursor:
        # The mark itself is a secret; and what has run out by itself needs no remembering.
        accounts.forget_settings(
            cursor, _ENDED, before=_stamp(at - timedelta(seconds=passwords.SESSION_SECONDS))
        )
        accounts.set_setting(cursor, _ended(mark), _stamp(at))


def signing_key(store: Store) -> str:
    """The secret that this database signs its marks with."""
    return _key(accounts.setting(store, "cookie_key"))


def _standing(store: Store, account: str, epoch: str) -> Account | None:
    """The account, while it is active and its epoch is still this one: asked on every run of every page."""
    version, standing = _STANDING.get(store, (-1, {}))
    if version != store.version:
        # A change of an account or of a password is an entry, and so a new version.
        standing = {}
        _STANDING[store] = store.version, standing
    if (account, epoch) not in standing:
        found = accounts.credential(store, account)
        right = found is not None and passwords.same(found[1], epoch)
        person = accounts.find(store, account) if right else None
        standing[account, epoch] = None if person and factor_missing(store, person) else person
    return standing[account, epoch]


def _ended(mark: str) -> str:
    return _ENDED + sha256(mark.encode("utf-8", "surrogatepass")).hexdigest()


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _key(key: str | None) -> str:
    if not key:
        # Opening makes one; with an empty key anybody could sign.
        raise StoreError("cookie_key_missing")
    return key


def _line(
    account: str, *, name: str, role: str, organisation: str | None, email: str | None
) -> dict[str, object]:
    if not _NAME.fullmatch(account):
        raise AccountError("account_name", account=account)
    if not name.strip():
        raise AccountError("person_name_missing")
    if role not in ROLES:
        raise AccountError("role_unknown", role=role)
    return {
        "account": account,
        "name": name.strip(),
        "role": role,
        "organisation": organisation or None,
        "email": (email or "").strip() or None,
        "active": True,
    }


def _check_line(store: Store, line: dict[str, object]) -> None:
    """Refuse an organisation that is not in the list, and an address that is another account's."""
    organisation, email = line["organisation"], str(line["email"] or "")
    if organisation and not accounts.organisation_known(store, str(organisation)):
        raise AccountError("organisation_unknown", organisation=organisation)
    holder = accounts.holder_of_email(store, email)
    if holder not in {None, line["account"]}:
        raise AccountError("email_taken", email=email, account=holder)


def _person(store: Store, account: str) -> Account:
    found = accounts.find(store, account)
    if found is None:
        raise AccountError("account_unknown", account=account)
    return found


def _noted(note: str) -> None:
    if not note.strip():
        raise ObservationError("note_missing")


def _end_sessions(cursor: Any, account: str, at: datetime) -> None:
    """Those with a password of ours, and those that the organisation's sign-in vouches for."""
    accounts.set_epoch(cursor, account, passwords.new_secret())
    identities.end_sessions(cursor, account, at)


def _credential(cursor: Any, account: str, password: str, at: datetime) -> None:
    """A new password, with a new epoch; its moment ends the sessions that were begun elsewhere before."""
    accounts.set_credential(
        cursor, account, password_hash=passwords.hash_password(password), epoch=passwords.new_secret(), at=at
    )
