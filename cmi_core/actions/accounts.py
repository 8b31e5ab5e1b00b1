"""Accounts: the first one, further ones, passwords, whose a session is."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from cmi_core.accounts import passwords, retention, rules
from cmi_core.accounts.names import sign_in_name
from cmi_core.accounts.roles import ROLES, Account, require
from cmi_core.actions.authority import acting, managing, proven
from cmi_core.errors import AccountError, ObservationError, StoreError
from cmi_core.settings import Settings
from cmi_core.store import Store, accounts, closures, feeds, identities, people, record, second_factors
from cmi_core.text.typed import typed

# Only marks that we signed ourselves get here, so it holds no more than there are accounts.
_STANDING: WeakKeyDictionary[Store, tuple[int, dict[tuple[str, str], Account | None]]] = WeakKeyDictionary()


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
    store: Store, *, code: str, sign_in: str, name: str, password: str, note: str, at: datetime
) -> Account:
    """Make the first admin with the one-time set-up code, which is used up by it."""
    with store.writing() as cursor:
        kept = accounts.setting(store, "setup_code")
        if kept is None or not accounts.everybody(store).empty:
            raise AccountError("setup_done")
        if not passwords.same(kept, code.strip().upper()):
            raise AccountError("setup_code_wrong")
        person = _called(name, email=None, sign_in=sign_in_name(sign_in))
        rules.check(password, person.sign_in, person.name)
        account = people.next_number(cursor)
        line = _line(role="admin", organisation=None)
        _append(cursor, account, line, person, deed="first_admin", by=account, at=at, note=note)
        _credential(cursor, account, password, at)
        accounts.set_setting(cursor, "setup_code", None)
    return Account(account, person.name, "admin")


def create(
    store: Store,
    actor: Account | None,
    *,
    sign_in: str,
    name: str,
    role: str,
    note: str,
    at: datetime,
    password: str | None = None,
    organisation: str | None = None,
    email: str | None = None,
) -> str:
    """
    Make an account and return its code, a number: what its owner is called and signs in by is kept beside the record.

    Its owner has to change the password at the first sign-in; without one, they choose it by a link
    (`cmi_core.actions.password_links`). A lead makes readers and coordinators of their own organisation. Raises
    AccountError when the sign-in name is taken or not usable, or the password is not good enough.
    """
    require(actor, "manage_people")
    person = _called(name, email=email, sign_in=sign_in_name(sign_in))
    line = _line(role=role, organisation=organisation)
    if password is not None:
        require(actor, "manage_accounts")
        rules.check(password, person.sign_in, person.name)
    with managing(store, actor, becomes=line) as (cursor, by):
        if accounts.is_taken(store, person.sign_in):
            raise AccountError("account_taken", account=person.sign_in)
        account = people.next_number(cursor)
        _check(store, account, organisation, person)
        _append(cursor, account, line, person, deed="create_account", by=by.account, at=at, note=note)
        if password is not None:
            _credential(cursor, account, password, at)
            second_factors.given(cursor, account, at=at)
    return account


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

    Retiring it ends its sessions for good: opening it again revives none of them. A lead changes readers and coordinators
    of their own organisation, who stay that.
    """
    require(actor, "manage_people")
    line = _line(role=role, organisation=organisation, active=active)
    with managing(store, actor, account, becomes=line) as (cursor, by):
        stands = accounts.line(store, account)
        if stands is None:
            raise AccountError("account_unknown", account=account)
        person = _called(name, email=email, sign_in=str(stands["sign_in"]))
        _check(store, account, organisation, person)
        if role != "admin" or not active:
            keep_an_admin(store, account)
        if active != stands["active"]:
            _end_sessions(cursor, account, at)
        return _append(cursor, account, line, person, deed="change_account", by=by.account, at=at, note=note)


def close_for_good(store: Store, actor: Account | None, *, account: str, note: str, at: datetime) -> int:
    """
    Close somebody else's account for good and return the number that stands for it from now on.

    What was kept of them beside the record is gone: name, address, password, drafts. The record keeps every entry of theirs.
    Raises AccountError `account_unknown`, `account_closed`, `close_own` or `last_admin`.
    """
    require(actor, "manage_accounts")
    _noted(note)
    with acting(store, actor, "manage_accounts") as (cursor, by):
        if by.account == account:
            raise AccountError("close_own")
        keep_an_admin(store, account)
        return closures.close(cursor, account, by=by.account, at=at, note=note)


