"""
Asking the server that has the database open to do something with it: by files in the data directory.

A database is open in one process at a time, so a command cannot open it beside a running server. It leaves a
question in `asked/`, which only the owner of the data directory can, and the server leaves the answer there.
"""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

from cmi_core.errors import CmiError, StoreError

Deed = Callable[..., Mapping[str, object]]
_LOOKS = 0.2  # seconds between looking for an answer
_UNHEARD = 10.0  # seconds after which nobody is there who answers


def ask(
    folder: Path, deed: str, given: Mapping[str, object], *, patience: float = 1800.0
) -> dict[str, object]:
    """
    Have the server do a deed; what it answers.

    Raises StoreError `database_locked` when no server takes the question up, and what the server itself refused.
    """
    place = folder / "asked"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    question = place / f"{uuid4().hex}.ask"
    draft = question.with_suffix(".draft")
    draft.write_text(json.dumps({"deed": deed, "given": dict(given)}), encoding="utf-8")
    draft.rename(question)
    answer, began = question.with_suffix(".told"), time.monotonic()
    try:
        while not answer.exists():
            waited = time.monotonic() - began
            if waited > patience or (waited > _UNHEARD and question.exists()):
                raise StoreError("database_locked", path=str(folder))
            time.sleep(_LOOKS)
        told = json.loads(answer.read_text(encoding="utf-8"))
    finally:
        for left in (question, answer, question.with_suffix(".taken")):
            left.unlink(missing_ok=True)
    if told["refused"]:
        raise StoreError(told["refused"], **told["details"])
    return told["answer"]


def answer_all(folder: Path, deeds: Mapping[str, Deed]) -> int:
    """Answer every question that waits in a data directory; how many there were."""
    place = folder / "asked"
    questions = sorted(place.glob("*.ask")) if place.is_dir() else []
    for question in questions:
        taken = question.with_suffix(".taken")
        question.rename(taken)
        told = json.dumps(_answer(taken, deeds), default=str)
        draft = question.with_suffix(".part")
        draft.write_text(told, encoding="utf-8")
        draft.rename(question.with_suffix(".told"))
    return len(questions)


def _answer(question: Path, deeds: Mapping[str, Deed]) -> dict[str, object]:
    try:
        told = json.loads(question.read_text(encoding="utf-8"))
        done = deeds[told["deed"]](**told["given"])
    except CmiError as refusal:
        return {"refused": refusal.reason, "details": dict(refusal.details)}
    except (ValueError, KeyError, TypeError) as problem:
        return {"refused": "question_unknown", "details": {"why": repr(problem)[:200]}}
    return {"refused": None, "answer": dict(done)}
