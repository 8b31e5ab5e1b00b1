"""
Positions as people write them -> numbers: degrees, minutes and seconds, either order, and corners typed by hand.

In Thailand no number can be both, so that the order tells itself: latitudes end where longitudes have not begun.
"""

import json
import re
from contextlib import suppress
from typing import NamedTuple

from cmi_core.errors import ObservationError
from cmi_core.geography.measures import THAILAND_ROUGHLY
from cmi_core.text.numbers import MINUS, THAI_DIGITS, understand_number
from cmi_core.text.spelling import tidy

FEWEST = {"point": 1, "line": 2, "area": 3}
LATITUDE, LONGITUDE = "lat", "lon"
MOST_DEGREES = 180
_LONGEST = 200
# What stands for each mark; a word that holds another one comes before it.
_SPELLINGS = (
    (r"ฟิลิปดา|พิลิปดา|วินาที|seconds?|secs?\b|″|”|“|ʺ|˝|''", '"'),
    (r"ลิปดา|นาที|minutes?|mins?\b|′|’|‘|´|`|ʹ|ʼ", "'"),
    (r"องศา|degrees?|degs?\b|º|˚|ᵒ|⁰|∘", "°"),
    (r"เหนือ|\bnorth\b", "N"),
    (r"ใต้|\bsouth\b", "S"),
    (r"ตะวันออก|\beast\b", "E"),
    (r"ตะวันตก|\bwest\b", "W"),
    (r"(?<=[0-9°'\"\s])d(?=[0-9\s])", "°"),
    (r"(?<=[0-9])m(?=[0-9\s])", "'"),
    (r"(?<=[0-9])s(?=$|[\s,;NSEW])", '"'),
)
_MARKS = tuple((re.compile(spelling, re.IGNORECASE), mark) for spelling, mark in _SPELLINGS)
# Words that say what follows, and what stands around or between numbers without a meaning of its own.
_LABELS = re.compile(
    r"latitude|longitude|ละติจูด|ลองจิจูด|ลองติจูด|เส้นรุ้ง|เส้นแวง|พิกัด|\b(?:lat|lng|long|lon|gps|point|geo|srid|utm)\b|m(?=[EN]\b)|[=():\[\]{}]|(?<=\d)\s*(?:m|ม\.)(?=\s|$|[,;])",
    re.IGNORECASE,
)
_ZONE = re.compile(r"^\s*(?:zone\s*)?4[78]\s*[A-HJ-NP-Z]\b[,\s]*", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(-?[0-9]{1,3}\.[0-9]+)(?:,|%2C|!4d)\s*\+?(-?[0-9]{1,3}\.[0-9]+)", re.IGNORECASE)
_ANGLE = re.compile(
    r"(?P<before>[NSEW])?\s*(?P<sign>[+-])?\s*(?P<d>[0-9]+(?:\.[0-9]+)?)"
    r"(?:(?:\s*°\s*|\s*-\s*|\s+)(?P<m>[0-9]{1,2}(?:\.[0-9]+)?)(?:(?:\s*'\s*|\s*-\s*|\s+)(?P<s>[0-9]{1,2}(?:\.[0-9]+)?)\s*\"?|\s*'?)?|\s*°)?"
    r"\s*(?P<after>[NSEW])?"
)


class Angle(NamedTuple):
    """A number of degrees, or of metres; `axis` is `lat` or `lon` where a letter tells it."""

    value: float
    axis: str = ""


def understand_angle(cell: object) -> Angle | None:
    """
    One coordinate however it is spelt; None where it is no number.

    >>> understand_angle("18°47'16\\"N"), understand_angle("98 58.5"), understand_angle("18,7878").value
    (Angle(value=18.78777777777778, axis='lat'), Angle(value=98.975, axis=''), 18.7878)
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Angle(float(cell)) if abs(cell) < 1e9 else None
    text = _plain(str(cell))
    if not text:
        return None
    found = _angle(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    if found and (abs(found.value) <= MOST_DEGREES or not {",", " "} & set(text)):
        return found
    return _grouped(text)


def understand_pair(cell: object) -> tuple[float, float] | None:
    """
    Both coordinates of one cell as (latitude or northing, longitude or easting), in whichever order they stand.

    >>> understand_pair("(18.7917 98.9708)"), understand_pair("E98°59'36\\" N18°47'16\\"")[0]
    ((18.7917, 98.9708), 18.78777777777778)

    None where these are not two numbers. Where neither letters nor the numbers tell, the first is the latitude.
    """
    text = str(cell)
    if len(text) > _LONGEST:
        return None
    if "://" in text:
        found = _IN_ADDRESS.search(text)
        return _ordered(Angle(float(found[1])), Angle(float(found[2]))) if found else None
    text = _plain(_ZONE.sub("", text))
    for halves in _halves(text):
        angles = [understand_angle(half) for half in halves]
        if len(angles) == 2 and angles[0] and angles[1] and _plausible(angles[0], angles[1]):
            return _ordered(angles[0], angles[1])
    return None


def typed_shape(text: str, kind: str) -> str:
    """
    What was typed as a point, line or area in GeoJSON; empty where nothing was typed.

    Corners stand on lines of their own or are parted by semicolons. Raises ObservationError naming the line.

    >>> typed_shape("18.79, 98.97", "point")
    '{"type": "Point", "coordinates": [98.97, 18.79]}'
    """
    lines = [line.strip() for line in re.split(r"[;\n]", text) if line.strip()]
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
    found = understand_pair(line)
    if found is None or max(map(abs, found)) > MOST_DEGREES:
        raise ObservationError("typed_pair", line=number, value=line[:40])
    return [found[1], found[0]]


def _shape(corners: list[list[float]], kind: str) -> dict[str, object]:
    if kind == "point":
        return {"type": "Point", "coordinates": corners[0]}
    if kind == "line":
        return {"type": "LineString", "coordinates": corners}
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


# ---------------------------------------------------------------- how it is spelt


def _plain(written: str) -> str:
    """One sign for each mark and letter, without labels and brackets."""
    text = tidy(written).translate(THAI_DIGITS).translate(MINUS)
    for spelling, mark in _MARKS:
        text = spelling.sub(mark, text)
    text = _LABELS.sub(_between, text)
    return " ".join(re.sub(r"[nsew](?![a-z])", lambda found: found[0].upper(), text).split())


def _between(label: re.Match[str]) -> str:
    """A colon between digits parts minutes and seconds; any other label is a space."""
    inside = label.string[label.start() - 1 : label.end() + 1]
    return "-" if label[0] == ":" and re.fullmatch("[0-9]:[0-9]", inside) else " "


def _angle(text: str) -> Angle | None:
    found = _ANGLE.fullmatch(text.strip())
    if not found or (found["before"] and found["after"]):
        return None
    parts = [found[name] for name in ("d", "m", "s") if found[name] is not None]
    if any("." in part for part in parts[:-1]) or any(float(part) >= 60 for part in parts[1:]):
        return None
    value = sum(float(part) / 60**power for power, part in enumerate(parts))
    if len(parts) > 1 and value > MOST_DEGREES:
        return None
    letter = found["before"] or found["after"] or ""
    axis = {"N": LATITUDE, "S": LATITUDE, "E": LONGITUDE, "W": LONGITUDE}.get(letter, "")
    return Angle(-value if found["sign"] == "-" or letter in tuple("SW") else value, axis)


def _grouped(text: str) -> Angle | None:
    """A number with separated thousands, as metres are written."""
    found = re.fullmatch(r"([NE]?)\s*([0-9., ]+?)\s*([NE]?)", text)
    if not found or (found[1] and found[3]):
        return None
    axis = {"N": LATITUDE, "E": LONGITUDE}.get(found[1] or found[3], "")
    for comma in ("thousands", "decimal"):
        with suppress(ObservationError):
            return Angle(understand_number(found[2], comma=comma), axis)
    return None


def _halves(text: str) -> list[list[str]]:
    """The ways in which a text may be two coordinates, the plainest first."""
    ways = [_parted(text, strong) for strong in ("[;/|]", r",\s+|\s+,", ",")]
    commas = re.fullmatch(r"(\S+?,[0-9]+)\s*,\s*(\S+,[0-9]+)", text)  # both with a decimal comma
    ways.append(list(commas.groups()) if commas else [])
    spaced = text.split()
    letters = [match.start() for match in re.finditer("[NSEW]", text)]
    if len(letters) == 2:
        cut = letters[1] if letters[0] == 0 else letters[0] + 1
        ways.append([text[:cut].strip(" ,;"), text[cut:].strip(" ,;")])
    degrees = [match.start() for match in re.finditer("[+-]?[0-9]+(?:[.,][0-9]+)?\\s*°", text)]
    if len(degrees) == 2:
        ways.append([text[: degrees[1]].strip(" ,;"), text[degrees[1] :]])
    if len(spaced) in (2, 4, 6):
        half = len(spaced) // 2
        ways.append([" ".join(spaced[:half]), " ".join(spaced[half:])])
    return [way for way in ways if len(way) == 2]


def _parted(text: str, strong: str) -> list[str]:
    return [part.strip() for part in re.split(strong, text) if part.strip()]


def _plausible(first: Angle, second: Angle) -> bool:
    """Both degrees, or both metres; letters of two axes or of none."""
    metres = [abs(angle.value) > MOST_DEGREES for angle in (first, second)]
    return metres[0] == metres[1] and (not first.axis or first.axis != second.axis)


def _ordered(first: Angle, second: Angle) -> tuple[float, float]:
    if first.axis == LONGITUDE or second.axis == LATITUDE:
        return second.value, first.value
    if first.axis or second.axis:
        return first.value, second.value
    west, south, east, north = THAILAND_ROUGHLY
    turned = west <= first.value <= east and south <= second.value <= north
    # In metres a northing of Thailand is the greater one.
    metres = max(abs(first.value), abs(second.value)) > MOST_DEGREES and first.value < second.value
    return (second.value, first.value) if turned or metres else (first.value, second.value)