def keep_an_admin(store: Store, account: str) -> None:
    """Refuse to go on where an account is the only active administrator. Raises AccountError `last_admin`."""
    everybody = accounts.everybody(store)
    if list(everybody[(everybody["role"] == "admin") & everybody["active"]]["account"]) == [account]:
        raise AccountError("last_admin")


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
    rules.check(password, *own_words(store, person))
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
    rules.check(password, *own_words(store, person), second_factor=beside)


def own_words(store: Store, person: Account) -> tuple[str, str]:
    """What a guesser tries first at an account."""
    return accounts.sign_in_of(store, person.account), person.name


def end_sessions(store: Store, actor: Account | None, *, account: str, note: str, at: datetime) -> int:
    """End every session of an account, one's own or (an administrator) anybody's."""
    own = actor is not None and actor.account == account
    require(actor, "change_own_password" if own else "manage_people")
    _person(store, account)
    _noted(note)
    turn = acting(store, actor, "change_own_password") if own else managing(store, actor, account)
    with turn as (cursor, by):
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
    ended = accounts.ENDED + passwords.known_by(str(mark))
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
        accounts.forget_ended(cursor, before=at - retention.SESSION)
        accounts.end_session(cursor, passwords.known_by(mark), at=at)


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


def _key(key: str | None) -> str:
    if not key:
        # Opening makes one; with an empty key anybody could sign.
        raise StoreError("cookie_key_missing")
    return key


def _line(*, role: str, organisation: str | None, active: bool = True) -> dict[str, object]:
    """What the record says of an account: nothing by which anybody knows the person."""
    if role not in ROLES:
        raise AccountError("role_unknown", role=role)
    return {"role": role, "organisation": organisation or None, "active": active}


def _called(name: str, *, email: str | None, sign_in: str) -> people.Person:
    told = {column: typed(column, given or "") for column, given in (("name", name), ("email", email))}
    if not told["name"]:
        raise AccountError("person_name_missing")
    return people.Person(told["name"], told["email"] or None, sign_in)


def _check(store: Store, account: str, organisation: str | None, person: people.Person) -> None:
    """Refuse an organisation that is not in the list, and an address that is another account's."""
    if organisation and not accounts.organisation_known(store, organisation):
        raise AccountError("organisation_unknown", organisation=organisation)
    holder = accounts.holder_of_email(store, person.email or "")
    if holder not in {None, account}:
        raise AccountError("email_taken", email=person.email)


def _append(
    cursor: Any,
    account: str,
    line: dict[str, object],
    person: people.Person,
    *,
    deed: str,
    by: str,
    at: datetime,
    note: str,
) -> int:
    """An entry with an account's line, and beside it who that is."""
    salt, held = people.sealed(person)
    told = line | {"account": account, "person_hash": held}
    entry = record.append(cursor, {"account_line": [told]}, deed=deed, by=by, at=at, note=note)
    people.keep(cursor, entry, account, person, salt=salt)
    return entry


def _person(store: Store, account: str) -> Account:
    found = accounts.find(store, account)
    if found is None:
        raise AccountError("account_unknown", account=account)
    return found


def _noted(note: str) -> None:
    if not note.strip():
        raise ObservationError("note_missing")


def _end_sessions(cursor: Any, account: str, at: datetime) -> None:
    """Those with a password of ours, those that the organisation's sign-in vouches for, and the address of the calendar feed."""
    accounts.set_epoch(cursor, account, passwords.new_secret())
    identities.end_sessions(cursor, account, at)
    feeds.forget(cursor, account)


def _credential(cursor: Any, account: str, password: str, at: datetime) -> None:
    """A new password, with a new epoch; its moment ends the sessions that were begun elsewhere before."""
    accounts.set_credential(
        cursor, account, password_hash=passwords.hash_password(password), epoch=passwords.new_secret(), at=at
    )
