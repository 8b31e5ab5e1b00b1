"""Who a sheet of KPI definitions says records a KPI: by account, by e-mail address or by name; nobody is ever made an account."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from cmi_core.calendar.written import day_written
from cmi_core.errors import ObservationError
from cmi_core.kpi import definition_words as words
from cmi_core.kpi.definition_layout import NONE
from cmi_core.kpi.definition_questions import ADD, REPLACE, STAND_IN_DAYS
from cmi_core.kpi.definition_record import OnRecord
from cmi_core.kpi.definition_rows import RawDefinition, empty
from cmi_core.tables.parts import listed
from cmi_core.tables.questions import Candidate, LeftOut, Question

BETWEEN = re.compile(r"\s*(?:[;,/\n]|\s+และ\s*|\s+and\s+)\s*")
Ask = Callable[[Question], str | None]


class Wanted(NamedTuple):
    """Somebody's part in a KPI: `coordinator`, `stand_in` until a day, or `none` to end it."""

    account: str
    role: str
    until: date | None = None


@dataclass
class People:
    """The people of each row by its place, what is left out, and what cannot be (by row)."""

    wanted: dict[int, tuple[Wanted, ...]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: dict[int, ObservationError] = field(default_factory=dict)


def understood(
    raws: Sequence[RawDefinition], codes: Sequence[str | None], record: OnRecord, ask: Ask, today: date
) -> People:
    """Every name found among the accounts; one that two carry is asked for, one that nobody carries is left out."""
    found = People()
    named = [_named(raw, record, ask, found) for raw in raws]
    days = _days(raws, named, ask)
    replacing = _replaced(raws, codes, named, record, ask)
    for place, (raw, roles) in enumerate(zip(raws, named, strict=True)):
        try:
            until = _until(raw, today, days)
        except ObservationError as problem:
            found.problems[place] = problem
            continue
        wanted = [Wanted(account, "coordinator") for account in roles["coordinator"]]
        wanted += [
            Wanted(account, "stand_in", until)
            for account in roles["stand_in"]
            if account not in roles["coordinator"]
        ]
        gone = replacing.get(place, ())
        wanted += [
            Wanted(account, "none") for account in gone if account not in {each.account for each in wanted}
        ]
        if wanted:
            found.wanted[place] = tuple(wanted)
    return found


def _named(raw: RawDefinition, record: OnRecord, ask: Ask, found: People) -> dict[str, list[str]]:
    """The accounts of a row by role."""
    roles: dict[str, list[str]] = {}
    for role in words.PEOPLE:
        cell = raw.cells.get(role)
        roles[role] = []
        if empty(cell):
            continue
        whole = str(cell).strip()
        names = [whole] if record.accounts(whole) else [each for each in BETWEEN.split(whole) if each]
        for name in names:
            account, reason = _account(name, raw.at[role], record, ask)
            if account:
                roles[role].append(account)
            elif reason:
                found.left_out.append(
                    LeftOut("cell", raw.at[role], f"read_definitions.{reason}", {"text": name[:80]})
                )
    return roles


def _account(name: str, at: str, record: OnRecord, ask: Ask) -> tuple[str, str]:
    """The account a name belongs to, or why there is none that can record."""
    accounts = record.accounts(name)
    able = [each for each in accounts if record.people[each].active and record.people[each].role != "viewer"]
    if not accounts:
        return "", "left_person_unknown"
    if not able:
        closed = not any(record.people[each].active for each in accounts)
        return "", "left_person_closed" if closed else "left_person_reader"
    if len(able) == 1:
        return able[0], ""
    candidates = [Candidate(each, told=record.people[each].told) for each in able]
    question = Question(
        f"person:{words.person(name)}",
        "read_definitions.ask_person",
        (*candidates, Candidate(NONE, say="read_definitions.leave_cells")),
        details={"text": name[:80], "cell": at, "count": len(able)},
    )
    answer = ask(question)
    if answer == NONE:
        return "", "left_person_unwanted"
    return answer or "", ""


def _days(
    raws: Sequence[RawDefinition], named: Sequence[Mapping[str, Sequence[str]]], ask: Ask
) -> int | None:
    """For how many days stand-ins without a last day stand in, None where each has one."""
    without = [
        raw.at["stand_in"]
        for raw, roles in zip(raws, named, strict=True)
        if roles["stand_in"] and empty(raw.cells.get("stand_in_until"))
    ]
    if not without:
        return None
    question = Question(
        "stand_in_until",
        "read_definitions.ask_stand_in_until",
        tuple(Candidate(each, say=f"read_definitions.days_{each}") for each in STAND_IN_DAYS),
        default=STAND_IN_DAYS[0],
        details={"cells": listed(without), "count": len(without)},
    )
    return int(ask(question) or STAND_IN_DAYS[0])


def _until(raw: RawDefinition, today: date, days: int | None) -> date | None:
    """The last day of the stand-ins of a row."""
    cell = raw.cells.get("stand_in_until")
    if empty(cell):
        return today + timedelta(days=days) if days is not None else None
    last = cell if isinstance(cell, date) else day_written(str(cell))
    if isinstance(last, datetime):
        last = last.date()
    if last is None:
        raise ObservationError("sheet_no_day", cell=raw.at["stand_in_until"], text=str(cell)[:40])
    if last < today:
        raise ObservationError("stand_in_end")
    return last


def _replaced(
    raws: Sequence[RawDefinition],
    codes: Sequence[str | None],
    named: Sequence[Mapping[str, Sequence[str]]],
    record: OnRecord,
    ask: Ask,
) -> dict[int, list[str]]:
    """Coordinators on record whom the sheet does not name beside the new one, by row: asked whether they stay."""
    gone = {
        place: others
        for place, (code, roles) in enumerate(zip(codes, named, strict=True))
        if code
        and roles["coordinator"]
        and (
            others := [
                account
                for account, role in record.assigned.get(code, {}).items()
                if role == "coordinator" and account not in roles["coordinator"]
            ]
        )
    }
    if not gone:
        return {}
    question = Question(
        "people",
        "read_definitions.ask_people",
        tuple(Candidate(each, say=f"read_definitions.people_{each}") for each in (REPLACE, ADD)),
        default=REPLACE,
        details={"cells": listed([raws[place].at["coordinator"] for place in gone]), "count": len(gone)},
    )
    return gone if ask(question) == REPLACE else {}
