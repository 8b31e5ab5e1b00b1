"""Calendar feeds: the due days of one coordinator, for whoever knows the address."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.actions import feeds
from cmi_core.calendar import clock
from cmi_core.errors import CmiError
from cmi_core.kpi.reminders import calendar
from cmi_core.store.opening import the_store
from cmi_core.views import duties


async def feed(request: Request) -> Response:
    """An iCalendar file in the language asked for (`?lang=`)."""
    chosen = request.query_params.get("lang", "")
    language = chosen if chosen in text.LANGUAGES else text.LANGUAGES[0]
    address = f"{request.url.scheme}://{request.headers.get('host', '')}/my-updates?lang={language}"
    try:
        made = await run_in_threadpool(_made, request.path_params["token"], language, address)
    except CmiError:
        made = None
    if made is None:
        told = "\n".join(text.translator(each)("error.feed_unknown") for each in text.LANGUAGES)
        return PlainTextResponse(told, status_code=404)
    return Response(
        made,
        media_type="text/calendar; charset=utf-8",
        headers={
            "cache-control": "private, max-age=900",
            "content-disposition": 'inline; filename="kpi.ics"',
        },
    )


def _made(token: str, language: str, address: str) -> bytes | None:
    store = the_store()
    whose = feeds.whose(store, token)
    if whose is None:
        return None
    today = clock.today()
    listed = duties.of_account(store, whose.account, language, today)
    return calendar(listed, today, translate=text.translator(language), address=address)


ROUTES = [Route("/feed/{token}.ics", feed, methods=["GET"])]
