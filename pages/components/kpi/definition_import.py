"""All KPI definitions in one sheet: as they stand to take away, and filled in to bring back, shown KPI by KPI before it is kept."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.actions import definition_import
from cmi_core.actions.imports import MOST_MB
from cmi_core.kpi.definition_questions import said_by
from cmi_core.kpi.definition_words import CODES
from cmi_core.store import kpis
from cmi_core.tables import safe_csv
from cmi_core.text.numbers import say_number
from cmi_core.views import definition_sheet
from cmi_core.views import kpis as views
from pages.components.kpi.value_import import ALL, MARKS, ORDER, asked_why, take_back, tally, why
from pages.components.shell import filters, form_state, forms, reading, words
from pages.components.shell.session import Page

SHOWN = 500
SEEN, DONE = (
    "definitions_preview",
    "definitions_imported",
)  # of this session: the preview shown, the entry made
PERIODS = ("baseline_period", "target_period", "starts_in")


def show(page: Page) -> None:
    """What is set and what is missing, the sheet to take away, a file and what it would do, and the last import undone."""
    forms.told()
    st.markdown(page.t("definition_sheet.lede"))
    counts = page.read(views.completeness)
    st.markdown(page.t("definition_sheet.counts", **counts))
    _download(page, counts["all"])
    _upload(page)
    take_back(page, DONE, "definition_sheet")


def _download(page: Page, count: int) -> None:
    def sheet() -> bytes:
        table = definition_sheet.sheet(page.store, page.language, page.t, page.today)
        return safe_csv.write_xlsx({page.t("definition_sheet.sheet"): table})

    st.download_button(
        page.t("definition_sheet.download", count=count),
        data=sheet,
        file_name="kpi_definitions.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/table_view:",
        on_click="ignore",
    )


def _upload(page: Page) -> None:
    file = st.file_uploader(
        page.t("definition_sheet.file"), max_upload_size=MOST_MB, key=forms.key_of("definition_sheet")
    )
    if file is None:
        return
    seen = forms.answer(page, lambda: reading.fitting(file.file_id, lambda given: _seen(page, file, given)))
    if seen is None:
        return
    reading.ask(page, seen.questions, file.file_id)
    tally(page, seen, "definition_sheet")
    _table(page, seen)
    reading.left_out(page, seen.left_out, file="definitions_left_out")
    note = asked_why(
        page,
        seen,
        file.file_id,
        form="definition_import",
        said="definition_sheet",
        about="kpi_definitions.note",
    )
    if note is not None:
        _commit(page, seen, note)


def _seen(page: Page, file: Any, answers: dict[str, str]) -> definition_import.Preview:
    given: dict[str, Any] = {"name": file.name, "at": page.now, "answers": answers}
    return reading.kept(
        SEEN,
        file.file_id,
        answers,
        lambda: definition_import.preview(page.store, page.actor, data=file.getvalue(), **given),
    )


def _commit(page: Page, seen: definition_import.Preview, note: str) -> None:
    def deed() -> int:
        entry = definition_import.import_definitions(
            page.store, page.actor, changes=seen.wanted, note=note, at=page.now
        )
        form_state.put(SEEN, None)
        form_state.put(DONE, entry)
        forms.closed("definition_sheet")
        return entry

    forms.save(
        page,
        "definition_import",
        deed,
        lambda entry: page.t("definition_sheet.done", entry=entry, count=say_number(len(seen.wanted))),
    )


# ------------------------------------------------------------------------------------------------ what would change


def _table(page: Page, seen: definition_import.Preview) -> None:
    """Every field that would change with what stands and what would stand; refused rows with their reason first."""
    if not seen.changes:
        return
    offered = [ALL, *(state for state in MARKS if seen.count(state))]
    chosen = filters.segments(
        "rows",
        offered,
        label=page.t("definition_sheet.show"),
        say=lambda state: page.t(f"definition_sheet.{state}"),
    )
    changes = sorted(
        (each for each in seen.changes if chosen in (ALL, each.state)), key=lambda each: ORDER[each.state]
    )
    names = page.read(views.names)
    reading.refused(
        page,
        [
            (
                f"{page.t('definition_sheet.row')} {each.row.where} {_name(page, each, names)}",
                why(page, each.problem),
            )
            for each in changes
            if each.problem is not None
        ],
    )
    told = _told(page, changes, names)
    st.dataframe(told.head(SHOWN), hide_index=True, width="stretch", placeholder="")
    if len(told) > SHOWN:
        st.markdown(page.t("definition_sheet.more", count=say_number(len(told) - SHOWN)))
    st.download_button(
        page.t("definition_sheet.download_preview", count=say_number(len(told))),
        data=lambda: safe_csv.write_csv(told),
        file_name="definitions_preview.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _name(page: Page, change: definition_import.Change, names: dict[str, dict[str, str]]) -> str:
    known = names.get(change.kpi)
    return known[page.language] if known else change.row.said


def _told(
    page: Page, changes: Sequence[definition_import.Change], names: dict[str, dict[str, str]]
) -> pd.DataFrame:
    rows = [row for change in changes for row in _lines(page, change, names)]
    heads = [
        *(page.t(f"definition_sheet.{key}") for key in ("row", "state", "code")),
        page.t("kpi_words.name"),
        page.t("definition_sheet.field"),
        *(page.t(f"audit_log.{key}") for key in ("before", "after")),
        page.t("kpi_words.reason"),
    ]
    told = pd.DataFrame(rows, columns=heads)
    reasons = told.pop(heads[-1])
    if reasons.any():  # read first where there is any
        told.insert(2, heads[-1], reasons)
    return told


def _lines(
    page: Page, change: definition_import.Change, names: dict[str, dict[str, str]]
) -> Iterator[tuple[str, ...]]:
    """A line for each field that changes, one alone for a KPI of which none does."""
    state = f"{MARKS[change.state]} {page.t(f'definition_sheet.{change.state}')}"
    head = (change.row.where, state, change.kpi, _name(page, change, names))
    if not change.after:
        yield (*head, "", "", "", why(page, change.problem))
    for field, after in change.after.items():
        before = change.before[field]
        yield (*head, _field(page, field), _said(page, field, before), _said(page, field, after), "")


def _field(page: Page, field: str) -> str:
    if field.startswith(definition_import.MILESTONE):
        period = words.period(page, field.removeprefix(definition_import.MILESTONE))
        return f"{page.t('read_definitions.field_milestone')} {period}"
    return page.t(f"read_definitions.field_{field}")


def _said(page: Page, field: str, held: Any) -> str:
    """What a field holds, in the reader's words; nothing where it is not set."""
    if held is None or held == ():
        return ""
    if field == "coordinator":
        return ", ".join(page.who(account) for account in held)
    if field == "stand_in":
        return ", ".join(
            page.t("definition_sheet.until", name=page.who(account), day=page.say_date(until))
            for account, until in held
        )
    if field in CODES:
        return page.t(said_by(field, str(held).lower()))
    if field in PERIODS:
        return words.period(page, held)
    if field in ("goal", "owner"):
        named = page.read(kpis.choices, "organisation" if field == "owner" else field)
        return dict(zip(named["code"], named[f"name_{page.language}"], strict=True)).get(held, str(held))
    return words.exactly(held) if isinstance(held, float) else str(held)
