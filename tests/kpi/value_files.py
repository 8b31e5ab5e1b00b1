"""Reading files of KPI values in tests."""

from datetime import date

from cmi_core.kpi.sheet import quality_labels
from cmi_core.kpi.value_file import read
from cmi_core.tables.sheets import Book, Table, read_book
from cmi_core.text import catalogue

LABELS = quality_labels(catalogue("th"), catalogue("en"))
TODAY = date(2026, 11, 29)


def read_bytes(data, name, kpis, **answers):
    """The values of a file; answers by id, `_` for the sign between two words of one."""
    return read(
        read_book(data, name, answers=answers), kpis, labels=LABELS, answers=answers, today=TODAY, name=name
    )


def read_table(table, kpis, **answers):
    """The values of a sheet given cell by cell."""
    table = table if isinstance(table, Table) else Table(table)
    return read(Book((table,), "xlsx"), kpis, labels=LABELS, answers=answers, today=TODAY)


def told(result):
    """The values that could be recorded, as (kpi, period, value)."""
    return [(row.kpi, row.period, row.value) for row in result.rows if row.problem is None]


def problems(result):
    """Every problem as (cell, reason)."""
    found = [each for row in result.rows if row.problem for each in (row.problem, *row.problem.problems)]
    return [(problem.details["cell"], problem.reason) for problem in found]


def left(result):
    """What is left out, as (place, reason)."""
    return [(item.where, item.reason.partition(".left_")[2]) for item in result.left_out]


def asked(result):
    """The questions in sight with their defaults."""
    return {question.id: question.default for question in result.questions if question.asked}
