"""Accounts, their passwords' hashes and the marks of this database."""

from datetime import datetime

import duckdb
import pandas as pd

from cmi_core.accounts.roles import Account
from cmi_core.store import Store

ENDED = "ended:"  # begins the mark of a session, of ours or of the organisation's sign-in, that was ended


def everybody(store: Store) -> pd.DataFrame:
    """All accounts as they stand, with the day of the last change; those closed for good have no name, only `closed`."""
    return store.read(
        """
        SELECT account, name, role, organisation, email, sign_in, active, closed, recorded_at AS changed_at
        FROM account_current JOIN entry USING (entry) ORDER BY closed NULLS FIRST, account
        """
    )


def line(store: Store, account: str) -> dict[str, object] | None:
    """An account as it stands, active or not, or None where there is none or it is closed for good."""
    found = store.dictionaries(
        "SELECT account, name, role, organisation, email, sign_in, active FROM account_current"
        " WHERE account = $account AND closed IS NULL",
        account=account,
    )
    return found[0] if found else None


def by_sign_in(store: Store, typed: str) -> str | None:
    """The code of the active account that signs in by this name, or has this address."""
    name = typed.strip().lower()
    found = store.rows(
        "SELECT account FROM account_current WHERE active AND (sign_in = $name OR lower(email) = $name)"
        " ORDER BY sign_in = $name DESC LIMIT 1",
        name=name,
    )
    return found[0][0] if found else None


def sign_in_of(store: Store, account: str) -> str:
    """What an account's owner types to sign in; its code where there is no such account any more."""
    found = line(store, account)
    return str(found["sign_in"]) if found else account


def is_taken(store: Store, sign_in: str) -> bool:
    """Whether somebody signs in by this name or by an address like it, or an account has it as its code."""
    return bool(
        store.rows(
            "SELECT 1 FROM account_current WHERE account = $name OR sign_in = $name OR lower(email) = $name",
            name=sign_in,
        )
    )


def find(store: Store, account: str) -> Account | None:
    """The account if it exists and is active."""
    return _one(store.rows(_ACTIVE + " AND account = $account", account=account))


def holder_of_email(store: Store, email: str) -> str | None:
    """The account, active or not, that has this address."""
    found = store.rows("SELECT account FROM account_current WHERE lower(email) = lower($email)", email=email)
    return found[0][0] if found else None


def organisation_known(store: Store, organisation: str) -> bool:
    """Whether the organisation is in the list."""
    return bool(store.rows("SELECT 1 FROM organisation WHERE organisation = $code", code=organisation))


def credential(store: Store, account: str) -> tuple[str, str] | None:
    """The password hash and the session epoch of an account."""
    found = store.rows("SELECT hash, epoch FROM credential WHERE account = $account", account=account)
    return found[0] if found else None


def set_credential(
    cursor: duckdb.DuckDBPyConnection, account: str, *, password_hash: str, epoch: str, at: datetime
) -> None:
    """Keep a new hash; the new epoch ends every session of the account."""
    cursor.execute("DELETE FROM credential WHERE account = ?", [account])
    cursor.execute("INSERT INTO credential VALUES (?, ?, ?, ?)", [account, password_hash, epoch, at])


def set_epoch(cursor: duckdb.DuckDBPyConnection, account: str, epoch: str) -> None:
    """A new epoch ends every session of the account; the password stays."""
    cursor.execute("UPDATE credential SET epoch = ? WHERE account = ?", [epoch, account])


def setting(store: Store, name: str) -> str | None:
    """One mark of this database, such as its cookie key."""
    found = store.rows("SELECT value FROM setting WHERE setting = $name", name=name)
    return found[0][0] if found else None


def settings(store: Store, first: str, second: str) -> dict[str, str]:
    """Those of two marks that this database has, in one look: it is asked on every run of every page."""
    return dict(
        store.rows(
            "SELECT setting, value FROM setting WHERE setting IN ($first, $second)",
            first=first,
            second=second,
        )
    )


def end_session(cursor: duckdb.DuckDBPyConnection, session: str, *, at: datetime) -> None:
    """Note that a session is over, by what it is known by."""
    set_setting(cursor, ENDED + session, _stamp(at))


def forget_ended(cursor: duckdb.DuckDBPyConnection, *, before: datetime) -> None:
    """Forget the sessions that were ended before a moment: by then they had run out by themselves."""
    cursor.execute("DELETE FROM setting WHERE starts_with(setting, ?) AND value < ?", [ENDED, _stamp(before)])


def set_setting(cursor: duckdb.DuckDBPyConnection, name: str, value: str | None) -> None:
    """Keep one mark of this database; None removes it."""
    cursor.execute("DELETE FROM setting WHERE setting = ?", [name])
    if value is not None:
        cursor.execute("INSERT INTO setting VALUES (?, ?)", [name, value])


_ACTIVE = "SELECT account, name, role, organisation FROM account_current WHERE active"


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _one(found: list[tuple]) -> Account | None:
    return Account(*found[0]) if found else None
