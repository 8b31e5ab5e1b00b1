"""The seal of an entry, and the first entry whose seal does not hold."""

import json
from collections.abc import Iterable
from datetime import date
from hashlib import sha256

import numpy as np

GENESIS = "0" * 64  # what the first entry is sealed onto


def canonical(content: object) -> str:
    """
    The one way a content is written before it is sealed: JSON with sorted keys and no spaces.

    Text stays as it is (UTF-8), floats are written by `repr`, so that 1.0 and 1 differ as they do in
    the record, and dates and times in ISO 8601. NaN and infinity are refused.

    >>> canonical({"value": 0.1, "kpi": "k1", "on": date(2024, 5, 31)})
    '{"kpi":"k1","on":"2024-05-31","value":0.1}'

    Raises TypeError or ValueError where a content holds what the record cannot.
    """
    return ENCODER.encode(content)


def seal(previous: str, content: object) -> str:
    """
    The SHA-256 of the previous seal, a line break and the canonical content, as 64 hexadecimal digits.

    >>> seal(GENESIS, {"a": 1, "b": 2}) == seal(GENESIS, {"b": 2, "a": 1})
    True
    """
    return sha256(f"{previous}\n{canonical(content)}".encode("utf-8", "surrogatepass")).hexdigest()


def first_broken(entries: Iterable[tuple[int, object, str]], *, previous: str = GENESIS) -> int | None:
    """
    The number of the first entry whose seal does not follow from the one before, or None if all hold.

    Entries come in the order of their numbers. An altered entry is named itself; after a deleted or
    a moved one, the first entry that no longer follows is named. `previous` is the seal to start from.
    Entries cut off at the end leave a whole chain: compare the last seal with one printed on a report.
    """
    number_before = None
    for number, content, sealed in entries:
        in_order = number_before is None or number > number_before
        if not in_order or seal(previous, content) != sealed:
            return number
        number_before, previous = number, sealed
    return None


def _as_json(thing: object) -> object:
    if isinstance(thing, date):  # a datetime is a date too
        return thing.isoformat()
    if isinstance(thing, np.generic):
        return thing.item()
    raise TypeError(f"{type(thing).__name__} cannot be sealed")


ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_as_json
)
