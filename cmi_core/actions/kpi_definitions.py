"""Defining KPIs: what they are, what they are judged by, who records them, what they are tied to."""

import re
from collections.abc import Container, Mapping
from datetime import date, datetime
from itertools import count
from math import isfinite
from typing import Any

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.actions.kpis import checked_note, clock, day_of, theirs
from cmi_core.calendar.periods import FREQUENCIES
from cmi_core.calendar.written import understand
from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.kpi.confidence import CONFIDENCES
from cmi_core.kpi.paths import DIRECTIONS, Plan, no_path
from cmi_core.store import Store, accounts, kpis, record
from cmi_core.text.numbers import understand_number
from cmi_core.text.typed import FIELDS as TEXTS
from cmi_core.text.typed import typed

KINDS = ("input", "output", "outcome")
APPROVALS = ("draft", "adopted", "retired")
ASSIGNMENTS = ("coordinator", "stand_in", "none")
LINKED = ("means", "place", "index_node")
FIELDS = {  # what an editor may set, and what a new KPI starts with
    "goal": None, "name_th": "", "name_en": "", "definition_th": None, "definition_en": None,
    "unit_th": "", "unit_en": "", "direction": "higher", "band_lower": None, "band_upper": None,
    "kind": "outcome", "frequency": "yearly", "grace_days": 30, "cumulative": False, "decimals": 2,
    "breakdown": None, "data_owner": None, "owner": None, "baseline": None, "baseline_period": None,
    "target": None, "target_period": None, "starts_in": None, "four_eyes": False, "approval": "draft",
}  # fmt: skip
_TARGETS = (
    "baseline",
    "baseline_period",
    "target",
    "target_period",
    "owner",
    "starts_in",
    "band_lower",
    "band_upper",
)
_VALUES = ("baseline", "target", "band_lower", "band_upper")
_FAULTS = {"band_reversed", "target_not_after_baseline", "target_against_direction", "milestone_off_path"}
_CODE = re.compile(r"k_[a-z0-9_]{1,58}")
_NO_LETTERS = re.compile(r"[^a-z0-9]+")
_GROUP = r"[^|;:]*[^|;:\s][^|;:]*:[^|;:]*[^|;:\s][^|;:]*(\|[^|;:]*[^|;:\s][^|;:]*)+"
_BREAKDOWN = re.compile(f"{_GROUP}(;{_GROUP})*")
_OURS = {"basis": "inferred", "source": "own_analysis", "idea_from": None}


def set_target(
    store: Store,
    actor: Account | None,
    *,
    kpi: str,
    note: str,
    at: datetime,
    expected_version: int,
    **fields: object,
) -> int:
    """
    Set baseline, target, owner (and their periods): by its coordinator or an editor.

    Only the fields given are changed. `expected_version` is the entry of the definition the form showed.
    Raises ObservationError where baseline and target contradict each other, StaleEdit after a change.
    """
    if unknown := set(fields) - set(_TARGETS):
        raise TypeError(f"not a field of a target: {sorted(unknown)}")
    with acting(store, actor, "set_target", assigned=theirs(store, kpi, at)) as (cursor, by):
        before = _found(store, kpi)
        _not_retired(before)
        _not_stale(store, before, expected_version)
        line = checked(store, before | as_kept(fields), kpis.milestones_of(store, kpi))
        if line == before:
            raise ObservationError("nothing_changed")
        return record.append(
            cursor,
            {"kpi_line": [_without_entry(line)]},
            deed="set_target",
            by=by.account,
            at=at,
            note=checked_note(note),
        )


def define_kpi(
    store: Store,
    actor: Account | None,
    *,
    kpi: str,
    fields: Mapping[str, object],
    note: str,
    at: datetime,
    milestones: Mapping[str, object] | None = None,
    expected_version: int = 0,
) -> int:
    """
    Make a KPI (`expected_version=0`) or change it; only the fields given are changed.

    `milestones` maps periods to values and replaces those there are; None leaves them.
    """
    require(actor, "define_kpi")
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"not a field of a KPI: {sorted(unknown)}")
    with acting(store, actor, "define_kpi") as (cursor, by):
        before = kpis.definition(store, kpi)
        if before is None:
            before = new(store, kpi)
        elif expected_version == 0:
            raise ObservationError("kpi_taken", kpi=kpi)
        else:
            _not_stale(store, before, expected_version)
        steps = kpis.milestones_of(store, kpi)
        wanted = steps if milestones is None else _checked_milestones(milestones)
        line = checked(store, before | as_kept(fields), wanted)
        check_code(kpi)
        lines = {
            "kpi_line": [] if line == before else [_without_entry(line)],
            "kpi_milestone_line": [
                {"kpi": kpi, "period": period, "value": wanted.get(period)}
                for period in sorted({*steps, *wanted})
                if steps.get(period) != wanted.get(period)
            ],
        }
        if not any(lines.values()):
            raise ObservationError("nothing_changed")
        if expected_version == 0:
            kpis.add_code(cursor, kpi)
        return record.append(cursor, lines, deed="define_kpi", by=by.account, at=at, note=checked_note(note))


