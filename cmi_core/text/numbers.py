"""Numbers as people write them, and as we write them."""

import math
import re

from cmi_core.errors import ObservationError

LARGEST = 1e15  # beyond it a stored double no longer keeps a unit's digits
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
MINUS = str.maketrans("−–﹣－", "----")
PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?:\.[0-9]+)?")
COMMA = re.compile(r"[+-]?[0-9.]*(?:,[0-9]+)+(?:\.[0-9]*)?")
DATE = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}(?:[t ].*)?|[0-9]{1,2}/[0-9]{1,4}")
NOTHING = {"", "-", "--", "n/a", "na", "null", "none", "ไม่มีข้อมูล", "ไม่มี"}


def understand_number(text: object) -> float:
    """
    The number a cell or a field means; a percent sign is dropped, so 45% is 45.

    Thai digits, a typographic minus, and commas or spaces between thousands are understood. What could
    mean two numbers (1,5) is refused, never guessed.

    >>> understand_number("๑,๒๓๔.๕"), understand_number("−45 %")
    (1234.5, -45.0)

    Raises ObservationError: `number_missing`, `number_is_text`, `number_is_date`, `number_not_finite`,
    `number_ambiguous`, `number_too_large`.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return _checked(text, written=str(text) if abs(text) < 1e300 else "…")
    written = " ".join(str("" if text is None else text).replace("\u200b", "").replace("\ufeff", "").split())
    plain = written.translate(THAI_DIGITS).translate(MINUS).lower()
    plain = re.sub(r"^([+-]) ", r"\1", plain.removesuffix("%").rstrip())
    if plain in NOTHING:
        raise ObservationError("number_missing")
    if GROUPED.fullmatch(plain):
        return _checked(float(plain.replace(",", "").replace(" ", "")), written=written)
    if PLAIN.fullmatch(plain):
        return _checked(float(plain), written=written)
    raise ObservationError(_why_not(plain), text=written)


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
