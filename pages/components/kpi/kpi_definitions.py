"""Making and changing KPIs: their definition, who records them, what they are tied to."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core import text
from cmi_core.actions import kpi_definitions as deeds
from cmi_core.errors import CmiError, ObservationError, StaleEdit
from cmi_core.kpi.confidence import CONFIDENCES
from cmi_core.store import kpis
from cmi_core.views import kpis as views
from pages.components.kpi import definition_fields
from pages.components.shell import filters, form_state, words
from pages.components.shell.session import Page

NEW = "new"
PARTS = ("definition", "people", "links")


def chosen_kpi(page: Page) -> str:
    """The KPI to change, or a new one."""
    rows = page.read(kpis.definitions)
    names = dict(zip(rows["kpi"], rows[f"name_{page.language}"], strict=True))
    return filters.select(
        "kpi", (NEW, *names), label=page.t("kpi_definitions.kpi"),
        say=lambda code: names.get(code, page.t("kpi_definitions.new")),
    )  # fmt: skip


def show(page: Page, kpi: str) -> None:
    """The part of a KPI's making that is chosen."""
    if done := form_state.get("done"):
        form_state.put("done", None)
        st.success(words.as_text(done), icon=":material/check_circle:")
    if kpi == NEW:
        definition(page, None)
        return
    part = filters.segments(
        "part",
        PARTS,
        label=page.t("kpi_definitions.part"),
        say=lambda code: page.t(f"kpi_definitions.part_{code}"),
        width="stretch",
    )
    row = next(each for each in page.read(kpis.definitions).itertuples() if each.kpi == kpi)
    {"definition": definition, "people": people, "links": links}[part](page, row)


def definition(page: Page, row: object | None) -> None:
    """Every field of a definition in groups; a new KPI needs the first group and a reason only."""
    kpi = row.kpi if row else ""
    form = f"define_{kpi}_{form_state.get('turn', 0)}"
    held = _held(row)
    fields = definition_fields.Fields(page, held, form)
    st.caption(page.t("kpi_definitions.essential"))
    with _group(page, "what", opened=True):
        definition_fields.what(page, fields)
        code = kpi or st.text_input(
            page.t("kpi_definitions.code"), max_chars=60, help=page.t("kpi_definitions.about_code"),
            placeholder=deeds.free_code(page.store, fields.found["name_en"] or ""), key=f"{form}_code",
        )  # fmt: skip
    with _group(page, "measured", opened=row is None):
        definition_fields.measured(page, fields)
    with _group(page, "judged"):
        steps = definition_fields.judged(page, fields, _steps_said(page, kpi))
    with _group(page, "answers"):
        definition_fields.answers(page, fields)
        if row is None:
            st.caption(page.t("kpi_definitions.people_later"))
    with _group(page, "rules"):
        definition_fields.rules(fields)
    note = st.text_input(page.t("kpi_definitions.note") + " *", max_chars=2000, key=f"{form}_note")
    stands = int(row.entry) if row else 0
    seen = form_state.get(f"seen_{form}", stands)
    form_state.put(f"seen_{form}", stands if seen == 0 else seen)
    pressed = st.button(
        page.t("kpi_definitions.save"), type="primary", icon=":material/save:", width="stretch"
    )
    if not pressed:
        return
    code = code.strip() or deeds.free_code(page.store, fields.found["name_en"] or "")
    try:
        entry = deeds.define_kpi(
            page.store, page.actor, kpi=code, fields=fields.found, milestones=_steps(steps), note=note, at=page.now, expected_version=seen,
        )  # fmt: skip
    except StaleEdit as refusal:
        st.warning(words.as_text(text.refusal(page.t, refusal)), icon=":material/group:")
        _both(page, kpi, fields)
        form_state.put(f"seen_{form}", stands)
    except CmiError as refusal:
        st.error(words.as_text(text.refusal(page.t, refusal)), icon=":material/error:")
    else:
        filters.choose("kpi", code)
        _done(page, entry, fields.found[f"name_{page.language}"])


def people(page: Page, row: object) -> None:
    """Coordinators and stand-ins of a KPI."""
    held = page.read(kpis.assignments)
    held = held[held["kpi"] == row.kpi]
    if held.empty:
        st.info(page.t("kpi_definitions.nobody"), icon=":material/assignment_ind:")
    else:
        st.dataframe(
            pd.DataFrame(
                {
                    page.t("audit_log.person"): [_said_person(page, each) for each in held.itertuples()],
                    page.t("field.role"): [page.t(f"audit_log.role_{role}") for role in held["role"]],
                    page.t("field.ends_on"): [_said_end(page, day) for day in held["ends_on"]],
                }
            ),
            hide_index=True,
            placeholder="",
            width="stretch",
        )
    accounts = page.read(views.recorders)
    names = dict(zip(accounts["account"], accounts["name"], strict=True))
    turn = form_state.get("turn", 0)
    with st.container(border=True):
        account = st.selectbox(
            page.t("audit_log.person"), list(names), format_func=names.__getitem__, key=f"assign_who_{turn}"
        )
        role = st.selectbox(
            page.t("field.role"), deeds.ASSIGNMENTS, format_func=lambda code: page.t(f"audit_log.role_{code}"),
            key=f"assign_role_{turn}",
        )  # fmt: skip
        ends_on = _last_day(page, turn) if role == "stand_in" else None
        note = st.text_input(
            page.t("kpi_definitions.note"), max_chars=2000, key=f"assign_note_{row.kpi}_{turn}"
        )
        pressed = st.button(
            page.t("kpi_definitions.assign"), type="primary", icon=":material/person_add:", width="stretch"
        )
    if pressed:
        _do(
            page,
            lambda: deeds.assign(
                page.store, page.actor, kpi=row.kpi, account=account or "", role=role, note=note, at=page.now,
                ends_on=ends_on,
            ),
            name=page.name_of(row),
        )  # fmt: skip


