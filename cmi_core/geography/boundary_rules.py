"""
The rules a boundary file is held to: areas only, validity, overlaps, place.

Pure: features in WGS84 in, polygons, warnings and what is left out, out. Areas are geodesic, in km2. Runs in the worker process.
"""

from dataclasses import replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import FileRefused
from cmi_core.geography.gis_features import Feature, Found, shape_out
from cmi_core.geography.measures import CHIANG_MAI_PROVINCE_ROUGHLY, area_km2
from cmi_core.tables.questions import LeftOut

SNAP_DEGREES = 1e-7
SMALL_PART_KM2 = 0.001
OVERLAP_KM2 = 0.0001
OVERLAPS_TOLD = 50
CROSSINGS = ("Self-intersection", "Ring Self-intersection")

Note = dict[str, Any]


def accepted(found: Found) -> Found:
    """A file's areas, sound and told about; what is no area is left out. FileRefused where it holds none."""
    if not any(_polygons(row.geometry) for row in found.rows):
        kinds = sorted({row.kind for row in found.rows})
        raise FileRefused("not_polygon", kinds=", ".join(kinds)) if kinds else FileRefused("no_shapes")
    areas: list[Feature] = []
    notes, left_out = [*found.notes], [*found.left_out]
    for row in found.rows:
        left_out += _no_areas(row)
        if not _polygons(row.geometry):
            continue
        sound, told = _sound(row.geometry, row=row.row)
        notes += told
        if sound is None:
            left_out.append(shape_out(row.row, row.attributes, "read_boundaries.no_area"))
        else:
            areas.append(replace(row, geometry=sound))
    if not areas:
        raise FileRefused("no_shapes")
    return replace(
        found, rows=areas, notes=(*notes, *_remarks(areas)), left_out=tuple(sorted(left_out, key=_place))
    )


def _place(item: LeftOut) -> int:
    """Rows in the order of the file, after what is no row."""
    number = item.where.partition(":")[0]
    return int(number) if item.kind == "shape" and number.isdecimal() else 0


def _no_areas(row: Feature) -> list[LeftOut]:
    """What of a row is a point or a line: all of it, or parts of a collection."""
    points, lines = (_parts(row.geometry, dimension) for dimension in (0, 1))
    if row.kind != "GeometryCollection":
        reason = "read_boundaries.is_point" if points else "read_boundaries.is_line" if lines else ""
        return [shape_out(row.row, row.attributes, reason)] if reason else []
    counted = {"read_boundaries.points_inside": points, "read_boundaries.lines_inside": lines}
    return [
        shape_out(row.row, row.attributes, reason, count=count) for reason, count in counted.items() if count
    ]


def _parts(shape: BaseGeometry, dimension: int) -> int:
    """How many points (0) or lines (1) there are in a shape, however deep."""
    if hasattr(shape, "geoms"):
        return sum(_parts(part, dimension) for part in shape.geoms)
    return int(shapely.get_dimensions(shape) == dimension and not shape.is_empty)


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """The polygons in a shape, however deep: all a boundary may be made of."""
    if shape.geom_type == "Polygon":
        return [] if shape.is_empty else [shape]
    if shape.geom_type in {"MultiPolygon", "GeometryCollection"}:
        return [polygon for part in shapely.get_parts(shape) for polygon in _polygons(part)]
    return []


# ---------------------------------------------------------------- validity


def _sound(shape: BaseGeometry, *, row: int) -> tuple[BaseGeometry | None, list[Note]]:
    """A valid polygon on the 1e-7 degree grid (about 1 cm), and what had to be done for it; None where it has no area."""
    reason = shapely.is_valid_reason(shape)
    sound = shapely.set_precision(_valid(shape), SNAP_DEGREES)
    if not _polygons(sound):
        return None, []
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


def _remarks(areas: list[Feature]) -> list[Note]:
    outside = [{"code": "outside_province", "row": area.row} for area in areas if not _within(area.geometry)]
    return [*_small_parts(areas), *_overlaps(areas), *outside]


def _small_parts(areas: list[Feature]) -> list[Note]:
    notes = []
    for area in areas:
        sizes = [size for part in _polygons(area.geometry) if (size := area_km2(part)) < SMALL_PART_KM2]
        if sizes:
            notes.append(
                {"code": "small_part", "row": area.row, "count": len(sizes), "smallest": round(min(sizes), 6)}
            )
    return notes


def _overlaps(areas: list[Feature]) -> list[Note]:
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


def _within(shape: BaseGeometry) -> bool:
    west, south, east, north = shape.bounds
    frame = CHIANG_MAI_PROVINCE_ROUGHLY
    return frame[0] <= west and frame[1] <= south and east <= frame[2] and north <= frame[3]
