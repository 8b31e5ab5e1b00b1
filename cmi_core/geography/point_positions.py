"""Where the rows of a table lie: degrees however they are spelt, and metres once their system is told."""

from collections.abc import Mapping

import shapely

from cmi_core.errors import FileRefused
from cmi_core.geography.coordinates import (
    LATITUDE,
    LONGITUDE,
    MOST_DEGREES,
    understand_angle,
    understand_pair,
)
from cmi_core.geography.gis_files import Note
from cmi_core.geography.gis_systems import placed
from cmi_core.geography.measures import THAILAND_ROUGHLY
from cmi_core.geography.point_source import Source, said
from cmi_core.tables.questions import Answers
from cmi_core.text.numbers import is_gap

DECIMALS = 8  # a millimetre

Placed = dict[int, tuple[float, float] | FileRefused]


def positions(source: Source, columns: Mapping[str, str], answers: Answers) -> Placed:
    """Longitude and latitude of each row by its number, or why there is none."""
    if source.placed is not None:
        return {number: _checked(*source.placed[number], row=number) for number, _ in source.rows}
    found: Placed = {}
    metres: dict[int, tuple[float, float]] = {}
    for number, cells in source.rows:
        try:
            lat, lon = _numbers(cells, columns, row=number)
        except FileRefused as problem:
            found[number] = problem
            continue
        if max(abs(lat), abs(lon)) > MOST_DEGREES:
            metres[number] = (lon, lat)
        else:
            found[number] = _checked(lon, lat, row=number)
    if metres:
        found |= _from_metres(source, metres, answers)
    return found


def _numbers(cells: Mapping[str, object], columns: Mapping[str, str], *, row: int) -> tuple[float, float]:
    """Latitude or northing, and longitude or easting."""
    if "position" in columns:
        cell = cells.get(columns["position"])
        if is_gap(cell):
            raise FileRefused("point_nowhere", row=row)
        if (pair := understand_pair(cell)) is None:
            raise FileRefused("point_pair", row=row, value=said(cell)[:40])
        return pair
    angles = []
    for axis in (LATITUDE, LONGITUDE):
        cell = cells.get(columns.get(axis, ""))
        if is_gap(cell):
            raise FileRefused("point_nowhere", row=row)
        if (angle := understand_angle(cell)) is None:
            raise FileRefused("point_number", row=row, value=said(cell)[:40])
        angles.append(angle)
    lat, lon = angles
    if lat.axis == LONGITUDE and lon.axis == LATITUDE:  # the letters say more than the heading
        return lon.value, lat.value
    return lat.value, lon.value


def _checked(lon: float, lat: float, *, row: int) -> tuple[float, float] | FileRefused:
    west, south, east, north = THAILAND_ROUGHLY
    if west <= lat <= east and south <= lon <= north:
        return FileRefused("point_swapped", row=row)
    if not (west <= lon <= east and south <= lat <= north):
        return FileRefused("point_outside", row=row, place=f"{lat:.4g}, {lon:.4g}")
    return round(lon, DECIMALS), round(lat, DECIMALS)


def _from_metres(source: Source, metres: Mapping[int, tuple[float, float]], answers: Answers) -> Placed:
    """Metres in degrees by the system that was answered; until then by the likeliest, which is shown beside each answer."""
    try:
        lie = placed(
            [shapely.Point(pair) for pair in metres.values()], None, prescribed=False, answers=answers
        )
    except FileRefused:
        return {row: FileRefused("point_metres", row=row) for row in metres}
    source.questions += lie.questions
    source.understood["crs"] = lie.source_crs
    source.drawn |= lie.drawn
    source.notes += [
        Note(str(note["code"]), {name: each for name, each in note.items() if name != "code"})
        for note in lie.notes
    ]
    return {
        row: FileRefused("point_metres", row=row) if shape is None else _checked(shape.x, shape.y, row=row)
        for row, shape in zip(metres, lie.geometries, strict=True)
    }
