"""Taking a backup, by an administrator."""

from datetime import datetime

from cmi_core.roles import Account, require
from cmi_core.store import Store, backup


def take(store: Store, actor: Account | None, *, at: datetime) -> backup.Backup:
    """Take, verify and keep a backup."""
    require(actor, "back_up")
    return backup.take(store, at=at)
