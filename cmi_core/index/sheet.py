"""Frameworks and scores as uploaded tables: what every cell means, and what is wrong at which cell."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cmi_core.calendar.written import ERA_BE, ERA_CE, understand
from cmi_core.errors import CmiError, FileRefused, FrameworkError, ObservationError
from cmi_core.index.contradictions import Node, contradictions
from cmi_core.tables.sheets import Table, address
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import understand_number

Progress = Callable[[float], object] | None
HEADER_WITHIN = 20  # rows from the top in which the headings must stand
MOST_PROBLEMS = 500
SPACES = re.compile(r"[\s_\-]+")
IN_BRACKETS = re.compile(r"\s*[(（\[].*?[)）\]]\s*$")

# What people call a column; the first name is the code that files of ours carry.
FRAMEWORK_HEADINGS = {
    "code": ("code", "รหัส", "node", "รหัสตัวชี้วัด"),
    "parent": ("parent", "รหัสแม่", "แม่", "อยู่ใต้", "กลุ่ม"),
    "name_th": ("name_th", "ชื่อไทย", "ชื่อภาษาไทย", "ชื่อ"),
    "name_en": ("name_en", "ชื่ออังกฤษ", "ชื่อภาษาอังกฤษ", "name"),
    "direction": ("direction", "ทิศทาง"),
    "weight": ("weight", "น้ำหนัก"),
    "unit_th": ("unit_th", "หน่วย", "หน่วยไทย"),
    "unit_en": ("unit_en", "หน่วยอังกฤษ", "unit"),
    "lower": ("lower", "หลักล่าง", "ค่าต่ำสุด"),
    "upper": ("upper", "หลักบน", "ค่าสูงสุด"),
    "scale": ("scale", "มาตรอันดับ", "มาตร"),
    "target": ("target", "เป้าหมาย", "เป้า"),
    "normalise": ("normalise", "วิธีปรับค่า"),
    "aggregate": ("aggregate", "วิธีรวม"),
    "definition_th": ("definition_th", "นิยาม", "นิยามไทย"),
    "definition_en": ("definition_en", "นิยามอังกฤษ", "definition"),
}
SCORE_HEADINGS = {
    "city": ("city", "รหัสเมือง", "place", "รหัสพื้นที่"),
    "name_th": ("name_th", "เมือง", "ชื่อเมือง", "ชื่อไทย", "จังหวัด", "พื้นที่"),
    "name_en": ("name_en", "ชื่ออังกฤษ", "ชื่อเมืองอังกฤษ", "city name", "name"),
    "country": ("country", "ประเทศ"),
    "year": ("year", "ปี"),
    "quality": ("quality", "คุณภาพข้อมูล"),
}
NUMBERS = ("weight", "lower", "upper", "target")
DIRECTIONS = {
    "higher": "higher",
    "lower": "lower",
    "มากดี": "higher",
    "น้อยดี": "lower",
    "สูงดี": "higher",
    "ต่ำดี": "lower",
    "ยิ่งมากยิ่งดี": "higher",
    "ยิ่งน้อยยิ่งดี": "lower",
    "+": "higher",
    "-": "lower",
    "−": "lower",
}
QUALITIES = (
    "measured",
    "survey",
    "higher_level",
    "estimate",
    "personal_estimate",
    "untraceable",
    "published",
    "imputed",
)
# The column a contradiction of the framework belongs to.
COLUMN_OF = {
    "code_empty": "code",
    "code_twice": "code",
    "parent_unknown": "parent",
    "root_missing": "parent",
    "roots_several": "parent",
    "parents_circular": "parent",
    "weight_infinite": "weight",
    "weight_negative": "weight",
    "weights_all_zero": "weight",
    "weights_too_large": "weight",
    "direction_unknown": "direction",
    "goalposts_reversed": "lower",
    "scale_not_rising": "scale",
    "node_method_unknown": "normalise",
}


class Problem(NamedTuple):
    """What is wrong at a cell."""

    cell: str
    reason: CmiError


@dataclass(frozen=True, eq=False)
class FrameworkSheet:
    """The nodes as read, in the file's order, and every problem with its cell."""

    nodes: pd.DataFrame
    problems: tuple[Problem, ...]


@dataclass(frozen=True, eq=False)
class ScoreSheet:
    """Places and values as read, and every problem with its cell."""

    places: pd.DataFrame  # city, name_th, name_en, country, new
    values: pd.DataFrame  # row, column, year, city, node, value, quality
    problems: tuple[Problem, ...]
    more_problems: int = 0


@dataclass
class _Found:
    """Problems as they turn up; beyond a limit they are only counted."""

    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(self, row: int, column: int, reason: CmiError) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(address(row, column), reason))
        else:
            self.more += 1


