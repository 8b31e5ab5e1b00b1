"""
A backup put in place of a database and its evidence: all of it or nothing, also where the process is killed.

The new database and the new folder of evidence are made and checked beside the old ones. Then a note says what will
be moved where; everything is moved; and the note goes. Until it has gone, whoever opens the database next takes
back what was moved.

What was taken away for good since the backup was made (`removals`) is taken away in the new database too, before it is
put in place.
"""

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cmi_core.errors import StoreError
from cmi_core.store import (
    Store,
    backup,
    checkpoint,
    evidence_copies,
    files,
    heads,
    record,
    recovery,
    removals,
)


class Restored(NamedTuple):
    """The last entry of what was put in place, where what stood there is now (None where nothing did), and evidence that is lost."""

    entry: int
    moved: Path | None
    lost: list[str]


class _Move(NamedTuple):
    """`target` goes to `kept`, if it stands there, and `part` comes in its place, if there is one."""

    target: Path
    part: Path | None
    kept: Path
    stood: bool  # whether there was something at `target`


def restore(source: Path, path: Path, *, kind: str, at: datetime) -> Restored:
    """
    Put a backup in place of a database that no process has open, and of its evidence; both stay, under other names.

    Raises StoreError, and then everything is as it was: `backup_unknown`, `backup_broken`, `backup_kind` where it
    is a backup of another `kind` of data, `database_locked`, `write_failed`.
    """
    backups = backup.beside(path)
    with backup.alone(backups):
        _settle(path)
        _free(path)
        part, evidence = _beside(path, "database"), _beside(path, "evidence")
        try:
            gone = _gone(source, path, backups)
            entry, seal, lost = _prepared(source, part, evidence, kind, gone, at)
            moves = _planned(path, part, evidence, at)
            _free(path)
            removals.write(gone, path, backups)
            _done(path, moves, (entry, seal, backup.last_number(backups)))
        except OSError as problem:
            raise StoreError("write_failed", path=str(path.parent), why=str(problem)) from problem
        finally:
            checkpoint.remove(str(part))
            shutil.rmtree(evidence, ignore_errors=True)
    return Restored(entry, moves[0].kept if moves[0].stood else None, lost)


def settle(path: Path) -> None:
    """
    Take back a restore that was cut, before a database is opened.

    Raises StoreError `database_locked` while one is under way.
    """
    if _note_of(path).exists() or _word_of(path).exists():
        with backup.alone(backup.beside(path), wait=False):
            _settle(path)


def _gone(source: Path, path: Path, backups: Path) -> list[removals.Removal]:
    """What was taken away for good, by every list there is and by the database that gives way. Raises OSError."""
    lists = [
        removals.file_of(path),
        *(removals.copy_in(folder, path) for folder in (backups, source.absolute().parent)),
    ]
    return removals.known(*lists) + _gone_by_database(path)


def _gone_by_database(path: Path) -> list[removals.Removal]:
    """The same by a database itself, which a kill may have kept from its list; nothing where it cannot be read."""
    scratch, journal = _beside(path, "read"), checkpoint.journal_of(str(path))
    shutil.rmtree(scratch, ignore_errors=True)
    found: list[removals.Removal] = []
    try:
        if not path.exists():
            return []
        scratch.mkdir(mode=0o700)
        copy = scratch / path.name
        shutil.copyfile(path, copy)
        if journal.exists():
            shutil.copyfile(journal, checkpoint.journal_of(str(copy)))
        store = Store(copy)
        try:
            found = removals.recorded(store)
        finally:
            store.close()
    except (OSError, StoreError):
        pass  # damaged, as it may be where a backup is wanted: the lists must do
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return found


def _prepared(
    source: Path, part: Path, evidence: Path, kind: str, gone: Sequence[removals.Removal], at: datetime
) -> tuple[int, str, list[str]]:
    """The new database and its evidence, made and checked; the head, and what evidence the backup has not."""
    checkpoint.remove(str(part))
    shutil.rmtree(evidence, ignore_errors=True)
    found = backup.filled(source, part)
    # Not what the folder or its name says decides, but the settings in the database itself.
    if found.kind != kind:
        raise StoreError("backup_kind", name=source.name, found=found.kind, wanted=kind)
    entry, seal, marks = _without(part, gone, at) if gone else (found.entry, found.seal, found.marks)
    lost = evidence_copies.bring_back(source, marks, evidence)
    if set(lost) - set(backup.noted(source).lost):
        raise StoreError("backup_broken", name=source.name)
    files.settle(part)
    return entry, seal, lost


