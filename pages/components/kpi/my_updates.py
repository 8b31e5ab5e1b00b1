"""A coordinator's list: one field at a time, Enter saves and the next one is there; values to verify."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.actions import kpis
from cmi_core.views import duties
from pages.components.kpi import kpi_words, value_form
from pages.components.shell import filters, form_state, forms, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape


def mine(page: Page) -> pd.DataFrame:
    """What this reader has to do."""
    return page.read(duties.mine, kpi_words.who(page).account, kpi_words.who(page).role, page.today)


def counts(page: Page, rows: pd.DataFrame) -> None:
    """How many values are sent back, overdue and due."""
    told = [(state, int((rows["state"] == state).sum())) for state in duties.ORDER]
    st.html(
        '<ul class="cmi-tally">'
        + "".join(f"<li>{_chip(page, state)}<b>{count}</b></li>" for state, count in told)
        + "</ul>"
    )


def one(page: Page, rows: pd.DataFrame) -> None:
    """The field for the first value of the list, or the one that was chosen."""
    forms.told()
    # What was typed is for the value the form was opened for, also if somebody else has recorded it since.
    asked = value_form.pressed()
    if asked is None and rows.empty:
        _all_done(page)
        return
    asked = asked or _asked(page, _current(rows))
    _about(page, asked.row)
    typed = value_form.show(page, asked)
    whole = words.here(page, "/kpi-entry", kpi=asked.row.kpi, period=asked.period)
    st.html(f'<p class="cmi-gos">{words.link(page.t("my_updates.whole_form"), whole)}</p>')
    if typed.saving:
        value_form.save(page, asked, typed, after=lambda: filters.choose("kpi", ""))
    if typed.skipping:
        form_state.put("skipped", [*form_state.get("skipped", []), asked.mark])
        filters.choose("kpi", "")
        st.rerun()


def rest(page: Page, rows: pd.DataFrame) -> None:
    """The whole list, each a link that puts it first."""
    if rows.empty:
        return
    items = "".join(
        f"<li>{_chip(page, row.state)} {words.link(page.name_of(row), words.here(page, '/my-updates', kpi=row.kpi), kind='')}"
        f"<small>{escape(_when(page, row))}</small></li>"
        for row in rows.itertuples()
    )
    st.html(f'<ul class="cmi-links">{items}</ul>')


def to_verify(page: Page) -> None:
    """Values of others that wait for this reader's word."""
    rows = page.read(duties.to_verify, kpi_words.who(page).account, kpi_words.who(page).role, page.today)
    if rows.empty:
        return
    st.subheader(page.t("my_updates.verify_title"), anchor=False)
    for row in rows.head(20).itertuples():
        with st.form(f"verify_{row.kpi}_{row.period}_{row.breakdown}_{row.entry}"):
            st.html(
                f'<p class="cmi-log-head">{escape(page.name_of(row))} · {escape(words.period(page, row.period))}: '
                f"{kpi_words.said(page, row, row.value)} {escape(kpi_words.unit(page, row))}</p>"
                f'<p class="cmi-small">{escape(page.who(row.recorded_by, row.entry))} · '
                f"{escape(words.moment(page, row.recorded_at))} · {escape(row.note)}</p>"
            )
            note = st.text_input(
                page.t("my_updates.verify_note"), value=page.t("my_updates.verify_routine"), max_chars=2000
            )
            left, right = st.columns(2)
            good = left.form_submit_button(
                page.t("my_updates.verify"), type="primary", icon=":material/verified:", width="stretch"
            )
            back = right.form_submit_button(
                page.t("my_updates.send_back"), icon=":material/reply:", width="stretch"
            )
        if back and note.strip() == page.t("my_updates.verify_routine"):
            st.error(page.t("my_updates.why_back"), icon=":material/error:")
        elif good or back:
            _verdict(page, row, kpis.verify_value if good else kpis.send_back, note)


def _verdict(page: Page, row: object, deed: Callable[..., int], note: str) -> None:
    forms.save(
        page,
        f"verify_{row.kpi}_{row.period}_{row.breakdown}_{row.entry}",
        lambda: deed(
            page.store, page.actor, kpi=row.kpi, period=row.period, breakdown=row.breakdown, expected_version=int(row.entry),
            note=note, at=page.now,
        ),
        lambda entry: page.t("my_updates.verdict_done", entry=entry),
    )  # fmt: skip


def _all_done(page: Page) -> None:
    st.success(page.t("my_updates.all_done"), icon=":material/task_alt:")
    address = words.here(page, "/kpi-entry")
    st.html(f'<p class="cmi-gos">{words.link(page.t("my_updates.record_other"), address)}</p>')


def _asked(page: Page, row: Any) -> value_form.Asked:
    """One form serves value after value: its fields keep their keys, so that Enter saves and the focus stays."""
    note = "" if row.state == "sent_back" else page.t("kpi_entry.note_routine")
    return value_form.Asked(row, row.asked_period, _mark(row), note, whole=False)


def _current(rows: pd.DataFrame) -> object:
    """The value to ask for: the one chosen in the link, else the first that was not skipped."""
    listed = [SimpleNamespace(**row._asdict()) for row in rows.itertuples()]
    chosen = filters.current("kpi", ("", *rows["kpi"]), "")
    skipped = set(form_state.get("skipped", []))
    if chosen:
        return next(row for row in listed if row.kpi == chosen)
    return next((row for row in listed if _mark(row) not in skipped), listed[0])


def _about(page: Page, row: object) -> None:
    last = kpi_words.said(page, row, row.value)
    told = page.t(
        "my_updates.last", value=last, unit=kpi_words.unit(page, row), period=words.period(page, row.period)
    )
    back = ""
    if row.state == "sent_back":
        back = page.t(
            "my_updates.back", who=page.who(row.asked_by), note=row.asked_note,
            value=kpi_words.said(page, row, row.asked_value),
        )  # fmt: skip
    st.html(
        f"""<section class="cmi-kpi-hero cmi-s{row.strategy_position}"><p class="cmi-kpi-top">{_chip(page, row.state)}
        <span class="cmi-small">{escape(_when(page, row))}</span></p><h2>{escape(page.name_of(row))}</h2>
        <p><b>{escape(words.period(page, row.asked_period))}</b> · {escape(kpi_words.unit(page, row))}</p>
        <p class="cmi-small">{escape(told if last != "–" else page.t("my_updates.no_last"))}</p>
        <p>{escape(back)}</p></section>"""
    )


def _when(page: Page, row: object) -> str:
    period = words.period(page, row.asked_period)
    if row.state == "overdue":
        return f"{period} · {page.t('kpi_tracking.late', days=int(row.late))}"
    if row.state == "due" and isinstance(row.asked_due, date):
        return f"{period} · {page.t('kpi_words.due_by', day=page.say_date(row.asked_due))}"
    return period


def _chip(page: Page, state: str) -> str:
    mark = {"sent_back": "↩", "overdue": "▲", "due": "○"}[state]
    return f'<span class="cmi-word cmi-d-{state}"><i aria-hidden="true">{mark}</i>{escape(page.t(f"my_updates.{state}"))}</span>'


def _mark(row: object) -> str:
    return f"{row.kpi}~{row.asked_period}~{row.state}"
