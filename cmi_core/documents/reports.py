"""Documents to take into a meeting: facts and words -> PDF, set by Typst with our own fonts, without network."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
FONTS = _HERE.parents[1] / "static" / "fonts"


def one_page(facts: Mapping[str, object], language: str) -> bytes:
    """
    The executives' page as PDF, from what `views.one_page.facts` gives.

    The facts reach the template as JSON and are set as text: nothing in them is read as markup.
    """
    return typst.compile(
        TEMPLATES / "one_page.typ",
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False, allow_nan=False), "language": language},
    )
