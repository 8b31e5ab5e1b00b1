"""Making and changing KPIs: their definition, who records them, what they are tied to."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.actions import kpi_definitions as deeds
from cmi_core.errors import ObservationError
from cmi_core.kpi.confidence import CONFIDENCES
from cmi_core.store import kpis
from cmi_core.views import kpis as views
from pages.components.kpi import definition_fields
from pages.components.shell import filters, forms, words
from pages.components.shell.session import Page

NEW = "new"
ONE, SHEET = "one", "sheet"
PARTS = ("definition", "people", "links")


def chosen_way(page: Page) -> str:
    """One KPI after the other, or all in one sheet."""
    return filters.segments(
        "way",
        (ONE, SHEET),
        label=page.t("definition_sheet.way"),
        say=lambda way: page.t(f"definition_sheet.way_{way}"),
    )


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
    forms.told()
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
    form = f"define_{kpi}"
    stands = int(row.entry) if row else 0
    seen = forms.opened(form, stands)
    fields = definition_fields.Fields(page, _held(row), forms.key_of(form))
    code, steps, note = _defined(page, fields, kpi)
    pressed = st.button(
        page.t("kpi_definitions.save"), type="primary", icon=":material/save:", width="stretch"
    )
    if not pressed:
        return
    code = code.strip() or _free_code(page, fields)

    def deed() -> int:
        entry = deeds.define_kpi(
            page.store, page.actor, kpi=code, fields=fields.found, milestones=_steps(steps), note=note, at=page.now,
            expected_version=seen,
        )  # fmt: skip
        filters.choose("kpi", code)
        return entry

    forms.save(
        page,
        form,
        deed,
        lambda entry: _told(page, entry, fields.found[f"name_{page.language}"]),
        now=lambda: _stands(page, fields, _held(row), stands),
    )


def _defined(page: Page, fields: definition_fields.Fields, kpi: str) -> tuple[str, str, str]:
    """Draw the groups of fields; the code, the milestones as typed, and the reason."""
    st.caption(page.t("kpi_definitions.essential"))
    with _group(page, "what", opened=True):
        definition_fields.what(page, fields)
        code = kpi or st.text_input(
            page.t("kpi_definitions.code"), max_chars=60, help=page.t("kpi_definitions.about_code"),
            placeholder=_free_code(page, fields), key=f"{fields.form}_code",
        )  # fmt: skip
    with _group(page, "measured", opened=not kpi):
        definition_fields.measured(page, fields)
    with _group(page, "judged"):
        steps = definition_fields.judged(page, fields, _steps_said(page, kpi))
    with _group(page, "answers"):
        definition_fields.answers(page, fields)
        if not kpi:
            st.caption(page.t("kpi_definitions.people_later"))
    with _group(page, "rules"):
        definition_fields.rules(fields)
    note = st.text_input(page.t("kpi_definitions.note") + " *", max_chars=2000, key=f"{fields.form}_note")
    return code, steps, note


def _free_code(page: Page, fields: definition_fields.Fields) -> str:
    """A code that no KPI has yet, from the English name as it is typed."""
    return deeds.free_code(fields.found["name_en"] or "", set(page.read(kpis.definitions)["kpi"]))


def people(page: Page, row: object) -> None:
    """Coordinators and stand-ins of a KPI."""
    _people_held(page, row)
    form = f"assign_{row.kpi}"
    given, pressed = _assignment(page, forms.key_of(form))
    if pressed:
        forms.save(
            page,
            form,
            lambda: deeds.assign(page.store, page.actor, kpi=row.kpi, at=page.now, **given),
            lambda entry: _told(page, entry, page.name_of(row)),
        )


def _people_held(page: Page, row: object) -> None:
    held = page.read(kpis.assignments)
    held = held[held["kpi"] == row.kpi]
    if held.empty:
        st.info(page.t("kpi_definitions.nobody"), icon=":material/assignment_ind:")
        return
    shown = {
        page.t("audit_log.person"): [_said_person(page, each) for each in held.itertuples()],
        page.t("field.role"): [page.t(f"audit_log.role_{role}") for role in held["role"]],
        page.t("field.ends_on"): [_said_end(page, day) for day in held["ends_on"]],
    }
    st.dataframe(pd.DataFrame(shown), hide_index=True, placeholder="", width="stretch")


def _assignment(page: Page, key: str) -> tuple[dict[str, Any], bool]:
    """The fields of an assignment; not a form, since a stand-in has a last day and a coordinator has none."""
    accounts = page.read(views.recorders)
    names = {account: page.who(account) for account in accounts["account"]}
    with st.container(border=True):
        account = st.selectbox(
            page.t("audit_log.person"), list(names), format_func=names.__getitem__, key=f"{key}_who"
        )
        role = st.selectbox(
            page.t("field.role"), deeds.ASSIGNMENTS, format_func=lambda code: page.t(f"audit_log.role_{code}"),
            key=f"{key}_role",
        )  # fmt: skip
        ends_on = _last_day(page, key) if role == "stand_in" else None
        note = st.text_input(page.t("kpi_definitions.note"), max_chars=2000, key=f"{key}_note")
        pressed = st.button(
            page.t("kpi_definitions.assign"), type="primary", icon=":material/person_add:", width="stretch"
        )
    return {"account": account or "", "role": role, "ends_on": ends_on, "note": note}, pressed


def links(page: Page, row: object) -> None:
    """What a KPI is tied to."""
    _links_held(page, row)
    kind = filters.segments(
        "link",
        deeds.LINKED,
        label=page.t("kpi_words.kind"),
        say=lambda code: page.t(f"kpi_words.link_{code}"),
    )
    form = f"link_{row.kpi}_{kind}"
    given, tie, untie = _link(page, kind, forms.key_of(form))
    if tie or untie:
        forms.save(
            page,
            form,
            lambda: deeds.link_kpi(
                page.store, page.actor, kpi=row.kpi, kind=kind, active=tie, at=page.now, **given
            ),
            lambda entry: _told(page, entry, page.name_of(row)),
        )


def _links_held(page: Page, row: object) -> None:
    held = page.read(kpis.links)
    held = held[held["kpi"] == row.kpi]
    shown = {
        page.t("kpi_words.kind"): [page.t(f"kpi_words.link_{kind}") for kind in held["kind"]],
        page.t("kpi_tracking.links"): held[f"name_{page.language}"],
        page.t("field.confidence"): [page.t(f"confidence.{code}") for code in held["confidence"]],
    }
    st.dataframe(pd.DataFrame(shown), hide_index=True, placeholder="", width="stretch")


def _link(page: Page, kind: str, key: str) -> tuple[dict[str, Any], bool, bool]:
    """The fields of a tie, and whether it is to be made or taken away."""
    targets = page.read(kpis.choices, kind)
    names = dict(zip(targets["code"], targets[f"name_{page.language}"], strict=True))
    with st.form(key):
        target = st.selectbox(
            page.t("kpi_tracking.links"), list(names), format_func=names.__getitem__, key=f"{key}_target"
        )
        confidence = st.selectbox(
            page.t("field.confidence"),
            CONFIDENCES,
            index=1,
            format_func=lambda code: page.t(f"confidence.{code}"),
            key=f"{key}_confidence",
        )
        note = st.text_input(page.t("kpi_definitions.note"), max_chars=2000, key=f"{key}_note")
        left, right = st.columns(2)
        tie = left.form_submit_button(
            page.t("kpi_definitions.tie"), type="primary", icon=":material/link:", width="stretch"
        )
        untie = right.form_submit_button(
            page.t("kpi_definitions.untie"), icon=":material/link_off:", width="stretch"
        )
    return {"target": target or "", "confidence": confidence, "note": note}, tie, untie


def _said_person(page: Page, row: Any) -> str:
    """The name of an assigned person, and that the account is switched off where it is."""
    name = page.who(row.account)
    return name if row.active else page.t("kpi_definitions.left", name=name)


def _said_end(page: Page, day: Any) -> str:
    """The last day of a stand-in, and that it is past where it is."""
    if pd.isna(day):
        return "–"
    last = date.fromisoformat(str(day)[:10])
    said = page.say_date(last)
    return page.t("kpi_definitions.ended", day=said) if last < page.today else said


def _group(page: Page, name: str, *, opened: bool = False) -> Any:
    """A group of fields that can be folded away; what was typed in it stays."""
    return st.expander(page.t(f"kpi_definitions.group_{name}"), expanded=opened)


def _last_day(page: Page, key: str) -> date:
    """The last day of a stand-in, by how long it is from today."""
    days = st.selectbox(
        page.t("kpi_definitions.stand_in_until"), (7, 14, 30, 60, 90, 180, 365), index=2, key=f"{key}_days",
        format_func=lambda days: page.t(
            "kpi_definitions.until", days=days, day=page.say_date(page.today + timedelta(days=days))
        ),
    )  # fmt: skip
    return page.today + timedelta(days=days)


def _stands(page: Page, fields: definition_fields.Fields, held: dict[str, object], entry: int) -> int:
    """Where the definition as it stands differs from what this form holds, and the entry of what stands."""
    forms.compared(
        page,
        (
            (page.t(f"kpi_definitions.field_{name}"), theirs, mine)
            for name, theirs, mine in fields.differing(held)
        ),
    )
    return entry


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


def _told(page: Page, entry: int, name: object) -> str:
    return page.t("kpi_definitions.done", entry=entry, name=name)
