"""
Areas, distances, buffers and counts on the ground.

Longitude and latitude in degrees (WGS84), lengths in metres, areas in km2. Areas and distances are geodesic
(Karney 2013, through pyproj.Geod); buffers and searches use UTM zone 47N (EPSG:32647), 0.04 % short at
Chiang Mai, which lies on its central meridian.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

RAI_M2 = 1_600
METRIC_CRS = 32647
INDICATIVE = "indicative"
NEAR_METRES = (500, 1_000)
# west, south, east, north in degrees: rectangles around, not the borders themselves
THAILAND_ROUGHLY = (97.2, 5.5, 105.8, 20.6)
CHIANG_MAI_PROVINCE_ROUGHLY = (98.0, 17.2, 99.6, 20.2)
_WGS84 = pyproj.Geod(ellps="WGS84")


# ---------------------------------------------------------------- areas


def area_km2(geometry: BaseGeometry) -> float:
    """
    Geodesic area of a polygon or of several, holes taken off, whichever way its rings run.

    >>> round(area_km2(shapely.box(98.9, 18.7, 99.0, 18.8)), 2)
    116.72
    """
    return sum(_polygon_m2(part) for part in shapely.get_parts(geometry) if part.geom_type == "Polygon") / 1e6


def _polygon_m2(polygon: BaseGeometry) -> float:
    outer, *holes = (
        abs(_WGS84.polygon_area_perimeter(*np.asarray(ring.coords)[:, :2].T)[0])
        for ring in (polygon.exterior, *polygon.interiors)
    )
    return max(0.0, outer - sum(holes))


def perimeter_km(geometry: BaseGeometry) -> float:
    """Geodesic length of all rings."""
    return _WGS84.geometry_length(geometry.boundary) / 1_000


def length_km(geometry: BaseGeometry) -> float:
    """Geodesic length of a line."""
    return _WGS84.geometry_length(geometry) / 1_000


def rai(area: float) -> float:
    """
    An area in km2 as rai; 1 rai = 1,600 m2.

    >>> rai(2.56)
    1600.0
    """
    return area * 1e6 / RAI_M2


def area_uncertainty_km2(geometry: BaseGeometry, *, accuracy_m: float) -> float:
    """How far the area may be off if the whole line lies `accuracy_m` metres too far out, or in."""
    return perimeter_km(geometry) * accuracy_m / 1_000


# ---------------------------------------------------------------- never finer than what is known


def rounded(value: float, *, uncertainty: float) -> float:
    """
    A value rounded to the place of the first digit of its uncertainty.

    >>> rounded(2_345.6, uncertainty=212.1)
    2300.0
    >>> rounded(2.671, uncertainty=0)
    2.671
    """
    if uncertainty <= 0:
        return value
    return round(value, -math.floor(math.log10(uncertainty)))


def one_figure(value: float) -> float:
    """
    A value to one significant figure.

    >>> one_figure(27.09), one_figure(1.246)
    (30.0, 1.0)
    """
    return rounded(value, uncertainty=abs(value))


@dataclass(frozen=True)
class ShownArea:
    """An area as it may be shown; `approximate` asks for a word such as "about" before it."""

    km2: float
    rai: float
    approximate: bool


def shown_area(
    area: float, *, boundary_kind: str, uncertainty: float = 0.0, is_convention: bool = True
) -> ShownArea:
    """
    An area in km2 and rai, no finer than its uncertainty (km2).

    Where the outline is indicative and its extent our own convention, one significant figure is all there is.
    """
    if boundary_kind == INDICATIVE and is_convention:
        return ShownArea(one_figure(area), one_figure(rai(area)), approximate=True)
    return ShownArea(
        rounded(area, uncertainty=uncertainty),
        rounded(rai(area), uncertainty=rai(uncertainty)),
        approximate=boundary_kind == INDICATIVE,
    )


# ---------------------------------------------------------------- distances


@dataclass(frozen=True)
class Distance:
    """Metres along the ellipsoid, and how far that may be off."""

    metres: float
    uncertainty_m: float

    @property
    def shown_m(self) -> float:
        """Metres no finer than the uncertainty."""
        return rounded(self.metres, uncertainty=self.uncertainty_m)


def distance(
    start: tuple[float, float], end: tuple[float, float], *, accuracy_m: tuple[float, float] = (0.0, 0.0)
) -> Distance:
    """
    Geodesic distance between two (lon, lat); both points' uncertainties combine as a root of squares.

    >>> distance((98.99, 18.79), (99.0, 18.79), accuracy_m=(150, 150)).shown_m
    1100.0
    """
    return Distance(_WGS84.inv(*start, *end)[2], math.hypot(*accuracy_m))


# ---------------------------------------------------------------- buffers and neighbours, in UTM 47N


@cache
def _to_metres() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(4326, METRIC_CRS, always_xy=True)


@cache
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(METRIC_CRS, 4326, always_xy=True)


def _moved(geometry: BaseGeometry, change: Callable[..., object]) -> BaseGeometry:
    return shapely.transform(geometry, change, interleaved=False)


def buffer(geometry: BaseGeometry, metres: float) -> BaseGeometry:
    """The ground within `metres` of a point, line or area (a canal corridor), as WGS84."""
    around = shapely.buffer(_moved(geometry, _to_metres().transform), metres, quad_segs=16)
    return _moved(around, _to_degrees().transform)


class PointIndex:
    """Many points, prepared once, asked often."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        pairs = np.asarray(points, dtype=float).reshape(-1, 2)
        eastings, northings = _to_metres().transform(pairs[:, 0], pairs[:, 1])
        self._degrees = shapely.points(pairs)
        self._near = shapely.STRtree(shapely.points(eastings, northings))
        self._within = shapely.STRtree(self._degrees)

    def near(self, area: BaseGeometry, metres: float) -> list[int]:
        """Numbers of the points in an area or within `metres` of it, in order."""
        found = self._near.query(
            _moved(area, _to_metres().transform), predicate="dwithin", distance=float(metres)
        )
        return sorted(found.tolist())

    def counts(self, area: BaseGeometry, distances: Sequence[float] = NEAR_METRES) -> dict[float, int]:
        """How many points lie in an area or within each distance of it."""
        return {metres: len(self.near(area, metres)) for metres in distances}

    def inside(self, area: BaseGeometry) -> list[int]:
        """Numbers of the points an area covers, its line included, in order."""
        return sorted(self._within.query(area, predicate="covers").tolist())

    def districts(self, areas: Sequence[BaseGeometry]) -> list[int | None]:
        """For each point the number of the first area covering it, None where there is none."""
        found: list[int | None] = [None] * len(self._degrees)
        for number in reversed(range(len(areas))):
            for point in self.inside(areas[number]):
                found[point] = number
        return found


def near(points: Sequence[tuple[float, float]], area: BaseGeometry, metres: float) -> int:
    """How many (lon, lat) points lie in an area or within `metres` of it."""
    return len(PointIndex(points).near(area, metres))
