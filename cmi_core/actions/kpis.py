"""Recording, correcting and withdrawing the values of KPIs, and a second person's word on them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.calendar.clock import there
from cmi_core.calendar.periods import Period
from cmi_core.calendar.written import understand
from cmi_core.errors import CmiError, ObservationError, PermissionRefused, StaleEdit
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.store import Store, evidence_removals, files, kpis, record
from cmi_core.text.numbers import understand_number
from cmi_core.text.typed import typed

WITHDRAWN = "withdrawn"


class Newest(NamedTuple):
    """The newest line of the record for a value."""

    entry: int
    value: float | None
    quality: str
    evidence_link: str | None
    evidence_file: str | None
    recorded_by: str
    recorded_at: datetime
    verdict: str | None


def record_value(
    store: Store,
    actor: Account | None,
    *,
    kpi: str,
    period: str,
    value: object,
    quality: str,
    note: str,
    at: datetime,
    breakdown: str = "",
    evidence_link: str | None = None,
    evidence_file: str | None = None,
    expected_version: int = 0,
) -> int:
    """
    Record a value; the number of the entry is returned.

    `expected_version` is the entry of the newest line the form showed for this period (0: none). Raises
    StaleEdit when there is a newer one, ObservationError for anything that cannot be recorded, an
    identical repeat among it.
    """
    with acting(store, actor, "record_value", assigned=theirs(store, kpi, at)) as (cursor, by):
        found = _rules(store, kpi)
        when = _checked_period(found, period, day_of(at))
        before = newest(store, kpi, when.code, breakdown)
        line = {
            "kpi": kpi,
            "period": when.code,
            "breakdown": _checked_breakdown(found, breakdown),
            "value": understand_number(value),
            "quality": _checked_quality(quality),
            "evidence_link": checked_link(evidence_link),
            "evidence_file": _checked_file(store, evidence_file, before),
        }
        _not_repeated(line, before)
        _not_stale(before, expected_version, mine=line["value"])
        deed = "correct_value" if before and before.value is not None else "record_value"
        return _append(cursor, {"kpi_value_line": [line]}, deed=deed, by=by, at=at, note=note)


def correct_value(store: Store, actor: Account | None, *, expected_version: int, **given: Any) -> int:
    """Record another value in place of the one seen; takes what `record_value` takes."""
    require(actor, "correct_value")
    if not expected_version or newest_value(store, given) is None:
        raise ObservationError("value_not_there")
    return record_value(store, actor, expected_version=expected_version, **given)


def withdraw_value(
    store: Store,
    actor: Account | None,
    *,
    kpi: str,
    period: str,
    note: str,
    at: datetime,
    expected_version: int,
    breakdown: str = "",
) -> int:
    """Take a value back; it stays in the record and no longer counts."""
    with acting(store, actor, "withdraw_value", assigned=theirs(store, kpi, at)) as (cursor, by):
        _rules(store, kpi)
        before = newest(store, kpi, period, breakdown)
        if before is None or before.value is None:
            raise ObservationError("value_not_there")
        _not_stale(before, expected_version, mine=None)
        line = {"kpi": kpi, "period": period, "breakdown": breakdown, "value": None, "quality": WITHDRAWN}
        return _append(cursor, {"kpi_value_line": [line]}, deed="withdraw_value", by=by, at=at, note=note)


def verify_value(store: Store, actor: Account | None, **given: Any) -> int:
    """Confirm somebody else's value; takes `kpi, period, breakdown, expected_version, note, at`."""
    return _verdict(store, actor, "verified", **given)


def send_back(store: Store, actor: Account | None, **given: Any) -> int:
    """Send somebody else's value back with a reason; it no longer counts until it is recorded anew."""
    return _verdict(store, actor, "sent_back", **given)


def newest(store: Store, kpi: str, period: str, breakdown: str = "") -> Newest | None:
    """The newest line of the record for a value, also a withdrawn one."""
    found = kpis.newest(store, kpi, period, breakdown)
    return Newest(*found) if found else None


def newest_value(store: Store, given: Mapping[str, object]) -> float | None:
    """The value that now stands where a correction points, or None."""
    found = newest(store, str(given["kpi"]), str(given["period"]), str(given.get("breakdown", "")))
    return found.value if found else None


def day_of(at: datetime) -> date:
    """The day in Chiang Mai of a moment in UTC."""
    return there(at).date()


def clock(at: datetime) -> str:
    """
    The time of day in Chiang Mai of a moment in UTC.

    >>> clock(datetime(2024, 5, 31, 20, 30))
    '03:30'
    """
    return f"{there(at):%H:%M}"


def is_assigned(store: Store, kpi: str, account: str, day: date) -> bool:
    """Whether an account may record a KPI on a day; a stand-in until the last day of theirs."""
    return any(ends is None or ends >= day for _, ends in kpis.assigned(store, kpi, account))


