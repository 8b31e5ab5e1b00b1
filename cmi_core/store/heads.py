"""
Heads of the record kept outside of the database, so that entries cut off at its end are found.

Seals cannot show that the newest entries are gone: what is left is a whole chain. So the program writes the number and
the seal of each newest entry to a file beside the database, which it only ever appends to:

    63 1f0c…            entry 63 was kept, and this is its seal
    restored 58 9a2e… 7 a backup was put in place; what was known before, backups up to number 7 included, counts no more

The file is written after the entry is kept and is not waited for, so it is never ahead of the record.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cmi_core.errors import StoreError
from cmi_core.store import appended

_RESTORED = "restored"
_END = 4096  # bytes: some dozens of lines, whole ones among them


class Head(NamedTuple):
    """An entry and its seal, as somebody knew them; `known_by` is the file or the backup."""

    entry: int
    seal: str
    known_by: str


class Known(NamedTuple):
    """The heads of a file since the last restore, and the number of the last backup made before that."""

    heads: list[Head]
    backup: int


class Missing(NamedTuple):
    """What the heads say that the record does not: entries that are gone, and one that is another."""

    last: int  # the last entry that the record has
    known: int  # the last entry that a head names; as `last` where none is gone
    other: Head | None  # the first head whose entry has another seal


def file_of(path: Path | str) -> Path:
    """Where the heads of a database are kept."""
    return Path(path).with_suffix(".heads")


def noting(path: Path | str, head: Callable[[], tuple[int, str]]) -> Callable[[], None]:
    """What a store calls after each entry; where the disk takes no more, the entry counts all the same."""
    file = file_of(path)

    def note() -> None:
        with suppress(OSError, StoreError):
            entry, seal = head()
            appended.append(file, f"{entry} {seal}")

    return note


def restored(path: Path | str, entry: int, seal: str, *, backup: int) -> None:
    """A backup was put in place: heads known before are of entries that were given up. Raises OSError."""
    appended.append(file_of(path), f"{_RESTORED} {entry} {seal} {backup}")


def known(path: Path | str) -> Known:
    """What a file of heads says; a line that was cut says nothing. Raises OSError where it cannot be read."""
    file, heads, backup = file_of(path), [], 0
    for line in appended.lines_of(file):
        words, restored_at = _read(line)
        if restored_at is not None:
            heads, backup = [], restored_at
        if words:
            heads.append(Head(int(words[0]), words[1], file.name))
    return Known(heads, backup)


def newest(path: Path | str) -> int:
    """The last entry that a file of heads names, 0 where it names none: its end is read, not the whole of it."""
    file = file_of(path)
    if not file.is_file():
        return 0
    with file.open("rb") as held:
        held.seek(max(0, file.stat().st_size - _END))
        lines = held.read().decode("utf-8", errors="replace").splitlines()
    return next((int(words[0]) for words, _ in map(_read, reversed(lines)) if words), 0)


def compared(seals: Mapping[int, str], heads: Iterable[Head]) -> Missing:
    """How a record with these seals differs from heads that were known."""
    last, heads = max(seals, default=0), list(heads)
    other = [head for head in heads if 0 < head.entry <= last and seals.get(head.entry) != head.seal]
    return Missing(
        last,
        max([head.entry for head in heads] + [last]),
        min(other, default=None, key=lambda head: head.entry),
    )


def _read(line: str) -> tuple[list[str], int | None]:
    """The entry and the seal of a line, none where it was cut; of a restore, also the number of the last backup."""
    words, backup = line.split(" "), None
    if words[0] == _RESTORED and len(words) == 4 and words[3].isdecimal():
        words, backup = words[1:3], int(words[3])
    whole = len(words) == 2 and words[0].isdecimal() and len(words[1]) == 64
    return (words if whole else []), backup if whole else None
