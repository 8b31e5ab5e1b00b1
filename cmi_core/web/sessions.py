"""What Streamlit holds for the pages that are open: read and tidied here, and known nowhere else."""

import asyncio
import ctypes
import gc
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool

# Half the time that a page is kept for a browser that has gone: what it held is given back soon after.
_EVERY = 30.0
_UPLOADER = "file_uploader_state_value"

# Streamlit's runtime, which is there once the program has started.
Runtime = Callable[[], Any]


class Sessions:
    """The pages that are open, as Streamlit's runtime knows them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def draws_uploader(self, session: str) -> bool:
        """Whether the page that this session shows has a field for a file, as of its last run."""
        held = self._session(session)
        if held is None:
            return False
        state = held.session_state
        known, before = state._new_widget_state, state._old_state
        # A copy each: the page may run meanwhile.
        return any(
            told.value_type == _UPLOADER and (widget in known.states or widget in before)
            for widget, told in list(known.widget_metadata.items())
        )

    def page(self, session: str) -> str:
        """Which page it shows."""
        held = self._session(session)
        return held.page_script_hash if held else ""

    def bytes_held(self) -> dict[str, int]:
        """How much of what people have sent is held, by session."""
        stored = list(self._runtime().uploaded_file_mgr.file_storage.items())
        return {session: sum(len(file.data) for file in list(files.values())) for session, files in stored}

    def drop_files(self, session: str) -> None:
        """Let go of what a session has sent."""
        self._runtime().uploaded_file_mgr.remove_session_files(session)

    def forget(self) -> int:
        """
        Let go of the pages whose browsers have not come back in time; how many are remembered still.

        Streamlit does so only when the next one is closed, which at night may be tomorrow.
        """
        return len(self._runtime()._session_mgr._session_storage._cache)

    async def forget_for_ever(self) -> None:
        """Do so again and again, and give the memory back to the machine once something was let go of."""
        before = 0
        while True:
            await asyncio.sleep(_EVERY)
            now = self.forget()
            if now < before:
                await run_in_threadpool(_give_back)
            before = now

    def _session(self, session: str) -> Any:
        found = self._runtime()._session_mgr.get_active_session_info(session)
        return found.session if found else None


def _give_back() -> None:
    gc.collect()
    # What Python frees, the C library keeps for itself unless it is told not to; macOS has no such call and no need.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
