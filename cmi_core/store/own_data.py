"""All that the database holds about one account: for its owner alone, so nothing of it is kept in memory for others."""

from datetime import datetime
from typing import NamedTuple

import pandas as pd

from cmi_core.store import Store


class WaysIn(NamedTuple):
    """What is kept so that somebody can sign in, without any secret of it; None where there is nothing."""

    password_since: datetime | None
    given_since: datetime | None
    link_since: datetime | None
    factor_since: datetime | None
    codes_left: int
    issuer: str | None
    subject: str | None
    tied_since: datetime | None
    invited_since: datetime | None
    ended_since: datetime | None
    feed: bool


def account(store: Store, code: str) -> pd.DataFrame:
    """The account and each of its changes, the newest first; names from where they are kept."""
    return store.read(
        """
        SELECT l.entry, e.recorded_at, e.recorded_by, l.account, coalesce(p.name, l.name) AS name,
               coalesce(p.email, l.email) AS email, coalesce(p.sign_in, l.account) AS sign_in, l.role,
               o.name_th AS organisation_th, o.name_en AS organisation_en, l.active
        FROM account_line l JOIN entry e ON e.entry = l.entry
        LEFT JOIN person p ON p.entry = l.entry AND p.account = l.account
        LEFT JOIN organisation o ON o.organisation = l.organisation
        WHERE l.account = $account ORDER BY l.entry DESC
        """,
        account=code,
    )


def entries_by(store: Store, code: str) -> pd.DataFrame:
    """The entries that an account made, the newest first."""
    return store.read(
        "SELECT entry, recorded_at, deed, note FROM entry WHERE recorded_by = $account ORDER BY entry DESC",
        account=code,
    )


def entries_about(store: Store, code: str) -> pd.DataFrame:
    """The entries that others made about an account, the newest first: their note begins with its code."""
    return store.read(
        "SELECT entry, recorded_at, deed, note, recorded_by FROM entry "
        "WHERE recorded_by <> $account AND starts_with(note, $account || ': ') ORDER BY entry DESC",
        account=code,
    )


def assignments(store: Store, code: str) -> pd.DataFrame:
    """Which KPIs an account was given to record, or was relieved of, the newest first."""
    return store.read(
        """
        SELECT a.entry, e.recorded_at, coalesce(k.name_th, a.kpi) AS kpi_th, coalesce(k.name_en, a.kpi) AS kpi_en,
               a.role, a.ends_on
        FROM kpi_assignment_line a JOIN entry e ON e.entry = a.entry LEFT JOIN kpi_current k ON k.kpi = a.kpi
        WHERE a.account = $account ORDER BY a.entry DESC, a.kpi
        """,
        account=code,
    )


def drafts(store: Store, code: str) -> pd.DataFrame:
    """What somebody typed and has not recorded yet, the newest first."""
    return store.read(
        """
        SELECT coalesce(k.name_th, d.kpi) AS kpi_th, coalesce(k.name_en, d.kpi) AS kpi_en, d.period, d.breakdown,
               d.value, d.quality, d.note, d.saved_at
        FROM draft d LEFT JOIN kpi_current k ON k.kpi = d.kpi
        WHERE d.account = $account ORDER BY d.saved_at DESC, d.kpi, d.period, d.breakdown
        """,
        account=code,
    )


def evidence(store: Store, code: str) -> pd.DataFrame:
    """The evidence files that somebody sent, the newest first, and when one was taken out."""
    return store.read(
        """
        SELECT f.added_at, f.name, f.size, f.evidence, min(e.recorded_at) AS removed_at
        FROM evidence f LEFT JOIN evidence_removal_line r ON r.evidence_file = f.evidence
        LEFT JOIN entry e ON e.entry = r.entry
        WHERE f.added_by = $account GROUP BY ALL ORDER BY f.added_at DESC, f.evidence
        """,
        account=code,
    )


def ways_in(store: Store, code: str) -> WaysIn:
    """What is kept so that an account's owner can sign in, all of one moment."""
    found = store.rows(
        """
        SELECT (SELECT changed_at FROM credential WHERE account = $account),
               (SELECT given_at FROM password_given WHERE account = $account),
               (SELECT max(made_at) FROM password_link WHERE account = $account),
               (SELECT since FROM second_factor WHERE account = $account),
               (SELECT count(*) FROM recovery_code WHERE account = $account),
               (SELECT issuer FROM identity WHERE account = $account),
               (SELECT subject FROM identity WHERE account = $account),
               (SELECT since FROM identity WHERE account = $account),
               (SELECT made_at FROM invitation WHERE account = $account),
               (SELECT sessions_from FROM account_session WHERE account = $account),
               EXISTS (SELECT 1 FROM feed WHERE account = $account)
        """,
        account=code,
    )
    return WaysIn(*found[0])
