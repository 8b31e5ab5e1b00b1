"""The life of a form: opened on what stands, refused in words, stale with both versions, told once when done."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from cmi_core import text
from cmi_core.errors import CmiError, StaleEdit
from pages.components.shell import form_state, words

if TYPE_CHECKING:
    from pages.components.shell.session import Page

Answer = TypeVar("Answer")
Seen = TypeVar("Seen")

LISTED = 30  # problems told one by one; the rest are counted


@dataclass
class _News:
    """What a deed did: how and what to tell, and whether a run told it to its end."""

    how: str = ""
    said: str = ""
    heard: bool = True


# ------------------------------------------------------------------------------------------------ opening


def turn(form: str) -> int:
    """Which turn of a form this is: it goes into the keys of the fields, so that a saved form starts fresh."""
    return form_state.get(f"turn_{form}", 0)


def key_of(form: str) -> str:
    """What the keys of a form's fields begin with, in this turn."""
    return f"{form}_{turn(form)}"


def opened(form: str, now: Seen) -> Seen:
    """
    What stood when the reader opened `form`; it stays so while others save, for as long as its fields are drawn.

    Their keys begin with `key_of(form)` and a stroke: a form that was left loses what was typed, and opens anew.
    """
    if not form_state.drawn(f"{key_of(form)}_"):
        reopened(form, now)
    return seen(form)


def seen(form: str) -> Any:
    """What the reader of a form has seen to stand."""
    return form_state.get(f"seen_{form}")


def reopened(form: str, now: object) -> None:
    """The reader has been shown what stands now: the draft stays, the next save is on that."""
    form_state.put(f"seen_{form}", now)


def closed(form: str) -> None:
    """The form was saved: next time it opens fresh."""
    form_state.put(f"turn_{form}", turn(form) + 1)


# ------------------------------------------------------------------------------------------------ doing


def outcome(deed: Callable[[], Answer]) -> tuple[Answer | None, CmiError | None]:
    """What a deed answers, or why it was refused; any other error is a fault of ours and goes on."""
    try:
        return deed(), None
    except CmiError as refusal:
        return None, refusal


def answer(page: "Page", deed: Callable[[], Answer]) -> Answer | None:
    """What a deed answers; where it is refused that is told, and there is nothing."""
    found, refusal = outcome(deed)
    if refusal is not None:
        refused(page, refusal)
    return found


def save(
    page: "Page",
    form: str,
    deed: Callable[[], int],
    say: Callable[[int], str] | None = None,
    *,
    now: Callable[[], object] | None = None,
    how: str = "banner",
) -> None:
    """
    Do what an open form asks for: the next run will `say` a success on a fresh form; a refusal is told at once.

    `now` gives what stands now, and shows it where the refusal does not: after a stale edit the next save is on
    that. A refusal of any other kind has shown nobody anything, so the form stays on what it was opened on.
    """
    entry, refusal = outcome(deed)
    if refusal is None:
        closed(form)
        if say is not None:
            tell_next(say(entry or 0), how)
        st.rerun()
    elif isinstance(refusal, StaleEdit) and now is not None:
        stale(page, refusal)
        reopened(form, now())
    else:
        refused(page, refusal)


# ------------------------------------------------------------------------------------------------ telling


def sentence(translate: text.Translate, refusal: CmiError, who: Callable[[str], str] | None = None) -> str:
    """
    A refusal as Markdown that shows it letter by letter; problems below are listed, the rest counted.

    `who` as in `text.refusal`: `Page.who`, where there is a page.
    """
    lines = [_plain(translate, refusal, who)]
    lines += [f"- {_plain(translate, problem, who)}" for problem in refusal.problems[:LISTED]]
    if len(refusal.problems) > LISTED:
        lines.append(translate("refusals.more", count=len(refusal.problems) - LISTED))
    return "\n".join(lines)


def refused(page: "Page", refusal: CmiError) -> None:
    """Say why, in the reader's language."""
    st.error(sentence(page.t, refusal, page.who), icon=":material/error:")


def stale(page: "Page", refusal: StaleEdit) -> None:
    """Somebody saved in between: who, and both values side by side where the refusal has them."""
    st.warning(sentence(page.t, refusal, page.who), icon=":material/group:")
    if "theirs" not in refusal.details:
        return
    who = page.who(str(refusal.details["who"]))
    st.html(
        f"""<div class="cmi-both"><div>{words.escape(page.t("kpi_entry.theirs", who=who))}
        <b>{words.escape(str(refusal.details["theirs"]))}</b>{words.escape(page.t("kpi_entry.theirs_how"))}</div>
        <div>{words.escape(page.t("kpi_entry.mine"))}<b>{words.escape(str(refusal.details["mine"]))}</b>
        {words.escape(page.t("kpi_entry.mine_how"))}</div></div>"""
    )


def compared(page: "Page", rows: Iterable[tuple[str, str, str]]) -> None:
    """The fields in which what stands now differs from what was typed: their name, theirs, mine."""
    heads = [page.t(f"kpi_definitions.{key}") for key in ("field", "theirs", "mine")]
    if differing := [tuple(map(words.as_text, row)) for row in rows if row[1] != row[2]]:
        st.table(pd.DataFrame(differing, columns=heads).set_index(heads[0]))


def tell_next(told: str, how: str = "banner") -> None:
    """Keep what a deed did for the next run: a `banner`, a `toast`, or a `refusal` that came before the page."""
    news = _news()
    news.how, news.said, news.heard = how, told, False


def told() -> bool:
    """Tell what the last deed did, in one whole run (see `telling`); whether there is a success to go on from."""
    news = _news()
    if news.heard:
        return False
    news.heard = True
    if news.how == "banner":
        st.success(words.as_text(news.said), icon=":material/check_circle:")
    elif news.how == "toast":
        st.toast(words.as_text(news.said), icon=":material/check:")
    elif news.how == "refusal":
        st.error(news.said, icon=":material/error:")
    return news.how == "banner"


@contextmanager
def telling() -> Generator[None]:
    """
    Around a whole run: what was told in it is told again where another run takes its place before its end.

    Such a run is drawn over by the next one, and what it told may have been seen by nobody.
    """
    # Fetched first: once a run is to end, each touch of the session's state ends it there and then.
    news = _news()
    before = news.heard
    try:
        yield
    except RerunException:
        # A toast stays on the screen by itself.
        news.heard = news.heard and (before or news.how == "toast")
        raise


def _news() -> _News:
    news = form_state.get("news")
    if news is None:
        form_state.put("news", news := _News())
    return news


def _plain(translate: text.Translate, refusal: CmiError, who: Callable[[str], str] | None) -> str:
    """Its own sentence on one line: a line begun by somebody else could be a heading or a list."""
    return words.as_text(" ".join(text.refusal(translate, refusal, who).splitlines()))
