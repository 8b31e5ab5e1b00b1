"""Which sheets and rows of a file are taken: what Excel hides is asked for, and what is left out is named."""

from collections.abc import Callable, Sequence

from cmi_core.tables.questions import Candidate, LeftOut, Question
from cmi_core.tables.table import Table

ADDRESSES_TOLD = 5
TAKE, LEAVE = "take", "leave"
Ask = Callable[[Question], str | None]


def listed(addresses: Sequence[str]) -> str:
    """The first addresses of many: `C4, C5, …`."""
    return ", ".join(addresses[:ADDRESSES_TOLD]) + (", …" if len(addresses) > ADDRESSES_TOLD else "")


def sheets_taken(
    tables: Sequence[Table], holding: Sequence[Table], empty: Sequence[str], ask: Ask
) -> tuple[list[Table], list[LeftOut]]:
    """
    Of the sheets `holding` what is read here, those that are taken; every other one is left out by name.

    Visible ones are taken unless the reader says no, hidden ones only if they say so.
    """
    left = [LeftOut("sheet", name, "reading.left_sheet_empty") for name in empty]
    left += [
        LeftOut("sheet", table.sheet, "reading.left_sheet_no_table")
        for table in tables
        if not any(table is each for each in holding)
    ]
    taken = []
    for table in holding:
        if len(holding) == 1 and not table.hidden:
            taken.append(table)
            continue
        order = (LEAVE, TAKE) if table.hidden else (TAKE, LEAVE)
        question = Question(
            f"sheet:{table.sheet}",
            "reading.ask_sheet_hidden" if table.hidden else "reading.ask_sheet",
            tuple(Candidate(each, say=f"reading.part_{each}") for each in order),
            default=order[0],
            details={"sheet": table.sheet, "count": len(table.rows)},
        )
        if ask(question) == TAKE:
            taken.append(table)
        else:
            reason = "reading.left_sheet_hidden" if table.hidden else "reading.left_sheet_unwanted"
            left.append(LeftOut("sheet", table.sheet, reason))
    return taken, left


def hidden_rows_taken(table: Table, rows: Sequence[int], mark: str, ask: Ask) -> bool:
    """Whether those of the rows that Excel hides count: only if the reader says so. `mark` tells one of several sheets."""
    hidden = [row for row in rows if row in table.hidden_rows]
    if not hidden:
        return False
    question = Question(
        f"hidden_rows{mark}",
        "reading.ask_hidden_rows",
        tuple(Candidate(each, say=f"reading.part_{each}") for each in (LEAVE, TAKE)),
        default=LEAVE,
        details={"rows": listed([str(row) for row in hidden]), "count": len(hidden)},
    )
    return ask(question) == TAKE


def damaged(table: Table, sheet: str) -> list[LeftOut]:
    """The cells whose letters cannot be told; `sheet` stands before their addresses."""
    return [LeftOut("cell", f"{sheet}{cell}", "reading.left_damaged") for cell in table.damaged]
