"""What the running server does for a command of its own machine: back up, check the record, make anew, preview a file."""

import asyncio
import base64
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from typing import Any

from starlette.concurrency import run_in_threadpool

from cmi_core.calendar import clock
from cmi_core.store import admin_channel, backup, proof, rebuilding
from cmi_core.store.opening import data_directory, the_store

_LOOKS = 1.0  # seconds between looking for questions


async def answer_for_ever() -> None:
    """Answer what is asked, until the server stops."""
    while True:
        # A data directory out of reach is told to readers; a question waits until it is there again.
        try:
            await run_in_threadpool(admin_channel.answer_all, data_directory(), DEEDS)
        except Exception:  # noqa: BLE001 - one question that fails must not end the answering of all others
            traceback.print_exc()
        await asyncio.sleep(_LOOKS)


def _backup(keep: int) -> Mapping[str, object]:
    taken = backup.take(the_store(), at=clock.now(), kept=int(keep))
    return asdict(taken)


def _verify(given: Sequence[str] = ()) -> Mapping[str, object]:
    return proof.verified(the_store(), [str(seal) for seal in given])


def _rebuild(by: str, note: str) -> Mapping[str, object]:
    return rebuilding.told(rebuilding.rebuild(the_store(), by=str(by), note=str(note), at=clock.now()))


def _preview(kind: str, data: str, **given: Any) -> Mapping[str, object]:
    # What reads files takes a while to load; the server opens its port without it.
    previews = import_module("cmi_core.web.previews")
    return previews.preview(the_store(), str(kind), base64.b64decode(data), **given)


DEEDS = {"backup": _backup, "verify": _verify, "rebuild": _rebuild, "preview": _preview}
