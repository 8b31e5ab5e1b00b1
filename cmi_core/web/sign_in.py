"""Signing in step by step, signing out and the first set-up: plain HTML pages, so that a cookie can be set."""

import time
from contextlib import suppress
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cmi_core import text
from cmi_core.accounts import passwords, second_factor
from cmi_core.accounts.roles import may
from cmi_core.accounts.throttle import Throttle, network
from cmi_core.actions import accounts as deeds
from cmi_core.actions import signing_in
from cmi_core.actions.signing_in import Browser, Entrance
from cmi_core.calendar import clock
from cmi_core.errors import CmiError
from cmi_core.settings import Settings
from cmi_core.store.opening import the_store
from cmi_core.web import form_pages, ready
from cmi_core.web.access_middleware import of_this_site
from cmi_core.web.turns import Turns

COOKIE = "cmi_session"
KNOWN = "cmi_known"
# The heading of each form, and where it is sent to.
_PAGES = {
    "sign_in": ("title", "/signin"),
    "setup": ("setup_title", "/setup"),
    "sign_in_code": ("code_title", "/signin/step"),
    "sign_in_password": ("own_password_title", "/signin/step"),
    "sign_in_factor": ("factor_title", "/signin/step"),
    "sign_in_recovery": ("recovery_title", ""),
}
_throttle = Throttle()
_turns = Turns()


async def show_sign_in(request: Request) -> Response:
    """The sign-in form."""
    return _page(request, "sign_in")


async def sign_in(request: Request) -> Response:
    """Check the password; ask for what else is needed, or set the cookie and go on to where the reader came from."""
    form: dict[str, str] = {}
    try:
        form = await form_pages.sent(request)
        return await _entered(request, form, await _sign_in(request, form))
    except CmiError as refusal:
        return _page(request, "sign_in", refusal=refusal, form=form)


async def step(request: Request) -> Response:
    """The next step of who has given the right password: a code, a password of their own, or a second factor."""
    form: dict[str, str] = {}
    wants = ""
    try:
        form = await form_pages.sent(request)
        mark = form.get("step", "")
        # The store is opened inside the thread: the first time takes a second, and others wait for the loop.
        wants = (await run_in_threadpool(lambda: signing_in.standing(the_store(), mark))).wants
        if wants == signing_in.FACTOR:
            return await _factor(request, form)
        deed = _code if wants == signing_in.CODE else _own_password
        entrance = await _turns.take(came_from(request), partial(deed, request, form))
        return await _entered(request, form, entrance)
    except CmiError as refusal:
        if wants and refusal.reason != "step_over":
            return _step_page(request, wants, form, refusal=refusal)
        return _page(request, "sign_in", refusal=refusal, form=form)


async def start_again(request: Request) -> Response:
    """A step has no address of its own: who comes back to it begins anew."""
    return RedirectResponse(f"/signin?lang={form_pages.language(request)}", status_code=303)


async def show_setup(request: Request) -> Response:
    """The form for the first admin. The code is printed now if the database was out of reach at the start."""
    await run_in_threadpool(ready.announce)
    return _page(request, "setup")


async def setup(request: Request) -> Response:
    """Make the first admin with the set-up code printed at the first start, and sign them in."""
    form: dict[str, str] = {}
    say = text.translator(form_pages.language(request))
    try:
        form = await form_pages.sent(request)
        await run_in_threadpool(
            lambda: deeds.first_admin(
                the_store(),
                code=form.get("code", ""),
                sign_in=form.get("account", ""),
                name=form.get("name", ""),
                password=form.get("password", ""),
                note=say("sign_in.first_admin_note"),
                at=clock.now(),
            )
        )
        return await _entered(request, form, await _sign_in(request, form))
    except CmiError as refusal:
        return _page(request, "setup", refusal=refusal, form=form)


async def sign_out(request: Request) -> Response:
    """End the session and forget its cookie. A link from another site does nothing."""
    response = RedirectResponse(form_pages.inside(request.query_params.get("next", "/")), status_code=303)
    if not of_this_site(request.headers):
        return response
    if mark := request.cookies.get(cookie()):
        # The cookie goes even where the database cannot be asked.
        with suppress(CmiError):
            await run_in_threadpool(lambda: deeds.sign_out(the_store(), mark, at=clock.now()))
    response.delete_cookie(cookie(), path="/", secure=cookie() != COOKIE, httponly=True, samesite="lax")
    return response


ROUTES = [
    Route("/signin", show_sign_in, methods=["GET"]),
    Route("/signin", sign_in, methods=["POST"]),
    Route("/signin/step", start_again, methods=["GET"]),
    Route("/signin/step", step, methods=["POST"]),
    Route("/setup", show_setup, methods=["GET"]),
    Route("/setup", setup, methods=["POST"]),
    Route("/signout", sign_out, methods=["GET"]),
]


def cookie(name: str = COOKIE) -> str:
    """The name of the session's cookie, or of another. Over HTTPS a neighbouring site cannot set one of that name."""
    return f"__Host-{name}" if Settings.from_env().https else name


