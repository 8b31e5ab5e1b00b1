"""The journal: entries with lines, each sealed with the one before."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

import duckdb
import pyarrow as pa

from cmi_core.errors import ObservationError, StoreError
from cmi_core.record import ledger
from cmi_core.store import Store, current_values
from cmi_core.text.typed import typed

Rows = Sequence[Mapping[str, object]]

# Entries read at a time while the chain is checked: bounds memory on a long record.
_BATCH = 20_000

# Rows that are written one by one; more go in one statement.
_FEW = 4
_PLAIN = {str, int, float, bool, date, datetime, type(None)}

# How far this process has checked each opened database: the last entry and its seal.
_checked: dict[int, tuple[int, str]] = {}
_checking = threading.Lock()


def append(
    cursor: duckdb.DuckDBPyConnection,
    lines: Mapping[str, Rows],
    *,
    deed: str,
    by: str,
    at: datetime,
    note: str,
    about: str = "",
    remarks: Mapping[str, str] | None = None,
    undoes: int | None = None,
) -> int:
    """
    Add one entry with its lines inside the caller's transaction; its number is returned.

    `lines` maps a line table to its rows, without the column `entry`; `at` is UTC without zone. `about` is told before
    the reason, `remarks` are further ones below it, each by what it is about. Raises ObservationError when the name or the reason is missing, and
    where a text is none that can be kept (`cmi_core.text.typed`): no deed can forget to ask.
    """
    if not by.strip():
        raise ObservationError("name_missing")
    if not (why := typed("note", note)):
        raise ObservationError("note_missing")
    said = {about: why} | {of: typed("note", remark) for of, remark in (remarks or {}).items()}
    told = [f"{of}: {text}" if of else text for of, text in said.items()]
    entry = open_entry(cursor, deed=deed, by=typed("account", by), at=at, note="\n".join(told), undoes=undoes)
    written = {table: _typed(cursor, table, rows) for table, rows in lines.items() if rows}
    for table, rows in written.items():
        _insert(cursor, table, entry, rows)
    close_entry(cursor, entry, tables=sorted(written))
    return entry


def open_entry(
    cursor: duckdb.DuckDBPyConnection,
    *,
    deed: str,
    by: str,
    at: datetime,
    note: str,
    undoes: int | None = None,
) -> int:
    """Write the head of the next entry; its lines follow, then `close_entry`."""
    entry = last_entry(cursor) + 1
    cursor.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", [entry, deed, by.strip(), at, note.strip(), undoes]
    )
    return entry


def close_entry(
    cursor: duckdb.DuckDBPyConnection, entry: int, *, tables: Sequence[str] | None = None
) -> None:
    """
    Seal an entry with the one before it, once its lines are in, and keep the current values in step.

    `tables` are the ones its lines are in, where the caller knows; looking into all takes longer.
    """
    if tables is None or "kpi_value_line" in tables:
        current_values.keep(cursor, entry)
    before = cursor.execute("SELECT seal FROM seal WHERE entry = ?", [entry - 1]).fetchall()
    if not before and entry > 1:
        raise StoreError("record_broken", entry=entry - 1)
    previous = before[0][0] if before else ledger.GENESIS
    content = next(_contents(cursor, entry, entry, tables=tables))[1]
    cursor.execute("INSERT INTO seal VALUES (?, ?)", [entry, ledger.seal(previous, content)])


def head(store: Store) -> tuple[int, str]:
    """The number and the seal of the last entry."""
    last = store.rows("SELECT entry, seal FROM seal ORDER BY entry DESC LIMIT 1")
    return last[0] if last else (0, ledger.GENESIS)


def first_broken(store: Store) -> int | None:
    """The first entry whose seal does not fit what is stored, or None when the chain is whole."""
    with store.snapshot() as cursor:
        last = last_entry(cursor)
        seals = dict(cursor.execute("SELECT entry, seal FROM seal").fetchall())
        broken = ledger.first_broken(
            (entry, content, seals.get(entry, "")) for entry, content in _contents(cursor, 1, last)
        )
        outside = _outside(cursor)
    return broken or outside


def check(store: Store, *, whole: bool, at_most: int) -> tuple[int, int | None]:
    """
    The last entry whose seal this process has checked, and the first broken one, or None.

    While a process runs nobody else can write the file, so only what is new needs checking; the beginning
    of a record with more than `at_most` values or entries is left to `whole`.
    """
    with _checking:
        known = _checked.get(store.opened, (0, ledger.GENESIS))
        if whole or store.path == ":memory:":
            known = (0, ledger.GENESIS)
        size = store.rows(
            "SELECT (SELECT count(*) FROM kpi_value_line WHERE entry > $known) + (SELECT count(*) FROM entry"
            " WHERE entry > $known)",
            known=known[0],
        )[0][0]
        if size > at_most and not whole:
            return known[0], None
        with store.snapshot() as cursor:
            last = last_entry(cursor)
            seals = dict(
                cursor.execute("SELECT entry, seal FROM seal WHERE entry > ?", [known[0]]).fetchall()
            )
            told = (
                (entry, content, seals.get(entry, ""))
                for entry, content in _contents(cursor, known[0] + 1, last)
            )
            broken = ledger.first_broken(told, previous=known[1])
            outside = _outside(cursor)
        broken = broken or outside
        if broken is None:
            _checked[store.opened] = (last, seals.get(last, known[1]))
        return (last, None) if broken is None else (broken - 1, broken)


def last_entry(cursor: duckdb.DuckDBPyConnection) -> int:
    """
    The number of the last entry, 0 where there is none.

    Here and where tables are listed no function is used: a macro of the file could answer in place of `max`.
    """
    found = cursor.execute("SELECT entry FROM entry ORDER BY entry DESC LIMIT 1").fetchall()
    return found[0][0] if found else 0


def line_tables(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Every table that holds lines of the record: the names end in `_line`."""
    found = cursor.execute("SELECT table_name, schema_name, temporary FROM system.main.duckdb_tables()")
    return sorted(
        name
        for name, schema, temporary in found.fetchall()
        if name.endswith("_line") and schema == "main" and not temporary
    )


