"""Who may fetch data by a route of ours: the same readers who may see it on a page."""

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cmi_core.accounts.identities import Identity
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, identities
from cmi_core.errors import CmiError
from cmi_core.store import Store
from cmi_core.store.opening import public_read, the_store
from cmi_core.web.sign_in import cookie

Endpoint = Callable[[Request], Awaitable[Response]]
TICKET = "ticket"


def allowed(request: Request) -> bool:
    """
    Whether reading is open, or the request comes with a session or with the ticket of a reader who has none of ours.

    Reads the database: call it in a thread. Raises StoreError.
    """
    if public_read():
        return True
    store = the_store()
    if accounts.whose(store, request.cookies.get(cookie())):
        return True
    return identities.is_ticket(store, request.query_params.get(TICKET))


def with_ticket(
    store: Store, reader: Account | None, mark: str | None, identity: Identity | None, address: str
) -> str:
    """
    The address of a data route as a page writes it for its reader, who came with the session mark `mark` or as `identity`.

    Their browser sends a mark with each request. Whom the organisation's own sign-in vouches for has none that the
    routes can read: while reading is closed, the address then carries a ticket, which ends with their session.
    """
    if public_read() or reader is None or identity is None or accounts.whose(store, mark):
        return address
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{TICKET}={identities.ticket(store, reader, identity)}"


def guarded(endpoint: Endpoint) -> Endpoint:
    """The endpoint for those who are allowed; 401 for others, 503 while the database is out of reach."""

    async def answer(request: Request) -> Response:
        try:
            if await run_in_threadpool(allowed, request):
                return await endpoint(request)
        except CmiError as refusal:
            return JSONResponse({"why": refusal.reason}, status_code=503)
        return JSONResponse({"why": "sign_in_needed"}, status_code=401)

    return answer