def put_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """A cookie that no script reads and no other site sends, over HTTPS alone where there is HTTPS."""
    secure = request.url.scheme == "https" or cookie(name) != name
    response.set_cookie(
        cookie(name), value, max_age=seconds, httponly=True, samesite="lax", secure=secure, path="/"
    )


def came_from(request: Request) -> str:
    """
    Where a request comes from, as far as it can be believed.

    Anybody can write `X-Forwarded-For`, and our web server believes it from this machine: without a proxy of
    the operator's (`CMI_PROXY=true`), all who send one count as one.
    """
    if "x-forwarded-for" in request.headers and not Settings.from_env().proxy:
        return "forwarded"
    return network(request.client.host) if request.client else ""


def _browser(request: Request) -> Browser:
    return Browser(came_from(request), request.cookies.get(cookie(KNOWN), ""))


async def _sign_in(request: Request, form: dict[str, str]) -> Entrance:
    browser = _browser(request)

    def tried() -> Entrance:
        return signing_in.sign_in(
            the_store(),
            _throttle,
            account=form.get("account", ""),
            password=form.get("password", ""),
            browser=browser,
            now=time.monotonic(),
        )

    # A hash takes a quarter of a second: those who send many tries wait for each other, and nobody else for them.
    return await _turns.take(browser.network, tried)


def _code(request: Request, form: dict[str, str]) -> Entrance:
    return signing_in.give_code(
        the_store(),
        _throttle,
        mark=form.get("step", ""),
        code=form.get("code", ""),
        browser=_browser(request),
        note=_say(request, "recovery_note"),
        at=clock.now(),
        now=time.monotonic(),
    )


def _own_password(request: Request, form: dict[str, str]) -> Entrance:
    return signing_in.own_password(
        the_store(),
        mark=form.get("step", ""),
        password=form.get("password", ""),
        note=_say(request, "own_password_note"),
        at=clock.now(),
    )


async def _factor(request: Request, form: dict[str, str]) -> Response:
    """Set a second factor up; its recovery codes are shown once, on a page that has the session's cookie already."""
    entrance, codes = await run_in_threadpool(
        lambda: signing_in.own_factor(
            the_store(),
            mark=form.get("step", ""),
            secret=form.get("secret", ""),
            code=form.get("code", ""),
            note=_say(request, "own_factor_note"),
            at=clock.now(),
        )
    )
    if entrance.wants:
        return _step_page(request, entrance.wants, form | {"step": entrance.mark})
    onward = form_pages.inside(form.get("next", "/"))
    shown = _page(request, "sign_in_recovery", form=form, codes="\n".join(codes), onward=onward)
    return await _with_cookies(request, shown, entrance)


async def _entered(request: Request, form: dict[str, str], entrance: Entrance) -> Response:
    """The session's cookie and where the reader came from, or the next step."""
    if entrance.wants:
        return _step_page(request, entrance.wants, form | {"step": entrance.mark})
    target = await run_in_threadpool(_reachable, form.get("next", "/"), entrance.mark)
    return await _with_cookies(
        request, RedirectResponse(form_pages.inside(target), status_code=303), entrance
    )


def _reachable(target: str, mark: str) -> str:
    """Where to go on to: the first page for those who have nothing to record."""
    path, _, query = target.partition("?")
    if path == "/my-updates" and not may(deeds.whose(the_store(), mark), "record_value"):
        return f"/?{query}" if query else "/"
    return target


async def _with_cookies(request: Request, response: Response, entrance: Entrance) -> Response:
    """The session, and that this browser is one that the account has signed in with."""
    known, before = request.cookies.get(cookie(KNOWN), ""), request.cookies.get(cookie(), "")

    def settled() -> str:
        # The browser forgets the session before: nobody else is to have it.
        deeds.sign_out(the_store(), before, at=clock.now())
        return signing_in.remembered(the_store(), known, entrance.account)

    kept = await run_in_threadpool(settled)
    put_cookie(request, response, COOKIE, entrance.mark, passwords.SESSION_SECONDS)
    put_cookie(request, response, KNOWN, kept, passwords.KNOWN_SECONDS)
    return response


def _step_page(
    request: Request, wants: str, form: dict[str, str], *, refusal: CmiError | None = None
) -> HTMLResponse:
    """The form of the next step; a secret for the app is made once, and kept while its code is mistyped."""
    shown = {"step": form.get("step", "")}
    if wants == signing_in.FACTOR:
        given = form.get("secret", "")
        secret = given if second_factor.is_secret(given) else second_factor.new_secret()
        address = second_factor.address(secret, form.get("account", ""), text.translator("en")("app.name"))
        shown |= {
            "secret": secret,
            "spelt": second_factor.in_fours(secret),
            "address": address,
            "picture": second_factor.picture(address),
        }
    return _page(request, f"sign_in_{wants}", refusal=refusal, form=form, **shown)


def _page(
    request: Request,
    name: str,
    *,
    refusal: CmiError | None = None,
    form: dict[str, str] | None = None,
    **told: str,
) -> HTMLResponse:
    title, action = _PAGES[name]
    return form_pages.page(request, name, title=title, action=action, refusal=refusal, form=form, **told)


def _say(request: Request, key: str) -> str:
    return text.translator(form_pages.language(request))(f"sign_in.{key}")
