"""Importing values: a template to fill in, a dry run cell by cell, one entry, one click to undo it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core import text
from cmi_core.actions import imports, undo
from cmi_core.calendar.periods import containing, parse, preceding
from cmi_core.errors import CmiError
from cmi_core.kpi import sheet
from cmi_core.tables import safe_csv
from cmi_core.text.numbers import say_number
from cmi_core.views import kpis as views
from pages.components.kpi import kpi_words
from pages.components.shell import filters, form_state, forms, layout, reading, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

MARKS = {"new": "+", "changed": "△", "same": "=", "refused": "✕"}
_SHOWN = 500
ALL = "all"
# Why a file of each kind would leave nothing to record, as its deed says it.
NOTHING = {"value_import": "error.import_empty", "definition_sheet": "error.definitions_empty"}
# What has to be looked at first.
ORDER = {state: place for place, state in enumerate(("refused", "changed", "new", "same"))}


def template(page: Page) -> None:
    """A workbook with this reader's KPIs and the period that is due for each."""
    rows = page.read(views.my_kpis, kpi_words.who(page).account, kpi_words.who(page).role, page.today)
    if rows.empty:
        layout.nothing(page, "kpi_entry.nothing_assigned")
        return
    st.download_button(
        page.t("value_import.template", count=len(rows)),
        data=lambda: safe_csv.write_xlsx({page.t("value_import.sheet"): _template(page, rows)}),
        file_name="kpi_values.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/table_view:",
        on_click="ignore",
    )


def upload(page: Page) -> None:
    """A file, what it leaves open, what it would do, and the button that does it."""
    forms.told()
    file = st.file_uploader(
        page.t("value_import.file"), max_upload_size=imports.MOST_MB, key=forms.key_of("sheet")
    )
    if file is None:
        return
    seen = forms.answer(page, lambda: _previewed(page, file))
    if seen is None:
        return
    reading.ask(page, seen.questions, file.file_id)
    tally(page, seen, "value_import")
    _table(page, seen)
    reading.left_out(page, seen.left_out, file="values_left_out")
    note = asked_why(page, seen, file.file_id, form="import", said="value_import", about="kpi_entry.note")
    if note is not None:
        _commit(page, seen, note)


def asked_why(page: Page, seen: Any, file: str, *, form: str, said: str, about: str) -> str | None:
    """
    The reason that was given when the button was pressed, None before: asked once nothing is open and something would change.

    `said` is the catalogue of the button's words, `about` how the reason is asked for.
    """
    if not reading.ready(page, seen.questions, file):
        return None
    if not seen.wanted:
        layout.nothing(page, NOTHING[said])
        return None
    key = forms.key_of(form)
    with st.form(key):
        note = st.text_input(page.t(about), max_chars=2000, key=f"{key}_note")
        pressed = st.form_submit_button(
            page.t(f"{said}.commit", count=say_number(len(seen.wanted))),
            type="primary",
            icon=":material/save:",
            width="stretch",
        )
    return note if pressed else None


def take_back(page: Page, slot: str = "imported", said: str = "value_import") -> None:
    """The last import of this session, undone in one click; `slot` holds its entry, `said` is the catalogue of its words."""
    entry = form_state.get(slot)
    if entry and st.button(page.t(f"{said}.undo", entry=entry), icon=":material/undo:"):
        forms.save(
            page,
            f"undo_{said}",
            lambda: _undone(page, entry, slot, said),
            lambda made: page.t("audit_log.undone", entry=entry, made=made),
        )


def _undone(page: Page, entry: int, slot: str, said: str) -> int:
    note = page.t(f"{said}.undo_note", entry=entry)
    made = undo.undo(page.store, page.actor, entry=entry, note=note, at=page.now)
    form_state.put(slot, None)
    return made


