"""
The features of a GIS file, of any kind, where they lie: what both boundaries and points are taken from.

Pure; runs in the worker process.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cmi_core.geography.boundary_files import Asking
from cmi_core.geography.boundary_shapes import Row, Shapes
from cmi_core.geography.gis_systems import placed
from cmi_core.geography.place_names import called
from cmi_core.tables.questions import LeftOut, Question


@dataclass(frozen=True)
class Feature:
    """One row of the file (from 1): its own fields, the kind of its shape, and the shape in WGS84, flat."""

    row: int
    attributes: Row
    kind: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Found:
    """The rows that have a place, in the file's order, and what is asked, said and left out on the way."""

    rows: list[Feature]
    source_crs: str
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[dict[str, Any], ...] = ()
    drawn: dict[str, list[BaseGeometry]] = field(default_factory=dict)


def features(found: Shapes, asking: Asking) -> Found:
    """Each shape of a file in its place; those without one are left out, each with its reason."""
    flat = [None if shape is None else shapely.force_2d(shape) for shape in found.geometries]
    place = placed(flat, found.crs, prescribed=found.standard_crs, answers=asking.answers)
    rows, left_out = [], list(found.left_out)
    for number, (attributes, shape) in enumerate(zip(found.rows, place.geometries, strict=True), start=1):
        if shape is not None:
            rows.append(Feature(number, attributes, shape.geom_type, shape))
        elif number in found.faults:
            left_out.append(shape_out(number, attributes, "gis_files.shape_broken"))
        elif number in place.strays:
            left_out.append(shape_out(number, attributes, "gis_files.shape_outside", at=place.strays[number]))
        else:
            left_out.append(shape_out(number, attributes, "gis_files.shape_none"))
    heights = ({"code": "height_dropped"},) if _has_heights(found.geometries) else ()
    return Found(
        rows,
        place.source_crs,
        (*found.questions, *place.questions),
        tuple(left_out),
        (*found.text.notes, *heights, *place.notes),
        place.drawn,
    )


def shape_out(row: int, attributes: Row, reason: str, **details: object) -> LeftOut:
    """A row that is not taken, by its number and its name."""
    name = called(attributes)
    return LeftOut("shape", f"{row}: {name}" if name else str(row), reason, details)


def _has_heights(geometries: list[BaseGeometry | None]) -> bool:
    """Whether any height is given other than the 0 that KML always writes."""
    shapes = [shape for shape in geometries if shape is not None]
    heights = shapely.get_coordinates(shapes, include_z=True)[:, 2]
    return bool((np.nan_to_num(heights) != 0).any())
