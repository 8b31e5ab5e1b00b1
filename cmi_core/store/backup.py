"""
Backups: a consistent copy taken while people work, verified, and kept in rotation; `restoring` puts one back.

A backup is a folder with one Parquet file per table, all read in one transaction, the evidence files that these name,
`files.json` with the SHA-256 of each of these files, and `backup.json`, which says the head of the record. It is made
under a name of its own kind and gets its own when it is whole and on the disk: a folder of that name is complete.
The tables are made by this program's own migrations and filled again: DuckDB's EXPORT DATABASE refuses a table
that refers to itself, as an undoing entry does, and keeps no comments.
"""

import fcntl
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cmi_core.errors import StoreError
from cmi_core.store import (
    Store,
    accounts,
    backup_tables,
    derived,
    evidence_copies,
    files,
    private,
    record,
    removals,
)
from cmi_core.store.evidence_copies import EVIDENCE
from cmi_core.tables.outside_json import read_json

KEPT = 14  # newest backups that are kept
NOTE, FILES = "backup.json", "files.json"
_TAKING, _GONE = ".taking-", ".gone-"  # not yet, and no longer a backup: neither is ever read as one
_OURS = re.compile(r"[a-z]+-\d{8}T\d{12}")


@dataclass(frozen=True)
class Backup:
    """A complete backup: when it was taken (UTC), the head of the record in it, and what its evidence was like."""

    name: str
    taken_at: str
    entry: int
    seal: str
    values: int
    size: int  # bytes
    kind: str = ""  # real, demonstration; unknown of backups made by 1.0
    # Each has one more than all there were: the order in which they were made, whatever the clock said.
    number: int = 0
    evidence: int = 0  # files
    altered: tuple[str, ...] = ()  # files beside the database that were not what was recorded
    missing: tuple[str, ...] = ()  # files that were not there
    lost: tuple[str, ...] = ()  # those of the two that no earlier backup had whole: they are not in this one
    extra: tuple[str, ...] = ()  # files that nothing in the record names; they are not in it either


class Found(NamedTuple):
    """What a database made from a backup holds; its kind is what stands in its own settings."""

    entry: int
    seal: str
    values: int
    kind: str
    marks: list[str]  # the evidence that it names


def folder_of(store: Store) -> Path:
    """Where a database's backups are kept: `backups/` beside it."""
    if store.path == ":memory:":
        raise StoreError("data_directory", path=store.path, why="backups")
    return beside(Path(store.path))


def beside(path: Path) -> Path:
    """Where the backups of a database file are kept."""
    return path.parent / "backups"


def take(
    store: Store, *, at: datetime, kept: int = KEPT, begin: Callable[[], object] = lambda: None
) -> Backup:
    """
    Copy the database as it stands, verify the copy, keep the newest `kept` of its kind; readers and writers go on.

    Another backup or a restore that is under way is waited for, then `begin` is called.
    Raises StoreError `backup_broken` when the copy cannot be read back whole; it is then thrown away.
    """
    folder = folder_of(store)
    with alone(folder):
        begin()
        _forget_left(folder)
        removals.keep(store, folder)
        name = _free_name(folder, f"{Path(store.path).stem}-{at:%Y%m%dT%H%M%S%f}")
        part = folder / f"{_TAKING}{name}"
        try:
            part.mkdir()
            taken = _made(
                store, part, Backup(name, at.isoformat(), 0, "", 0, 0, number=last_number(folder) + 1)
            )
            part.replace(folder / name)
            files.settle(folder)
        except OSError as problem:
            shutil.rmtree(part, ignore_errors=True)
            raise StoreError("write_failed", path=str(part), why=str(problem)) from problem
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        _rotate(folder, taken, max(1, kept))
    return taken