def free_code(name_en: str, taken: Container[str], *, goal: str = "") -> str:
    """
    A code for a new KPI that is not `taken`, made from its English name; of one without letters from the goal and a number.

    >>> free_code("Bus stops", {"k_bus_stops"}), free_code("", {"k_d2_1"}, goal="d2_connected_transit"), free_code("", ())
    ('k_bus_stops_2', 'k_d2_2', 'k_')
    """
    letters = _NO_LETTERS.sub("_", name_en.casefold()).strip("_")[:40].strip("_")
    if not letters and not goal:
        return "k_"
    first = f"k_{letters}" if letters else f"k_{goal.partition('_')[0]}_1"
    codes = (first if turn == 1 else f"{first.removesuffix('_1')}_{turn}" for turn in count(1))
    return next(code for code in codes if code not in taken)


def assign(
    store: Store,
    actor: Account | None,
    *,
    kpi: str,
    account: str,
    role: str,
    note: str,
    at: datetime,
    ends_on: date | None = None,
) -> int:
    """Say who records a KPI: coordinator, stand_in until a day, or none to end an assignment."""
    require(actor, "assign_kpi")
    if role not in ASSIGNMENTS:
        raise ObservationError("assignment_unknown")
    if role == "stand_in" and (ends_on is None or ends_on < day_of(at)):
        raise ObservationError("stand_in_end")
    with acting(store, actor, "assign_kpi") as (cursor, by):
        _not_retired(_found(store, kpi))
        found = accounts.find(store, account)
        if found is None:
            raise ObservationError("account_unknown", account=account)
        if found.role == "viewer" and role != "none":
            raise ObservationError("viewer_assigned")
        wanted = (role, ends_on if role == "stand_in" else None)
        if (kpis.assigned(store, kpi, account) or [("none", None)])[0] == wanted:
            raise ObservationError("nothing_changed")
        line = {"kpi": kpi, "account": account, "role": wanted[0], "ends_on": wanted[1]}
        return record.append(
            cursor,
            {"kpi_assignment_line": [line]},
            deed="assign_kpi",
            by=by.account,
            at=at,
            note=checked_note(note),
        )


def link_kpi(
    store: Store,
    actor: Account | None,
    *,
    kpi: str,
    kind: str,
    target: str,
    note: str,
    at: datetime,
    confidence: str = "medium",
    active: bool = True,
) -> int:
    """Tie a KPI to a means, a place or a node of an index with a stated confidence, or end such a tie."""
    require(actor, "define_kpi")
    if kind not in LINKED or confidence not in CONFIDENCES:
        raise ObservationError("link_unknown")
    with acting(store, actor, "define_kpi") as (cursor, by):
        _not_retired(_found(store, kpi))
        if not kpis.is_known(store, kind, target):
            raise ObservationError("link_target_unknown", target=target)
        held = kpis.links(store)
        held = held[(held["kpi"] == kpi) & (held["kind"] == kind) & (held["target"] == target)]
        if active == (not held.empty and held["confidence"].iloc[0] == confidence) or (
            held.empty and not active
        ):
            raise ObservationError("nothing_changed")
        line = {"kpi": kpi, "kind": kind, "target": target, "confidence": confidence, "active": active,
                "basis": "inferred", "source": "own_analysis"}  # fmt: skip
        return record.append(
            cursor, {"kpi_link_line": [line]}, deed="link_kpi", by=by.account, at=at, note=checked_note(note)
        )


def _found(store: Store, kpi: str) -> dict[str, object]:
    found = kpis.definition(store, kpi)
    if found is None:
        raise ObservationError("kpi_unknown", kpi=kpi)
    return found


