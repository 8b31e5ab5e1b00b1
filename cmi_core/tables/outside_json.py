"""JSON that comes from outside: a file, a form, a map that somebody drew on."""

import json
from typing import Any

from cmi_core.errors import CmiError


def read_json(data: bytes | str, refusal: CmiError) -> Any:
    """
    What is written in it.

    >>> from cmi_core.errors import FileRefused
    >>> read_json("[1, 2]", FileRefused("file_broken"))
    [1, 2]

    Raises `refusal` for whatever is none, among it what is nested deeper than Python follows, and halves of a sign
    ("\\\\ud800"), which no file and no database can hold.
    """
    try:
        told = json.loads(data)
        written = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        if b"\\ud" in written.lower():
            json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as cause:  # letters of no encoding are ValueErrors too
        raise refusal from cause
    return told
