"""Who may do which deed."""

from dataclasses import dataclass

from cmi_core.errors import PermissionRefused

ROLES = ("viewer", "coordinator", "editor", "admin")

# The least role for each deed. A coordinator moreover needs the KPI to be assigned to them.
DEEDS = {
    "change_own_password": "viewer",
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
    """Somebody who signed in."""

    account: str
    name: str
    role: str
    organisation: str | None = None


def may(actor: Account | None, deed: str) -> bool:
    """
    Whether the actor's role reaches the deed, the assignment of a KPI aside.

    >>> may(Account("nok", "Nok", "coordinator"), "record_value"), may(None, "record_value")
    (True, False)
    """
    return actor is not None and ROLES.index(actor.role) >= ROLES.index(DEEDS[deed])


def require(actor: Account | None, deed: str, *, assigned: bool = True) -> Account:
    """Return the actor, or raise PermissionRefused saying what is missing."""
    if actor is None:
        raise PermissionRefused("sign_in_needed")
    if not may(actor, deed):
        raise PermissionRefused("not_permitted", role=actor.role)
    if actor.role == "coordinator" and not assigned:
        raise PermissionRefused("not_assigned")
    return actor
