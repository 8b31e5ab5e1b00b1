"""
Shapes, fields and coordinate system of a checked GIS file, as the file states them.

Runs in the worker process only. GeoJSON is read without GDAL, which would follow a `crs` link to the network.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataSourceError, FeatureError, FieldError, GeometryError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import FileRefused
from cmi_core.geography.boundary_files import VERTEX_LIMIT, Asking, Unpacked, the_layer
from cmi_core.geography.gis_systems import WGS84
from cmi_core.geography.gis_text import Text, understood
from cmi_core.tables.outside_json import read_json
from cmi_core.tables.questions import Candidate, LeftOut, Question

Row = dict[str, str]
TEXT_LIMIT = 500
FIELD_LIMIT = 60
LAYERS_LOOKED_INTO = 20
ALL_LAYERS = "*"
FOLDER = "folder"
BEYOND_ANY_MAP = 1e8  # metres: more than twice around the earth in any projection
UNREADABLE = (DataSourceError, FeatureError, FieldError, GeometryError, shapely.errors.ShapelyError)
NO_GEOMETRY = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
KML_NOISE = frozenset(
    "timestamp begin end altitudeMode tessellate extrude visibility drawOrder icon".split()  # noqa: SIM905
)
# No address is opened: what ends in a number of EPSG's is that number.
CRS_NAME = r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?EPSG[:/][\d.]*[:/]?(\d{4,6})"
GPX_LAYERS = ("waypoints", "routes", "tracks")  # their points are read with them
THAI_TABLES = (0x50, 0x7C)  # what a .dbf says in byte 29 where it is in Thai


@dataclass(frozen=True)
class Shapes:
    """
    What a file holds, row by row, before any rule is applied: `faults` has the reason of each row without a usable shape.

    `crs` is what the file says, None where it says nothing. `standard_crs` is True where its format
    prescribes WGS84 degrees for such silence (GeoJSON, RFC 7946 section 4).
    """

    format: str
    fields: list[str]
    rows: list[Row]
    geometries: list[BaseGeometry | None]
    crs: str | None
    layer: str | None = None
    standard_crs: bool = False
    text: Text = field(default_factory=Text)
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    faults: dict[int, FileRefused] = field(default_factory=dict)


@dataclass
class _Layer:
    """One layer as it was read: its fields, a list of values per row, and the shapes."""

    name: str
    fields: list[str]
    values: list[list[Any]]
    geometries: list[BaseGeometry | None]
    crs: str | None = None


def shapes(file: Unpacked, asking: Asking | None = None) -> Shapes:
    """Read a checked file; FileRefused where it is broken or too long, StillAsked where a layer has to be chosen."""
    asking = asking or Asking()
    found = _geojson(file.path, asking) if file.format == "geojson" else _through_gdal(file, asking)
    return _usable(found)


# ---------------------------------------------------------------- what of it can be used


def _usable(found: Shapes) -> Shapes:
    """Without the shapes that are broken, endless or beyond any map; FileRefused where none is left."""
    faults = dict(found.faults)
    for row, geometry in enumerate(found.geometries, start=1):
        if geometry is not None and not geometry.is_empty and (fault := _fault(geometry)):
            faults[row] = fault
    kept = [
        None if row in faults or geometry is None or geometry.is_empty else geometry
        for row, geometry in enumerate(found.geometries, start=1)
    ]
    if not any(geometry is not None for geometry in kept):
        raise next(iter(faults.values()), FileRefused("no_shapes"))
    if int(shapely.get_num_coordinates(np.array([*kept, None], dtype=object)).sum()) > VERTEX_LIMIT:
        raise FileRefused("vertices", limit=VERTEX_LIMIT)
    return replace(found, geometries=kept, faults=faults)


def _fault(geometry: BaseGeometry) -> FileRefused | None:
    corners = shapely.get_coordinates(geometry)
    if not np.isfinite(corners).all():
        return FileRefused("file_broken")
    if (largest := float(np.abs(corners).max())) > BEYOND_ANY_MAP:
        return FileRefused("coordinates_absurd", value=f"{largest:.3g}")
    return None


# ---------------------------------------------------------------- GeoJSON


def _geojson(path: Path, asking: Asking) -> Shapes:
    data = path.read_bytes()
    if data.count(b"[") > 3 * VERTEX_LIMIT:  # every vertex opens a bracket
        raise FileRefused("vertices", limit=VERTEX_LIMIT)
    written, encoding = _decoded(data)
    document = geojson_document(written)
    features = geojson_features(document)
    if len(features) > asking.most:
        raise FileRefused("features", limit=asking.most)
    properties = [_properties(feature) for feature in features]
    text = Text(encoding)
    if not encoding:
        text = understood(_texts(properties), declared=None, answers=asking.answers)
    geometries, faults = [], {}
    for row, feature in enumerate(features, start=1):
        try:
            geometries.append(_json_geometry(feature, row=row))
        except FileRefused as fault:
            geometries.append(None)
            faults[row] = fault
    fields, rows, left_out = _told(properties, text.read)
    return Shapes(
        "geojson", fields, rows, geometries, _json_crs(document), standard_crs=True, text=text,
        questions=text.questions, left_out=left_out, faults=faults,
    )  # fmt: skip


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding; as Latin-1 and without one where it is neither UTF-8 nor UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as cause:
            raise FileRefused("file_broken") from cause
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), ""


def geojson_document(text: str) -> dict[str, Any]:
    """The JSON object of a GeoJSON file; FileRefused where it is cut, nested without end, or no object."""
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


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    """The feature's own fields; those within a field (the tags of an older OpenStreetMap export) by both names."""
    properties = feature.get("properties")
    found: dict[str, Any] = {}
    for name, value in (properties if isinstance(properties, dict) else {}).items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": told for inner, told in value.items()}
        else:
            found[name] = value
    if "id" in feature:
        found.setdefault("id", feature["id"])
        if str(found["id"]) != str(feature["id"]):
            found.setdefault("feature id", feature["id"])
    return found


