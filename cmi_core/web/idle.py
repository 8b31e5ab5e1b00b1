"""Where a page goes that nobody has touched for a while: it holds no connection, and knows the way back."""

import html
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.web import addresses


async def idle(request: Request) -> Response:
    """The resting page. Where it came from is kept by the browser: no address is taken from a link."""
    language = addresses.language_of(request.query_params.get("lang", ""))
    say = text.translator(language)
    words = {key: say(f"idle.{key}") for key in ("title", "told", "back")}
    told = words | {"lang": language, "app": say("app.name"), "home": f"/?{urlencode({'lang': language})}"}
    return addresses.filled("idle.html", {key: html.escape(word) for key, word in told.items()}, status=200)


ROUTES = [Route("/idle", idle)]
