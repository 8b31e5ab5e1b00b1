"""
A ranking as tables that anyone can compute again: method, framework, values, scores, runs, sources.

The tables have codes for headings, so that a program reads them in any language; `recompute` does, and compares.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError, FileRefused
from cmi_core.index import build, what_if
from cmi_core.index.build import Result
from cmi_core.index.framework import Framework
from cmi_core.index.scenarios import Scenarios
from cmi_core.index.uncertainty import simulate
from cmi_core.index.values import from_tidy
from cmi_core.tables import sheets
from cmi_core.tables.outside_json import read_json
from cmi_core.tables.worksheet import Limits

Sheets = dict[str, pd.DataFrame]
TABLES = ("method", "framework", "values", "scores", "rank_intervals", "what_if")
LIMITS = Limits(rows=1_100_000, columns=2_000, cells=20_000_000)
NEAR = 1e-9  # scores nearer than this are the same: only the order of adding up may differ
FRAMEWORK = (
    "code",
    "parent",
    "direction",
    "weight",
    "lower",
    "upper",
    "scale",
    "target",
    "normalise",
    "aggregate",
    "transform",
    "reference",
)


class Compared(NamedTuple):
    """One table of a file beside what computing it again gave."""

    table: str
    cells: int
    largest: float  # largest difference; infinite where one side has a number and the other none


def method_sheet(facts: Mapping[str, object]) -> pd.DataFrame:
    """What was done with which versions and seed, one fact per row."""
    return pd.DataFrame(
        {"key": list(facts), "value": ["" if fact is None else str(fact) for fact in facts.values()]}
    )


def score_sheet(result: Result) -> pd.DataFrame:
    """Score, rank and coverage of every place and node, unrounded."""
    return result.tidy()[["place", "node", "score", "rank", "coverage", "tied", "imputed"]]


def as_json(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """
    All tables in one JSON object, empty cells as null, numbers with all their digits.

    >>> as_json({"t": pd.DataFrame({"a": [0.1, None]})})
    b'{"t": [{"a": 0.1}, {"a": null}]}'
    """
    content = {name: [_plain(row) for row in table.to_dict("records")] for name, table in sheets.items()}
    return json.dumps(content, ensure_ascii=False, allow_nan=False, default=str).encode()


def from_json(data: bytes) -> Sheets:
    """Read what `as_json` wrote; raises ComputationError("export_unreadable")."""
    content = read_json(data, ComputationError("export_unreadable", why="JSON"))
    try:
        return {name: pd.DataFrame(rows) for name, rows in content.items()}
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise ComputationError("export_unreadable", why=str(error)) from error


def read(path: str) -> Sheets:
    """The tables of an exported file, by its ending .json or .xlsx."""
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise FileRefused("file_unreadable", file=path, why=error.strerror or str(error)) from error
    if file.suffix.lower() == ".json":
        return from_json(data)
    if file.suffix.lower() != ".xlsx":
        raise ComputationError("export_unreadable", why=file.suffix)
    names = sheets.read_table(data, file.name, max_mb=500, limits=LIMITS).sheets
    return {name: _sheet(data, file.name, name) for name in names if name in TABLES}


def _sheet(data: bytes, filename: str, name: str) -> pd.DataFrame:
    """One sheet as a table: its first row holds the headings."""
    rows = sheets.read_table(data, filename, sheet=name, max_mb=500, limits=LIMITS).rows
    first = min(rows)
    heading = rows[first]
    records = [
        {said: row.get(column) for column, said in heading.items()}
        for number, row in rows.items()
        if number > first
    ]
    return pd.DataFrame(records, columns=list(heading.values()))


def _plain(row: Mapping[object, object]) -> dict[str, object]:
    return {str(name): _cell(value) for name, value in row.items()}


def _cell(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def recompute(tables: Mapping[str, pd.DataFrame]) -> list[Compared]:
    """
    Compute every table of results again from framework, values and method, and set it beside what the file says.

    Raises ComputationError: `export_incomplete` where a table or a fact is missing, `export_only_printed` where the
    file holds nothing but printed figures, and whatever the engine says of what it is given.
    """
    for name in ("method", "framework", "values"):
        if name not in tables:
            raise ComputationError("export_incomplete", table=name)
    told = _text(tables["method"])
    facts = dict(zip(told["key"].astype(str), told["value"], strict=True))
    if facts.get("computed") != "yes" or "scores" not in tables:
        raise ComputationError("export_only_printed")
    framework = Framework.from_table(_text(tables["framework"]))
    values = _values(tables["values"], framework)
    given: dict[str, Any] = {
        "normalise": facts["normalise"],
        "aggregate": facts["aggregate"],
        "min_coverage": float(facts["min_coverage"]),
    }
    result = build.build(framework, values, **given)
    found = [
        _beside(
            "scores", tables["scores"], score_sheet(result), ["place", "node"], ["score", "rank", "coverage"]
        )
    ]
    if "rank_intervals" in tables:
        found.append(_intervals(framework, values, facts, given, tables["rank_intervals"]))
    if "what_if" in tables:
        found.append(_own(framework, values, given, tables))
    return found


def _intervals(
    framework: Framework, values: pd.DataFrame, facts: Mapping[str, object], given: dict, sheet: pd.DataFrame
) -> Compared:
    def also(name: str) -> tuple[str, ...]:
        return tuple(part for part in str(facts.get(name) or "").split(",") if part)

    scenarios = Scenarios(
        framework,
        values,
        normalise=(given["normalise"], *also("run_normalise")),
        aggregate=(given["aggregate"], *also("run_aggregate")),
        impute=("none", *also("run_impute")),
        min_coverage=given["min_coverage"],
        node=str(facts["run_node"]),
    )
    run = simulate(
        scenarios,
        seed=int(str(facts["seed"])),
        replications=int(str(facts["replications"])),
        weight_noise=float(str(facts["weight_noise"])),
    )
    columns = ["score", "rank", "score_mean", "rank_lower", "rank_median", "rank_upper"]
    return _beside("rank_intervals", sheet, run.table(), ["place"], columns)


def _own(
    framework: Framework, values: pd.DataFrame, given: dict, tables: Mapping[str, pd.DataFrame]
) -> Compared:
    weights = _given(tables["framework"], ["code"], "own_weight")
    changes = _given(tables["values"], ["place", "indicator"], "own_value")
    again = what_if.compare(framework, values, weights=weights, changes=changes, **given)
    return _beside("what_if", tables["what_if"], again, ["place", "node"], ["score_after", "rank_after"])


def _given(table: pd.DataFrame, key: list[str], column: str) -> dict[Any, float]:
    """The numbers of a column by their keys, where there is one."""
    if column not in table:
        return {}
    numbers = pd.to_numeric(table[column], errors="coerce")
    kept = table[numbers.notna()]
    keys = kept[key[0]] if len(key) == 1 else zip(*(kept[name] for name in key), strict=True)
    return dict(zip(keys, numbers.dropna().astype(float), strict=True))


def _values(sheet: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    table = _text(sheet)
    table = table[table["indicator"].isin(framework.indicators)]
    numbers = pd.to_numeric(table["value"].replace("", None), errors="coerce").astype(float)
    return from_tidy(table.assign(value=numbers), framework.indicators)


def _beside(
    name: str, said: pd.DataFrame, again: pd.DataFrame, key: list[str], columns: list[str]
) -> Compared:
    left = (
        said[key + columns]
        .astype(dict.fromkeys(key, str))
        .set_index(key)
        .apply(pd.to_numeric, errors="coerce")
    )
    right = again[key + columns].astype(dict.fromkeys(key, str)).set_index(key).astype(float)
    if len(left) != len(left.index.intersection(right.index)):
        return Compared(name, left.size, math.inf)
    one, other = left.to_numpy(float), right.loc[left.index].to_numpy(float)
    if (np.isnan(one) != np.isnan(other)).any():
        return Compared(name, left.size, math.inf)
    apart = np.abs(one - other)
    return Compared(name, left.size, float(np.nanmax(apart)) if np.isfinite(apart).any() else 0.0)


def _text(table: pd.DataFrame) -> pd.DataFrame:
    """The table with empty cells as empty text, as the framework reader takes them."""
    return table.astype(object).where(table.notna(), "")
