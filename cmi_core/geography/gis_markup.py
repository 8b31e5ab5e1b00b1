"""
KML and GPX before any GIS library sees them: written anew in UTF-8, and read as a stream for what must not be in them.

Runs in the worker process only, with the standard library and defusedxml.
"""

import re
from pathlib import Path
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from cmi_core.errors import FileRefused

VERTEX_LIMIT = 200_000
FEATURE_LIMIT = 500
XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
XML_ENCODING = re.compile(r"""encoding\s*=\s*["']([\w.:-]{1,40})["']""")
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
FEATURES = frozenset({"Placemark", "wpt", "trk", "rte"})
GPX_VERTICES = frozenset({"wpt", "trkpt", "rtept"})


def in_utf8(path: Path) -> tuple[bool, str | None]:
    """
    Write an XML anew in UTF-8 where it is not: as GDAL reads no Thai Windows, and what it says of itself is often wrong.

    Whether its bytes had to be kept as letters of Latin-1, for the fields to be read by, and what it says of its letters.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-16" if data.startswith(WIDE_MARKS) else "utf-8-sig")
        kept = False
    except UnicodeDecodeError:
        text, kept = data.decode("latin-1"), True
    opening = XML_DECLARATION.match(text)
    named = XML_ENCODING.search(opening[0]) if opening else None
    declared = named[1] if named else None
    if kept or (declared or "utf-8").lower() != "utf-8" or data.startswith(WIDE_MARKS):
        rest = text[opening.end() :] if opening else text
        path.write_text('<?xml version="1.0" encoding="UTF-8"?>' + rest, encoding="utf-8")
    return kept, declared


class _Scan(ContentHandler):
    """Counts what a KML or GPX holds, so that a huge one is refused before it is built in memory."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.root = ""
        self.features = 0
        self.vertices = 0
        self._most = most
        self._in_coordinates = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802, ARG002 -- SAX's own name
        local = name.rpartition(":")[2]
        self.root = self.root or local
        if self.root not in {"kml", "gpx"}:
            raise FileRefused("file_type")
        self.features += local in FEATURES
        self.vertices += 2 * (local in GPX_VERTICES)
        self._in_coordinates = local == "coordinates"
        if self.features > self._most:
            raise FileRefused("features", limit=self._most)
        self._refuse_many()

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002 -- SAX's own name
        self._in_coordinates = False

    def characters(self, content: str) -> None:
        if self._in_coordinates:
            self.vertices += len(content.split())
            self._refuse_many()

    def _refuse_many(self) -> None:
        if self.vertices > 2 * VERTEX_LIMIT:  # pieces may cut a vertex in two; the exact count comes later
            raise FileRefused("vertices", limit=VERTEX_LIMIT)


def scan_markup(path: Path, *, most: int = FEATURE_LIMIT) -> tuple[str, int]:
    """Read a KML or GPX as a stream: no DTD, no entity, not too much, and whole. Its root, and how many features it has."""
    scan = _Scan(most)
    try:
        with path.open("rb") as file:
            defusedxml.sax.parse(file, scan, forbid_dtd=True)
    except DefusedXmlException as cause:
        raise FileRefused("kml_dtd") from cause
    except (SAXParseException, UnicodeError, LookupError, ValueError) as cause:
        raise FileRefused("file_broken") from cause
    return scan.root, scan.features
