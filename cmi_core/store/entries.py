"""Entries of the record as people ask for them: lately, one by one, before and after."""

from datetime import datetime
from typing import NamedTuple

import pandas as pd

from cmi_core.store import Store
from cmi_core.store.record import line_tables


def lately(store: Store, limit: int) -> pd.DataFrame:
    """The newest entries with the name of who made them; those that touched one value, with it."""
    return store.read(
        """
        WITH newest AS (
            SELECT * FROM entry WHERE deed NOT IN ('set_password') ORDER BY entry DESC LIMIT $limit
        ),
        touched AS (
            SELECT entry, count(*) AS lines, min(kpi) AS kpi, max(kpi) AS other, min(period) AS period,
                   min(value) AS value, min(quality) AS quality, min(breakdown) AS breakdown
            FROM kpi_value_line WHERE entry IN (SELECT entry FROM newest) GROUP BY entry
        ),
        defined AS (
            SELECT entry, min(kpi) AS kpi FROM kpi_line WHERE entry IN (SELECT entry FROM newest)
            GROUP BY entry HAVING count(*) = 1
        )
        SELECT n.entry, n.deed, n.recorded_by, coalesce(a.name, n.recorded_by) AS name, n.recorded_at, n.note, n.undoes,
               coalesce(t.lines, 0) AS lines,
               k.kpi, k.name_th AS kpi_name_th, k.name_en AS kpi_name_en, k.unit_th, k.unit_en, k.decimals,
               CASE WHEN t.lines = 1 THEN t.period END AS period,
               CASE WHEN t.lines = 1 THEN t.value END AS value,
               CASE WHEN t.lines = 1 THEN t.quality END AS quality
        FROM newest n
        LEFT JOIN account_current a ON a.account = n.recorded_by
        LEFT JOIN touched t ON t.entry = n.entry
        LEFT JOIN defined d ON d.entry = n.entry
        LEFT JOIN kpi_current k ON k.kpi = CASE WHEN t.kpi = t.other THEN t.kpi ELSE d.kpi END
        ORDER BY n.entry DESC
        """,
        limit=limit,
    )


class Head(NamedTuple):
    """An entry without its lines."""

    entry: int
    deed: str
    recorded_by: str
    recorded_at: datetime
    note: str
    undoes: int | None


def head_of(store: Store, entry: int) -> Head | None:
    """Who made an entry, when and why, or None when there is none of this number."""
    found = store.rows(
        "SELECT entry, deed, recorded_by, recorded_at, note, undoes FROM entry WHERE entry = $entry",
        entry=entry,
    )
    return Head(*found[0]) if found else None


def tables_of(store: Store, entry: int) -> set[str]:
    """The line tables that an entry wrote to."""
    with store.snapshot() as cursor:
        return {
            table
            for table in line_tables(cursor)
            if cursor.execute(f'SELECT 1 FROM "{table}" WHERE entry = ? LIMIT 1', [entry]).fetchall()
        }


def kpis_of(store: Store, entry: int) -> list[str]:
    """The KPIs whose values an entry touched."""
    return [
        kpi
        for (kpi,) in store.rows("SELECT DISTINCT kpi FROM kpi_value_line WHERE entry = $entry", entry=entry)
    ]


def lines_of(store: Store, table: str, entry: int) -> list[dict[str, object]]:
    """The lines an entry wrote to a table."""
    return _dictionaries(store, f'SELECT * FROM "{table}" WHERE entry = $entry', entry)


def before(store: Store, table: str, key: tuple[str, ...], entry: int) -> list[dict[str, object]]:
    """For each key an entry wrote: the line that stood before it, where there was one."""
    names = ", ".join(f"l.{name}" for name in key)
    same = " AND ".join(f"m.{name} = l.{name}" for name in key)
    return _dictionaries(
        store,
        f'SELECT DISTINCT ON ({names}) l.* FROM "{table}" l JOIN "{table}" m ON m.entry = $entry AND {same}'
        f" WHERE l.entry < $entry ORDER BY {names}, l.entry DESC",
        entry,
    )


def changed_after(store: Store, table: str, key: tuple[str, ...], entry: int) -> int | None:
    """The first later entry that wrote one of the same keys, or None."""
    same = " AND ".join(f"m.{name} = l.{name}" for name in key)
    return store.rows(
        f'SELECT min(l.entry) FROM "{table}" l JOIN "{table}" m ON m.entry = $entry AND {same} WHERE l.entry > $entry',
        entry=entry,
    )[0][0]


def verdicts_before(store: Store, entry: int) -> list[dict[str, object]]:
    """The newest verdict on each value that stood before an entry replaced it."""
    return _dictionaries(
        store,
        """
        WITH stood AS (
            SELECT DISTINCT ON (l.kpi, l.period, l.breakdown) l.kpi, l.period, l.breakdown, l.entry
            FROM kpi_value_line l
            JOIN kpi_value_line m ON m.entry = $entry AND m.kpi = l.kpi AND m.period = l.period
                                 AND m.breakdown = l.breakdown
            WHERE l.entry < $entry ORDER BY l.kpi, l.period, l.breakdown, l.entry DESC
        )
        SELECT DISTINCT ON (j.kpi, j.period, j.breakdown) j.kpi, j.period, j.breakdown, j.verdict
        FROM kpi_verdict_line j JOIN stood s
          ON s.kpi = j.kpi AND s.period = j.period AND s.breakdown = j.breakdown AND s.entry = j.value_entry
        ORDER BY j.kpi, j.period, j.breakdown, j.entry DESC
        """,
        entry,
    )


def _dictionaries(store: Store, sql: str, entry: int) -> list[dict[str, object]]:
    with store.snapshot() as cursor:
        result = cursor.execute(sql, {"entry": entry})
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