def _outside(cursor: duckdb.DuckDBPyConnection) -> int | None:
    """An entry numbered before the first, which no seal covers, or a seal after the last: neither was written by us."""
    found = cursor.execute(
        "SELECT entry FROM entry WHERE entry < 1 UNION ALL SELECT entry FROM seal"
        " WHERE entry NOT IN (SELECT entry FROM entry) ORDER BY 1"
    ).fetchall()
    return found[0][0] if found else None


def _typed(cursor: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> list[dict[str, object]]:
    """The rows with their texts as they are kept. What stands in the record already was not typed now, and stays as it is."""
    known: dict[tuple[str, str], str] = {}

    def kept(column: str, cell: str) -> str:
        try:
            told = typed(column, cell)
        except ObservationError:
            if _stands(cursor, table, column, cell):
                return cell
            raise
        return cell if told != cell and _stands(cursor, table, column, cell) else told

    def once(column: str, cell: object) -> object:
        if not isinstance(cell, str):
            return cell
        if (column, cell) not in known:
            known[column, cell] = kept(column, cell)
        return known[column, cell]

    return [{column: once(column, cell) for column, cell in row.items()} for row in rows]


def _stands(cursor: duckdb.DuckDBPyConnection, table: str, column: str, cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:  # half a sign: no database holds it
        return False
    return bool(cursor.execute(f'SELECT 1 FROM "{table}" WHERE "{column}" = ? LIMIT 1', [cell]).fetchall())


def _insert(cursor: duckdb.DuckDBPyConnection, table: str, entry: int, rows: Rows) -> None:
    # A row that was read from the record names the entry it came by; it goes in under the new one.
    columns = [column for column in dict.fromkeys(chain.from_iterable(rows)) if column != "entry"]
    if len(rows) <= _FEW and all(type(cell) in _PLAIN for row in rows for cell in row.values()):
        names = ", ".join(f'"{column}"' for column in ("entry", *columns))
        marks = ", ".join("?" for _ in ("entry", *columns))
        for row in rows:
            cells = [entry, *(row.get(column) for column in columns)]
            cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', cells)
        return
    arrow = pa.table(
        {column: [row.get(column) for row in rows] for column in columns} | {"entry": [entry] * len(rows)}
    )
    cursor.register("incoming", arrow)
    cursor.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM incoming')
    cursor.unregister("incoming")


def _contents(
    cursor: duckdb.DuckDBPyConnection, first: int, last: int, *, tables: Sequence[str] | None = None
) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """What each entry's seal covers: its head and the filled cells of its lines, in a fixed order."""
    tables = line_tables(cursor) if tables is None else tables
    for start in range(first, last + 1, _BATCH):
        stop = min(start + _BATCH - 1, last)
        entries = {row["entry"]: row | {"lines": {}} for row in _filled(cursor, "entry", start, stop)}
        for table in tables:
            for row in _filled(cursor, table, start, stop):
                if row["entry"] in entries:
                    entries[row.pop("entry")]["lines"].setdefault(table, []).append(row)
        for entry in range(start, stop + 1):
            if entry in entries:
                for rows in entries[entry]["lines"].values():
                    rows.sort(key=repr)
            yield entry, entries.get(entry)


def _filled(cursor: duckdb.DuckDBPyConnection, table: str, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Rows without their empty cells: a column added later changes no seal."""
    result = cursor.execute(f'SELECT * FROM "{table}" WHERE entry BETWEEN ? AND ?', [first, last])
    names = [column[0] for column in result.description]
    for row in result.fetchall():
        yield {name: value for name, value in zip(names, row, strict=True) if value is not None}
