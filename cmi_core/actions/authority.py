"""The one way to write as somebody: they are asked whether they may when it is their turn, not before."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from cmi_core.accounts.roles import Account, require
from cmi_core.store import Store


@contextmanager
def acting(
    store: Store,
    actor: Account | None,
    deed: str,
    *,
    assigned: Callable[[Account], bool] | None = None,
) -> Generator[tuple[Any, Account]]:
    """
    One transaction of somebody who may do the deed, with the account as it is then.

    A role that was taken away while the deed waited for its turn counts: who writes before has written.
    Raises PermissionRefused, and nothing is kept.
    """
    with store.writing() as cursor:
        yield cursor, require(actor, deed, assigned=assigned)