def listed(folder: Path, kind: str | None = None) -> list[Backup]:
    """
    The complete backups of a folder, of one kind of data or of all, newest first.

    What cannot be read as one is left out (`unreadable`).
    """
    found = []
    for each in _folders(folder):
        try:
            found.append(noted(each))
        except StoreError:
            continue
    found = [each for each in found if kind is None or each.kind == kind]
    return sorted(found, key=lambda each: (each.number, each.taken_at, each.name), reverse=True)


def unreadable(folder: Path) -> list[str]:
    """Folders that look like backups and do not say what they are; they are neither used nor rotated."""
    complete = {each.name for each in listed(folder)}
    return sorted(
        each.name
        for each in _folders(folder)
        if each.name not in complete and (_OURS.fullmatch(each.name) or (each / NOTE).exists())
    )


def last_number(folder: Path) -> int:
    """The number of the backup that was made last; 0 where there is none."""
    return max((each.number for each in listed(folder)), default=0)


def noted(backup: Path) -> Backup:
    """What a backup says of itself. Raises StoreError `backup_unknown` where it says nothing that can be read."""
    unknown = StoreError("backup_unknown", name=backup.name)
    try:
        found = read_note(read_json((backup / NOTE).read_bytes(), unknown))
        datetime.fromisoformat(found.taken_at)
        int(found.number), int(found.entry), int(found.values), float(found.size)
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        raise unknown from problem
    # Its folder may have been given another name, by which it is then called.
    return replace(found, name=backup.name, kind=found.kind or backup.name.partition("-")[0])


def read_note(told: Mapping[str, Any]) -> Backup:
    """A backup as JSON tells of it; what a later program says besides is passed over. Raises TypeError."""
    known = {each.name for each in fields(Backup)}
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in told.items()
        if name in known
    }
    return Backup(**given)


def verify(backup: Path) -> Backup:
    """
    Read a backup back into a temporary database and check every file, every seal and what the screens read.

    Raises StoreError `backup_unknown` or `backup_broken`.
    """
    said = noted(backup)
    with tempfile.TemporaryDirectory() as scratch:
        filled(backup, Path(scratch) / "check.duckdb")
    return said


def filled(backup: Path, path: Path) -> Found:
    """Make a new database at `path` from a backup, and check both. Raises StoreError, and leaves no database then."""
    said = noted(backup)
    try:
        _check_files(backup, said)
        found = _imported(backup, path)
        holds = files.differing(backup / EVIDENCE, found.marks)
        if holds.altered or set(holds.missing) != set(said.lost):
            raise StoreError("backup_broken", name=backup.name)
        if (found.entry, found.seal, found.values) != (said.entry, said.seal, said.values):
            raise StoreError("backup_broken", name=backup.name)
    except (OSError, StoreError) as problem:
        backup_tables.away(path)
        if isinstance(problem, OSError):
            raise StoreError("backup_broken", name=backup.name) from problem
        raise
    return found


@contextmanager
def alone(folder: Path, *, wait: bool = True) -> Generator[None, None, None]:
    """
    While it lasts nobody else takes, rotates or restores here, in this process or in another.

    Raises StoreError: `database_locked` where somebody does and is not to be waited for. It ends with its process.
    """
    with _lock(folder, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB)):
        yield


def _lock(folder: Path, how: int) -> BinaryIO:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / ".lock").open("ab")
    except OSError as problem:
        raise StoreError("write_failed", path=str(folder), why=str(problem)) from problem
    try:
        fcntl.flock(lock, how)
    except OSError as problem:
        lock.close()
        if isinstance(problem, BlockingIOError):
            raise StoreError("database_locked", path=str(folder)) from problem
        raise StoreError("write_failed", path=str(folder), why=str(problem)) from problem
    return lock


