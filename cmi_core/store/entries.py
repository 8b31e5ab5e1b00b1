"""Entries of the record as people ask for them: lately, one by one, before and after."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from cmi_core.store import Store
from cmi_core.store.record import line_tables


def lately(store: Store, limit: int = 8) -> pd.DataFrame:
    """The newest entries, by the accounts that made them; those that touched one value, with it."""
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
        SELECT n.entry, n.deed, n.recorded_by, n.recorded_at, n.note, n.undoes,
               coalesce(t.lines, 0) AS lines,
               k.kpi, k.name_th AS kpi_name_th, k.name_en AS kpi_name_en, k.unit_th, k.unit_en, k.decimals,
               CASE WHEN t.lines = 1 THEN t.period END AS period,
               CASE WHEN t.lines = 1 THEN t.value END AS value,
               CASE WHEN t.lines = 1 THEN t.quality END AS quality
        FROM newest n
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
    return store.dictionaries(f'SELECT * FROM "{table}" WHERE entry = $entry', entry=entry)


def before(store: Store, table: str, key: tuple[str, ...], entry: int) -> list[dict[str, object]]:
    """For each key an entry wrote: the line that stood before it, where there was one."""
    names = ", ".join(f"l.{name}" for name in key)
    same = " AND ".join(f"m.{name} = l.{name}" for name in key)
    return store.dictionaries(
        f'SELECT DISTINCT ON ({names}) l.* FROM "{table}" l JOIN "{table}" m ON m.entry = $entry AND {same}'
        f" WHERE l.entry < $entry ORDER BY {names}, l.entry DESC",
        entry=entry,
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
    return store.dictionaries(
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
        entry=entry,
    )


def listed(
    store: Store, *, person: str, kpi: str, deed: str, since: datetime | None, limit: int, offset: int
) -> pd.DataFrame:
    """A page of entries, newest first; an empty choice leaves everything, `found` counts all that fit."""
    return store.read(
        f"""
        WITH found AS ({_FOUND})
        SELECT f.entry, f.deed, f.recorded_by, f.recorded_at, f.note, f.undoes,
               u.entry AS undone_by, (SELECT count(*) FROM found) AS found
        FROM (SELECT * FROM found ORDER BY entry DESC LIMIT $limit OFFSET $offset) f
        LEFT JOIN entry u ON u.undoes = f.entry
        ORDER BY f.entry DESC
        """,
        person=person, kpi=kpi, deed=deed, since=since, limit=limit, offset=offset,
    )  # fmt: skip


def values_listed(
    store: Store, *, person: str, kpi: str, deed: str, since: datetime | None, limit: int
) -> pd.DataFrame:
    """The values of the entries that fit, one row per line with the value before: for a download."""
    return store.read(
        f"""
        WITH found AS ({_FOUND}),
        told AS (
            SELECT l.*, lag(l.value) OVER (PARTITION BY l.kpi, l.period, l.breakdown ORDER BY l.entry) AS value_before
            FROM kpi_value_line l WHERE $kpi = '' OR l.kpi = $kpi
        )
        SELECT f.entry, f.recorded_at, f.recorded_by, f.deed, t.kpi, t.period, t.breakdown, t.value_before, t.value,
               t.quality, f.note, s.seal
        FROM found f JOIN seal s ON s.entry = f.entry LEFT JOIN told t ON t.entry = f.entry
        ORDER BY f.entry DESC, t.kpi, t.period LIMIT $limit
        """,
        person=person, kpi=kpi, deed=deed, since=since, limit=limit,
    )  # fmt: skip


def recorders(store: Store) -> list[str]:
    """Everybody who ever made an entry."""
    return [account for (account,) in store.rows("SELECT DISTINCT recorded_by FROM entry ORDER BY 1")]


def deeds(store: Store) -> list[str]:
    """The deeds that occur in the record."""
    return [deed for (deed,) in store.rows("SELECT DISTINCT deed FROM entry ORDER BY deed")]


def keys(store: Store) -> dict[str, tuple[str, ...]]:
    """The line tables, each with the columns that name one thing (its primary key without the entry)."""
    # What the tables are does not change while a database is open.
    if store.opened not in _keys:
        _keys[store.opened] = _key_columns(store)
    return dict(_keys[store.opened])


_keys: dict[int, dict[str, tuple[str, ...]]] = {}


def _key_columns(store: Store) -> dict[str, tuple[str, ...]]:
    found = store.rows(
        """
        SELECT k.table_name, k.column_name
        FROM information_schema.key_column_usage k
        JOIN information_schema.table_constraints c
          ON c.constraint_name = k.constraint_name AND c.table_name = k.table_name
        WHERE c.constraint_type = 'PRIMARY KEY' AND k.table_name LIKE '%\\_line' ESCAPE '\\'
        ORDER BY k.table_name, k.ordinal_position
        """
    )
    tables: dict[str, tuple[str, ...]] = {}
    for table, column in found:
        tables[table] = (*tables.get(table, ()), *((column,) if column != "entry" else ()))
    return tables


def named(store: Store) -> list[tuple[str, str, str, str]]:
    """What the keys and codes of lines stand for: kind, code, Thai and English name. Accounts are told by `views.people`."""
    return store.rows(
        """
        SELECT 'kpi', kpi, name_th, name_en FROM kpi_current
        UNION ALL SELECT 'goal', goal, name_th, name_en FROM goal
        UNION ALL SELECT 'means', means, name_th, name_en FROM means
        UNION ALL SELECT 'organisation', organisation, name_th, name_en FROM organisation
        UNION ALL SELECT 'place', place, name_th, name_en FROM place_current
        UNION ALL SELECT 'landmark', landmark, name_th, name_en FROM landmark_current
        UNION ALL SELECT 'proposal', proposal, title, title FROM proposal_current
        UNION ALL SELECT 'city', city, name_th, name_en FROM city
        UNION ALL SELECT 'framework', framework, name_th, name_en FROM framework_line
        UNION ALL SELECT DISTINCT ON (node) 'node', node, name_th, name_en FROM framework_node_line
        UNION ALL SELECT DISTINCT ON (level) 'level', level, printed, printed FROM level_line
        UNION ALL SELECT 'source', source, title, title FROM source
        """
    )


def scored_in(store: Store) -> list[tuple[str, int | None, str, str]]:
    """The scorings of places: code, Common Era year, and the names of their framework."""
    return store.rows(
        "SELECT a.assessment, a.year, f.name_th, f.name_en FROM assessment_line a JOIN framework_line f"
        " ON f.framework = a.framework"
    )


def counted(store: Store, tables: Iterable[str], shown: list[int]) -> dict[tuple[int, str], int]:
    """How many lines each of some entries wrote to each table: one statement, as each costs more than its rows."""
    parts = " UNION ALL ".join(
        f"SELECT entry, '{table}' AS wrote FROM \"{table}\" WHERE entry BETWEEN $first AND $last"
        for table in tables
    )
    found = store.rows(
        f"SELECT entry, wrote, count(*) FROM ({parts}) WHERE entry = ANY($shown) GROUP BY entry, wrote ORDER BY entry, wrote",
        first=min(shown), last=max(shown), shown=shown,
    )  # fmt: skip
    return {(entry, table): count for entry, table, count in found}


def some_lines(
    store: Store, table: str, key: tuple[str, ...], *, shown: list[int], kpi: str
) -> list[tuple[dict[str, object], dict[str, object]]]:
    """What some entries wrote to a table (of one KPI where it is given): each line, and the one before it."""
    names = ", ".join(f"m.{name}" for name in key)
    same = " AND ".join(f"l.{name} = m.{name}" for name in key)
    narrowed = " AND m.kpi = $kpi" if kpi else ""
    wrote = f"m.entry BETWEEN $first AND $last AND m.entry = ANY($shown){narrowed}"
    given: dict[str, object] = {"first": min(shown), "last": max(shown), "shown": shown} | (
        {"kpi": kpi} if kpi else {}
    )
    lines = store.dictionaries(f'SELECT m.* FROM "{table}" m WHERE {wrote} ORDER BY m.entry', **given)
    stood = store.dictionaries(
        f'SELECT DISTINCT ON (m.entry, {names}) l.*, m.entry AS made_by FROM "{table}" l'
        f' JOIN "{table}" m ON {same} AND l.entry < m.entry WHERE {wrote}'
        f" ORDER BY m.entry, {names}, l.entry DESC",
        **given,
    )
    before = {(row.pop("made_by"), *(row[name] for name in key)): row for row in stood}
    return [(row, before.get((row["entry"], *(row[name] for name in key)), {})) for row in lines]


_FOUND = """
    SELECT e.entry, e.deed, e.recorded_by, e.recorded_at, e.note, e.undoes FROM entry e
    WHERE ($person = '' OR e.recorded_by = $person) AND ($deed = '' OR e.deed = $deed)
      AND (CAST($since AS TIMESTAMP) IS NULL OR e.recorded_at >= CAST($since AS TIMESTAMP))
      AND ($kpi = '' OR e.entry IN (
            SELECT entry FROM kpi_value_line WHERE kpi = $kpi UNION SELECT entry FROM kpi_line WHERE kpi = $kpi
            UNION SELECT entry FROM kpi_verdict_line WHERE kpi = $kpi
            UNION SELECT entry FROM kpi_milestone_line WHERE kpi = $kpi
            UNION SELECT entry FROM kpi_assignment_line WHERE kpi = $kpi
            UNION SELECT entry FROM kpi_link_line WHERE kpi = $kpi))
"""
