"""Who recorded what, when and why, with before and after; and is the chain of seals whole?"""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from cmi_core.calendar.periods import BUDDHIST_ERA, parse
from cmi_core.errors import ObservationError
from cmi_core.store import Store, derived, entries, people, record

PER_PAGE = 30
MOST_LINES = 12  # lines of one entry and table that are told one by one
MOST_ROWS = 200_000  # of a download
SMALL = 3_000  # entries or values that are checked whole at once
# What an account's line says of a person, which is not for every reader.
CALLED = ("name", "email", "sign_in")


@dataclass(frozen=True)
class Choice:
    """What a reader narrows the log to; empty leaves everything. `since` is UTC."""

    person: str = ""
    kpi: str = ""
    deed: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Change:
    """
    One line of an entry: what it is about (the parts of its key), its fields, and those that stood before (empty: it is new).

    `entry` is None for what no entry wrote.
    """

    table: str
    key: dict[str, object]
    before: dict[str, object]
    after: dict[str, object]
    entry: int | None = None

    @property
    def fields(self) -> list[str]:
        """The fields that differ from what stood before."""
        return [name for name, value in self.after.items() if value != self.before.get(name)]


@dataclass(frozen=True)
class Page:
    """A page of the log: its entries, what each changed, and how many lines it wrote to each table."""

    rows: pd.DataFrame
    changes: dict[int, tuple[Change, ...]]
    lines: dict[int, dict[str, int]]
    found: int


@dataclass(frozen=True)
class Chain:
    """
    Whether the chain of seals is whole, and what the screens read is what it says: `checked` is the last entry
    checked, 0 while that, or the comparison of what follows from the record, is to be done.
    """

    head: int
    seal: str
    checked: int
    broken: int | None
    found: derived.Findings


def log(store: Store, choice: Choice, page: int = 1) -> Page:
    """One page of the log, newest entries first."""
    rows = entries.listed(
        store, person=choice.person, kpi=choice.kpi, deed=choice.deed, since=choice.since,
        limit=PER_PAGE, offset=(page - 1) * PER_PAGE,
    )  # fmt: skip
    if rows.empty:
        return Page(rows, {}, {}, 0)
    for column in ("undoes", "undone_by"):
        whole = [None if pd.isna(value) else int(value) for value in rows[column]]
        rows[column] = pd.Series(whole, dtype="object", index=rows.index)
    keys = entries.keys(store)
    if choice.kpi:
        keys = {table: key for table, key in keys.items() if "kpi" in key}
    shown = [int(entry) for entry in rows["entry"]]
    lines: dict[int, dict[str, int]] = {}
    for (entry, table), count in entries.counted(store, keys, shown).items():
        lines.setdefault(entry, {})[table] = count
    return Page(rows, _changes(store, lines, keys, choice.kpi), lines, int(rows["found"].iloc[0]))


def values(store: Store, choice: Choice) -> pd.DataFrame:
    """The values of the entries that fit, one row each with the value before and the seal: for a download."""
    return entries.values_listed(
        store, person=choice.person, kpi=choice.kpi, deed=choice.deed, since=choice.since, limit=MOST_ROWS
    )


def names(store: Store) -> dict[tuple[str, str], dict[str, str]]:
    """What codes in the lines of the record stand for, by kind and code, in each language; accounts are not among them."""
    found = {(kind, code): {"th": th, "en": en} for kind, code, th, en in entries.named(store)}
    for code, year, th, en in entries.scored_in(store):
        said = (f"{th} {year + BUDDHIST_ERA}", f"{en} {year}") if year else (th, en)
        found["assessment", code] = {"th": said[0], "en": said[1]}
    return found


def chain(store: Store, *, whole: bool = False) -> Chain:
    """
    Whether the seals hold and the screens read what they seal, as far as this process has checked: what is new
    since the last check is checked at once, a long record from its beginning only with `whole`.
    """
    head, seal = record.head(store)
    checked, broken = record.check(store, whole=whole, at_most=SMALL)
    found = derived.check(store) if whole else derived.check_new(store, at_most=SMALL)
    return Chain(head, seal, checked if found else 0, broken, found or derived.Findings())


def whole_chain(store: Store) -> Chain:
    """The chain, checked from its first entry."""
    return chain(store, whole=True)


def understood(code: object) -> bool:
    """Whether a code is one of a period: what was written past this program may be anything."""
    try:
        return bool(parse(str(code)))
    except ObservationError:
        return False


def _changes(
    store: Store, lines: dict[int, dict[str, int]], keys: dict[str, tuple[str, ...]], kpi: str
) -> dict[int, tuple[Change, ...]]:
    """What each entry changed, line by line; entries with many lines are left to their counts."""
    found: dict[int, list[Change]] = {}
    for table, key in keys.items():
        few = [
            entry for entry, wrote in lines.items() if table in wrote and sum(wrote.values()) <= MOST_LINES
        ]
        shown = [entry for entry, wrote in lines.items() if table in wrote] if kpi else few
        if not shown:
            continue
        for row, before in entries.some_lines(store, table, key, shown=shown, kpi=kpi):
            about = {name: row[name] for name in key}
            left = {"entry", *key}
            after = {name: value for name, value in row.items() if name not in left}
            entry = int(str(row["entry"]))
            change = Change(table, about, {n: v for n, v in before.items() if n not in left}, after, entry)
            found.setdefault(entry, []).append(change)
        if table == "account_line":
            _call(store, found, shown)
    return {entry: tuple(changes) for entry, changes in found.items()}


def _call(store: Store, found: dict[int, list[Change]], shown: list[int]) -> None:
    """Who the lines of accounts are about, from where names are kept; of accounts closed for good that is nothing."""
    called = {(each.entry, each.account): each for each in people.called(store, shown)}
    for changes in found.values():
        for change in changes:
            if change.table != "account_line":
                continue
            told = called.get((change.entry, change.key["account"]))
            for name in CALLED:
                change.after[name] = getattr(told, name, None)
                if change.before:
                    change.before[name] = getattr(told, f"{name}_before", None)
