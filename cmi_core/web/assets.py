"""Fonts, Leaflet and pictures from `static/`, cached by the browser for a day."""

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from cmi_core.store.opening import ROOT


class _Cached(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=86400"
        return response


ROUTES = [Mount("/assets", _Cached(directory=ROOT / "static"))]
