"""Making and changing KPIs: definition and milestones, who records them, what they are tied to."""

from collections.abc import Callable
from datetime import timedelta

import pandas as pd
import streamlit as st

from cmi_core import text
from cmi_core.actions import kpi_definitions as deeds
from cmi_core.errors import CmiError, ObservationError
from cmi_core.paths import DIRECTIONS
from cmi_core.periods import FREQUENCIES
from cmi_core.views import kpis as views
from pages.components import filters
from pages.components import kpi_words as words
from pages.components.session import Page

NEW = "new"
PARTS = ("definition", "people", "links")
_LINES = ("name_th", "name_en", "unit_th", "unit_en")
_PERIODS = ("baseline_period", "target_period", "starts_in")
_AREAS = ("definition_th", "definition_en")


def chosen_kpi(page: Page) -> str:
    """The KPI to change, or a new one."""
    rows = page.read(views.every_definition)
    names = dict(zip(rows["kpi"], rows[f"name_{page.language}"], strict=True))
    return filters.select(
        "kpi", (NEW, *names), label=page.t("kpi_definitions.kpi"),
        say=lambda code: names.get(code, page.t("kpi_definitions.new")),
    )  # fmt: skip


def show(page: Page, kpi: str) -> None:
    """The part of a KPI's making that is chosen."""
    if done := filters.recall("done"):
        filters.keep("done", None)
        st.success(done, icon=":material/check_circle:")
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
    row = next(each for each in page.read(views.every_definition).itertuples() if each.kpi == kpi)
    {"definition": definition, "people": people, "links": links}[part](page, row)


def definition(page: Page, row: object | None) -> None:
    """Every field of a definition; a new KPI moreover takes a code."""
    held = _held(row)
    kpi = row.kpi if row else ""
    with st.form(f"define_{kpi}_{filters.recall('turn', 0)}"):
        code = kpi or st.text_input(page.t("kpi_definitions.code"), value="k_", max_chars=60)
        fields = _lines(page, held) | _choices(page, held) | _numbers(page, held)
        steps = st.text_area(
            page.t("kpi_definitions.milestones"),
            value=_steps_said(page, kpi),
            help=page.t("kpi_definitions.milestones_how"),
        )
        note = st.text_input(page.t("kpi_definitions.note"), max_chars=2000)
        pressed = st.form_submit_button(
            page.t("kpi_definitions.save"), type="primary", icon=":material/save:", width="stretch"
        )
    stands = int(row.entry) if row else 0
    seen = filters.recall(f"seen_definition_{kpi}", stands)
    filters.keep(f"seen_definition_{kpi}", stands)
    if pressed:
        _do(
            page,
            lambda: deeds.define_kpi(
                page.store, page.actor, kpi=code.strip(), fields=fields, milestones=_steps(steps), note=note,
                at=page.now, seen_entry=seen,
            ),
            name=fields["name_th"] if page.language == "th" else fields["name_en"],
        )  # fmt: skip


def people(page: Page, row: object) -> None:
    """Coordinators and stand-ins of a KPI."""
    held = page.read(views.assignments)
    held = held[held["kpi"] == row.kpi]
    if held.empty:
        st.info(page.t("kpi_definitions.nobody"), icon=":material/assignment_ind:")
    else:
        st.dataframe(
            pd.DataFrame(
                {
                    page.t("audit_log.person"): held["name"].fillna(held["account"]),
                    page.t("field.role"): [page.t(f"audit_log.role_{role}") for role in held["role"]],
                    page.t("field.ends_on"): [
                        page.say_date(day.date()) if not pd.isna(day) else "–" for day in held["ends_on"]
                    ],
                }
            ),
            hide_index=True,
            width="stretch",
        )
    accounts = page.read(views.recorders)
    names = dict(zip(accounts["account"], accounts["name"], strict=True))
    with st.form(f"assign_{row.kpi}_{filters.recall('turn', 0)}"):
        account = st.selectbox(page.t("audit_log.person"), list(names), format_func=names.__getitem__)
        role = st.selectbox(
            page.t("field.role"), deeds.ASSIGNMENTS, format_func=lambda code: page.t(f"audit_log.role_{code}")
        )
        days = st.selectbox(
            page.t("kpi_definitions.stand_in_until"),
            (7, 14, 30, 60, 90, 180, 365),
            index=2,
            format_func=lambda days: page.t(
                "kpi_definitions.until", days=days, day=page.say_date(page.today + timedelta(days=days))
            ),
        )
        note = st.text_input(page.t("kpi_definitions.note"), max_chars=2000)
        pressed = st.form_submit_button(
            page.t("kpi_definitions.assign"), type="primary", icon=":material/person_add:", width="stretch"
        )
    if pressed:
        _do(
            page,
            lambda: deeds.assign(
                page.store, page.actor, kpi=row.kpi, account=account or "", role=role, note=note, at=page.now,
                ends_on=page.today + timedelta(days=days) if role == "stand_in" else None,
            ),
            name=page.name_of(row),
        )  # fmt: skip


