"""Who may do which deed, asked of the account as it is when the deed is done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from cmi_core.errors import PermissionRefused

ROLES = ("viewer", "coordinator", "editor", "admin")


class Deed(NamedTuple):
    """A right: the least role that has it, and what it lets somebody do, as `docs/security.md` says it."""

    least: str
    what: str


# A coordinator moreover needs the KPI to be assigned to them.
DEEDS = {
    "change_own_password": Deed("viewer", "change one's own password, sign out everywhere"),
    "own_second_factor": Deed("viewer", "set up one's own second factor, renew its codes, take it away"),
    "own_feed": Deed("viewer", "have a calendar feed of one's own, and change its address"),
    "record_value": Deed("coordinator", "record a value of a KPI *, keep a draft, send an evidence file"),
    "correct_value": Deed("coordinator", "record another value in its place *, undo one's own value *"),
    "withdraw_value": Deed("coordinator", "take a value back *"),
    "verify_value": Deed("coordinator", "confirm a value that somebody else recorded, or send it back *"),
    "import_values": Deed("coordinator", "record the values of a sheet *"),
    "set_target": Deed("coordinator", "set baseline, target and owner of a KPI *"),
    "define_kpi": Deed("editor", "define, change or retire a KPI, say what it serves"),
    "assign_kpi": Deed("editor", "say who records a KPI, send a reminder by e-mail"),
    "update_means": Deed("editor", "say how a means of the plan stands, tie it to the index"),
    "edit_framework": Deed(
        "editor", "import an index and its scores, correct a score, set levels and weights"
    ),
    "edit_place": Deed(
        "editor", "replace outlines, import points, score districts, accept or decline proposals on the map"
    ),
    "propose_place": Deed("coordinator", "propose a place on the map"),
    "undo": Deed("editor", "undo anybody's entry"),
    "manage_accounts": Deed(
        "admin",
        "open, change and close accounts, give passwords, end sessions, invite to the organisation's sign-in",
    ),
    "back_up": Deed("admin", "take a backup and see which there are"),
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
    return actor is not None and ROLES.index(actor.role) >= ROLES.index(DEEDS[deed].least)


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


def table() -> str:
    """Who may do what, as rows of the table in `docs/security.md`: the deed, its code, a column for each role."""
    rows = []
    for code, deed in DEEDS.items():
        marks = ["yes" if ROLES.index(role) >= ROLES.index(deed.least) else "–" for role in ROLES]
        rows.append(f"| {deed.what} | `{code}` | {' | '.join(marks)} |")
    return "\n".join(rows)


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
