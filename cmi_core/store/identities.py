"""Identities at the organisation's own sign-in, invitations to tie them, ended sessions; not part of the record."""

from datetime import datetime

import duckdb
import pandas as pd

from cmi_core.accounts.roles import Account
from cmi_core.store import Store, accounts


def reader(store: Store, issuer: str, subject: str, *, issued: datetime, session: str) -> Account | None:
    """The active account of an identity, for a session of theirs that was begun at `issued`, while that is one."""
    found = store.rows(
        "SELECT account FROM identity WHERE issuer = $issuer AND subject = $subject",
        issuer=issuer,
        subject=subject,
    )
    return session_of(store, found[0][0], issued=issued, session=session) if found else None


def session_of(store: Store, account: str, *, issued: datetime, session: str) -> Account | None:
    """
    The account, if it is active, while a session that was begun at `issued` is still one of it.

    What ends the sessions of our own ends these too; of a new password by the moment that stands with it.
    """
    over = store.rows(
        """
        SELECT 1 FROM setting WHERE setting = $ended
        UNION ALL SELECT 1 FROM credential WHERE account = $account AND changed_at >= $issued
        UNION ALL SELECT 1 FROM account_session WHERE account = $account AND sessions_from >= $issued
        """,
        ended=accounts.ENDED + session,
        account=account,
        issued=issued,
    )
    return None if over else accounts.find(store, account)


def account_of(store: Store, issuer: str, subject: str) -> tuple[str, bool] | None:
    """The account that an identity is tied to, and whether it is active."""
    found = store.rows(
        "SELECT account, active FROM identity JOIN account_current USING (account) "
        "WHERE issuer = $issuer AND subject = $subject",
        issuer=issuer,
        subject=subject,
    )
    return found[0] if found else None


def tied(store: Store) -> pd.DataFrame:
    """The accounts that have an identity, and since when."""
    return store.read("SELECT account, since FROM identity ORDER BY account")


def is_tied(store: Store, account: str) -> bool:
    """Whether an account has an identity."""
    return bool(store.rows("SELECT 1 FROM identity WHERE account = $account", account=account))


def email_of(store: Store, account: str) -> str | None:
    """The address of an active account, empty where it has none; None where there is no such account."""
    found = store.rows(
        "SELECT coalesce(email, '') FROM account_current WHERE active AND account = $account", account=account
    )
    return found[0][0] if found else None


def tie(cursor: duckdb.DuckDBPyConnection, account: str, *, issuer: str, subject: str, at: datetime) -> None:
    """Keep who an account is to the issuer."""
    cursor.execute("INSERT INTO identity VALUES (?, ?, ?, ?)", [issuer, subject, account, at])


def untie(cursor: duckdb.DuckDBPyConnection, account: str) -> None:
    """Forget who an account was."""
    cursor.execute("DELETE FROM identity WHERE account = ?", [account])


def invitation(store: Store, code_hash: str, *, since: datetime) -> str | None:
    """The account that an invitation made after `since` is for."""
    found = store.rows(
        "SELECT account FROM invitation WHERE code_hash = $code AND made_at > $since",
        code=code_hash,
        since=since,
    )
    return found[0][0] if found else None


def invite(cursor: duckdb.DuckDBPyConnection, account: str, *, code_hash: str, at: datetime) -> None:
    """Keep an invitation in place of an earlier one."""
    take_back(cursor, account)
    cursor.execute("INSERT INTO invitation VALUES (?, ?, ?)", [account, code_hash, at])


def take_back(cursor: duckdb.DuckDBPyConnection, account: str) -> None:
    """Forget an account's invitation: it was used, or is not to be."""
    cursor.execute("DELETE FROM invitation WHERE account = ?", [account])


def end_sessions(cursor: duckdb.DuckDBPyConnection, account: str, at: datetime) -> None:
    """End the sessions of an account that were begun at the organisation's sign-in until now."""
    cursor.execute("DELETE FROM account_session WHERE account = ?", [account])
    cursor.execute("INSERT INTO account_session VALUES (?, ?)", [account, at])
