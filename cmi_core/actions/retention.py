"""Forgetting what is past its time. It changes nothing that is on record, so there is no entry, and nobody has to ask for it."""

from datetime import datetime

from cmi_core.accounts.retention import before
from cmi_core.store import Store, retention


def forget(store: Store, *, at: datetime) -> None:
    """Forget what has had its time by `at` (UTC without zone): how long each thing stays, `accounts/retention.py` says."""
    with store.writing() as cursor:
        retention.forget(cursor, before(at))
