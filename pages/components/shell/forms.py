"""The life of a form: opened on what stands, refused in words, stale with both versions, told once when done."""

from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd
import streamlit as st

from cmi_core import text
from cmi_core.errors import CmiError, StaleEdit
from pages.components.shell import form_state, words

if TYPE_CHECKING:
    from pages.components.shell.session import Page

Answer = TypeVar("Answer")
Seen = TypeVar("Seen")

LISTED = 30  # problems told one by one; the rest are counted


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


def sentence(translate: text.Translate, refusal: CmiError) -> str:
    """A refusal as Markdown that shows it letter by letter; problems below are listed, the rest counted."""
    lines = [_plain(translate, refusal)]
    lines += [f"- {_plain(translate, problem)}" for problem in refusal.problems[:LISTED]]
    if len(refusal.problems) > LISTED:
        lines.append(translate("refusals.more", count=len(refusal.problems) - LISTED))
    return "\n".join(lines)


def refused(page: "Page", refusal: CmiError) -> None:
    """Say why, in the reader's language."""
    st.error(sentence(page.t, refusal), icon=":material/error:")


def stale(page: "Page", refusal: StaleEdit) -> None:
    """Somebody saved in between: who, and both values side by side where the refusal has them."""
    st.warning(sentence(page.t, refusal), icon=":material/group:")
    if "theirs" not in refusal.details:
        return
    st.html(
        f"""<div class="cmi-both"><div>{escape(page.t("kpi_entry.theirs", who=refusal.details["who"]))}
        <b>{escape(str(refusal.details["theirs"]))}</b>{escape(page.t("kpi_entry.theirs_how"))}</div>
        <div>{escape(page.t("kpi_entry.mine"))}<b>{escape(str(refusal.details["mine"]))}</b>
        {escape(page.t("kpi_entry.mine_how"))}</div></div>"""
    )


def compared(page: "Page", rows: Iterable[tuple[str, str, str]]) -> None:
    """The fields in which what stands now differs from what was typed: their name, theirs, mine."""
    heads = [page.t(f"kpi_definitions.{key}") for key in ("field", "theirs", "mine")]
    if differing := [row for row in rows if row[1] != row[2]]:
        st.table(pd.DataFrame(differing, columns=heads).set_index(heads[0]))


def tell_next(told: str, how: str = "banner") -> None:
    """Keep what a deed did for the next run: a `banner`, a `toast`, or a `refusal` that came before the page."""
    form_state.put("told", (how, told))


def told() -> bool:
    """Tell what the last deed did, once; whether there is a success to go on from."""
    how, said = form_state.get("told", ("", ""))
    form_state.put("told", ("", ""))
    if how == "banner":
        st.success(words.as_text(said), icon=":material/check_circle:")
    elif how == "toast":
        st.toast(words.as_text(said), icon=":material/check:")
    elif how == "refusal":
        st.error(said, icon=":material/error:")
    return how == "banner"


def _plain(translate: text.Translate, refusal: CmiError) -> str:
    """Its own sentence on one line: a line begun by somebody else could be a heading or a list."""
    return words.as_text(" ".join(text.refusal(translate, refusal).splitlines()))