def links(page: Page, row: object) -> None:
    """What a KPI is tied to."""
    held = page.read(kpis.links)
    held = held[held["kpi"] == row.kpi]
    st.dataframe(
        pd.DataFrame(
            {
                page.t("kpi_words.kind"): [page.t(f"kpi_words.link_{kind}") for kind in held["kind"]],
                page.t("kpi_tracking.links"): held[f"name_{page.language}"],
                page.t("field.confidence"): [page.t(f"confidence.{code}") for code in held["confidence"]],
            }
        ),
        hide_index=True,
        placeholder="",
        width="stretch",
    )
    kind = filters.segments(
        "link",
        deeds.LINKED,
        label=page.t("kpi_words.kind"),
        say=lambda code: page.t(f"kpi_words.link_{code}"),
    )
    targets = page.read(kpis.choices, kind)
    names = dict(zip(targets["code"], targets[f"name_{page.language}"], strict=True))
    with st.form(f"link_{row.kpi}_{kind}_{form_state.get('turn', 0)}"):
        target = st.selectbox(page.t("kpi_tracking.links"), list(names), format_func=names.__getitem__)
        confidence = st.selectbox(
            page.t("field.confidence"),
            CONFIDENCES,
            index=1,
            format_func=lambda code: page.t(f"confidence.{code}"),
        )
        note = st.text_input(page.t("kpi_definitions.note"), max_chars=2000)
        left, right = st.columns(2)
        tie = left.form_submit_button(
            page.t("kpi_definitions.tie"), type="primary", icon=":material/link:", width="stretch"
        )
        untie = right.form_submit_button(
            page.t("kpi_definitions.untie"), icon=":material/link_off:", width="stretch"
        )
    if tie or untie:
        _do(
            page,
            lambda: deeds.link_kpi(
                page.store, page.actor, kpi=row.kpi, kind=kind, target=target or "", confidence=confidence, active=tie,
                note=note, at=page.now,
            ),
            name=page.name_of(row),
        )  # fmt: skip


def _said_person(page: Page, row: Any) -> str:
    """The name of an assigned person, and that the account is switched off where it is."""
    name = row.account if pd.isna(row.name) else row.name
    return name if row.active else page.t("kpi_definitions.left", name=name)


def _said_end(page: Page, day: Any) -> str:
    """The last day of a stand-in, and that it is past where it is."""
    if pd.isna(day):
        return "–"
    said = page.say_date(pd.Timestamp(day).date())
    return page.t("kpi_definitions.ended", day=said) if pd.Timestamp(day).date() < page.today else said


def _group(page: Page, name: str, *, opened: bool = False) -> Any:
    """A group of fields that can be folded away; what was typed in it stays."""
    return st.expander(page.t(f"kpi_definitions.group_{name}"), expanded=opened)


def _last_day(page: Page, turn: int) -> date:
    """The last day of a stand-in, by how long it is from today."""
    days = st.selectbox(
        page.t("kpi_definitions.stand_in_until"), (7, 14, 30, 60, 90, 180, 365), index=2, key=f"assign_days_{turn}",
        format_func=lambda days: page.t(
            "kpi_definitions.until", days=days, day=page.say_date(page.today + timedelta(days=days))
        ),
    )  # fmt: skip
    return page.today + timedelta(days=days)


def _both(page: Page, kpi: str, fields: definition_fields.Fields) -> None:
    """Somebody changed the definition in between: where it now differs from what this form holds."""
    stands = _held(next(each for each in page.read(kpis.definitions).itertuples() if each.kpi == kpi))
    rows = [
        {
            page.t("kpi_definitions.field"): page.t(f"kpi_definitions.field_{name}"),
            page.t("kpi_definitions.theirs"): theirs,
            page.t("kpi_definitions.mine"): mine,
        }
        for name, theirs, mine in fields.differing(stands)
    ]
    if rows:
        st.table(pd.DataFrame(rows).set_index(page.t("kpi_definitions.field")))


def _held(row: object | None) -> dict[str, object]:
    """The fields as they stand, or as a new KPI begins; empty cells are None."""
    if row is None:
        return dict(deeds.FIELDS)
    return {name: None if pd.isna(value := getattr(row, name)) else value for name in deeds.FIELDS}


def _steps_said(page: Page, kpi: str) -> str:
    steps = page.read(kpis.milestones_of, kpi) if kpi else {}
    return "\n".join(
        f"{words.period(page, period)} = {words.exactly(value)}" for period, value in steps.items()
    )


def _steps(written: str) -> dict[str, object]:
    """Milestones as typed, one per line: 2027 = 4.5. Raises ObservationError for a line that is not one."""
    steps: dict[str, object] = {}
    for line in filter(None, (line.strip() for line in written.splitlines())):
        period, sign, value = line.partition("=")
        if not sign or not value.strip():
            raise ObservationError("milestone_line", text=line[:60])
        steps[period.strip()] = value.strip()
    return steps


def _do(page: Page, deed: Callable[[], int], *, name: object) -> None:
    try:
        entry = deed()
    except CmiError as refusal:
        st.error(words.as_text(text.refusal(page.t, refusal)), icon=":material/error:")
        return
    _done(page, entry, name)


def _done(page: Page, entry: int, name: object) -> None:
    """Say so on a fresh form."""
    form_state.put("done", page.t("kpi_definitions.done", entry=entry, name=name))
    form_state.put("turn", form_state.get("turn", 0) + 1)
    st.rerun()
