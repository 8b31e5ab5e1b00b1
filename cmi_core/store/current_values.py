"""The value that counts per KPI, period and breakdown: kept with each entry, rebuilt from the record on demand."""

import duckdb
import pyarrow as pa

from cmi_core.calendar.periods import parse

_KEEP = """
    INSERT INTO kpi_value_now
        (kpi, period, breakdown, ends_on, starts_on, entry, value, quality, evidence_link, evidence_file)
    SELECT l.kpi, l.period, l.breakdown, p.ends_on, p.starts_on, l.entry, l.value, l.quality,
           l.evidence_link, l.evidence_file
    FROM ({lines}) l JOIN incoming_period p ON p.period = l.period
    ON CONFLICT (kpi, period, breakdown) DO UPDATE SET
        entry = excluded.entry, value = excluded.value, quality = excluded.quality,
        evidence_link = excluded.evidence_link, evidence_file = excluded.evidence_file
"""
_KEEP_ONE = """
    INSERT INTO kpi_value_now
        (kpi, period, breakdown, ends_on, starts_on, entry, value, quality, evidence_link, evidence_file)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kpi, period, breakdown) DO UPDATE SET
        entry = excluded.entry, value = excluded.value, quality = excluded.quality,
        evidence_link = excluded.evidence_link, evidence_file = excluded.evidence_file
"""
_FEW = 10  # lines that are taken over one by one; more go in one statement
_OF_ENTRY = "SELECT * FROM kpi_value_line WHERE entry = $entry"
_NEWEST = """
    SELECT DISTINCT ON (kpi, period, breakdown) * FROM kpi_value_line
    ORDER BY kpi, period, breakdown, entry DESC
"""


def keep(cursor: duckdb.DuckDBPyConnection, entry: int) -> None:
    """Take over the values of an entry, inside the transaction that writes it."""
    lines = cursor.execute(
        "SELECT kpi, period, breakdown, entry, value, quality, evidence_link, evidence_file"
        " FROM kpi_value_line WHERE entry = ?",
        [entry],
    ).fetchmany(_FEW + 1)
    if len(lines) > _FEW:
        periods = cursor.execute("SELECT DISTINCT period FROM kpi_value_line WHERE entry = ?", [entry])
        _write(cursor, _KEEP.format(lines=_OF_ENTRY), periods.fetchall(), {"entry": entry})
        return
    for kpi, code, breakdown, *rest in lines:
        period = parse(code)
        cursor.execute(_KEEP_ONE, [kpi, code, breakdown, period.end, period.start, *rest])


def rebuild(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the table anew from the record alone."""
    cursor.execute("DELETE FROM kpi_value_now")
    periods = cursor.execute("SELECT DISTINCT period FROM kpi_value_line").fetchall()
    if periods:
        _write(cursor, _KEEP.format(lines=_NEWEST), periods, None)


def differences(cursor: duckdb.DuckDBPyConnection) -> int:
    """How many values differ between the table and the record; 0 unless somebody wrote past this program."""
    columns = "kpi, period, breakdown, entry, value, quality"
    return cursor.execute(
        f"SELECT count(*) FROM ((SELECT {columns} FROM kpi_value_now EXCEPT SELECT {columns} FROM ({_NEWEST}))"
        f" UNION ALL (SELECT {columns} FROM ({_NEWEST}) EXCEPT SELECT {columns} FROM kpi_value_now))"
    ).fetchall()[0][0]


def _write(
    cursor: duckdb.DuckDBPyConnection, sql: str, periods: list[tuple[str]], details: dict[str, int] | None
) -> None:
    parsed = [parse(code) for (code,) in periods]
    cursor.register(
        "incoming_period",
        pa.table(
            {
                "period": [period.code for period in parsed],
                "ends_on": [period.end for period in parsed],
                "starts_on": [period.start for period in parsed],
            }
        ),
    )
    cursor.execute(sql, details)
    cursor.unregister("incoming_period")
