"""Documents to take into a meeting: facts and words -> PDF, set by Typst with our own fonts, without network."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Literal

import segno
import typst

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
FONTS = _HERE.parents[1] / "static" / "fonts"


def one_page(
    facts: Mapping[str, object], language: str, kind: Literal["pdf", "png"] = "pdf", ppi: float = 144.0
) -> bytes:
    """
    The executives' page as PDF or as a picture (`ppi`: pixels per inch), from what `views.one_page.facts` gives.

    The facts reach the template as JSON and are set as text: nothing in them is read as markup. Their `head`, the
    last entry of the record and its seal, is on it as a QR code too.
    """
    told = {**facts, "code": qr_code(str(facts["head"]))}
    return typst.compile(
        TEMPLATES / "one_page.typ",
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format=kind,
        ppi=ppi,
        sys_inputs={"facts": json.dumps(told, ensure_ascii=False, allow_nan=False), "language": language},
    )


def qr_code(head: str) -> str:
    """A QR code as SVG, in capitals: so written it has the fewest squares, and they are large enough on paper."""
    drawn = BytesIO()
    segno.make(head.upper(), micro=False, error="m").save(
        drawn, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True
    )
    return drawn.getvalue().decode()
