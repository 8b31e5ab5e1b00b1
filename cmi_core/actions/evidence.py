"""Keeping evidence: a file beside the database under its SHA-256."""

from datetime import datetime
from hashlib import sha256

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.record.evidence_files import kind_of, safe_name
from cmi_core.store import Store, files
from cmi_core.text.typed import typed


def keep(store: Store, actor: Account | None, *, data: bytes, name: str, at: datetime) -> str:
    """
    Keep a file and return its SHA-256, which a value's line then names.

    Raises FileRefused where its content is not of a kind we take. The file is written in its keeper's turn to write:
    who may not any more leaves none behind.
    """
    require(actor, "record_value")
    media_type, ending = kind_of(data)
    called = safe_name(typed("file_name", name), ending)
    mark = sha256(data).hexdigest()
    with acting(store, actor, "record_value") as (cursor, by):
        files.write(store, mark, data)
        files.add(cursor, files.Evidence(mark, called, media_type, len(data), by.account, at))
    return mark
