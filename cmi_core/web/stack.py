"""What stands before Streamlit's server, from the outside in."""

from pathlib import Path

from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from cmi_core.settings import Settings
from cmi_core.web import access_middleware, geography, headers, routes, tokens
from cmi_core.web.addresses import Addresses
from cmi_core.web.bodies import Bodies
from cmi_core.web.connections import Connections
from cmi_core.web.limits import Limits
from cmi_core.web.sessions import Sessions
from cmi_core.web.uploads import Uploads

_PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, geography.BASEMAP_TYPE)


def stack(sessions: Sessions, files: Path) -> list[Middleware]:
    """The middleware; `files` is the folder of what Streamlit's page needs beside itself."""
    tokens.refuse_unsigned()
    return [
        Middleware(Connections),
        Middleware(headers.Headers, tiles=geography.tiles_host()),
        Middleware(access_middleware.AccessMiddleware, hosts=access_middleware.hosts()),
        Middleware(Limits, idle_minutes=Settings.from_env().idle_minutes),
        Middleware(Bodies),
        Middleware(Uploads, sessions=sessions),
        Middleware(GZipMiddleware, minimum_size=1000, exclude_content_types=_PACKED),
        Middleware(Addresses, routes=routes.ROUTES, files=files),
        Middleware(headers.DocumentLanguage),
    ]
