"""
Links by which somebody chooses a password: mailed to who forgot theirs, or printed by who looks after the account.

A link opens nothing but the form for a new password. The second factor stays, and is asked for when its owner signs in.
"""

import time
from datetime import datetime
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from cmi_core import text
from cmi_core.accounts import passwords, retention
from cmi_core.accounts.roles import Account, require
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import mailing
from cmi_core.actions.accounts import check_password
from cmi_core.actions.authority import managing
from cmi_core.errors import AccountError
from cmi_core.kpi.reminders import Mail
from cmi_core.settings import Settings
from cmi_core.store import Store, accounts, password_links, record, second_factors

_TYPED = 254  # letters of what somebody is looked up by: no address is longer
# Anybody can have mail sent to anybody: three in an hour, then one.
_FREE_MAILS = 3
_MAILS: WeakKeyDictionary[Store, Throttle] = WeakKeyDictionary()


def offered() -> bool:
    """
    Whether links are mailed: there is a mail server, and an operator has said what address they begin with.

    Never the one that a request came by, since whoever asks writes that.
    """
    return mailing.configured() and bool(Settings.from_env().site_address)


def address(site: str, code: str, language: str) -> str:
    """The link."""
    return f"{site}/password?{urlencode({'code': code, 'lang': language})}"


def make(store: Store, actor: Account | None, *, account: str, note: str, at: datetime) -> str:
    """
    The code of a new link for somebody else, to be handed over: good for seven days and one use.

    It is told once, as only its hash is kept; earlier links of the account open nothing any more. The password stays as it
    is until the link is used. Raises AccountError `account_unknown`, or `password_own`: one's own password is changed by
    who knows the present one.
    """
    require(actor, "manage_people")
    code = passwords.new_secret()
    with managing(store, actor, account) as (cursor, by):
        if by.account == account:
            raise AccountError("password_own")
        if accounts.find(store, account) is None:
            raise AccountError("account_unknown", account=account)
        password_links.keep_printed(cursor, account, code_hash=passwords.known_by(code), at=at)
        record.append(cursor, {}, deed="make_password_link", by=by.account, at=at, about=account, note=note)
    return code


def asked(store: Store, typed: str, *, at: datetime) -> None:
    """
    Somebody has forgotten their password and typed a sign-in name or an address: mail a link where that is somebody's.

    Nothing that whoever asks can see depends on it, so this is done where they do not wait for it. It makes no entry, or
    anybody could fill the record; using the link does. Raises StoreError `mail_failed`.
    """
    if not offered():
        return
    account = accounts.by_sign_in(store, typed[:_TYPED])
    if account is None or password_links.address_of(store, account) is None or not _may_mail(store, account):
        return
    code = passwords.new_secret()
    with store.writing() as cursor:
        # Asked again: the account may have been closed, or its address changed, while this waited for its turn.
        email = password_links.address_of(store, account)
        if email is None:
            return
        password_links.keep_mailed(cursor, account, code_hash=passwords.known_by(code), at=at)
    mailing.deliver(_mail(code), to=email, automatic=True)


def waits(store: Store, code: str | None, *, at: datetime) -> str | None:
    """The name that the owner of a link signs in by, for as long as it can be used; looking uses nothing up."""
    account = _whose(store, code, at)
    found = accounts.line(store, account) if account else None
    return str(found["sign_in"]) if found else None


def use(store: Store, code: str | None, *, password: str, note: str, at: datetime) -> int:
    """
    Set the password of a link's account, once; every session of it ends, and its other links too.

    A password that is refused leaves the link as it is. Raises AccountError `password_link_unknown`, `password_same`, or
    as `rules.check`.
    """
    account = _whose(store, code, at)
    person = accounts.find(store, account) if account else None
    if account is None or person is None:
        raise AccountError("password_link_unknown")
    check_password(store, person, password)
    found = accounts.credential(store, account)
    if passwords.matches(password, found and found[0]):
        raise AccountError("password_same")
    hashed = passwords.hash_password(password)
    with store.writing() as cursor:
        # Another window may have used it meanwhile, or the account be another one by now. The new credential ends the
        # sessions: our own by its epoch, those begun elsewhere by its moment.
        if _whose(store, code, at) != account:
            raise AccountError("password_link_unknown")
        accounts.set_credential(cursor, account, password_hash=hashed, epoch=passwords.new_secret(), at=at)
        second_factors.given(cursor, account, at=None)
        password_links.take_back(cursor, account)
        return record.append(cursor, {}, deed="use_password_link", by=account, at=at, note=note)


def _whose(store: Store, code: str | None, at: datetime) -> str | None:
    if not code:
        return None
    before = retention.before(at)
    return password_links.find(
        store, passwords.known_by(code), mailed_since=before.mailed_link, printed_since=before.printed_link
    )


def _may_mail(store: Store, account: str) -> bool:
    """Whether one more mail may go to an account now; that it may not is told nobody, or it would say that there is one."""
    hour = retention.MAILED_LINK.total_seconds()
    mails = _MAILS.setdefault(store, Throttle(free=_FREE_MAILS, first=hour, longest=hour))
    try:
        mails.attempt(account, time.monotonic())
    except AccountError:
        return False
    return True


def _mail(code: str) -> Mail:
    """In both languages, the first one first: which one its reader has, whoever asked does not say."""
    site = Settings.from_env().site_address
    subjects, bodies = [], []
    for language in text.LANGUAGES:
        say = text.translator(language)
        subjects.append(say("password_links.subject"))
        bodies.append(say("password_links.body", link=address(site, code, language), site=site))
    return Mail(" · ".join(subjects), "\n\n----------\n\n".join(bodies))
