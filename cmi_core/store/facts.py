"""
The rows of the reference tables against the data files that this program ships.

They are beside the record and carry no seal: a row that is there stays as it is when a newer program brings another
(`store/seed.py`). So a row that differs is told and breaks nothing: it may come from an older version of the files.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from cmi_core.settings import ROOT
from cmi_core.store import definitions, seed
from cmi_core.store.record import line_tables

OF_PLACES = (
    "place_organisation",
    "place_means",
    "place_source",
)  # filled by the first entry, with the places
TABLES = (*seed.REFERENCE, *OF_PLACES, "city")
# Uploads of scores and outlines bring rows of their own to these: which of their columns lines name them by.
_GROWING = {"source": "source", "source_wording": "source", "city": "city"}


class Fact(NamedTuple):
    """A row that is not as in this program's file: its key, and the cells that differ (None: no row)."""

    table: str
    key: dict[str, object]
    stands: dict[str, object] | None
    shipped: dict[str, object] | None


def differing(cursor: duckdb.DuckDBPyConnection, folder: Path = ROOT / "data") -> list[Fact]:
    """Every row of the reference tables that differs from the files, is missing, or is in no file."""
    columns = definitions.columns(cursor)
    used = {name: _used(cursor, name, columns) for name in sorted(set(_GROWING.values()))}
    return [
        fact
        for table in TABLES
        for fact in _of_table(cursor, table, columns.get(table, {}), folder / f"{table}.csv")
        if fact.shipped is not None or not _came_with_an_upload(fact, used)
    ]


def _came_with_an_upload(fact: Fact, used: dict[str, set[str]]) -> bool:
    """Whether a row that no file has is one of those that people add: a line then names it."""
    name = _GROWING.get(fact.table)
    return name is not None and str(fact.key[name]) in used[name]


def _used(cursor: duckdb.DuckDBPyConnection, name: str, columns: dict[str, dict[str, str]]) -> set[str]:
    """The codes of one kind that lines of the record name."""
    tables = [table for table in line_tables(cursor) if name in columns[table]]
    union = " UNION ".join(f'SELECT {name} FROM "{table}"' for table in tables)
    return {code for (code,) in cursor.execute(union).fetchall()}


def _of_table(
    cursor: duckdb.DuckDBPyConnection, table: str, types: dict[str, str], file: Path
) -> Iterator[Fact]:
    with file.open(encoding="utf-8", newline="") as opened:
        names = [name for name in next(csv.reader(opened)) if name in types]
    key = [name for name in seed.key(cursor, table) if name in names]
    if not key:
        return  # something else under this name: its definition is told
    cast = ", ".join(f'TRY_CAST("{name}" AS {types[name]}) AS "{name}"' for name in names)
    same = " AND ".join(f's."{name}" = f."{name}"' for name in key)
    differ = " OR ".join(f's."{name}" IS DISTINCT FROM f."{name}"' for name in names)
    order = ", ".join(f'coalesce(s."{name}", f."{name}")' for name in key)
    rows = cursor.execute(
        f'SELECT s, f FROM "{table}" s FULL JOIN (SELECT {cast} FROM {seed.CSV}) f ON {same}'
        f" WHERE {differ} ORDER BY {order}",
        {"file": str(file)},
    ).fetchall()
    for row in rows:
        # A side without a row is a row of nothing but empty cells.
        stands, shipped = (side if side and side[key[0]] is not None else None for side in row)
        about = stands or shipped or {}
        told = [name for name in names if not (stands and shipped) or stands[name] != shipped[name]]
        yield Fact(
            table,
            {name: about[name] for name in key},
            {name: stands[name] for name in told} if stands else None,
            {name: shipped[name] for name in told} if shipped else None,
        )
