"""Evidence files, as downloads only: a browser never shows one on our pages."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.errors import CmiError
from cmi_core.store import files
from cmi_core.store.opening import the_store
from cmi_core.web.access import allowed


async def download(request: Request) -> Response:
    """The file of a SHA-256, to whoever may read the pages."""
    return await run_in_threadpool(_download, request)


def _download(request: Request) -> Response:
    evidence = request.path_params["evidence"]
    try:
        if not allowed(request):
            return _refused("error.sign_in_needed", 403)
        store = the_store()
        kept = files.find(store, evidence)
        path = files.path_of(store, evidence) if kept else None
    except CmiError:
        return _refused("error.evidence_file_unknown", 404)
    if kept is None or path is None or not path.is_file():
        return _refused("error.evidence_file_unknown", 404)
    return FileResponse(
        path,
        media_type=kept.media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(kept.name, safe='')}",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
            "cache-control": "private, max-age=3600",
        },
    )


def _refused(key: str, status: int) -> Response:
    told = "\n".join(text.translator(language)(key) for language in text.LANGUAGES)
    return PlainTextResponse(told, status_code=status)


ROUTES = [Route("/evidence/{evidence}", download, methods=["GET"])]
