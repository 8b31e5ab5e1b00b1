"""Importing KPI definitions from a sheet: owners, baselines, targets and people shown KPI by KPI first, then one entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from cmi_core.accounts.roles import Account, require
from cmi_core.actions import kpi_definitions
from cmi_core.actions.authority import acting
from cmi_core.actions.imports import CHANGED, MOST_MB, NEW, REFUSED, SAME
from cmi_core.actions.kpis import checked_note, day_of
from cmi_core.errors import CmiError, ObservationError, StaleEdit
from cmi_core.kpi import definition_file
from cmi_core.kpi.definition_meaning import DefinitionRow
from cmi_core.kpi.definition_people import Wanted
from cmi_core.kpi.definition_record import OnRecord, Person
from cmi_core.kpi.kpi_names import SheetKpi
from cmi_core.store import Store, accounts, kpis, record
from cmi_core.tables.questions import Answers, LeftOut, Question
from cmi_core.tables.sheets import read_book

MILESTONE = "milestone "  # before the period of a milestone among the fields that change
Held = dict[str, tuple[str, date | None]]


@dataclass(frozen=True)
class Change:
    """
    What a file would do to one KPI: the fields that differ as they stand (`before`) and as they would be (`after`).

    Milestones are fields called by their period (`milestone 2025`), people are `coordinator` and `stand_in` with their accounts; `row` is
    what the file says, `problem` why nothing of it is taken. What is kept within a `band` has no target.
    """

    row: DefinitionRow
    state: str
    kpi: str = ""
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    problem: CmiError | None = None
    band: bool = False


@dataclass(frozen=True)
class Preview:
    """What a file of definitions would do, what it leaves open and what is left out of it; nothing was changed yet."""

    changes: tuple[Change, ...]
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    understood: Mapping[str, object] = field(default_factory=dict)

    def count(self, state: str) -> int:
        """How many KPIs of a state there are."""
        return sum(change.state == state for change in self.changes)

    @property
    def wanted(self) -> tuple[Change, ...]:
        """The KPIs that would be changed or made."""
        return tuple(change for change in self.changes if change.state in {NEW, CHANGED})

    def rows(self) -> list[dict[str, object]]:
        """Every KPI in plain terms: row, state, key, before, after, reason."""
        return [
            {
                "row": change.row.row, "cell": change.row.where, "sheet": change.row.sheet, "state": change.state,
                "key": change.kpi or change.row.said, "before": change.before or None, "after": change.after or None,
                "reason": change.problem,
            }
            for change in self.changes
        ]  # fmt: skip


@dataclass(frozen=True)
class _Standing:
    """What is on record of one KPI, milestones and people too; `line` is None where there is no such KPI."""

    line: Mapping[str, object] | None
    milestones: dict[str, float]
    people: Held


def preview(
    store: Store,
    actor: Account | None,
    *,
    data: bytes,
    name: str,
    at: datetime,
    answers: Answers | None = None,
) -> Preview:
    """
    Read a file of definitions and hold it against what stands; an empty cell changes nothing.

    `answers` settle the questions of a preview before. Raises FileRefused where nothing of the file can be used.
    """
    require(actor, "import_definitions")
    on_record = _on_record(store)
    book = read_book(data, name, answers=answers, max_mb=MOST_MB)
    found = definition_file.read(book, on_record, answers=answers or {}, today=day_of(at))
    changes = _changes(store, found.rows, _standing(store), on_record)
    left = (*found.left_out, *_no_targets(changes))
    return Preview(tuple(changes), found.questions, left, found.understood)


def import_definitions(
    store: Store, actor: Account | None, *, changes: Sequence[Change], note: str, at: datetime
) -> int:
    """
    Record the changes of a preview as one entry, all or none; its number is returned.

    Raises StaleEdit when something of these KPIs or of the accounts named changed since the preview, ObservationError
    `definitions_empty` when there is nothing to record.
    """
    require(actor, "import_definitions")
    wanted = [change for change in changes if change.state in {NEW, CHANGED}]
    if not wanted:
        raise ObservationError("definitions_empty")
    with acting(store, actor, "import_definitions") as (cursor, by):
        standing, on_record = _standing(store), _on_record(store)
        now = _changes(store, [change.row for change in wanted], standing, on_record)
        moved = [was for was, stands in zip(wanted, now, strict=True) if not _same_change(was, stands)]
        if moved:
            raise StaleEdit("definitions_changed_since", count=len(moved), cell=moved[0].row.where)
        position = kpis.next_position(store)
        lines: dict[str, list[dict[str, object]]] = {
            "kpi_line": [],
            "kpi_milestone_line": [],
            "kpi_assignment_line": [],
        }
        for change in wanted:
            if change.state == NEW:
                kpis.add_code(cursor, change.kpi)
            for table, rows in _lines(store, change, standing, on_record, position).items():
                lines[table] += rows
            position += change.state == NEW
        return record.append(
            cursor, lines, deed="import_definitions", by=by.account, at=at, note=checked_note(note)
        )


def _on_record(store: Store) -> OnRecord:
    """All that a sheet may speak of, as it stands."""
    largest = kpis.largest_values(store)
    defined = kpis.defined(store)
    assigned: dict[str, dict[str, str]] = {}
    for kpi, account, role, _ in kpis.people_assigned(store):
        assigned.setdefault(kpi, {})[account] = role
    return OnRecord(
        {
            str(row["kpi"]): SheetKpi(
                str(row["frequency"]),
                tuple(str(row[name] or "") for name in ("name_th", "name_en")),
                tuple(str(row[unit]) for unit in ("unit_th", "unit_en") if row[unit]),
                largest.get(str(row["kpi"])),
            )
            for row in defined
        },
        _names(store, "goal", defined),
        _names(store, "organisation", []),
        {
            row["account"]: Person(
                row["name"] or "",
                tuple(each for each in (row["sign_in"], row["account"], row["email"]) if each),
                row["role"],
                bool(row["active"]),
            )
            for row in _accounts(store)
            if not row["closed"]
        },
        assigned,
        {str(row["kpi"]): str(row["goal"]) for row in defined},
    )


def _accounts(store: Store) -> list[dict[str, Any]]:
    """Every account, empty cells None."""
    rows = accounts.everybody(store).astype(object)
    return rows.where(rows.notna(), None).to_dict("records")


def _names(store: Store, kind: str, defined: Sequence[Mapping[str, object]]) -> dict[str, tuple[str, ...]]:
    """What goals or organisations are called; a goal has a short name too, which its KPIs tell."""
    short = {
        row["goal"]: tuple(str(row[name]) for name in ("goal_short_th", "goal_short_en") if row[name])
        for row in (defined if kind == "goal" else [])
    }
    rows = kpis.choices(store, kind).to_dict("records")
    return {
        row["code"]: (
            *short.get(row["code"], ()),
            *(row[name] for name in ("name_th", "name_en") if isinstance(row[name], str)),
        )
        for row in rows
    }


def _changes(
    store: Store, rows: Sequence[DefinitionRow], standing: Mapping[str, _Standing], on_record: OnRecord
) -> list[Change]:
    taken = set(standing)
    changes = []
    for row in rows:
        if row.problem is not None:
            changes.append(Change(row, REFUSED, row.kpi, problem=row.problem))
            continue
        code = row.kpi or kpi_definitions.free_code(
            str(row.fields.get("name_en", "")), taken, goal=str(row.fields.get("goal", ""))
        )
        taken.add(code)
        try:
            stands = standing.get(code, _Standing(None, {}, {}))
            changes.append(_change(store, replace(row, kpi=code), stands, on_record))
        except CmiError as problem:
            changes.append(Change(row, REFUSED, row.kpi, problem=problem))
    return changes


def _change(store: Store, row: DefinitionRow, stands: _Standing, on_record: OnRecord) -> Change:
    """What a row would do to what stands. Raises ObservationError where the definition would contradict itself."""
    kpi_definitions.check_code(row.kpi)
    line = _line(store, row, stands)
    band = line["direction"] == "band"
    if band:
        row = replace(row, milestones={})
    people = _people(row.people, stands, on_record)
    if people != stands.people and stands.line is not None and stands.line["approval"] == "retired":
        raise ObservationError("kpi_retired")
    was = _told(stands.line or kpi_definitions.new(store, row.kpi), stands.milestones, stands.people)
    becomes = _told(line, {**stands.milestones, **row.milestones}, people)
    names = [name for name in {**was, **becomes} if was.get(name) != becomes.get(name)]
    state = NEW if stands.line is None else CHANGED if names else SAME
    return Change(
        row,
        state,
        row.kpi,
        {name: was.get(name) for name in names},
        {name: becomes.get(name) for name in names},
        band=band,
    )


def _standing(store: Store) -> dict[str, _Standing]:
    """Every KPI as it stands."""
    found = {code: _Standing(line, {}, {}) for code, line in kpis.lines(store).items()}
    for kpi, period, value in kpis.milestones(store):
        found[kpi].milestones[period] = value
    for kpi, account, role, ends_on in kpis.people_assigned(store):
        found[kpi].people[account] = (role, ends_on)
    return found


def _line(store: Store, row: DefinitionRow, stands: _Standing) -> dict[str, object]:
    """The definition as it would stand."""
    before = dict(stands.line) if stands.line is not None else kpi_definitions.new(store, row.kpi)
    fields = {name: value for name, value in row.fields.items() if name in kpi_definitions.FIELDS}
    return kpi_definitions.checked(
        store, before | kpi_definitions.as_kept(fields), {**stands.milestones, **row.milestones}
    )


def _people(wanted: Sequence[Wanted], stands: _Standing, on_record: OnRecord) -> Held:
    """Who would record a KPI; those who may no longer are refused."""
    held = dict(stands.people)
    for each in wanted:
        if each.role == "none":
            held.pop(each.account, None)
            continue
        person = on_record.people.get(each.account)
        if person is None or not person.active:
            raise ObservationError("account_unknown", account=each.account)
        if person.role == "viewer":
            raise ObservationError("viewer_assigned")
        held[each.account] = (each.role, each.until)
    return held


def _told(line: Mapping[str, object], milestones: Mapping[str, float], people: Held) -> dict[str, object]:
    """A KPI as fields and what they hold."""
    told = {name: line[name] for name in kpi_definitions.FIELDS}
    if line["direction"] == "band":
        told["target"] = None  # kept beside the period only, and judged by nothing
    told |= {f"{MILESTONE}{period}": value for period, value in sorted(milestones.items())}
    told["coordinator"] = tuple(
        sorted(account for account, (role, _) in people.items() if role == "coordinator")
    )
    told["stand_in"] = tuple(
        sorted((account, until) for account, (role, until) in people.items() if role == "stand_in")
    )
    return told


def _lines(
    store: Store, change: Change, standing: Mapping[str, _Standing], on_record: OnRecord, position: int
) -> dict[str, list[dict[str, object]]]:
    """The lines of one KPI, only of what changes."""
    stands = standing.get(change.kpi, _Standing(None, {}, {}))
    line = _line(store, change.row, stands)
    if stands.line is None:
        line["position"] = position
    people = _people(change.row.people, stands, on_record)
    return {
        "kpi_line": []
        if line == stands.line
        else [{name: value for name, value in line.items() if name != "entry"}],
        "kpi_milestone_line": [
            {"kpi": change.kpi, "period": period, "value": value}
            for period, value in sorted(change.row.milestones.items())
            if stands.milestones.get(period) != value
        ],
        "kpi_assignment_line": [
            {"kpi": change.kpi, "account": account, "role": role, "ends_on": until}
            for account in sorted({*people, *stands.people})
            if (part := people.get(account, ("none", None))) != stands.people.get(account, ("none", None))
            for role, until in (part,)
        ],
    }


def _same_change(was: Change, stands: Change) -> bool:
    return (was.state, was.kpi, was.before, was.after) == (
        stands.state,
        stands.kpi,
        stands.before,
        stands.after,
    )


def _no_targets(changes: Sequence[Change]) -> list[LeftOut]:
    """Targets of KPIs that are kept within a band, which is what they are judged by."""
    return [
        LeftOut("cell", each.at, "read_definitions.left_band_target")
        for change in changes
        if change.band
        for each in change.row.planned
        if each.field != "baseline" and each.value is not None
    ]
