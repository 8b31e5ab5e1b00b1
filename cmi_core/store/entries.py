"""Entries of the record as people ask for them: lately, one by one, before and after."""

import pandas as pd

from cmi_core.store import Store


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
