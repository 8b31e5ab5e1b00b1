"""Points of a GIS file: a point as it lies; an area by its centre, if somebody says so; all else is listed."""

from pathlib import PurePosixPath

import shapely

from cmi_core.geography.gis_files import Feature, Features
from cmi_core.geography.place_names import called
from cmi_core.geography.point_source import Source, filled
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question
from cmi_core.text.typed import shown

_AREAS = ("Polygon", "MultiPolygon")
_SAID = {
    "LineString": "shape_line",
    "MultiLineString": "shape_line",
    "Polygon": "shape_area",
    "MultiPolygon": "shape_area",
    "MultiPoint": "shape_many",
}


def of_features(read: Features, answers: Answers) -> Source:
    """The features of a file that are points, or may be taken for one."""
    placed: dict[int, tuple[float, float]] = {}
    found = Source(
        headings={name: shown(name, most=80) for name in read.fields},
        rows=[],
        placed=placed,
        questions=list(read.questions),
        notes=list(read.notes),
        drawn=dict(read.drawn),
        left_out=list(read.left_out),
        understood={
            "format": read.format,
            "encoding": read.encoding or "",
            "crs": read.source_crs,
            "layer": read.layer or "",
        },
    )
    found.hints += [read.layer or "", PurePosixPath(read.filename).stem]
    areas = [feature for feature in read.rows if feature.kind in _AREAS]
    centres = _centres(areas, found, answers)
    for feature in read.rows:
        point = _point(feature)
        if point is None and centres and feature.kind in _AREAS:
            point = _centre(feature)
        if point is None:
            reason = f"read_points.{_SAID.get(feature.kind, 'shape_mixed')}"
            found.left_out.append(LeftOut("shape", _named(feature), reason))
            continue
        placed[feature.row] = (point.x, point.y)
        found.rows.append((feature.row, filled(feature.attributes)))
    return found


def _centres(areas: list[Feature], found: Source, answers: Answers) -> bool:
    """Whether an area counts as a point at its centre: asked once, and left out until somebody says so."""
    if not areas:
        return False
    lies = tuple(f"{_named(area)} {_centre(area).y:.6f}, {_centre(area).x:.6f}" for area in areas[:3])
    question = Question(
        "areas",
        "read_points.ask_areas",
        (
            Candidate("out", say="read_points.leave_out"),
            Candidate("centre", say="read_points.take_centre", sample=lies),
        ),
        default="out",
        details={"count": len(areas)},
    )
    found.questions.append(question)
    return question.settled(answers) == "centre"


def _point(feature: Feature) -> shapely.Point | None:
    shape = feature.geometry
    if isinstance(shape, shapely.MultiPoint) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    return shape if isinstance(shape, shapely.Point) and not shape.is_empty else None


def _centre(area: Feature) -> shapely.Point:
    """The middle of an area, or a point on it where its middle lies outside of it."""
    middle = area.geometry.centroid
    return middle if area.geometry.intersects(middle) else area.geometry.representative_point()


def _named(feature: Feature) -> str:
    name = called(feature.attributes)
    return f"{feature.row}: {shown(name)}" if name else str(feature.row)