def links(page: Page, row: object) -> None:
    """What a KPI is tied to."""
    held = page.read(views.links)
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
        width="stretch",
    )
    kind = filters.segments(
        "link",
        deeds.LINKED,
        label=page.t("kpi_words.kind"),
        say=lambda code: page.t(f"kpi_words.link_{code}"),
    )
    targets = page.read(views.choices, kind)
    names = dict(zip(targets["code"], targets[f"name_{page.language}"], strict=True))
    with st.form(f"link_{row.kpi}_{kind}_{filters.recall('turn', 0)}"):
        target = st.selectbox(page.t("kpi_tracking.links"), list(names), format_func=names.__getitem__)
        confidence = st.selectbox(
            page.t("field.confidence"),
            deeds.CONFIDENCES,
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


def _lines(page: Page, held: dict[str, object]) -> dict[str, object]:
    left, right = st.columns(2)
    sides = {"th": left, "en": right}
    found = {}
    for name in _LINES:
        found[name] = sides[name[-2:]].text_input(
            page.t(f"field.{name}"), value=str(held[name] or ""), max_chars=300
        )
    for name in _AREAS:
        written = sides[name[-2:]].text_area(
            page.t(f"field.{name}"), value=str(held[name] or ""), max_chars=4000
        )
        found[name] = written or None
    return found


def _choices(page: Page, held: dict[str, object]) -> dict[str, object]:
    left, right = st.columns(2)
    goals = page.read(views.choices, "goal")
    goal_names = dict(zip(goals["code"], goals[f"name_{page.language}"], strict=True))
    owners = page.read(views.choices, "organisation")
    owner_names = {"": page.t("kpi_words.not_set")} | dict(
        zip(owners["code"], owners[f"name_{page.language}"], strict=True)
    )
    asked = {
        "goal": (left, "kpi_words.goal", goal_names),
        "owner": (right, "kpi_words.owner", owner_names),
        "direction": (
            left,
            "kpi_words.direction",
            {code: page.t(f"kpi_words.direction_{code}") for code in DIRECTIONS},
        ),
        "kind": (right, "kpi_words.kind", {code: page.t(f"kpi_words.kind_{code}") for code in deeds.KINDS}),
        "frequency": (
            left,
            "kpi_words.frequency",
            {code: page.t(f"periods.every_{code}") for code in FREQUENCIES},
        ),
        "approval": (
            right,
            "kpi_words.approval",
            {code: page.t(f"kpi_words.approval_{code}") for code in deeds.APPROVALS},
        ),
    }
    return {
        name: side.selectbox(
            page.t(key), list(names), index=list(names).index(held[name] or next(iter(names))), format_func=names.__getitem__
        ) or None
        for name, (side, key, names) in asked.items()
    }  # fmt: skip


def _numbers(page: Page, held: dict[str, object]) -> dict[str, object]:
    left, right = st.columns(2)
    texts = {
        "baseline": left, "baseline_period": right, "target": left, "target_period": right,
        "band_lower": left, "band_upper": right, "starts_in": left, "breakdown": right, "data_owner": left,
    }  # fmt: skip
    found: dict[str, object] = {
        name: side.text_input(
            page.t(
                f"kpi_words.{name}"
                if name not in {"band_lower", "band_upper", "starts_in"}
                else f"field.{name}"
            ),
            value=words.period(page, held[name]) if name in _PERIODS and held[name] else _shown(held[name]),
            help=page.t(f"kpi_definitions.{name}_how") if name in {"starts_in", "breakdown"} else None,
        )
        or None
        for name, side in texts.items()
    }
    found["grace_days"] = int(
        right.number_input(page.t("kpi_words.grace"), 0, 730, int(str(held["grace_days"])))
    )
    found["decimals"] = int(left.number_input(page.t("field.decimals"), 0, 6, int(str(held["decimals"]))))
    found["cumulative"] = right.checkbox(page.t("kpi_words.cumulative"), bool(held["cumulative"]))
    found["four_eyes"] = right.checkbox(page.t("kpi_words.four_eyes"), bool(held["four_eyes"]))
    return found


def _held(row: object | None) -> dict[str, object]:
    """The fields as they stand, or as a new KPI begins; empty cells are None."""
    if row is None:
        return dict(deeds.FIELDS)
    return {name: None if pd.isna(value := getattr(row, name)) else value for name in deeds.FIELDS}


def _steps_said(page: Page, kpi: str) -> str:
    steps = page.read(views.milestones, kpi) if kpi else {}
    return "\n".join(
        f"{words.period(page, period)} = {words.plainly(value)}" for period, value in steps.items()
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
        st.error(text.refusal(page.t, refusal), icon=":material/error:")
        return
    filters.keep("done", page.t("kpi_definitions.done", entry=entry, name=name))
    filters.keep("turn", filters.recall("turn", 0) + 1)
    st.rerun()


def _shown(value: object) -> str:
    if value is None:
        return ""
    return words.plainly(value) if isinstance(value, float) else str(value)
