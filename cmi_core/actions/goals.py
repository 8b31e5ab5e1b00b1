"""What people say about carrying out the plan: state, owner and dates of a means."""

from datetime import date, datetime

from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.roles import Account, require
from cmi_core.store import Store, goals, partners, record

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
    by = require(actor, "update_means")
    line: dict[str, object] = {
        "means": means,
        "state": state,
        "owner": owner,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    _check(store, line)
    with store.writing() as cursor:
        held = goals.line_of(store, means)
        if held.get("entry", 0) != seen:
            raise StaleEdit("means_stale", who=held["recorded_by"], note=held["note"])
        if held and all(held[name] == value for name, value in line.items()):
            raise ObservationError("means_same")
        return record.append(
            cursor, {"means_line": [line]}, deed="update_means", by=by.account, at=at, note=note
        )


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
