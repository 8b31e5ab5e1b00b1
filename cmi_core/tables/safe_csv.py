"""Tables as files that are safe to open: no text of ours or of anybody's becomes a formula."""

import csv
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO, StringIO

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList

DANGEROUS = "=+-@＝＋－＠\t\r\n"  # what makes a spreadsheet read text as a formula
NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?%?")
UNTYPED = tuple(f"{DANGEROUS}#' ")  # beginnings for which openpyxl or Excel might guess a type
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
LONGEST_TEXT = 32_767
LONGEST_TITLE = 31
FONT = "Tahoma"  # with Thai letters, and on every Windows and macOS
WIDEST = 60  # characters


def inert(text: str) -> str:
    """
    Text that a spreadsheet will not run when it opens a CSV: dangerous beginnings get an apostrophe.

    >>> inert("=1+1"), inert("-5"), inert("ปกติ")
    ("'=1+1", '-5', 'ปกติ')
    """
    first = text.lstrip(" \u00a0\u200b\ufeff")[:1]
    return f"'{text}" if first and first in DANGEROUS and not NUMBER.fullmatch(text) else text


def write_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8 with the mark Excel needs to see Thai; empty cells for missing values."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([inert(str(name)) for name in table.columns])
    for row in table.itertuples(index=False, name=None):
        writer.writerow([_as_text(value) for value in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def write_xlsx(sheets: Mapping[str, pd.DataFrame], *, widths: Mapping[str, int] | None = None) -> bytes:
    """
    One sheet per table, headers frozen and in bold, text always of the text type.

    `widths` gives column widths in characters by column name; others follow their content.
    """
    book = Workbook(write_only=True)
    book._fonts = IndexedList([Font(name=FONT, size=11)])
    taken: set[str] = set()
    for name, table in sheets.items():
        sheet = book.create_sheet(_title(name, taken))
        sheet.freeze_panes = "A2"
        for place, column in enumerate(table.columns, start=1):
            width = (widths or {}).get(str(column)) or _width(table.iloc[:, place - 1], str(column))
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.append([_cell(sheet, str(column), heading=True) for column in table.columns])
        for row in table.itertuples(index=False, name=None):
            sheet.append([_cell(sheet, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: object, *, heading: bool = False) -> object:
    """A plain value where it is harmless, which is most of them and fast; a cell of its own where not."""
    plain = _plain(value)
    if isinstance(plain, float) and float(f"{plain:.16g}") != plain:
        return _exact(sheet, plain)
    if not heading and (not isinstance(plain, str) or (not plain.startswith(UNTYPED) and "\n" not in plain)):
        return plain
    cell = WriteOnlyCell(sheet)
    cell.value, cell._value, cell.data_type = "", plain, "s"  # never "f", whatever the text begins with
    if inert(str(plain)) != plain:
        cell.quotePrefix = True
    if "\n" in str(plain):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if heading:
        cell.font, cell.fill = Font(name=FONT, bold=True), PatternFill("solid", fgColor="FFE8EEF4")
    return cell


def _exact(sheet: object, value: float) -> object:
    """A number with all its digits, for openpyxl writes only 16 and the value would come back changed."""
    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = repr(value), "n"
    return cell


def _plain(value: object) -> object:
    """A value as a workbook holds it; missing ones are empty, infinite ones are said."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, bool | int | float | date):
        return value
    text = CONTROL.sub("", str(value))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _as_text(value: object) -> str:
    plain = _plain(value)
    if isinstance(plain, str):
        return inert(plain)
    if isinstance(plain, date):
        return plain.isoformat()
    return "" if plain is None else repr(plain)


def _title(name: str, taken: set[str]) -> str:
    """A sheet title that Excel accepts and that no other sheet has."""
    plain = NOT_IN_TITLES.sub(" ", name).strip()[:LONGEST_TITLE] or "1"
    title, number = plain, 2
    while title.lower() in taken:
        mark = f" {number}"
        title, number = plain[: LONGEST_TITLE - len(mark)] + mark, number + 1
    taken.add(title.lower())
    return title


def _width(column: pd.Series, name: str) -> int:
    longest = max([len(name), *(len(str(value)) for value in column.head(200))])
    return min(WIDEST, max(10, longest + 2))
