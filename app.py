"""The launcher: Streamlit's server with our routes, headers and a warm start around it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from streamlit import config

from cmi_core import text
from cmi_core.errors import CmiError
from cmi_core.web import access_middleware, addresses, admin_channel, geography, headers, ready, routes
from pages.components.shell.warming import warm


@asynccontextmanager
async def lifespan(_: object) -> AsyncGenerator[dict[str, object]]:
    """Open the database and load the libraries before the first reader comes; a fault is told and the server runs on."""
    served = config.get_options_for_section("server")
    await run_in_threadpool(ready.announce, served["address"], served["port"])
    await run_in_threadpool(warm)
    answering = asyncio.create_task(admin_channel.answer_for_ever())
    try:
        yield {}
    finally:
        answering.cancel()


def tell(problem: Exception) -> bool:
    """Say on the page what went wrong; Streamlit has written the details to the log."""
    chosen = st.query_params.get("lang")
    say = text.translator(chosen if chosen in text.LANGUAGES else text.LANGUAGES[0])
    unexpected = say("shell.unexpected", kind=type(problem).__name__)
    told = text.refusal(say, problem) if isinstance(problem, CmiError) else unexpected
    st.error(told, icon=":material/error:")
    return True


PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, geography.BASEMAP_TYPE)

app = st.App(
    "pages/shell.py",
    routes=routes.ROUTES,
    middleware=[
        Middleware(headers.Headers, tiles=geography.tiles_host()),
        Middleware(access_middleware.AccessMiddleware, hosts=access_middleware.hosts()),
        Middleware(GZipMiddleware, minimum_size=1000, exclude_content_types=PACKED),
        Middleware(addresses.Addresses, routes=routes.ROUTES, files=Path(st.__file__).parent / "static"),
        Middleware(headers.DocumentLanguage),
    ],
    lifespan=lifespan,
    on_script_error=tell,
    exception_handlers={Exception: addresses.fault},
)
