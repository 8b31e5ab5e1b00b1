"""Where a page goes that nobody has touched for a while: it holds no connection, and knows the way back."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.web import html_pages


async def idle(request: Request) -> Response:
    """The resting page. Where it came from is kept by the browser: no address is taken from a link."""
    language = html_pages.language_of(request.query_params.get("lang", ""))
    say = text.translator(language)
    told = {key: say(f"idle.{key}") for key in ("told", "back")} | {
        "home": f"/?{urlencode({'lang': language})}"
    }
    return html_pages.answer("idle", told, language=language, title=say("idle.title"))


ROUTES = [Route("/idle", idle)]
