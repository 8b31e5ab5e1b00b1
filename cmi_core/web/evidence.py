"""Evidence files, as downloads only: a browser never shows one on our pages."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.calendar.days import say_moment
from cmi_core.errors import CmiError
from cmi_core.store import evidence_removals, files
from cmi_core.store.opening import the_store
from cmi_core.text.typed import shown
from cmi_core.web.access import allowed

# A file is looked at elsewhere: here it runs nothing, asks for nothing and stands in no other page.
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


async def download(request: Request) -> Response:
    """The file of a SHA-256, to whoever may read the pages."""
    return await run_in_threadpool(_download, request)


def _download(request: Request) -> Response:
    evidence = request.path_params["evidence"]
    try:
        if not allowed(request):
            return _refused("error.sign_in_needed", 403)
        store = the_store()
        if removed := evidence_removals.find(store, evidence):
            return _taken_out(removed)
        kept = files.find(store, evidence)
        if kept is None:
            return _refused("error.evidence_file_unknown", 404)
        # The whole of it, as it is at most some megabytes: what was checked is what is sent.
        content = files.read(store, evidence)
    except CmiError as refusal:
        return _not_shown(refusal)
    return Response(
        content,
        media_type=kept.media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(kept.name, safe='')}",
            "x-content-type-options": "nosniff",
            "content-security-policy": _POLICY,
            # A file may be taken out for cause: no browser is to have it for longer than it is looked at.
            "cache-control": "no-store",
        },
    )


def _taken_out(removed: evidence_removals.Removed) -> Response:
    """When a file was taken out and why, in every language: the address says none."""
    told = [
        say(
            "error.evidence_gone",
            at=say_moment(removed.at, say),
            entry=removed.entry,
            note=shown(removed.note),
        )
        for say in map(text.translator, text.LANGUAGES)
    ]
    return PlainTextResponse("\n".join(told), status_code=410, headers={"cache-control": "no-store"})


def _refused(key: str, status: int, **details: object) -> Response:
    told = "\n".join(text.translator(language)(key, **details) for language in text.LANGUAGES)
    return PlainTextResponse(told, status_code=status)


def _not_shown(refusal: CmiError) -> Response:
    """A file that is lost or is not what was recorded says so; a database out of reach is another matter."""
    gone = refusal.reason in {"evidence_missing", "evidence_altered"}
    return _refused(f"error.{refusal.reason}", 410 if gone else 503, **refusal.details)


ROUTES = [Route("/evidence/{evidence}", download, methods=["GET"])]
