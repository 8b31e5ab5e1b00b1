"""Which column of somebody else's file is which field of a point, told by its heading and by what stands in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cmi_core.geography.coordinates import understand_angle, understand_pair
from cmi_core.geography.measures import THAILAND_ROUGHLY
from cmi_core.text.spelling import same

FIELDS = (
    "name_th",
    "name_en",
    "name",
    "lat",
    "lon",
    "position",
    "category",
    "code",
    "place",
    "accuracy_m",
    "note",
)
SURE, LIKELY = 3, 2
_EXACT: dict[str, tuple[str, ...]] = {
    "lat": ("lat", "latitude", "y", "n", "north", "northing", "ycoord", "coordy", "ละติจูด", "ละติจุด", "แลตติจูด", "เส้นรุ้ง"),
    "lon": ("lon", "lng", "long", "longitude", "x", "e", "east", "easting", "xcoord", "coordx", "ลองจิจูด", "ลองติจูด", "ลองจิจุด", "เส้นแวง"),
    "position": ("พิกัด", "coordinates", "coordinate", "coords", "latlng", "latlon", "lat lon", "lat lng", "geolocation", "gps", "wkt"),
    "code": ("code", "id", "รหัส", "landmark"),
    "name_th": ("name th", "ชื่อไทย", "ชื่อภาษาไทย", "ชื่อ ไทย", "thai name", "name t", "nameth", "namethai", "namet"),
    "name_en": ("name en", "ชื่ออังกฤษ", "ชื่อภาษาอังกฤษ", "ชื่อ อังกฤษ", "english name", "name e", "nameen", "nameeng", "namee"),
    "name": ("name", "ชื่อ", "ชื่อสถานที่", "label", "title", "สถานที่"),
    "category": ("category", "type", "kind", "ประเภท", "หมวด", "หมวดหมู่", "ชนิด", "fclass"),
    "place": ("place", "district id", "district", "ย่าน", "พื้นที่"),
    "accuracy_m": ("accuracy m", "accuracy", "positional uncertainty m", "ความคลาดเคลื่อน", "ความคลาดเคลื่อน ม"),
    "note": ("coordinate source", "note", "notes", "description", "source", "หมายเหตุ", "คำอธิบาย", "แหล่งที่มา"),
}  # fmt: skip
# Words inside a longer heading, of which no word may stand that belongs to something else.
_INSIDE: dict[str, tuple[str, ...]] = {
    "lat": ("lat", "latitude", "northing", "ละติจู", "ละติจุ", "แลตติจู", "ลัตติจู", "ละจิจูด", "เส้นรุ้ง"),
    "lon": ("lon", "lng", "long", "longitude", "easting", "ลองจิจู", "ลองจิจุ", "ลองติจู", "ลองกิจูด", "เส้นแวง"),
    "position": ("พิกัด", "coordinate", "coordinates", "latlong", "latlng"),
    "code": ("code", "id", "รหัส"),
    "name": ("name", "ชื่อ"),
    "category": ("category", "type", "kind", "ประเภท", "ชนิด", "หมวด"),
    "accuracy_m": ("accuracy", "ความคลาดเคลื่อน", "ความแม่นยำ"),
}
_ELSE: dict[str, tuple[str, ...]] = {
    "name": (
        *("ผู้", "คน", "ติดต่อ", "เจ้าของ", "ตำบล", "อำเภอ", "จังหวัด", "ถนน", "แขวง", "ไฟล์", "ชื่อย่อ", "นามสกุล", "ประเภท", "ชนิด", "หมู่บ้าน"),
        *("contact", "person", "owner", "user", "file", "layer", "province", "district", "subdistrict", "amphoe", "tambon", "street", "road", "type", "category"),
    ),
    "code": ("ไปรษณีย์", "ตำบล", "อำเภอ", "จังหวัด", "หมู่", "ประชาชน", "post", "postal", "zip", "postcode", "province", "district", "subdistrict", "amphoe", "tambon", "type", "category", "ประเภท"),
    "category": ("พิกัด", "coordinate", "geometry", "file", "ไฟล์"),
    "position": ("ระบบ", "ประเภท", "ที่มา", "วันที่", "system", "type", "source", "date"),
}  # fmt: skip
_AXIS_LETTERS = {"x": "lon", "e": "lon", "y": "lat", "n": "lat"}
_ABOUT_AXES = {"utm", "coord", "coordinate", "coordinates", "พิกัด", "gps", "wgs84", "wgs", "84", "point", "pos", "m", "ม", "เมตร", "dd", "deg", "degree", "decimal", "47n", "47", "zone", "ค่า", "ค่าพิกัด", "แกน", "indian", "1975"}  # fmt: skip
_THAI_NAME, _ENGLISH_NAME = {"th", "thai", "tha", "ไทย", "ภาษาไทย", "t"}, {"en", "eng", "english", "อังกฤษ", "ภาษาอังกฤษ", "e"}  # fmt: skip
AXES = ("lat", "lon", "position")
MOST_CELLS = 200  # of a column are looked at
HALF, NEARLY = 0.5, 0.7


def plain(heading: str) -> str:
    """
    A heading without case, signs and brackets, Thai and Latin words apart.

    >>> plain("พิกัดX (ม.)"), plain("name:en")
    ('พิกัด x ม', 'name en')
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[\u0e01-\u0e4e])|(?<=[\u0e01-\u0e4e])(?=[a-z0-9])", " ", same(heading))
    return " ".join(re.sub(r"[^\w\u0e30-\u0e4e]+|_", " ", apart).split())


