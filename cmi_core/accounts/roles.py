"""Who may do which deed, asked of the account as it is when the deed is done."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cmi_core.errors import PermissionRefused

ROLES = ("viewer", "coordinator", "editor", "admin")

# The least role for each deed. A coordinator moreover needs the KPI to be assigned to them.
DEEDS = {
    "change_own_password": "viewer",
    "own_second_factor": "viewer",
    "own_feed": "viewer",
    "record_value": "coordinator",
    "correct_value": "coordinator",
    "withdraw_value": "coordinator",
    "verify_value": "coordinator",
    "import_values": "coordinator",
    "set_target": "coordinator",
    "define_kpi": "editor",
    "assign_kpi": "editor",
    "update_means": "editor",
    "edit_framework": "editor",
    "edit_place": "editor",
    "propose_place": "coordinator",
    "undo": "editor",
    "manage_accounts": "admin",
    "back_up": "admin",
}


@dataclass(frozen=True)
class Account:
    """
    Somebody who signed in.

    `now` looks them up again: a page keeps its reader for as long as it stays open, and meanwhile they may have
    signed out or be somebody of another role. Who is made by hand is taken as they are.
    """

    account: str
    name: str
    role: str
    organisation: str | None = None
    now: Callable[[], "Account | None"] | None = field(default=None, compare=False, repr=False)


def may(actor: Account | None, deed: str) -> bool:
    """
    Whether the actor's role reaches the deed, the assignment of a KPI aside; it decides what is shown, not what is done.

    >>> may(Account("nok", "Nok", "coordinator"), "record_value"), may(None, "record_value")
    (True, False)
    """
    return actor is not None and ROLES.index(actor.role) >= ROLES.index(DEEDS[deed])


def require(
    actor: Account | None, deed: str, *, assigned: Callable[[Account], bool] | None = None
) -> Account:
    """
    The actor as they are at this moment, or PermissionRefused saying what is missing.

    `assigned` says whether a KPI is theirs to record; only of a coordinator is it asked.
    """
    by = _at_this_moment(actor)
    if not may(by, deed):
        raise PermissionRefused("not_permitted", role=by.role)
    if by.role == "coordinator" and assigned is not None and not assigned(by):
        raise PermissionRefused("not_assigned")
    return by


def _at_this_moment(actor: Account | None) -> Account:
    if actor is None:
        raise PermissionRefused("sign_in_needed")
    if actor.now is None:
        return actor
    found = actor.now()
    # An address of the organisation's own sign-in may have become somebody else's.
    if found is None or found.account != actor.account:
        raise PermissionRefused("session_over")
    return found
