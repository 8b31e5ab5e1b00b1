"""How somebody signs in here: with a password, with a second factor beside it, and with what is left where that is lost."""

from dataclasses import dataclass
from datetime import datetime

from cmi_core.accounts import rules
from cmi_core.store import Store, accounts, second_factors


@dataclass(frozen=True)
class WaysIn:
    """
    Whether there is a password of our own and how long it has to be; since when there is a second factor (UTC without
    zone, None: there is none), and how many recovery codes are left.
    """

    password: bool
    length: int
    factor_since: datetime | None
    codes_left: int


def ways_in(store: Store, account: str) -> WaysIn:
    """The ways in of an account; nothing of them is a secret."""
    since = second_factors.since(store, account)
    return WaysIn(
        password=accounts.credential(store, account) is not None,
        length=rules.shortest(second_factor=since is not None),
        factor_since=since,
        codes_left=len(second_factors.recovery_hashes(store, account)),
    )
