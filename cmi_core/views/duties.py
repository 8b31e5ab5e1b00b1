"""Who owes which value: a coordinator's own list, and the municipality's whole one."""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from cmi_core.calendar.periods import due_on
from cmi_core.kpi.reminders import Duty, Owed, owed
from cmi_core.store import Store, kpis
from cmi_core.views import kpis as views

ORDER = {"sent_back": 0, "overdue": 1, "due": 2}


def mine(store: Store, account: str, role: str, today: date) -> pd.DataFrame:
    """
    What an account has to do: values sent back, overdue and due, one row per KPI and period, in this order.

    The columns of `tracking`, and `state`, `asked_period`, `asked_due`, `late`, and for a value sent back
    `asked_value`, `asked_entry`, `asked_note`, `asked_by`.
    """
    rows = views.my_kpis(store, account, role, today)
    by_kpi = set(rows["kpi"])
    told = [
        _sent_back(value)
        for value in kpis.sent_back(store).itertuples()
        if value.kpi in by_kpi and not value.breakdown
    ]
    back = {(row["kpi"], row["asked_period"]) for row in told}
    for debt in views.debts(rows, today):
        if (debt.duty.kpi, debt.period.code) in back:
            continue
        told.append(
            {"kpi": debt.duty.kpi, "state": debt.state, "asked_period": debt.period.code, "asked_value": None,
             "asked_entry": 0, "asked_note": None, "asked_by": None, "asked_due": debt.due_on, "late": debt.days_late}
        )  # fmt: skip
    columns = [
        "kpi",
        "state",
        "asked_period",
        "asked_value",
        "asked_entry",
        "asked_note",
        "asked_by",
        "asked_due",
        "late",
    ]
    asked = pd.DataFrame(told, columns=columns)
    asked["rank"] = asked["state"].map(ORDER)
    asked = asked.sort_values(["rank", "late"], ascending=[True, False], kind="stable")
    return asked.merge(rows, on="kpi", how="left")


def to_verify(store: Store, account: str, role: str, today: date) -> pd.DataFrame:
    """Values of other people that wait for this account's word."""
    rows = views.my_kpis(store, account, role, today)
    waiting = kpis.waiting(store)
    waiting = waiting[waiting["recorded_by"] != account]
    names = rows[["kpi", "name_th", "name_en", "unit_th", "unit_en", "decimals"]]
    return waiting.merge(names, on="kpi", how="inner")


def everybody(store: Store, today: date) -> pd.DataFrame:
    """
    What is owed by whom: one row per KPI and coordinator (or `account` empty: nobody is assigned), the
    longest overdue first.
    """
    rows = views.tracking(store, today)
    held = views.assigned_on(kpis.assignments(store), today)
    # Whoever has left owes nothing: the KPI then waits for somebody to be named.
    held = held[held["active"]]
    debts = {debt.duty.kpi: debt for debt in views.debts(rows, today)}
    told = []
    for row in rows.itertuples():
        debt = debts.get(row.kpi)
        if debt is None:
            continue
        people = list(held[held["kpi"] == row.kpi].itertuples()) or [None]
        told.extend(_line(row, who, debt) for who in people)
    columns = ["kpi", "name_th", "name_en", "account", "person", "email", "role", "owner_th", "owner_en", "period",
               "due_on", "days_late", "missing", "state"]  # fmt: skip
    table = pd.DataFrame(told, columns=columns)
    return table.sort_values(["days_late", "person"], ascending=[False, True], kind="stable")


def of_account(store: Store, account: str, language: str, today: date) -> list[Duty]:
    """The KPIs an account reports, for reminders."""
    rows = views.my_kpis(store, account, "coordinator", today)
    found = (views.duty_of(row, account, language) for row in rows.itertuples())
    return [duty for duty in found if duty]


def owed_by(store: Store, account: str, language: str, today: date) -> list[Owed]:
    """What an account owes today."""
    return owed(
        [replace(duty, coordinator=account) for duty in of_account(store, account, language, today)], today
    )


def _sent_back(value: Any) -> dict[str, object]:
    """One row of `mine` for a value that was sent back."""
    return {
        "kpi": value.kpi,
        "state": "sent_back",
        "asked_period": value.period,
        "asked_value": value.value,
        "asked_entry": value.entry,
        "asked_note": value.verdict_note,
        "asked_by": value.verdict_by,
        "late": 0,
    }


def _line(row: Any, who: Any, debt: Owed) -> dict[str, object]:
    """One row of `everybody`; `who` is None where nobody is assigned."""
    return {
        "kpi": row.kpi,
        "name_th": row.name_th,
        "name_en": row.name_en,
        "account": who.account if who else "",
        "person": (who.name or who.account) if who else "",
        "email": (who.email or "") if who else "",
        "role": who.role if who else "",
        "owner_th": row.owner_name_th,
        "owner_en": row.owner_name_en,
        "period": debt.period.code,
        "due_on": due_on(debt.period, int(row.grace_days)),
        "days_late": debt.days_late,
        "missing": debt.missing,
        "state": debt.state,
    }
