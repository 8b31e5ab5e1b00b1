"""
What the tables and views of a database are, against what this program's migrations make.

Whoever replaces a view changes what screens show while every table stays whole. So does a macro: DuckDB looks for
a function in the file before it looks among its own, `max` and `+` included. A migrated database has no macro and
no trigger, and what is asked here uses no function that one could stand in for.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import duckdb

from cmi_core.store import migrate

DERIVED = "kpi_value_now"  # the one table that follows from the record, and so may be made anew
ANSWERING = ("macro", "trigger")
_ORDER = (*ANSWERING, "view", "table", "comment")


class Definition(NamedTuple):
    """One table, view, macro, trigger or comment: its statement, and what of it is compared."""

    sql: str
    shape: object


class Altered(NamedTuple):
    """What is defined otherwise than the migrations do: the statements that stand and that were made (None: none)."""

    kind: str
    name: str
    stands: str | None
    made: str | None


Found = dict[tuple[str, str], Definition]


def altered(cursor: duckdb.DuckDBPyConnection) -> list[Altered]:
    """All that differs from a database made by the migrations alone."""
    found, made = _read(cursor), _made()
    keys = [key for key in sorted({*found, *made}) if not _same(key, found.get(key), made.get(key))]
    return sorted(
        (
            Altered(*key, *(each.sql if each else None for each in (found.get(key), made.get(key))))
            for key in keys
        ),
        key=lambda each: _ORDER.index(each.kind),
    )


def mendable(differing: Iterable[Altered]) -> list[Altered]:
    """Those that can be made anew without losing anything: no other table, and nothing whose name such a one bears."""
    listed = list(differing)
    kept = {each.name for each in listed if each.kind == "table" and each.name != DERIVED}
    return [each for each in listed if not kept & {each.name, each.name.partition(".")[0]}]


def renew(cursor: duckdb.DuckDBPyConnection, differing: Iterable[Altered]) -> None:
    """Make them anew, inside the caller's transaction; the rows of the derived table are then to be filled in."""
    for each in differing:
        if each.kind == "comment":
            cursor.execute(each.made or f"{str(each.stands).partition(' IS ')[0]} IS NULL")
            continue
        if each.stands is not None:
            _drop(cursor, each)
        if each.made is not None:
            cursor.execute(each.made)
        if (each.kind, each.name) == ("table", DERIVED):
            for (kind, name), definition in _made().items():
                if kind == "comment" and name.partition(".")[0] == DERIVED:
                    cursor.execute(definition.sql)


def set_aside(cursor: duckdb.DuckDBPyConnection, differing: Iterable[Altered]) -> None:
    """Do away with what answers or writes in place of our own statements, until the caller's transaction ends."""
    renew(cursor, [each for each in differing if each.kind in ANSWERING])


