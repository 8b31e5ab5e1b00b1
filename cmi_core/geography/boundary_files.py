"""
An uploaded GIS file, told by its content, checked and unpacked before any GIS library sees it.

Runs in the worker process only (`boundary_worker`), with the standard library and defusedxml.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from cmi_core.errors import FileRefused
from cmi_core.geography.gis_markup import FEATURE_LIMIT, VERTEX_LIMIT, WIDE_MARKS, in_utf8, scan_markup
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question

MEGABYTE = 1_000_000
UNZIPPED_LIMIT_MB = 100
MEMBER_LIMIT = 60
GEODATABASE_LIMIT = 600  # a File Geodatabase is a folder of many small files
RATIO_LIMIT = 100
RATIO_FROM = MEGABYTE  # a table of blanks may shrink 300 times and still be small and honest

SHAPEFILE_NEEDS = (".shp", ".shx", ".dbf")
SHAPEFILE_READS = (*SHAPEFILE_NEEDS, ".prj", ".cpg")
ARCHIVE_SUFFIXES = (".zip", ".kmz", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz")
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
SHP_MAGIC = b"\x00\x00\x27\x0a"
SHP_WITH_PARTS = frozenset({3, 5, 13, 15, 23, 25})  # lines and polygons, flat, with heights or measures
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
GEODATABASE_FILE = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+){0,3}")
DOCUMENTS = frozenset({".kml", ".gpx", ".geojson", ".json", ".gpkg"})
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Asking:
    """What a reader of the file wants of it: `wanted` is the kind of shape, `most` how many rows are read."""

    answers: Answers = field(default_factory=dict)
    wanted: str = "Polygon"
    most: int = FEATURE_LIMIT


class StillAsked(Exception):
    """Nothing can be read before a layer is chosen."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.id)
        self.question = question


@dataclass(frozen=True)
class Unpacked:
    """
    A checked file under a name of ours.

    `format` is geojson, gpkg, kml, kmz, gpx, gdb or shapefile; `layer` is the Shapefile's name inside its zip.
    """

    format: str
    path: Path
    layer: str | None = None
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    counted: int | None = None  # the features that a KML or GPX has by its own marks
    bytes_kept: bool = False  # a KML or GPX in other letters: each byte stands as the letter of Latin-1
    declared: str | None = None  # what it says of its letters


def unpacked(upload: Path, asking: Asking | None = None) -> Unpacked:
    """The upload, checked and ready to be opened; FileRefused says what is wrong with it, StillAsked what is open."""
    asking = asking or Asking()
    if _kind(upload) == "zip":
        return _unzipped(upload, asking)
    return _single(upload, asking)


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        return detected(file.read(4096))


def _single(upload: Path, asking: Asking) -> Unpacked:
    """A file that is no archive, under the ending that it goes by."""
    kind = _kind(upload)
    if kind == "zip":
        raise FileRefused("zip_nested")
    target = upload.rename(upload.with_name(f"upload.{kind}"))
    if kind == "xml":
        return _markup(target, asking)
    if kind == "gpkg":
        _refuse_cut_geopackage(target)
    return Unpacked(kind, target)


def detected(head: bytes) -> str:
    """
    The kind of file by its first bytes: geojson, gpkg, xml (KML or GPX) or zip.

    >>> detected(b'{"type": "FeatureCollection"')
    'geojson'
    """
    wide = head.startswith(WIDE_MARKS)
    text = head.replace(b"\0", b"")[2:] if wide else head.removeprefix(BYTE_ORDER_MARK)
    text = text.lstrip()
    if head.startswith(ZIP_MAGIC):
        return "zip"
    if head.startswith(b"SQLite format 3\x00") and head[68:72] in GEOPACKAGE_IDS:
        return "gpkg"
    if head.startswith(SHP_MAGIC):
        raise FileRefused("shp_parts", parts=".shx .dbf .prj")
    if text.startswith(b"{"):
        return "geojson"
    if text.startswith(b"<"):
        return "xml"
    raise FileRefused("file_type")


def _markup(path: Path, asking: Asking) -> Unpacked:
    """A KML or a GPX, told by its root, under the ending that it goes by."""
    bytes_kept, declared = in_utf8(path)
    root, counted = scan_markup(path, most=asking.most)
    named = path.rename(path.with_name(f"upload.{root}"))
    return Unpacked(root, named, counted=counted, bytes_kept=bytes_kept, declared=declared)


def _refuse_cut_geopackage(path: Path) -> None:
    """A GeoPackage says how many pages it has (SQLite file format, section 1.3, offsets 16 and 28)."""
    with path.open("rb") as file:
        head, size = file.read(100), path.stat().st_size
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if (65536 if page == 1 else page) * pages > size:
        raise FileRefused("file_broken")


def _unzipped(upload: Path, asking: Asking) -> Unpacked:
    try:
        with zipfile.ZipFile(upload) as archive:
            members = _checked(archive)
            if any(_geodatabase(member) for member in members):
                return _gdb(archive, members, folder=upload.parent)
            if any(_suffix(member) == ".shp" for member in members):
                return _shapefile(archive, members, asking, folder=upload.parent)
            return _document(archive, members, asking, folder=upload.parent)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as cause:
        raise FileRefused("file_broken") from cause


