"""Who may do which deed, asked of the account as it is when the deed is done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from cmi_core.errors import PermissionRefused

# From fewer rights to more. A lead is an organisation's: a coordinator who looks after its people as well.
ROLES = ("viewer", "coordinator", "lead", "editor", "admin")
# These moreover need the KPI to be assigned to them.
ASSIGNED = frozenset({"coordinator", "lead"})
# Whom a lead looks after, in their own organisation.
LED = frozenset({"viewer", "coordinator"})


class Deed(NamedTuple):
    """
    A right: the least role that has it, and what it lets somebody do, as `docs/security.md` says it.

    The roles above have it too, but for those it is `not_of`.
    """

    least: str
    what: str
    not_of: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that has it."""
        return tuple(role for role in ROLES[ROLES.index(self.least) :] if role not in self.not_of)


DEEDS = {
    "change_own_password": Deed("viewer", "change one's own password, sign out everywhere"),
    "own_second_factor": Deed("viewer", "set up one's own second factor, renew its codes, take it away"),
    "own_feed": Deed("viewer", "have a calendar feed of one's own, and change its address"),
    "own_data": Deed("viewer", "see and download what is kept about oneself"),
    "record_value": Deed("coordinator", "record a value of a KPI *, keep a draft, send an evidence file"),
    "correct_value": Deed("coordinator", "record another value in its place *, undo one's own value *"),
    "withdraw_value": Deed("coordinator", "take a value back *"),
    "verify_value": Deed("coordinator", "confirm a value that somebody else recorded, or send it back *"),
    "import_values": Deed("coordinator", "record the values of a sheet *"),
    "set_target": Deed("coordinator", "set baseline, target and owner of a KPI *"),
    "define_kpi": Deed("editor", "define, change or retire a KPI, say what it serves"),
    "import_definitions": Deed("editor", "define KPIs and say who records them by one sheet"),
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
    "manage_people": Deed(
        "lead",
        "open, change and retire accounts, reset them by a link, end their sessions: a lead those of the readers and "
        "coordinators of their own organisation",
        not_of=("editor",),
    ),
    "manage_accounts": Deed(
        "admin",
        "open and change accounts of every role, give passwords, close accounts for good, invite to the "
        "organisation's sign-in",
    ),
    "remove_evidence": Deed("admin", "take an evidence file out for good, with a reason"),
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
    return actor is not None and actor.role in DEEDS[deed].roles


def require(
    actor: Account | None, deed: str, *, assigned: Callable[[Account], bool] | None = None
) -> Account:
    """
    The actor as they are at this moment, or PermissionRefused saying what is missing.

    `assigned` says whether a KPI is theirs to record; it is asked of the roles in `ASSIGNED` only.
    """
    by = _at_this_moment(actor)
    if not may(by, deed):
        raise PermissionRefused("not_permitted", role=by.role)
    if by.role in ASSIGNED and assigned is not None and not assigned(by):
        raise PermissionRefused("not_assigned")
    return by


def table() -> str:
    """Who may do what, as rows of the table in `docs/security.md`: the deed, its code, a column for each role."""
    rows = []
    for code, deed in DEEDS.items():
        marks = ["yes" if role in deed.roles else "–" for role in ROLES]
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
