"""
The journal is brought into the file with a copy of both beside them, so that no moment of it can be the last.

A process that is killed within a checkpoint may leave a block whose checksum does not fit, in a file whose journal is
gone already: a database that does not open any more (`docs/decisions/0006-checkpoints-with-a-copy.md`). So the program
alone says when a checkpoint is made, never DuckDB by itself, and each is made like this:

1. `real.duckdb.before.wal` is the journal as it stands, empty where there is none; then `real.duckdb.before` is the
   file. From here on the copy counts.
2. CHECKPOINT, while nobody writes.
3. `real.duckdb.before` goes, then the journal's copy. From here on the file counts.

Whoever opens the file and finds `real.duckdb.before` puts the copy back: between 1 and 3 nothing was written, so it
holds the same, whole.
"""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

JOURNAL_MOST = 16 * 2**20  # bytes of journal from which on it is brought into the file


def journal_of(path: str) -> Path:
    """The write-ahead log of a database file."""
    return Path(f"{path}.wal")


def journal_size(path: str) -> int:
    """The bytes in the journal; 0 where there is none."""
    try:
        return journal_of(path).stat().st_size
    except FileNotFoundError:
        return 0


def keep(path: str, file: BinaryIO) -> None:
    """
    Make the copy. Raises OSError where there is no room for it; then there is none.

    `file` is the database, open for reading and left open: DuckDB's lock on it would end, as a lock of POSIX does,
    as soon as this process closed the file, by whatever handle.
    """
    forget(path)
    try:
        journal = journal_of(path)
        with _written(_journal_before(path)) as copy:
            if journal.exists():
                with journal.open("rb") as source:
                    shutil.copyfileobj(source, copy, 2**20)
        part = Path(f"{path}.before.part")
        with _written(part) as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy, 2**20)
        part.replace(_before(path))
    except OSError:
        forget(path)
        raise


def forget(path: str) -> None:
    """Let the copy go: the file counts."""
    for left in (_before(path), _journal_before(path), Path(f"{path}.before.part")):
        left.unlink(missing_ok=True)


def files_of(path: str) -> list[Path]:
    """Every file that a database may have: itself, its journal, and the copies of both."""
    return [
        Path(path), journal_of(path), _before(path), _journal_before(path), Path(f"{path}.before.part")
    ]  # fmt: skip


def remove(path: str) -> None:
    """Take a database away with its journal and its copies: what is left of one would be read into the next."""
    for left in files_of(path):
        left.unlink(missing_ok=True)


def was_cut(path: str) -> bool:
    """Whether a checkpoint was begun and not ended."""
    return _before(path).exists()


def put_back(path: str) -> None:
    """Put the copy in the place of the file and of its journal; may be cut and repeated at any point."""
    before, journal = _before(path), _journal_before(path)
    if journal.exists():
        if journal.stat().st_size:
            journal.replace(journal_of(path))
        else:
            journal_of(path).unlink(missing_ok=True)
            journal.unlink()
    before.replace(path)


def _before(path: str) -> Path:
    return Path(f"{path}.before")


def _journal_before(path: str) -> Path:
    return Path(f"{path}.before.wal")


@contextmanager
def _written(path: Path) -> Generator[BinaryIO, None, None]:
    """A new file for the eyes of its owner alone, on the disk when the block ends."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