def columns(cursor: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The tables and views of the file, each with its columns and their types."""
    found: dict[str, dict[str, str]] = {}
    for _, schema, relation, column, type_, *_ in _columns(cursor):
        found.setdefault(_name(schema, relation), {})[column] = type_
    return found


@cache
def _made() -> Found:
    """What the migrations make: the same for as long as this program runs."""
    with _scratch() as connection:
        return _read(connection)


def _scratch() -> duckdb.DuckDBPyConnection:
    # What a file calls a view is run in it, and is not to reach any other file.
    connection = duckdb.connect(config={"enable_external_access": "false"})
    migrate.migrate(connection)
    return connection


def _read(cursor: duckdb.DuckDBPyConnection) -> Found:
    tables, told = _tables(cursor)
    return tables | told | _views(cursor) | _macros(cursor) | _triggers(cursor)


def _tables(cursor: duckdb.DuckDBPyConnection) -> tuple[Found, Found]:
    """The tables by their columns and constraints, and the comments on both."""
    listed = cursor.execute(
        "SELECT database_name, schema_name, table_name, sql, comment, temporary FROM system.main.duckdb_tables()"
    ).fetchall()
    shapes: dict[str, list[tuple]] = {}
    comments: dict[str, str] = {}
    for _, schema, table, column, *rest, comment in _columns(cursor):
        shapes.setdefault(_name(schema, table), []).append((column, *rest))
        if comment:
            comments[f"{_name(schema, table)}.{column}"] = comment
    # The text of a check is left out: each release of DuckDB writes it in its own way.
    for database, schema, table, kind, names, other in cursor.execute(
        "SELECT database_name, schema_name, table_name, constraint_type, constraint_column_names, referenced_table"
        " FROM system.main.duckdb_constraints()"
    ).fetchall():
        if database not in {"temp", "system"}:
            shapes.setdefault(_name(schema, table), []).append((kind, tuple(names), other))
    tables, told = {}, {}
    for _, schema, table, sql, comment, temporary in listed:
        name = _name(schema, table)
        if temporary:
            continue
        # How a column takes letters for the same is not told otherwise.
        collated = re.findall(r"\bCOLLATE \S+", sql)
        tables["table", name] = Definition(sql, [*collated, *sorted(map(repr, shapes.get(name, ())))])
        on_columns = [key for key in comments if key.rpartition(".")[0] == name]
        for key in on_columns:
            told["comment", key] = _comment(f"COLUMN {_quoted(*key.split('.'))}", comments[key])
        if comment:
            told["comment", name] = _comment(f"TABLE {_quoted(*name.split('.'))}", comment)
    return tables, told


def _columns(cursor: duckdb.DuckDBPyConnection) -> list[tuple]:
    return [
        row
        for row in cursor.execute(
            "SELECT database_name, schema_name, table_name, column_name, data_type, is_nullable, is_generated,"
            " column_index, comment FROM system.main.duckdb_columns()"
        ).fetchall()
        if row[0] not in {"temp", "system"}
    ]


def _views(cursor: duckdb.DuckDBPyConnection) -> Found:
    listed = cursor.execute(
        "SELECT schema_name, view_name, sql, internal, temporary FROM system.main.duckdb_views()"
    ).fetchall()
    return {
        ("view", _name(schema, view)): Definition(sql, _plain(sql))
        for schema, view, sql, internal, temporary in listed
        if not internal and not temporary
    }


def _macros(cursor: duckdb.DuckDBPyConnection) -> Found:
    listed = cursor.execute(
        "SELECT database_name, schema_name, function_name, function_type, parameters, macro_definition, internal"
        " FROM system.main.duckdb_functions() WHERE NOT internal"
    ).fetchall()
    found: dict[tuple[str, str], Definition] = {}
    for database, schema, name, type_, parameters, definition, _ in listed:
        if database in {"temp", "system"}:
            continue
        table = "TABLE " if type_ == "table_macro" else ""
        sql = f"CREATE MACRO {_quoted(name)}({', '.join(map(str, parameters))}) AS {table}{definition}"
        key = "macro", _name(schema, name) + ("()" if table else "")
        # One name may stand for several, by the number of what they take.
        sql = f"{found[key].sql}; {sql}" if key in found else sql
        found[key] = Definition(sql, sql)
    return found


def _triggers(cursor: duckdb.DuckDBPyConnection) -> Found:
    listed = cursor.execute(
        "SELECT schema_name, table_name, trigger_name, sql, temporary FROM system.main.duckdb_triggers()"
    ).fetchall()
    return {
        ("trigger", f"{_name(schema, table)}.{name}"): Definition(sql, sql)
        for schema, table, name, sql, temporary in listed
        if not temporary
    }


def _same(key: tuple[str, str], found: Definition | None, made: Definition | None) -> bool:
    if found is None or made is None or found.shape == made.shape:
        return found is not None and made is not None
    return key[0] == "view" and _written_anew(key[1], found.sql) == made.shape


def _written_anew(name: str, sql: str) -> str | None:
    """A view in the words of this release of DuckDB: a file made by an earlier one keeps some of its own."""
    with _scratch() as connection:
        try:
            connection.execute(re.sub(r"^CREATE VIEW", "CREATE OR REPLACE VIEW", sql))
        except duckdb.Error:
            return None
        written = _views(connection).get(("view", name))
    return str(written.shape) if written else None


def _plain(sql: str) -> str:
    """A statement without the name of the schema that all of ours stand in."""
    return re.sub(r"\bmain\.(?=[\w\"])", "", sql)


def _drop(cursor: duckdb.DuckDBPyConnection, each: Altered) -> None:
    if each.kind == "trigger":
        table, _, name = each.name.rpartition(".")
        cursor.execute(f"DROP TRIGGER {_quoted(name)} ON {_quoted(*table.split('.'))}")
        return
    kind = "MACRO TABLE" if each.name.endswith("()") else each.kind.upper()
    cursor.execute(f"DROP {kind} {_quoted(*each.name.removesuffix('()').split('.'))}")


def _comment(on: str, comment: str) -> Definition:
    quoted = comment.replace("'", "''")
    sql = f"COMMENT ON {on} IS '{quoted}'"
    return Definition(sql, sql)


def _name(schema: str, name: str) -> str:
    return name if schema == "main" else f"{schema}.{name}"


def _quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
