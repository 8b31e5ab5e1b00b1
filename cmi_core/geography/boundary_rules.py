"""
The rules a boundary file is held to: coordinate system, place, validity, overlaps, names.

Pure: shapes in, WGS84 polygons and warnings out. Areas are geodesic, in km2. Runs in the worker process.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import FileRefused
from cmi_core.geography.boundary_files import VERTEX_LIMIT
from cmi_core.geography.boundary_shapes import WGS84, Row, Shapes
from cmi_core.geography.measures import CHIANG_MAI_PROVINCE_ROUGHLY, THAILAND_ROUGHLY, area_km2
from cmi_core.geography.place_names import code_and_names

ANSWERS = (32647, 24047, 32648, 24048)
SNAP_DEGREES = 1e-7
BEYOND_ANY_MAP = 1e8  # metres: more than twice around the earth in any projection
SMALL_PART_KM2 = 0.001
OVERLAP_KM2 = 0.0001
OVERLAPS_TOLD = 50
POLYGONS = frozenset({"Polygon", "MultiPolygon"})
CROSSINGS = ("Self-intersection", "Ring Self-intersection")

Note = dict[str, Any]


@dataclass(frozen=True)
class Area:
    """One accepted row: its number in the file (from 1), names as far as they could be told, WGS84 shape."""

    row: int
    code: str
    name_th: str
    name_en: str
    attributes: Row
    geometry: BaseGeometry


@dataclass(frozen=True)
class Accepted:
    """What the rules let through: areas, warnings in the order met, and the system they were read in."""

    areas: list[Area]
    notes: list[Note]
    source_crs: str


def accepted(found: Shapes, *, answer: int | None = None) -> Accepted:
    """Hold a file's shapes to every rule; `answer` is the reader's choice of ANSWERS for silent metres."""
    _refuse_unusable(found.geometries)
    flat = [None if shape is None else shapely.force_2d(shape) for shape in found.geometries]
    notes = [*found.notes]
    if _has_heights(found.geometries):
        notes.append({"code": "height_dropped"})
    source, assumed = _source_crs(found, _bounds(flat), answer=answer)
    notes += [{"code": "crs_assumed"}] if assumed else []
    placed, swapped = _placed(flat, source)
    notes += [{"code": "axes_swapped"}] if swapped else []
    areas = []
    for row, (attributes, shape) in enumerate(zip(found.rows, placed, strict=True), start=1):
        sound, told = _sound(shape, row=row)
        notes += told
        if sound is not None:
            areas.append(Area(row, *code_and_names(attributes), attributes, sound))
    if not areas:
        raise FileRefused("no_shapes")
    _refuse_doubles(areas)
    return Accepted(areas, [*notes, *_remarks(areas)], _crs_name(source))


# ---------------------------------------------------------------- what cannot be used at all


def _refuse_unusable(geometries: list[BaseGeometry | None]) -> None:
    present = [shape for shape in geometries if shape is not None and not shape.is_empty]
    if not present:
        raise FileRefused("no_shapes")
    if int(shapely.get_num_coordinates(present).sum()) > VERTEX_LIMIT:
        raise FileRefused("vertices", limit=VERTEX_LIMIT)
    if kinds := sorted({shape.geom_type for shape in present if not _polygons(shape)}):
        raise FileRefused("not_polygon", kinds=", ".join(kinds))
    if not np.isfinite(shapely.get_coordinates(present)).all():
        raise FileRefused("file_broken")


def _has_heights(geometries: list[BaseGeometry | None]) -> bool:
    """Whether any height is given other than the 0 that KML always writes."""
    heights = shapely.get_coordinates([shape for shape in geometries if shape], include_z=True)[:, 2]
    return bool((np.nan_to_num(heights) != 0).any())


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """The polygons in a shape, however deep: all a boundary may be made of."""
    if shape.geom_type == "Polygon":
        return [] if shape.is_empty else [shape]
    if shape.geom_type in {"MultiPolygon", "GeometryCollection"}:
        return [polygon for part in shapely.get_parts(shape) for polygon in _polygons(part)]
    return []


def _refuse_doubles(areas: list[Area]) -> None:
    """An id may stand once; 0 is what GIS software writes for "none"."""
    codes = sorted(area.code for area in areas if area.code not in {"", "0"})
    for first, second in pairwise(codes):
        if first == second:
            raise FileRefused("dup_id", code=first)


# ---------------------------------------------------------------- coordinate systems


def _bounds(geometries: list[BaseGeometry | None]) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds([shape for shape in geometries if shape is not None])
    return float(west), float(south), float(east), float(north)


def _source_crs(
    found: Shapes, bounds: tuple[float, float, float, float], *, answer: int | None
) -> tuple[pyproj.CRS, bool]:
    """The system to read the numbers in, and whether it had to be assumed."""
    largest = max(map(abs, bounds))
    if largest > BEYOND_ANY_MAP:
        raise FileRefused("coordinates_absurd", value=f"{largest:.3g}")
    degrees = largest <= 180.0
    declared = _declared(found.crs)
    if declared is not None:
        if declared.is_geographic and not degrees:
            raise FileRefused("crs_wrong")
        return declared, False
    if degrees:
        return pyproj.CRS(WGS84), not found.standard_crs
    if answer is None:
        raise FileRefused("crs_missing", choices=ANSWERS)
    if answer not in ANSWERS:
        raise FileRefused("crs_unknown", crs=f"EPSG:{answer}")
    return pyproj.CRS(answer), False


def _declared(text: str | None) -> pyproj.CRS | None:
    """What the file says, with its EPSG number looked up so that the datum shift is the registered one."""
    if not text:
        return None
    try:
        crs = pyproj.CRS(text)
    except CRSError as cause:
        raise FileRefused("crs_unknown", crs=text[:80]) from cause
    if not (crs.is_geographic or crs.is_projected):
        return None
    code = crs.to_epsg(min_confidence=60)
    return crs if code is None else pyproj.CRS(code)


def _crs_name(crs: pyproj.CRS) -> str:
    code = crs.to_epsg()
    return crs.name if code is None else f"EPSG:{code}"


def _placed(
    geometries: list[BaseGeometry | None], source: pyproj.CRS
) -> tuple[list[BaseGeometry | None], bool]:
    """Shapes in WGS84, and whether latitude and longitude had to be exchanged to land in Thailand."""
    straight = _in_wgs84(geometries, source)
    if _stray(straight) is None:
        return straight, False
    swapped = _in_wgs84([_swapped(shape) for shape in geometries], source)
    if _stray(swapped) is None:
        return swapped, True
    row, place = _stray(straight) or (0, "")
    raise FileRefused("outside_thailand", row=row, place=place)


def _swapped(shape: BaseGeometry | None) -> BaseGeometry | None:
    return None if shape is None else shapely.transform(shape, lambda pairs: pairs[:, ::-1])


def _in_wgs84(geometries: list[BaseGeometry | None], source: pyproj.CRS) -> list[BaseGeometry | None]:
    if source == pyproj.CRS(WGS84):
        return geometries
    try:
        change = pyproj.Transformer.from_crs(source, WGS84, always_xy=True, allow_ballpark=False)
        return [
            None if shape is None else shapely.transform(shape, change.transform, interleaved=False)
            for shape in geometries
        ]
    except ProjError as cause:
        raise FileRefused("crs_unknown", crs=_crs_name(source)) from cause


def _stray(geometries: list[BaseGeometry | None]) -> tuple[int, str] | None:
    """The first row outside Thailand, with "latitude, longitude" of a corner; None if all lie inside."""
    for row, shape in enumerate(geometries, start=1):
        if shape is not None and not shape.is_empty and not _within(shape, THAILAND_ROUGHLY):
            west, south, _, _ = shape.bounds
            return row, f"{south:.4g}, {west:.4g}"
    return None


def _within(shape: BaseGeometry, frame: tuple[float, float, float, float]) -> bool:
    west, south, east, north = shape.bounds
    return frame[0] <= west and frame[1] <= south and east <= frame[2] and north <= frame[3]


# ---------------------------------------------------------------- validity


def _sound(shape: BaseGeometry | None, *, row: int) -> tuple[BaseGeometry | None, list[Note]]:
    """A valid polygon on the 1e-7 degree grid (about 1 cm), and what had to be done for it."""
    if shape is None or shape.is_empty:
        return None, [{"code": "row_empty", "row": row}]
    reason = shapely.is_valid_reason(shape)
    sound = shapely.set_precision(_valid(shape), SNAP_DEGREES)
    if not _polygons(sound):
        return None, [{"code": "row_empty", "row": row}]
    parts = _polygons(sound)
    whole = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    if reason == "Valid Geometry":
        return shapely.orient_polygons(whole), []
    return shapely.orient_polygons(whole), [_repair(row, reason, before=shape, after=whole)]


def _valid(shape: BaseGeometry) -> BaseGeometry:
    """The shape's polygons, repaired and, where a collection's overlap, joined."""
    repaired = shape if shape.is_valid else _made_valid(shape)
    parts = _polygons(repaired)
    whole = shapely.multipolygons(parts) if parts else shapely.MultiPolygon()
    return whole if whole.is_valid else shapely.union_all(parts)


def _made_valid(shape: BaseGeometry) -> BaseGeometry:
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _repair(row: int, reason: str, *, before: BaseGeometry, after: BaseGeometry) -> Note:
    """
    A repaired row with GEOS's reason and both areas in km2.

    A ring that crosses itself runs partly backwards, so its area before is the net of its loops.
    """
    cause, _, place = reason.partition("[")
    crossed = cause in CROSSINGS
    return {
        "code": "repaired" if crossed else "repaired_rings",
        "row": row,
        "reason": cause.strip(),
        "place": place.rstrip("]"),
        "before": round(sum(area_km2(part) for part in _polygons(before)), 4),
        "after": round(area_km2(after), 4),
    }


# ---------------------------------------------------------------- what a reader should look at


def _remarks(areas: list[Area]) -> list[Note]:
    outside = [
        {"code": "outside_province", "row": area.row}
        for area in areas
        if not _within(area.geometry, CHIANG_MAI_PROVINCE_ROUGHLY)
    ]
    return [*_small_parts(areas), *_overlaps(areas), *outside]


def _small_parts(areas: list[Area]) -> list[Note]:
    notes = []
    for area in areas:
        sizes = [size for part in _polygons(area.geometry) if (size := area_km2(part)) < SMALL_PART_KM2]
        if sizes:
            notes.append(
                {"code": "small_part", "row": area.row, "count": len(sizes), "smallest": round(min(sizes), 6)}
            )
    return notes


def _overlaps(areas: list[Area]) -> list[Note]:
    """Pairs sharing more than 100 m2; the first 50, since more say no more."""
    shapes = [area.geometry for area in areas]
    firsts, seconds = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    notes: list[Note] = []
    for first, second in zip(firsts.tolist(), seconds.tolist(), strict=True):
        if first >= second or len(notes) == OVERLAPS_TOLD:
            continue
        shared = area_km2(shapely.intersection(shapes[first], shapes[second]))
        if shared > OVERLAP_KM2:
            pair = {"first": areas[first].row, "second": areas[second].row}
            notes.append({"code": "overlap", **pair, "area": round(shared, 4)})
    return notes
