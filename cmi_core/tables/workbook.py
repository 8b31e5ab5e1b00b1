"""
An .xlsx file as an archive: opened only once its sizes, names and parts are known to be harmless.

Only the parts needed are unpacked and parsed; a document type is refused, links are never followed.
"""

import zlib
from collections.abc import Callable
from io import BytesIO
from itertools import count
from posixpath import normpath
from xml.parsers import expat  # document types, and so entities, are refused in walk()
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from cmi_core.errors import FileRefused

MOST_PARTS = 2_000
MOST_UNPACKED = 250 * 2**20  # bytes
MOST_ELEMENTS = 10_000_000  # of one part; two million cells need about half
MOST_RATIO = 200  # unpacked to packed, for parts of more than a megabyte
BROKEN = (
    *(KeyError, ValueError, IndexError, OverflowError, EOFError, OSError),
    *(expat.ExpatError, BadZipFile, zlib.error, NotImplementedError),
)


def open_workbook(data: bytes) -> ZipFile:
    """
    The archive, once it is known to be a plain workbook of bearable size.

    Raises FileRefused: those of `open_archive`, `file_macros` or `file_not_table`.
    """
    archive = open_archive(data)
    lower = {part.filename.lower() for part in archive.infolist()}
    if any("vbaproject" in name or "macrosheets/" in name for name in lower):
        raise FileRefused("file_macros")
    if "xl/workbook.xml" not in lower:
        raise FileRefused("file_not_table")
    return archive


def open_archive(data: bytes) -> ZipFile:
    """
    An archive that can be unpacked without harm. Raises FileRefused: `file_damaged`, `file_encrypted`, `file_unsafe` or `file_bomb`.
    """
    try:
        archive = ZipFile(BytesIO(data))
        parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as broken:
        raise FileRefused("file_damaged") from broken
    names = [part.filename for part in parts]
    lower = {name.lower() for name in names}
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("file_encrypted")
    if len(lower) < len(names) or any(_astray(name) for name in names):
        raise FileRefused("file_unsafe")
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    dense = any(p.file_size > 2**20 and p.file_size > MOST_RATIO * max(1, p.compress_size) for p in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or packed > len(data) or dense:
        raise FileRefused("file_bomb")
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise FileRefused("file_unsafe")
    return archive


def sheet_parts(archive: ZipFile, *, hidden: bool = False) -> dict[str, str]:
    """The sheets in order: name → part of the archive; chart sheets are left out, and hidden ones unless asked for."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        key = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        shown = hidden or attributes.get("state", "visible") == "visible"
        if name == "sheet" and key in targets and shown:
            target = targets[key]
            inside = target.removeprefix("/") if target.startswith("/") else normpath(f"xl/{target}")
            sheets[attributes.get("name", "")] = inside

    walk(archive, "xl/_rels/workbook.xml.rels", start=relation)
    walk(archive, "xl/workbook.xml", start=sheet)
    return sheets


def walk(
    archive: ZipFile,
    part: str,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
) -> None:
    """Walk one part of the archive; namespaces' prefixes are dropped, a document type is refused."""

    def doctype(*_: object) -> None:
        raise FileRefused("file_unsafe")

    def local(name: str) -> str:
        return name.rpartition(":")[2]

    def begin(name: str, attributes: dict[str, str]) -> None:
        if next(elements) > MOST_ELEMENTS:
            raise FileRefused("file_bomb")
        start(local(name), attributes)

    elements = count(1)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = begin
    if end:
        parser.EndElementHandler = lambda name: end(local(name))
    if characters:
        parser.CharacterDataHandler = characters
    try:
        with archive.open(part) as stream:
            parser.ParseFile(stream)
    except BROKEN as broken:
        raise FileRefused("file_damaged") from broken


def _astray(name: str) -> bool:
    """Whether a part's name points outside the archive."""
    return name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/")
