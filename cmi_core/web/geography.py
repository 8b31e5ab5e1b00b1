"""Geometry by URL: the browser fetches it once per version and keeps it, so a click on the map sends none."""

import json
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from cmi_core.errors import FileRefused
from cmi_core.geography.basemap import Basemap, basemap
from cmi_core.settings import Settings
from cmi_core.store import Store
from cmi_core.store.opening import public_read, the_store
from cmi_core.views import geometry
from cmi_core.web.access import guarded

_WHAT: dict[str, Callable[[Store], dict[str, Any]]] = {
    "places": geometry.outlines,
    "reach": geometry.reach,
    "landmarks": geometry.points,
    "proposals": geometry.proposed,
    "context": lambda store: geometry.context(),  # noqa: ARG005 - context is not in the record
}
_KEPT = "max-age=31536000, immutable"  # the address holds the version: another version is another address
_ASK_AGAIN = "no-cache"
# Its tiles are packed already; packed again a range of bytes would be another one.
BASEMAP_TYPE = "application/vnd.pmtiles"


def tiles_address() -> str:
    """Where online tiles come from; empty unless the operator named a source in CMI_TILES_URL."""
    return Settings.from_env().tiles_url


def tiles_host() -> str:
    """The host that the content policy must allow for the tiles, as `https://*.example.org`; empty without tiles."""
    parts = urlsplit(tiles_address().replace("{s}.", "*."))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.netloc else ""


def basemap_offered() -> Basemap | None:
    """The base map that readers may switch on; none where there is no file, or one that cannot be drawn."""
    try:
        return basemap(Settings.from_env().basemap_path)
    except FileRefused:
        return None  # told to the operator at the start


def basemap_address(offered: Basemap) -> str:
    """Where the browser finds the base map as it stands now."""
    return f"/geo/basemap.pmtiles?v={offered.mark}"


def address(name: str, version: int) -> str:
    """Where the browser finds `name` as it stands at a version of the record."""
    return f"/geo/{name}.geojson?v={version}"


@guarded
async def collection(request: Request) -> Response:
    """One FeatureCollection; 304 where the browser has it."""
    store = the_store()
    try:
        body, tag = await run_in_threadpool(_body, request.path_params["name"], store.path, store.version)
    except KeyError:
        return Response(status_code=404)
    asked = request.query_params.get("v") == str(store.version)
    headers = {
        "etag": tag,
        "cache-control": f"{'public' if public_read() else 'private'}, {_KEPT if asked else _ASK_AGAIN}",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/geo+json", headers=headers)


@guarded
async def tiles(request: Request) -> Response:
    """The base map by ranges of bytes; 404 where there is none."""
    offered = await run_in_threadpool(basemap_offered)
    if offered is None:
        return Response(status_code=404)
    kept = _KEPT if request.query_params.get("v") == offered.mark else _ASK_AGAIN
    headers = {
        "cache-control": f"{'public' if public_read() else 'private'}, {kept}",
        "etag": f'"{offered.mark}"',
    }
    return FileResponse(offered.path, media_type=BASEMAP_TYPE, headers=headers)


ROUTES = [
    Route("/geo/{name}.geojson", collection, methods=["GET"]),
    Route("/geo/basemap.pmtiles", tiles, methods=["GET"]),
]


@lru_cache(maxsize=16)
def _body(name: str, path: str, version: int) -> tuple[bytes, str]:  # noqa: ARG001 - they are the key
    body = json.dumps(_WHAT[name](the_store()), ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{sha256(body).hexdigest()[:32]}"'
