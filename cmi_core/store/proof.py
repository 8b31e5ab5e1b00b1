"""
Is the record whole: its seals, what the screens read of it, the evidence it names, and the heads that were known.

One answer for the command and for the running server, as JSON can hold it; `refusals` says it in sentences.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cmi_core.errors import StoreError
from cmi_core.store import Store, backup, derived, files, heads

_SHOWN = 5  # files that are named
_DIGITS = 64  # of a seal


def verified(store: Store, given: Sequence[str] = ()) -> dict[str, Any]:
    """Everything that can be held against the record; `given` are seals that somebody has on paper. Raises StoreError."""
    known = _heads(store)  # first: an entry that comes meanwhile is not to be missed
    seals = dict(store.rows("SELECT entry, seal FROM seal"))
    missing = heads.compared(seals, known)
    try:
        evidence = files.differing(files.folder_of(store.path), files.named(store))
    except OSError as problem:
        raise StoreError("data_directory", path=store.path, why=str(problem)) from problem
    by_seal = {seal: entry for entry, seal in seals.items()}
    return derived.verified(store) | {
        "evidence": evidence._asdict(),
        "known": missing.known,
        "other": missing.other and missing.other._asdict(),
        "given": {told: by_seal.get(_seal(told)) for told in given},
    }


def refusals(told: Mapping[str, Any]) -> list[StoreError]:
    """What `verified` found wrong, the gravest first; none where the record is whole."""
    found: list[StoreError] = []
    if told["broken"] is not None:
        found.append(StoreError("seal_broken", entry=told["broken"]))
    if told["other"]:
        found.append(StoreError("head_other", **told["other"]))
    if told["known"] > told["entry"]:
        found.append(
            StoreError("heads_missing", last=told["entry"], first=told["entry"] + 1, known=told["known"])
        )
    found += [StoreError("head_unknown", seal=seal) for seal, entry in told["given"].items() if entry is None]
    evidence = told["evidence"]
    if evidence["altered"] or evidence["missing"]:
        found.append(_evidence_differs(**evidence, lost=()))
    if told["count"]:
        found.append(StoreError("derived_differs", count=told["count"]))
    return found + list(derived.refusals(told["differences"], told["count"]))


def remarks(told: Mapping[str, Any]) -> list[StoreError]:
    """What is not as it should be beside the record, and does not touch it."""
    found = list(derived.refusals(told["remarks"], told["remarked"]))
    if extra := told["evidence"]["extra"]:
        found.append(StoreError("evidence_extra", count=len(extra), first=", ".join(extra[:_SHOWN])))
    return found


def evidence_of(taken: backup.Backup) -> StoreError | None:
    """The sentence for a backup that found files which are not what was recorded, if it did."""
    if not (taken.altered or taken.missing or taken.extra):
        return None
    return _evidence_differs(altered=taken.altered, missing=taken.missing, extra=taken.extra, lost=taken.lost)


def _evidence_differs(
    *, altered: Sequence[str], missing: Sequence[str], extra: Sequence[str], lost: Sequence[str]
) -> StoreError:
    """The sentence for files that are not what was recorded; `lost` are whole in no backup either."""
    first = ", ".join([*altered, *missing, *extra][:_SHOWN])
    reason = "evidence_lost" if lost else "evidence_differs"
    return StoreError(
        reason, altered=len(altered), missing=len(missing), extra=len(extra), lost=len(lost), first=first
    )


def _seal(told: str) -> str:
    """The seal in what somebody typed from a report, in two parts perhaps, or read from its code, entry and all."""
    words = told.lower().split()
    return "".join(words[1:] if len("".join(words)) > _DIGITS else words)


def _heads(store: Store) -> list[heads.Head]:
    """Every head known of this record since it was last restored: of the file beside it, and of its backups."""
    known = heads.known(store.path)
    path = Path(store.path)
    taken = [
        heads.Head(each.entry, each.seal, each.name)
        for each in backup.listed(backup.beside(path), path.stem)
        if each.number > known.backup
    ]
    return known.heads + taken
