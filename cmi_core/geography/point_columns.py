"""Which column is which field: guessed, shown with a few of its cells, and corrected by an answer."""

from collections.abc import Mapping

from cmi_core.errors import FileRefused
from cmi_core.geography.coordinates import understand_angle, understand_pair
from cmi_core.geography.point_headings import AXES, FIELDS, Columns, field_of, guessed
from cmi_core.geography.point_kinds import tags
from cmi_core.geography.point_source import Source
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question

NONE = ""
_NAMES = ("name", "name_th", "name_en")


def columns(source: Source, answers: Answers) -> dict[str, str]:
    """
    The column of each field that has one. Questions and unused columns are added to the source.

    Raises FileRefused `points_columns` where nothing in the file could be a position.
    """
    guess = guessed(
        source.headings,
        {column: source.cells(column) for column in source.headings},
        placed=source.placed is not None,
    )
    placed_by = {axis for axis in AXES if guess.of.get(axis) or answers.get(f"column:{axis}")}
    if source.placed is None and not placed_by and not _any_position(source):
        raise FileRefused("points_columns")
    found: dict[str, str] = {}
    for field in FIELDS:
        if source.placed is not None and field in AXES:
            continue
        question = _question(field, source, guess, answers)
        source.questions.append(question)
        if chosen := question.settled(answers):
            found[field] = chosen
    source.understood["columns"] = {field: source.headings[column] for field, column in found.items()}
    _unused(source, found)
    return found


def _any_position(source: Source) -> bool:
    cells = [cell for column in source.headings for cell in source.cells(column)[:200]]
    return any(understand_angle(cell) is not None or understand_pair(cell) is not None for cell in cells)


def _question(field: str, source: Source, guess: Columns, answers: Answers) -> Question:
    best = guess.of.get(field)
    alike = [column for column, heading in source.headings.items() if field_of(heading)[0] == field]
    order = dict.fromkeys((*([best] if best else []), *alike, *source.headings))
    offered = (
        *(
            Candidate(column, told=source.headings[column] or column, sample=source.sample(column))
            for column in order
        ),
        Candidate(NONE, say="read_points.no_column"),
    )
    needed = best is None and _needed(field, guess.of, answers)
    default = best if best is not None else (None if needed else NONE)
    return Question(
        f"column:{field}", f"read_points.column_{field}", offered, default, asked=needed or field in guess.unsure
    )  # fmt: skip


def _needed(field: str, guess: Mapping[str, str], answers: Answers) -> bool:
    """Whether nothing can be read without this field: one name, and either both coordinates or both in one column."""

    def has(*fields: str) -> bool:
        return any(answers.get(f"column:{each}", guess.get(each, NONE)) for each in fields)

    if field == "name":
        return not has(*_NAMES)
    return field in ("lat", "lon") and not has("position")


def _unused(source: Source, found: Mapping[str, str]) -> None:
    used = {*found.values(), *([] if "category" in found else tags(source))}
    for column, heading in source.headings.items():
        if column not in used and (sample := source.sample(column)):
            source.left_out.append(
                LeftOut(
                    "column", heading or column, "read_points.column_unused", {"sample": ", ".join(sample)}
                )
            )
