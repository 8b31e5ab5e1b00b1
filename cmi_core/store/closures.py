"""Accounts closed for good: what stood beside the record about them is gone, and a number stands for them."""

from datetime import datetime

import duckdb

from cmi_core.errors import AccountError
from cmi_core.store import record

DEED = "close_for_good"
# Everything beside the record that is of one account.
OF_ACCOUNT = (
    "person", "credential", "second_factor", "recovery_code", "password_given", "password_link", "identity",
    "invitation", "account_session", "draft", "feed",
)  # fmt: skip


def close(cursor: duckdb.DuckDBPyConnection, account: str, *, by: str, at: datetime, note: str) -> int:
    """
    Close an account for good, inside the caller's transaction: it is signed out, assigned to nothing, and nameless.

    The number is returned that stands for it from then on. Raises AccountError `account_unknown`, or `account_closed` where it was closed for good before.
    """
    found = cursor.execute(
        "SELECT role, organisation, closed FROM account_current WHERE account = ?", [account]
    ).fetchall()
    if not found:
        raise AccountError("account_unknown", account=account)
    role, organisation, closed = found[0]
    if closed is not None:
        raise AccountError("account_closed", account=account)
    number = _last_number(cursor) + 1
    held = cursor.execute(
        "SELECT DISTINCT kpi FROM kpi_assignment_current WHERE account = ? ORDER BY kpi", [account]
    ).fetchall()
    line = {"account": account, "role": role, "organisation": organisation, "active": False}
    lines = {
        "account_line": [line],
        "closure_line": [{"account": account, "number": number}],
        "kpi_assignment_line": [{"kpi": kpi, "account": account, "role": "none"} for (kpi,) in held],
    }
    record.append(cursor, lines, deed=DEED, by=by, at=at, note=note)
    for table in OF_ACCOUNT:
        cursor.execute(f'DELETE FROM "{table}" WHERE account = ?', [account])
    return number


def _last_number(cursor: duckdb.DuckDBPyConnection) -> int:
    return cursor.execute("SELECT coalesce(max(number), 0) FROM closure_line").fetchall()[0][0]
