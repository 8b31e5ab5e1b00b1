"""
Infrastructure points from a file -> a table, what is asked and left out, and every refused row by its number.

Tables (CSV, TSV, Excel) hold coordinates in any spelling; GIS files hold shapes. Rows are numbered as a spreadsheet
shows them (the heading is a row), features from 1.
"""

import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import pandas as pd
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import CmiError, FileRefused
from cmi_core.geography import point_kinds
from cmi_core.geography.gis_files import Note, read_features
from cmi_core.geography.place_names import by_language
from cmi_core.geography.point_columns import columns
from cmi_core.geography.point_doubles import without_doubles
from cmi_core.geography.point_features import of_features
from cmi_core.geography.point_positions import positions
from cmi_core.geography.point_source import Source, said
from cmi_core.geography.point_table import of_book
from cmi_core.tables.commas import comma_question
from cmi_core.tables.questions import Answers, LeftOut, Question, open_ones
from cmi_core.tables.sheets import read_book
from cmi_core.tables.worksheet import Formula, Limits
from cmi_core.text.numbers import understand_number
from cmi_core.text.typed import typed

SIZE_LIMIT_MB = 5
ROW_LIMIT = 20_000
COLUMNS = (
    "row", "code", "name_th", "name_en", "category", "place", "lon", "lat", "accuracy_m", "note",
)  # fmt: skip
_TEXTS = {"code": "code", "name": "name", "name_th": "name_th", "name_en": "name_en", "place": "name", "note": "coordinate_source"}  # fmt: skip
_MARK = b"\xef\xbb\xbf"
_WORKBOOK = ("xl/workbook.xml", "mimetype")  # of Excel, and of OpenDocument
_GIS = (".shp", ".kml", ".gdbtable", ".geojson", ".json", ".gpkg", ".gpx")


@dataclass(frozen=True)
class PointsFile:
    """
    `points` has COLUMNS, one line per accepted row, unknown cells empty (`accuracy_m` NaN).

    `category` is empty where a question about it is open. `problems` holds one refusal per refused row, with its number
    in `details["row"]`. While a question is `open` nothing may be kept. `drawn` has, for each answer to the question
    `crs`, the points where they would lie.
    """

    points: pd.DataFrame
    problems: tuple[FileRefused, ...]
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    understood: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    open: tuple[Question, ...] = ()
    drawn: Mapping[str, list[BaseGeometry]] = field(default_factory=dict)


def read_points(data: bytes, *, filename: str = "points.csv", answers: Answers | None = None) -> PointsFile:
    """Read a file of points; FileRefused where it cannot be used at all. The content decides what it is, not its name."""
    answers = answers or {}
    if len(data) > SIZE_LIMIT_MB * 1_000_000:
        raise FileRefused("file_size", limit=SIZE_LIMIT_MB)
    if not data.strip(b"\0 \r\n\t" + _MARK):
        raise FileRefused("table_empty")
    source = _source(data, filename, answers)
    points, problems = _points(source, answers) if source.rows else ([], [])
    problems = sorted([*source.problems, *problems], key=lambda problem: int(str(problem.details["row"])))
    waits = open_ones(source.questions, answers)
    if not (points or problems or source.left_out or waits):
        raise FileRefused("no_shapes")
    return PointsFile(
        pd.DataFrame(points, columns=list(COLUMNS)),
        tuple(problems),
        tuple(source.questions),
        tuple(source.left_out),
        source.understood,
        tuple(source.notes),
        tuple(waits),
        source.drawn,
    )


def _source(data: bytes, filename: str, answers: Answers) -> Source:
    if _is_shapes(data):
        features = read_features(data, filename=filename, answers=answers, wanted="Point", most=ROW_LIMIT)
        return of_features(features, answers)
    limits = Limits(rows=ROW_LIMIT + 100)
    source = of_book(read_book(data, filename, answers=answers, max_mb=SIZE_LIMIT_MB, limits=limits), answers)
    source.hints.append(PurePosixPath(filename).stem)
    if len(source.rows) > ROW_LIMIT:
        raise FileRefused("points_many", limit=ROW_LIMIT)
    return source


