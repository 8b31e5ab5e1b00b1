"""Charts as PNG, made on the server with the project's own letters."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert

FONTS = Path(__file__).parents[2] / "static" / "fonts"
_SARA_AM = re.compile("([่-๋]?)ำ")


def png(spec: dict[str, Any], *, scale: float = 2.0) -> bytes:
    """A Vega-Lite dictionary with its data inside, as a picture. Nothing is fetched."""
    _letters()
    return vl_convert.vegalite_to_png(
        separate_sara_am(json.dumps(spec, ensure_ascii=False)), scale=scale, allowed_base_urls=[]
    )


def separate_sara_am(text: str) -> str:
    """
    Write SARA AM as its two halves, the circle before the tone mark: the converter draws it onto the next letter otherwise.

    For pictures only, never for what is stored or shown in a browser.
    """
    return _SARA_AM.sub("\u0e4d\\1\u0e32", text)


@cache
def _letters() -> None:
    vl_convert.register_font_directory(str(FONTS))
