"""The forms of KPI entry: record a value, set baseline and target, correct or withdraw."""

import math
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.actions import kpi_definitions, kpis
from cmi_core.calendar.periods import Period, between, containing, following, parse, preceding
from cmi_core.store import kpis as stored_kpis
from cmi_core.text.numbers import understand_number
from cmi_core.views import kpis as views
from pages.components.kpi import draft_mark, kpi_detail, kpi_words, value_form
from pages.components.shell import filters, form_state, forms, layout, words
from pages.components.shell.session import Page

DEEDS = ("record", "target", "correct")
_BACK = {
    "monthly": 36,
    "quarterly": 20,
    "half-yearly": 16,
    "yearly": 15,
    "fiscal-quarterly": 20,
    "fiscal-yearly": 15,
}


def chosen_kpi(page: Page) -> object | None:
    """The KPI to work on, among those this reader may record: what is owed first."""
    rows = page.read(views.my_kpis, kpi_words.who(page).account, kpi_words.who(page).role, page.today)
    if rows.empty:
        st.info(page.t("kpi_entry.nothing_assigned"), icon=":material/assignment_ind:")
        return None
    linked = filters.current("kpi", ("", *page.read(views.tracking, page.today)["kpi"]), "")
    if linked and linked not in set(rows["kpi"]):
        st.warning(page.t("error.not_assigned"), icon=":material/assignment_late:")
    rows = rows.sort_values("days_late", ascending=False, kind="stable")
    names = {row.kpi: _named(page, row) for row in rows.itertuples()}
    # Whose turn it is differs from reader to reader and from day to day: a shared link names it.
    kpi = filters.select(
        "kpi", tuple(names), label=page.t("kpi_entry.kpi"), say=lambda code: names[code], spelt=True
    )
    return next(row for row in rows.itertuples() if row.kpi == kpi)


def chosen_deed(page: Page) -> str:
    """What to do: record, set baseline and target, correct."""
    return filters.segments(
        "do",
        DEEDS,
        label=page.t("kpi_entry.do"),
        say=lambda code: page.t(f"kpi_entry.do_{code}"),
        width="stretch",
    )


def show(page: Page, row: object, deed: str) -> None:
    """The form of a deed, and above it what the last one did."""
    forms.told()
    {"record": record, "target": target, "correct": correct}[deed](page, row)


def record(page: Page, row: object) -> None:
    """A value for a period; the period that is due comes first."""
    form = f"record_{row.kpi}"
    period, part = _period(page, row, forms.turn(form)), _part(page, row)
    _stands(page, row, page.read(kpis.newest, row.kpi, period, part), part)
    mark = f"_{row.kpi}_{period}_{part}_{forms.turn(form)}"
    asked = value_form.Asked(row, period, mark, page.t("kpi_entry.note_routine"), part, of=mark)
    typed = value_form.show(page, asked)
    if typed.saving:
        value_form.save(page, asked, typed, after=lambda: forms.closed(form))


def correct(page: Page, row: object) -> None:
    """Another value in place of one that stands, or none."""
    values = page.read(stored_kpis.values, row.kpi)
    if values.empty:
        st.info(page.t("kpi_entry.nothing_to_correct"), icon=":material/info:")
        return
    key, stands = _which(page, row, values)
    form = f"correct_{row.kpi}_{key}"
    seen = forms.opened(form, int(stands.entry))
    given, correcting, withdrawing = _correction(page, row, stands, forms.key_of(form))
    what: dict[str, Any] = {"kpi": row.kpi, "period": stands.period, "breakdown": stands.breakdown}
    what |= {"note": given.pop("note"), "at": page.now, "expected_version": seen}
    told = {"name": page.name_of(row), "period": words.period(page, stands.period)}
    now = partial(int, stands.entry)
    if correcting:
        more = {"evidence_link": stands.evidence_link, "evidence_file": stands.evidence_file}
        forms.save(
            page,
            form,
            lambda: kpis.correct_value(page.store, page.actor, **what, **given, **more),
            lambda entry: page.t(
                "kpi_entry.corrected",
                entry=entry,
                value=words.exactly(understand_number(given["value"])),
                unit=kpi_words.unit(page, row),
                **told,
            ),
            now=now,
        )
    if withdrawing:
        forms.save(
            page,
            form,
            lambda: kpis.withdraw_value(page.store, page.actor, **what),
            lambda entry: page.t("kpi_entry.withdrawn", entry=entry, **told),
            now=now,
        )


