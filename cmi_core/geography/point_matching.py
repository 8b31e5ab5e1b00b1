"""
Which points of a file stand on record already, and what the file would change about them, field by field.

A point is known by its source and by the id that it has there; a bare id says nothing, since every list begins with 1.
Our own codes count too, where a file brings them back. What only looks alike is asked.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from cmi_core.tables.questions import Answers, Candidate, Question, open_ones
from cmi_core.text.spelling import same

NEW, CHANGED, SAME, LEFT = "new", "changed", "same", "left"
KEPT = (
    "name_th",
    "name_en",
    "category",
    "place",
    "lon",
    "lat",
    "accuracy_m",
    "coordinate_source",
    "source_id",
)
_NEAR = 4  # decimals of a degree: about 11 metres
_FINE = 1e-7


class Key(NamedTuple):
    """A source as people know it: who made it, and what it is called."""

    producer: str
    title: str


@dataclass(frozen=True)
class Held:
    """One row beside the record: `before` what stands there (None for a new point), `after` what would."""

    row: int
    state: str
    landmark: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    seen: int = 0

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """The fields that would change, each with its old and its new content."""
        if self.before is None:
            return {}
        return {
            name: (self.before[name], self.after[name])
            for name in KEPT
            if not _alike(self.before[name], self.after[name])
        }


@dataclass(frozen=True)
class Matched:
    """Every row of a file beside the record; `absent` are points of the same source that the file does not have: they stay."""

    rows: tuple[Held, ...]
    questions: tuple[Question, ...] = ()
    absent: tuple[str, ...] = ()
    open: tuple[Question, ...] = ()

    def count(self, state: str) -> int:
        """How many rows are in a state."""
        return sum(row.state == state for row in self.rows)


@dataclass
class _Record:
    """The points on record, and the ways in which a row may name one of them."""

    by_code: dict[str, dict[str, Any]]
    by_id: dict[tuple[Key, str], str] = field(default_factory=dict)
    of_source: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    id_in: dict[tuple[Key, str], str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)


def key_of(producer: object, title: object) -> Key:
    """
    What two writings of a source have in common.

    >>> key_of("เทศบาล ", "Points  2026") == key_of("เทศบาล", "points 2026")
    True
    """
    return Key(same(producer), same(title))


def matched(
    points: pd.DataFrame,
    standing: pd.DataFrame,
    ids: pd.DataFrame,
    *,
    source: Key,
    answers: Answers,
) -> Matched:
    """
    Hold the points of a file against those on record.

    `standing` is every landmark as it stands, with `active` and `entry`; `ids` what each was called in which source:
    `landmark`, `producer`, `title`, `source_id` (the landmark's own code where the source gave none), older lines first.
    """
    known = _known(standing, ids)
    rows = points.to_dict("records")
    found = {row["row"]: _by_source(row, known, source) for row in rows}
    known.taken |= {code for code in found.values() if code}
    questions: list[Question] = []
    _by_our_codes(rows, found, known, questions, answers)
    _by_name(rows, found, known, source)
    left = _by_spot(rows, found, known, questions, answers)
    held = tuple(_held(row, known, found[row["row"]], source, out=row["row"] in left) for row in rows)
    return Matched(held, tuple(questions), _absent(held, known, source), tuple(open_ones(questions, answers)))


def _known(standing: pd.DataFrame, ids: pd.DataFrame) -> _Record:
    known = _Record(
        {
            row["landmark"]: {name: _plain(cell) for name, cell in row.items()}
            for row in standing.to_dict("records")
        }
    )
    for row in ids.to_dict("records"):
        key = key_of(row["producer"], row["title"])
        known.by_id[key, str(row["source_id"])] = row["landmark"]
        known.of_source[key].add(row["landmark"])
        if row["source_id"] != row["landmark"]:
            known.id_in[key, row["landmark"]] = str(row["source_id"])
    return known


def _by_source(row: Mapping[str, Any], known: _Record, source: Key) -> str:
    """By the id that the source gave it before."""
    code = known.by_id.get((source, row["code"]), "") if row["code"] and all(source) else ""
    if not code or code in known.taken or code not in known.by_code:
        return ""
    known.taken.add(code)
    return code


def _by_our_codes(
    rows: Iterable[Mapping[str, Any]],
    found: dict[int, str],
    known: _Record,
    questions: list[Question],
    answers: Answers,
) -> None:
    """Ids of the file that are codes of ours: renewed where the names agree, asked where they do not."""
    ours = [
        row for row in rows
        if not found[row["row"]] and row["code"] in known.by_code and known.by_code[row["code"]]["active"]
    ]  # fmt: skip
    if not ours:
        return
    agreeing = {row["row"] for row in ours if _names_agree(row, known.by_code[row["code"]])}
    clear = len(agreeing) == len(ours)
    differing = tuple(
        f"{row['code']}: {known.by_code[row['code']]['name_th']} → {_name(row)}"
        for row in ours
        if row["row"] not in agreeing
    )
    question = Question(
        "own_codes",
        "read_points.ask_own_codes",
        (
            Candidate("ours", say="read_points.codes_ours", sample=differing[:3]),
            *([Candidate("agreeing", say="read_points.codes_agreeing")] if agreeing and not clear else []),
            Candidate("theirs", say="read_points.codes_theirs"),
        ),
        default="ours" if clear else None,
        asked=not clear,
        details={"count": len(ours), "differing": len(differing)},
    )
    questions.append(question)
    chosen = question.settled(answers)
    for row in ours:
        if (chosen == "ours" or (chosen == "agreeing" and row["row"] in agreeing)) and row[
            "code"
        ] not in known.taken:
            found[row["row"]] = row["code"]
            known.taken.add(row["code"])


def _by_name(rows: Iterable[Mapping[str, Any]], found: dict[int, str], known: _Record, source: Key) -> None:
    """Within one source a point without an id is known by its name, and by its spot where the name stands twice."""
    called: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for code in sorted(known.of_source.get(source, set()) - known.taken):
        for name in _names(known.by_code.get(code, {"name_th": "", "name_en": ""})):
            called[name].append(known.by_code[code])
    open_rows = [row for row in rows if not found[row["row"]]]
    times = Counter(_name(row) for row in open_rows)
    for row in open_rows:
        named = {point["landmark"]: point for name in _names(row) for point in called[name]}
        alike = [point for code, point in named.items() if code not in known.taken]
        if row["code"]:  # it has an id by now; what had another one is another point
            alike = [point for point in alike if (source, point["landmark"]) not in known.id_in]
        here = [point for point in alike if _spot(point) == _spot(row)]
        chosen = here[:1] or (alike if len(alike) == 1 and times[_name(row)] == 1 else [])
        if chosen:
            found[row["row"]] = chosen[0]["landmark"]
            known.taken.add(chosen[0]["landmark"])


def _by_spot(
    rows: Iterable[Mapping[str, Any]],
    found: dict[int, str],
    known: _Record,
    questions: list[Question],
    answers: Answers,
) -> set[int]:
    """Points of other sources with the same name at the same spot: asked; the rows that are to be left out."""
    there = {
        (_spot(point), name): code
        for code, point in known.by_code.items()
        if point["active"]
        for name in _names(point)
    }
    twins = {}
    for row in rows:
        code = next((there[_spot(row), name] for name in _names(row) if (_spot(row), name) in there), "")
        if code and not found[row["row"]] and code not in known.taken:
            twins[row["row"]] = code
    if not twins:
        return set()
    names = tuple(str(known.by_code[code]["name_th"]) for code in twins.values())[:3]
    question = Question(
        "twins",
        "read_points.ask_twins",
        (
            Candidate("renew", say="read_points.twins_renew", sample=names),
            Candidate("out", say="read_points.leave_rows_out"),
            Candidate("new", say="read_points.twins_new"),
        ),
        details={"count": len(twins)},
    )
    questions.append(question)
    chosen = question.settled(answers)
    for row, code in twins.items() if chosen == "renew" else ():
        if code not in known.taken:
            found[row] = code
            known.taken.add(code)
    return set(twins) if chosen == "out" else set()


# ---------------------------------------------------------------- before and after


def _held(row: Mapping[str, Any], known: _Record, landmark: str, source: Key, *, out: bool) -> Held:
    told, number = _told(row), int(row["row"])
    if out:
        return Held(number, LEFT, "", None, told)
    stands = known.by_code.get(landmark)
    if stands is None:
        return Held(number, NEW, "", None, _both_names(told))
    if told["source_id"] == landmark:
        told["source_id"] = None  # our own code is no id of theirs
    entry = int(stands["entry"])
    if not stands["active"]:
        return Held(number, NEW, landmark, None, _both_names(told), entry)
    before = {name: stands[name] for name in KEPT} | {"source_id": known.id_in.get((source, landmark))}
    after = _renewed(before, told)
    state = SAME if all(_alike(before[name], after[name]) for name in KEPT) else CHANGED
    return Held(number, state, landmark, before, after, entry)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {"coordinate_source": "note", "source_id": "code"}
    return {name: _plain(row[named.get(name, name)]) for name in KEPT}


def _both_names(told: Mapping[str, Any]) -> dict[str, Any]:
    """A name that is known in one language stands for the other."""
    return {
        **told,
        "name_th": told["name_th"] or told["name_en"],
        "name_en": told["name_en"] or told["name_th"],
    }


def _renewed(before: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told takes the place of what stands; what is not told stays."""
    after = {name: before[name] if told[name] is None else told[name] for name in KEPT}
    if before["name_th"] == before["name_en"]:  # one of them only stood for the other
        after |= (
            _both_names({"name_th": told["name_th"], "name_en": told["name_en"]})
            if told["name_th"] or told["name_en"]
            else {}
        )
    return after


def _absent(held: Iterable[Held], known: _Record, source: Key) -> tuple[str, ...]:
    here = {row.landmark for row in held}
    codes = sorted(
        code
        for code in known.of_source.get(source, ())
        if code not in here and known.by_code.get(code, {}).get("active")
    )
    return tuple(str(known.by_code[code]["name_th"]) for code in codes)


def _plain(cell: Any) -> Any:
    """None for whatever stands for nothing."""
    if cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)) or cell is pd.NA:
        return None
    return cell


def _alike(before: Any, after: Any) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(before - after) <= _FINE
    return before == after


def _names(point: Mapping[str, Any]) -> list[str]:
    return [same(point[name]) for name in ("name_th", "name_en") if point[name]]


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name_th"] or row["name_en"])


def _names_agree(row: Mapping[str, Any], point: Mapping[str, Any]) -> bool:
    return bool(set(_names(row)) & set(_names(point)))


def _spot(point: Mapping[str, Any]) -> tuple[float, float]:
    return round(float(point["lon"]), _NEAR), round(float(point["lat"]), _NEAR)
