"""What an evidence file is, by its content: kinds we take, and names that are safe to show."""

import re
import zipfile
from io import BytesIO

from cmi_core.errors import FileRefused

LARGEST = 10 * 2**20
OOXML = {
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
}
MAGIC = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
_MARKUP = re.compile(r"<(?:!doctype|html|svg|script|\?xml|body|iframe)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\"<>|:*?]")


def kind_of(data: bytes) -> tuple[str, str]:
    """
    The media type and the ending of a file, by what it contains; its name is not asked.

    >>> kind_of(b"%PDF-1.7 ...")
    ('application/pdf', 'pdf')

    Raises FileRefused: `file_empty`, `file_too_large`, `file_macros` or `evidence_kind`.
    """
    if not data:
        raise FileRefused("file_empty")
    if len(data) > LARGEST:
        raise FileRefused("file_too_large", limit=f"{LARGEST // 2**20}", size=f"{len(data) / 2**20:.1f}")
    for magic, media_type, ending in MAGIC:
        if data.startswith(magic):
            return media_type, ending
    return _office(data) if data.startswith(b"PK\x03\x04") else _text(data)


def safe_name(name: str, ending: str) -> str:
    """
    A name to show and to download by: the last part of a path, without signs that deceive.

    >>> safe_name("../../etc/report.exe", "pdf")
    'report.pdf'
    """
    last = _UNSAFE.sub("", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem = last.rpartition(".")[0] or last
    return f"{stem.strip(' .')[:80] or 'evidence'}.{ending}"


def _office(data: bytes) -> tuple[str, str]:
    """A workbook, document or slides; only the list of parts is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as broken:
        raise FileRefused("evidence_kind") from broken
    if any("vbaproject" in name.lower() for name in names):
        raise FileRefused("file_macros")
    for folder, kind in OOXML.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return kind
    raise FileRefused("evidence_kind")


def _text(data: bytes) -> tuple[str, str]:
    for encoding in ("utf-8-sig", "cp874"):
        try:
            said = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in said or _MARKUP.search(said[:100_000]):
            break
        return (
            "text/plain; charset=utf-8" if encoding == "utf-8-sig" else "text/plain; charset=windows-874",
            "txt",
        )
    raise FileRefused("evidence_kind")
