"""The launcher: Streamlit's server with our routes, headers and a warm start around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from cmi_core.errors import CmiError
from cmi_core.web import assets, geography, headers, ready, sign_in


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[dict[str, object]]:
    """Open the database and load what every page needs before the first reader comes."""
    try:
        print(ready.start(), flush=True)  # noqa: T201 - the operator reads the set-up code here
    except CmiError as refusal:
        print(ready.sentence(refusal), flush=True)  # noqa: T201 - and here why a page shows an error
    yield {}


app = st.App(
    "pages/shell.py",
    routes=[*sign_in.ROUTES, *ready.ROUTES, *assets.ROUTES, *geography.ROUTES],
    middleware=[
        Middleware(headers.Headers),
        Middleware(GZipMiddleware, minimum_size=1000),
        Middleware(headers.DocumentLanguage),
    ],
    lifespan=lifespan,
)
