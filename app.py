"""The launcher: Streamlit's server with our routes, headers and a warm start around it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from streamlit import config, runtime

from cmi_core import text
from cmi_core.errors import CmiError
from cmi_core.web import addresses, admin_channel, ready, retention, routes
from cmi_core.web.sessions import Sessions
from cmi_core.web.stack import stack
from pages.components.shell.warming import warm

SESSIONS = Sessions(runtime.get_instance)


@asynccontextmanager
async def lifespan(_: object) -> AsyncGenerator[dict[str, object]]:
    """Open the database and load the libraries before the first reader comes; a fault is told and the server runs on."""
    served = config.get_options_for_section("server")
    await run_in_threadpool(ready.announce, served["address"], served["port"])
    await run_in_threadpool(warm)
    lasting = [
        asyncio.create_task(each)
        for each in (admin_channel.answer_for_ever(), SESSIONS.forget_for_ever(), retention.forget_for_ever())
    ]
    try:
        yield {}
    finally:
        for each in lasting:
            each.cancel()


def tell(problem: Exception) -> bool:
    """Say on the page what went wrong; Streamlit has written the details to the log."""
    chosen = st.query_params.get("lang")
    say = text.translator(chosen if chosen in text.LANGUAGES else text.LANGUAGES[0])
    unexpected = say("shell.unexpected", kind=type(problem).__name__)
    told = text.refusal(say, problem) if isinstance(problem, CmiError) else unexpected
    st.error(told, icon=":material/error:")
    return True


app = st.App(
    "pages/shell.py",
    routes=routes.ROUTES,
    middleware=stack(SESSIONS, Path(st.__file__).parent / "static"),
    lifespan=lifespan,
    on_script_error=tell,
    exception_handlers={Exception: addresses.fault},
)
