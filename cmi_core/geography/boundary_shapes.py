"""
Shapes, names and coordinate system of a checked boundary file, as the file states them.

Runs in the worker process only. GeoJSON is read without GDAL, which would follow a `crs` link to the network.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataSourceError, FeatureError, FieldError, GeometryError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import FileRefused
from cmi_core.geography.boundary_files import FEATURE_LIMIT, VERTEX_LIMIT, Unpacked, the_layer
from cmi_core.tables.outside_json import read_json

Row = dict[str, str]
TEXT_LIMIT = 500
FIELD_LIMIT = 60
LAYERS_LOOKED_INTO = 20
WGS84 = "EPSG:4326"
UNREADABLE = (DataSourceError, FeatureError, FieldError, GeometryError, shapely.errors.ShapelyError)
KML_NOISE = frozenset(
    "timestamp begin end altitudeMode tessellate extrude visibility drawOrder icon".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Shapes:
    """
    What a file holds, row by row, before any rule is applied.

    `crs` is what the file says, None where it says nothing. `standard_crs` is True where its format
    prescribes WGS84 degrees for such silence (GeoJSON, RFC 7946 section 4).
    """

    format: str
    rows: list[Row]
    geometries: list[BaseGeometry | None]
    crs: str | None
    layer: str | None = None
    standard_crs: bool = False
    encoding: str | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)


def shapes(file: Unpacked, *, layer: str | None = None) -> Shapes:
    """Read a checked file; FileRefused where it is broken, too long, or a layer has to be chosen."""
    if file.format == "geojson":
        return _geojson(file.path)
    return _through_gdal(file, layer=layer)


# ---------------------------------------------------------------- GeoJSON


def _geojson(path: Path) -> Shapes:
    data = path.read_bytes()
    if data.count(b"[") > 3 * VERTEX_LIMIT:  # every vertex opens a bracket
        raise FileRefused("vertices", limit=VERTEX_LIMIT)
    document = geojson_document(data)
    features = geojson_features(document)
    if len(features) > FEATURE_LIMIT:
        raise FileRefused("features", limit=FEATURE_LIMIT)
    geometries = [_json_geometry(feature, row=row) for row, feature in enumerate(features, start=1)]
    return Shapes(
        format="geojson",
        rows=[_json_row(feature) for feature in features],
        geometries=geometries,
        crs=_json_crs(document),
        standard_crs=True,
        encoding="UTF-8",
    )


def geojson_document(data: bytes) -> dict[str, Any]:
    """The JSON object of a GeoJSON file; FileRefused where it is cut, nested without end, or no object."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise FileRefused("file_broken") from cause
    document = read_json(text, FileRefused("file_broken"))
    if not isinstance(document, dict):
        raise FileRefused("file_type")
    return document


