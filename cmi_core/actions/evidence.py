"""Keeping evidence: a file beside the database under its SHA-256; and taking one out for cause."""

from datetime import datetime
from hashlib import sha256

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.errors import FileRefused, ObservationError
from cmi_core.record.evidence_files import kind_of, safe_name
from cmi_core.store import Store, evidence_removals, files
from cmi_core.text.typed import typed


def keep(store: Store, actor: Account | None, *, data: bytes, name: str, at: datetime) -> str:
    """
    Keep a file and return its SHA-256, which a value's line then names.

    Raises FileRefused where its content is not of a kind we take, or was taken out for cause before. The file is
    written in its keeper's turn to write: who may not any more leaves none behind.
    """
    require(actor, "record_value")
    media_type, ending = kind_of(data)
    called = safe_name(typed("file_name", name), ending)
    mark = sha256(data).hexdigest()
    with acting(store, actor, "record_value") as (cursor, by):
        if removed := evidence_removals.find(store, mark):
            raise FileRefused("evidence_removed", entry=removed.entry)
        files.write(store, mark, data)
        files.add(cursor, files.Evidence(mark, called, media_type, len(data), by.account, at))
    return mark


def remove(store: Store, actor: Account | None, *, mark: str, note: str, at: datetime) -> int:
    """
    Take a file out for good: it goes, and its hash, who, when and why stay. The entry is returned.

    Raises ObservationError `evidence_unknown` or `evidence_removed`, and StoreError `evidence_left` where the disk
    does not let the file go: it is shown to nobody all the same, and the next opening tries again.
    """
    with acting(store, actor, "remove_evidence") as (cursor, by):
        if removed := evidence_removals.find(store, mark):
            raise ObservationError("evidence_removed", entry=removed.entry)
        if mark not in files.named(store):
            raise ObservationError("evidence_unknown", mark=mark[:12])
        entry = evidence_removals.remove(cursor, mark, by=by.account, at=at, note=note)
    # Not before the entry is kept: a file that is gone without one would be missed.
    evidence_removals.forget(store, [mark])
    return entry
