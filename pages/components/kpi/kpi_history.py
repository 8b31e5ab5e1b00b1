"""A KPI over time, drawn: its values against its path, where its trend leads, and its parts."""

from typing import NamedTuple

import pandas as pd
import streamlit as st

from cmi_core.actions.kpis import breakdowns
from cmi_core.calendar.periods import BUDDHIST_ERA, parse
from cmi_core.kpi.paths import expected_path
from cmi_core.views import kpis as views
from pages.components.kpi import kpi_words
from pages.components.shell import layout, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

_STATES = {"plain": "value", "verified": "value", "waiting": "waiting", "sent_back": "sent_back"}


class _Mark(NamedTuple):
    """One mark of the chart: its series, where it stands in time, and its height or its span."""

    series: str
    position: float
    value: float | None
    low: float | None = None
    high: float | None = None
    period: str = ""


def history(page: Page, detail: views.Detail) -> None:
    """The chart of a KPI with its key."""
    row = detail.row
    table = points(page, detail)
    marks = "".join(
        f"<span>{mark} {escape(page.t(f'kpi_words.series_{series}'))}</span>"
        for series, mark in zip(
            ("value", "waiting", "sent_back", "path", "baseline", "milestone", "target", "band", "forecast"),
            "●○✚┄■◇◆▒░",
            strict=True,
        )
        if (table["series"] == series).any()
    )
    st.html(f'<p class="cmi-legend-row">{marks}</p>')
    layout.chart(
        page,
        "kpis.history",
        table,
        words=axes(page, row),
        alt=page.t("kpi_tracking.chart_alt", name=page.name_of(row)),
        columns={
            "said": page.t("kpi_words.series"),
            "period_said": page.t("kpi_words.period"),
            "value": page.t("kpi_words.value"),
            "low": page.t("kpi_words.low"),
            "high": page.t("kpi_words.high"),
        },
        file=row.kpi,
    )


def points(page: Page, detail: views.Detail) -> pd.DataFrame:
    """Everything the chart shows, one row per mark, with the words a reader sees."""
    row = detail.row
    marks = [*_values(detail), *_plan(detail)]
    marks += _band(detail, [mark.position for mark in marks])
    marks += _trend(detail, [mark for mark in marks if mark.series == "value"])
    table = pd.DataFrame(marks, columns=list(_Mark._fields))
    table[["value", "low", "high"]] = table[["value", "low", "high"]].astype("float64")
    return table.assign(
        said=[page.t(f"kpi_words.series_{series}") for series in table["series"]],
        period_said=[words.period(page, code) for code in table["period"]],
        value_said=[
            f"{kpi_words.said(page, row, value)} {kpi_words.unit(page, row)}" for value in table["value"]
        ],
    )


def _values(detail: views.Detail) -> list[_Mark]:
    """What was recorded of the KPI as a whole."""
    return [
        _Mark(_STATES[each.state], parse(each.period).position, each.value, period=each.period)
        for each in detail.values.itertuples()
        if each.breakdown == ""
    ]


def _plan(detail: views.Detail) -> list[_Mark]:
    """Baseline, target with the path to it, and milestones."""
    plan = detail.plan
    marks = []
    if plan.baseline is not None and plan.baseline_period:
        at = parse(plan.baseline_period).position
        marks.append(_Mark("baseline", at, plan.baseline, period=plan.baseline_period))
    if plan.target is not None and plan.target_period and plan.direction != "band":
        at = parse(plan.target_period).position
        marks.append(_Mark("target", at, plan.target, period=plan.target_period))
        marks += [_Mark("path", at, height) for at, height in expected_path(plan)]
    marks += [
        _Mark("milestone", parse(code).position, value, period=code)
        for code, value in detail.milestones.items()
    ]
    return marks


def _band(detail: views.Detail, places: list[float]) -> list[_Mark]:
    """The band in which values shall stay, over the whole time that is drawn."""
    plan = detail.plan
    if plan.direction != "band" or not places:
        return []
    last = max([*places, parse(plan.target_period).position] if plan.target_period else places)
    return [_Mark("band", at, None, plan.band_lower, plan.band_upper) for at in sorted({min(places), last})]


def _trend(detail: views.Detail, counting: list[_Mark]) -> list[_Mark]:
    """Where the trend leads, from the last value that counts."""
    seen, due = detail.forecast, detail.plan.target_period
    if seen.value is None or not counting or not due:
        return []
    last = max(counting, key=lambda mark: mark.position)
    return [
        _Mark("forecast", last.position, last.value, last.value, last.value),
        _Mark("forecast", parse(due).position, seen.value, seen.low, seen.high, due),
    ]


def history_of_parts(page: Page, detail: views.Detail) -> None:
    """The parts of a KPI that is broken down, a chart for each group of parts that has values."""
    row = detail.row
    table = parts(page, detail)
    for number, (group, of_group) in enumerate(table.groupby("group", sort=False)):
        title = kpi_words.group(page, group)
        st.subheader(page.t("kpi_tracking.parts", group=words.as_text(title)), anchor=False)
        layout.chart(
            page,
            "kpis.parts",
            of_group,
            words=axes(page, row) | {"part": title},
            alt=page.t("kpi_tracking.parts_alt", name=page.name_of(row), group=title),
            columns={
                "part": title,
                "period_said": page.t("kpi_words.period"),
                "value": page.t("kpi_words.value"),
                "state": page.t("kpi_words.state"),
            },
            file=f"{row.kpi}_parts_{number + 1}",
        )


def parts(page: Page, detail: views.Detail) -> pd.DataFrame:
    """The values of the parts that were not sent back, one row each, in the order of the definition."""
    order = {code: place for place, code in enumerate(breakdowns(detail.row.breakdown))}
    rows = detail.values[(detail.values["breakdown"] != "") & (detail.values["state"] != "sent_back")]
    told = [
        {
            "group": each.breakdown.partition(":")[0],
            "part": kpi_words.part(page, each.breakdown).partition(": ")[2],
            "place": order.get(each.breakdown, len(order)),
            "position": parse(each.period).position,
            "value": float(each.value),
            "waiting": each.state == "waiting",
            "state": page.t(f"kpi_words.state_{each.state}"),
            "period_said": words.period(page, each.period),
            "value_said": f"{kpi_words.said(page, detail.row, each.value)} {kpi_words.unit(page, detail.row)}",
        }
        for each in rows.itertuples()
    ]
    columns = ["group", "part", "place", "position", "value", "waiting", "state", "period_said", "value_said"]
    return pd.DataFrame(told, columns=columns).sort_values(["place", "position"], kind="stable")


def axes(page: Page, row: object) -> dict[str, str]:
    """The words on the axes of a KPI's charts."""
    return {
        "year": page.t("kpi_words.year_ends"),
        "period": page.t("kpi_words.period"),
        "unit": kpi_words.unit(page, row),
        "era": str(BUDDHIST_ERA if page.language == "th" else 0),
    }
