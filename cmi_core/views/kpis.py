"""How is each KPI doing, what is overdue, and what changed lately?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd

from cmi_core.calendar.periods import containing, following, parse
from cmi_core.kpi.forecast import Forecast, forecast
from cmi_core.kpi.paths import Plan, no_path
from cmi_core.kpi.progress import Progress, assess, roll_up
from cmi_core.kpi.reminders import Duty, Owed, owed
from cmi_core.store import Store, accounts, kpis
from cmi_core.views.versioned_cache import VersionedCache

_COUNTS = (
    "target_achieved",
    "substantial_progress",
    "moderate_progress",
    "limited_progress",
    "deterioration",
)
# What `latest` says of a KPI that has no value yet.
_NO_VALUE: dict[str, object] = {
    "period": None, "value": None, "quality": None, "entry": None, "count_values": 0, "waiting_period": None,
    "waiting_value": None, "count_waiting": 0, "count_sent_back": 0, "reported": None,
}  # fmt: skip
_FIGURES = {
    "value",
    "waiting_value",
    "entry",
    "expected",
    "ratio",
    "baseline",
    "target",
    "band_lower",
    "band_upper",
}
_TRACKED = VersionedCache(4)


@dataclass(frozen=True)
class Detail:
    """One KPI whole: its row of `tracking`, values with their state, path, forecast, links, context."""

    row: object
    plan: Plan
    progress: Progress
    values: pd.DataFrame
    milestones: dict[str, float]
    forecast: Forecast
    path_fault: str | None
    links: pd.DataFrame
    published: pd.DataFrame


def tracking(store: Store, today: date) -> pd.DataFrame:
    """
    One row per KPI that is not retired, in the order of the plan.

    Beside the definition's columns: `period`, `value`, `quality`, `entry` of the latest value that counts;
    `expected`, `ratio`, `word`, `reason` by the written rule; `count_values`, `count_waiting`,
    `count_sent_back`; `owed_period`, `due_on`, `days_late`, `periods_missing` where a value is expected;
    `verified` (true, false or, without four eyes, empty); `has_plan` where baseline and target are set.
    """
    # A shallow copy: what a caller adds to the table, no other sees.
    return _TRACKED.get(store, today, lambda: _tracked(store, today)).copy(deep=False)


def names(store: Store) -> dict[str, dict[str, str]]:
    """The names of everything a KPI's line may hold, by code and language: KPIs, goals, means, places …"""
    parts = [kpis.choices(store, kind) for kind in ("organisation", "goal", "means", "place", "index_node")]
    known = {row.code: {"th": row.name_th, "en": row.name_en} for part in parts for row in part.itertuples()}
    return known | {
        row.kpi: {"th": row.name_th, "en": row.name_en} for row in kpis.definitions(store).itertuples()
    }


def by_strategy(store: Store, today: date) -> pd.DataFrame:
    """
    One row per strategy: a column of counts for each of the six words, `total`, `judged`, `missing`, and
    one `word` (or a `reason`) by the roll-up rule. Retired KPIs do not count; every other one does.
    """
    rows = tracking(store, today)
    parts = kpis.strategies(store)
    return _rolled(parts, {code: rows[rows["strategy"] == code] for code in parts["strategy"]}, "strategy")


def by_goal(store: Store, today: date) -> pd.DataFrame:
    """The same per goal."""
    rows = tracking(store, today)
    parts = kpis.goals(store)
    return _rolled(parts, {code: rows[rows["goal"] == code] for code in parts["goal"]}, "goal")


def overdue(store: Store, today: date) -> pd.DataFrame:
    """
    The KPIs whose value is overdue, the longest overdue first: `owed_period`, `due_on`, `days_late`,
    `periods_missing`. Drafts without baseline or first period owe nothing.
    """
    rows = tracking(store, today)
    return rows[rows["days_late"] > 0].sort_values("days_late", ascending=False, kind="stable")


def my_kpis(store: Store, account: str, role: str, today: date) -> pd.DataFrame:
    """The rows of `tracking` that an account may record: all for an editor, the assigned ones otherwise."""
    rows = tracking(store, today)
    if role in {"editor", "admin"}:
        return rows
    mine = assigned_on(kpis.assignments(store), today)
    return rows[rows["kpi"].isin(mine[mine["account"] == account]["kpi"])]


def assigned_on(assignments: pd.DataFrame, today: date) -> pd.DataFrame:
    """The assignments in force on a day: a stand-in's ends with its last day."""
    ends = pd.to_datetime(assignments["ends_on"])
    return assignments[ends.isna() | (ends >= pd.Timestamp(today))]


def completeness(store: Store) -> dict[str, int]:
    """How many KPIs there are (`all`), and how many have an owner, somebody who records them, a baseline, a target."""
    rows = kpis.definitions(store)
    rows = rows[rows["approval"] != "retired"]
    held = kpis.assignments(store)
    recorded = set(held[(held["role"] == "coordinator") & held["active"]]["kpi"])
    banded = (rows["direction"] == "band") & rows["target_period"].notna()
    return {
        "all": len(rows),
        "owner": int(rows["owner"].notna().sum()),
        "people": int(rows["kpi"].isin(recorded).sum()),
        "baseline": int(rows["baseline"].notna().sum()),
        "target": int((rows["target"].notna() | banded).sum()),
    }


def recorders(store: Store) -> pd.DataFrame:
    """The accounts that may record values once a KPI is assigned to them."""
    rows = accounts.everybody(store)
    return rows[rows["active"] & (rows["role"] != "viewer")]