def _without(part: Path, gone: Sequence[removals.Removal], at: datetime) -> tuple[int, str, list[str]]:
    """Take away in a new database what is to be gone; its head and the evidence that it names from then on."""
    store = Store(part)
    try:
        removals.apply(store, gone, at=at)
        entry, seal = record.head(store)
        marks = files.named(store)
    finally:
        store.close()
    if checkpoint.journal_size(str(part)):
        # The file alone is what is put in place.
        raise StoreError("write_failed", path=str(part), why="journal")
    return entry, seal, marks


def _planned(path: Path, part: Path, evidence: Path, at: datetime) -> list[_Move]:
    kept = _free_name(path, at)
    live, journal = files.folder_of(path), checkpoint.journal_of(str(path))
    return [
        _Move(path, part, kept, path.exists()),
        _Move(journal, None, checkpoint.journal_of(str(kept)), journal.exists()),
        _Move(live, evidence, files.folder_of(kept), live.exists()),
    ]


def _free_name(path: Path, at: datetime) -> Path:
    names = [
        f"{path.stem}-before-{at:%Y%m%dT%H%M%S}{more}" for more in ("", *(f"-{n}" for n in range(2, 1000)))
    ]
    kept = (path.with_name(f"{name}{path.suffix}") for name in names)
    return next(each for each in kept if not each.exists() and not files.folder_of(each).exists())


def _done(path: Path, moves: Sequence[_Move], head: tuple[int, str, int]) -> None:
    """Move everything, or nothing. Raises OSError."""
    note = _note_of(path)
    told = [{"target": move.target.name, "kept": move.kept.name, "stood": move.stood} for move in moves]
    files.put(note, json.dumps({"moves": told, "head": head}).encode())
    try:
        _move(moves)
        files.settle(path.parent)
        note.replace(_word_of(path))  # from here on it is done
    except BaseException:
        _take_back(path)
        raise
    with suppress(OSError):
        files.settle(path.parent)
    _say_head(path)


def _move(moves: Sequence[_Move]) -> None:
    for move in moves:
        if move.stood:
            move.target.rename(move.kept)
        if move.part is not None:
            move.part.rename(move.target)


def _settle(path: Path) -> None:
    """What a killed restore left: before its end it is taken back, after it the word of it is passed on."""
    if _note_of(path).exists():
        _take_back(path)
    if _word_of(path).exists():
        _say_head(path)


def _take_back(path: Path) -> None:
    """Put back what was moved; may be cut and repeated at any point."""
    note = _note_of(path)
    for told in reversed(json.loads(note.read_text(encoding="utf-8"))["moves"]):
        target, kept = path.with_name(told["target"]), path.with_name(told["kept"])
        if told["stood"] and not kept.exists():
            continue  # it had not been moved, or is back already
        if target.is_dir():
            shutil.rmtree(target)
        target.unlink(missing_ok=True)
        if told["stood"]:
            kept.rename(target)
    files.settle(path.parent)
    note.unlink()


def _say_head(path: Path) -> None:
    """That heads known before count no more; where the disk takes no more, whoever opens the database next says it."""
    word = _word_of(path)
    entry, seal, number = json.loads(word.read_text(encoding="utf-8"))["head"]
    with suppress(OSError):
        heads.restored(path, entry, seal, backup=number)
        word.unlink()


def _free(path: Path) -> None:
    """Refuse when a process has the database open; a checkpoint that was cut is taken back first."""
    if not path.exists():
        return
    recovery.refuse_if_open(path)
    if checkpoint.was_cut(str(path)):
        checkpoint.put_back(str(path))


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f".{path.stem}.restoring-{what}")


def _note_of(path: Path) -> Path:
    """What is being moved where."""
    return path.with_name(f".{path.stem}.restoring.json")


def _word_of(path: Path) -> Path:
    """The same, once everything has been moved."""
    return path.with_name(f".{path.stem}.restored.json")
