"""
An uploaded boundary file, told by its content, checked and unpacked before any GIS library sees it.

Runs in the worker process only (`boundary_worker`), with the standard library and defusedxml.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from cmi_core.errors import FileRefused

MEGABYTE = 1_000_000
UNZIPPED_LIMIT_MB = 100
MEMBER_LIMIT = 60
RATIO_LIMIT = 100
RATIO_FROM = MEGABYTE  # a table of blanks may shrink 300 times and still be small and honest
VERTEX_LIMIT = 200_000
FEATURE_LIMIT = 500

SHAPEFILE_NEEDS = (".shp", ".shx", ".dbf")
SHAPEFILE_READS = (*SHAPEFILE_NEEDS, ".prj", ".cpg")
ARCHIVE_SUFFIXES = (".zip", ".kmz", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz")
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
SHP_MAGIC = b"\x00\x00\x27\x0a"
SHP_WITH_PARTS = frozenset({3, 5, 13, 15, 23, 25})  # lines and polygons, flat, with heights or measures
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Unpacked:
    """
    A checked file under a name of ours.

    `format` is geojson, gpkg, kml, kmz or shapefile; `layer` is the Shapefile's name inside its zip.
    """

    format: str
    path: Path
    layer: str | None = None


def unpacked(upload: Path, *, layer: str | None = None) -> Unpacked:
    """The upload, checked and ready to be opened; FileRefused says what is wrong with it."""
    with upload.open("rb") as file:
        head = file.read(4096)
    kind = detected(head)
    if kind == "zip":
        return _unzipped(upload, layer=layer)
    target = upload.rename(upload.with_name(f"upload.{kind}"))
    if kind == "kml":
        scan_kml(target)
    if kind == "gpkg":
        _refuse_cut_geopackage(head, size=target.stat().st_size)
    return Unpacked(kind, target)


def detected(head: bytes) -> str:
    """
    The kind of file by its first bytes: geojson, gpkg, kml or zip.

    >>> detected(b'{"type": "FeatureCollection"')
    'geojson'
    """
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if head.startswith(ZIP_MAGIC):
        return "zip"
    if head.startswith(b"SQLite format 3\x00") and head[68:72] in GEOPACKAGE_IDS:
        return "gpkg"
    if head.startswith(SHP_MAGIC):
        raise FileRefused("shp_parts", parts=".shx .dbf .prj")
    if text.startswith(b"{"):
        return "geojson"
    if text.startswith(b"<"):
        return "kml"
    raise FileRefused("file_type")


def _refuse_cut_geopackage(head: bytes, *, size: int) -> None:
    """A GeoPackage says how many pages it has (SQLite file format, section 1.3, offsets 16 and 28)."""
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if (65536 if page == 1 else page) * pages > size:
        raise FileRefused("file_broken")


def _unzipped(upload: Path, *, layer: str | None) -> Unpacked:
    try:
        with zipfile.ZipFile(upload) as archive:
            members = _checked(archive)
            if any(_suffix(member) == ".shp" for member in members):
                return _shapefile(archive, members, layer=layer, folder=upload.parent)
            return _kmz(archive, members, folder=upload.parent)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as cause:
        raise FileRefused("file_broken") from cause


def _checked(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members worth reading, once names, sizes, passwords and nesting are found harmless."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(archive.infolist()) > MEMBER_LIMIT:
        raise FileRefused("zip_members", limit=MEMBER_LIMIT)
    if not members:
        raise FileRefused("no_shapes")
    for member in archive.infolist():
        _refuse_unsafe(member)
    total = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if total > UNZIPPED_LIMIT_MB * MEGABYTE:
        raise FileRefused("zip_big", limit=UNZIPPED_LIMIT_MB)
    if total > RATIO_FROM and total / packed > RATIO_LIMIT:
        raise FileRefused("zip_ratio", limit=RATIO_LIMIT)
    for member in members:
        _refuse_nested(archive, member)
    return [member for member in members if not _is_clutter(member)]


def _refuse_unsafe(member: zipfile.ZipInfo) -> None:
    parts = PurePosixPath(member.orig_filename.replace("\\", "/")).parts
    absolute = member.orig_filename.startswith(("/", "\\")) or ":" in member.orig_filename[:3]
    if absolute or ".." in parts or "\x00" in member.orig_filename:
        raise FileRefused("zip_path")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise FileRefused("zip_path")
    if member.flag_bits & 0x1:
        raise FileRefused("zip_password")


def _refuse_nested(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as file:
        start = file.read(4)
    if start in ZIP_MAGIC or _suffix(member) in ARCHIVE_SUFFIXES:
        raise FileRefused("zip_nested")


def _is_clutter(member: zipfile.ZipInfo) -> bool:
    """What macOS adds to a zip beside the files."""
    path = PurePosixPath(member.filename)
    return "__MACOSX" in path.parts or path.name.startswith(".")


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _stem(member: zipfile.ZipInfo) -> str:
    return str(PurePosixPath(member.filename).with_suffix(""))


def _shapefile(
    archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], *, layer: str | None, folder: Path
) -> Unpacked:
    """One layer's parts, written beside each other under our own names."""
    layers: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in members:
        layers.setdefault(_stem(member).lower(), {})[_suffix(member)] = member
    named = {PurePosixPath(_stem(found[".shp"])).name: found for found in layers.values() if ".shp" in found}
    chosen = the_layer(list(named), layer=layer)
    parts = named[chosen]
    if lacking := [suffix for suffix in SHAPEFILE_NEEDS if suffix not in parts]:
        raise FileRefused("shp_parts", parts=" ".join(lacking))
    for suffix in SHAPEFILE_READS:
        if suffix in parts:
            _extract(archive, parts[suffix], target=folder / f"upload{suffix}")
    _refuse_bad_shapefile(folder / "upload.shp")
    return Unpacked("shapefile", folder / "upload.shp", chosen)


