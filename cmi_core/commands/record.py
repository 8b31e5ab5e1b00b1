"""`python -m cmi_core record verify|rebuild|backup|restore`: is the record whole, a copy of it, and back again."""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cmi_core import commands
from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.store import (
    Store,
    admin_channel,
    backup,
    derived,
    files,
    loss,
    proof,
    rebuilding,
    recovery,
    restoring,
)
from cmi_core.store.opening import data_directory, database, kind, open_existing, open_store


def register(subjects: argparse._SubParsersAction) -> None:
    """Add the subjects `record` and, for short, `verify`."""
    subject = subjects.add_parser("record", help="check, back up and restore the record")
    deeds = subject.add_subparsers(dest="deed", required=True)
    _add_verify(deeds, "check seals, what screens read, evidence and known heads; print the head")
    deeds.add_parser("left", help="how far a database that does not open can be read").set_defaults(run=left)
    giving = deeds.add_parser("accept-loss", help="go on without what `record left` says is missing")
    giving.set_defaults(run=accept_loss)
    making = deeds.add_parser("rebuild", help="make anew from the record what the screens read otherwise")
    making.set_defaults(run=rebuild)
    for asking in (giving, making):
        asking.add_argument("--by", required=True, help="who does it: stands in the record")
        asking.add_argument("--note", required=True, help="why: stands in the record")
    taking = deeds.add_parser("backup", help="take and verify a backup, also while the server runs")
    taking.add_argument("--keep", type=int, default=backup.KEPT, help="how many backups to keep")
    taking.set_defaults(run=take)
    deeds.add_parser("list", help="the backups there are").set_defaults(run=show)
    back = deeds.add_parser("restore", help="put a backup in place of the database (stop the server first)")
    back.add_argument("backup", help="its name, as `record list` prints it, or its folder")
    back.set_defaults(run=restore)
    _add_verify(subjects, "the same as record verify")


def _add_verify(parsers: argparse._SubParsersAction, told: str) -> None:
    checking = parsers.add_parser("verify", help=told)
    checking.add_argument(
        "--head",
        action="append",
        metavar="SEAL",
        help="a seal from a report, or what its code says: is it one of ours?",
    )
    checking.set_defaults(run=verify)


def verify(arguments: argparse.Namespace) -> int:
    """
    Check seals, what the screens read, evidence and known heads, by the running server if there is one.

    Raises StoreError that names everything that does not hold, the gravest first.
    """
    given = arguments.head or []
    told = _answer("verify", lambda store: proof.verified(store, given), given=given)
    if "evidence" not in told:  # by a server of an older program, which looked at less
        raise StoreError("question_unknown", why="verify")
    if wrong := proof.refusals(told):
        first, *others = wrong
        raise StoreError(first.reason, problems=tuple(others), **first.details)
    print(f"Whole: entries 1 to {told['entry']}")
    print(f"Head:  {told['seal']}")
    for seal, entry in told["given"].items():
        print(f"The seal {seal} is that of entry {entry}")
    for remark in proof.remarks(told):
        print(f"Beside the record: {commands.sentence(remark)}")
    return 0


def left(_: argparse.Namespace) -> int:
    """Say how far a database that does not open can be read, and which backups go further; nothing is changed."""
    path = database()
    recovery.refuse_if_open(path)
    found = loss.left(path)
    print(f"Can be read: {f'entries 1 to {found.last}' if found.last else 'no entry'}")
    print(
        f"Missing: {f'entries {found.last + 1} to {found.known}' if found.known > found.last else 'none that is known'}"
    )
    for each in backup.listed(backup.beside(path), path.stem):
        print(_line(each))
    return 0


def accept_loss(arguments: argparse.Namespace) -> int:
    """Go on from what can be read; the damaged journal is kept, and an entry of the record tells of the loss."""
    kept = loss.accept(database(), by=arguments.by, note=arguments.note, at=clock.now())
    if kept:
        print(f"The journal as it was: {kept}")
    store = open_store(database(), kind=kind())
    print(f"Opened: entries 1 to {store.version}, the last of which tells of the loss")
    store.close()
    return 0


def rebuild(arguments: argparse.Namespace) -> int:
    """Make anew from the record what differs from it, by the running server if there is one; one entry says so."""
    given = {"by": arguments.by, "note": arguments.note}
    told = _answer(
        "rebuild",
        lambda store: rebuilding.told(rebuilding.rebuild(store, at=clock.now(), **given)),
        **given,
    )
    if told["entry"] is not None:
        print(f"Made anew by entry {told['entry']}: {told['made']}")
    elif not told["count"]:
        print("Nothing to make anew: what the screens read is what the record says")
    if told["count"]:
        left = derived.refusals(told["differences"], told["count"])
        raise StoreError("derived_left", count=told["count"], problems=left)
    return 0


def take(arguments: argparse.Namespace) -> int:
    """
    Take a backup while people work: by the server that has the database open, else by ourselves.

    1 where evidence files are not what was recorded: the backup is taken, and what is wrong is said.
    """
    keep = arguments.keep
    told = _answer("backup", lambda store: asdict(backup.take(store, at=clock.now(), kept=keep)), keep=keep)
    taken = backup.read_note(told)
    print(_line(taken))
    if wrong := proof.evidence_of(taken):
        print(commands.sentence(wrong), file=sys.stderr)
    return int(bool(taken.altered or taken.missing))


def _answer(deed: str, do: Callable[[Store], Mapping[str, Any]], **given: object) -> Mapping[str, Any]:
    """What comes of a deed, done here or by the server that has the database open: it is told what is `given`."""
    try:
        store = open_existing()
    except StoreError as refusal:
        if refusal.reason != "database_locked":
            raise
        return admin_channel.ask(data_directory(), deed, given)
    try:
        return do(store)
    finally:
        store.close()


def show(_: argparse.Namespace) -> int:
    """Print the complete backups, newest first, and name the folders that cannot be read as one."""
    folder = data_directory() / "backups"
    for each in backup.listed(folder):
        print(_line(each))
    for name in backup.unreadable(folder):
        print(commands.sentence(StoreError("backup_unknown", name=name)), file=sys.stderr)
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Verify a backup and put it in place, with its evidence; what stood there is kept."""
    given = Path(arguments.backup)
    folder = given if given.is_dir() else data_directory() / "backups" / given.name
    done = restoring.restore(folder, database(), kind=kind(), at=clock.now())
    print(f"Restored: {folder.name}, entries 1 to {done.entry}")
    if done.moved:
        before = [path for path in (done.moved, files.folder_of(done.moved)) if path.exists()]
        print(f"What stood there before: {', '.join(map(str, before))}")
    for mark in done.lost:
        print(commands.sentence(StoreError("evidence_missing", mark=mark[:12])), file=sys.stderr)
    return int(bool(done.lost))


def _line(taken: backup.Backup) -> str:
    return (
        f"{taken.name}  entry {taken.entry}  {taken.values} values  {taken.size / 2**20:.1f} MB  {taken.seal}"
    )