def _template(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    wanted = [
        (
            row.kpi,
            page.name_of(row),
            parse(row.owed_period) if row.owed_period else preceding(containing(page.today, row.frequency)),
        )
        for row in rows.itertuples()
    ]
    return sheet.template(wanted, translate=page.t, quality="measured")


def _previewed(page: Page, file: Any) -> imports.Preview:
    """What the file would do, as it stood when it was shown with these answers: a later change is then noticed."""
    return reading.fitting(file.file_id, lambda answers: _with_answers(page, file, answers))


def _with_answers(page: Page, file: Any, answers: dict[str, str]) -> imports.Preview:
    given: dict[str, Any] = {"name": file.name, "at": page.now, "answers": answers}
    return reading.kept(
        "preview",
        file.file_id,
        answers,
        lambda: reading.with_bar(
            page,
            lambda told: imports.preview(
                page.store, page.actor, data=file.getvalue(), **given, progress=told
            ),
        ),
    )


def tally(page: Page, seen: Any, said: str) -> None:
    """How many parts of a file are new, changed, the same and refused, in the words of the catalogue `said`."""
    items = "".join(
        f'<li><span class="cmi-word cmi-i-{state}"><i aria-hidden="true">{mark}</i>'
        f"{escape(page.t(f'{said}.{state}'))}</span><b>{say_number(seen.count(state))}</b></li>"
        for state, mark in MARKS.items()
    )
    st.html(
        f'<ul class="cmi-tally">{items}</ul><p class="cmi-small">{escape(page.t("value_import.nothing_yet"))}</p>'
    )


def _table(page: Page, seen: imports.Preview) -> None:
    """Every value with what stands and what would stand: refused ones first, one state alone where that is chosen."""
    if not seen.cells:
        return
    offered = [ALL, *(state for state in MARKS if seen.count(state))]
    chosen = filters.segments(
        "rows", offered, label=page.t("value_import.show"), say=lambda state: page.t(f"value_import.{state}")
    )
    cells = sorted(
        (cell for cell in seen.cells if chosen in (ALL, cell.state)), key=lambda cell: ORDER[cell.state]
    )
    names = page.read(views.names)
    reading.refused(
        page,
        [
            (names[cell.kpi][page.language] if cell.kpi else cell.said, why(page, cell.problem))
            for cell in cells
            if cell.problem is not None
        ],
    )
    st.dataframe(_told(page, cells[:_SHOWN]), hide_index=True, width="stretch", placeholder="")
    if len(cells) > _SHOWN:
        st.markdown(page.t("value_import.more", count=say_number(len(cells) - _SHOWN)))
    st.download_button(
        page.t("value_import.download", count=say_number(len(cells))),
        data=lambda: safe_csv.write_csv(_told(page, cells)),
        file_name="values_preview.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _told(page: Page, cells: Sequence[imports.Cell]) -> pd.DataFrame:
    """The cells in the reader's words, every field that would change before and after."""
    names = page.read(views.names)
    marks = {state: f"{mark} {page.t(f'value_import.{state}')}" for state, mark in MARKS.items()}
    qualities = {mark: page.t(f"quality.{mark}") for mark in sheet.QUALITIES} | {"": ""}
    rows = [
        (
            cell.cell,
            marks[cell.state],
            cell.kpi or "",
            names[cell.kpi][page.language] if cell.kpi else cell.said or "–",
            words.period(page, cell.period),
            _number(cell.before),
            _number(cell.value),
            qualities[cell.before_quality] if cell.before is not None else "",
            qualities[cell.quality] if cell.value is not None else "",
            cell.note,
            why(page, cell.problem),
        )
        for cell in cells
    ]
    heads = [
        *(page.t(f"value_import.{key}") for key in ("cell", "state", "code")),
        *(
            page.t(key)
            for key in ("kpi_words.name", "kpi_words.period", "audit_log.before", "audit_log.after")
        ),
        *(page.t(f"value_import.{key}") for key in ("quality_before", "quality_after", "note")),
        page.t("kpi_words.reason"),
    ]
    told = pd.DataFrame(rows, columns=heads)
    reasons = told.pop(heads[-1])
    if reasons.any():  # read first where there is any
        told.insert(2, heads[-1], reasons)
    return told


def why(page: Page, problem: CmiError | None) -> str:
    """All that is wrong with a part of a file, each at its cell."""
    if problem is None:
        return ""
    told = (problem, *problem.problems)
    return " ".join(
        f"{each.details.get('cell', '')}: {text.refusal(page.t, each)}".removeprefix(": ") for each in told
    )


def _commit(page: Page, seen: imports.Preview, note: str) -> None:
    def deed() -> int:
        entry = imports.import_values(
            page.store, page.actor, cells=seen.wanted, note=note, at=page.now, learnt=seen.learnt
        )
        form_state.put("preview", None)
        form_state.put("imported", entry)
        forms.closed("sheet")
        return entry

    forms.save(
        page,
        "import",
        deed,
        lambda entry: page.t("value_import.done", entry=entry, count=say_number(len(seen.wanted))),
    )


def _number(value: float | None) -> str:
    return "–" if value is None else words.exactly(value)
