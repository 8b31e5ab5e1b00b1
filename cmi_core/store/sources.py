"""Where facts come from, and the tables that describe themselves."""

import pandas as pd

from cmi_core.store import Store


def every(store: Store) -> pd.DataFrame:
    """All sources in the order of their codes; `producer_th`, `title_en` and so on as each reader is told them."""
    return store.read("SELECT * FROM source_told ORDER BY source")


def some(store: Store, codes: tuple[str, ...]) -> pd.DataFrame:
    """The sources of these codes."""
    listed = every(store)
    return listed[listed["source"].isin(codes)]


def dictionary(store: Store) -> pd.DataFrame:
    """The data dictionary, from the comments on tables and columns: table, column_name, kind, comment."""
    return store.read(
        """
        SELECT t.table_name AS "table", '' AS column_name, '' AS kind, coalesce(t.comment, '') AS comment, 0 AS position
        FROM duckdb_tables() t WHERE NOT t.internal
        UNION ALL
        SELECT c.table_name, c.column_name, c.data_type, coalesce(c.comment, ''), c.column_index
        FROM duckdb_columns() c JOIN duckdb_tables() t ON t.table_oid = c.table_oid WHERE NOT c.internal
        ORDER BY 1, position
        """
    )
