"""
What the screens read that is no sealed line, held against what the record says; `CHECKED` tells how, table by table.

The seals cover the lines. A view over lines is worked out anew whenever it is asked, so only its definition can be
made to say something else; a table that follows from the lines can hold anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from cmi_core.errors import StoreError
from cmi_core.store import Store, current_values, definitions, facts, people, record

MOST = 20  # differences that are named; the others are counted
_LONGEST = 200

_VALUES = "every row and column with the newest line of the record for it"
_CODES = "every code that lines use is there, and none that no line uses"
_FACTS = "every row with this program's data files; one that differs is told and breaks nothing"
_SEALED = "by the seals"
_PEOPLE = "every row with the hash in the sealed line it is of, and none of an account closed for good"
# Passwords, marks and what people have not recorded yet: the record says nothing of them.
_BESIDE = "not at all: it is not part of the record"
_CODES_IN = {
    "kpi": "kpi_line", "place": "place_line", "landmark": "landmark_line", "proposal": "proposal_line",
}  # fmt: skip
# The names of places and the sources that came with an upload stand nowhere else: of these only the codes are held
# against the lines.
CHECKED = (
    dict.fromkeys(facts.TABLES, _FACTS)
    | dict.fromkeys(_CODES_IN, _CODES)
    | dict.fromkeys(("credential", "setting", "draft", "feed", "remembered_answer"), _BESIDE)
    | dict.fromkeys(("second_factor", "recovery_code", "password_given"), _BESIDE)
    | dict.fromkeys(("identity", "invitation", "account_session", "password_link"), _BESIDE)
    | {
        "kpi_value_now": _VALUES,
        "person": _PEOPLE,
        "entry": _SEALED,
        "seal": _SEALED,
        "evidence": "by `store/files.py`: the files themselves, by their hash",
        "migration": "at each opening, by the hash of each file of statements",
    }
)


@dataclass(frozen=True)
class Difference:
    """
    One thing that is not what it should be: what stands there, and what the record says (None: nothing).

    `what` is `value`, `code`, `person`, `definition` or `fact`; `name` the table, or what is defined; `key` the row.
    """

    what: str
    name: str
    key: Mapping[str, object]
    stands: Mapping[str, object] | None
    says: Mapping[str, object] | None

    @property
    def reason(self) -> str:
        """The key of the sentence that tells it."""
        how = "added" if self.says is None else "missing" if self.stands is None else "altered"
        return f"derived_{self.what}_{how}"


@dataclass(frozen=True)
class Findings:
    """What differs from the record, and which facts differ from the program's files: the first of each, and how many."""

    differences: tuple[Difference, ...] = ()
    count: int = 0
    remarks: tuple[Difference, ...] = ()
    remarked: int = 0


@dataclass
class _Known:
    """What this process knows of an opened database: only it can write there while it runs."""

    compared: int = 0
    settled: tuple[tuple[Difference, ...], tuple[Difference, ...]] | None = None
    renewed: int = 0


_known: dict[int, _Known] = {}


def check(store: Store) -> Findings:
    """Compare everything that `CHECKED` names, from the first entry."""
    return _compare(store, _Known())


def check_new(store: Store, *, at_most: int) -> Findings | None:
    """
    Compare what is new since this process compared last, and what is no value.

    None, and nothing said, where that is more than `at_most` values.
    """
    known = _Known() if store.path == ":memory:" else _known.setdefault(store.opened, _Known())
    return None if _size(store, known.compared) > at_most else _compare(store, known)


def verified(store: Store) -> dict[str, Any]:
    """The head of the record, its first broken seal and everything that differs, as another process can be told it."""
    entry, seal = record.head(store)
    found = check(store)
    return {"entry": entry, "seal": seal, "broken": record.first_broken(store)} | told(found)


def told(found: Findings) -> dict[str, Any]:
    """Findings as their sentences: reasons and what fills them."""
    return {
        "differences": [sentence(each) for each in found.differences],
        "count": found.count,
        "remarks": [sentence(each) for each in found.remarks],
        "remarked": found.remarked,
    }


def sentence(difference: Difference) -> dict[str, Any]:
    """The reason of a difference and the words that fill it: tables and columns by their names."""
    return {
        "reason": difference.reason,
        "details": {
            "name": difference.name,
            "key": ", ".join(f"{name} {said(cell)}" for name, cell in difference.key.items() if cell != ""),
            "stands": _cells(difference.stands),
            "says": _cells(difference.says),
        },
    }


