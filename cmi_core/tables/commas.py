"""What a comma between digits means in a file: settled by its own numbers, asked once where they leave it open."""

from collections.abc import Iterable

from cmi_core.tables.questions import Candidate, Question
from cmi_core.text.numbers import commas, understand_number

DECIMAL, THOUSANDS = "decimal", "thousands"


def comma_question(cells: Iterable[object], *, separator: str = "") -> Question | None:
    """
    The question about commas (`comma`), None where no cell needs it. `separator` is the one of a text file.

    >>> comma_question(["0,123", "1,234"]).default, comma_question(["1,234.5"])
    ('decimal', None)
    """
    decimal, thousands, either = commas(cells)
    if not decimal and not either:
        return None
    # Nobody writes 1,200 for 1.2: three digits of which the last are noughts are a whole number's.
    whole = not decimal and all(cell.endswith("00") for cell in either)
    semicolons = separator == ";" and not thousands and not whole
    likely = DECIMAL if decimal > thousands or (not thousands and semicolons) else THOUSANDS
    order = (likely, THOUSANDS if likely == DECIMAL else DECIMAL)
    open_one = bool(decimal) == bool(thousands)
    shown = either[0] if either else ""
    candidates = tuple(
        Candidate(
            each,
            say=f"reading.comma_{each}",
            sample=(f"{shown} → {understand_number(shown, comma=each):g}",) if shown else (),
        )
        for each in order
    )
    return Question("comma", "reading.ask_comma", candidates, default=likely, asked=open_one)
