"""The audit log: what it is narrowed to, its entries with before and after, the chain of seals."""

from datetime import timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core import exports, text
from cmi_core.actions import undo
from cmi_core.errors import CmiError
from cmi_core.numbers import say_number
from cmi_core.roles import may
from cmi_core.views import audit
from cmi_core.views import kpis as kpi_views
from pages.components import filters, layout
from pages.components import kpi_words as words
from pages.components.session import Page

ALL = "all"
_DAYS = {"week": 7, "month": 31, "year": 366}
_UNTOLD = {"geometry", "file_hash", "position", "value_entry"}
_MOST_NEW = 8  # fields told of a thing that is new
_PERIODS = {"period", "baseline_period", "target_period", "starts_in"}
_CODED = {
    "bool": "kpi_words.",
    "quality": "quality.", "approval": "kpi_words.approval_", "direction": "kpi_words.direction_",
    "kind": "kpi_words.kind_", "frequency": "periods.every_", "confidence": "confidence.",
    "verdict": "kpi_words.state_", "role": "audit_log.role_", "basis": "audit_log.basis_",
}  # fmt: skip


def choice(page: Page) -> audit.Choice:
    """Whose entries, about which KPI, of which deed and how long ago."""
    names, titles = page.made(_people), page.made(_titles)
    first, second, third, fourth = st.columns([2, 3, 2, 2])
    with first:
        person = filters.select(
            "by",
            list(names),
            label=page.t("audit_log.person"),
            say=names.__getitem__,
        )
    with second:
        about = filters.select(
            "about",
            list(titles),
            label=page.t("audit_log.kpi"),
            say=titles.__getitem__,
        )
    with third:
        deed = filters.select(
            "deed", (ALL, *page.read(audit.deeds)), label=page.t("audit_log.deed"),
            say=lambda code: page.t("audit_log.any_deed") if code == ALL else said_deed(page, code),
        )  # fmt: skip
    with fourth:
        ago = filters.select(
            "since",
            (ALL, *_DAYS),
            label=page.t("audit_log.since"),
            say=lambda code: page.t(f"audit_log.since_{code}"),
        )
    begin = (
        None
        if ago == ALL
        else page.now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=_DAYS[ago])
    )
    return audit.Choice(*("" if code == ALL else code for code in (person, about, deed)), begin)


def chain(page: Page) -> None:
    """Whether the chain of seals is whole, and its head."""
    state = page.read(audit.chain)
    if state.broken is None and state.checked < state.head:
        st.info(page.t("audit_log.unchecked", head=say_number(state.head)), icon=":material/hourglass_empty:")
        if st.button(page.t("audit_log.check_now"), icon=":material/verified:"):
            with st.spinner(page.t("audit_log.checking")):
                state = audit.whole_chain(page.store)
    if state.broken is not None:
        st.error(page.t("audit_log.broken", entry=say_number(state.broken)), icon=":material/gpp_bad:")
    elif state.checked == state.head:
        st.success(page.t("audit_log.whole", head=say_number(state.head)), icon=":material/verified_user:")
    st.html(
        f'<p class="cmi-small">{escape(page.t("audit_log.head"))} <code class="cmi-seal">{escape(state.seal)}</code></p>'
    )


