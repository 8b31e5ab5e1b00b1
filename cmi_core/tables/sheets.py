"""
Uploaded tables: .xlsx and .csv read by what they contain, with the address of every cell kept.

Nothing in a file is executed, followed or unpacked beyond its limits; what cannot be read safely is refused
in words. A cell's address is the one a reader sees in a spreadsheet, also for CSV.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from zipfile import ZipFile

from cmi_core.errors import FileRefused
from cmi_core.tables import data_package
from cmi_core.tables.decoding import decoded
from cmi_core.tables.questions import Answers, Question
from cmi_core.tables.safe_csv import write_csv, write_xlsx
from cmi_core.tables.table import Table, address, from_text
from cmi_core.tables.workbook import open_archive, open_workbook, sheet_parts
from cmi_core.tables.worksheet import Limits, read_sheet

__all__ = ["Book", "Table", "address", "read_book", "read_table", "write_csv", "write_xlsx"]

MEGABYTE = 2**20
SUFFIXES = {".xlsx", ".csv", ".tsv", ".txt"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
UNSAFE_NAME = re.compile(r"[/\\\x00-\x1f]|^\.|^[A-Za-z]:")


@dataclass(frozen=True)
class Book:
    """
    A whole file: every sheet that holds something, hidden ones too; a CSV is one sheet without a name.

    `questions` are about how the file is written down: its encoding. `empty` names sheets without any cell, `declared`
    holds what a data package says about its files.
    """

    tables: tuple[Table, ...]
    format: str
    questions: tuple[Question, ...] = ()
    empty: tuple[str, ...] = ()
    declared: Mapping[str, object] = field(default_factory=dict)

    @property
    def understood(self) -> dict[str, object]:
        """How the file is written down, in plain values."""
        told: dict[str, object] = {"format": self.format}
        if self.format == "csv":
            told |= {"encoding": self.tables[0].encoding, "separator": self.tables[0].separator}
        return told | ({"declared": dict(self.declared)} if self.declared else {})


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
    suffix = _checked(data, filename, max_mb)
    table = _from_workbook(data, sheet, limits) if suffix == ".xlsx" else from_text(decoded(data, {}), limits)
    if not table.rows:
        raise FileRefused("table_empty")
    return table


def read_book(
    data: bytes,
    filename: str,
    *,
    answers: Answers | None = None,
    max_mb: float = 20,
    limits: Limits | None = None,
) -> Book:
    """
    Every sheet of a workbook, hidden ones and hidden parts named, or a CSV file.

    Of `answers` that to `encoding` is asked for. Raises FileRefused as `read_table` does.
    """
    limits = limits or Limits()
    suffix = _checked(data, filename, max_mb, packed=True)
    if suffix == ".zip":
        tables, declared = data_package.tables(open_archive(data), limits)
        return Book(tables, "data package", declared=declared)
    if suffix != ".xlsx":
        text = decoded(data, answers or {})
        table = from_text(text, limits)
        if not table.rows:
            raise FileRefused("table_empty")
        return Book((table,), "csv", (text.question,) if text.question else ())
    archive = open_workbook(data)
    shown = sheet_parts(archive)
    tables = [
        replace(_sheet(archive, name, part, shown, limits), hidden=name not in shown)
        for name, part in sheet_parts(archive, hidden=True).items()
    ]
    filled = tuple(table for table in tables if table.rows)
    if not filled:
        raise FileRefused("table_empty")
    return Book(filled, "xlsx", empty=tuple(table.sheet for table in tables if not table.rows))


def _checked(data: bytes, filename: str, max_mb: float, *, packed: bool = False) -> str:
    """The file's suffix, once its name, size and first bytes are those of a table; `packed` ones may be a .zip."""
    suffix = _checked_suffix(filename, packed=packed)
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise FileRefused("table_empty")
    if len(data) > max_mb * MEGABYTE:
        raise FileRefused("file_too_large", limit=f"{max_mb:g}", size=f"{len(data) / MEGABYTE:.1f}")
    if data.startswith(OLE):
        raise FileRefused("file_encrypted" if ENCRYPTED in data else "file_old_excel")
    if data.startswith(ZIP) != (suffix in (".xlsx", ".zip")):
        raise FileRefused("file_not_what_it_says", name=filename)
    return suffix


def _checked_suffix(filename: str, *, packed: bool) -> str:
    """The file's suffix, if the name is a plain one and of a kind we read."""
    if not filename or len(filename) > 200 or UNSAFE_NAME.search(filename):
        raise FileRefused("file_name_unsafe")
    suffix = PurePosixPath(filename).suffix.lower()
    if suffix in (".xlsm", ".xltm", ".xlsb", ".xlam"):
        raise FileRefused("file_macros")
    if suffix == ".xls":
        raise FileRefused("file_old_excel")
    if suffix in (".ods", ".numbers", ".fods"):
        raise FileRefused("file_other_office", name=filename)
    if suffix not in SUFFIXES and not (packed and suffix == ".zip"):
        raise FileRefused("file_wrong_type", name=filename)
    return suffix


def _from_workbook(data: bytes, name: str | None, limits: Limits) -> Table:
    archive = open_workbook(data)
    sheets = sheet_parts(archive)
    wanted = next(iter(sheets), "") if name is None else name
    if wanted not in sheets:
        raise FileRefused("file_sheet_missing", name=wanted, known=", ".join(sheets))
    return _sheet(archive, wanted, sheets[wanted], sheets, limits)


def _sheet(archive: ZipFile, name: str, part: str, sheets: Mapping[str, str], limits: Limits) -> Table:
    sheet = read_sheet(archive, part, limits=limits)
    rows = dict(sorted(sheet.rows.items()))
    hidden = frozenset(sheet.hidden_rows), frozenset(sheet.hidden_columns)
    return Table(
        rows, name, tuple(sheets), tuple(sheet.merged), hidden_rows=hidden[0], hidden_columns=hidden[1]
    )