def _texts(properties: Iterable[dict[str, Any]]) -> Iterator[str]:
    for found in properties:
        yield from found
        yield from (value for value in found.values() if isinstance(value, str))


def _json_geometry(feature: dict[str, Any], *, row: int) -> BaseGeometry | None:
    if feature.get("geometry") is None:
        return None
    try:
        return shape(_even(feature["geometry"]))
    except (*UNREADABLE, *NO_GEOMETRY) as cause:
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
    if match := re.fullmatch(CRS_NAME, name, re.IGNORECASE):
        return f"EPSG:{match[1]}"
    raise FileRefused("crs_unknown", crs=name[:80])


# ---------------------------------------------------------------- GeoPackage, Geodatabase, KML, GPX, Shapefile


def _through_gdal(file: Unpacked, asking: Asking) -> Shapes:
    questions, left_out = file.questions, file.left_out
    try:
        if file.format == "shapefile":
            layers = [_layer(file.path, file.layer or "", asking, shapefile=True)]
        elif file.format == "gpx":
            layers = [_layer(file.path, name, asking) for name in GPX_LAYERS]
        else:
            names, asked, others = _chosen(file, asking)
            questions, left_out = (*questions, *asked), (*left_out, *others)
            layers = [_layer(file.path, name, asking) for name in names]
    except (*UNREADABLE, UnicodeError, ValueError) as cause:
        raise FileRefused("file_broken") from cause
    if sum(len(layer.geometries) for layer in layers) > asking.most:
        raise FileRefused("features", limit=asking.most)
    folders = file.format in {"kml", "kmz"}
    found = [row for layer in layers for row in _values(layer, file.path.stem if folders else None)]
    text = Text()
    if file.format == "shapefile" or file.bytes_kept:
        declared = _declared_encoding(file.path) if file.format == "shapefile" else file.declared
        text = understood(_texts(found), declared=declared, answers=asking.answers)
    fields, rows, dropped = _told(found, text.read)
    names = [layer.name for layer in layers if layer.name != file.path.stem]  # GDAL's name for a nameless KML
    unread = (file.counted or 0) - len(rows)
    if unread > 0 and not any(item.reason == "gis_files.layer_not_chosen" for item in left_out):
        dropped = (*dropped, LeftOut("shape", "?", "gis_files.shapes_unread", {"count": unread}))
    return Shapes(
        file.format,
        fields,
        rows,
        [geometry for layer in layers for geometry in layer.geometries],
        WGS84 if file.format in {"kml", "kmz", "gpx"} else layers[0].crs,
        names[0] if len(names) == 1 and file.format != "gpx" else None,
        text=text,
        questions=(*questions, *text.questions),
        left_out=(*left_out, *dropped),
    )


