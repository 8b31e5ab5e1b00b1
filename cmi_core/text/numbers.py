"""Numbers as people write them, and as we write them."""

import math
import re
from collections.abc import Iterable

from cmi_core.errors import ObservationError
from cmi_core.text.spelling import tidy

LARGEST = 1e15  # beyond it a stored double no longer keeps a unit's digits
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
MINUS = str.maketrans("−–—﹣－", "-----")
PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?:\.[0-9]+)?")
COMMA = re.compile(r"[+-]?[0-9.]*(?:,[0-9]+)+(?:\.[0-9]*)?")
DATE = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}(?:[t ].*)?|[0-9]{1,2}/[0-9]{1,4}")
NOTHING = {"", "-", "--", "n/a", "na", "null", "none", "ไม่มีข้อมูล", "ไม่มี"}
# What a sheet's cell holds where there is no value; a field to type into refuses `nan` and `#N/A` as no number.
GAPS = NOTHING | {
    *("...", "..", ".", "…", "‥", "nan", "nil", "missing", "no data", "not available", "not applicable", "unknown", "---"),
    *("#n/a", "#na", "#n/a n/a", "<na>", "n.a", "n.a.", "n. a.", "n.d.", "n/d"),
    *("ไม่มีข้อมูล.", "ไม่ทราบ", "ไม่ระบุ", "ไม่ปรากฏ", "ไม่เก็บ", "ไม่ได้เก็บ", "ไม่ได้เก็บข้อมูล", "ยังไม่มีข้อมูล", "ไม่มีผล", "รอข้อมูล"),
}  # fmt: skip
_GAPS_BEGIN = {each for word in GAPS if word for each in (word[0], word[0].upper())}
# One comma and three digits after it: 1,234 may be a thousand or a little more than one.
EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:[. ][0-9]{3})+)?,[0-9]+")
_DOTTED_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]*)?")


def is_gap(content: object) -> bool:
    """
    Whether a cell says that there is no value: empty, a dash, `..`, `n.a.`, `#N/A` and the like.

    >>> is_gap(" .. "), is_gap("#N/A"), is_gap("0"), is_gap(0)
    (True, True, False, False)
    """
    if content is None or content != content:
        return True
    if not isinstance(content, str) or (content[:1].isalnum() and content[0] not in _GAPS_BEGIN):
        return False
    written = tidy(content)
    return len(written) < 20 and " ".join(written.translate(MINUS).lower().split()) in GAPS


def understand_number(text: object, *, comma: str | None = None) -> float:
    """
    The number a cell or a field means; a percent sign is dropped, so 45% is 45.

    Thai digits, a typographic minus, and commas or spaces between thousands are understood. What could
    mean two numbers (1,5) is refused, never guessed, unless `comma` says what commas are in this file: `decimal` or
    `thousands`.

    >>> understand_number("๑,๒๓๔.๕"), understand_number("−45 %"), understand_number("1.234,5", comma="decimal")
    (1234.5, -45.0, 1234.5)

    Raises ObservationError: `number_missing`, `number_is_text`, `number_is_date`, `number_not_finite`,
    `number_ambiguous`, `number_too_large`.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return _checked(text, written=str(text) if abs(text) < 1e300 else "…")
    written = " ".join(tidy(str("" if text is None else text)).split())
    plain = _plain(written)
    if plain in NOTHING:
        raise ObservationError("number_missing")
    if comma == "decimal":
        plain = _with_point(plain, written=written)
    elif GROUPED.fullmatch(plain) and not plain.lstrip("+-").startswith("0,"):
        return _checked(float(plain.replace(",", "").replace(" ", "")), written=written)
    if PLAIN.fullmatch(plain):
        return _checked(float(plain), written=written)
    raise ObservationError(_why_not(plain), text=written)


def commas(cells: Iterable[object]) -> tuple[int, int, list[str]]:
    """
    How many texts can only mean a decimal comma, how many only thousands, and those that may mean either.

    >>> commas(["0,123", "1,234", 5, "1,234.5"])
    (1, 1, ['1,234'])
    """
    decimal, thousands, either = 0, 0, []
    for cell in cells:
        if not isinstance(cell, str) or ("," not in cell and "." not in cell):
            continue
        plain = _plain(" ".join(tidy(cell).split()))
        if EITHER.fullmatch(plain):
            either.append(cell.strip())
        elif _GROUPS.fullmatch(plain):
            thousands += 1
        elif _DECIMAL_COMMA.fullmatch(plain) or (plain.count(".") > 1 and _DOTTED_GROUPS.fullmatch(plain)):
            decimal += 1
        elif re.fullmatch(r"[+-]?[0-9]*\.[0-9]+", plain) and not _DOTTED_GROUPS.fullmatch(plain):
            thousands += 1  # a point before decimals leaves nothing else for a comma to be
    return decimal, thousands, either


def _plain(written: str) -> str:
    """In plain digits and signs, without a percent sign."""
    plain = written.translate(THAI_DIGITS).translate(MINUS).lower()
    return re.sub(r"^([+-]) ", r"\1", plain.removesuffix("%").rstrip())


def _with_point(plain: str, *, written: str) -> str:
    """A number with a decimal comma as one with a point; refused where a point in it could be another one."""
    if _DECIMAL_COMMA.fullmatch(plain) or _DOTTED_GROUPS.fullmatch(plain):
        return plain.replace(".", "").replace(" ", "").replace(",", ".")
    if "," in plain or re.fullmatch(r"[+-]?[0-9]*\.[0-9]+", plain):
        raise ObservationError("number_ambiguous", text=written)
    return plain


def say_number(value: float | None, decimals: int = 0, *, missing: str = "–") -> str:
    """
    The number with separated thousands, a true minus sign and a fixed number of decimals.

    Thai and English write numbers alike, so no language is asked.

    >>> say_number(-1234.5, 1), say_number(None), say_number(-0.001, 2)
    ('−1,234.5', '–', '0.00')
    """
    if value is None or not math.isfinite(value):
        return missing
    said = f"{value:,.{decimals}f}"
    if not said.strip("-0.,"):
        said = said.removeprefix("-")
    return said.replace("-", "−")


def _checked(value: float, *, written: str) -> float:
    if isinstance(value, float) and not math.isfinite(value):
        raise ObservationError("number_not_finite", text=written)
    if abs(value) > LARGEST:  # an int may be too long for a float, so it is compared as it is
        raise ObservationError("number_too_large", text=written)
    return float(value)


def _why_not(plain: str) -> str:
    """The reason that fits a text which is no number."""
    if plain.lstrip("+-") in {"nan", "inf", "infinity", "∞"}:
        return "number_not_finite"
    if DATE.fullmatch(plain):
        return "number_is_date"
    if COMMA.fullmatch(plain) or re.fullmatch(r"[+-]?[0-9][0-9 ,.]*", plain):
        return "number_ambiguous"
    return "number_is_text"
