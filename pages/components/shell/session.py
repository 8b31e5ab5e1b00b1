"""What every page needs: the store, the reader, the language, the look, and cached reads."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache, partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cmi_core import text
from cmi_core.accounts.identities import Identity
from cmi_core.accounts.identities import read as read_identity
from cmi_core.accounts.roles import Account, may, require
from cmi_core.actions import accounts, identities
from cmi_core.calendar import clock, periods
from cmi_core.errors import PermissionRefused
from cmi_core.settings import Settings
from cmi_core.store import Store
from cmi_core.store.opening import DEMONSTRATION, kind, public_read, the_store
from cmi_core.views import people
from cmi_core.web import access, invited
from cmi_core.web.access_middleware import let_upload
from cmi_core.web.sign_in import cookie
from pages.components.shell import filters, forms, words
from pages.components.shell.registry import Entry, entry_of

P = ParamSpec("P")
T = TypeVar("T")
Drawn = Callable[Concatenate["Page", P], T]
SHELL = "shell"
LOOKS = ("normal", "bw", "by")
_MANNER = ("lang", "look", "size")


@dataclass(frozen=True)
class Page:
    """One run of one page."""

    store: Store
    name: str
    language: str
    t: text.Translate
    look: str
    actor: Account | None
    # Why somebody who signed in is not an actor, if so: a key of the catalogue.
    remark: str | None = None
    # The choices that every link of ours carries on: language, look, text size.
    manner: tuple[tuple[str, str], ...] = ()
    signed_in: bool = False

    @property
    def now(self) -> datetime:
        """The moment, in UTC without zone, as the record keeps it."""
        return clock.now()

    @property
    def today(self) -> date:
        """The day in Chiang Mai."""
        return clock.today()

    @property
    def demonstration(self) -> bool:
        """Whether the data are made up."""
        return kind() == DEMONSTRATION

    def read(self, view: Callable[Concatenate[Store, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """What a view answers, computed once per record version and choices for all readers."""
        answer = _read(view, self.store.opened, self.store.version, *arguments, **named)
        # A shallow copy: what one page adds to its table, no other page sees.
        return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer

    def made(self, make: Callable[Concatenate["Page", P], T], *choices: P.args, **named: P.kwargs) -> T:
        """
        What `make(page, *choices)` makes, once per version, day and choices for all readers; do not change it.

        The page that it gets does not know who reads, only whether somebody has signed in.
        """
        everybody = replace(self, actor=None, remark=None)
        return _made(make, everybody, self.store.opened, self.store.version, self.today, *choices, **named)

    @property
    def sees_names(self) -> bool:
        """Whether this reader sees people by name: who has signed in does, others where the operator says so."""
        return self.signed_in or Settings.from_env().public_names

    @property
    def who(self) -> people.Who:
        """
        `who(account, entry)`: whoever made an entry, as this reader may see them: by name, by a number where the account is
        closed for good; to people who have not signed in by role and organisation, as these were then.
        """
        return people.Who(self.read(people.everybody), self.sees_names, self.t, self.language)

    def say_date(self, day: date) -> str:
        """A day in words: 22 พ.ย. 2569, 22 Nov 2026."""
        return self.t(
            "shell.date",
            day=day.day,
            month=self.t(f"periods.month_{day.month}"),
            year=periods.year_label(day.year, self.t),
        )

    def name_of(self, row: object, field: str = "name") -> str:
        """The text of a row in the reader's language."""
        return getattr(row, f"{field}_{self.language}")


def begin(name: str = SHELL) -> Page:
    """
    Open the page `name` for this reader.

    Where the database cannot be opened, reading needs an account, or the page a role that the reader has not,
    a sentence is shown and the run ends.
    """
    language = filters.current("lang", text.LANGUAGES)
    say = text.translator(language)
    found, refusal = forms.outcome(partial(_opened, say))
    if found is None:
        st.error(forms.sentence(say, refusal), icon=":material/error:")
        st.stop()
    store, actor, remark = found
    if actor is None and not public_read():
        st.info(say(remark or "shell.closed"), icon=":material/lock:")
        way_out(say("sign_in.title"), f"/signin?lang={language}")
        if provider():
            st.button(say("shell.sign_in_provider"), on_click=st.login)
        st.stop()
    _let_upload(actor)
    look = _look()
    manner = tuple((key, st.query_params[key]) for key in _MANNER if key in st.query_params)
    page = Page(store, name, language, say, look, actor, remark, manner, actor is not None)
    if name != SHELL and not may_open(page, entry := entry_of(name)):
        refuse(page, entry)
        st.stop()
    return page


def fragment(draw: Drawn | None = None, *, key: str | None = None) -> Any:
    """
    A part of a page that runs by itself, as Streamlit's own fragment, but never for somebody who is not there any more.

    It keeps the page that the last whole run made. Where that page's reader has signed out elsewhere, was disabled or
    got another role, the whole page runs instead, and `begin` decides what they see.
    """
    if draw is None:
        return partial(fragment, key=key)

    @wraps(draw)
    def drawn(page: Page, *given: Any, **named: Any) -> Any:
        if _runs_apart() and not _still_reads(page):
            st.rerun()
        return draw(page, *given, **named)

    return st.fragment(drawn, key=key)


