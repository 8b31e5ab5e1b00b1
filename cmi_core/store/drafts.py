"""What coordinators typed and have not recorded yet; not part of the record."""

from datetime import datetime

import duckdb

from cmi_core.store import Store


def find(store: Store, account: str, kpi: str, period: str) -> tuple[str, str, str] | None:
    """The draft's value, quality and note, or None."""
    found = store.rows(
        "SELECT value, quality, note FROM draft WHERE account = $account AND kpi = $kpi AND period = $period",
        account=account, kpi=kpi, period=period,
    )  # fmt: skip
    return found[0] if found else None


def keep(
    cursor: duckdb.DuckDBPyConnection,
    account: str,
    kpi: str,
    period: str,
    *,
    draft: tuple[str, str, str],
    at: datetime,
) -> None:
    """Keep a draft in place of an earlier one."""
    forget(cursor, account, kpi, period)
    cursor.execute("INSERT INTO draft VALUES (?, ?, ?, ?, ?, ?, ?)", [account, kpi, period, *draft, at])


def forget(cursor: duckdb.DuckDBPyConnection, account: str, kpi: str, period: str) -> None:
    """Drop a draft."""
    cursor.execute("DELETE FROM draft WHERE account = ? AND kpi = ? AND period = ?", [account, kpi, period])
