"""Beside the record: forgetting what has had its time, and what is left of accounts that nobody is any more."""

import duckdb

from cmi_core.accounts.retention import Before
from cmi_core.store import accounts, drafts, password_links
from cmi_core.store.closures import OF_ACCOUNT


def forget(cursor: duckdb.DuckDBPyConnection, before: Before) -> None:
    """Forget it inside the caller's transaction. The record is not touched, and no entry is made."""
    drafts.forget_old(cursor, before=before.draft)
    accounts.forget_ended(cursor, before=before.ended)
    cursor.execute("DELETE FROM account_session WHERE sessions_from < ?", [before.ended])
    # Neither opens anything at its last moment any more.
    cursor.execute("DELETE FROM invitation WHERE made_at <= ?", [before.invitation])
    password_links.forget_old(cursor, mailed_before=before.mailed_link, printed_before=before.printed_link)
    cursor.execute("DELETE FROM feed WHERE account NOT IN (SELECT account FROM account_current WHERE active)")
    for table in OF_ACCOUNT:
        cursor.execute(f'DELETE FROM "{table}" WHERE account IN (SELECT account FROM closure_line)')
