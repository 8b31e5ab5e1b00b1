"""
Corners typed by hand -> GeoJSON: one corner a line, latitude and longitude in either order.

In Thailand no number can be both, so that the order tells itself: latitudes end where longitudes have not begun.
"""

import json
import re

from cmi_core.errors import ObservationError
from cmi_core.geography.measures import THAILAND_ROUGHLY
from cmi_core.text.numbers import THAI_DIGITS

FEWEST = {"point": 1, "line": 2, "area": 3}
_PAIR = re.compile(
    r"\(?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*[NE]?\s*[,\s]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*[NE]?\s*\)?"
)


def typed_shape(text: str, kind: str) -> str:
    """
    What was typed as a point, line or area in GeoJSON; empty where nothing was typed.

    Corners stand on lines of their own or are parted by semicolons. Raises ObservationError naming the line.

    >>> typed_shape("18.79, 98.97", "point")
    '{"type": "Point", "coordinates": [98.97, 18.79]}'
    """
    lines = [line.strip() for line in re.split(r"[;\n]", text.translate(THAI_DIGITS)) if line.strip()]
    if not lines:
        return ""
    corners = [_corner(line, number) for number, line in enumerate(lines, start=1)]
    if kind == "area" and len(corners) > FEWEST["area"] and corners[0] == corners[-1]:
        corners.pop()  # the ring was closed by hand
    if len(corners) < FEWEST[kind]:
        raise ObservationError("typed_few", least=FEWEST[kind])
    if kind == "point" and len(corners) > 1:
        raise ObservationError("typed_many")
    return json.dumps(_shape(corners, kind))


def _corner(line: str, number: int) -> list[float]:
    found = _PAIR.fullmatch(line)
    if not found:
        raise ObservationError("typed_pair", line=number, value=line[:40])
    first, second = float(found[1]), float(found[2])
    _, south, _, north = THAILAND_ROUGHLY
    return [second, first] if south <= first <= north else [first, second]


def _shape(corners: list[list[float]], kind: str) -> dict[str, object]:
    if kind == "point":
        return {"type": "Point", "coordinates": corners[0]}
    if kind == "line":
        return {"type": "LineString", "coordinates": corners}
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
