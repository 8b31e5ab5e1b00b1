"""Plain HTML forms of our own: what was sent, in which language, and the page that answers."""

import re
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from cmi_core import text
from cmi_core.errors import AccountError, CmiError, StoreError
from cmi_core.web import html_pages
from cmi_core.web.access_middleware import of_this_site

_LONGEST_FORM = 10_000
_STATUS = {"throttled": 429, "asked_too_often": 429, "other_site": 403, "form_too_large": 413}
# One slash, then nothing that a browser reads as another host, as a line break or as nothing at all.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*|/")


def language(request: Request) -> str:
    """The language that the address asks for, or the first one."""
    return html_pages.language_of(request.query_params.get("lang", ""))


async def sent(request: Request) -> dict[str, str]:
    """The fields sent by a form of ours, read no further than one can be long. Raises AccountError for others."""
    if not of_this_site(request.headers):
        raise AccountError("other_site")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            raise AccountError("form_too_large")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"))


def inside(target: str) -> str:
    """A path of this site; anything else becomes the first page."""
    return target if _PATH.fullmatch(target) else "/"


def page(
    request: Request,
    name: str,
    *,
    title: str,
    action: str,
    refusal: CmiError | None = None,
    form: dict[str, str] | None = None,
    **told: str,
) -> HTMLResponse:
    """The page `name`, with every sentence about signing in; `title` is the key of its own, `told` fills what else it has."""
    chosen = language(request)
    say = text.translator(chosen)
    target = inside((form or {}).get("next") or request.query_params.get("next", "/"))
    other = "en" if chosen == "th" else "th"
    words = {
        key.removeprefix("sign_in."): say(key) for key in text.catalogue(chosen) if key.startswith("sign_in.")
    }
    told = {
        "next": target,
        "account": (form or {}).get("account", ""),
        "name_value": (form or {}).get("name", ""),
        "action": f"{action}?{urlencode({'lang': chosen})}",
        "again": f"/signin?{urlencode({'lang': chosen, 'next': target})}",
        "forgot": f"/forgot?{urlencode({'lang': chosen})}",
        "other": f"?{urlencode({'lang': other, 'next': target})}",
        "other_code": other,
        "refusal": text.refusal(say, refusal) if refusal else "",
        "hidden": "" if refusal else "hidden",
    } | told
    return html_pages.answer(
        name, words | told, language=chosen, title=say(f"sign_in.{title}"), status=_status(refusal),
        headers={"cache-control": "no-store"},
    )  # fmt: skip


def _status(refusal: CmiError | None) -> int:
    if refusal is None:
        return 200
    return _STATUS.get(refusal.reason, 503 if isinstance(refusal, StoreError) else 400)
