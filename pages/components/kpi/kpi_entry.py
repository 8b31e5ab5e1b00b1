"""The forms of KPI entry: record a value, set baseline and target, correct or withdraw."""

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from cmi_core import text
from cmi_core.actions import drafts, kpi_definitions, kpis
from cmi_core.calendar.periods import Period, between, containing, following, parse, preceding
from cmi_core.errors import CmiError, StaleEdit
from cmi_core.kpi.sheet import QUALITIES
from cmi_core.store import Store
from cmi_core.store import drafts as stored_drafts
from cmi_core.store import kpis as stored_kpis
from cmi_core.store.drafts import Draft, Place
from cmi_core.text.numbers import understand_number
from cmi_core.views import kpis as views
from pages.components.kpi import draft_mark, evidence_upload, kpi_detail, kpi_words
from pages.components.shell import filters, form_state, layout, refusals, words
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
    if done := form_state.get("done"):
        form_state.put("done", None)
        st.success(words.as_text(done), icon=":material/check_circle:")
    {"record": record, "target": target, "correct": correct}[deed](page, row)


def record(page: Page, row: object) -> None:
    """A value for a period; the period that is due comes first."""
    options = periods_to_record(row, page)
    turn = form_state.get("turn", 0)
    # What is due moves on when somebody else saves: the form that is open stays where it was.
    opened = form_state.get(f"due_{row.kpi}_{turn}")
    due = opened if opened in options else _due(row, options)
    form_state.put(f"due_{row.kpi}_{turn}", due)
    period = filters.select(
        "period",
        options,
        label=page.t("kpi_words.period"),
        say=lambda code: words.period(page, code),
        default=due,
        spelt=True,
    )
    part = _part(page, row)
    stands = page.read(newest, row.kpi, period, part)
    _stands(page, row, stands, part)
    form = f"_{row.kpi}_{period}_{part}_{turn}"
    restored = _prefill(page, row, Place(kpi_words.who(page).account, row.kpi, period, part), form)
    draft_mark.show(page, row.kpi, period, form=form, part=part)
    with st.form(f"record{form}", border=True):
        left, right = st.columns(2)
        with left:
            value = st.text_input(
                page.t("kpi_entry.value", unit=words.as_text(kpi_words.unit(page, row))),
                placeholder=page.t("kpi_entry.value_hint"),
                autocomplete="off",
                key=draft_mark.VALUE + form,
            )
        with right:
            quality = _quality(page, None, key=draft_mark.QUALITY + form)
        note = st.text_input(page.t("kpi_entry.note"), max_chars=2000, key=draft_mark.NOTE + form)
        link, file = evidence_upload.fields(page)
        pressed = st.form_submit_button(
            page.t("kpi_entry.save"), type="primary", icon=":material/save:", width="stretch",
            key=draft_mark.SAVE + form,
        )  # fmt: skip
    draft_mark.said(page, restored=restored)
    seen = form_state.get(f"seen{form}", stands.entry if stands else 0)
    form_state.put(f"seen{form}", stands.entry if stands else 0)
    replaces = stands is not None and stands.value is not None and stands.entry == seen
    what: dict[str, Any] = {"kpi": row.kpi, "period": period, "breakdown": part, "at": page.now}
    if pressed:
        # It stays as a draft until it is recorded.
        drafts.keep(page.store, page.actor, draft=Draft(value, quality, note), **what)
    if pressed and replaces and note.strip() == page.t("kpi_entry.note_routine"):
        st.error(page.t("kpi_entry.note_needed"), icon=":material/error:")
    elif pressed:
        _do(
            page,
            lambda: _recorded(
                page, what, value=value, quality=quality, note=note, expected_version=seen, evidence_link=link,
                evidence_file=evidence_upload.keep(page, file),
            ),
            "kpi_entry.recorded",
            name=_name_with_part(page, row, part), period=words.period(page, period), value=value,
            unit=kpi_words.unit(page, row),
        )  # fmt: skip


def correct(page: Page, row: object) -> None:
    """Another value in place of one that stands, or none."""
    values = page.read(stored_kpis.values, row.kpi)
    if values.empty:
        st.info(page.t("kpi_entry.nothing_to_correct"), icon=":material/info:")
        return
    turned = values.iloc[::-1]
    keys = [f"{each.period}~{each.breakdown}".rstrip("~") for each in turned.itertuples()]
    by_key = dict(zip(keys, turned.itertuples(), strict=True))
    key = filters.select(
        "fix",
        tuple(keys),
        label=page.t("kpi_entry.which"),
        say=lambda code: _value_named(page, row, by_key[code]),
    )
    stands = by_key[key]
    with st.form(f"correct_{row.kpi}_{key}_{form_state.get('turn', 0)}"):
        value = st.text_input(
            page.t("kpi_entry.value_new", unit=words.as_text(kpi_words.unit(page, row))),
            value=words.exactly(stands.value),
        )
        quality = _quality(page, stands.quality)
        note = st.text_input(page.t("kpi_entry.note_why"), max_chars=2000)
        left, right = st.columns(2)
        correcting = left.form_submit_button(
            page.t("kpi_entry.correct"), type="primary", icon=":material/edit:", width="stretch"
        )
        withdrawing = right.form_submit_button(
            page.t("kpi_entry.withdraw"), icon=":material/undo:", width="stretch"
        )
    seen = form_state.get(f"seen_{row.kpi}_{key}", int(stands.entry))
    form_state.put(f"seen_{row.kpi}_{key}", int(stands.entry))
    what: dict[str, Any] = {"kpi": row.kpi, "period": stands.period, "breakdown": stands.breakdown, "note": note, "at": page.now, "expected_version": seen}  # fmt: skip
    told = {"name": page.name_of(row), "period": words.period(page, stands.period)}
    if correcting:
        more = {"evidence_link": stands.evidence_link, "evidence_file": stands.evidence_file}
        _do(
            page,
            lambda: kpis.correct_value(page.store, page.actor, value=value, quality=quality, **what, **more),
            "kpi_entry.corrected",
            value=value,
            unit=kpi_words.unit(page, row),
            **told,
        )
    if withdrawing:
        _do(page, lambda: kpis.withdraw_value(page.store, page.actor, **what), "kpi_entry.withdrawn", **told)