def read_framework(table: Table) -> FrameworkSheet:
    """
    Read the tree of an index. Raises FileRefused where no headings are found or cells are merged.

    Empty weights stay empty: not known. Whatever else keeps the rows from being a tree is a problem at its cell.
    """
    top, columns = _headings(table, FRAMEWORK_HEADINGS, needed=("code", "parent"))
    found = _Found()
    rows, records = [], []
    for row, cells in table.rows.items():
        if row > top and any(str(cell).strip() for cell in cells.values()):
            rows.append(row)
            records.append(_node_record(row, cells, columns, found))
    if not records:
        raise FileRefused("table_empty")
    nodes = pd.DataFrame(records, columns=list(FRAMEWORK_HEADINGS))
    for problem in contradictions(tuple(_node(record) for record in records)):
        row, column = _where(problem, nodes, rows, columns)
        found.add(row, column, problem)
    for place, record in enumerate(records):
        if not record["name_th"] and not record["name_en"]:
            found.add(
                rows[place],
                columns.get("name_th", columns["code"]),
                FrameworkError("node_name_missing", code=record["code"]),
            )
    nodes["name_th"] = nodes["name_th"].where(nodes["name_th"] != "", nodes["name_en"])
    nodes["name_en"] = nodes["name_en"].where(nodes["name_en"] != "", nodes["name_th"])
    return FrameworkSheet(nodes, tuple(found.problems))


def _node_record(
    row: int, cells: Mapping[int, object], columns: Mapping[str, int], found: _Found
) -> dict[str, object]:
    record: dict[str, object] = {name: None if name in NUMBERS else "" for name in FRAMEWORK_HEADINGS}
    for name, column in columns.items():
        cell = cells.get(column, "")
        if isinstance(cell, Formula):
            found.add(row, column, ObservationError("sheet_formula"))
            cell = ""
        record[name] = "" if cell is None else str(cell).strip()
        if name in NUMBERS:
            record[name] = _number_or_none(cell, row, column, found)
    way = str(record["direction"]).lower()
    record["direction"] = DIRECTIONS.get(way, way) or "higher"
    return record


def _number_or_none(cell: object, row: int, column: int, found: _Found) -> float | None:
    if cell is None or str(cell).strip() == "":
        return None
    try:
        return understand_number(cell)
    except ObservationError as refusal:
        if refusal.reason != "number_missing":
            found.add(row, column, refusal)
        return None


def _node(record: Mapping[str, Any]) -> Node:
    """The row as the engine's own checks take it; an unknown weight counts as 1 there."""
    nan = float("nan")
    numbers = {name: nan if record[name] is None else record[name] for name in NUMBERS}
    if record["weight"] is None:
        numbers["weight"] = 1.0
    texts = {name: record[name] for name in ("code", "parent", "direction", "normalise", "aggregate")}
    return Node(**texts, **numbers, scale=_scale(str(record["scale"])))


def _scale(text: str) -> tuple[float, ...]:
    """The steps of an ordinal scale; what cannot be read is a scale that does not rise."""
    if not text:
        return ()
    try:
        if ".." in text:
            first, last = (int(end) for end in text.split(".."))
            return tuple(float(step) for step in range(first, min(last, first + 1000) + 1))
        return tuple(float(step) for step in text.split(";"))
    except ValueError:
        return (1.0, 1.0)


def _where(
    problem: CmiError, nodes: pd.DataFrame, rows: list[int], columns: Mapping[str, int]
) -> tuple[int, int]:
    """The cell a contradiction stands at: the row of its code, the column it is about."""
    code = (
        str(problem.details.get("code") or problem.details.get("codes") or "").split(" → ")[0].split(", ")[0]
    )
    column = COLUMN_OF.get(problem.reason) or str(problem.details.get("column", "code"))
    if problem.reason == "code_empty":
        return rows[int(str(problem.details["row"])) - 1], columns["code"]
    if problem.reason in ("weights_all_zero", "weights_too_large"):
        places = np.flatnonzero(nodes["parent"] == code)
    else:
        places = np.flatnonzero(nodes["code"] == code)
    place = (
        int(places[-1])
        if problem.reason == "code_twice" and len(places)
        else int(places[0])
        if len(places)
        else 0
    )
    return rows[place], columns.get(column, columns["code"])


