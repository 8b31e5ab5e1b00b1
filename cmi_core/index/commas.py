"""What a comma is in the numbers of a file, asked once."""

from collections.abc import Iterable

from cmi_core.index.asking import Asking
from cmi_core.tables.commas import comma_question

SAMPLE = 1_000


def comma_of(cells: Iterable[object], separator: str, asking: Asking) -> str | None:
    """`decimal`, `thousands`, or None where no number has a comma or the answer is open."""
    written: list[str] = []
    points = 0  # numbers with one point are all the same evidence: that a point stands before decimals
    for cell in cells:
        if not isinstance(cell, str):
            continue
        plain = "," not in cell and cell.count(".") == 1
        points += plain
        if "," in cell or cell.count(".") > 1 or (plain and points <= SAMPLE):
            written.append(cell)
    question = comma_question(written, separator=separator)
    if question is None:
        return None
    asking.questions.append(question)
    return question.settled(asking.answers)
