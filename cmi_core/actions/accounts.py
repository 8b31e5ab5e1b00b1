"""Accounts: the first one, further ones, passwords, signing in."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from cmi_core.accounts import passwords
from cmi_core.accounts.roles import ROLES, Account, require
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions.authority import acting
from cmi_core.errors import AccountError, ObservationError, StoreError
from cmi_core.store import Store, accounts, record

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
    """Make an account. Raises AccountError when the name is taken or not usable."""
    require(actor, "manage_accounts")
    line = _line(account, name=name, role=role, organisation=organisation, email=email)
    with acting(store, actor, "manage_accounts") as (cursor, by):
        if account in set(accounts.everybody(store)["account"]):
            raise AccountError("account_taken", account=account)
        _check_line(store, line)
        _credential(cursor, account, password, at)
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
    """Change an account's name, role or state. The last active admin stays one."""
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
        return record.append(
            cursor, {"account_line": [line]}, deed="change_account", by=by.account, at=at, note=note
        )


def set_password(
    store: Store, actor: Account | None, *, account: str, password: str, note: str, at: datetime
) -> int:
    """Give an account a new password and end its sessions; one's own, or anybody's by an admin."""
    own = actor is not None and actor.account == account
    deed = "change_own_password" if own else "manage_accounts"
    require(actor, deed)
    if accounts.find(store, account) is None:
        raise AccountError("account_unknown", account=account)
    if not note.strip():
        raise ObservationError("note_missing")
    with acting(store, actor, deed) as (cursor, by):
        _credential(cursor, account, password, at)
        # The hash is a secret and stays out of the record; that it changed is in it.
        return record.append(cursor, {}, deed="set_password", by=by.account, at=at, note=f"{account}: {note}")


def change_own_password(
    store: Store, actor: Account | None, *, current: str, password: str, note: str, at: datetime
) -> int:
    """Give oneself a new password, knowing the present one; all one's sessions end."""
    by = require(actor, "change_own_password")
    found = accounts.credential(store, by.account)
    if not passwords.matches(current, found and found[0]):
        raise AccountError("password_wrong")
    return set_password(store, actor, account=by.account, password=password, note=note, at=at)


def sign_in(store: Store, throttle: Throttle, *, account: str, password: str, origin: str, now: float) -> str:
    """The session mark for a right password. Raises AccountError, and slows guessing down."""
    account = account.strip().lower()
    throttle.sign_in(account, origin, now)
    found = accounts.credential(store, account)
    right = passwords.matches(password, found and found[0])
    if found is None or not right or accounts.find(store, account) is None:
        raise AccountError("sign_in_wrong")
    throttle.signed_in(account, origin)
    return passwords.session_mark(signing_key(store), account, found[1])


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


def by_email(store: Store, email: str) -> Account | None:
    """The account of somebody whom the organisation's own sign-in has vouched for; looked up again by the address."""
    found = accounts.find_by_email(store, email)
    return replace(found, now=partial(by_email, store, email)) if found else None


def reading_ticket(store: Store, reader: Account) -> str:
    """
    A signed mark that opens the data routes to somebody whose browser has no session of ours to show.

    It is for those whom the organisation's own sign-in vouches for, and good for as long as their account is active.
    """
    return passwords.reading_mark(signing_key(store), reader.account)


def is_reading_ticket(store: Store, ticket: str | None) -> bool:
    """Whether a ticket was given out by this database, has not run out, and its account may still read."""
    account = passwords.read_reading_mark(signing_key(store), ticket) if ticket else None
    return account is not None and accounts.find(store, account) is not None


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
        standing[account, epoch] = accounts.find(store, account) if right else None
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


def _credential(cursor: Any, account: str, password: str, at: datetime) -> None:
    accounts.set_credential(
        cursor, account, password_hash=passwords.hash_password(password), epoch=passwords.new_secret(), at=at
    )
