"""Drafts: what somebody typed, kept on the server until it is recorded."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from cmi_core.accounts import passwords, retention
from cmi_core.accounts.roles import Account, require
from cmi_core.actions.accounts import signing_key
from cmi_core.actions.authority import acting
from cmi_core.calendar.periods import parse
from cmi_core.errors import AccountError, ObservationError
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.store import Store, accounts, drafts, kpis
from cmi_core.store.drafts import Draft, Place
from cmi_core.text.typed import typed

MOST = 500  # of one account; the oldest gives way


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
    Keep value, quality and note as typed; one without value and note is dropped.

    Whether the value makes sense is not judged. Raises ObservationError for a KPI or a period there is none of, and for a
    text that no entry could hold. With it go everybody's drafts past their time, and one's oldest beyond `MOST`.
    """
    require(actor, "record_value")
    if kpis.definition(store, kpi) is None:
        raise ObservationError("kpi_unknown", kpi=kpi[:60])
    code = parse(period).code
    part = typed("breakdown", breakdown)
    told = Draft(
        typed("value", draft.value),
        draft.quality if draft.quality in QUALITIES else "",
        typed("note", draft.note),
    )
    with acting(store, actor, "record_value") as (cursor, by):
        place = Place(by.account, kpi, code, part)
        drafts.forget_old(cursor, before=retention.before(at).draft)
        if told.value or told.note:
            drafts.keep(cursor, place, told, at=at)
            drafts.forget_beyond(cursor, by.account, most=MOST)
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
