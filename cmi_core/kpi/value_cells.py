"""The cells of a table of KPI values, gathered row by row before anything is understood."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cmi_core.calendar.written import FISCAL
from cmi_core.errors import ObservationError
from cmi_core.kpi import value_words
from cmi_core.kpi.value_layout import Known, Layout
from cmi_core.tables.headings import bare, fill_down, texts_across
from cmi_core.tables.questions import LeftOut
from cmi_core.tables.sheets import address
from cmi_core.tables.worksheet import Formula
from cmi_core.text.numbers import THAI_DIGITS, is_gap
from cmi_core.text.spelling import same, tidy

YEAR = re.compile(r"(?<!\d)(?:19|20|24|25|26)\d{2}(?!\d)")


@dataclass(frozen=True)
class Raw:
    """
    One value as a sheet holds it: the addresses of its cells (`at`), and what stands in them.

    `where` is its row as a reader finds it, with the sheet where several are read; `heading` is that of its period.
    """

    layout: int
    row: int
    where: str
    at: dict[str, str]
    kpi: object
    name: object
    period: object
    year: object
    value: object
    quality: object
    note: object
    heading: str
    broken_down: str = ""


@dataclass(frozen=True)
class ValueRow:
    """
    One value understood, with its row (`where`) and the address of each of its cells; `quality` is empty where the file
    marks none.

    `problem` tells why it cannot be recorded; then `kpi` and `period` are what could be told of it.
    """

    sheet: str
    row: int
    where: str
    cells: Mapping[str, str]
    kpi: str = ""
    period: str = ""
    value: float | None = None
    quality: str = ""
    note: str = ""
    said: str = ""
    problem: ObservationError | None = None


@dataclass(frozen=True)
class Gathered:
    """The values of a sheet, how many cells for one are empty, and what is left out."""

    raws: tuple[Raw, ...]
    empty: int
    left_out: tuple[LeftOut, ...]
    hidden: tuple[int, ...]


def gather(layout: Layout, number: int, known: Known, *, with_hidden: bool, sheet: str) -> Gathered:
    """
    The values of one sheet. `sheet` stands before every address where several sheets are read, with its mark.

    Rows that Excel hides come only `with_hidden`; they are named either way. What is `known` as a KPI is none of a total's names.
    """
    table, columns = layout.table, layout.columns
    if not layout.valued:
        return Gathered((), 0, (), ())  # it is asked first which column holds the values
    merged = fill_down(
        table,
        layout.row + 1,
        (columns[each] for each in ("kpi", "name", "year", "period", "month") if each in columns),
    )
    across_text = texts_across(table, layout.row + 1)
    raws: list[Raw] = []
    left: list[LeftOut] = []
    empty = 0
    for row in layout.data:
        where = f"{sheet}{row}"
        if row in table.hidden_rows and not with_hidden:
            left.append(LeftOut("row", where, "reading.left_hidden_row"))
            continue
        found = list(_of_row(layout, number, row, merged, sheet))
        if row in across_text or not found or _no_row(layout, row, found[0], known):
            left.append(_text_row(layout, row, where))
            continue
        for raw in found:
            if isinstance(raw.value, Formula) or not is_gap(raw.value):
                raws.append(raw)
            elif raw.value is None:
                empty += 1
                left.append(LeftOut("cell", raw.at["value"], "read_values.left_empty"))
            else:
                left.append(
                    LeftOut("cell", raw.at["value"], "read_values.left_gap", {"text": str(raw.value)[:40]})
                )
    hidden = tuple(row for row in layout.data if row in table.hidden_rows)
    return Gathered(tuple(raws), empty, tuple(left), hidden)


def years_told(layout: Layout, name: str) -> tuple[list[str], bool]:
    """The years that titles above the table, its sheet's name and the file's name tell, and whether they are fiscal ones."""
    titles = [
        str(cell) for row, cells in layout.table.rows.items() if row < layout.first for cell in cells.values()
    ]
    for texts in (titles, [layout.table.sheet], [name]):
        plain = [tidy(text).translate(THAI_DIGITS) for text in texts]
        if years := list(dict.fromkeys(year for text in plain for year in YEAR.findall(text))):
            return years, any(FISCAL.search(text.lower()) for text in plain)
    return [], False


def _of_row(
    layout: Layout, number: int, row: int, merged: dict[tuple[int, int], object], sheet: str
) -> Iterator[Raw]:
    """Each value of a row: one, or one a period where the periods stand across."""
    cells, columns = layout.table.rows[row], layout.columns

    def held(field: str) -> object:
        column = columns.get(field)
        return None if column is None else cells.get(column, merged.get((row, column)))

    at = {field: f"{sheet}{address(row, column)}" for field, column in columns.items()}
    broken = _breakdown(layout, cells)
    told: dict[str, Any] = {
        "layout": number, "row": row, "where": f"{sheet}{row}", "kpi": held("kpi"), "name": held("name"), "year": held("year"), "quality": held("quality"),
        "note": held("note"), "broken_down": broken, "heading": layout.headings.get(columns.get("period", columns.get("year", 0)), ""),
    }  # fmt: skip
    period = held("period") if "period" in columns else _part(layout, held("month"))
    at.setdefault("period", at.get("month", at.get("year", f"{sheet}{row}")))
    if layout.kpis:
        for column, said in layout.kpis.items():
            of = at | {
                "value": f"{sheet}{address(row, column)}",
                "kpi": f"{sheet}{address(layout.row, column)}",
            }
            told["kpi"] = said
            yield Raw(at=of, period=period, value=cells.get(column), **told)
        return
    if not layout.across:
        yield Raw(at=at, period=period, value=cells.get(columns["value"]), **told)
        return
    for column, said in layout.across.items():
        place = f"{sheet}{address(row, column)}"
        of = at | {"value": place, "period": f"{sheet}{address(layout.row, column)}"}
        yield Raw(at=of, period=said, value=cells.get(column), **told)


def _part(layout: Layout, said: object) -> object:
    """A month, or the number of a quarter or half under a heading that says so."""
    heading = same(layout.headings.get(layout.columns.get("month", 0), ""))
    number = tidy(str(said)).translate(THAI_DIGITS).removesuffix(".0")
    if number not in ("1", "2", "3", "4"):
        return said
    if "ไตรมาส" in heading or "quarter" in heading:
        return f"ไตรมาส {number}"
    return f"ครึ่งปีที่ {number}" if "ครึ่ง" in heading or "half" in heading else said


def _breakdown(layout: Layout, cells: Mapping[int, object]) -> str:
    """What part of the whole a row is for, where a column that is none of ours says so: `Female`."""
    for column, heading in layout.headings.items():
        said = cells.get(column)
        if column in layout.used or said is None or bare(heading) not in value_words.BREAKDOWNS:
            continue
        if not value_words.WHOLE.match(same(said)):
            return str(said)[:60]
    return ""


def _no_row(layout: Layout, row: int, raw: Raw, known: Known) -> bool:
    """Whether a row is about no KPI: a total, a group's name, a signature, a note below, the headings once more."""
    cells = layout.table.rows[row]
    if (known(raw.kpi) and not layout.kpis) or known(raw.name):
        return False
    if len(cells) > 1 and all(
        " ".join(str(cell).split()) == layout.headings.get(column) for column, cell in cells.items()
    ):
        return True
    first = next((cell for _, cell in sorted(cells.items()) if isinstance(cell, str)), "")
    if value_words.TOTALS.match(same(first)):
        return True
    used = {
        layout.columns[each] for each in ("kpi", "name", "period", "year", "month") if each in layout.columns
    }
    valued = [column for column in cells if column in layout.used - used]
    return (
        not valued
        and len([column for column in cells if column in used]) < 2
        and bool(cells)
        and raw.value is None
        and _only_text(cells)
    )


def _only_text(cells: Mapping[int, object]) -> bool:
    return len(cells) == 1 and isinstance(next(iter(cells.values())), str)


def _text_row(layout: Layout, row: int, where: str) -> LeftOut:
    """A row that is no value, by what it is."""
    text = next((str(cell) for _, cell in sorted(layout.table.rows[row].items()) if str(cell).strip()), "")
    reason = "left_total" if value_words.TOTALS.match(same(text)) else "left_text"
    short = " ".join(text.split())
    return LeftOut(
        "row", where, f"read_values.{reason}", {"text": short if len(short) <= 60 else f"{short[:59]}…"}
    )
