"""Links by which somebody chooses a password, known by the hash of their code; not part of the record."""

from datetime import datetime

import duckdb

from cmi_core.store import Store


def find(store: Store, code_hash: str, *, mailed_since: datetime, printed_since: datetime) -> str | None:
    """
    The account whose password a link may set.

    None where there is no such link, where it is too old, and where the account or its password is not what it was
    when the link was made: then it may be another role that it opens, or its mail is in a box that is somebody else's by now.
    """
    found = store.rows(
        """
        SELECT l.account FROM password_link l JOIN account_current a ON a.account = l.account
        LEFT JOIN credential c ON c.account = l.account
        WHERE l.code_hash = $code AND l.made_at > CASE WHEN l.mailed THEN $mailed ELSE $printed END
          AND a.active AND a.entry = l.account_entry AND sha256(c.hash) IS NOT DISTINCT FROM l.password
        """,
        code=code_hash,
        mailed=mailed_since,
        printed=printed_since,
    )
    return found[0][0] if found else None


def address_of(store: Store, account: str) -> str | None:
    """
    The address that a link may be mailed to.

    None where there is none, and for who signs in by the organisation alone: there is no password that they could have
    forgotten, and the mail would be a second way in that nobody gave them.
    """
    found = store.rows(
        """
        SELECT email FROM account_current a
        WHERE account = $account AND active AND email IS NOT NULL
          AND (EXISTS (SELECT 1 FROM credential c WHERE c.account = a.account)
               OR NOT EXISTS (SELECT 1 FROM identity i WHERE i.account = a.account))
        """,
        account=account,
    )
    return found[0][0] if found else None


def keep_mailed(cursor: duckdb.DuckDBPyConnection, account: str, *, code_hash: str, at: datetime) -> None:
    """Keep a mailed link in place of an earlier mailed one."""
    cursor.execute("DELETE FROM password_link WHERE account = ? AND mailed", [account])
    _keep(cursor, account, code_hash=code_hash, at=at, mailed=True)


def keep_printed(cursor: duckdb.DuckDBPyConnection, account: str, *, code_hash: str, at: datetime) -> None:
    """Keep a printed link in place of every earlier one."""
    take_back(cursor, account)
    _keep(cursor, account, code_hash=code_hash, at=at, mailed=False)


def take_back(cursor: duckdb.DuckDBPyConnection, account: str) -> None:
    """Forget an account's links: one was used, or they are not to be."""
    cursor.execute("DELETE FROM password_link WHERE account = ?", [account])


def forget_old(
    cursor: duckdb.DuckDBPyConnection, *, mailed_before: datetime, printed_before: datetime
) -> None:
    """Drop everybody's links that can be used no more for their age."""
    cursor.execute(
        "DELETE FROM password_link WHERE made_at <= CASE WHEN mailed THEN ? ELSE ? END",
        [mailed_before, printed_before],
    )


def _keep(
    cursor: duckdb.DuckDBPyConnection, account: str, *, code_hash: str, at: datetime, mailed: bool
) -> None:
    cursor.execute(
        """
        INSERT INTO password_link (account, mailed, code_hash, made_at, account_entry, password)
        SELECT a.account, $mailed, $code, $at, a.entry, sha256(c.hash)
        FROM account_current a LEFT JOIN credential c ON c.account = a.account WHERE a.account = $account
        """,
        {"account": account, "mailed": mailed, "code": code_hash, "at": at},
    )
