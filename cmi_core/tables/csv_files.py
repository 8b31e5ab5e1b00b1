"""CSV files read strictly and written whole: what is odd about a file is said, never guessed around."""

import csv
import io
import math
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from cmi_core.errors import CmiError, ComputationError, FileRefused

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
MANY = 20  # problems told before the rest are only counted
BIGGEST = 200 * 2**20


def read_table(path: str | Path, *, required: Sequence[str] = ()) -> pd.DataFrame:
    """
    Read a comma-separated file with a header as text, empty cells as empty text, cells stripped.

    UTF-8 with or without a byte-order mark, or CP874. The table's index is the line of the file on which a
    row ends. Raises `FileRefused` when the file cannot be read or is no such table, or lacks a required
    column.
    """
    lines = _lines(_text(Path(path)), str(path))
    if not lines:
        raise FileRefused("named_file_empty", file=str(path))
    (_, header), *rows = lines
    columns = [name.strip() for name in header]
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise FileRefused("column_twice", file=str(path), column=twice)
    missing = [name for name in required if name not in columns]
    problems: list[CmiError] = [
        FileRefused("file_column_missing", file=str(path), column=name) for name in missing
    ]
    problems += [
        FileRefused("row_length", file=str(path), line=number, cells=len(row), columns=len(columns))
        for number, row in rows
        if len(row) != len(columns)
    ]
    refuse(problems, path)
    cells = [[cell.strip() for cell in row] for _, row in rows]
    return pd.DataFrame(cells, index=[number for number, _ in rows], columns=columns, dtype=object)


def refuse(problems: Sequence[CmiError], path: str | Path) -> None:
    """Raise `FileRefused("file_unusable")` if there are problems: the first `MANY`, the rest counted."""
    if not problems:
        return
    told = tuple(problems[:MANY])
    if len(problems) > MANY:
        told += (FileRefused("problems_more", count=len(problems) - MANY),)
    raise FileRefused("file_unusable", problems=told, file=str(path), count=len(problems))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > BIGGEST:
            raise FileRefused("named_file_too_large", file=str(path), megabytes=BIGGEST // 2**20)
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused("file_unreadable", file=str(path), why=error.strerror or str(error)) from None
    if b"\0" in content:
        raise FileRefused("file_not_text", file=str(path))
    for encoding in ("utf-8-sig", "cp874"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(letter) < 32 and letter not in "\t\r\n\f" for letter in text[:4096]):
            break
        return text
    raise FileRefused("file_not_text", file=str(path))


def _lines(text: str, file: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise FileRefused("file_not_csv", file=file, line=reader.line_num, why=str(error)) from None


def number(text: str) -> float:
    """
    Read a plain decimal number; empty is NaN. Raises `ValueError` for all else, "nan" and "inf" included.

    >>> number("-1.5e3"), number("")
    (-1500.0, nan)
    """
    if not text:
        return math.nan
    if not NUMBER.fullmatch(text) or math.isinf(found := float(text)):
        raise ValueError(text)
    return found


def numbers(
    table: pd.DataFrame, column: str, problems: list[CmiError], *, needed: bool = False
) -> list[float]:
    """Read a column of numbers, NaN for empty; cells that are none, or empty but `needed`, are problems."""
    found = []
    for line, text in zip(table.index, table[column], strict=True):
        try:
            found.append(number(text))
        except ValueError:
            problems.append(ComputationError("cell_not_a_number", line=line, column=column, text=text))
            found.append(math.nan)
            continue
        if needed and not text:
            problems.append(ComputationError("cell_empty", line=line, column=column))
    return found


def write_rows(path: str | Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """
    Write a CSV file in one go (UTF-8, LF): whole, or not at all.

    Floats are the shortest text that reads back as the same number; NaN and None are empty.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with open(handle, "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(header)
                writer.writerows([cell(each) for each in row] for row in rows)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise FileRefused("file_unwritable", file=str(path), why=error.strerror or str(error)) from None


def cell(content: object) -> str:
    """
    Write one cell.

    >>> cell(0.1), cell(-0.0), cell(float("nan")), cell(7)
    ('0.1', '0.0', '', '7')
    """
    if content is None:
        return ""
    if isinstance(content, float):
        return "" if math.isnan(content) else repr(float(content) + 0.0)
    return str(content)
