"""The launcher: Streamlit's server with our routes, headers and a warm start around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from cmi_core import text
from cmi_core.errors import CmiError
from cmi_core.web import assets, evidence, geography, headers, ready, sign_in


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[dict[str, object]]:
    """Open the database before the first reader comes; the server runs on where that fails."""
    await run_in_threadpool(ready.announce)
    yield {}


def tell(problem: Exception) -> bool:
    """Say on the page what went wrong; Streamlit has written the details to the log."""
    chosen = st.query_params.get("lang")
    say = text.translator(chosen if chosen in text.LANGUAGES else text.LANGUAGES[0])
    known = isinstance(problem, CmiError)
    st.error(
        text.refusal(say, problem) if known else say("shell.unexpected", kind=type(problem).__name__),
        icon=":material/error:",
    )
    return True


app = st.App(
    "pages/shell.py",
    routes=[*sign_in.ROUTES, *ready.ROUTES, *assets.ROUTES, *evidence.ROUTES, *geography.ROUTES],
    middleware=[
        Middleware(headers.Headers, tiles=geography.tiles_host()),
        Middleware(GZipMiddleware, minimum_size=1000),
        Middleware(headers.DocumentLanguage),
    ],
    lifespan=lifespan,
    on_script_error=tell,
)
