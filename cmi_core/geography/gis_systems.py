"""
Which coordinate system the numbers of a file are in, and where they then lie.

What the file says is believed where the system, or at least its datum, is a known one. What it leaves open is asked, and only
systems are offered that bring the shapes to Thailand. Pure: shapes in, WGS84 shapes out. Runs in the worker process.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import FileRefused
from cmi_core.geography.measures import CHIANG_MAI_PROVINCE_ROUGHLY, THAILAND_ROUGHLY
from cmi_core.tables.questions import Answers, Candidate, Question

WGS84 = "EPSG:4326"
# The systems of maps of Thailand, the most usual first, and how they are called.
SYSTEMS = {
    32647: "UTM 47N WGS84",
    24047: "UTM 47N Indian 1975",
    3857: "Web Mercator",
    32648: "UTM 48N WGS84",
    24048: "UTM 48N Indian 1975",
    23947: "UTM 47N Indian 1954",
    23948: "UTM 48N Indian 1954",
    4326: "WGS84",
    4240: "Indian 1975",
    4239: "Indian 1954",
}
# Of two that are alike in all but the datum, which of them maps of Chiang Mai are in.
_LIKELIER = (32647, 24047, 3857, 32648, 24048, 4326, 4240)
_SATELLITES = (6378137.0, 298)
_FRAME = tuple[float, float, float, float]
_CORNERS_KEPT = 400


@dataclass(frozen=True)
class Placed:
    """Shapes in WGS84; a row that lies elsewhere is None, and `strays` says where. `drawn` is each answer that was possible."""

    geometries: list[BaseGeometry | None]
    source_crs: str
    strays: dict[int, str]
    questions: tuple[Question, ...] = ()
    notes: tuple[dict[str, Any], ...] = ()
    drawn: dict[str, list[BaseGeometry]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Trial:
    """What came of reading the numbers in one system."""

    crs: pyproj.CRS
    geometries: list[BaseGeometry | None]
    swapped: bool
    inside: int
    local: int

    @property
    def answer(self) -> str:
        code = self.crs.to_epsg()
        return self.crs.name if code is None else str(code)


def placed(
    geometries: list[BaseGeometry | None], declared: str | None, *, prescribed: bool, answers: Answers
) -> Placed:
    """
    The shapes (flat) where they lie; FileRefused where no system brings them to Thailand.

    `prescribed` is True where the format itself says that silence means WGS84 degrees (GeoJSON, RFC 7946 section 4).
    """
    stated = _declared(declared)
    degrees = _in_degrees(geometries)
    if stated is not None and _trusted(stated) and (degrees or not stated.is_geographic):
        trial = _trial(geometries, stated)
        if trial is not None and trial.inside:
            return _settled(geometries, trial)
    trials = _ranked(geometries, stated, degrees=degrees)
    if not trials:
        _refuse(geometries, stated, degrees=degrees)
    why, default, asked = "crs_silent", None, True
    notes: tuple[dict[str, Any], ...] = ()
    if stated is not None:
        why = "crs_doubtful" if not _trusted(stated) else "crs_elsewhere"
    elif degrees and trials[0].answer == "4326":
        if prescribed:
            return _settled(geometries, trials[0])
        why, default, asked, notes = "crs_degrees", "4326", False, ({"code": "crs_assumed"},)
    question = _question(trials, why, default, asked=asked, said=stated.name if stated else "")
    chosen = question.settled(answers) or trials[0].answer
    trial = next(trial for trial in trials if trial.answer == chosen)
    told = _settled(geometries, trial, notes if chosen == default else ())
    drawn = {trial.answer: _sketch(trial.geometries) for trial in trials} if asked else {}
    return Placed(told.geometries, told.source_crs, told.strays, (question,), told.notes, drawn)


def crs_name(crs: pyproj.CRS) -> str:
    """`EPSG:` and the number, or the name that the file gives."""
    code = crs.to_epsg()
    return crs.name if code is None else f"EPSG:{code}"


def _declared(text: str | None) -> pyproj.CRS | None:
    """What the file says; where that is a registered system, the registered one, so that its shift is known."""
    if not text:
        return None
    try:
        crs = pyproj.CRS(text)
    except CRSError as cause:
        raise FileRefused("crs_unknown", crs=text[:80]) from cause
    if not (crs.is_geographic or crs.is_projected):
        return None
    code = crs.to_epsg(min_confidence=90)
    return crs if code is None else pyproj.CRS(code)


def _trusted(crs: pyproj.CRS) -> bool:
    """Whether it is known how the system lies on the earth: by its number, its own shift, or the name of its datum."""
    if crs.to_epsg() is not None or crs.is_bound:
        return True
    if _of_satellites(crs):
        return True
    datum = crs.datum
    if datum is None or datum.name.lower().startswith(("not specified", "unknown")):
        return False
    try:
        pyproj.crs.Datum.from_name(datum.name)
    except CRSError:
        return False
    return True


def _of_satellites(crs: pyproj.CRS) -> bool:
    """Whether the ellipsoid is that of WGS84 or GRS80: their datums are one within a metre, whatever they are called."""
    body = crs.ellipsoid
    return body is not None and (body.semi_major_metre, int(body.inverse_flattening)) == _SATELLITES


def _in_degrees(geometries: list[BaseGeometry | None]) -> bool:
    """Whether most of the shapes have numbers that can be degrees: one stray among them says nothing of the others."""
    largest = [
        float(np.abs(shapely.get_coordinates(shape)).max()) for shape in geometries if shape is not None
    ]
    return 2 * sum(number <= 180.0 for number in largest) >= len(largest)


def _ranked(
    geometries: list[BaseGeometry | None], stated: pyproj.CRS | None, *, degrees: bool
) -> list[_Trial]:
    """The systems that bring most shapes to Thailand, those that bring them to Chiang Mai first."""
    codes = [code for code in SYSTEMS if pyproj.CRS(code).is_geographic == degrees]
    if stated is not None and not _trusted(stated):
        codes = _akin(stated)
    trials = [trial for code in codes if (trial := _trial(geometries, pyproj.CRS(code))) and trial.inside]
    most = max((trial.inside for trial in trials), default=0)
    likelier = {code: place for place, code in enumerate(_LIKELIER)}
    return sorted(
        (trial for trial in trials if trial.inside == most),
        key=lambda trial: (
            not trial.local,
            likelier.get(trial.crs.to_epsg() or 0, len(likelier)),
        ),
    )


def _akin(stated: pyproj.CRS) -> list[int]:
    """Registered systems that are what the file says in all but the datum."""
    listed = [int(found.code) for found in stated.list_authority("EPSG", 25) if found.code.isdigit()]
    ellipsoid = stated.ellipsoid
    alike = [code for code in SYSTEMS if _alike(pyproj.CRS(code), stated)] if ellipsoid else []
    return list(dict.fromkeys([*alike, *listed]))


def _alike(known: pyproj.CRS, stated: pyproj.CRS) -> bool:
    one, other = known.ellipsoid, stated.ellipsoid
    if one is None or other is None or abs(one.semi_major_metre - other.semi_major_metre) > 1:
        return False
    return known.is_geographic == stated.is_geographic and known.utm_zone == stated.utm_zone


def _trial(geometries: list[BaseGeometry | None], crs: pyproj.CRS) -> _Trial | None:
    """The shapes read in one system, with latitude and longitude exchanged where only that brings most to Thailand."""
    best = None
    for swapped in (False, True):
        moved = _in_wgs84(geometries, crs, swapped=swapped)
        if moved is None:
            return None
        inside = sum(_inside(moved, THAILAND_ROUGHLY))
        if best is None or inside > best.inside:
            best = _Trial(crs, moved, swapped, inside, sum(_inside(moved, CHIANG_MAI_PROVINCE_ROUGHLY)))
        if 2 * inside > sum(shape is not None for shape in geometries):
            break
    return best


def _settled(
    geometries: list[BaseGeometry | None], trial: _Trial, notes: tuple[dict[str, Any], ...] = ()
) -> Placed:
    inside = _inside(trial.geometries, THAILAND_ROUGHLY)
    strays = {
        row: _place(given)
        for row, (given, fits) in enumerate(zip(geometries, inside, strict=True), start=1)
        if given is not None and not fits
    }
    kept = [None if row in strays else shape for row, shape in enumerate(trial.geometries, start=1)]
    swapped = ({"code": "axes_swapped"},) if trial.swapped else ()
    return Placed(kept, crs_name(trial.crs), strays, notes=(*notes, *swapped))


def _refuse(geometries: list[BaseGeometry | None], stated: pyproj.CRS | None, *, degrees: bool) -> None:
    if stated is not None and not _trusted(stated):
        raise FileRefused("crs_unknown", crs=stated.name[:80])
    if stated is not None and stated.is_geographic and not degrees:
        raise FileRefused("crs_wrong")
    if stated is None and not degrees:
        raise FileRefused("crs_nowhere")
    trial = _trial(geometries, stated or pyproj.CRS(WGS84))
    moved = trial.geometries if trial else geometries
    row, shape = next((row, shape) for row, shape in enumerate(moved, start=1) if shape is not None)
    raise FileRefused("outside_thailand", row=row, place=_place(shape))


def _question(trials: list[_Trial], why: str, default: str | None, *, asked: bool, said: str) -> Question:
    candidates = tuple(
        Candidate(trial.answer, told=_called(trial.crs), sample=(_place(_first(trial.geometries), ".5f"),))
        for trial in trials
    )
    return Question("crs", f"gis_files.{why}", candidates, default, asked, {"crs": said[:80]})


def _called(crs: pyproj.CRS) -> str:
    code = crs.to_epsg()
    return f"{SYSTEMS.get(code or 0, crs.name)} (EPSG:{code})" if code else crs.name


def _first(geometries: list[BaseGeometry | None]) -> BaseGeometry | None:
    inside = _inside(geometries, THAILAND_ROUGHLY)
    return next((shape for shape, fits in zip(geometries, inside, strict=True) if fits), None)


def _place(shape: BaseGeometry | None, digits: str = ".4g") -> str:
    """ "latitude, longitude" of the first corner of a shape."""
    if shape is None or shape.is_empty:
        return "?"
    west, south = (shape.x, shape.y) if shape.geom_type == "Point" else shape.bounds[:2]
    return f"{south:{digits}}, {west:{digits}}"


def _sketch(geometries: list[BaseGeometry | None]) -> list[BaseGeometry]:
    """Enough of the shapes to see where they lie."""
    kept, corners = [], 0
    for shape, fits in zip(geometries, _inside(geometries, THAILAND_ROUGHLY), strict=True):
        if shape is None or not fits:
            continue
        few = shape if shapely.get_num_coordinates(shape) <= _CORNERS_KEPT else shapely.box(*shape.bounds)
        corners += shapely.get_num_coordinates(few)
        if corners > 10 * _CORNERS_KEPT:
            break
        kept.append(few)
    return kept


def _in_wgs84(
    geometries: list[BaseGeometry | None], source: pyproj.CRS, *, swapped: bool
) -> list[BaseGeometry | None] | None:
    """The shapes in WGS84; None where nobody knows how to get there."""
    try:
        change = pyproj.Transformer.from_crs(
            source, WGS84, always_xy=True, allow_ballpark=_of_satellites(source)
        )
    except ProjError:
        return None
    if source == pyproj.CRS(WGS84) and not swapped:
        return geometries

    def moved(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return change.transform(second, first) if swapped else change.transform(first, second)

    shapes = np.array([*geometries, None], dtype=object)[:-1]  # the None keeps numpy from looking inside
    return shapely.transform(shapes, moved, interleaved=False).tolist()


def _inside(geometries: list[BaseGeometry | None], frame: _FRAME) -> list[bool]:
    """Which shapes lie within a frame; what is not there lies nowhere."""
    bounds = shapely.bounds(np.array([*geometries, None], dtype=object)[:-1])
    return (
        (bounds[:, 0] >= frame[0])
        & (bounds[:, 1] >= frame[1])
        & (bounds[:, 2] <= frame[2])
        & (bounds[:, 3] <= frame[3])
    ).tolist()
