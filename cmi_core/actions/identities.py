"""The organisation's own sign-in: invitations, whom an identity is tied to, and the end of its sessions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from cmi_core.accounts import passwords, retention
from cmi_core.accounts.identities import Identity, same_address
from cmi_core.accounts.roles import Account, require
from cmi_core.actions import accounts as own
from cmi_core.actions.authority import acting
from cmi_core.calendar import clock
from cmi_core.errors import AccountError
from cmi_core.store import Store, accounts, identities, record


def invite(store: Store, actor: Account | None, *, account: str, note: str, at: datetime) -> str:
    """
    The code of a new invitation for an account: whoever brings it and the account's address becomes its identity.

    It is told once, as only its hash is kept, and an earlier one opens nothing any more. An account without an address
    is refused: a link goes through many hands, and alone it would make whoever opens it first that account.
    """
    require(actor, "manage_accounts")
    code = passwords.new_secret()
    with acting(store, actor, "manage_accounts") as (cursor, by):
        email = identities.email_of(store, account)
        if email is None:
            raise AccountError("account_unknown", account=account)
        if not email:
            raise AccountError("invitation_needs_email", who=account)
        if identities.is_tied(store, account):
            raise AccountError("account_tied", who=account)
        identities.invite(cursor, account, code_hash=passwords.known_by(code), at=at)
        record.append(cursor, {}, deed="invite", by=by.account, at=at, note=note, about=account)
    return code


def waits(store: Store, code: str | None, *, at: datetime) -> bool:
    """Whether an invitation can still be used."""
    return (
        bool(code)
        and identities.invitation(store, passwords.known_by(str(code)), since=at - retention.INVITATION)
        is not None
    )


def arrive(
    store: Store, identity: Identity | None, code: str | None, *, note: str, at: datetime
) -> tuple[Account | None, str | None]:
    """
    Who somebody is whom the organisation's sign-in sent, or why they are nobody here: a key of the catalogue.

    An identity that is not tied yet is tied by the invitation they bring, with `note` as the reason.
    """
    if identity is None:
        return None, "shell.no_identity"
    if account := whose(store, identity):
        return account, None
    tied = identities.account_of(store, identity.issuer, identity.subject)
    if tied is not None or _over(identity, at):
        return None, _why_not(identity, closed=tied is not None and not tied[1], at=at)
    if not code:
        return None, "shell.no_account"
    try:
        _tie(store, identity, code, note=note, at=at)
    except AccountError as refusal:
        # Another window of theirs may have used it just before.
        account = whose(store, identity)
        return account, None if account else f"error.{refusal.reason}"
    account = whose(store, identity)
    return account, None if account else "shell.session_ended"


def whose(store: Store, identity: Identity) -> Account | None:
    """
    The active account that an identity is tied to, while this session of theirs is one.

    It can be looked up again: the account may be closed or untied meanwhile, or its sessions ended.
    """
    if _over(identity, clock.now()):
        return None
    found = identities.reader(
        store, identity.issuer, identity.subject, issued=identity.issued, session=identity.session
    )
    return replace(found, now=partial(whose, store, identity)) if found else None


def untie(store: Store, actor: Account | None, *, account: str, note: str, at: datetime) -> int:
    """Part an account from its identity; an invitation and the sessions that it began there end too."""
    require(actor, "manage_accounts")
    with acting(store, actor, "manage_accounts") as (cursor, by):
        if not identities.is_tied(store, account):
            raise AccountError("account_not_tied", who=account)
        identities.untie(cursor, account)
        identities.take_back(cursor, account)
        identities.end_sessions(cursor, account, at)
        return record.append(
            cursor, {}, deed="untie_identity", by=by.account, at=at, note=note, about=account
        )


def sign_out(store: Store, identity: Identity, *, at: datetime) -> None:
    """End one session: a copy of its cookie stands for nobody any more."""
    if whose(store, identity) is None:
        return
    with store.writing() as cursor:
        accounts.forget_ended(cursor, before=at - retention.SESSION)
        accounts.end_session(cursor, identity.session, at=at)


def ticket(store: Store, reader: Account, identity: Identity) -> str:
    """A signed mark that opens the data routes to a session whose cookie these cannot read, for as long as it is one."""
    issued = int(identity.issued.replace(tzinfo=UTC).timestamp())
    told = f"{reader.account} {identity.session} {issued}"
    return passwords.reading_mark(own.signing_key(store), told)


def is_ticket(store: Store, given: str | None) -> bool:
    """Whether a ticket was given out by this database and the session it stands for may still read."""
    told = passwords.read_reading_mark(own.signing_key(store), given) if given else None
    account, _, rest = (told or "").partition(" ")
    session, _, issued = rest.partition(" ")
    if not issued.isdecimal():
        return False
    began = datetime.fromtimestamp(int(issued), UTC).replace(tzinfo=None)
    if clock.now() - began > retention.SESSION:
        return False
    return identities.session_of(store, account, issued=began, session=session) is not None


def _tie(store: Store, identity: Identity, code: str, *, note: str, at: datetime) -> None:
    if not waits(store, code, at=at):
        raise AccountError("invitation_unknown")
    with store.writing() as cursor:
        account = identities.invitation(store, passwords.known_by(code), since=at - retention.INVITATION)
        email = identities.email_of(store, account) if account else None
        if account is None or email is None:
            # Used meanwhile, perhaps by another window of theirs; or the account is closed.
            raise AccountError("invitation_unknown")
        if not identity.email:
            raise AccountError("invitation_unverified")
        if not same_address(identity.email, email):
            raise AccountError("invitation_email")
        if identities.is_tied(store, account):
            raise AccountError("invitation_unknown")
        identities.tie(cursor, account, issuer=identity.issuer, subject=identity.subject, at=at)
        identities.take_back(cursor, account)
        record.append(cursor, {}, deed="tie_identity", by=account, at=at, note=note)


def _over(identity: Identity, now: datetime) -> bool:
    """
    Whether a session is older than one of ours may be, or not begun yet by our clock.

    What was never used before its own moment is dead whenever sessions are ended after it, however wrong a clock is.
    """
    return not timedelta() <= now - identity.issued <= retention.SESSION


def _why_not(identity: Identity, *, closed: bool, at: datetime) -> str:
    if identity.issued > at:
        return "shell.clock_ahead"
    return "shell.no_account" if closed else "shell.session_ended"