def refusals(sentences: Iterable[Mapping], count: int) -> tuple[StoreError, ...]:
    """What `told` lists, as refusals; those beyond the first by their number."""
    named = tuple(StoreError(each["reason"], **each["details"]) for each in sentences)
    return named + ((StoreError("problems_more", count=count - len(named)),) if count > len(named) else ())


def said(cell: object) -> str:
    """A cell as the command line says it; a long text by its beginning."""
    told_ = "–" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)
    return told_ if len(told_) <= _LONGEST else told_[: _LONGEST - 1] + "…"


def forget(store: Store, entry: int) -> None:
    """What was made anew by an entry is compared anew, and what was worked out from it before holds no more."""
    _known[store.opened] = _Known(renewed=entry)


def renewed(store: Store) -> int:
    """The entry by which this process last made something anew, 0 while there is none."""
    return _known.get(store.opened, _Known()).renewed


def _compare(store: Store, known: _Known) -> Findings:
    with store.snapshot() as cursor:
        last = record.last_entry(cursor)
        settled = known.settled or _settled(cursor)
        found, rows = current_values.differing(cursor, since=known.compared, most=MOST)
        others = (*settled[0], *_codes(cursor), *_people(cursor))
    kept = _known.setdefault(store.opened, _Known())
    # Where a definition differs it is looked at anew each time, for what answers in its place is set aside anew.
    kept.settled = None if settled[0] else settled
    if not found:
        kept.compared = last
    named = (*others, *map(_value, rows))[:MOST]
    return Findings(named, len(others) + found, settled[1][:MOST], len(settled[1]))


def _size(store: Store, since: int) -> int:
    new = store.rows("SELECT count(*) FROM kpi_value_line WHERE entry > $since", since=since)[0][0]
    return new if since else new + store.rows("SELECT count(*) FROM kpi_value_now")[0][0]


def _settled(cursor: duckdb.DuckDBPyConnection) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """What nothing that the program does can alter: the definitions, and the facts."""
    altered = definitions.altered(cursor)
    # The transaction is only read in and is rolled back: what is compared next is compared without them.
    definitions.set_aside(cursor, altered)
    return tuple(_definitions(altered)), tuple(_facts(cursor))


def _definitions(altered: Iterable[definitions.Altered]) -> Iterable[Difference]:
    for each in altered:
        sides = [{"sql": sql} if sql else None for sql in (each.stands, each.made)]
        yield Difference("definition", f"{each.kind.upper()} {each.name}", {}, *sides)


def _facts(cursor: duckdb.DuckDBPyConnection) -> Iterable[Difference]:
    for each in facts.differing(cursor):
        yield Difference("fact", each.table, each.key, each.stands, each.shipped)


def _codes(cursor: duckdb.DuckDBPyConnection) -> list[Difference]:
    found = []
    for name, lines in _CODES_IN.items():
        held, used = f'SELECT {name} FROM "{name}"', f'SELECT {name} FROM "{lines}"'
        for (code,) in cursor.execute(f"{held} EXCEPT {used} ORDER BY 1").fetchall():
            found.append(Difference("code", name, {name: code}, {name: code}, None))
        for (code,) in cursor.execute(f"{used} EXCEPT {held} ORDER BY 1").fetchall():
            found.append(Difference("code", name, {name: code}, None, {name: code}))
    return found


def _people(cursor: duckdb.DuckDBPyConnection) -> list[Difference]:
    """Whose name is not the sealed one; a name itself is told to nobody here."""
    told = []
    for row in people.differing(cursor):
        key = {"account": row.account, "entry": row.entry}
        says = None if row.closed else key
        told.append(Difference("person", "person", key, key if row.stands else None, says))
    return told


def _value(row: current_values.Differing) -> Difference:
    return Difference("value", definitions.DERIVED, row.key, row.stands, row.recorded)


def _cells(cells: Mapping[str, object] | None) -> str:
    """The cells by their names; a statement tells itself."""
    return ", ".join(
        said(cell) if name == "sql" else f"{name} {said(cell)}" for name, cell in (cells or {}).items()
    )
