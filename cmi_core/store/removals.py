"""
What was taken away for good, kept outside of the database too, so that an older backup does not bring it back.

A backup that was made before somebody's account was closed, or before a file was taken out, holds both still. So each
such deed is also a line of a file beside the database, and of its copy in the folder of backups, for whoever keeps the
backups elsewhere. No line has a name or an address:

    evidence 2026-07-01T03:00:00 9a2e… 1f0c…       the file with the first hash went, by the entry with the second seal
    account 2026-07-01T03:00:00 1002 77b1… 1f0c…   the account 1002 that the entry with the first seal opened was closed

An account is known by the seal of the entry that opened it as well: in a record that went on from an older state, its
number may have been given to somebody else.

The record comes first: the files follow it after each such deed, at each opening and before each backup, and are only
ever added to. What they say and the record does not have is recorded anew wherever an older state is gone on from: in a
backup before it is put in place, and in a database when it is opened.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from cmi_core import text
from cmi_core.calendar.days import say_moment
from cmi_core.errors import StoreError
from cmi_core.store import Store, appended, closures, evidence_removals, files

BY = "restore"  # who records anew what had been taken away before
EVIDENCE, ACCOUNT = "evidence", "account"
_SEAL = "[0-9a-f]{64}"
_LINE = re.compile(rf"(?:({EVIDENCE}) (\S+) ({_SEAL})|({ACCOUNT}) (\S+) (\S+) ({_SEAL})) ({_SEAL})")
_SHOWN = 12  # digits of a seal in a note
# Each account with the seal of the entry that opened it.
_OPENED = (
    "SELECT a.account, s.seal FROM (SELECT account, min(entry) AS entry FROM account_line GROUP BY account) a"
    " JOIN seal s ON s.entry = a.entry"
)

_keeping = threading.Lock()


class Removal(NamedTuple):
    """What was taken away: a file by its hash, or an account by its code and the seal of the entry that opened it."""

    kind: str
    what: str
    opened: str  # empty of a file
    at: datetime  # UTC
    seal: str  # of the entry that did it

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is the same by as another one, whenever that was recorded."""
        return self.kind, self.what, self.opened


def file_of(path: Path | str) -> Path:
    """Where the list of a database is kept."""
    return Path(path).with_suffix(".removals")


def copy_in(folder: Path, path: Path | str) -> Path:
    """Where a folder of backups has its copy of the list."""
    return folder / file_of(path).name


def known(*lists: Path) -> list[Removal]:
    """What lists say together, each once, by the first that says it; a line that was cut says nothing. Raises OSError."""
    said: dict[tuple[str, str, str], Removal] = {}
    for file in lists:
        for line in appended.lines_of(file):
            if found := _read(line):
                said.setdefault(found.key, found)
    return list(said.values())


def readable(path: Path | str, backups: Path) -> list[Removal]:
    """What a database's own list and its copy say, as far as they can be read."""
    found: list[Removal] = []
    for file in (file_of(path), copy_in(backups, path)):
        with suppress(OSError):
            found += known(file)
    return found


def recorded(store: Store) -> list[Removal]:
    """What the record says was taken away, in the order of its entries."""
    rows = store.rows(
        f"""
        WITH opened AS ({_OPENED})
        SELECT '{EVIDENCE}', l.evidence_file, '', e.recorded_at, s.seal, l.entry
        FROM evidence_removal_line l JOIN entry e ON e.entry = l.entry JOIN seal s ON s.entry = l.entry
        UNION ALL
        SELECT '{ACCOUNT}', l.account, o.seal, e.recorded_at, s.seal, l.entry
        FROM closure_line l JOIN entry e ON e.entry = l.entry JOIN seal s ON s.entry = l.entry
        JOIN opened o ON o.account = l.account
        ORDER BY 6, 1, 2
        """
    )
    return [Removal(*row[:-1]) for row in rows]


def keep(store: Store, backups: Path) -> None:
    """
    Bring the lists in step with the record and with each other, and the evidence with what is to be gone.

    Where the disk takes no more that waits for the next time; the record has it all.
    """
    if store.path == ":memory:":
        return
    evidence_removals.forget_left(store)
    with suppress(OSError, StoreError):
        write(recorded(store), store.path, backups)


def noting(store: Store, backups: Path) -> Callable[[], None]:
    """What a store calls after each entry: one that took something away is in the lists before the next is written."""

    def note() -> None:
        with suppress(OSError, StoreError):
            if _took_away(store):
                write(recorded(store), store.path, backups)

    return note


def write(said: Iterable[Removal], path: Path | str, backups: Path) -> None:
    """Add to both lists what they lack of this and of each other. Raises OSError, once each was tried."""
    lists = [file_of(path), *([copy_in(backups, path)] if backups.is_dir() else [])]
    problem: OSError | None = None
    with _keeping:
        everything = {each.key: each for each in (*readable(path, backups), *said)}
        for file in lists:
            try:
                there = {each.key for each in known(file)}
                lines = [_line(each) for each in everything.values() if each.key not in there]
                if lines:
                    appended.append(file, *lines)
                    files.settle(file)
            except OSError as refused:
                problem = refused
    if problem is not None:
        raise problem


def apply(store: Store, said: Sequence[Removal], *, at: datetime) -> None:
    """
    Record anew what lists say and the record does not have: an entry each, which says when it was done first.

    A file is meant whatever the record knows of it, for it could be sent again; of accounts only those that were opened
    by the very entry that the list names.
    """
    if not said:
        return
    there, opened = {each.key for each in recorded(store)}, set(store.rows(_OPENED))
    lacking: dict[tuple[str, str, str], Removal] = {}
    for each in said:
        if each.key not in there and (each.kind == EVIDENCE or (each.what, each.opened) in opened):
            lacking.setdefault(each.key, each)
    if not lacking:
        return
    say = text.translator(text.LANGUAGES[0])
    with store.writing() as cursor:
        for each in lacking.values():
            note = say(f"app.again_{each.kind}", at=say_moment(each.at, say), seal=each.seal[:_SHOWN])
            APPLY[each.kind](cursor, each.what, by=BY, at=at, note=note)


APPLY: Mapping[str, Callable[..., object]] = {EVIDENCE: evidence_removals.remove, ACCOUNT: closures.close}


def _took_away(store: Store) -> bool:
    """Whether the newest entry took something away."""
    found = store.rows(
        "SELECT 1 FROM evidence_removal_line WHERE entry = $entry UNION ALL"
        " SELECT 1 FROM closure_line WHERE entry = $entry LIMIT 1",
        entry=store.version,
    )
    return bool(found)


def _line(said: Removal) -> str:
    # The seal comes last: of a line that was cut it is not whole.
    opened = [said.opened] if said.kind == ACCOUNT else []
    return " ".join([said.kind, said.at.isoformat(), quote(said.what, safe=""), *opened, said.seal])


def _read(line: str) -> Removal | None:
    """What a line says; None of one that was cut."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    evidence, at, mark, _, closed_at, account, opened, seal = found.groups()
    try:
        when = datetime.fromisoformat(at or closed_at)
    except ValueError:
        return None
    if evidence:
        return Removal(EVIDENCE, mark, "", when, seal)
    return Removal(ACCOUNT, unquote(account), opened, when, seal)