def _chosen(file: Unpacked, asking: Asking) -> tuple[list[str], tuple[Question, ...], tuple[LeftOut, ...]]:
    """The layers to read: of a KML all of its folders or one, of other files one."""
    kinds = {str(name): kind for name, kind in pyogrio.list_layers(file.path)}
    bare = [
        LeftOut("sheet", name, "gis_files.layer_without_shapes")
        for name, kind in kinds.items()
        if kind is None
    ]
    kinds = {name: str(kind) for name, kind in kinds.items() if kind is not None}
    if 1 < len(kinds) <= LAYERS_LOOKED_INTO:  # of a few, those that hold nothing (empty KML folders)
        filled = {name for name in kinds if pyogrio.read_info(file.path, layer=name)["features"]}
        bare += [LeftOut("sheet", name, "gis_files.layer_empty") for name in kinds if name not in filled]
        kinds = {name: kind for name, kind in kinds.items() if name in filled}
    if not kinds:
        raise FileRefused("no_shapes")
    if file.format in {"kml", "kmz"} and len(kinds) > 1:
        question = Question(
            "layer",
            "gis_files.folder",
            (
                Candidate(ALL_LAYERS, say="gis_files.all_folders"),
                *(Candidate(name, told=name) for name in kinds),
            ),
            ALL_LAYERS,
            details={"count": len(kinds)},
        )
        answer = question.settled(asking.answers)
        names = [name for name in kinds if answer in (name, ALL_LAYERS)]
        bare += [LeftOut("sheet", name, "gis_files.layer_not_chosen") for name in kinds if name not in names]
        return names, (question,), tuple(bare)
    chosen, questions, others = the_layer(kinds, asking)
    return [chosen], questions, (*bare, *others)


def _layer(path: Path, name: str, asking: Asking, *, shapefile: bool = False) -> _Layer:
    """One layer; the text of a Shapefile as Latin-1, which keeps each of its bytes."""
    meta, _, wkb, columns = pyogrio.raw.read(
        path,
        layer=None if shapefile else name,
        encoding="ISO-8859-1" if shapefile else None,
        max_features=asking.most + 1,
        datetime_as_string=True,
    )
    if wkb is None:
        raise FileRefused("no_shapes")
    values = [list(row) for row in zip(*columns, strict=True)] if len(columns) else [[] for _ in wkb]
    return _Layer(
        name, [str(told) for told in meta["fields"]], values, list(shapely.from_wkb(wkb)), meta["crs"]
    )


def _values(layer: _Layer, nameless: str | None) -> Iterator[dict[str, Any]]:
    """The rows of a layer; those of a KML with the folder that they are in."""
    folder = {FOLDER: layer.name} if nameless not in (None, layer.name) else {}
    for values in layer.values:
        yield dict(zip(layer.fields, values, strict=True)) | folder


def _declared_encoding(path: Path) -> str | None:
    """What a Shapefile says of its text, in its .cpg or in its table; None where it says nothing that can be meant."""
    cpg = path.with_suffix(".cpg")
    named = cpg.read_text(encoding="ascii", errors="ignore").strip()[:40] if cpg.exists() else ""
    if named:
        return named
    with path.with_suffix(".dbf").open("rb") as file:
        mark = file.read(30)[29:]
    return "CP874" if mark and mark[0] in THAI_TABLES else None


# ---------------------------------------------------------------- fields


def _told(
    found: list[dict[str, Any]], read: Callable[[str], str]
) -> tuple[list[str], list[Row], tuple[LeftOut, ...]]:
    """The fields in order and each row's own as short text; empty ones and KML's housekeeping left out of a row."""
    named = {name: read(str(name)) for row in found for name in row if name not in KML_NOISE}
    kept = dict(list(named.items())[:FIELD_LIMIT])
    rows = []
    for row in found:
        told = {kept[name]: _text(value, read) for name, value in row.items() if name in kept}
        rows.append({name: text for name, text in told.items() if text})
    beyond = [named[name] for name in named if name not in kept]
    left_out = tuple(
        LeftOut("column", name[:TEXT_LIMIT], "gis_files.fields_many", {"limit": FIELD_LIMIT})
        for name in beyond
    )
    filled = {name for row in rows for name in row}
    return [name for name in dict.fromkeys(kept.values()) if name in filled], rows, left_out


def _text(value: object, read: Callable[[str], str]) -> str:
    """A value as a person reads it: a whole number without a point, a list as it is written."""
    if value is None or value != value or isinstance(value, bytes) or str(value) == "NaT":
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer() and abs(float(value)) < 1e15:
        value = int(value)
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    text = read(value) if isinstance(value, str) else str(value)
    plain = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip()
    return plain if len(plain) <= TEXT_LIMIT else f"{plain[: TEXT_LIMIT - 1]}…"
