"""
Copies of evidence files, for a backup and back from one: never the same file as the one that is in use.

A file that is edited in place changes under all its hard links; so a backup shares files with earlier backups only.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from cmi_core.store import files

EVIDENCE = "evidence"  # the folder in a backup


def copy(marks: Sequence[str], live: Path, earlier: Sequence[Path], target: Path) -> list[str]:
    """
    Copy the named files into a backup; those that are whole nowhere are returned.

    `earlier` are backups, newest first: what one holds whole is taken from there. Raises OSError.
    """
    return [mark for mark in marks if not _copied(mark, live, earlier, target)]


def bring_back(backup: Path, marks: Sequence[str], target: Path) -> list[str]:
    """Copy the named files from a backup to a new folder; those that are not whole there are returned. Raises OSError."""
    target.mkdir(parents=True)
    lost = copy(marks, backup / EVIDENCE, (), target)
    for path in (*target.rglob("*"), target):
        files.settle(path)
    return lost


def _copied(mark: str, live: Path, earlier: Sequence[Path], target: Path) -> bool:
    place, source = files.place(target, mark), files.place(live, mark)
    place.parent.mkdir(parents=True, exist_ok=True)
    for backup in earlier:
        held = files.place(backup / EVIDENCE, mark)
        if files.is_whole(held) and not (source.exists() and source.samefile(held)):
            _share(held, place)
            return True
    if not source.is_file():
        return False
    shutil.copyfile(source, place)
    if files.is_whole(place):
        return True
    place.unlink()
    return False


def _share(held: Path, place: Path) -> None:
    try:
        place.hardlink_to(held)
    except OSError:  # a disk without hard links
        shutil.copyfile(held, place)
