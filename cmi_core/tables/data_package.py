"""
A Frictionless data package: tables in a .zip with `datapackage.json`, which says how each is to be read.

What it declares is believed: encoding, delimiter, decimal and group marks, words for missing values
(https://datapackage.org/standard/data-package/, table dialect and table schema).
"""

from collections.abc import Mapping
from dataclasses import replace
from posixpath import normpath
from typing import Any
from zipfile import ZipFile

from cmi_core.errors import FileRefused
from cmi_core.tables.decoding import Decoded
from cmi_core.tables.outside_json import read_json
from cmi_core.tables.table import Table, from_text
from cmi_core.tables.worksheet import Limits
from cmi_core.text.numbers import THAI_DIGITS

NAME = "datapackage.json"
MISSING = ".."  # what a declared word for a missing value becomes: a gap in every table
NUMERIC = frozenset({"number", "integer"})


def tables(archive: ZipFile, limits: Limits) -> tuple[tuple[Table, ...], dict[str, object]]:
    """
    The tables of a package, a sheet each, and what it declares about them.

    Raises FileRefused `package_missing` (no `datapackage.json`), `package_broken` or `table_empty`.
    """
    inside = {normpath(name): name for name in archive.namelist()}
    home = next((name for name in sorted(inside, key=len) if name.rpartition("/")[2] == NAME), None)
    if home is None:
        raise FileRefused("package_missing")
    package = read_json(archive.read(inside[home]), FileRefused("package_broken", text=NAME))
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not all(isinstance(each, dict) for each in resources):
        raise FileRefused("package_broken", text=NAME)
    found: list[Table] = []
    declared: dict[str, object] = {}
    for resource in resources:
        path = normpath(f"{home.removesuffix(NAME)}{resource.get('path')}")
        if path not in inside:
            raise FileRefused("package_broken", text=str(resource.get("path"))[:80])
        table, dialect = _table(archive.read(inside[path]), resource, limits)
        if table.rows:
            found.append(table)
            declared[table.sheet] = dialect
    if not found:
        raise FileRefused("table_empty")
    names = tuple(table.sheet for table in found)
    return tuple(replace(table, sheets=names) for table in found), declared


def _table(data: bytes, resource: Mapping[str, Any], limits: Limits) -> tuple[Table, dict[str, object]]:
    encoding = str(resource.get("encoding") or "utf-8")
    dialect, schema = _object(resource.get("dialect")), _object(resource.get("schema"))
    fields = [_object(each) for each in schema.get("fields") or []]
    missing = [str(each) for each in schema.get("missingValues", [""])]
    delimiter = str(dialect.get("delimiter") or ",")
    try:
        text = data.decode("utf-8-sig" if encoding.lower().replace("-", "") == "utf8" else encoding)
    except (UnicodeDecodeError, LookupError) as cause:
        raise FileRefused("package_encoding", text=encoding[:40]) from cause
    table = from_text(Decoded(text, encoding), limits, separator=delimiter)
    header = next(iter(table.rows), 0)
    by_name = {str(each.get("name")): each for each in fields}
    of = {column: by_name.get(str(said), {}) for column, said in table.rows.get(header, {}).items()}
    rows = {
        row: cells
        if row == header
        else {column: _cell(said, of.get(column, {}), missing) for column, said in cells.items()}
        for row, cells in table.rows.items()
    }
    told: dict[str, object] = {"encoding": encoding, "delimiter": delimiter, "missing_values": missing}
    marks = {name: each[name] for each in fields for name in ("decimalChar", "groupChar") if name in each}
    return replace(table, rows=rows, sheet=str(resource.get("name") or resource.get("path"))), told | marks


def _cell(said: object, field: Mapping[str, Any], missing: list[str]) -> object:
    """A cell as the package means it: numbers with a point and without groups, missing values as gaps."""
    if not isinstance(said, str):
        return said
    if said in missing:
        return MISSING
    if field.get("type") not in NUMERIC:
        return said
    plain = said.translate(THAI_DIGITS)
    if group := str(field.get("groupChar") or ""):
        plain = plain.replace(group, "")
    plain = plain.replace(str(field.get("decimalChar") or "."), ".")
    try:
        return float(plain)
    except ValueError:
        return said


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