def read_scores(
    table: Table,
    nodes: pd.DataFrame,
    known: pd.DataFrame,
    *,
    area_kind: str,
    year: int | None = None,
    progress: Progress = None,
) -> ScoreSheet:
    """
    Read places × indicators: a row per place (and year), a column per node named by code or name.

    `known` are the places on record (indexed by city), `year` counts where the file has no column of years. An
    empty cell says nothing about the value on record. Raises FileRefused where no headings are found, cells are
    merged, or no column is a node of the index.
    """
    top, columns = _headings(table, SCORE_HEADINGS, needed=())
    found = _Found()
    at_nodes = _node_columns(table.rows[top], columns, nodes, top, found)
    if not at_nodes:
        raise FileRefused("scores_without_nodes")
    if "city" not in columns and "name_th" not in columns and "name_en" not in columns:
        raise FileRefused("scores_without_places")
    era = _era(table.rows[top].get(columns.get("year", -1), ""))
    names = _Names(known, area_kind)
    rows = [row for row in table.rows if row > top]
    read = _Cells(found)
    seen: dict[tuple[int | None, str], int] = {}
    for place, row in enumerate(rows):
        cells = table.rows[row]
        at = _year(cells, columns, era, year, row, found)
        city = names.city(cells, columns, row, found)
        quality = _quality(cells, columns, row, found)
        if city is not None and at is not False:
            if (at, city) in seen:
                column = columns.get("city") or columns.get("name_th") or columns["name_en"]
                found.add(
                    row,
                    column,
                    ObservationError("score_place_twice", city=city, first=address(seen[at, city], column)),
                )
            else:
                seen[at, city] = row
                read.row(row, cells, at_nodes, (at, city, quality))
        if progress and place % 500 == 0:
            progress(place / len(rows))
    return ScoreSheet(names.table(), read.table(), tuple(found.problems), found.more)


class _Cells:
    """Numbers of many cells, each distinct text understood once."""

    def __init__(self, found: _Found) -> None:
        self.found = found
        self.understood: dict[str, float | CmiError | None] = {}
        self.rows: list[tuple] = []

    def row(self, row: int, cells: Mapping[int, object], nodes: Mapping[int, str], of: tuple) -> None:
        for column, node in nodes.items():
            cell = cells.get(column)
            if cell is None:
                continue
            number = cell if type(cell) is float or type(cell) is int else self.text(cell)
            if number is None:
                continue
            if isinstance(number, CmiError):
                self.found.add(row, column, number)
            elif not -1e15 < number < 1e15:
                self.found.add(row, column, self._too(cell))
            else:
                self.rows.append((row, column, *of, node, float(number)))

    def text(self, cell: object) -> float | CmiError | None:
        if isinstance(cell, Formula):
            return ObservationError("sheet_formula")
        said = str(cell)
        if said not in self.understood:
            try:
                self.understood[said] = understand_number(cell)
            except ObservationError as refusal:
                self.understood[said] = None if refusal.reason == "number_missing" else refusal
        return self.understood[said]

    def _too(self, cell: object) -> CmiError:
        try:
            understand_number(cell)
        except ObservationError as refusal:
            return refusal
        return ObservationError("number_too_large", text=str(cell))

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows, columns=["row", "column", "year", "city", "quality", "node", "value"])


class _Names:
    """Places by code or by name; new ones get a code of their own."""

    def __init__(self, known: pd.DataFrame, area_kind: str) -> None:
        self.known, self.area_kind = known, area_kind
        same = known[known["area_kind"] == area_kind]
        self.by_name = {
            _plain(name): city for column in ("name_th", "name_en") for city, name in same[column].items()
        }
        self.kinds = known["area_kind"].to_dict()
        self.named = {
            city: {_plain(thai), _plain(english)}
            for city, thai, english in zip(known.index, known["name_th"], known["name_en"], strict=True)
        }
        self.places: dict[str, dict[str, object]] = {}

    def city(
        self, cells: Mapping[int, object], columns: Mapping[str, int], row: int, found: _Found
    ) -> str | None:
        """The place's code; None where a problem was found."""
        said = {
            name: str(cells.get(column, "") or "").strip()
            for name, column in columns.items()
            if name in ("city", "name_th", "name_en", "country")
        }
        code, names = (
            said.get("city", ""),
            [name for name in (said.get("name_th"), said.get("name_en")) if name],
        )
        at = columns.get("city") or columns.get("name_th") or columns["name_en"]
        if not code and not names:
            found.add(row, at, ObservationError("score_place_missing"))
            return None
        code = (
            code
            or next((self.by_name[_plain(name)] for name in names if _plain(name) in self.by_name), "")
            or slug(said.get("name_en") or names[0])
        )
        if code in self.kinds and self.kinds[code] != self.area_kind:
            found.add(
                row,
                at,
                ObservationError("score_area_kind", city=code, found=self.kinds[code], wanted=self.area_kind),
            )
            return None
        if code in self.named and names and not {_plain(name) for name in names} & self.named[code]:
            found.add(
                row,
                columns.get("name_th") or at,
                ObservationError(
                    "score_name_differs", city=code, name=names[0], known=str(self.known.loc[code, "name_th"])
                ),
            )
            return None
        if code not in self.named and not names:
            found.add(row, at, ObservationError("score_place_unknown", city=code))
            return None
        if code not in self.places:
            first = names[0] if names else str(self.known.loc[code, "name_th"])
            self.places[code] = {
                "city": code,
                "name_th": said.get("name_th") or first,
                "name_en": said.get("name_en") or first,
                "area_kind": self.area_kind,
                "country": said.get("country") or None,
                "new": code not in self.named,
            }
        return code

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(
            list(self.places.values()), columns=["city", "name_th", "name_en", "area_kind", "country", "new"]
        )


