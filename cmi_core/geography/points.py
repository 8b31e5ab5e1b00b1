"""
Infrastructure points from a CSV or GeoJSON file -> a table, and every refused row by its number.

Longitude and latitude in WGS84 degrees only. CSV in UTF-8 or CP874, headers in Thai or English, Thai digits
allowed. Rows are numbered as a spreadsheet shows them (the header is row 1); GeoJSON features from 1.
"""

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cmi_core.errors import CmiError, FileRefused
from cmi_core.geography.measures import THAILAND_ROUGHLY
from cmi_core.geography.place_names import by_language
from cmi_core.tables.outside_json import read_json
from cmi_core.text.typed import typed

SIZE_LIMIT_MB = 5
ROW_LIMIT = 20_000
COLUMNS = ("row", "code", "name_th", "name_en", "category", "place", "lon", "lat", "accuracy_m", "note")
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

HEADERS = {
    "lon": ("lon", "lng", "long", "longitude", "x", "ลองจิจูด", "ลองติจูด", "ลองจิจุด"),
    "lat": ("lat", "latitude", "y", "ละติจูด", "ละติจุด", "แลตติจูด"),
    "code": ("code", "id", "รหัส"),
    "name_th": ("name_th", "ชื่อ", "ชื่อไทย", "ชื่อภาษาไทย", "ชื่อสถานที่"),
    "name_en": ("name_en", "ชื่ออังกฤษ", "ชื่อภาษาอังกฤษ"),
    "name": ("name", "label", "title"),
    "category": ("category", "type", "kind", "ประเภท", "หมวด", "หมวดหมู่"),
    "place": ("place", "district", "district_id", "ย่าน", "พื้นที่"),
    "accuracy_m": (
        "accuracy_m",
        "accuracy",
        "positional_uncertainty_m",
        "ความคลาดเคลื่อน",
        "ความคลาดเคลื่อน (ม.)",
    ),
    "note": ("note", "notes", "description", "source", "coordinate_source", "หมายเหตุ", "คำอธิบาย", "แหล่งที่มา"),
}
_TEXTS = ("code", "name", "name_th", "name_en", "category", "place")
MEANING = {header: column for column, headers in HEADERS.items() for header in headers}


@dataclass(frozen=True)
class PointsFile:
    """
    `points` has COLUMNS, one line per accepted row, unknown cells empty (`accuracy_m` NaN).

    `problems` holds one refusal per refused row, with its number in `details["row"]`.
    """

    points: pd.DataFrame
    problems: tuple[FileRefused, ...]


def read_points(data: bytes, *, filename: str = "") -> PointsFile:  # noqa: ARG001 -- content decides, not the name
    """Read a file of points; FileRefused where it cannot be used at all."""
    if len(data) > SIZE_LIMIT_MB * 1_000_000:
        raise FileRefused("file_size", limit=SIZE_LIMIT_MB)
    if not data.strip():
        raise FileRefused("no_shapes")
    text = _text(data)
    rows = _features(text) if text.lstrip().startswith("{") else _cells(text)
    return _sorted_out(rows)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp874"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileRefused("points_type")


Numbered = tuple[int, dict[str, str] | FileRefused]


# ---------------------------------------------------------------- CSV


def _cells(text: str) -> Iterator[Numbered]:
    try:
        table = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    except csv.Error as cause:
        raise FileRefused("points_type") from cause
    header = [MEANING.get(cell.strip().casefold(), "") for cell in table[0]]
    if not {"lon", "lat"} <= set(header):
        raise FileRefused("points_columns")
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield number, _by_meaning(header, cells, row=number)


def _delimiter(text: str) -> str:
    """Comma, semicolon or tab, whichever the header has most of."""
    return max(",;\t", key=text.partition("\n")[0].count)


def _by_meaning(header: list[str], cells: list[str], *, row: int) -> dict[str, str] | FileRefused:
    if any(cell.strip() for cell in cells[len(header) :]):
        return FileRefused("point_cells", row=row)
    return {column: cell.strip() for column, cell in zip(header, cells, strict=False) if column}


# ---------------------------------------------------------------- GeoJSON


def _features(text: str) -> Iterator[Numbered]:
    document = read_json(text, FileRefused("file_broken"))
    features = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise FileRefused("points_type")
    for number, feature in enumerate(features, start=1):
        yield number, _feature(feature, row=number)


