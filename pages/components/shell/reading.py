"""How every page that takes a file says what was understood, asks what is open, and lists what is left out."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zlib import crc32

import pandas as pd
import streamlit as st

from cmi_core.tables import safe_csv
from cmi_core.tables.questions import Candidate, LeftOut, Question, open_ones
from cmi_core.text.typed import shown
from pages.components.shell import form_state, forms, layout, words

if TYPE_CHECKING:
    from pages.components.shell.session import Page

Found = TypeVar("Found")

FEW = 4  # so many answers stand side by side; more are a list
PATIENCE = 1.0  # seconds before a bar shows how far a file is read
REFUSED = 8  # refused parts whose reason is written out
SHOWN = 500  # parts left out that the page lists; a file has them all
KINDS = ("sheet", "column", "row", "cell", "shape")


def given(file: str) -> dict[str, str]:
    """What the reader has answered about the file so far, by the question's id; it holds for this file only."""
    return dict(form_state.get(f"answers_{file}", {}))


def fitting(file: str, read: Callable[[dict[str, str]], Found]) -> Found:
    """
    What `read` makes of the answers so far; one that fits no more, since another one changed the question, is forgotten.

    Raises whatever else `read` refuses.
    """
    while True:
        answers = given(file)
        found, refusal = forms.outcome(partial(read, answers))
        if refusal is None:
            return cast("Found", found)
        stale = refusal.details.get("question")
        if refusal.reason != "answer_unknown" or stale not in answers:
            raise refusal
        form_state.put(f"answers_{file}", {each: said for each, said in answers.items() if each != stale})


def kept(slot: str, file: str, answers: dict[str, str], read: "Callable[[], Found]") -> "Found":
    """What a file would do, as it stood when it was first shown with these answers: a later change is then noticed."""
    of = (file, sorted(answers.items()))
    held = form_state.get(slot)
    if held and held[0] == of:
        return held[1]
    found = read()
    form_state.put(slot, (of, found))
    return found


def ask(page: "Page", questions: Sequence[Question], file: str) -> None:
    """
    Every question with its answers: those that are open or were asked in sight, what is only shown folded away.

    An answer starts the page anew, and `given` has it then.
    """
    answers = given(file)
    asked = [question for question in questions if question.asked]
    plain = [question for question in questions if not question.asked]
    if asked:
        st.markdown(f"**{page.t('reading.questions', count=len(asked))}**")
    for question in asked:
        _field(page, question, file, answers)
    if plain:
        with st.expander(page.t("reading.understood"), icon=":material/checklist:"):
            for question in plain:
                _field(page, question, file, answers)


def ready(page: "Page", questions: Sequence[Question], file: str) -> bool:
    """Whether what was read may be kept: nothing is open, and the reader has looked at what was answered for them."""
    answers = given(file)
    if still := open_ones(questions, answers):
        layout.nothing(page, "reading.still_open", count=len(still))
        return False
    unseen = [question for question in questions if question.asked and question.id not in answers]
    if not unseen:
        return True
    key = f"checked_{file}_{crc32(repr([(each.id, each.default) for each in unseen]).encode())}"
    return st.checkbox(page.t("reading.checked", count=len(unseen)), key=key)


def with_bar(
    page: "Page", run: Callable[[Callable[[float], object]], Any], say: str = "reading.running"
) -> Any:
    """Run something that tells how far it is; a bar shows once it takes more than a second, with `say` and the share."""
    place, begun = st.empty(), monotonic()

    def told(share: float) -> None:
        if monotonic() - begun > PATIENCE:
            place.progress(min(max(share, 0.0), 1.0), page.t(say, share=f"{share * 100:.0f}"))

    found = run(told)
    place.empty()
    return found


def refused(page: "Page", items: Sequence[tuple[str, str]]) -> None:
    """The first refused parts of a file with their reason in full, which a cell of a table would cut; the table has them all."""
    if not items:
        return
    lines = [
        f"- **{words.as_text(where)}** {words.as_text(why)}"
        for where, why in (items if len(items) <= REFUSED else items[: REFUSED - 1])
    ]
    if len(items) > len(lines):
        lines.append(f"- {page.t('reading.more_refused', count=len(items) - len(lines))}")
    st.markdown("\n".join(lines))


def left_out(page: "Page", items: Iterable[LeftOut], *, file: str) -> None:
    """What of the file is not taken, each with its place and its reason: the first on the page, all in a file."""
    told = sorted(items, key=lambda item: KINDS.index(item.kind))
    if not told:
        return
    with st.expander(page.t("reading.left_out", count=len(told)), icon=":material/do_not_disturb_on:"):
        st.dataframe(_listed(page, told[:SHOWN]), hide_index=True, width="stretch", placeholder="")
        if len(told) > SHOWN:
            st.markdown(page.t("reading.more", count=len(told) - SHOWN))
        st.download_button(
            page.t("shell.download_csv"),
            data=lambda: safe_csv.write_csv(_listed(page, told)),
            file_name=f"{file}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"csv_{page.name}_{file}",
            on_click="ignore",
        )


def _listed(page: "Page", items: Sequence[LeftOut]) -> pd.DataFrame:
    rows = [
        (page.t(f"reading.kind_{item.kind}"), item.where, page.t(item.reason, **item.details))
        for item in items
    ]
    return pd.DataFrame(rows, columns=[page.t(f"reading.{name}") for name in ("kind", "where", "why")])


def _field(page: "Page", question: Question, file: str, answers: dict[str, str]) -> None:
    said = {candidate.answer: _said(page, candidate) for candidate in question.candidates}
    options = list(said)
    stands = question.settled({question.id: answers[question.id]} if answers.get(question.id) in said else {})
    key = f"ask_{file}_{question.id}"
    sentence = words.as_text(page.t(question.why, **question.details))
    asked: dict[str, Any] = {
        "index": options.index(stands) if stands in said else None,
        "key": key,
        "on_change": _answered,
        "args": (file, question.id, key),
    }
    # A radio's answers are Markdown, those of a list are plain text.
    if question.asked and len(options) <= FEW:
        st.radio(sentence, options, format_func=lambda answer: words.as_text(said[answer]), **asked)
    else:
        hint = page.t("reading.choose")
        st.selectbox(sentence, options, format_func=said.__getitem__, placeholder=hint, **asked)


def _answered(file: str, question: str, key: str) -> None:
    chosen = form_state.typed(key)
    form_state.put(f"answers_{file}", given(file) | ({question: chosen} if chosen is not None else {}))


def _said(page: "Page", candidate: Candidate) -> str:
    told = candidate.told or page.t(candidate.say)
    return shown(f"{told} ({', '.join(candidate.sample)})" if candidate.sample else told)
