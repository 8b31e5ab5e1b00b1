"""A coordinator's list: one field at a time, Enter saves and the next one is there; values to verify."""

from collections.abc import Callable
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from cmi_core import text
from cmi_core.actions import drafts, kpis
from cmi_core.errors import CmiError
from cmi_core.kpi_sheet import QUALITIES
from cmi_core.views import duties
from pages.components import filters
from pages.components import kpi_words as words
from pages.components.session import Page

_FORM = ("update_value", "update_quality", "update_note")


def mine(page: Page) -> pd.DataFrame:
    """What this reader has to do."""
    return page.read(duties.mine, words.who(page).account, words.who(page).role, page.today)


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
    said()
    if rows.empty:
        st.success(page.t("my_updates.all_done"), icon=":material/task_alt:")
        return
    row = _current(rows)
    _prefill(page, row)
    _about(page, row)
    with st.form("update"):
        left, right = st.columns(2)
        value = left.text_input(page.t("kpi_words.value"), key=_FORM[0], autocomplete="off")
        quality = right.selectbox(
            page.t("kpi_words.quality"),
            QUALITIES,
            key=_FORM[1],
            format_func=lambda code: page.t(f"quality.{code}"),
        )
        note = st.text_input(page.t("kpi_entry.note"), key=_FORM[2], max_chars=2000)
        first, second, third = st.columns([2, 1, 1])
        save = first.form_submit_button(
            page.t("my_updates.save"), type="primary", icon=":material/save:", width="stretch"
        )
        keep = second.form_submit_button(page.t("my_updates.keep"), icon=":material/draft:", width="stretch")
        skip = third.form_submit_button(
            page.t("my_updates.skip"), icon=":material/skip_next:", width="stretch"
        )
    if save or keep:
        drafts.keep(
            page.store,
            page.actor,
            kpi=row.kpi,
            period=row.asked_period,
            draft=(value, quality, note),
            at=page.now,
        )
    if save:
        _save(page, row, value=value, quality=quality, note=note)
    if keep:
        filters.keep("done", page.t("my_updates.kept"))
        st.rerun()
    if skip:
        filters.keep("skipped", [*filters.recall("skipped", []), _mark(row)])
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
    rows = page.read(duties.to_verify, words.who(page).account, words.who(page).role, page.today)
    if rows.empty:
        return
    st.subheader(page.t("my_updates.verify_title"), anchor=False)
    for row in rows.head(20).itertuples():
        with st.form(f"verify_{row.kpi}_{row.period}_{row.breakdown}_{row.entry}"):
            st.html(
                f'<p class="cmi-log-head">{escape(page.name_of(row))} · {escape(words.period(page, row.period))}: '
                f"{words.said(page, row, row.value)} {escape(words.unit(page, row))}</p>"
                f'<p class="cmi-small">{escape(kpis.person(page.store, row.recorded_by))} · '
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


def said() -> None:
    """What the last deed did."""
    if done := filters.recall("done"):
        filters.keep("done", None)
        st.success(done, icon=":material/check_circle:")


def _save(page: Page, row: object, *, value: str, quality: str, note: str) -> None:
    try:
        entry = kpis.record_value(
            page.store, page.actor, kpi=row.kpi, period=row.asked_period, value=value, quality=quality, note=note,
            at=page.now, seen_entry=filters.recall("update_seen", 0),
        )  # fmt: skip
    except CmiError as refusal:
        st.error(text.refusal(page.t, refusal), icon=":material/error:")
        stands = kpis.newest(page.store, row.kpi, row.asked_period)
        filters.keep("update_seen", stands.entry if stands else 0)
        return
    drafts.forget(page.store, page.actor, kpi=row.kpi, period=row.asked_period)
    told = {
        "name": page.name_of(row),
        "period": words.period(page, row.asked_period),
        "unit": words.unit(page, row),
    }
    filters.keep("done", page.t("kpi_entry.recorded", entry=entry, value=value, **told))
    filters.choose("kpi", "")
    st.rerun()


def _verdict(page: Page, row: object, deed: Callable[..., int], note: str) -> None:
    try:
        entry = deed(
            page.store, page.actor, kpi=row.kpi, period=row.period, breakdown=row.breakdown, seen_entry=int(row.entry),
            note=note, at=page.now,
        )  # fmt: skip
    except CmiError as refusal:
        st.error(text.refusal(page.t, refusal), icon=":material/error:")
        return
    filters.keep("done", page.t("my_updates.verdict_done", entry=entry))
    st.rerun()


def _current(rows: pd.DataFrame) -> object:
    """The value to ask for: the one chosen in the link, else the first that was not skipped."""
    listed = list(rows.itertuples())
    chosen = filters.current("kpi", ("", *rows["kpi"]), "")
    skipped = set(filters.recall("skipped", []))
    if chosen:
        return next(row for row in listed if row.kpi == chosen)
    return next((row for row in listed if _mark(row) not in skipped), listed[0])


def _prefill(page: Page, row: object) -> None:
    """Fill the one form for another value: the draft kept on the server, else nothing."""
    if filters.recall("update_open") == _mark(row):
        return
    kept = duties.draft(page.store, words.who(page).account, row.kpi, row.asked_period)
    stands = kpis.newest(page.store, row.kpi, row.asked_period)
    value, quality, note = kept or (
        "",
        "measured",
        "" if row.state == "sent_back" else page.t("kpi_entry.note_routine"),
    )
    for key, fill in zip(_FORM, (value, quality if quality in QUALITIES else "measured", note), strict=True):
        filters.prefill(key, fill)
    filters.keep("update_open", _mark(row))
    filters.keep("update_seen", stands.entry if stands else 0)


def _about(page: Page, row: object) -> None:
    last = words.said(page, row, row.value)
    told = page.t(
        "my_updates.last", value=last, unit=words.unit(page, row), period=words.period(page, row.period)
    )
    back = ""
    if row.state == "sent_back":
        back = page.t(
            "my_updates.back", who=kpis.person(page.store, row.asked_by), note=row.asked_note,
            value=words.said(page, row, row.asked_value),
        )  # fmt: skip
    st.html(
        f"""<section class="cmi-kpi-hero cmi-s{row.strategy_position}"><p class="cmi-kpi-top">{_chip(page, row.state)}
        <span class="cmi-small">{escape(_when(page, row))}</span></p><h2>{escape(page.name_of(row))}</h2>
        <p><b>{escape(words.period(page, row.asked_period))}</b> · {escape(words.unit(page, row))}</p>
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