def target(page: Page, row: object) -> None:
    """Baseline, target and owner: what the KPI is judged by."""
    form = f"target_{row.kpi}"
    seen, key = forms.opened(form, int(row.entry_definition)), forms.key_of(form)
    with st.form(key):
        given = _judged_by(page, row, key) | {"owner": _owner(page, row, key)}
        note = st.text_input(page.t("kpi_entry.note_target"), max_chars=2000, key=f"{key}_note")
        pressed = st.form_submit_button(
            page.t("kpi_entry.save_target"), type="primary", icon=":material/flag:", width="stretch"
        )
    st.caption(page.t("kpi_entry.target_hint", direction=page.t(f"kpi_words.direction_{row.direction}")))
    if pressed:
        wanted = {name: value or None for name, value in given.items()}
        forms.save(
            page,
            form,
            lambda: kpi_definitions.set_target(
                page.store, page.actor, kpi=row.kpi, note=note, at=page.now, expected_version=seen, **wanted
            ),
            lambda entry: page.t("kpi_entry.target_set", entry=entry, name=page.name_of(row)),
            now=lambda: _judged_now(page, row, given),
        )


def recent(page: Page, row: object) -> None:
    """The values that stand for this KPI, and the way to its page."""
    values = page.read(stored_kpis.values, row.kpi)
    address = words.here(page, "/kpi-tracking", kpi=row.kpi)
    st.html(f'<p class="cmi-gos">{words.link(page.t("kpi_entry.see"), address)}</p>')
    if not values.empty:
        table = kpi_detail.values_table(page, values)
        with st.expander(page.t("kpi_tracking.values"), icon=":material/history:"):
            layout.data_table(
                page,
                table,
                columns={name: page.t(f"kpi_words.{name}") for name in table.columns},
                file=f"{row.kpi}_values",
            )


def periods_to_record(row: object, page: Page) -> tuple[str, ...]:
    """The periods that have begun, newest first."""
    return tuple(period.code for period in reversed(_began(row, page)))


def periods_back(row: object, page: Page) -> list[str]:
    """Periods a baseline may stand at, newest first; the years too where the KPI is reported more often."""
    own = [period.code for period in reversed(_began(row, page))]
    return [*own, *(code for code in _years(row, page, range(-10, 1)) if code not in own)]


def target_periods(row: object, page: Page) -> list[str]:
    """Periods a target may stand at: the years to come, then the KPI's own next periods."""
    years = _years(row, page, range(16))
    now = containing(page.today, row.frequency)
    own = [following(now, step).code for step in range(13)]
    return [*years, *(code for code in own if code not in years)]


def _period(page: Page, row: object, turn: int) -> str:
    """The period to record a value for."""
    options = periods_to_record(row, page)
    # What is due moves on when somebody else saves: the form that is open stays where it was.
    open_now = form_state.drawn(f"{draft_mark.VALUE}_{row.kpi}_")
    held = form_state.get(f"due_{row.kpi}_{turn}") if open_now else None
    due = held if held in options else _due(row, options)
    form_state.put(f"due_{row.kpi}_{turn}", due)
    return filters.select(
        "period",
        options,
        label=page.t("kpi_words.period"),
        say=lambda code: words.period(page, code),
        default=due,
        spelt=True,
    )


def _which(page: Page, row: object, values: pd.DataFrame) -> tuple[str, Any]:
    """The value to correct, the newest first: its code and its line."""
    turned = values.iloc[::-1]
    keys = [f"{each.period}~{each.breakdown}".rstrip("~") for each in turned.itertuples()]
    by_key = dict(zip(keys, turned.itertuples(), strict=True))
    key = filters.select(
        "fix",
        tuple(keys),
        label=page.t("kpi_entry.which"),
        say=lambda code: _value_named(page, row, by_key[code]),
    )
    return key, by_key[key]


def _correction(page: Page, row: object, stands: Any, key: str) -> tuple[dict[str, str], bool, bool]:
    """What was typed, and whether it is to be corrected or withdrawn."""
    with st.form(key):
        value = st.text_input(
            page.t("kpi_entry.value_new", unit=words.as_text(kpi_words.unit(page, row))),
            value=words.exactly(stands.value),
            key=f"{key}_value",
        )
        quality = value_form.quality(page, stands.quality, key=f"{key}_quality")
        note = st.text_input(page.t("kpi_entry.note_why"), max_chars=2000, key=f"{key}_note")
        left, right = st.columns(2)
        correcting = left.form_submit_button(
            page.t("kpi_entry.correct"), type="primary", icon=":material/edit:", width="stretch"
        )
        withdrawing = right.form_submit_button(
            page.t("kpi_entry.withdraw"), icon=":material/undo:", width="stretch"
        )
    return {"value": value, "quality": quality, "note": note}, correcting, withdrawing


def _judged_by(page: Page, row: object, key: str) -> dict[str, str]:
    """The fields for baseline and target, or for the bounds of a band."""
    unit = words.as_text(kpi_words.unit(page, row))
    bounds = ("band_lower", "band_upper") if row.direction == "band" else ("target",)

    def number(name: str) -> str:
        label = page.t(f"kpi_entry.{name}", unit=unit)
        return st.text_input(label, value=_text(getattr(row, name)), key=f"{key}_{name}")

    def period(name: str, codes: list[str]) -> str:
        return _period_field(page, f"kpi_words.{name}", codes, getattr(row, name), key=f"{key}_{name}")

    left, right = st.columns(2)
    with left:
        found = {
            "baseline": number("baseline"),
            "baseline_period": period("baseline_period", periods_back(row, page)),
        }
    with right:
        found |= {name: number(name) for name in bounds}
        found["target_period"] = period("target_period", target_periods(row, page))
    return found


