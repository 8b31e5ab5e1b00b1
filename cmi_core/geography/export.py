"""
Places and points as files to take away: GeoJSON and CSV that carry their licence and their caution.

The sentences come in as arguments, in the reader's language; coordinates are WGS84 degrees to 7 decimals.
"""

import csv
import io
import json
import math
import re
from typing import Any

import geopandas
import shapely

from cmi_core.geography.measures import INDICATIVE

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DECIMALS = 7


def to_geojson(places: geopandas.GeoDataFrame, *, name: str, licence: str, note: str) -> bytes:
    """
    A FeatureCollection (RFC 7946) with `licence` and `note` as members of the whole.

    A feature whose `boundary_kind` is indicative repeats the note, so that it travels with the shape.
    """
    features = [
        {
            "type": "Feature",
            "properties": _licensed(_properties(row, note=note), licence),
            "geometry": _geometry(shape),
        }
        for row, shape in zip(_rows(places), places.geometry, strict=True)
    ]
    document = {
        "type": "FeatureCollection",
        "name": name,
        "licence": licence,
        "note": note,
        "features": features,
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def to_csv(places: geopandas.GeoDataFrame, *, licence: str, note: str) -> bytes:
    """
    A table with each row's note and licence, and `lon`, `lat` of the point or of a point inside the area.

    A row that states a licence of its own keeps it; `licence` is that of all others.

    UTF-8 with a byte-order mark, which Excel needs for Thai.
    """
    rows = [
        _licensed(_properties(row, note=note), licence) | _position(shape)
        for row, shape in zip(_rows(places), places.geometry, strict=True)
    ]
    header = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(column) for column in header])
    writer.writerows([safe_cell(row.get(column)) for column in header] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def safe_cell(value: object) -> str:
    """
    A cell no spreadsheet takes for a formula: an apostrophe before = + - @ tab CR, unless it is a number.

    >>> safe_cell("=1+1"), safe_cell("-3.5"), safe_cell(None)
    ("'=1+1", '-3.5', '')
    """
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _rows(places: geopandas.GeoDataFrame) -> list[dict[str, Any]]:
    table = places.drop(columns=places.geometry.name)
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _properties(row: dict[str, Any], *, note: str) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in row.items()}
    return plain | {"note": note if plain.get("boundary_kind", INDICATIVE) == INDICATIVE else None}


def _licensed(row: dict[str, Any], licence: str) -> dict[str, Any]:
    return row | {"licence": row.get("licence") or licence}


def _plain(value: Any) -> Any:
    """A value JSON knows; what is not known becomes null, what JSON does not know becomes text."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value != value or value in {math.inf, -math.inf}:
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def _geometry(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    """A geometry object, outer rings counter-clockwise (RFC 7946 section 3.1.6)."""
    if shape is None or shape.is_empty:
        return None
    rounded = shapely.transform(shape, lambda pairs: pairs.round(DECIMALS))
    return shapely.geometry.mapping(shapely.orient_polygons(rounded))


def _position(shape: shapely.Geometry | None) -> dict[str, float | None]:
    if shape is None or shape.is_empty:
        return {"lon": None, "lat": None}
    inside = shape.representative_point()
    return {"lon": round(inside.x, DECIMALS), "lat": round(inside.y, DECIMALS)}
