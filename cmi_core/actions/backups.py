"""Taking a backup, by an administrator."""

from datetime import datetime
from pathlib import Path

from cmi_core.accounts.roles import Account, require
from cmi_core.store import Store, backup


def take(store: Store, actor: Account | None, *, at: datetime) -> backup.Backup:
    """Take, verify and keep a backup. Whoever waits for another to be taken is asked when it is their turn."""
    require(actor, "back_up")
    return backup.take(store, at=at, begin=lambda: require(actor, "back_up"))


def listed(store: Store, actor: Account | None) -> tuple[list[backup.Backup], list[str]]:
    """The complete backups of this kind of data, newest first, and the folders that cannot be read as one."""
    require(actor, "back_up")
    if store.path == ":memory:":
        return [], []
    folder = backup.folder_of(store)
    return backup.listed(folder, Path(store.path).stem), backup.unreadable(folder)