def target(page: Page, row: object) -> None:
    """Baseline, target and owner: what the KPI is judged by."""
    owners = page.read(stored_kpis.choices, "organisation")
    names = dict(zip(owners["code"], owners[f"name_{page.language}"], strict=True))
    past, ahead = periods_back(row, page), target_periods(row, page)
    with st.form(f"target_{row.kpi}_{form_state.get('turn', 0)}"):
        left, right = st.columns(2)
        with left:
            baseline = st.text_input(
                page.t("kpi_entry.baseline", unit=words.as_text(kpi_words.unit(page, row))),
                value=_text(row.baseline),
            )
            baseline_period = _period_field(page, "kpi_words.baseline_period", past, row.baseline_period)
        with right:
            if row.direction == "band":
                lower = st.text_input(page.t("kpi_entry.band_lower"), value=_text(row.band_lower))
                upper = st.text_input(page.t("kpi_entry.band_upper"), value=_text(row.band_upper))
            else:
                aim = st.text_input(
                    page.t("kpi_entry.target", unit=words.as_text(kpi_words.unit(page, row))),
                    value=_text(row.target),
                )
            target_period = _period_field(page, "kpi_words.target_period", ahead, row.target_period)
        owner = st.selectbox(
            page.t("kpi_words.owner"), ["", *names], index=["", *names].index(row.owner or ""),
            format_func=lambda code: names.get(code, page.t("kpi_words.not_set")),
        )  # fmt: skip
        note = st.text_input(page.t("kpi_entry.note_target"), max_chars=2000)
        pressed = st.form_submit_button(
            page.t("kpi_entry.save_target"), type="primary", icon=":material/flag:", width="stretch"
        )
    st.caption(page.t("kpi_entry.target_hint", direction=page.t(f"kpi_words.direction_{row.direction}")))
    seen = form_state.get(f"seen_target_{row.kpi}", int(row.entry_definition))
    form_state.put(f"seen_target_{row.kpi}", int(row.entry_definition))
    if pressed:
        bounds = (
            {"band_lower": lower, "band_upper": upper} if row.direction == "band" else {"target": aim or None}
        )
        _do(
            page,
            lambda: kpi_definitions.set_target(
                page.store, page.actor, kpi=row.kpi, note=note, at=page.now, expected_version=seen,
                baseline=baseline or None, baseline_period=baseline_period or None,
                target_period=target_period or None, owner=owner or None, **bounds,
            ),
            "kpi_entry.target_set",
            name=page.name_of(row),
        )  # fmt: skip


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


def newest(store: Store, kpi: str, period: str, part: str) -> kpis.Newest | None:
    """The newest line for a value, withdrawn or not."""
    return kpis.newest(store, kpi, period, part)


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


def _do(page: Page, deed: Callable[[], int], key: str, **told: object) -> None:
    """Do it; a success starts a fresh form, a refusal leaves what was typed."""
    try:
        entry = deed()
    except StaleEdit as refusal:
        refusals.both(page, refusal)
        return
    except CmiError as refusal:
        st.error(words.as_text(text.refusal(page.t, refusal)), icon=":material/error:")
        return
    if "value" in told:
        told["value"] = words.exactly(understand_number(told["value"]))
    form_state.put("done", page.t(key, entry=entry, **told))
    form_state.put("turn", form_state.get("turn", 0) + 1)
    st.rerun()


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
                who=kpis.person(page.store, stands.recorded_by),
                when=words.moment(page, stands.recorded_at),
            )
        ),
        icon=":material/info:",
    )


def _quality(page: Page, chosen: str | None, *, key: str | None = None) -> str:
    given = {"index": QUALITIES.index(chosen)} if chosen else {}
    return st.selectbox(
        page.t("kpi_words.quality"), QUALITIES, key=key, **given, format_func=lambda code: page.t(f"quality.{code}"),
        help="\n".join(f"- **{page.t(f'quality.{code}')}**: {page.t(f'quality.about_{code}')}" for code in QUALITIES),
    )  # fmt: skip


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


def _prefill(page: Page, row: object, place: Place, form: str) -> bool:
    """Fill a form that opens: with the draft kept on the server, else with nothing; whether there was one."""
    if form_state.get("record_open") != form:
        kept = stored_drafts.find(page.store, place)
        draft_mark.fill(kept or Draft("", "measured", page.t("kpi_entry.note_routine")), of=form)
        form_state.put("record_open", form)
        form_state.put("record_restored", kept is not None)
    return bool(form_state.get("record_restored"))


def _recorded(page: Page, what: dict[str, Any], **given: Any) -> int:
    """Record a value and drop its draft."""
    entry = kpis.record_value(page.store, page.actor, **what, **given)
    drafts.forget(page.store, page.actor, **{name: what[name] for name in ("kpi", "period", "breakdown")})
    return entry


def _name_with_part(page: Page, row: object, part: str) -> str:
    return " · ".join(filter(None, (page.name_of(row), kpi_words.part(page, part))))


def _period_field(page: Page, key: str, codes: list[str], held: Any) -> str:
    options = ["", *codes]
    if isinstance(held, str) and held not in options:
        options.append(held)
    return st.selectbox(
        page.t(key), options, index=options.index(held or ""),
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
