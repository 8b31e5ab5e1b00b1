"""The starting data: data/*.csv and geo/places.geojson into the tables, which cast and check every row."""

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import duckdb

from cmi_core.errors import StoreError

REFERENCE = (
    "source",
    "source_wording",
    "city_fact",
    "strategy",
    "goal",
    "means",
    "organisation",
    "organisation_role",
    "initiative",
    "link",
    "means_organisation",
    "means_initiative",
    "finding",
    "planning_stage",
    "planning_step",
    "toolkit",
    "workshop",
    "workshop_organisation",
    "workshop_outcome",
    "workshop_toolkit",
    "event",
    "published_value",
    "open_question",
)
FIRST_ENTRY = (
    "kpi",
    "kpi_line",
    "kpi_link_line",
    "means_link_line",
    "city",
    "framework_line",
    "framework_node_line",
    "level_line",
    "assessment_line",
    "score_line",
    "place",
    "place_line",
    "boundary_line",
    "place_organisation",
    "place_means",
    "place_source",
    "landmark",
    "landmark_line",
    "landmark_link_line",
)
OUTLINES = "places.geojson"
DRAWN_BY_US = "own_digitisation"
CSV = "read_csv($file, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')"


def load_reference(cursor: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Add the rows of `REFERENCE` that are not there yet; a row that is there stays as it is."""
    for table in REFERENCE:
        _add_missing(cursor, table, folder / f"{table}.csv")


def never_filled(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The line tables with starting data that hold no line at all: they came with a newer program."""
    lines = [table for table in FIRST_ENTRY if table.endswith("_line")]
    return [table for table in lines if not cursor.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall()]


def load_lines(
    cursor: duckdb.DuckDBPyConnection, folder: Path, entry: int, tables: Sequence[str] = FIRST_ENTRY
) -> None:
    """Add the rows of `tables` as lines of `entry`; outlines come from ../geo beside the folder."""
    for table in tables:
        if table == "boundary_line":
            _add_outlines(cursor, folder.parent / "geo" / OUTLINES, entry)
        elif table.endswith("_line"):
            _add_lines(cursor, table, folder / f"{table}.csv", entry)
        else:
            _add_missing(cursor, table, folder / f"{table}.csv")


def _add_missing(cursor: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    same = " AND ".join(f"CAST(held.{name} AS VARCHAR) = fresh.{name}" for name in key(cursor, table))
    with _refused(file):
        cursor.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM {CSV} AS fresh"
            f" WHERE NOT EXISTS (SELECT 1 FROM {table} AS held WHERE {same})",
            {"file": str(file)},
        )


def _add_lines(cursor: duckdb.DuckDBPyConnection, table: str, file: Path, entry: int) -> None:
    with _refused(file):
        cursor.execute(
            f"INSERT INTO {table} BY NAME SELECT CAST($entry AS BIGINT) AS entry, * FROM {CSV}",
            {"file": str(file), "entry": entry},
        )


def _add_outlines(cursor: duckdb.DuckDBPyConnection, file: Path, entry: int) -> None:
    with _refused(file):
        content = file.read_bytes()
        for feature in json.loads(content)["features"]:
            about = feature["properties"]
            cursor.execute(
                "INSERT INTO boundary_line"
                " (entry, place, boundary_kind, geometry, accuracy_m, file_name, file_hash, source)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    entry,
                    about["code"],
                    about["boundary_kind"],
                    json.dumps(feature["geometry"]) if feature["geometry"] else None,
                    about["positional_uncertainty_m"],
                    file.name,
                    sha256(content).hexdigest(),
                    about.get("source", DRAWN_BY_US),
                ],
            )


def key(cursor: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns that name one row of a table."""
    rows = cursor.execute(
        "SELECT unnest(constraint_column_names) FROM duckdb_constraints()"
        " WHERE constraint_type = 'PRIMARY KEY' AND table_name = ? AND database_name = current_database()",
        [table],
    ).fetchall()
    return [name for (name,) in rows]


@contextmanager
def _refused(file: Path) -> Generator[None, None, None]:
    try:
        yield
    except KeyError as missing:
        raise StoreError("seed_refused", file=file.name, why=f"{missing} is missing") from missing
    except (duckdb.Error, OSError, TypeError, ValueError) as error:
        raise StoreError("seed_refused", file=file.name, why=str(error)) from error