def _feature(feature: Any, *, row: int) -> dict[str, str] | FileRefused:
    inner = _object(feature)
    geometry, properties = _object(inner.get("geometry")), _object(inner.get("properties"))
    position = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(position, list) or len(position) < 2:
        return FileRefused("point_kind", row=row, kind=str(geometry.get("type", "?"))[:40])
    told = {"id": inner.get("id"), **properties}
    named = {
        MEANING.get(str(name).casefold(), ""): value for name, value in told.items() if value is not None
    }
    found = {column: str(value).strip() for column, value in named.items() if column}
    return found | {"lon": str(position[0]), "lat": str(position[1])}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


# ---------------------------------------------------------------- rows, whatever they came from


def _sorted_out(rows: Iterator[Numbered]) -> PointsFile:
    points: list[dict[str, object]] = []
    problems: list[FileRefused] = []
    codes: dict[str, int] = {}
    for count, (number, cells) in enumerate(rows, start=1):
        if count > ROW_LIMIT:
            raise FileRefused("points_many", limit=ROW_LIMIT)
        try:
            points.append(_point(cells, row=number, codes=codes))
        except FileRefused as problem:
            problems.append(problem)
    if not points and not problems:
        raise FileRefused("no_shapes")
    return PointsFile(pd.DataFrame(points, columns=list(COLUMNS)), tuple(problems))


def _point(cells: dict[str, str] | FileRefused, *, row: int, codes: dict[str, int]) -> dict[str, object]:
    if isinstance(cells, FileRefused):
        raise cells
    cells, note = _typed(cells, row=row)
    lon, lat = (_degrees(cells.get(name, ""), row=row) for name in ("lon", "lat"))
    _refuse_misplaced(lon, lat, row=row)
    names = _names(cells)
    if not any(names.values()):
        raise FileRefused("point_name", row=row)
    code = cells.get("code", "")
    if code and codes.setdefault(code, row) != row:
        raise FileRefused("point_double", row=row, code=code, first=codes[code])
    texts = {column: cells.get(column, "") for column in ("category", "place")} | {"note": note}
    accuracy = _accuracy(cells.get("accuracy_m", ""), row=row)
    return {"row": row, "code": code, **names, **texts, "lon": lon, "lat": lat, "accuracy_m": accuracy}


def _typed(cells: dict[str, str], *, row: int) -> tuple[dict[str, str], str]:
    """The cells as they are kept, and where the position is from; a refusal says its row."""
    try:
        note = typed("coordinate_source", cells.get("note", ""))
        return {name: typed(name, cell) for name, cell in cells.items() if name in _TEXTS} | {
            name: cell for name, cell in cells.items() if name not in _TEXTS
        }, note
    except CmiError as refusal:
        details: dict[str, Any] = {**refusal.details, "row": row}
        raise FileRefused(refusal.reason, **details) from refusal


def _number(text: str) -> float | None:
    plain = text.translate(THAI_DIGITS).strip()
    return float(plain) if NUMBER.fullmatch(plain) else None


def _degrees(text: str, *, row: int) -> float:
    number = _number(text)
    if number is None:
        raise FileRefused("point_number", row=row, value=text[:40])
    return number


def _refuse_misplaced(lon: float, lat: float, *, row: int) -> None:
    west, south, east, north = THAILAND_ROUGHLY
    if max(abs(lon), abs(lat)) > 180:
        raise FileRefused("point_metres", row=row)
    if west <= lat <= east and south <= lon <= north:
        raise FileRefused("point_swapped", row=row)
    if not (west <= lon <= east and south <= lat <= north):
        raise FileRefused("point_outside", row=row, place=f"{lat:.4g}, {lon:.4g}")


def _names(cells: dict[str, str]) -> dict[str, str]:
    """Thai and English name; a plain `name` goes where its letters belong."""
    thai, english = by_language(cells.get("name", ""))
    return {"name_th": cells.get("name_th") or thai, "name_en": cells.get("name_en") or english}


def _accuracy(text: str, *, row: int) -> float:
    """Metres; NaN where nothing is stated."""
    if not text:
        return math.nan
    number = _number(text)
    if number is None or number <= 0:
        raise FileRefused("point_accuracy", row=row, value=text[:40])
    return number