def detail(store: Store, kpi: str, today: date) -> Detail | None:
    """Everything about one KPI, or None when there is none of this code (or it is retired)."""
    rows = tracking(store, today)
    found = list(rows[rows["kpi"] == kpi].itertuples())
    if not found:
        return None
    steps = kpis.milestones_of(store, kpi)
    plan = plan_of(found[0], tuple(steps.items()))
    values = kpis.values(store, kpi)
    counting = values[values["state"].isin(["plain", "verified"]) & (values["breakdown"] == "")]
    counted = dict(zip(counting["period"], counting["value"], strict=True))
    links, context = kpis.links(store), kpis.published(store)
    return Detail(
        row=SimpleNamespace(**found[0]._asdict()),
        plan=plan,
        progress=assess(plan, counted, today=today),
        values=values,
        milestones=steps,
        forecast=forecast(plan, counted),
        path_fault=no_path(plan),
        links=links[links["kpi"] == kpi],
        published=context[context["kpi"] == kpi],
    )


def plan_of(row: object, milestones: Iterable[tuple[str, float]] = ()) -> Plan:
    """What a row of definitions is judged by; empty cells become None."""
    return Plan(
        direction=row.direction,
        baseline=_number(row.baseline),
        baseline_period=row.baseline_period if isinstance(row.baseline_period, str) else None,
        target=_number(row.target),
        target_period=row.target_period if isinstance(row.target_period, str) else None,
        milestones=tuple(milestones),
        band_lower=_number(row.band_lower),
        band_upper=_number(row.band_upper),
        totals="stated" if row.cumulative else "none",
    )


def duty_of(row: object, coordinator: str = "", language: str = "th") -> Duty | None:
    """
    What is owed for a row of `tracking`, or None where nothing is expected yet.

    Expected from `starts_in`, else from the period after the baseline's; of an adopted KPI without either,
    the latest period that is over.
    """
    begins = row.starts_in if isinstance(row.starts_in, str) else None
    base = row.baseline_period if isinstance(row.baseline_period, str) else None
    if begins is None and base:
        begins = following(containing(parse(base).end, row.frequency)).code
    if begins is None and row.approval != "adopted":
        return None
    return Duty(
        kpi=row.kpi,
        name=getattr(row, f"name_{language}"),
        coordinator=coordinator,
        frequency=row.frequency,
        grace_days=int(row.grace_days),
        last=row.reported if isinstance(row.reported, str) else None,
        begins=begins,
    )


def debts(rows: pd.DataFrame, today: date) -> list[Owed]:
    """What is owed for some rows of `tracking`, due ones too."""
    return owed(_duties(rows), today)


def _tracked(store: Store, today: date) -> pd.DataFrame:
    """`tracking`, computed; row by row, as a table's own arithmetic costs more than it saves on few rows."""
    steps: dict[str, list[tuple[str, float]]] = {}
    for kpi, period, value in kpis.milestones(store):
        steps.setdefault(kpi, []).append((period, value))
    latest = {row["kpi"]: row for row in kpis.latest(store)}
    rows = []
    for line in kpis.defined(store):
        told = _NO_VALUE | latest.get(line["kpi"], {})
        row = SimpleNamespace(**line | {"entry_definition": line["entry"]} | told)
        plan = plan_of(row, steps.get(row.kpi, ()))
        judged = assess(plan, {row.period: row.value} if row.value is not None else {}, today=today)
        row.word, row.reason = judged.word, judged.reason
        row.expected, row.ratio = judged.expected, judged.ratio
        row.has_plan = no_path(plan) is None
        row.verified = not row.count_waiting > 0 if row.four_eyes else None
        rows.append(row)
    debts = {debt.duty.kpi: debt for debt in owed(filter(None, map(duty_of, rows)), today)}
    for row in rows:
        debt = debts.get(row.kpi)
        row.owed_period, row.due_on = (debt.period.code, debt.due_on) if debt else (None, None)
        row.days_late, row.periods_missing = (debt.days_late, debt.missing) if debt else (0, 0)
    table = _table(rows)
    return table[table["approval"] != "retired"].reset_index(drop=True)


def _table(rows: list[SimpleNamespace]) -> pd.DataFrame:
    """The rows as a table: numbers as numbers, every other empty cell None, so that no page says nan."""
    cells = {name: [getattr(row, name) for row in rows] for name in vars(rows[0])}
    return pd.DataFrame(
        {name: pd.Series(column, dtype=_kind(name, column)) for name, column in cells.items()}
    )


def _kind(name: str, column: list[object]) -> str:
    """Numbers with gaps are floats; what may be empty otherwise stays an object."""
    kinds = {type(value) for value in column}
    if kinds == {bool}:
        return "bool"
    if kinds == {int}:
        return "int64"
    return "float64" if name in _FIGURES or kinds <= {int, float} else "object"


def _duties(rows: pd.DataFrame) -> list[Duty]:
    return [duty for row in rows.itertuples() if (duty := duty_of(row))]


def _rolled(parts: pd.DataFrame, rows: dict[str, pd.DataFrame], key: str) -> pd.DataFrame:
    sums = {code: roll_up(of_part["word"]) for code, of_part in rows.items()}
    each = [sums[code] for code in parts[key]]
    counts = pd.DataFrame([dict(one.counts) for one in each], index=parts.index)
    return parts.join(counts).assign(
        total=[one.total for one in each],
        judged=[one.judged for one in each],
        missing=[one.missing for one in each],
        word=[one.word for one in each],
        reason=[one.reason for one in each],
        waiting=[int((rows[code]["count_waiting"] > 0).sum()) for code in parts[key]],
        overdue=[int((rows[code]["days_late"] > 0).sum()) for code in parts[key]],
    )


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
