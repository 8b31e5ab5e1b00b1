"""
The cells of one sheet, as a reader sees them: dates as dates, 45% as 45%.

A formula is handed on as a `Formula`, never as its cached result, which may be stale or forged.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zipfile import ZipFile

from cmi_core.errors import FileRefused
from cmi_core.tables.workbook import walk

DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)}
PERCENT_FORMATS = {9, 10}
DIGITS = "0123456789"
HIDDEN = ("1", "true")


class Formula(str):
    """What stands in a cell that holds a formula."""

    __slots__ = ()


class NoDate(str):
    """A number that its cell shows as a date, but that lies on no day of any calendar: Excel shows #### there."""

    __slots__ = ()


@dataclass
class Sheet:
    """The filled cells of one sheet by row and column number (both from 1), its merged ranges, and what is hidden."""

    rows: dict[int, dict[int, object]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Limits:
    """How much of a sheet is read before it is refused."""

    rows: int = 200_000
    columns: int = 300
    cells: int = 2_000_000


def read_sheet(archive: ZipFile, part: str, *, limits: Limits) -> Sheet:
    """The filled cells of one sheet: text, numbers, dates, `45%` for percent cells, Formula for formulas."""
    reading = _Reading(archive, limits)
    walk(archive, part, start=reading.start, end=reading.end, characters=reading.characters)
    return reading.sheet


class _Reading:
    """The cells of a sheet while the elements of its part pass by."""

    def __init__(self, archive: ZipFile, limits: Limits) -> None:
        self.sheet, self.limits = Sheet(), limits
        self.strings, self.kinds, self.epoch = _shared_strings(archive), _kinds(archive), _epoch(archive)
        self.columns: dict[str, int] = {}
        self.row = self.column = self.cells = 0
        self.kind = self.style = ""
        self.text: list[str] = []
        self.formula = self.inside = self.phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.column = self._column(attributes.get("r", "").rstrip(DIGITS))
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
            self.formula = False
            self.text.clear()
        elif name in ("v", "t"):
            self.inside = not self.phonetic
        elif name == "f":
            self.formula = True
        elif name == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            if attributes.get("hidden") in HIDDEN:
                self.sheet.hidden_rows.add(self.row)
        elif name == "col":
            if attributes.get("hidden") in HIDDEN:
                last = min(int(attributes.get("max", 0)), self.limits.columns)
                self.sheet.hidden_columns.update(range(int(attributes.get("min", 1)), last + 1))
        elif name == "rPh":
            self.phonetic = True
        elif name == "mergeCell":
            self.sheet.merged.append(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        if name == "c":
            if self.text or self.formula:
                self._cell()
        elif name in ("v", "t"):
            self.inside = False
        elif name == "rPh":
            self.phonetic = False

    def characters(self, said: str) -> None:
        if self.inside:
            self.text.append(said)

    def _column(self, letters: str) -> int:
        """The number of a cell's column; a cell that does not say it stands after the one before."""
        known = self.columns.get(letters) or self.columns.setdefault(letters, column_number(letters))
        return known or self.column + 1

    def _cell(self) -> None:
        said, limits, rows = "".join(self.text), self.limits, self.sheet.rows
        value = Formula(said) if self.formula else _value(said, self.kind, strings=self.strings)
        if self.kind == "n" and not self.formula and (as_kind := self.kinds.get(self.style)):
            value = _as(as_kind, value, epoch=self.epoch)
        if value != "" or self.formula:
            self.cells += 1
            rows.setdefault(self.row, {})[self.column] = value
            if self.column > limits.columns or self.cells > limits.cells or len(rows) > limits.rows:
                raise FileRefused(
                    "file_too_many_cells", rows=limits.rows, columns=limits.columns, cells=limits.cells
                )


def column_number(letters: str) -> int:
    """
    The number of a column by its letters, 0 for none.

    >>> column_number("A"), column_number("AA"), column_number("")
    (1, 27, 0)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter.upper()) - 64
    return number


@lru_cache(maxsize=1_000)
def column_letters(number: int) -> str:
    """
    The letters of a column by its number.

    >>> column_letters(1), column_letters(27), column_letters(16384)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _shared_strings(archive: ZipFile) -> list[str]:
    """The text table of the workbook; readings in small print (phonetics) are left out."""
    strings: list[str] = []
    state = {"text": False, "phonetic": False}
    parts: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            parts.clear()
        elif name in ("t", "rPh"):
            state["text" if name == "t" else "phonetic"] = True

    def end(name: str) -> None:
        if name == "si":
            strings.append("".join(parts).strip())
        elif name in ("t", "rPh"):
            state["text" if name == "t" else "phonetic"] = False

    def characters(said: str) -> None:
        if state["text"] and not state["phonetic"]:
            parts.append(said)

    if "xl/sharedStrings.xml" in archive.namelist():
        walk(archive, "xl/sharedStrings.xml", start=start, end=end, characters=characters)
    return strings


def _kinds(archive: ZipFile) -> dict[str, str]:
    """Which styles show a number as a date or a percentage: style number → "date" or "percent"."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    inside = {"cellXfs": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
        elif name == "xf" and inside["cellXfs"]:
            formats.append(int(attributes.get("numFmtId", 0)))
        elif name == "cellXfs":
            inside["cellXfs"] = True

    def end(name: str) -> None:
        if name == "cellXfs":
            inside["cellXfs"] = False

    if "xl/styles.xml" in archive.namelist():
        walk(archive, "xl/styles.xml", start=start, end=end)
    kinds = {str(place): _kind(number, codes.get(number, "")) for place, number in enumerate(formats)}
    return {style: kind for style, kind in kinds.items() if kind}


def _kind(number: int, code: str) -> str:
    plain = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code).lower()
    if number in PERCENT_FORMATS or "%" in plain:
        return "percent"
    dated = number in DATE_FORMATS and not code
    return "date" if dated or (plain != "general" and re.search(r"[dmyhsb]", plain)) else ""


def _epoch(archive: ZipFile) -> date:
    """The day that a date cell counts from."""
    found = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            found.append(attributes.get("date1904", "0") in ("1", "true"))

    walk(archive, "xl/workbook.xml", start=start)
    return date(1904, 1, 1) if any(found) else date(1899, 12, 30)


def _value(said: str, kind: str, *, strings: list[str]) -> object:
    """What a cell's text means by its type."""
    if kind == "s":
        return strings[int(said)]
    if kind == "n":
        return int(said) if said.isdecimal() and len(said) < 16 else float(said)
    if kind == "b":
        return said == "1"
    if kind == "d":
        return datetime.fromisoformat(said)
    return said.strip()


def _as(kind: str, value: object, *, epoch: date) -> object:
    """A number as its cell shows it: a date, or a percentage as text."""
    if not isinstance(value, int | float):
        return value
    if kind == "percent":
        return f"{round(value * 100, 9):.15g}%"
    try:
        return datetime(epoch.year, epoch.month, epoch.day) + timedelta(days=value)
    except OverflowError:
        return NoDate(f"{value:.15g}")