def _checked(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members worth reading, once names, sizes, passwords and nesting are found harmless."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    most = GEODATABASE_LIMIT if any(map(_geodatabase, members)) else MEMBER_LIMIT
    if len(archive.infolist()) > most:
        raise FileRefused("zip_members", limit=most)
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


def _geodatabase(member: zipfile.ZipInfo) -> str:
    """The folder of the File Geodatabase that a member is a file of; empty where it is of none."""
    path = PurePosixPath(member.filename)
    return path.parent.as_posix() if path.parent.suffix.lower() == ".gdb" else ""


def _gdb(archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], *, folder: Path) -> Unpacked:
    """The files of one File Geodatabase in a folder of ours, under the plain names that such files have."""
    parts = [member for member in members if _geodatabase(member)]
    if len({_geodatabase(member) for member in parts}) > 1:
        raise FileRefused("gdb_several")
    target = folder / "upload.gdb"
    target.mkdir()
    for member in parts:
        name = PurePosixPath(member.filename).name
        if GEODATABASE_FILE.fullmatch(name):
            _extract(archive, member, target=target / name)
    return Unpacked("gdb", target)


def _shapefile(
    archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], asking: Asking, *, folder: Path
) -> Unpacked:
    """One layer's parts, written beside each other under our own names."""
    layers: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in members:
        layers.setdefault(_stem(member).lower(), {})[_suffix(member)] = member
    named = {PurePosixPath(_stem(found[".shp"])).name: found for found in layers.values() if ".shp" in found}
    kinds = {name: _shapefile_kind(archive, found[".shp"]) for name, found in named.items()}
    chosen, questions, left_out = the_layer(kinds, asking)
    parts = named[chosen]
    if lacking := [suffix for suffix in SHAPEFILE_NEEDS if suffix not in parts]:
        raise FileRefused("shp_parts", parts=" ".join(lacking))
    for suffix in SHAPEFILE_READS:
        if suffix in parts:
            _extract(archive, parts[suffix], target=folder / f"upload{suffix}")
    _refuse_bad_shapefile(folder / "upload.shp", most=asking.most)
    return Unpacked("shapefile", folder / "upload.shp", chosen, questions, left_out)


def _shapefile_kind(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    with archive.open(member) as file:
        code = int.from_bytes(file.read(36)[32:36], "little") % 10
    return {1: "Point", 3: "LineString", 5: "Polygon", 8: "MultiPoint"}.get(code, "")


def the_layer(
    kinds: Mapping[str, str], asking: Asking
) -> tuple[str, tuple[Question, ...], tuple[LeftOut, ...]]:
    """The one layer to read: the only one, or the chosen one of several; StillAsked where none is chosen yet."""
    names = sorted(kinds, key=lambda name: asking.wanted not in kinds[name])
    if len(names) == 1:
        return names[0], (), ()
    candidates = tuple(
        Candidate(name, told=name, sample=(kinds[name],) if kinds[name] else ()) for name in names
    )
    question = Question("layer", "gis_files.layer", candidates, details={"count": len(names)})
    chosen = question.settled(asking.answers)
    if chosen is None:
        raise StillAsked(question)
    others = tuple(LeftOut("sheet", name, "gis_files.layer_not_chosen") for name in names if name != chosen)
    return chosen, (question,), others


def _refuse_bad_shapefile(path: Path, *, most: int) -> None:
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
            if records > most:
                raise FileRefused("features", limit=most)
            if vertices > VERTEX_LIMIT:
                raise FileRefused("vertices", limit=VERTEX_LIMIT)
            at += 8 + 2 * int.from_bytes(record[4:8], "big")


def _document(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], asking: Asking, *, folder: Path
) -> Unpacked:
    """A KMZ's main document: `doc.kml`, else its first KML (OGC KML 2.3, annex C); or the one file of another kind."""
    documents = [member for member in members if _suffix(member) in DOCUMENTS]
    if not documents:
        parts = {_suffix(member) for member in members} & set(SHAPEFILE_READS)
        raise FileRefused("shp_parts", parts=".shp") if parts else FileRefused("file_type")
    chosen = min(
        documents, key=lambda member: (member.filename.lower() != "doc.kml", _suffix(member) != ".kml")
    )
    _extract(archive, chosen, target=folder / "upload.one")
    found = _single(folder / "upload.one", asking)
    left_out = tuple(
        LeftOut("sheet", member.filename, "gis_files.layer_not_chosen")
        for member in documents
        if member is not chosen
    )
    return replace(found, format="kmz" if found.format == "kml" else found.format, left_out=left_out)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, target: Path) -> None:
    """Copy piece by piece; zipfile itself stops at the size the directory states and checks the sum."""
    with archive.open(member) as file, target.open("wb") as copy:
        while piece := file.read(MEGABYTE):
            copy.write(piece)
