"""
Going on where the newest entries cannot be read any more: said first, then agreed to, and put on record.

The damaged journal stays, under another name; what can be read of it counts. The agreement is written down before
anything is changed, so that the entry that tells of the loss is made also where the process is killed in between.
"""

import json
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from cmi_core.errors import ObservationError, StoreError
from cmi_core.store import Store, backup, checkpoint, files, heads, record, recovery
from cmi_core.text.typed import typed

DEED = "entries_lost"


def left(path: Path) -> recovery.Readable:
    """How far the database can be read; nothing is changed. Raises StoreError."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".left-") as scratch:
            return recovery.readable(path, Path(scratch))
    except OSError as problem:
        raise StoreError("write_failed", path=str(path.parent), why=str(problem)) from problem


def accept(path: Path, *, by: str, note: str, at: datetime) -> Path | None:
    """
    Go on from what can be read; where the journal is kept as it was (None where there is none).

    Opening the database afterwards (`finish`) makes the entry. Raises ObservationError without a name or a reason, and
    StoreError `nothing_lost` where everything can be read.
    """
    for given, missing in ((by, "name_missing"), (note, "note_missing")):
        if not given.strip():
            raise ObservationError(missing)
    # Refused now: once a loss is agreed to, the entry must come.
    typed("account", by), typed("note", note)
    with backup.alone(backup.beside(path)):
        recovery.refuse_if_open(path)
        found, journal = left(path), checkpoint.journal_of(str(path))
        size = journal.stat().st_size if journal.exists() else 0
        if found.journal == size and found.known == found.last:
            raise StoreError("nothing_lost", entry=found.last)
        told = {"last": found.last, "known": found.known, "by": by, "note": note, "at": at.isoformat()}
        try:
            files.put(_agreed(path), json.dumps(told).encode())
            kept = _cut(path, found.journal, at) if size else None
            number = backup.last_number(backup.beside(path))
            heads.restored(path, found.last, found.seal, backup=number)
        except OSError as problem:
            raise StoreError("write_failed", path=str(path.parent), why=str(problem)) from problem
    return kept


def finish(store: Store) -> None:
    """Where a loss was agreed to, the entry that tells of it. Raises StoreError."""
    agreed = _agreed(Path(store.path))
    if not agreed.exists():
        return
    told = json.loads(agreed.read_text(encoding="utf-8"))
    made = store.rows(
        "SELECT 1 FROM entry WHERE deed = $deed AND entry > $last", deed=DEED, last=told["last"]
    )
    if not made:  # else the process was killed right after
        lost = f"{told['last'] + 1}–{told['known']}" if told["known"] > told["last"] else "?"
        with store.writing() as cursor:
            record.append(
                cursor, {}, deed=DEED, by=told["by"], at=datetime.fromisoformat(told["at"]),
                about=lost, note=told["note"],
            )  # fmt: skip
    agreed.unlink()


def _cut(path: Path, size: int, at: datetime) -> Path:
    """Keep the journal whole under another name, and its readable part in its place."""
    journal = checkpoint.journal_of(str(path))
    kept = path.with_name(f"{path.stem}-journal-{at:%Y%m%dT%H%M%S%f}.wal")
    shutil.copyfile(journal, kept)
    files.settle(kept)
    files.put(journal, kept.read_bytes()[:size])
    return kept


def _agreed(path: Path) -> Path:
    return path.with_name(f".{path.stem}.loss.json")
