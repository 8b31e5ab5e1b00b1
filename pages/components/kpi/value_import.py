"""Importing values: a template to fill in, a dry run cell by cell, one entry, one click to undo it."""

import pandas as pd
import streamlit as st

from cmi_core import text
from cmi_core.actions import imports, undo
from cmi_core.calendar.periods import containing, parse, preceding
from cmi_core.kpi import sheet
from cmi_core.tables import safe_csv
from cmi_core.text.numbers import say_number
from cmi_core.views import kpis as views
from pages.components.kpi import kpi_words
from pages.components.shell import form_state, forms, layout, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

_MARKS = {"new": "+", "changed": "△", "same": "=", "refused": "✕"}
_SHOWN = 500


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
    """A file, what it would do, and the button that does it."""
    forms.told()
    file = st.file_uploader(page.t("value_import.file"), max_upload_size=10, key=forms.key_of("sheet"))
    if file is None:
        return
    seen = forms.answer(page, lambda: _previewed(page, file))
    if seen is None:
        return
    _counts(page, seen)
    _table(page, seen)
    if not seen.wanted:
        layout.nothing(page, "error.import_empty")
        return
    key = forms.key_of("import")
    with st.form(key):
        note = st.text_input(page.t("kpi_entry.note"), max_chars=2000, key=f"{key}_note")
        pressed = st.form_submit_button(
            page.t("value_import.commit", count=say_number(len(seen.wanted))),
            type="primary",
            icon=":material/save:",
            width="stretch",
        )
    if pressed:
        _commit(page, seen, note)


def take_back(page: Page) -> None:
    """The last import of this session, undone in one click."""
    entry = form_state.get("imported")
    if entry and st.button(page.t("value_import.undo", entry=entry), icon=":material/undo:"):
        forms.save(
            page,
            "undo",
            lambda: _undone(page, entry),
            lambda made: page.t("audit_log.undone", entry=entry, made=made),
        )


def _undone(page: Page, entry: int) -> int:
    note = page.t("value_import.undo_note", entry=entry)
    made = undo.undo(page.store, page.actor, entry=entry, note=note, at=page.now)
    form_state.put("imported", None)
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


def _previewed(page: Page, file: object) -> imports.Preview:
    """What the file would do, as it stood when it was first shown: a later change is then noticed."""
    kept = form_state.get("preview")
    if kept and kept[0] == file.file_id:
        return kept[1]
    with st.spinner(page.t("value_import.reading")):
        seen = imports.preview(page.store, page.actor, data=file.getvalue(), name=file.name, at=page.now)
    form_state.put("preview", (file.file_id, seen))
    return seen


def _counts(page: Page, seen: imports.Preview) -> None:
    items = "".join(
        f'<li><span class="cmi-word cmi-i-{state}"><i aria-hidden="true">{mark}</i>'
        f"{escape(page.t(f'value_import.{state}'))}</span><b>{say_number(seen.count(state))}</b></li>"
        for state, mark in _MARKS.items()
    )
    st.html(
        f'<ul class="cmi-tally">{items}</ul><p class="cmi-small">{escape(page.t("value_import.nothing_yet"))}</p>'
    )


def _table(page: Page, seen: imports.Preview) -> None:
    """Cell by cell: refused ones first."""
    order = list(_MARKS)
    cells = sorted(seen.cells, key=lambda cell: -order.index(cell.state))[:_SHOWN]
    names = page.read(views.names)
    table = pd.DataFrame(
        {
            page.t("value_import.cell"): [cell.cell for cell in cells],
            page.t("value_import.state"): [
                f"{_MARKS[cell.state]} {page.t(f'value_import.{cell.state}')}" for cell in cells
            ],
            page.t("kpi_words.name"): [names[cell.kpi][page.language] if cell.kpi else "–" for cell in cells],
            page.t("kpi_words.period"): [words.period(page, cell.period) for cell in cells],
            page.t("audit_log.before"): [_number(cell.before) for cell in cells],
            page.t("audit_log.after"): [_number(cell.value) for cell in cells],
            page.t("kpi_words.reason"): [
                text.refusal(page.t, cell.problem) if cell.problem else "" for cell in cells
            ],
        }
    )
    st.dataframe(table, hide_index=True, width="stretch", placeholder="")
    if len(seen.cells) > _SHOWN:
        st.markdown(page.t("value_import.more", count=say_number(len(seen.cells) - _SHOWN)))


def _commit(page: Page, seen: imports.Preview, note: str) -> None:
    def deed() -> int:
        entry = imports.import_values(page.store, page.actor, cells=seen.wanted, note=note, at=page.now)
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
