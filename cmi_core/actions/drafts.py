"""Drafts: what somebody typed, kept on the server until it is recorded."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from cmi_core.accounts import passwords
from cmi_core.accounts.roles import Account, require
from cmi_core.actions.accounts import signing_key
from cmi_core.actions.authority import acting
from cmi_core.calendar.periods import parse
from cmi_core.errors import AccountError, ObservationError
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.store import Store, accounts, drafts, kpis
from cmi_core.store.drafts import Draft, Place

_LONGEST = 2_000


def keep(
    store: Store,
    actor: Account | None,
    *,
    kpi: str,
    period: str,
    draft: Draft,
    at: datetime,
    breakdown: str = "",
) -> None:
    """
    Keep value, quality and note as typed, of which nothing is judged; one without value and note is dropped.

    Raises ObservationError for a KPI or a period there is none of.
    """
    require(actor, "record_value")
    if kpis.definition(store, kpi) is None:
        raise ObservationError("kpi_unknown", kpi=kpi[:60])
    code = parse(period).code
    cut = Draft(
        draft.value[:_LONGEST], draft.quality if draft.quality in QUALITIES else "", draft.note[:_LONGEST]
    )
    with acting(store, actor, "record_value") as (cursor, by):
        place = Place(by.account, kpi, code, breakdown[:200])
        if cut.value.strip() or cut.note.strip():
            drafts.keep(cursor, place, cut, at=at)
        else:
            drafts.forget(cursor, place)


def forget(store: Store, actor: Account | None, *, kpi: str, period: str, breakdown: str = "") -> None:
    """Drop one's draft."""
    with acting(store, actor, "record_value") as (cursor, by):
        drafts.forget(cursor, Place(by.account, kpi, period, breakdown))


def ticket(store: Store, actor: Account | None) -> str:
    """
    A signed mark that lets the browser keep this account's drafts, and nothing else.

    It outlives the session: what is typed while that ends is not lost.
    """
    by = require(actor, "record_value")
    return passwords.draft_mark(signing_key(store), by.account, _epoch(store, by.account))


def whose(store: Store, mark: str) -> Account:
    """The account of a ticket. Raises AccountError when it is forged, has run out or is switched off."""
    found = _holder(store, mark)
    if found is None:
        raise AccountError("draft_ticket")
    return found


def _holder(store: Store, mark: str) -> Account | None:
    read = passwords.read_draft_mark(signing_key(store), mark)
    found = accounts.find(store, read[0]) if read else None
    if read is None or found is None or not passwords.same(_epoch(store, read[0]), read[1]):
        return None
    return replace(found, now=partial(_holder, store, mark))


def _epoch(store: Store, account: str) -> str:
    """What a new password changes; nothing for those whose organisation vouches for them."""
    found = accounts.credential(store, account)
    return found[1] if found else ""
