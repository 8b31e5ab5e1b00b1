"""The sheet of a book, and the row of it, under which the points stand."""

from collections.abc import Mapping

from cmi_core.errors import FileRefused
from cmi_core.geography.coordinates import understand_angle, understand_pair
from cmi_core.geography.measures import THAILAND_ROUGHLY
from cmi_core.geography.point_headings import field_of
from cmi_core.geography.point_source import Source, filled, said
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question
from cmi_core.tables.sheets import Book, Table
from cmi_core.tables.worksheet import column_letters
from cmi_core.text.spelling import same
from cmi_core.text.typed import shown

LOOKED_AT = 30  # rows from the top, of which one may be the heading
OFFERED = 6
NO_HEADING = "0"
_WEIGHT = {"lat": 2.5, "lon": 2.5, "position": 2.0, "": 0.0}
_PLACED = 2.0  # from so much on a heading says where the points are


def of_book(book: Book, answers: Answers) -> Source:
    """The rows of the sheet that holds points. Raises FileRefused `points_columns`."""
    tables = {table.sheet: table for table in book.tables}
    weighed = {name: max(map(_weight, _tops(table)), default=0.0) for name, table in tables.items()}
    found = Source({}, [], questions=list(book.questions))
    chosen = next(iter(tables))
    if len(tables) > 1:
        question = _which_sheet(tables, weighed)
        found.questions.append(question)
        chosen = question.settled(answers) or next(each.answer for each in question.candidates)
        found.left_out += [
            LeftOut("sheet", name, "read_points.sheet_not_read") for name in tables if name != chosen
        ]
    table = tables[chosen]
    found.understood |= {
        "format": book.format,
        "sheet": chosen,
        "encoding": table.encoding,
        "separator": table.separator,
    }
    _rows(table, found, answers)
    return found


def _which_sheet(tables: Mapping[str, Table], weighed: Mapping[str, float]) -> Question:
    fitting = [name for name, table in tables.items() if weighed[name] >= _PLACED and not table.hidden]
    order = sorted(tables, key=lambda name: (tables[name].hidden, -weighed[name]))
    shown = tuple(Candidate(name, told=name, sample=_first_words(tables[name])) for name in order)
    several = len(fitting) != 1
    return Question(
        "sheet", "read_points.ask_sheet", shown, default=None if several else fitting[0], asked=several
    )


def _first_words(table: Table) -> tuple[str, ...]:
    return tuple(shown(said(cell), most=30) for row in _tops(table)[:1] for cell in list(row.values())[:3])


def _tops(table: Table) -> list[Mapping[int, object]]:
    return list(table.rows.values())[:LOOKED_AT]


def _weight(row: Mapping[int, object]) -> float:
    """How much a row looks like the heading of points."""
    if any(_is_position(cell) for cell in row.values()):
        return 0.0
    fields = {field_of(said(cell))[0] for cell in row.values() if len(said(cell)) < 80}
    return sum(_WEIGHT.get(field, 1.0) for field in fields)


def _is_position(cell: object) -> bool:
    west, south, east, north = THAILAND_ROUGHLY
    angle = understand_angle(cell)
    if angle is None:
        return understand_pair(cell) is not None
    return (west <= angle.value <= east) or (south <= angle.value <= north and angle.value % 1 != 0)


def _rows(table: Table, found: Source, answers: Answers) -> None:
    tops = list(table.rows)[:LOOKED_AT]
    heavy = {number: _weight(table.rows[number]) for number in tops}
    best = max(tops, key=lambda number: (heavy[number], -number))
    if heavy[best] == 0:
        bare = any(_is_position(cell) for cell in table.rows[tops[0]].values())
        best = 0 if bare else tops[0]
    offered = list(dict.fromkeys([best, *tops]))[:OFFERED]
    question = Question(
        "header",
        "read_points.ask_header",
        (
            *(_row_offered(table, number) for number in offered if number),
            Candidate(NO_HEADING, say="read_points.no_heading"),
        ),
        default=str(best),
        asked=heavy[best] == 0 if best else True,
    )
    found.questions.append(question)
    header = int(question.settled(answers) or 0)
    found.understood["header"] = header
    found.hints += [said(cell) for number in tops if number < header for cell in table.rows[number].values()]
    found.headings = _headings(table, header)
    _data(table, header, found, answers)


def _row_offered(table: Table, number: int) -> Candidate:
    cells = tuple(shown(said(cell), most=30) for cell in list(table.rows[number].values())[:4])
    return Candidate(str(number), told=str(number), sample=cells)


def _headings(table: Table, header: int) -> dict[str, str]:
    """Each column's heading: from the row above where two rows are the heading, a letter where there is none."""
    named = {column: shown(said(cell), most=80) for column, cell in table.rows.get(header, {}).items()}
    above = table.rows.get(header - 1, {})
    if len(above) > 1:
        named = {
            column: shown(said(cell), most=80) for column, cell in above.items() if column not in named
        } | named
    # In a text file one comma too many moves all that follows: a cell beyond the heading is no column.
    width = max(named, default=0) if table.separator and header else 0
    beyond = [column for row in _below(table, header).values() for column in row]
    columns = sorted({*named, *(column for column in beyond if not 0 < width < column)})
    return {column_letters(column): named.get(column) or column_letters(column) for column in columns}


def _below(table: Table, header: int) -> dict[int, Mapping[int, object]]:
    return {number: row for number, row in table.rows.items() if number > header}


def _data(table: Table, header: int, found: Source, answers: Answers) -> None:
    heading = [same(said(cell)) for cell in table.rows.get(header, {}).values()]
    hidden = _hidden(table, header, found, answers)
    damaged = set(table.damaged)
    for number, row in _below(table, header).items():
        cells = {column_letters(column): cell for column, cell in row.items()}
        if number in hidden:
            found.left_out.append(LeftOut("row", str(number), "read_points.row_hidden"))
        elif header and [same(said(cell)) for cell in row.values()] == heading:
            found.left_out.append(LeftOut("row", str(number), "read_points.heading_again"))
        elif not set(cells) <= set(found.headings):
            found.problems.append(FileRefused("point_cells", row=number))
        elif any(f"{column}{number}" in damaged for column in cells):
            found.problems.append(FileRefused("point_damaged", row=number))
        elif kept := filled(cells):
            found.rows.append((number, kept))


def _hidden(table: Table, header: int, found: Source, answers: Answers) -> set[int]:
    """The rows that the sheet hides and that are not to be taken."""
    hidden = {number for number in _below(table, header) if number in table.hidden_rows}
    if not hidden:
        return set()
    question = Question(
        "hidden_rows",
        "read_points.ask_hidden",
        (Candidate("out", say="read_points.leave_out"), Candidate("take", say="read_points.take")),
        details={"count": len(hidden)},
    )
    found.questions.append(question)
    return set() if question.settled(answers) == "take" else hidden
