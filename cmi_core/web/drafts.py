"""Keeping what is typed: the browser sends a value's form while it is filled in."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.actions import drafts
from cmi_core.calendar import clock
from cmi_core.errors import CmiError, ObservationError, StoreError
from cmi_core.kpi.sheet import quality_labels
from cmi_core.store.drafts import Draft
from cmi_core.store.opening import the_store
from cmi_core.tables.outside_json import read_json

_LONGEST = 40_000
_FIELDS = ("ticket", "kpi", "period", "part", "value", "quality", "note")


async def keep(request: Request) -> Response:
    """Keep a draft: 204, or why not as JSON. What comes without the form's own ticket is refused."""
    try:
        given = _given(await _body(request))
        await run_in_threadpool(_kept, given)
    except CmiError as refusal:
        status = 503 if isinstance(refusal, StoreError) else 400
        return JSONResponse({"why": refusal.reason}, status_code=status)
    return Response(status_code=204)


def _kept(given: dict[str, str]) -> None:
    store = the_store()
    said = [text.translator(language)("kpi_entry.note_routine") for language in text.LANGUAGES]
    note = "" if given["note"] in said and not given["value"].strip() else given["note"]
    labels = quality_labels(*(text.catalogue(language) for language in text.LANGUAGES))
    draft = Draft(given["value"], labels.get(given["quality"].strip(), ""), note)
    drafts.keep(
        store,
        drafts.whose(store, given["ticket"]),
        kpi=given["kpi"],
        period=given["period"],
        breakdown=given["part"],
        draft=draft,
        at=clock.now(),
    )


def _given(body: bytes) -> dict[str, str]:
    told = read_json(body, ObservationError("draft_malformed"))
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in _FIELDS):
        raise ObservationError("draft_malformed")
    return {name: told[name] for name in _FIELDS}


async def _body(request: Request) -> bytes:
    """What was sent, read no further than a form of ours can be long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            raise ObservationError("draft_malformed")
    return bytes(body)


ROUTES = [Route("/draft", keep, methods=["POST"])]
