"""
What the program keeps is for the eyes of the user it runs as alone, whatever that user's umask says.

The database holds password hashes and the key that signs sessions, and so does every backup: whoever can read one
can make a session mark of anybody's.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def from_now_on() -> None:
    """
    No file that this process makes is open to others.

    For the whole process: DuckDB makes its journal anew after each checkpoint and asks nobody for its rights.
    """
    os.umask(_OTHERS)


def close(*paths: Path) -> None:
    """Take the rights of others from what stands there already, a folder with all that is in it."""
    for path in paths:
        for each in _all(path):
            close_alone(each)


def close_alone(path: Path) -> None:
    """Take the rights of others from one file or folder, not from what is in it."""
    # What belongs to another user is theirs to close: `open_to_others` says so at the start.
    with suppress(OSError):
        _close(path)


def open_to_others(folder: Path) -> bool:
    """Whether other users of the machine may look into a folder."""
    return folder.exists() and bool(folder.stat().st_mode & _OTHERS)


def _all(path: Path) -> Iterator[Path]:
    if path.exists():
        yield path
    if path.is_dir() and not path.is_symlink():
        for folder, folders, files in os.walk(path):
            yield from (Path(folder) / name for name in (*folders, *files))


def _close(path: Path) -> None:
    mode = path.lstat().st_mode
    # A folder with the sticky bit, as /tmp, is everybody's by intent.
    if stat.S_ISLNK(mode) or mode & stat.S_ISVTX or not mode & _OTHERS:
        return
    path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