def _is_shapes(data: bytes) -> bool:
    """Whether the bytes are those of a GIS file, and not of a table."""
    head = data[:2000].removeprefix(_MARK).lstrip()
    if head.startswith((b"{", b"SQLite format 3\0")):
        return True
    if head.startswith(b"["):
        return b'"' in head and head[1:].lstrip().startswith(b"{")
    if head.startswith(b"<"):
        return b"<html" not in head.lower() and b"<!doctype html" not in head.lower()
    if not data.startswith(b"PK"):
        return False
    try:
        names = zipfile.ZipFile(BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return False
    return not any(name in _WORKBOOK for name in names) and any(name.lower().endswith(_GIS) for name in names)


# ---------------------------------------------------------------- rows, whatever they came from


def _points(source: Source, answers: Answers) -> tuple[list[dict[str, object]], list[FileRefused]]:
    of = columns(source, answers)
    problems: list[FileRefused] = []
    points: list[dict[str, object]] = []
    if source.placed is None and not ("position" in of or {"lat", "lon"} <= set(of)):
        return points, problems
    lie = positions(source, of, answers)
    comma = _comma(source, of, answers)
    kept = []
    for number, cells in source.rows:
        try:
            points.append(_point(cells, of, lie[number], row=number, comma=comma))
            kept.append((number, cells))
        except FileRefused as problem:
            problems.append(problem)
    source.rows = kept
    return without_doubles(_with_kinds(points, source, of, answers), source, answers), problems


def _with_kinds(
    points: list[dict[str, object]], source: Source, of: Mapping[str, str], answers: Answers
) -> list[dict[str, object]]:
    kinds = point_kinds.kinds(source, of, answers)
    told = [point | {"category": kinds[int(str(point["row"]))]} for point in points]
    source.left_out += [
        LeftOut("row", str(point["row"]), "read_points.kind_out")
        for point in told
        if point["category"] == point_kinds.OUT
    ]
    return [point for point in told if point["category"] != point_kinds.OUT]


def _point(
    cells: Mapping[str, object],
    of: Mapping[str, str],
    lies: tuple[float, float] | FileRefused,
    *,
    row: int,
    comma: str | None,
) -> dict[str, object]:
    told = {name: cells.get(column) for name, column in of.items()}
    if any(isinstance(cell, Formula) for cell in told.values()):
        raise FileRefused("point_formula", row=row)
    texts = _typed({name: said(told.get(name)) for name in _TEXTS}, row=row)
    if isinstance(lies, FileRefused):
        raise lies
    names = _names(texts)
    if not any(names.values()):
        raise FileRefused("point_name", row=row)
    kept = {name: texts[name] for name in ("code", "place", "note")}
    accuracy = _accuracy(told.get("accuracy_m"), row=row, comma=comma)
    return {
        "row": row,
        **kept,
        **names,
        "category": "",
        "lon": lies[0],
        "lat": lies[1],
        "accuracy_m": accuracy,
    }


def _typed(cells: Mapping[str, str], *, row: int) -> dict[str, str]:
    """The texts as they are kept; a refusal says its row."""
    try:
        return {name: typed(_TEXTS[name], cell) for name, cell in cells.items()}
    except CmiError as refusal:
        details: dict[str, Any] = {**refusal.details, "row": row}
        raise FileRefused(refusal.reason, **details) from refusal


def _names(texts: Mapping[str, str]) -> dict[str, str]:
    """Thai and English name; a plain `name` goes where its letters belong."""
    thai, english = by_language(texts["name"])
    return {"name_th": texts["name_th"] or thai, "name_en": texts["name_en"] or english}


def _comma(source: Source, of: Mapping[str, str], answers: Answers) -> str | None:
    """What commas are in the accuracies, by all numbers of the file; coordinates tell it of themselves."""
    written = source.cells(of["accuracy_m"]) if "accuracy_m" in of else []
    if not any("," in str(cell) for cell in written):
        return None
    numbers = [*written, *(cell for axis in ("lat", "lon") if axis in of for cell in source.cells(of[axis]))]
    question = comma_question(numbers, separator=str(source.understood.get("separator", "")))
    if question is None:
        return None
    source.questions.append(question)
    return question.settled(answers)


def _accuracy(cell: object, *, row: int, comma: str | None) -> float:
    """Metres; NaN where nothing is stated."""
    if cell is None:
        return math.nan
    try:
        number = understand_number(cell, comma=comma)
    except CmiError:
        number = -1.0
    if number <= 0 or said(cell).endswith("%"):
        raise FileRefused("point_accuracy", row=row, value=said(cell)[:40])
    return number