def _headings(
    table: Table, names: Mapping[str, tuple[str, ...]], *, needed: tuple[str, ...]
) -> tuple[int, dict[str, int]]:
    """The row of the headings and the column of each known one; refuses merged cells and repeated headings."""
    known = {_plain(word): name for name, words in names.items() for word in words}
    best, columns = 0, {}
    for row in [row for row in table.rows if row <= HEADER_WITHIN]:
        found: dict[str, int] = {}
        for column, cell in table.rows[row].items():
            name = known.get(_plain(IN_BRACKETS.sub("", str(cell)))) or known.get(
                _plain(_without_era(str(cell)))
            )
            if name and name in found:
                raise FileRefused("sheet_header_twice", name=str(cell), cell=address(row, column))
            if name:
                found[name] = column
        if len(found) > len(columns) and set(needed) <= set(found):
            best, columns = row, found
    if not best:
        raise FileRefused("index_header_missing", missing=", ".join(needed) or "city, name_th")
    if merged := table.merged_from(best):
        raise FileRefused("sheet_merged", cell=merged[0].split(":")[0], area=merged[0])
    return best, columns


def _node_columns(
    header: Mapping[int, object], columns: Mapping[str, int], nodes: pd.DataFrame, top: int, found: _Found
) -> dict[int, str]:
    """Which column holds which node: by its code, else by its Thai or English name."""
    known: dict[str, str] = {}
    for node, thai, english in zip(nodes["node"], nodes["name_th"], nodes["name_en"], strict=True):
        for word in (node, thai, english):
            known.setdefault(_plain(word), node)
    taken = set(columns.values())
    at: dict[int, str] = {}
    for column, cell in header.items():
        if column in taken or not str(cell).strip():
            continue
        node = known.get(_plain(cell)) or known.get(_plain(IN_BRACKETS.sub("", str(cell))))
        if node is None:
            found.add(top, column, ObservationError("score_node_unknown", text=str(cell)))
        elif node in at.values():
            found.add(top, column, ObservationError("score_node_twice", node=node))
        else:
            at[column] = node
    return at


def _year(
    cells: Mapping[int, object],
    columns: Mapping[str, int],
    era: str | None,
    given: int | None,
    row: int,
    found: _Found,
) -> int | bool | None:
    """The year of a row in the Common Era, None where none is stated; False where it cannot be understood."""
    if "year" not in columns:
        return given
    cell = cells.get(columns["year"])
    if cell is None or str(cell).strip() == "":
        return given
    try:
        return understand(cell, frequency="yearly", era=era).start.year
    except ObservationError as refusal:
        found.add(row, columns["year"], refusal)
        return False


def _quality(cells: Mapping[int, object], columns: Mapping[str, int], row: int, found: _Found) -> str | None:
    said = str(cells.get(columns.get("quality", -1), "") or "").strip().lower()
    if said and said not in QUALITIES:
        found.add(row, columns["quality"], ObservationError("sheet_quality_unknown", text=said))
        return None
    return said or None


def _era(heading: object) -> str | None:
    said = str(heading).lower()
    return "be" if ERA_BE.search(said) else "ce" if ERA_CE.search(said) else None


def _without_era(heading: str) -> str:
    return ERA_CE.sub("", ERA_BE.sub("", heading.lower()))


def _plain(words: object) -> str:
    return SPACES.sub(" ", str(words).replace("\u200b", "").strip().lower()).strip(" *:")


def slug(words: str) -> str:
    """
    A code from a name: small Latin letters and digits, or a digest where there are none.

    >>> slug("Khon Kaen (2024)")
    'khon_kaen_2024'
    """
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return plain[:60] if plain else f"x{sha256(words.encode()).hexdigest()[:10]}"
