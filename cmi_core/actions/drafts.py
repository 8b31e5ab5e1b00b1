"""Drafts: what somebody typed, kept on the server until it is recorded."""

from datetime import datetime

from cmi_core.roles import Account, require
from cmi_core.store import Store, drafts

_LONGEST = 2_000


def keep(
    store: Store, actor: Account | None, *, kpi: str, period: str, draft: tuple[str, str, str], at: datetime
) -> None:
    """Keep value, quality and note as typed; nothing is judged."""
    by = require(actor, "record_value")
    cut = tuple(part[:_LONGEST] for part in draft)
    with store.writing() as cursor:
        drafts.keep(cursor, by.account, kpi[:60], period[:20], draft=(cut[0], cut[1], cut[2]), at=at)


def forget(store: Store, actor: Account | None, *, kpi: str, period: str) -> None:
    """Drop one's draft."""
    by = require(actor, "record_value")
    with store.writing() as cursor:
        drafts.forget(cursor, by.account, kpi, period)
