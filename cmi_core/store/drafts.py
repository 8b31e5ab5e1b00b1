"""What coordinators typed and have not recorded yet; not part of the record."""

from datetime import datetime
from typing import NamedTuple

import duckdb

from cmi_core.store import Store


class Draft(NamedTuple):
    """A value's form as it was typed."""

    value: str
    quality: str
    note: str


class Place(NamedTuple):
    """What a draft is for: whose, which KPI, period and part of it (empty: the whole)."""

    account: str
    kpi: str
    period: str
    breakdown: str = ""


_OF_PLACE = "account = $account AND kpi = $kpi AND period = $period AND breakdown = $breakdown"


def find(store: Store, place: Place) -> Draft | None:
    """The draft, or None."""
    found = store.rows(f"SELECT value, quality, note FROM draft WHERE {_OF_PLACE}", **place._asdict())
    return Draft(*found[0]) if found else None


def keep(cursor: duckdb.DuckDBPyConnection, place: Place, draft: Draft, *, at: datetime) -> None:
    """Keep a draft in place of an earlier one."""
    cursor.execute(
        "INSERT INTO draft (account, kpi, period, breakdown, value, quality, note, saved_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, kpi, period, breakdown) DO UPDATE SET"
        " value = excluded.value, quality = excluded.quality, note = excluded.note, saved_at = excluded.saved_at",
        [*place, *draft, at],
    )


def forget(cursor: duckdb.DuckDBPyConnection, place: Place) -> None:
    """Drop a draft."""
    cursor.execute(f"DELETE FROM draft WHERE {_OF_PLACE}", place._asdict())


def forget_old(cursor: duckdb.DuckDBPyConnection, *, before: datetime) -> None:
    """Drop everybody's drafts that were kept before a moment."""
    cursor.execute("DELETE FROM draft WHERE saved_at < ?", [before])


def forget_beyond(cursor: duckdb.DuckDBPyConnection, account: str, *, most: int) -> None:
    """Drop an account's oldest drafts beyond a number."""
    cursor.execute(
        "DELETE FROM draft WHERE account = $account AND (kpi, period, breakdown) IN (SELECT (kpi, period, breakdown) FROM draft"
        " WHERE account = $account ORDER BY saved_at DESC, kpi, period, breakdown OFFSET $most)",
        {"account": account, "most": most},
    )
