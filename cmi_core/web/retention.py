"""While the server runs, what is past its time is forgotten: at its start and then once a day, in the background."""

import asyncio
import traceback

from starlette.concurrency import run_in_threadpool

from cmi_core.accounts.retention import LOOKED_FOR
from cmi_core.actions import retention
from cmi_core.calendar import clock
from cmi_core.errors import CmiError
from cmi_core.store.opening import the_store

_TRIED_AGAIN = 600.0  # seconds, where the database could not be asked


async def forget_for_ever() -> None:
    """Forget again and again, until the server stops."""
    while True:
        await asyncio.sleep(await run_in_threadpool(forget))


def forget() -> float:
    """Forget what is past its time now; how many seconds there are to the next time."""
    try:
        retention.forget(the_store(), at=clock.now())
    except CmiError:
        # A database out of reach is told to readers and by `/readyz`: nothing is added here.
        return _TRIED_AGAIN
    except Exception:  # noqa: BLE001 - one time that fails must not be the last one
        traceback.print_exc()
        return _TRIED_AGAIN
    return LOOKED_FOR.total_seconds()