def the_layer(names: list[str], *, layer: str | None) -> str:
    """The one layer to read: the chosen one, or the only one; FileRefused lists them otherwise."""
    if layer is not None and layer not in names:
        raise FileRefused("layer_unknown", layer=layer, layers=", ".join(names), choices=names)
    if layer is None and len(names) > 1:
        raise FileRefused("layers", layers=", ".join(names), choices=names)
    return layer if layer is not None else names[0]


def _refuse_bad_shapefile(path: Path) -> None:
    """
    A .shp that is cut, or holds more than is read: told by what it says of itself, before any of it is built.

    It states its own length, and each record its length and points (ESRI Shapefile description, 1998, pages 4 to 16).
    """
    size = path.stat().st_size
    records = vertices = 0
    with path.open("rb") as file:
        head = file.read(100)
        if not head.startswith(SHP_MAGIC) or int.from_bytes(head[24:28], "big") * 2 > size:
            raise FileRefused("file_broken")
        at = 100
        while at + 8 <= size:
            file.seek(at)
            record = file.read(52)
            records += 1
            # Of points and empty shapes there is no count; what stands there instead is small or none at all.
            if int.from_bytes(record[8:12], "little") in SHP_WITH_PARTS:
                vertices += int.from_bytes(record[48:52], "little")
            if records > FEATURE_LIMIT:
                raise FileRefused("features", limit=FEATURE_LIMIT)
            if vertices > VERTEX_LIMIT:
                raise FileRefused("vertices", limit=VERTEX_LIMIT)
            at += 8 + 2 * int.from_bytes(record[4:8], "big")


def _kmz(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], *, folder: Path) -> Unpacked:
    """A KMZ's main document: `doc.kml`, else its first KML (OGC KML 2.3, annex C)."""
    documents = [member for member in members if _suffix(member) == ".kml"]
    if not documents:
        parts = {_suffix(member) for member in members} & set(SHAPEFILE_READS)
        raise FileRefused("shp_parts", parts=".shp") if parts else FileRefused("file_type")
    chosen = min(documents, key=lambda member: member.filename.lower() != "doc.kml")
    _extract(archive, chosen, target=folder / "upload.kml")
    scan_kml(folder / "upload.kml")
    return Unpacked("kmz", folder / "upload.kml")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, target: Path) -> None:
    """Copy piece by piece; zipfile itself stops at the size the directory states and checks the sum."""
    with archive.open(member) as file, target.open("wb") as copy:
        while piece := file.read(MEGABYTE):
            copy.write(piece)


class _KmlScan(ContentHandler):
    """Counts what a KML holds, so that a huge one is refused before it is built in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.root = ""
        self.features = 0
        self.vertices = 0
        self._in_coordinates = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802, ARG002 -- SAX's own name
        local = name.rpartition(":")[2]
        self.root = self.root or local
        if self.root != "kml":
            raise FileRefused("file_type")
        self.features += local == "Placemark"
        self._in_coordinates = local == "coordinates"
        if self.features > FEATURE_LIMIT:
            raise FileRefused("features", limit=FEATURE_LIMIT)

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002 -- SAX's own name
        self._in_coordinates = False

    def characters(self, content: str) -> None:
        if self._in_coordinates:
            self.vertices += len(content.split())
        if self.vertices > 2 * VERTEX_LIMIT:  # pieces may cut a vertex in two; the exact count comes later
            raise FileRefused("vertices", limit=VERTEX_LIMIT)


def scan_kml(path: Path) -> None:
    """Read a KML as a stream: no DTD, no entity, a `kml` root, not too much of it, and whole."""
    try:
        with path.open("rb") as file:
            defusedxml.sax.parse(file, _KmlScan(), forbid_dtd=True)
    except DefusedXmlException as cause:
        raise FileRefused("kml_dtd") from cause
    except (SAXParseException, UnicodeError, LookupError, ValueError) as cause:
        raise FileRefused("file_broken") from cause
