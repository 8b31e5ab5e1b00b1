"""What the running server does for a command of its own machine: take a backup, check every seal."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool

from cmi_core.calendar import clock
from cmi_core.errors import CmiError
from cmi_core.store import admin_channel, backup, record
from cmi_core.store.opening import data_directory, the_store

_LOOKS = 1.0  # seconds between looking for questions


async def answer_for_ever() -> None:
    """Answer what is asked, until the server stops."""
    while True:
        # A database out of reach is told to readers; a question waits until it is there again.
        with suppress(CmiError, OSError):
            await run_in_threadpool(admin_channel.answer_all, data_directory(), DEEDS)
        await asyncio.sleep(_LOOKS)


def _backup(keep: int) -> Mapping[str, object]:
    taken = backup.take(the_store(), at=clock.now(), kept=max(1, int(keep)))
    return asdict(taken)


def _verify() -> Mapping[str, object]:
    store = the_store()
    entry, seal = record.head(store)
    return {"entry": entry, "seal": seal, "broken": record.first_broken(store)}


DEEDS = {"backup": _backup, "verify": _verify}
