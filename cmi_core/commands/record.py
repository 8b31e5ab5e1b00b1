"""`python -m cmi_core record verify|backup|restore`: is the record whole, a copy of it, and back again."""

import argparse
from pathlib import Path
from typing import Any

from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.store import Store, admin_channel, backup, record
from cmi_core.store.opening import data_directory, kind


def register(subjects: argparse._SubParsersAction) -> None:
    """Add the subjects `record` and, for short, `verify`."""
    subject = subjects.add_parser("record", help="check, back up and restore the record")
    deeds = subject.add_subparsers(dest="deed", required=True)
    deeds.add_parser("verify", help="check every seal and print the head").set_defaults(run=verify)
    taking = deeds.add_parser("backup", help="take and verify a backup, also while the server runs")
    taking.add_argument("--keep", type=int, default=backup.KEPT, help="how many backups to keep")
    taking.set_defaults(run=take)
    deeds.add_parser("list", help="the backups there are").set_defaults(run=show)
    back = deeds.add_parser("restore", help="put a backup in place of the database (stop the server first)")
    back.add_argument("backup", help="its name, as `record list` prints it, or its folder")
    back.set_defaults(run=restore)
    subjects.add_parser("verify", help="the same as record verify").set_defaults(run=verify)


def verify(_: argparse.Namespace) -> int:
    """Check every seal, by the running server if there is one. Raises StoreError naming the first that does not hold."""
    path = _existing()
    try:
        store = Store(path)
    except StoreError as refusal:
        told = _asked(refusal, "verify")
        entry, seal, broken = told["entry"], told["seal"], told["broken"]
    else:
        try:
            entry, seal = record.head(store)
            broken = record.first_broken(store)
        finally:
            store.close()
    if broken is not None:
        raise StoreError("seal_broken", entry=broken)
    print(f"Whole: entries 1 to {entry}")
    print(f"Head:  {seal}")
    return 0


def take(arguments: argparse.Namespace) -> int:
    """Take a backup while people work: by the server that has the database open, else by ourselves."""
    path = _existing()
    try:
        store = Store(path)
    except StoreError as refusal:
        taken = backup.Backup(**_asked(refusal, "backup", keep=arguments.keep))
    else:
        try:
            taken = backup.take(store, at=clock.now(), kept=max(1, arguments.keep))
        finally:
            store.close()
    print(_line(taken))
    return 0


def _asked(refusal: StoreError, deed: str, **given: object) -> dict[str, Any]:
    """What the server answers that has the database open; the refusal itself where it is not for that."""
    if refusal.reason != "database_locked":
        raise refusal
    return admin_channel.ask(data_directory(), deed, given)


def show(_: argparse.Namespace) -> int:
    """Print the complete backups, newest first."""
    for each in backup.listed(data_directory() / "backups"):
        print(_line(each))
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Verify a backup and put it in place; the database that stood there is kept."""
    given = Path(arguments.backup)
    folder = given if given.is_dir() else data_directory() / "backups" / given.name
    moved = backup.restore(folder, data_directory() / f"{kind()}.duckdb", at=clock.now())
    print(f"Restored: {folder.name}")
    if moved:
        print(f"What stood there before: {moved}")
    return 0


def _existing() -> Path:
    path = data_directory() / f"{kind()}.duckdb"
    if not path.exists():
        raise StoreError("data_directory", path=str(path), why="no database")
    return path


def _line(taken: backup.Backup) -> str:
    return (
        f"{taken.name}  entry {taken.entry}  {taken.values} values  {taken.size / 2**20:.1f} MB  {taken.seal}"
    )
