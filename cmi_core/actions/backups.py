"""Taking a backup, by an administrator."""

from datetime import datetime

from cmi_core.accounts.roles import Account, require
from cmi_core.store import Store, backup


def take(store: Store, actor: Account | None, *, at: datetime) -> backup.Backup:
    """Take, verify and keep a backup."""
    require(actor, "back_up")
    return backup.take(store, at=at)


def listed(store: Store, actor: Account | None) -> list[backup.Backup]:
    """The complete backups beside the database, newest first."""
    require(actor, "back_up")
    return [] if store.path == ":memory:" else backup.listed(backup.folder_of(store))