def entries(page: Page, chosen: audit.Choice) -> None:
    """The entries of one page of the log."""
    number = filters.page_number()
    log = page.read(audit.log, chosen, number)
    if log.rows.empty:
        layout.nothing(page, "audit_log.nothing")
        return
    st.html(page.made(_listed, chosen, number))
    _turn(page, number, -(-log.found // audit.PER_PAGE))


def download(page: Page, chosen: audit.Choice) -> None:
    """The values of the entries shown, as CSV, made when it is asked for."""
    st.download_button(
        page.t("audit_log.download"),
        data=lambda: exports.write_csv(_told(page, chosen)),
        file_name="audit_log.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def take_back(page: Page) -> None:
    """Undo an entry, for those who may."""
    if not may(page.actor, "record_value"):
        return
    with st.expander(page.t("audit_log.undo"), icon=":material/undo:"), st.form("undo", clear_on_submit=True):
        entry = st.number_input(page.t("audit_log.undo_entry"), min_value=1, step=1, value=None)
        note = st.text_input(page.t("audit_log.undo_note"), max_chars=2000)
        if st.form_submit_button(page.t("audit_log.undo_button"), icon=":material/undo:"):
            _undo(page, int(entry or 0), note)


def said_deed(page: Page, code: str) -> str:
    """A deed in words; one this version does not know is said by its code."""
    key = f"deed.{code}"
    return page.t(key) if key in text.catalogue(page.language) else code


def _undo(page: Page, entry: int, note: str) -> None:
    try:
        made = undo.undo(page.store, page.actor, entry=entry, note=note, at=page.now)
    except CmiError as refusal:
        st.error(text.refusal(page.t, refusal), icon=":material/error:")
        return
    st.success(page.t("audit_log.undone", entry=entry, made=made), icon=":material/check_circle:")


def _people(page: Page) -> dict[str, str]:
    people = page.read(audit.people)
    return {ALL: page.t("audit_log.everybody")} | dict(
        zip(people["recorded_by"], people["name"], strict=True)
    )


def _titles(page: Page) -> dict[str, str]:
    kpis = page.read(kpi_views.tracking, page.today)
    return {ALL: page.t("audit_log.everything")} | dict(
        zip(kpis["kpi"], kpis[f"name_{page.language}"], strict=True)
    )


def _listed(page: Page, chosen: audit.Choice, number: int) -> str:
    log = page.read(audit.log, chosen, number)
    return (
        f'<p class="cmi-small">{escape(page.t("audit_log.found", count=say_number(log.found)))}</p>'
        '<ol class="cmi-log">' + "".join(_entry(page, log, row) for row in log.rows.itertuples()) + "</ol>"
    )


def _turn(page: Page, number: int, pages: int) -> None:
    """To newer and older entries."""
    if pages < 2:
        return
    newer, told, older = st.columns([1, 1, 1], vertical_alignment="center")
    newer.button(
        page.t("audit_log.newer"), disabled=number <= 1, icon=":material/chevron_left:", width="stretch",
        on_click=filters.choose, args=("page", str(number - 1)),
    )  # fmt: skip
    told.markdown(page.t("audit_log.page_of", page=number, pages=say_number(pages)), text_alignment="center")
    older.button(
        page.t("audit_log.older"), disabled=number >= pages, icon=":material/chevron_right:", width="stretch",
        on_click=filters.choose, args=("page", str(number + 1)),
    )  # fmt: skip


def _entry(page: Page, log: audit.Page, row: object) -> str:
    changes = log.changes.get(row.entry, ())
    lines = log.lines.get(row.entry, {})
    told = "".join(_change(page, change) for change in changes)
    many = "".join(
        f"<li>{escape(_table(page, table))}: {escape(page.t('audit_log.lines', count=say_number(count)))}</li>"
        for table, count in lines.items()
        if not any(change.table == table for change in changes)
    )
    marks = ""
    if row.undoes is not None:
        marks += f'<span class="cmi-tag cmi-tag-soft">{escape(page.t("audit_log.undoes", entry=row.undoes))}</span>'
    if row.undone_by is not None:
        marks += f'<span class="cmi-tag">{escape(page.t("audit_log.undone_by", entry=row.undone_by))}</span>'
    return f"""<li><p class="cmi-log-head"><b>{row.entry}</b> {escape(said_deed(page, row.deed))}{marks}</p>
      <p class="cmi-small">{escape(row.name)} · {escape(words.moment(page, row.recorded_at))}</p>
      <p class="cmi-log-note">{escape(row.note)}</p><ul>{told}{many}</ul></li>"""


def _change(page: Page, change: audit.Change) -> str:
    """One line of an entry: a value before and after, or each field that changed."""
    thing = " · ".join(filter(None, (_named(page, change.table, name) for name in change.key)))
    if change.table == "kpi_value_line":
        told = _arrow(_value(page, change.before), _value(page, change.after))
    else:
        fields = [
            name
            for name in change.fields
            if name not in _UNTOLD and (change.before or change.after[name] is not None)
        ]
        told = "; ".join(
            f"{escape(_field(page, name))} {_arrow(_said(page, name, change.before.get(name)), _said(page, name, change.after[name]))}"
            for name in (fields if change.before else fields[:_MOST_NEW])
        )
    return f"<li><span>{escape(thing)}:</span> {told}</li>"


def _arrow(before: str, after: str) -> str:
    return (
        f"<del>{escape(before)}</del> → <ins>{escape(after)}</ins>"
        if before != "–"
        else f"<ins>{escape(after)}</ins>"
    )


def _value(page: Page, line: dict[str, object]) -> str:
    """A value with its quality, or that it was withdrawn."""
    if not line:
        return "–"
    if line["value"] is None:
        return page.t("audit_log.withdrawn")
    quality = page.t(f"quality.{line['quality']}")
    told = f"{_said(page, 'value', line['value'])} ({quality})"
    return told + (
        f" · {page.t('kpi_words.evidence')}" if line["evidence_link"] or line["evidence_file"] else ""
    )


def _named(page: Page, table: str, name: object) -> str:
    """A part of a key as a reader knows it: KPIs by name, periods in words."""
    kpis = page.read(kpi_views.names)
    if name in kpis:
        return kpis[name][page.language]
    code = str(name or "")
    if f"kpi_words.link_{code}" in text.catalogue(page.language):
        return page.t(f"kpi_words.link_{code}")
    return words.period(page, code) if table.startswith("kpi_") and code[:2] in {"FY", "19", "20"} else code


def _said(page: Page, field: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return words.plainly(value)
    if isinstance(value, bool):
        value = "yes" if value else "no"
        field = "bool"
    if field in _PERIODS:
        return words.period(page, value)
    known = page.read(kpi_views.names).get(str(value)) if field in {"goal", "owner", "organisation"} else None
    if known:
        return known[page.language]
    key = f"{_CODED.get(field, '')}{value}"
    if field in _CODED and key in text.catalogue(page.language):
        return page.t(key)
    said = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return said if len(said) <= 300 else said[:299] + "…"


def _field(page: Page, field: str) -> str:
    for key in (f"field.{field}", f"kpi_words.{field}"):
        if key in text.catalogue(page.language):
            return page.t(key)
    return field


def _table(page: Page, table: str) -> str:
    key = f"audit_log.{table}"
    return page.t(key) if key in text.catalogue(page.language) else table


def _told(page: Page, chosen: audit.Choice) -> pd.DataFrame:
    """The rows of a download under the reader's headings; moments by Chiang Mai's clock."""
    rows = audit.values(page.store, chosen)
    rows["recorded_at"] = rows["recorded_at"] + timedelta(hours=7)
    rows["deed"] = [said_deed(page, code) for code in rows["deed"]]
    heads = {"value_before": page.t("audit_log.before"), "value": page.t("audit_log.after"), "deed": page.t("audit_log.deed"), "seal": page.t("audit_log.seal")}  # fmt: skip
    return rows.rename(
        columns={name: heads.get(name) or page.t(f"kpi_words.{name}") for name in rows.columns}
    )