def _owner(page: Page, row: object, key: str) -> str:
    names = _owners(page)
    return st.selectbox(
        page.t("kpi_words.owner"), ["", *names], index=["", *names].index(row.owner or ""), key=f"{key}_owner",
        format_func=lambda code: names.get(code, page.t("kpi_words.not_set")),
    )  # fmt: skip


def _owners(page: Page) -> dict[str, str]:
    owners = page.read(stored_kpis.choices, "organisation")
    return dict(zip(owners["code"], owners[f"name_{page.language}"], strict=True))


def _judged_now(page: Page, row: object, given: dict[str, str]) -> int:
    """Where what stands now differs from what was typed, and the entry of what stands."""
    names = _owners(page)

    def said(name: str, value: str) -> str:
        shown = words.period(page, value) if name.endswith("_period") else names.get(value, value)
        return shown or "–"

    def held(name: str) -> str:
        stored = getattr(row, name)
        return (stored or "") if name in {"owner", "baseline_period", "target_period"} else _text(stored)

    forms.compared(
        page,
        (
            (page.t(f"kpi_definitions.field_{name}"), said(name, held(name)), said(name, mine))
            for name, mine in given.items()
        ),
    )
    return int(row.entry_definition)


def _stands(page: Page, row: object, stands: kpis.Newest | None, part: str) -> None:
    if stands is None or stands.value is None:
        told = page.t("kpi_entry.stands_none")
        if not part and row.value == row.value and row.value is not None:
            told += " " + page.t(
                "kpi_entry.last",
                value=kpi_words.said(page, row, row.value),
                unit=kpi_words.unit(page, row),
                period=words.period(page, row.period),
            )
        st.markdown(words.as_text(told))
        return
    st.info(
        words.as_text(
            page.t(
                "kpi_entry.stands",
                value=words.exactly(stands.value),
                unit=kpi_words.unit(page, row),
                who=page.who(stands.recorded_by, stands.entry),
                when=words.moment(page, stands.recorded_at),
            )
        ),
        icon=":material/info:",
    )


def _part(page: Page, row: object) -> str:
    """Which part of the KPI the value is for; all of it unless the KPI is broken down."""
    parts = kpis.breakdowns(row.breakdown)
    if not parts:
        return ""
    return filters.select(
        "breakdown",
        ("", *parts),
        label=page.t("kpi_words.breakdown"),
        say=lambda part: kpi_words.part(page, part) or page.t("kpi_entry.breakdown_all"),
        default="",
    )


def _period_field(page: Page, label: str, codes: list[str], held: Any, *, key: str) -> str:
    options = ["", *codes]
    if isinstance(held, str) and held not in options:
        options.append(held)
    return st.selectbox(
        page.t(label), options, index=options.index(held or ""), key=key,
        format_func=lambda code: words.period(page, code) if code else page.t("kpi_words.not_set"),
    )  # fmt: skip


def _began(row: object, page: Page) -> list[Period]:
    now = containing(page.today, row.frequency)
    first = preceding(now, _BACK[row.frequency])
    for known in (row.owed_period, row.baseline_period, row.starts_in):
        if isinstance(known, str) and parse(known).frequency == row.frequency:
            first = min(first, parse(known))
    return between(first, now)


def _due(row: object, options: tuple[str, ...]) -> str:
    """The period that is owed, else the first after the last value, else the latest that is over."""
    if row.owed_period in options:
        return row.owed_period
    if isinstance(row.reported, str) and parse(row.reported).frequency == row.frequency:
        coming = following(parse(row.reported)).code
        if coming in options:
            return coming
    return options[1] if len(options) > 1 else options[0]


def _years(row: object, page: Page, steps: range) -> list[str]:
    yearly = "fiscal-yearly" if row.frequency.startswith("fiscal") else "yearly"
    now = containing(page.today, yearly)
    return [following(now, step).code for step in steps]


def _named(page: Page, row: object) -> str:
    late = page.t("kpi_tracking.late", days=row.days_late) if row.days_late else ""
    return " · ".join(filter(None, (page.name_of(row), late)))


def _value_named(page: Page, row: object, each: object) -> str:
    parts = (
        words.period(page, each.period),
        kpi_words.part(page, each.breakdown),
        f"{kpi_words.said(page, row, each.value)} {kpi_words.unit(page, row)}",
    )
    return " · ".join(filter(None, parts))


def _text(value: Any) -> str:
    """A stored number as a field holds it, to the last digit: nothing where there is none."""
    return "" if value is None or math.isnan(value) else words.exactly(value)
