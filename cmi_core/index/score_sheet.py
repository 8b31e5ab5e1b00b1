"""Scores as an uploaded table: what every cell means, what the file leaves open, and what is wrong at which cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cmi_core.calendar.periods import BUDDHIST_ERA
from cmi_core.errors import FileRefused
from cmi_core.index import score_columns, score_twice
from cmi_core.index.asking import (
    Asking,
    choose_sheet,
    spans,
    the_book,
    without_hidden_columns,
    without_hidden_rows,
)
from cmi_core.index.commas import comma_of
from cmi_core.index.framework_words import is_total
from cmi_core.index.score_cells import Cells, Marks, numeric
from cmi_core.index.score_columns import Parts, Series
from cmi_core.index.score_places import PlaceNames
from cmi_core.index.score_words import LONG_HEADINGS, QUALITIES, SCORE_HEADINGS
from cmi_core.index.sheet import Found, Headings, Problem, headings, plain, refuse_damaged, unmerged
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question
from cmi_core.tables.sheets import Book, Table
from cmi_core.tables.worksheet import column_letters

__all__ = ["QUALITIES", "ScoreSheet", "read_scores"]

Progress = Callable[[float], object] | None
UNDATED = "undated"
PLACES = ("city", "name_th", "name_en")


@dataclass(frozen=True, eq=False)
class ScoreSheet:
    """Places and values as read, every problem with its cell, what is asked and what is left out."""

    places: pd.DataFrame  # city, name_th, name_en, country, new
    values: pd.DataFrame  # row, column, year, city, node, value, quality, decimals
    problems: tuple[Problem, ...]
    more_problems: int = 0
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    understood: Mapping[str, Any] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(
        default_factory=dict
    )  # names that an answer says mean a place on record


@dataclass(frozen=True, eq=False)
class _Form:
    """How the file is drawn: its headings, which rows hold numbers, and where."""

    table: Table
    head: Headings
    rows: list[int]
    long: bool

    @property
    def columns(self) -> dict[str, int]:
        """The columns that are no numbers."""
        return self.head.columns


def read_scores(
    table: Table | Book,
    nodes: pd.DataFrame,
    known: pd.DataFrame,
    *,
    area_kind: str,
    year: int | None = None,
    progress: Progress = None,
    answers: Answers | None = None,
    aliases: Mapping[str, str] | None = None,
    years: Sequence[int] = (),
    codes_alone: bool = False,
) -> ScoreSheet:
    """
    Read scores: a row per place (and year) with a column per node named by code or name, or a row per number.

    `known` are the places on record (indexed by city), `aliases` what files called them before, `year` counts where the
    file has none, and `years` are those on record, asked about where neither does. An empty cell says nothing about the value on record. Raises FileRefused where no headings are found,
    cells are merged, or nothing is a node of the index.
    """
    book = the_book(table)
    asking = Asking(answers or {}, list(book.questions))
    parts = Parts.of(nodes)
    chosen = choose_sheet(book, lambda each: _known(each, parts, area_kind), asking)
    form = _form(chosen, parts, area_kind, asking)
    found = Found()
    at = _at(form, parts, asking, found)
    marks = _marks(form, year, years, asking)
    refuse_damaged(form.table, form.head.row, [*form.columns.values(), *_told(form, at)], found)
    comma = comma_of(_written(form, at), form.table.separator, asking)
    names = PlaceNames(known, area_kind, asking, aliases, codes_alone=codes_alone)
    cells = Cells(found, comma, _logs(nodes), parts.leaves)
    _read(form, at, names, (marks, cells), found, progress)
    values = _once(cells.table(), parts, names, asking, found)
    return ScoreSheet(
        _in_use(names.table(), values),
        values,
        tuple(found.problems),
        found.more,
        tuple(asking.questions),
        tuple(asking.left_out),
        _understood(book, form, at) | {"comma": comma, "gaps": cells.gaps, "codes_made": sorted(names.made)},
        names.told,
    )


def _at(form: _Form, parts: Parts, asking: Asking, found: Found) -> dict[str, str]:
    """The node of each column or name that is read. Raises FileRefused where there is none and none is asked about."""
    at = score_columns.settle(_series(form).values(), parts, asking, found)
    about = ("column_", "published")
    if not at and not any(question.id.startswith(about) for question in asking.questions):
        raise FileRefused("scores_without_nodes")
    for column in without_hidden_columns(form.table, _told(form, at), asking):
        at.pop(str(column), None)
    return at


def _once(
    values: pd.DataFrame, parts: Parts, names: PlaceNames, asking: Asking, found: Found
) -> pd.DataFrame:
    """The values with their marks, each place, year and part once."""
    places = names.table()
    told = {**parts.told, **dict(zip(places["city"], places["name_th"], strict=True))}
    return score_twice.settle(_mark(values, parts), asking, found, told)


def _marks(form: _Form, year: int | None, years: Sequence[int], asking: Asking) -> Marks:
    """What rows say of their numbers; the year is asked where neither the file nor anybody gives it."""
    if year is None and "year" not in form.columns and years:
        year = _asked_year(years, asking)
    return Marks(form.columns, form.head.told(form.columns.get("year", -1)), year)


def _asked_year(years: Sequence[int], asking: Asking) -> int | None:
    """The year that a file without one is about: one on record, or none."""
    answer = asking.ask(
        "year",
        "read_index.ask_year",
        [
            *(Candidate(str(each), told=f"{each} ({each + BUDDHIST_ERA})") for each in years),
            Candidate(UNDATED, say="read_index.year_none"),
        ],
    )
    return None if answer in (None, UNDATED) else int(str(answer))


def _in_use(places: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """The places that have a value: no other is begun."""
    return places[places["city"].isin(values["city"].unique())].reset_index(drop=True)


def _mark(values: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """What is made of other parts is marked as published, whatever else the file says of its row."""
    result = ~values["node"].isin(parts.leaves)
    return values.assign(quality=values["quality"].mask(result, "published"))


def _logs(nodes: pd.DataFrame) -> frozenset[str]:
    """The indicators on a logarithmic scale."""
    if "transform" not in nodes:
        return frozenset()
    return frozenset(nodes["node"][nodes["transform"] == "log"])


def _headings(table: Table, parts: Parts, area_kind: str) -> tuple[Headings, bool] | None:
    """The headings, and whether a row is one number; a country is a place where countries are scored."""
    words = dict(SCORE_HEADINGS)
    if area_kind == "country":
        words["name_en"] = words["name_en"] + words.pop("country")[:1]
        words["name_th"] = (*words["name_th"], "ประเทศ", "ชื่อประเทศ")

    def places(found: Mapping[str, int]) -> bool:
        return bool(set(PLACES) & set(found))

    def is_long(found: Mapping[str, int]) -> bool:
        return places(found) and set(LONG_HEADINGS) <= set(found)

    long = headings(table, words | LONG_HEADINGS, enough=is_long)
    wide = headings(table, words, enough=places, further=parts.called)
    if long and not any(parts.called(each) for each in map(long.told, long.over) if each):
        return long, True
    return (wide, False) if wide else None


def _known(table: Table, parts: Parts, area_kind: str) -> int:
    found = _headings(table, parts, area_kind)
    return len(found[0].columns) if found else 0


def _form(table: Table, parts: Parts, area_kind: str, asking: Asking) -> _Form:
    found = _headings(table, parts, area_kind)
    if found is None:
        if headings(table, SCORE_HEADINGS, further=parts.called):
            raise FileRefused("scores_without_places")
        raise FileRefused("index_header_missing", missing="city, name_th")
    head, long = found
    table = unmerged(table, head, {column for name, column in head.columns.items() if name != "value"})
    table = without_hidden_rows(table, head.row, asking)
    for row in (row for row in table.rows if row < head.first):
        asking.leave("row", str(row), "read_index.row_above")
    if head.first < head.row and any(
        not parts.called(said[-1]) for said in head.over.values() if len(said) > 1
    ):
        asking.leave("row", str(head.first), "read_index.row_of_groups")
    form = _Form(table, head, [row for row in table.rows if row > head.row], long)
    if long:
        for column in sorted(set(head.over) - set(head.columns.values())):
            asking.leave(
                "column", column_letters(column), "read_index.column_beside", name=_heading(head, column)
            )
    return form


def _series(form: _Form) -> dict[str, Series]:
    """Every name under which numbers stand: columns by their letters, or the indicators that rows name."""
    if form.long:
        at, number = form.columns["indicator"], form.columns["value"]
        found: dict[str, tuple[str, int, list[object]]] = {}
        for row in form.rows:
            said = str(form.table.rows[row].get(at, "") or "")
            _, _, cells = found.setdefault(plain(said), (said, row, []))
            cells.append(form.table.rows[row].get(number))
        return {
            key: Series(key, said, f"{column_letters(at)}{row}", (row, at), bool(said))
            for key, (said, row, _) in found.items()
            if said
        }
    taken = set(form.columns.values())
    filled = {column for row in form.rows for column in form.table.rows[row]}
    columns = sorted((filled | set(form.head.over)) - taken)
    return {
        str(column): Series(
            str(column),
            _heading(form.head, column),
            column_letters(column),
            (form.head.row, column),
            numeric(form.table.rows[row].get(column) for row in form.rows[:500]),
        )
        for column in columns
        if column in filled or _heading(form.head, column)
    }


def _heading(head: Headings, column: int) -> str:
    """What stands over a column; a line of groups above the headings is none of them."""
    return " ".join(head.told(column).split())


def _told(form: _Form, at: Mapping[str, str]) -> dict[int, str]:
    return {} if form.long else {int(key): _heading(form.head, int(key)) for key in at}


def _written(form: _Form, at: Mapping[str, str]) -> list[object]:
    """The texts among the numbers."""
    columns = [form.columns["value"]] if form.long else [int(key) for key in at]
    rows = form.table.rows
    return [cell for row in form.rows for column in columns if isinstance(cell := rows[row].get(column), str)]


def _read(
    form: _Form,
    at: Mapping[str, str],
    names: PlaceNames,
    readers: tuple[Marks, Cells],
    found: Found,
    progress: Progress,
) -> None:
    """Every row: its place, year and quality, then its numbers; a row without any begins no place."""
    marks, cells = readers
    of_place = [form.columns[name] for name in PLACES if name in form.columns]
    empty: list[int] = []
    totals: list[int] = []
    columns = {} if form.long else {int(key): node for key, node in at.items()}
    for count, row in enumerate(form.rows):
        line = form.table.rows[row]
        if form.long:
            node = at.get(plain(line.get(form.columns["indicator"], "")))
            columns = {form.columns["value"]: node} if node else {}
            if not node:
                continue
        if all(line.get(column) is None for column in columns):
            empty.append(row)
        elif any(is_total(line[column]) for column in of_place if column in line):
            totals.append(row)
        else:
            of = marks.of(row, line, found)
            city = names.city(line, form.columns, row, found)
            if of is not None and city is not None:
                cells.row(row, line, columns, (of[0], city, of[1]))
        if progress and count % 500 == 0:
            progress(count / len(form.rows))
    for rows, reason in ((empty, "row_without_values"), (totals, "row_total")):
        if rows:
            names.asking.leave("row", spans(rows), f"read_index.{reason}")
    names.say_left()


def _understood(book: Book, form: _Form, at: Mapping[str, str]) -> dict[str, object]:
    columns = {column_letters(column): name for name, column in form.columns.items()}
    if not form.long:
        columns |= {column_letters(int(key)): node for key, node in at.items()}
    return {
        "format": book.format,
        "encoding": form.table.encoding,
        "separator": form.table.separator,
        "sheet": form.table.sheet,
        "sheets": [each.sheet for each in book.tables] if book.format != "csv" else [],
        "header_row": form.head.row,
        "layout": "long" if form.long else "wide",
        "columns": columns,
    }
