"""
Uploaded tables: .xlsx and .csv read by what they contain, with the address of every cell kept.

Nothing in a file is executed, followed or unpacked beyond its limits; what cannot be read safely is refused
in words. A cell's address is the one a reader sees in a spreadsheet, also for CSV.
"""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from cmi_core.errors import FileRefused
from cmi_core.tables.safe_csv import write_csv, write_xlsx
from cmi_core.tables.workbook import open_workbook, sheet_parts
from cmi_core.tables.worksheet import Formula, Limits, column_letters, read_sheet

__all__ = ["Table", "address", "read_table", "write_csv", "write_xlsx"]

MEGABYTE = 2**20
SUFFIXES = {".xlsx", ".csv", ".tsv", ".txt"}
SEPARATORS = (",", ";", "\t")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
INERT = re.compile(r"'(?=\s*[=+\-@＝＋－＠\t\r])")
UNSAFE_NAME = re.compile(r"[/\\\x00-\x1f]|^\.|^[A-Za-z]:")


@dataclass(frozen=True)
class Table:
    """
    The filled cells of a sheet: `rows` maps row number → column number → value, both from 1.

    `sheet` and `sheets` name the sheet read and all there are; `merged` lists merged ranges; `encoding` and
    `separator` say how a CSV was understood.
    """

    rows: Mapping[int, Mapping[int, object]]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ""

    def merged_from(self, row: int) -> list[str]:
        """The merged ranges that reach the given row or below it."""
        return [area for area in self.merged if _last_row(area) >= row]


def address(row: int, column: int) -> str:
    """
    A cell's address.

    >>> address(7, 3)
    'C7'
    """
    return f"{column_letters(column)}{row}"


def read_table(
    data: bytes,
    filename: str,
    *,
    sheet: str | None = None,
    max_mb: float = 20,
    limits: Limits | None = None,
) -> Table:
    """
    The first visible sheet of a workbook, the one called `sheet`, or a CSV file.

    CSV may be UTF-8, UTF-16 with its mark, or CP874/TIS-620, separated by comma, semicolon or tab.

    >>> read_table("รหัส;ค่า\\nk1;5".encode("cp874"), "values.csv").rows[2]
    {1: 'k1', 2: '5'}

    Raises FileRefused: `file_name_unsafe`, `file_wrong_type`, `file_too_large`, `table_empty`,
    `file_old_excel`, `file_encrypted`, `file_not_what_it_says`, `file_not_table`, `file_damaged`,
    `file_unsafe`, `file_bomb`, `file_macros`, `file_sheet_missing`, `file_too_many_cells`,
    `file_encoding_unknown` or `file_csv_broken`.
    """
    limits = limits or Limits()
    suffix = _checked_suffix(filename)
    if not data.strip(b"\0 \r\n\t"):
        raise FileRefused("table_empty")
    if len(data) > max_mb * MEGABYTE:
        raise FileRefused("file_too_large", limit=f"{max_mb:g}", size=f"{len(data) / MEGABYTE:.1f}")
    if data.startswith(OLE):
        raise FileRefused("file_encrypted" if ENCRYPTED in data else "file_old_excel")
    if data.startswith(ZIP) != (suffix == ".xlsx"):
        raise FileRefused("file_not_what_it_says", name=filename)
    table = _from_workbook(data, sheet, limits) if suffix == ".xlsx" else _from_text(data, limits)
    if not table.rows:
        raise FileRefused("table_empty")
    return table


def _checked_suffix(filename: str) -> str:
    """The file's suffix, if the name is a plain one and of a kind we read."""
    if not filename or len(filename) > 200 or UNSAFE_NAME.search(filename):
        raise FileRefused("file_name_unsafe")
    suffix = PurePosixPath(filename).suffix.lower()
    if suffix in (".xlsm", ".xltm", ".xlsb", ".xlam"):
        raise FileRefused("file_macros")
    if suffix == ".xls":
        raise FileRefused("file_old_excel")
    if suffix not in SUFFIXES:
        raise FileRefused("file_wrong_type", name=filename)
    return suffix


def _from_workbook(data: bytes, name: str | None, limits: Limits) -> Table:
    archive = open_workbook(data)
    sheets = sheet_parts(archive)
    wanted = next(iter(sheets), "") if name is None else name
    if wanted not in sheets:
        raise FileRefused("file_sheet_missing", name=wanted, known=", ".join(sheets))
    sheet = read_sheet(archive, sheets[wanted], limits=limits)
    rows = dict(sorted(sheet.rows.items()))
    return Table(rows, wanted, tuple(sheets), tuple(sheet.merged))


def _from_text(data: bytes, limits: Limits) -> Table:
    text, encoding = _decoded(data)
    lines = text.splitlines(keepends=True)
    offset = 0
    separator = _separator(lines)
    if lines and (said := re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE)):
        separator, offset, lines = said[1], 1, lines[1:]
    rows: dict[int, dict[int, object]] = {}
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number, cells = offset, 0
    try:
        for number, record in enumerate(reader, start=offset + 1):
            filled = {column: _cell(said) for column, said in enumerate(record, start=1) if said.strip()}
            cells += len(filled)
            if len(rows) >= limits.rows or len(record) > limits.columns or cells > limits.cells:
                raise FileRefused(
                    "file_too_many_cells", rows=limits.rows, columns=limits.columns, cells=limits.cells
                )
            if filled:
                rows[number] = filled
    except csv.Error as broken:
        raise FileRefused("file_csv_broken", row=number + 1) from broken
    return Table(rows, encoding=encoding, separator=separator)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text of a CSV file and its encoding."""
    marked = (b"\xff\xfe", b"\xfe\xff")
    if data.startswith(marked):
        encodings = ("utf-16",)
    elif b"\0" in data or data.startswith((b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF")):
        raise FileRefused("file_not_table")
    else:
        encodings = ("utf-8-sig", "cp874")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.match(r"\s*<(?:!doctype|html|\?xml|svg|script)", text, re.IGNORECASE) or "\0" in text:
            raise FileRefused("file_not_table")
        return text, encoding
    raise FileRefused("file_encoding_unknown")


def _separator(lines: list[str]) -> str:
    """The separator that gives most of the first lines the same, greatest number of cells."""

    def width(separator: str) -> tuple[int, int]:
        try:
            widths = [len(record) for record in csv.reader(lines[:50], delimiter=separator) if record]
        except csv.Error:
            return (0, 0)
        common, times = Counter(widths).most_common(1)[0] if widths else (0, 0)
        return (times if common > 1 else 0, common)

    return max(SEPARATORS, key=width)


def _cell(said: str) -> object:
    """A cell of a CSV file; our own mark that keeps text inert is taken off again."""
    said = said.strip()
    if INERT.match(said):
        return said[1:]
    return Formula(said[1:]) if said.startswith("=") else said


def _last_row(area: str) -> int:
    digits = area.rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
    return int(digits) if digits.isdecimal() else 0