def for_readers(page: Page, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """What makes a file once it is asked for, which may be long after: only for whoever may still read then."""

    def made() -> bytes:
        if not _still_reads(page):
            raise PermissionRefused("session_over")
        return make()

    return made


def may_open(page: Page, entry: Entry) -> bool:
    """Whether the reader's role reaches a page."""
    return entry.deed is None or may(page.actor, entry.deed)


def refuse(page: Page, entry: Entry) -> None:
    """What stands in place of a page that the reader's role does not reach: why, and the way to sign in."""
    say_made_up(page)
    st.title(page.t(f"{entry.code}.title"), anchor=False)
    _, refusal = forms.outcome(lambda: require(page.actor, str(entry.deed)))
    if refusal is not None:
        st.info(forms.sentence(page.t, refusal), icon=":material/lock:")
    if page.actor is None:
        sign_in(page, entry.address, at="page")


def say_made_up(page: Page) -> None:
    """A banner where the data are made up."""
    if page.demonstration:
        st.html(f'<p class="cmi-made-up">{words.escape(page.t("shell.demonstration"))}</p>')


def sign_in(page: Page, onward: str, *, at: str) -> None:
    """The ways to sign in, and back to a page of ours."""
    back = f"/{onward}?{urlencode(dict(st.query_params) | {'lang': page.language})}"
    way_out(page.t("sign_in.title"), f"/signin?{urlencode({'lang': page.language, 'next': back})}")
    if provider():
        st.button(
            page.t("shell.sign_in_provider"),
            icon=":material/passkey:",
            width="stretch",
            on_click=st.login,
            key=f"provider_{at}",
        )


def readable(page: Page, address: str) -> str:
    """The address of a data route of ours, so that this reader's browser can fetch it while reading is closed."""
    mark = st.context.cookies.get(cookie())
    return access.with_ticket(page.store, page.actor, mark, identity(), address)


def way_out(label: str, address: str) -> None:
    """A button that leaves the page in the same tab; Streamlit's own opens another."""
    st.html(f'<a class="cmi-button" href="{words.escape(address)}" target="_self">{words.escape(label)}</a>')


def anybody(store: Store, name: str, language: str, look: str) -> Page:
    """The page as somebody without an account reads it: for what is written once and kept for all readers."""
    return Page(store, name, language, text.translator(language), look, None)


def provider() -> bool:
    """Whether the operator has set up the organisation's own sign-in (`[auth]` in the secrets)."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def by_provider() -> bool:
    """Whether the reader signed in with the organisation's own sign-in."""
    return bool(getattr(st.user, "is_logged_in", False))


def identity() -> Identity | None:
    """Who the organisation's own sign-in says the reader is; Streamlit has checked the token that says so."""
    if not (by_provider() and provider()):
        return None
    asked = st.secrets["auth"]
    # As Streamlit reads them: a provider's own part, or the settings of the only one.
    client = asked.get(str(st.user.get("provider") or ""), asked).get("client_id")
    leaves_out = Settings.from_env().oidc_email_verified
    return read_identity(st.user.to_dict(), client=str(client or ""), leaves_out=leaves_out)


def leave(page: Page) -> None:
    """
    Sign out of the organisation's own sign-in, and end the session here.

    Streamlit only has the browser forget its cookie, which would stand for its reader for thirty days in other hands.
    """
    who, mark = identity(), st.context.cookies.get(cookie())
    if who is not None:
        # The browser forgets the cookie even where the database cannot be asked.
        forms.outcome(lambda: identities.sign_out(page.store, who, at=page.now))
    if mark:
        forms.outcome(lambda: accounts.sign_out(page.store, mark, at=page.now))
    st.logout()


def _let_upload(actor: Account | None) -> None:
    running = get_script_run_ctx()
    if running is not None:
        let_upload(running.session_id, actor and actor.now)


def _runs_apart() -> bool:
    """Whether parts of the page run by themselves; within a whole run `begin` has just looked the reader up."""
    running = get_script_run_ctx()
    return running is not None and bool(running.fragment_ids_this_run)


def _still_reads(page: Page) -> bool:
    """Whether the page's reader is still who it was made for; asked without Streamlit, which may be elsewhere by then."""
    if page.actor is None:
        return public_read()
    now, _ = forms.outcome(page.actor.now or (lambda: page.actor))
    return now == page.actor


def _look() -> str:
    look = filters.current("look", LOOKS)
    return (st.context.theme.type or "light") if look == "normal" else look


def _opened(say: text.Translate) -> tuple[Store, Account | None, str | None]:
    """The store, who is reading, or why not."""
    store = the_store()
    return store, *_reader(store, say)


def _reader(store: Store, say: text.Translate) -> tuple[Account | None, str | None]:
    """Who is reading, or why not. The role is looked up on every run, so a change works at once."""
    mark, code = st.context.cookies.get(cookie()), st.context.cookies.get(invited.cookie())
    if account := accounts.whose(store, mark):
        return account, "shell.invited_elsewhere" if identities.waits(store, code, at=clock.now()) else None
    if by_provider():
        # The provider says who it is; what they may do stands in our own record only.
        note = say("shell.tied_note")
        return identities.arrive(store, identity(), code, note=note, at=clock.now())
    if identities.waits(store, code, at=clock.now()):
        return None, "shell.invited"
    return None, "shell.session_ended" if mark else None


@lru_cache(maxsize=512)
def _read(view: Callable[..., T], opened: int, version: int, *arguments: object, **named: object) -> T:
    # Not Streamlit's cache: any client may clear that one, and it copies by pickling on every read.
    return view(the_store(), *arguments, **named)


@lru_cache(maxsize=256)
def _made(
    make: Callable[..., T],
    page: Page,
    opened: int,
    version: int,
    day: date,
    *choices: object,
    **named: object,
) -> T:
    return make(page, *choices, **named)
