"""The value that counts per KPI, period and breakdown: kept with each entry, rebuilt from the record on demand."""

from contextlib import suppress
from typing import NamedTuple

import duckdb
import pyarrow as pa

from cmi_core.calendar.periods import parse
from cmi_core.errors import ObservationError
from cmi_core.store import definitions

KEY = ("kpi", "period", "breakdown")
_TYPES = {
    "ends_on": "DATE", "starts_on": "DATE", "entry": "BIGINT", "value": "DOUBLE", "quality": "VARCHAR",
    "evidence_link": "VARCHAR", "evidence_file": "VARCHAR",
}  # fmt: skip
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
# By the highest entry first and its line then: on a million values a third faster than whole lines in order.
_COMPARED = """
    WITH newest AS (SELECT kpi, period, breakdown, max(entry) AS entry FROM kpi_value_line {touched} GROUP BY ALL),
    recorded AS (
        SELECT l.kpi, l.period, l.breakdown, p.ends_on, p.starts_on, l.entry, l.value, l.quality,
               l.evidence_link, l.evidence_file, true AS there
        FROM newest n
        JOIN kpi_value_line l ON l.entry = n.entry AND l.kpi = n.kpi AND l.period = n.period
                                 AND l.breakdown = n.breakdown
        LEFT JOIN incoming_period p ON p.period = l.period
    ),
    shown AS (SELECT {shown}, true AS there FROM {relation} {touched})
    SELECT {told}, count(*) OVER () AS found
    FROM recorded r FULL JOIN shown s ON s.kpi = r.kpi AND s.period = r.period AND s.breakdown = r.breakdown
    WHERE r.there IS NULL OR s.there IS NULL OR {differ}
    ORDER BY 1, 2, 3 {limit}
"""
_TOUCHED = (
    "WHERE (kpi, period, breakdown) IN (SELECT (kpi, period, breakdown) FROM kpi_value_line WHERE entry > {})"
)


class Differing(NamedTuple):
    """A value that is shown otherwise than the record has it: its key, and the cells that differ (None: no row)."""

    key: dict[str, object]
    stands: dict[str, object] | None
    recorded: dict[str, object] | None


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


def differing(
    cursor: duckdb.DuckDBPyConnection, *, since: int = 0, most: int | None = None
) -> tuple[int, list[Differing]]:
    """
    How many values differ between the table and the record in any column, and the first `most` of them.

    With `since` only the values that later entries touched are compared. The table may have been replaced by
    anything: a column that is not there is read as empty.
    """
    found = definitions.columns(cursor).get(definitions.DERIVED, {})
    wanted = dict.fromkeys(KEY, "VARCHAR") | _TYPES
    shown = ", ".join(
        f"TRY_CAST({name if name in found else 'NULL'} AS {type_}) AS {name}"
        for name, type_ in wanted.items()
    )
    differ = " OR ".join(
        # Zero and minus zero are equal and are written differently.
        [f"s.{name} IS DISTINCT FROM r.{name}" for name in _TYPES]
        + ["signbit(s.value) IS DISTINCT FROM signbit(r.value)"]
    )
    told = ", ".join(
        [f"coalesce(s.{name}, r.{name}) AS {name}" for name in KEY]
        + [f"{side}.{name} AS {side}_{name}" for side in "sr" for name in ("there", *_TYPES)]
    )
    periods = [code for (code,) in cursor.execute("SELECT DISTINCT period FROM kpi_value_line").fetchall()]
    _register(cursor, periods)
    result = cursor.execute(
        _COMPARED.format(
            shown=shown,
            relation="kpi_value_now" if found else "(SELECT 1 WHERE false)",
            touched=_TOUCHED.format(int(since)) if since else "",
            differ=differ,
            told=told,
            limit="" if most is None else f"LIMIT {int(most)}",
        )
    )
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    cursor.unregister("incoming_period")
    return (int(rows[0]["found"]) if rows else 0), [_differing(row) for row in rows]


def differences(cursor: duckdb.DuckDBPyConnection) -> int:
    """How many values differ between the table and the record; 0 unless somebody wrote past this program."""
    return differing(cursor, most=1)[0]


def _differing(row: dict[str, object]) -> Differing:
    sides = {side: {name: row[f"{side}_{name}"] for name in _TYPES} for side in "sr"}
    both = row["s_there"] and row["r_there"]
    told = [name for name in _TYPES if not both or repr(sides["s"][name]) != repr(sides["r"][name])]
    stands, recorded = (
        {name: sides[side][name] for name in told} if row[f"{side}_there"] else None for side in "sr"
    )
    return Differing({name: row[name] for name in KEY}, stands, recorded)


def _write(
    cursor: duckdb.DuckDBPyConnection, sql: str, periods: list[tuple[str]], details: dict[str, int] | None
) -> None:
    _register(cursor, [code for (code,) in periods])
    cursor.execute(sql, details)
    cursor.unregister("incoming_period")


def _register(cursor: duckdb.DuckDBPyConnection, codes: list[str]) -> None:
    """The days of the periods, for a statement to join."""
    parsed = []
    for code in codes:
        # A code that means nothing was not written by this program: its seal tells, and its value differs.
        with suppress(ObservationError):
            parsed.append(parse(code))
    cursor.register(
        "incoming_period",
        pa.table(
            {
                "period": pa.array([period.code for period in parsed], pa.string()),
                "ends_on": pa.array([period.end for period in parsed], pa.date32()),
                "starts_on": pa.array([period.start for period in parsed], pa.date32()),
            }
        ),
    )
