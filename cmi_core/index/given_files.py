"""
The files that `index` computes from: read strictly where they are as documented, else as the import page reads them.

What the page would ask about is refused here, since nobody is there to answer; `tell` takes the lines that it would say.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, ComputationError, FileRefused, FrameworkError
from cmi_core.index import framework_sheet, score_sheet
from cmi_core.index.framework import Framework
from cmi_core.index.values import from_tidy
from cmi_core.tables import csv_files, sheets
from cmi_core.tables.questions import LeftOut, Question, open_ones
from cmi_core.tables.sheets import Book
from cmi_core.text import translator

FRAMEWORK_COLUMNS = ("code", "parent", "direction", "weight")
VALUE_COLUMNS = ("place", "indicator", "value")
MISSING = "NA"  # how R writes a gap
MOST_MB = 200
# What a strict reader says of a file that is drawn otherwise.
_NOT_OUR_FORM = {"file_column_missing", "row_length", "column_twice", "file_not_text", "file_not_csv"}
# What may be left out unasked, as it holds nothing that a score could be made of.
_NOTHING_LOST = ("sheet_", "row_above", "row_of_groups", "row_without_values", "row_again", "cell_again", "row_aside", "row_note", "column_empty", "column_beside")  # fmt: skip


Tell = Callable[[str], object]


def framework(path: str, tell: Tell) -> Framework:
    """The tree of a file. Raises FileRefused or FrameworkError; no column that changes the method is passed over."""
    try:
        found = Framework.from_table(csv_files.read_table(path, required=FRAMEWORK_COLUMNS))
    except FileRefused as strict:
        return _framework_as_the_page(path, strict, tell)
    read = _framework_sheet(path)
    problems: list[CmiError] = [
        each.reason for each in read.problems if each.reason.reason == "framework_column_method"
    ]
    problems += [
        FrameworkError(
            "framework_column_method", column=each.details["name"], cells=str(each.details["sample"])
        )
        for each in open_ones(read.questions, {})
        if each.why == "read_index.ask_column_method"
    ]
    csv_files.refuse(problems, path)
    return found


def _framework_as_the_page(path: str, strict: FileRefused, tell: Tell) -> Framework:
    try:
        read = _framework_sheet(path)
    except CmiError:
        raise strict from None
    csv_files.refuse([each.reason for each in read.problems], path)
    csv_files.refuse(_open(read.questions), path)
    if not _nothing_lost(read.left_out, also=("column_unused",)):
        raise strict
    _say(path, read.questions, read.left_out, tell)
    return Framework.from_table(read.nodes)


def _framework_sheet(path: str) -> framework_sheet.FrameworkSheet:
    return framework_sheet.read_framework(_book(path))


def values(path: str | Path, framework: Framework, tell: Tell) -> pd.DataFrame:
    """A file of values as places × indicators. Raises FileRefused with all that is wrong."""
    try:
        return _strictly(path, framework)
    except FileRefused as strict:
        drawn_otherwise = _NOT_OUR_FORM & {each.reason for each in (strict, *strict.problems)}
        found = _values_as_the_page(str(path), framework, tell, raising=bool(drawn_otherwise))
        if found is None:
            raise
        return found


def _strictly(path: str | Path, framework: Framework) -> pd.DataFrame:
    """Rows of place, indicator, value, with commas and points as documented."""
    table = csv_files.read_table(path, required=VALUE_COLUMNS)
    problems: list[CmiError] = []
    told = table.assign(value=table["value"].replace(MISSING, ""))
    numbers = csv_files.numbers(told, "value", problems)
    known = set(framework.indicators)
    seen: set[tuple[str, str]] = set()
    for line, place, code in zip(table.index, table["place"], table["indicator"], strict=True):
        if not place:
            problems.append(ComputationError("cell_empty", line=line, column="place"))
        if code in framework.numbers and code not in known:
            problems.append(ComputationError("value_of_group", line=line, indicator=code))
        elif code not in known:
            problems.append(ComputationError("line_indicator_unknown", line=line, indicator=code))
        elif (place, code) in seen:
            problems.append(ComputationError("line_cell_twice", line=line, place=place, indicator=code))
        seen.add((place, code))
    csv_files.refuse(problems, path)
    if table.empty:
        raise ComputationError("values_empty")
    return from_tidy(table.assign(value=np.array(numbers)), framework.indicators)


def _values_as_the_page(path: str, framework: Framework, tell: Tell, *, raising: bool) -> pd.DataFrame | None:
    """
    The same by the page's reader; None where something is wrong, open or would be lost.

    `raising` says that the file is none of our form, so that what this reader finds wrong is what helps: it is raised.
    """
    nodes = framework.to_table().rename(columns={"code": "node"})
    nodes = nodes.assign(name_th=nodes["node"], name_en=nodes["node"])
    nobody = pd.DataFrame({name: pd.Series(dtype=object) for name in ("name_th", "name_en", "area_kind")})
    try:
        read = score_sheet.read_scores(_book(path), nodes, nobody, area_kind="city", codes_alone=True)
    except CmiError:
        return None
    several_years = read.values["year"].nunique(dropna=False) > 1
    # In a table of columns each indicator has its own: another column is no indicator that was misspelt.
    also = ("column_unused",) if read.understood["layout"] == "wide" else ()
    if raising:
        csv_files.refuse([*(each.reason for each in read.problems), *_open(read.questions)], path)
    wrong = read.problems or open_ones(read.questions, {}) or not _nothing_lost(read.left_out, also=also)
    if wrong or several_years or read.values.empty:
        return None
    _say(path, read.questions, read.left_out, tell)
    made = set(read.understood["codes_made"])
    names = {
        row["city"]: row["name_th"] if row["city"] in made else row["city"]
        for row in read.places.to_dict("records")
    }
    tidy = read.values.assign(place=read.values["city"].map(names)).rename(columns={"node": "indicator"})
    return from_tidy(tidy[list(VALUE_COLUMNS)], framework.indicators)


def _open(questions: tuple[Question, ...]) -> list[CmiError]:
    """Each open question as what it is here: a reason to refuse."""
    say = translator("en")
    return [
        FileRefused("index_file_open", question=say(each.why, **each.details))
        for each in open_ones(questions, {})
    ]


def _book(path: str) -> Book:
    file = Path(path)
    try:
        return sheets.read_book(file.read_bytes(), file.name, max_mb=MOST_MB)
    except OSError as error:
        raise FileRefused("file_unreadable", file=path, why=error.strerror or str(error)) from None


def _nothing_lost(left_out: tuple[LeftOut, ...], *, also: tuple[str, ...] = ()) -> bool:
    allowed = (*_NOTHING_LOST, *also)
    return all(item.reason.removeprefix("read_index.").startswith(allowed) for item in left_out)


def _say(path: str, questions: tuple[Question, ...], left_out: tuple[LeftOut, ...], tell: Tell) -> None:
    """What was taken for granted and what was left out, in English as all commands speak."""
    say = translator("en")
    for question in questions:
        if question.asked:
            chosen = next(each for each in question.candidates if each.answer == question.default)
            told = chosen.told or say(chosen.say)
            tell(f"{path}: {say(question.why, **question.details)} {told}")
    for item in left_out:
        tell(f"{path}: {item.where}: {say(item.reason, **item.details)}")