def theirs(store: Store, kpi: str, at: datetime) -> Callable[[Account], bool]:
    """Whether somebody may record a KPI on the day of a deed; of one there is none of, the deed itself says so."""
    return lambda by: is_assigned(store, kpi, by.account, day_of(at)) or kpis.rules_of(store, kpi) is None


def checked_link(link: str | None) -> str | None:
    """A web address of a kind a browser opens, or nothing."""
    written = typed("evidence_link", link or "")
    if not written:
        return None
    parts = urlsplit(written)
    if parts.scheme not in {"http", "https"} or not parts.netloc or " " in written:
        raise ObservationError("evidence_link_malformed")
    return written


def checked_note(note: str) -> str:
    """The reason of an entry. Raises ObservationError when it is missing or none that can be kept."""
    told = typed("note", note)
    if not told:
        raise ObservationError("note_missing")
    return told


def _rules(store: Store, kpi: str) -> dict[str, object]:
    """What of a KPI's definition decides on a value, if it still takes any."""
    found = kpis.rules_of(store, kpi)
    if found is None:
        raise ObservationError("kpi_unknown", kpi=kpi)
    if found["approval"] == "retired":
        raise ObservationError("kpi_retired")
    return found


def _checked_period(found: Mapping[str, object], period: str, today: date) -> Period:
    when = understand(period, frequency=str(found["frequency"]))
    if when.start > today:
        raise ObservationError("period_not_begun")
    return when


def _checked_quality(quality: str) -> str:
    if quality not in QUALITIES:
        raise ObservationError("quality_unknown")
    return quality


def _checked_breakdown(found: Mapping[str, object], breakdown: str) -> str:
    if breakdown and breakdown not in breakdowns(found.get("breakdown")):
        raise ObservationError("breakdown_unknown", text=breakdown[:60])
    return breakdown


def breakdowns(definition: object) -> list[str]:
    """
    The parts a value may be told for.

    >>> breakdowns("sex:female|male;age:under35|35up")
    ['sex:female', 'sex:male', 'age:under35', 'age:35up']
    """
    groups = [group.partition(":") for group in str(definition or "").split(";") if group.strip()]
    return [
        f"{name.strip()}:{part.strip()}"
        for name, _, parts in groups
        for part in parts.split("|")
        if part.strip()
    ]


def _checked_file(store: Store, evidence_file: str | None, before: Newest | None) -> str | None:
    """A file that is kept, or the one that the value was borne out by before, whatever has become of it."""
    if not evidence_file or (before and before.evidence_file == evidence_file):
        return evidence_file or None
    if removed := evidence_removals.find(store, evidence_file):
        raise ObservationError("evidence_removed", entry=removed.entry)
    if files.find(store, evidence_file) is None:
        raise ObservationError("evidence_file_unknown")
    return evidence_file


def _not_repeated(line: Mapping[str, object], before: Newest | None) -> None:
    """A repeat of what stands is refused, unless it was sent back and is now explained."""
    same = before and all(
        line[name] == getattr(before, name) for name in ("value", "quality", "evidence_link", "evidence_file")
    )
    if same and before.verdict != "sent_back":
        raise ObservationError("value_repeated", entry=before.entry)


def _not_stale(before: Newest | None, expected_version: int, *, mine: object) -> None:
    if before and before.entry != expected_version:
        raise stale(before, mine=mine)


def stale(before: Newest, *, mine: object) -> CmiError:
    """Somebody saved in between: both values, when, and who, by the code of their account."""
    return StaleEdit(
        "value_changed",
        mine=_told(mine),
        theirs=_told(before.value),
        who=before.recorded_by,
        when=clock(before.recorded_at),
        entry=before.entry,
    )


def _told(value: object) -> str:
    return "–" if value is None else f"{value:,.15g}"


def _verdict(
    store: Store,
    actor: Account | None,
    verdict: str,
    *,
    kpi: str,
    period: str,
    expected_version: int,
    note: str,
    at: datetime,
    breakdown: str = "",
) -> int:
    with acting(store, actor, "verify_value", assigned=theirs(store, kpi, at)) as (cursor, by):
        found = _rules(store, kpi)
        before = newest(store, kpi, period, breakdown)
        if before is None or before.value is None:
            raise ObservationError("value_not_there")
        if not found["four_eyes"]:
            raise ObservationError("four_eyes_off")
        if before.recorded_by == by.account:
            raise PermissionRefused("own_value")
        _not_stale(before, expected_version, mine=before.value)
        if before.verdict == verdict:
            raise ObservationError("verdict_repeated")
        line = {
            "kpi": kpi,
            "period": period,
            "breakdown": breakdown,
            "value_entry": before.entry,
            "verdict": verdict,
        }
        deed = "verify_value" if verdict == "verified" else "send_back_value"
        return _append(cursor, {"kpi_verdict_line": [line]}, deed=deed, by=by, at=at, note=note)


def _append(cursor: Any, lines: dict, *, deed: str, by: Account, at: datetime, note: str) -> int:
    return record.append(cursor, lines, deed=deed, by=by.account, at=at, note=checked_note(note))