def field_of(heading: str) -> tuple[str, int]:
    """
    The field that a heading names and how surely, `("", 0)` for none.

    >>> field_of("พิกัด ละติจูด"), field_of("ชื่อโรงพยาบาล"), field_of("ที่อยู่")
    (('lat', 2), ('name', 2), ('', 0))
    """
    written = plain(heading)
    for name, words in _EXACT.items():
        if written in words:
            return name, SURE
    tokens = set(written.split())
    if _has(written, tokens, "lat") and _has(written, tokens, "lon"):
        return "position", SURE
    letters = tokens & set(_AXIS_LETTERS)
    if len(letters) == 1 and tokens - letters <= _ABOUT_AXES and tokens - letters:
        return _AXIS_LETTERS[letters.pop()], LIKELY
    for name in _INSIDE:
        if _has(written, tokens, name) and not any(
            _word(written, tokens, each) for each in _ELSE.get(name, ())
        ):
            return (_language(written, tokens) if name == "name" else name), LIKELY
    return "", 0


def _has(written: str, tokens: set[str], field: str) -> bool:
    return any(_word(written, tokens, word) for word in _INSIDE[field])


def _word(written: str, tokens: set[str], word: str) -> bool:
    """Latin words stand by themselves; Thai is written without spaces."""
    return word in tokens if word.isascii() else word in written


def _language(written: str, tokens: set[str]) -> str:
    if tokens & _ENGLISH_NAME or "อังกฤษ" in written:
        return "name_en"
    return "name_th" if tokens & _THAI_NAME or "ไทย" in written else "name"


# ---------------------------------------------------------------- by heading and content


@dataclass
class Columns:
    """Which column is which field; `unsure` are those that their heading does not say by itself."""

    of: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)


def guessed(headings: Mapping[str, str], cells: Mapping[str, Sequence[object]], *, placed: bool) -> Columns:
    """The columns of a table, told by its headings and cells; `placed` where each row has its position already."""
    found = Columns()
    told = {column: field_of(heading) for column, heading in headings.items()}
    for each in FIELDS:
        named = [column for column in headings if told[column][0] == each]
        if not named or (placed and each in AXES):
            continue
        named.sort(key=lambda column: (-told[column][1], _rank(each, headings[column])))
        found.of[each] = named[0]
        if len(named) > 1 and told[named[0]][1] == told[named[1]][1] == LIKELY:
            found.unsure.add(each)
    if not placed:
        _placed_by_content(found, headings, cells)
    if not {"name", "name_th", "name_en"} & set(found.of):
        _named_by_content(found, headings, cells)
    return found


def _rank(name: str, heading: str) -> int:
    words = _EXACT.get(name, ())
    written = plain(heading)
    return words.index(written) if written in words else len(words)


def _placed_by_content(
    found: Columns, headings: Mapping[str, str], cells: Mapping[str, Sequence[object]]
) -> None:
    if "position" in found.of and _share(cells[found.of["position"]], "pair") <= HALF:
        del found.of["position"]
    if {"lat", "lon"} <= set(found.of):
        found.of.pop("position", None)
        lat, lon = (cells[found.of[axis]] for axis in ("lat", "lon"))
        if _share(lat, "lon") > HALF and _share(lon, "lat") > HALF:
            found.of["lat"], found.of["lon"] = found.of["lon"], found.of["lat"]
            found.unsure |= {"lat", "lon"}
        return
    if "position" in found.of:
        found.of.pop("lat", None), found.of.pop("lon", None)
        return
    free = [column for column in headings if column not in found.of.values()]
    for axis in ("lat", "lon"):
        fitting = [column for column in free if axis not in found.of and _share(cells[column], axis) > HALF]
        if fitting:
            found.of[axis] = fitting[0]
            found.unsure.add(axis)
    if not {"lat", "lon"} <= set(found.of):
        paired = [column for column in headings if _share(cells[column], "pair") > HALF]
        if paired:
            found.of = {
                name: column
                for name, column in found.of.items()
                if column != paired[0] and name not in ("lat", "lon")
            }
            found.of["position"] = paired[0]
            found.unsure = found.unsure - {"lat", "lon"} | {"position"}


def _named_by_content(
    found: Columns, headings: Mapping[str, str], cells: Mapping[str, Sequence[object]]
) -> None:
    """The first column of words of its own in almost every row."""
    for column in headings:
        words = [str(cell) for cell in cells[column] if re.search(r"[^\W\d_]", str(cell))]
        if (
            column not in found.of.values()
            and cells[column]
            and len(set(words)) > NEARLY * len(cells[column])
        ):
            found.of["name"] = column
            found.unsure.add("name")
            return


def _share(cells: Sequence[object], kind: str) -> float:
    """Which share of the cells is a latitude or longitude here, or both at once."""
    seen = [cell for cell in cells if str(cell).strip()][:MOST_CELLS]
    return sum(_fits(cell, kind) for cell in seen) / len(seen) if seen else 0.0


def _fits(cell: object, kind: str) -> bool:
    if kind == "pair":
        return understand_pair(cell) is not None
    found = understand_angle(cell)
    west, south, east, north = THAILAND_ROUGHLY
    low, high = (south, north) if kind == "lat" else (west, east)
    return found is not None and found.axis in ("", kind) and low <= found.value <= high