def geojson_features(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The features of a collection, of one feature, or of a bare geometry."""
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if isinstance(features, list) and all(isinstance(feature, dict) for feature in features):
            return features
        raise FileRefused("file_broken")
    if kind == "Feature":
        return [document]
    if isinstance(kind, str) and ("coordinates" in document or "geometries" in document):
        return [{"geometry": document}]
    raise FileRefused("file_type")


def _json_row(feature: dict[str, Any]) -> Row:
    properties = feature.get("properties")
    found = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature:
        found.setdefault("id", feature["id"])
    return _as_row(found)


def _json_geometry(feature: dict[str, Any], *, row: int) -> BaseGeometry | None:
    if feature.get("geometry") is None:
        return None
    try:
        return shape(_even(feature["geometry"]))
    except (
        *UNREADABLE,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as cause:
        raise FileRefused("row_broken", row=row) from cause


def _even(geometry: dict[str, Any]) -> dict[str, Any]:
    """A geometry whose positions all have three numbers: files mix two, three and four."""
    if "geometries" in geometry:
        return {**geometry, "geometries": [_even(part) for part in geometry["geometries"]]}
    return {"type": geometry["type"], "coordinates": _positions(geometry["coordinates"])}


def _positions(coordinates: list[Any]) -> list[Any]:
    if coordinates and not isinstance(coordinates[0], list):
        x, y, height, *_ = [*map(float, coordinates), 0.0]
        return [x, y, height]
    return [_positions(part) for part in coordinates]


def _json_crs(document: dict[str, Any]) -> str | None:
    """
    The system an older GeoJSON names (2008 format, section 3); links are never followed.

    >>> _json_crs({"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}})
    'EPSG:32647'
    """
    if document.get("crs") is None:
        return None
    try:
        name = str(document["crs"]["properties"]["name"])
    except (KeyError, TypeError) as cause:
        raise FileRefused("crs_unknown", crs="?") from cause
    if name.endswith("CRS84"):
        return WGS84
    if match := re.fullmatch(r"(?:urn:ogc:def:crs:)?EPSG:[\d.]*:?(\d{4,6})", name, re.IGNORECASE):
        return f"EPSG:{match[1]}"
    raise FileRefused("crs_unknown", crs=name[:80])


# ---------------------------------------------------------------- GeoPackage, KML, Shapefile


def _through_gdal(file: Unpacked, *, layer: str | None) -> Shapes:
    encoding, assumed = (
        _dbf_encoding(file.path.with_suffix(".dbf")) if file.format == "shapefile" else (None, False)
    )
    try:
        chosen = file.layer or the_layer(_layers(file.path), layer=layer)
        inside = None if file.format == "shapefile" else chosen
        meta, _, wkb, columns = pyogrio.raw.read(
            file.path,
            layer=inside,
            encoding=encoding,
            max_features=FEATURE_LIMIT + 1,
            datetime_as_string=True,
        )
        if wkb is None:
            raise FileRefused("no_shapes")
        geometries = list(shapely.from_wkb(wkb))
    except (*UNREADABLE, UnicodeError, ValueError) as cause:
        raise FileRefused("file_broken") from cause
    if len(geometries) > FEATURE_LIMIT:
        raise FileRefused("features", limit=FEATURE_LIMIT)
    rows = list(_rows(list(meta["fields"]), columns, count=len(geometries)))
    crs = WGS84 if file.format in {"kml", "kmz"} else meta["crs"]
    notes = [{"code": "encoding_assumed", "encoding": encoding}] if assumed else []
    named = None if chosen == file.path.stem else chosen  # GDAL calls a nameless KML after our copy
    return Shapes(file.format, rows, geometries, crs, named, encoding=encoding, notes=notes)


def _layers(path: Path) -> list[str]:
    """Layers with shapes in them; of a few, those that hold none (empty KML folders) are left out."""
    named = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if 1 < len(named) <= LAYERS_LOOKED_INTO:
        named = [name for name in named if pyogrio.read_info(path, layer=name)["features"]]
    if not named:
        raise FileRefused("no_shapes")
    return named


def _rows(fields: list[str], columns: list[Any], *, count: int) -> Iterator[Row]:
    for number in range(count):
        yield _as_row({name: column[number] for name, column in zip(fields, columns, strict=True)})


def _as_row(found: dict[str, Any]) -> Row:
    """A row's own fields as short text; what is empty, nested or KML's housekeeping is left out."""
    kept = ((str(name), value) for name, value in found.items() if str(name) not in KML_NOISE)
    told = {name: _text(value) for name, value in kept if not isinstance(value, list | dict | bytes)}
    return dict(list({name: text for name, text in told.items() if text}.items())[:FIELD_LIMIT])


def _text(value: object) -> str:
    text = "" if value is None or value != value else str(value)
    return text.encode("utf-8", "replace").decode("utf-8").strip()[:TEXT_LIMIT]


def _dbf_encoding(path: Path) -> tuple[str, bool]:
    """
    The encoding of a table's text, and whether it is a guess.

    UTF-8 where the table's bytes are UTF-8, else what its .cpg names, else CP874 (Thai Windows).

    A .cpg that says UTF-8 over CP874 bytes is common, so the bytes are believed first.
    """
    data = path.read_bytes()
    records = int.from_bytes(data[8:10], "little")
    names = b"".join(data[at : at + 11] for at in range(32, records - 1, 32))
    try:
        (names + data[records:]).decode("utf-8")
    except UnicodeDecodeError:
        stated = _stated_encoding(path.with_suffix(".cpg"))
        return stated or "CP874", stated is None
    return "UTF-8", False


def _stated_encoding(cpg: Path) -> str | None:
    named = cpg.read_text(encoding="ascii", errors="ignore").strip() if cpg.exists() else ""
    candidate = re.sub(r"^(ANSI|OEM)?\s*(\d{3,4})$", r"cp\2", named, flags=re.IGNORECASE)
    try:
        known = codecs.lookup(candidate).name if candidate else ""
    except LookupError:
        known = ""
    return known.upper() if known and known != "utf-8" else None