def _made(store: Store, part: Path, taken: Backup) -> Backup:
    """Fill a backup's folder and check it; what it says of itself is written last, when all else is on the disk."""
    private.from_now_on()
    backup_tables.export(store, part / "data")
    earlier = [part.parent / each.name for each in listed(part.parent) if each.number]
    with tempfile.TemporaryDirectory(dir=part, prefix="check-") as scratch:
        try:
            found = _imported(part, Path(scratch) / "check.duckdb")
        except StoreError as problem:
            if problem.reason == "backup_broken" and _differs(store):
                # The copy is as good as the original: who looks for a fault of the copy looks in vain.
                raise StoreError("backup_of_broken") from problem
            raise
    live, evidence = files.folder_of(store.path), part / EVIDENCE
    differing = files.differing(live, found.marks)
    lost = evidence_copies.copy(found.marks, live, earlier, evidence)
    inside = [file for file in sorted(part.rglob("*")) if file.is_file()]
    digests = {
        # An evidence file is called by its digest, and was found whole when it was copied.
        file.relative_to(part).as_posix(): file.name if evidence in file.parents else files.digest(file)
        for file in inside
    }
    _write(part / FILES, digests)
    taken = replace(
        taken, entry=found.entry, seal=found.seal, values=found.values, kind=found.kind,
        evidence=len(found.marks),
        altered=tuple(differing.altered), missing=tuple(differing.missing), extra=tuple(differing.extra),
        lost=tuple(lost), size=sum(file.stat().st_size for file in inside),
    )  # fmt: skip
    _write(part / NOTE, asdict(taken))
    for path in (*part.rglob("*"), part):
        files.settle(path)
    return taken


def _imported(backup: Path, path: Path) -> Found:
    """A database from a backup's tables, with its seals and what the screens read checked; and what it holds."""
    backup_tables.bring(backup, path)
    store = Store(path)
    try:
        if _differs(store):
            raise StoreError("backup_broken", name=backup.name)
        values = store.rows("SELECT count(*) FROM kpi_value_line")[0][0]
        kind = str(accounts.setting(store, "kind") or "")
        return Found(*record.head(store), values, kind, files.named(store))
    finally:
        store.close()


def _differs(store: Store) -> bool:
    """Whether a seal does not hold, or the screens read something else than the record says."""
    return record.first_broken(store) is not None or derived.check(store).count > 0


def _check_files(backup: Path, said: Backup) -> None:
    """Every file that a backup says it holds is in it, as it was. Backups made by 1.0 do not say."""
    if not (backup / FILES).exists():
        if said.number:
            raise StoreError("backup_broken", name=backup.name)
        return
    broken = StoreError("backup_broken", name=backup.name)
    try:
        digests = read_json((backup / FILES).read_bytes(), broken)
        differ = [name for name, digest in digests.items() if files.digest(backup / name) != digest]
    except (ValueError, AttributeError) as problem:
        raise broken from problem
    if differ:
        raise broken


def _folders(folder: Path) -> list[Path]:
    return [each for each in folder.glob("[!.]*") if each.is_dir()] if folder.is_dir() else []


def _free_name(folder: Path, name: str) -> str:
    """The name, or one with a further number where a clock has stood still."""
    further = (f"{name[:-6]}{(int(name[-6:]) + more) % 10**6:06}" for more in range(10**6))
    return next(each for each in further if not (folder / each).exists())


def _rotate(folder: Path, newest: Backup, kept: int) -> None:
    """Let old backups of the same kind go; other folders stay, whatever they are called."""
    for old in listed(folder, newest.kind)[kept:]:
        # First it is no backup any more, then it goes: cut in between it must not pass for a whole one.
        gone = folder / f"{_GONE}{old.name}"
        (folder / old.name).rename(gone)
        shutil.rmtree(gone)


def _forget_left(folder: Path) -> None:
    """What a killed process left of a backup that it was taking or letting go; nobody else is at it now."""
    for left in (*folder.glob(f"{_TAKING}*"), *folder.glob(f"{_GONE}*")):
        shutil.rmtree(left)


def _write(path: Path, told: object) -> None:
    path.write_text(json.dumps(told, indent=1), encoding="utf-8")
