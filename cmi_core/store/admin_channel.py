"""
Asking the server that has the database open to do something with it: by files in the data directory.

A database is open in one process at a time, so a command cannot open it beside a running server. It leaves a
question in `asked/`, which only the owner of the data directory can, and the server leaves the answer there.
"""

import fcntl
import json
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
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
            if _let_fall(question.with_suffix(".taken")) and not answer.exists():
                raise StoreError("server_failed", why="it was stopped")
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
        # Who asked may have gone meanwhile, and taken the question along.
        with suppress(FileNotFoundError), question.open("rb") as held:
            # The lock ends with this process, whatever happens to it: who asked sees that nobody is at it any more.
            fcntl.flock(held, fcntl.LOCK_EX)
            taken = question.rename(question.with_suffix(".taken"))
            told = json.dumps(_answer(taken, deeds), default=str)
            draft = question.with_suffix(".part")
            draft.write_text(told, encoding="utf-8")
            draft.rename(question.with_suffix(".told"))
    return len(questions)


def _let_fall(taken: Path) -> bool:
    """Whether a question was taken up by somebody who is not there any more."""
    try:
        with taken.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # not taken yet, or held by who answers it
        return False
    return True


def _answer(question: Path, deeds: Mapping[str, Deed]) -> dict[str, object]:
    try:
        told = json.loads(question.read_text(encoding="utf-8"))
        done = deeds[told["deed"]](**told["given"])
    except CmiError as refusal:
        return {"refused": refusal.reason, "details": dict(refusal.details)}
    except (ValueError, KeyError, TypeError) as problem:
        return {"refused": "question_unknown", "details": {"why": repr(problem)[:200]}}
    except Exception as problem:  # noqa: BLE001 - who asked waits, and is to hear of it whatever it is
        traceback.print_exc()
        return {"refused": "server_failed", "details": {"why": repr(problem)[:200]}}
    return {"refused": None, "answer": dict(done)}
