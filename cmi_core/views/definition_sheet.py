"""Every KPI's definition as one sheet, to be filled in and imported again."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pandas as pd

from cmi_core.calendar.periods import label, parse
from cmi_core.kpi.definition_questions import said_by
from cmi_core.kpi.definition_words import CODES, PEOPLE
from cmi_core.store import Store, kpis
from cmi_core.views import people
from cmi_core.views.kpis import assigned_on

FIELDS = (
    "kpi", "name_th", "name_en", "goal", "unit_th", "unit_en", "direction", "band_lower", "band_upper", "frequency", "approval", "owner", "data_owner",
    "coordinator", "stand_in", "stand_in_until", "baseline", "baseline_period", "target", "target_period", "starts_in",
)  # fmt: skip
PERIODS = ("baseline_period", "target_period", "starts_in")


def sheet(store: Store, language: str, translate: Callable[..., str], today: date) -> pd.DataFrame:
    """
    One row per KPI that is not retired, its headings and words in the reader's language and era.

    What is not set is an empty cell, a stand-in until a day before `today` nobody; milestones stand in a column for each period. `definition_file.read` understands it.
    """
    rows = [row for row in kpis.defined(store) if row["approval"] != "retired"]
    people = _people(store, today)
    steps: dict[str, dict[str, float]] = {}
    for kpi, period, value in kpis.milestones(store):
        steps.setdefault(kpi, {})[period] = value
    periods = sorted({period for row in rows for period in steps.get(str(row["kpi"]), {})}, key=parse)
    told = [_row(row | people.get(str(row["kpi"]), {}), language, translate) for row in rows]
    for row, cells in zip(rows, told, strict=True):
        cells += [steps.get(str(row["kpi"]), {}).get(period) for period in periods]
    headings = [translate(f"definition_sheet.field_{field}") for field in FIELDS]
    headings += [
        f"{translate('definition_sheet.field_milestone')} {label(parse(each), translate)}" for each in periods
    ]
    return pd.DataFrame(told, columns=headings, dtype=object)


def _people(store: Store, today: date) -> dict[str, dict[str, object]]:
    """Who records each KPI, by name (by account where two have the name), and until when somebody stands in."""
    held = assigned_on(kpis.assignments(store), today)
    names = people.everybody(store).names
    shared = Counter(names.values())
    called = {account: name for account, name in names.items() if name and shared[name] == 1}
    found: dict[str, dict[str, object]] = {}
    for kpi, rows in held.groupby("kpi"):
        told: dict[str, object] = {
            role: "; ".join(called.get(each, each) for each in rows[rows["role"] == role]["account"]) or None
            for role in PEOPLE
        }
        ends = sorted(each for each in rows[rows["role"] == "stand_in"]["ends_on"] if not pd.isna(each))
        found[str(kpi)] = told | {"stand_in_until": ends[-1].date() if ends else None}
    return found


def _row(row: dict[str, object], language: str, translate: Callable[..., str]) -> list[object]:
    return [_cell(field, row, language, translate) for field in FIELDS]


def _cell(field: str, row: dict[str, object], language: str, translate: Callable[..., str]) -> object:
    held = row.get(field)
    if held is None or held == "" or (field == "target" and row["direction"] == "band"):
        return None
    if field in CODES:
        return translate(said_by(field, str(held)))
    if field in PERIODS:
        return label(parse(str(held)), translate)
    if field == "goal":
        return row[f"goal_short_{language}"]
    if field == "owner":
        return row[f"owner_name_{language}"]
    return held
