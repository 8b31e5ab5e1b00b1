"""What people say about carrying out the plan: state, owner and dates of a means."""

from collections.abc import Mapping
from datetime import date, datetime

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.kpi.confidence import CONFIDENCES
from cmi_core.store import Store, goals, kpis, partners, record

STATES = ("not_started", "under_way", "done", "stopped", "unknown")


def update_means(
    store: Store,
    actor: Account | None,
    *,
    means: str,
    state: str,
    owner: str | None,
    starts_on: date | None,
    ends_on: date | None,
    note: str,
    seen: int,
    at: datetime,
) -> int:
    """
    Say how far a means is, who answers for it and when; one entry, whose number is returned.

    `seen` is the entry the form was opened on, 0 for none. Raises PermissionRefused; StaleEdit when somebody
    saved since; ObservationError when nothing changes or the dates are the wrong way round.
    """
    require(actor, "update_means")
    line: dict[str, object] = {
        "means": means,
        "state": state,
        "owner": owner,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    _check(store, line)
    with acting(store, actor, "update_means") as (cursor, by):
        held = goals.line_of(store, means)
        if held.get("entry", 0) != seen:
            raise StaleEdit("means_stale", who=held["recorded_by"], note=held["note"])
        if held and all(held[name] == value for name, value in line.items()):
            raise ObservationError("means_same")
        return record.append(
            cursor, {"means_line": [line]}, deed="update_means", by=by.account, at=at, note=note
        )


def tie_means(
    store: Store,
    actor: Account | None,
    *,
    means: str,
    wanted: Mapping[str, str],
    note: str,
    at: datetime,
) -> int:
    """
    Say which nodes of the index a means is to move: `wanted` maps node to confidence; what is left out is taken back.

    One entry with only what changes, whose number is returned. Raises PermissionRefused; ObservationError when
    nothing changes or the means, a node or a confidence is unknown.
    """
    require(actor, "update_means")
    if not goals.exists(store, means):
        raise ObservationError("means_unknown", means=means)
    for node, confidence in wanted.items():
        if not kpis.is_known(store, "index_node", node) or confidence not in CONFIDENCES:
            raise ObservationError("tie_unknown", target=node)
    with acting(store, actor, "update_means") as (cursor, by):
        held = goals.means_ties(store)
        held = held[held["means"] == means]
        now = dict(zip(held["node"], held["confidence"], strict=True))
        kept = {node: sure for node, sure in wanted.items() if now.get(node) != sure}
        lines = [_tie(means, node, sure, active=True) for node, sure in kept.items()]
        lines += [_tie(means, node, now[node], active=False) for node in now if node not in wanted]
        if not lines:
            raise ObservationError("tie_same")
        return record.append(
            cursor, {"means_link_line": lines}, deed="tie_means", by=by.account, at=at, note=note
        )


def _tie(means: str, node: str, confidence: str, *, active: bool) -> dict[str, object]:
    return {
        "means": means, "node": node, "confidence": confidence, "active": active, "basis": "inferred", "source": "own_analysis",
    }  # fmt: skip


def _check(store: Store, line: dict[str, object]) -> None:
    if not goals.exists(store, str(line["means"])):
        raise ObservationError("means_unknown", means=line["means"])
    if line["state"] not in STATES:
        raise ObservationError("means_state_unknown", state=line["state"])
    if line["owner"] is not None and not partners.exists(store, str(line["owner"])):
        raise ObservationError("organisation_unknown", organisation=line["owner"])
    starts_on, ends_on = line["starts_on"], line["ends_on"]
    if isinstance(starts_on, date) and isinstance(ends_on, date) and starts_on > ends_on:
        raise ObservationError("means_dates_reversed")
