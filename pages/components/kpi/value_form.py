"""The one form that records a value: what was typed stays as a draft until it is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from cmi_core.actions import drafts, kpis
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.store import drafts as stored_drafts
from cmi_core.store.drafts import Draft, Place
from cmi_core.text.numbers import understand_number
from pages.components.kpi import draft_mark, evidence_upload, kpi_words
from pages.components.shell import form_state, forms, words
from pages.components.shell.session import Page

_OPEN = "value_open"


@dataclass(frozen=True)
class Asked:
    """The value that a form asks for, and what differs between the screens that have it."""

    row: Any
    period: str
    mark: str  # tells this form from the next one, which opens fresh and gets the keyboard
    note: str  # what the reason says before anything is typed
    part: str = ""
    of: str = (
        ""  # what the fields' keys end with; fields that keep their keys keep the focus from value to value
    )
    whole: bool = True  # with hint, help and evidence; else with a button that skips this value

    @property
    def place(self) -> dict[str, str]:
        """Where in the record the value is to stand."""
        return {"kpi": self.row.kpi, "period": self.period, "breakdown": self.part}


class Typed(NamedTuple):
    """What a form holds, and which of its buttons started this run."""

    draft: Draft
    link: str | None
    file: Any
    saving: bool
    skipping: bool


def pressed() -> Asked | None:
    """What the form was opened for whose button started this run, whatever is owed by now."""
    return form_state.get(_OPEN) if form_state.pressed(draft_mark.SAVE) else None


def show(page: Page, asked: Asked) -> Typed:
    """The fields, and what the browser says about the draft in them."""
    restored = _opened(page, asked)
    draft_mark.show(page, asked.row.kpi, asked.period, form=asked.mark, part=asked.part)
    with st.form(f"record{asked.of}"):
        draft = _fields(page, asked)
        link, file = evidence_upload.fields(page) if asked.whole else (None, None)
        saving, skipping = _buttons(page, asked)
    draft_mark.said(page, restored=restored)
    return Typed(draft, link, file, saving, skipping)


def save(page: Page, asked: Asked, typed: Typed, *, after: Callable[[], object]) -> None:
    """Record what was typed; `after` is done once it is recorded."""
    keep = partial(drafts.keep, page.store, page.actor, draft=typed.draft, at=page.now, **asked.place)
    _, refusal = forms.outcome(keep)
    if refusal is not None:
        forms.refused(page, refusal)
        return
    if _needs_reason(page, asked, typed.draft):
        st.error(page.t("kpi_entry.note_needed"), icon=":material/error:")
        return
    forms.save(
        page,
        asked.mark,
        lambda: _record(page, asked, typed, after),
        lambda entry: _told(page, asked, typed, entry),
        now=lambda: _entry(page, asked),
    )


def quality(page: Page, chosen: str | None = None, *, key: str, explained: bool = True) -> str:
    """How sure a value is; where it is `explained`, what each mark means."""
    about = [f"- **{page.t(f'quality.{code}')}**: {page.t(f'quality.about_{code}')}" for code in QUALITIES]
    return st.selectbox(
        page.t("kpi_words.quality"), QUALITIES, key=key, index=QUALITIES.index(chosen) if chosen else 0, format_func=lambda code: page.t(f"quality.{code}"),
        help="\n".join(about) if explained else None,
    )  # fmt: skip


def _opened(page: Page, asked: Asked) -> bool:
    """Fill a form that opens: with the draft kept on the server, else with nothing; whether there was one."""
    held = form_state.get(_OPEN)
    if held is None or held.mark != asked.mark or not form_state.drawn(draft_mark.VALUE + asked.of):
        place = Place(kpi_words.who(page).account, asked.row.kpi, asked.period, asked.part)
        kept = stored_drafts.find(page.store, place)
        draft_mark.fill(kept or Draft("", "measured", asked.note), of=asked.of)
        form_state.put("value_restored", kept is not None)
        forms.reopened(asked.mark, _entry(page, asked))
    form_state.put(_OPEN, asked)
    return form_state.get("value_restored")


def _entry(page: Page, asked: Asked) -> int:
    stands = page.read(kpis.newest, *asked.place.values())
    return stands.entry if stands else 0


def _fields(page: Page, asked: Asked) -> Draft:
    left, right = st.columns(2)
    with left:
        value = st.text_input(
            page.t("kpi_entry.value", unit=words.as_text(kpi_words.unit(page, asked.row))),
            placeholder=page.t("kpi_entry.value_hint") if asked.whole else None,
            autocomplete="off",
            key=draft_mark.VALUE + asked.of,
        )
    with right:
        mark = quality(page, key=draft_mark.QUALITY + asked.of, explained=asked.whole)
    note = st.text_input(page.t("kpi_entry.note"), max_chars=2000, key=draft_mark.NOTE + asked.of)
    return Draft(value, mark, note)


def _buttons(page: Page, asked: Asked) -> tuple[bool, bool]:
    first, second = (st, None) if asked.whole else st.columns([2, 1])
    saving = first.form_submit_button(
        page.t("kpi_entry.save" if asked.whole else "my_updates.save"),
        type="primary",
        icon=":material/save:",
        width="stretch",
        key=draft_mark.SAVE + asked.of,
    )
    skipping = second is not None and second.form_submit_button(
        page.t("my_updates.skip"), icon=":material/skip_next:", width="stretch"
    )
    return saving, skipping


def _needs_reason(page: Page, asked: Asked, draft: Draft) -> bool:
    """Whether the draft would replace a value that stands and says no more than the usual."""
    stands = page.read(kpis.newest, *asked.place.values())
    replaces = stands is not None and stands.value is not None and stands.entry == forms.seen(asked.mark)
    usual = asked.note == draft.note.strip() == page.t("kpi_entry.note_routine")
    return replaces and usual


def _record(page: Page, asked: Asked, typed: Typed, after: Callable[[], object]) -> int:
    entry = kpis.record_value(
        page.store, page.actor, value=typed.draft.value, quality=typed.draft.quality, note=typed.draft.note,
        evidence_link=typed.link, evidence_file=evidence_upload.keep(page, typed.file), at=page.now,
        expected_version=forms.seen(asked.mark), **asked.place,
    )  # fmt: skip
    drafts.forget(page.store, page.actor, **asked.place)
    form_state.put(_OPEN, None)
    after()
    return entry


def _told(page: Page, asked: Asked, typed: Typed, entry: int) -> str:
    name = " · ".join(filter(None, (page.name_of(asked.row), kpi_words.part(page, asked.part))))
    return page.t(
        "kpi_entry.recorded",
        entry=entry,
        name=name,
        period=words.period(page, asked.period),
        value=words.exactly(understand_number(typed.draft.value)),
        unit=kpi_words.unit(page, asked.row),
    )
