"""Tokens of calendar feeds; not part of the record."""

import duckdb

from cmi_core.store import Store


def token_of(store: Store, account: str) -> str | None:
    """The token of an account's feed, or None."""
    found = store.rows("SELECT token FROM feed WHERE account = $account", account=account)
    return found[0][0] if found else None


def account_of(store: Store, token: str) -> str | None:
    """The account a token belongs to, or None."""
    found = store.rows("SELECT account FROM feed WHERE token = $token", token=token)
    return found[0][0] if found else None


def keep(cursor: duckdb.DuckDBPyConnection, account: str, token: str) -> None:
    """Keep a new token in place of an earlier one."""
    forget(cursor, account)
    cursor.execute("INSERT INTO feed VALUES (?, ?)", [account, token])


def forget(cursor: duckdb.DuckDBPyConnection, account: str) -> None:
    """Forget an account's token: its address shows nothing any more. Its owner finds a new one when they look for it."""
    cursor.execute("DELETE FROM feed WHERE account = ?", [account])