def _not_retired(found: Mapping[str, object]) -> None:
    if found["approval"] == "retired":
        raise ObservationError("kpi_retired")


def _not_stale(store: Store, before: Mapping[str, object], expected_version: int) -> None:
    if before["entry"] != expected_version:
        who, when = kpis.made_by(store, int(str(before["entry"])))
        raise StaleEdit("definition_changed", who=who, when=clock(when))


def check_code(kpi: str) -> None:
    """Refuse a code that no KPI may have, with ObservationError `kpi_code`."""
    if not _CODE.fullmatch(kpi):
        raise ObservationError("kpi_code", kpi=kpi[:60])


def new(store: Store, kpi: str) -> dict[str, object]:
    """A KPI before anything is said of it."""
    return {"entry": 0, "kpi": kpi, "position": kpis.next_position(store)} | FIELDS | _OURS


def as_kept(fields: Mapping[str, object]) -> dict[str, object]:
    """The texts among the fields as they are kept; numbers may be typed too, and are understood later."""
    return {
        name: typed(name, told) if isinstance(told, str) and name in TEXTS else told
        for name, told in fields.items()
    }


def checked(store: Store, line: dict[str, object], milestones: Mapping[str, float]) -> dict[str, object]:
    """
    The definition with its fields understood, if nothing in it contradicts itself.

    `line` holds every field of a KPI, `milestones` the value of each period. Raises ObservationError.
    """
    line = {name: value.strip() or None if isinstance(value, str) else value for name, value in line.items()}
    for name in _VALUES:
        if line[name] is not None:
            line[name] = understand_number(line[name])
    for name in ("baseline_period", "target_period", "starts_in"):
        if line[name] is not None:
            line[name] = understand(line[name]).code
    _check_words(store, line)
    if line["direction"] == "band":
        # The table wants a target beside a target period; a band is judged by its bounds, never by this.
        line["target"] = _middle(line) if line["target_period"] else None
    for value in ("baseline", "target"):
        if (line[value] is None) != (line[f"{value}_period"] is None):
            raise ObservationError(f"{value}_half")
    fault = no_path(_plan(line, milestones))
    if fault in _FAULTS:
        told: dict[str, Any] = {name: f"{line[name]:.10g}" for name in _VALUES if line[name] is not None}
        raise ObservationError(fault, **told)
    return line


def _check_words(store: Store, line: Mapping[str, object]) -> None:
    for name in ("name_th", "name_en", "unit_th", "unit_en"):
        if not line[name]:
            raise ObservationError("kpi_field_missing", field=name)
    known = {"direction": DIRECTIONS, "kind": KINDS, "frequency": FREQUENCIES, "approval": APPROVALS}
    for name, words in known.items():
        if line[name] not in words:
            raise ObservationError("kpi_field_unknown", field=name)
    if not kpis.is_known(store, "goal", str(line["goal"])):
        raise ObservationError("kpi_field_unknown", field="goal")
    if line["owner"] and not kpis.is_known(store, "organisation", str(line["owner"])):
        raise ObservationError("kpi_field_unknown", field="owner")
    if line["direction"] == "band" and (line["band_lower"] is None or line["band_upper"] is None):
        raise ObservationError("band_missing")
    if line["breakdown"] and not _BREAKDOWN.fullmatch(str(line["breakdown"])):
        raise ObservationError("breakdown_malformed")
    for name, most in (("grace_days", 730), ("decimals", 6)):
        if not 0 <= int(str(line[name])) <= most:
            raise ObservationError("kpi_field_unknown", field=name)


def _checked_milestones(milestones: Mapping[str, object]) -> dict[str, float]:
    return {understand(period).code: understand_number(value) for period, value in milestones.items()}


def _middle(line: Mapping[str, object]) -> float:
    middle = (float(str(line["band_lower"])) + float(str(line["band_upper"]))) / 2
    return middle if isfinite(middle) else 0.0


def _plan(line: Mapping[str, Any], milestones: Mapping[str, float]) -> Plan:
    names = (
        "baseline",
        "baseline_period",
        "target",
        "target_period",
        "band_lower",
        "band_upper",
        "direction",
    )
    return Plan(**{name: line[name] for name in names}, milestones=tuple(milestones.items()))


def _without_entry(line: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in line.items() if name != "entry"}
