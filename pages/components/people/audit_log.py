"""The audit log: what it is narrowed to, its entries with before and after, the chain of seals."""

from datetime import timedelta
from typing import NamedTuple

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cmi_core import text
from cmi_core.accounts.roles import may
from cmi_core.actions import undo
from cmi_core.actions.kpis import WITHDRAWN
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.store import entries as stored_entries
from cmi_core.store import kpis as stored_kpis
from cmi_core.store.derived import Difference
from cmi_core.tables import safe_csv
from cmi_core.text.numbers import say_number
from cmi_core.views import audit_log, people
from pages.components.kpi import kpi_words
from pages.components.people import audit_words
from pages.components.shell import filters, forms, layout, session, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

ALL = "all"
_DAYS = {"week": 7, "month": 31, "year": 366}


def choice(page: Page) -> audit_log.Choice:
    """Whose entries (for readers who see names), about which KPI, of which deed and how long ago."""
    titles = page.made(_titles)
    *first, second, third, fourth = st.columns([2, 3, 2, 2] if page.sees_names else [3, 2, 2])
    person = _person(page, *first)
    with second:
        about = filters.select(
            "about",
            list(titles),
            label=page.t("audit_log.kpi"),
            say=titles.__getitem__,
        )
    with third:
        deed = filters.select(
            "deed", (ALL, *page.read(stored_entries.deeds)), label=page.t("audit_log.deed"),
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
    return audit_log.Choice(person, *("" if code == ALL else code for code in (about, deed)), begin)


def chain(page: Page) -> None:
    """Whether the chain of seals is whole and the screens read what it seals, and its head."""
    state = page.read(audit_log.chain)
    if state.broken is None and state.checked < state.head:
        st.info(page.t("audit_log.unchecked", head=say_number(state.head)), icon=":material/hourglass_empty:")
        if st.button(page.t("audit_log.check_now"), icon=":material/verified:"):
            with st.spinner(page.t("audit_log.checking")):
                state = audit_log.whole_chain(page.store)
    if state.broken is not None:
        st.error(page.t("audit_log.broken", entry=say_number(state.broken)), icon=":material/gpp_bad:")
    if state.found.count:
        told = page.t("audit_log.differs", count=say_number(state.found.count))
        st.error(told, icon=":material/gpp_bad:")
        _differences(page, state.found.differences, state.found.count)
    elif state.broken is None and state.checked == state.head:
        st.success(page.t("audit_log.whole", head=say_number(state.head)), icon=":material/verified_user:")
    if state.found.remarked:
        told = page.t("audit_log.facts_differ", count=say_number(state.found.remarked))
        st.warning(told, icon=":material/rule:")
        _differences(page, state.found.remarks, state.found.remarked)
    st.html(
        f'<p class="cmi-small">{escape(page.t("audit_log.head"))} <code class="cmi-seal">{escape(state.seal)}</code></p>'
    )


def _differences(page: Page, named: tuple[Difference, ...], count: int) -> None:
    """Each difference in a sentence, and how many there are beside those named."""
    told = [audit_words.difference(page, each) for each in named]
    if count > len(named):
        told.append(page.t("error.problems_more", count=say_number(count - len(named))))
    st.html('<ul class="cmi-small">' + "".join(f"<li>{escape(each)}</li>" for each in told) + "</ul>")


def entries(page: Page, chosen: audit_log.Choice) -> None:
    """The entries of one page of the log."""
    number = filters.page_number()
    log = page.read(audit_log.log, chosen, number)
    if log.rows.empty and number > 1:
        # A page that was open before the choices changed.
        filters.choose("page", "1")
        number, log = 1, page.read(audit_log.log, chosen, 1)
    if log.rows.empty:
        layout.nothing(page, "audit_log.nothing")
        return
    # What is kept for everybody leaves out the addresses that only administrators see.
    whole = may(page.actor, "manage_accounts")
    st.html(_listed(page, chosen, number) if whole else page.made(_listed, chosen, number))
    _turn(page, number, -(-log.found // audit_log.PER_PAGE))


def download(page: Page, chosen: audit_log.Choice) -> None:
    """The values of the entries shown, as CSV, made when it is asked for."""
    st.download_button(
        page.t("audit_log.download"),
        data=session.for_readers(page, lambda: safe_csv.write_csv(_told(page, chosen))),
        file_name="audit_log.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def take_back(page: Page) -> None:
    """Undo an entry, for those who may."""
    if not may(page.actor, "record_value"):
        return
    key = forms.key_of("undo")
    with st.expander(page.t("audit_log.undo"), icon=":material/undo:"):
        with st.form(key):
            entry = st.number_input(
                page.t("audit_log.undo_entry"), min_value=1, step=1, value=None, key=f"{key}_entry"
            )
            note = st.text_input(page.t("audit_log.undo_note"), max_chars=2000, key=f"{key}_note")
            pressed = st.form_submit_button(page.t("audit_log.undo_button"), icon=":material/undo:")
        if pressed:
            _undo(page, int(entry or 0), note)


def said_deed(page: Page, code: str) -> str:
    """A deed in words; one this version does not know is said by its code."""
    key = f"deed.{code}"
    return page.t(key) if key in text.catalogue(page.language) else code


def _undo(page: Page, entry: int, note: str) -> None:
    forms.save(
        page,
        "undo",
        lambda: undo.undo(page.store, page.actor, entry=entry, note=note, at=page.now),
        lambda made: page.t("audit_log.undone", entry=entry, made=made),
    )


def _person(page: Page, *column: DeltaGenerator) -> str:
    """The account whose entries are shown, empty for all; who does not see names cannot ask for somebody's either."""
    if not column:
        filters.current("by", (ALL,))  # one that came with a link is forgotten
        return ""
    everybody = page.made(_people)
    with column[0]:
        mark = filters.select(
            "by", list(everybody), label=page.t("audit_log.person"), say=lambda mark: everybody[mark].said
        )
    return everybody[mark].account


class _Person(NamedTuple):
    account: str
    said: str


def _people(page: Page) -> dict[str, _Person]:
    """Everybody who made an entry, by what stands for them in the address: a number once their account is closed for good."""
    closed = page.read(people.everybody).closed
    told = {
        f"closed:{closed[account]}" if account in closed else account: _Person(account, page.who(account))
        for account in page.read(stored_entries.recorders)
    }
    everybody = {ALL: _Person("", page.t("audit_log.everybody"))}
    return everybody | dict(sorted(told.items(), key=lambda each: each[1].said))


def _titles(page: Page) -> dict[str, str]:
    # Retired ones too: their life is told to its end.
    kpis = page.read(stored_kpis.definitions)
    return {ALL: page.t("audit_log.everything")} | dict(
        zip(kpis["kpi"], kpis[f"name_{page.language}"], strict=True)
    )


def _listed(page: Page, chosen: audit_log.Choice, number: int) -> str:
    log = page.read(audit_log.log, chosen, number)
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


def _entry(page: Page, log: audit_log.Page, row: object) -> str:
    changes = log.changes.get(row.entry, ())
    lines = log.lines.get(row.entry, {})
    told = "".join(audit_words.change(page, change) for change in changes)
    many = "".join(
        f"<li>{escape(audit_words.table(page, table))}: {escape(page.t('audit_log.lines', count=say_number(count)))}</li>"
        for table, count in lines.items()
        if not any(change.table == table for change in changes)
    )
    marks = ""
    if row.undoes is not None:
        marks += f'<span class="cmi-tag cmi-tag-soft">{escape(page.t("audit_log.undoes", entry=row.undoes))}</span>'
    if row.undone_by is not None:
        marks += f'<span class="cmi-tag">{escape(page.t("audit_log.undone_by", entry=row.undone_by))}</span>'
    return f"""<li><p class="cmi-log-head"><b>{row.entry}</b> {escape(said_deed(page, row.deed))}{marks}</p>
      <p class="cmi-small">{escape(page.who(row.recorded_by, row.entry))} · {escape(words.moment(page, row.recorded_at))}</p>
      <p class="cmi-log-note">{escape(page.who.note(row.deed, row.note, row.entry))}</p><ul>{told}{many}</ul></li>"""


def _told(page: Page, chosen: audit_log.Choice) -> pd.DataFrame:
    """The rows of a download in words, under the reader's headings; moments by Chiang Mai's clock."""
    rows = audit_log.values(page.store, chosen)
    names, moments = page.read(audit_log.names), rows["recorded_at"] + timedelta(hours=7)
    known = {code: told[page.language] for (kind, code), told in names.items() if kind == "kpi"}
    who = page.who
    qualities = {code: page.t(f"quality.{code}") for code in QUALITIES} | {
        WITHDRAWN: page.t("audit_log.withdrawn")
    }
    table = pd.DataFrame(
        {
            "kpi_words.entry": rows["entry"],
            "kpi_words.recorded_at": moments.dt.strftime("%Y-%m-%d %H:%M:%S"),
            "kpi_words.recorded_by": who.each(rows),
            "audit_log.deed": [said_deed(page, code) for code in rows["deed"]],
            "kpi_words.kpi": rows["kpi"],
            "kpi_words.name": [known.get(code) for code in rows["kpi"]],
            "kpi_words.period": [words.period(page, code) if code else None for code in rows["period"]],
            "kpi_words.breakdown": [kpi_words.part(page, code) for code in rows["breakdown"]],
            "audit_log.before": rows["value_before"],
            "audit_log.after": rows["value"],
            "kpi_words.quality": [qualities.get(code) for code in rows["quality"]],
            "kpi_words.note": list(map(who.note, rows["deed"], rows["note"], rows["entry"])),
            "audit_log.seal": rows["seal"],
        }
    )
    return table.rename(columns={key: page.t(key) for key in table.columns})
