"""Values of indicators, checked: every place once, every number finite, every indicator known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, ComputationError


def checked(
    indicators: tuple[str, ...], values: pd.DataFrame | np.ndarray, places: Sequence[str] | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """
    Give values as an array of indicators × places, and the places.

    A table has places as index and indicators as columns, in any order; indicators it lacks are all gaps.
    An array is places × indicators in the order of `indicators`. Raises `ComputationError` with all problems.

    >>> checked(("a", "b"), pd.DataFrame({"b": [1.0]}, index=["Nan"]))
    (array([[nan],
           [ 1.]]), ('Nan',))
    """
    if isinstance(values, pd.DataFrame):
        names = tuple(values.index.tolist())  # several times faster than tuple(index)
        rows = _from_table(indicators, values)
    else:
        rows = _from_array(indicators, values)
        names = tuple(places) if places is not None else tuple(str(row + 1) for row in range(len(values)))
    if len(names) != rows.shape[1]:
        raise ComputationError("values_shape", wanted=rows.shape[1], found=len(names))
    if not names:
        raise ComputationError("values_empty")
    if len(set(names)) != len(names):
        raise ComputationError("place_twice", place=_first_twice(names))
    if np.isinf(rows).any():
        row, column = np.argwhere(np.isinf(rows))[0]
        raise ComputationError("value_infinite", place=names[column], indicator=indicators[row])
    return rows, names


def _from_table(indicators: tuple[str, ...], table: pd.DataFrame) -> np.ndarray:
    columns = tuple(table.columns.tolist())
    if columns != indicators:
        problems = _column_problems(indicators, columns)
        if problems:
            raise ComputationError("values_unusable", problems=tuple(problems))
        table = table.reindex(columns=list(indicators))
    array = table.to_numpy()
    if array.dtype.kind != "f":
        array = _numbers(table)
    return np.ascontiguousarray(array.T, dtype=float)


def _numbers(table: pd.DataFrame) -> np.ndarray:
    """Read a table whose cells are not all floats; text, truth values and dates are refused."""
    problems = [
        ComputationError("value_not_a_number", place=place, indicator=code, text=cell)
        for code in table.columns
        for place, cell in table[code].items()
        if not (pd.isna(cell) or (isinstance(cell, int | float | np.number) and not isinstance(cell, bool)))
    ]
    if problems:
        raise ComputationError("values_unusable", problems=tuple(problems))
    return table.to_numpy(dtype=float, na_value=np.nan)


def _column_problems(indicators: tuple[str, ...], columns: tuple) -> list[CmiError]:
    found: list[CmiError] = [
        ComputationError("indicator_unknown", indicator=c) for c in columns if c not in indicators
    ]
    if len(set(columns)) != len(columns):
        found.append(ComputationError("indicator_twice", indicator=_first_twice(columns)))
    return found


def _from_array(indicators: tuple[str, ...], values: np.ndarray) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 2 or array.shape[1] != len(indicators):
        raise ComputationError(
            "values_shape", wanted=len(indicators), found=array.shape[-1] if array.ndim else 0
        )
    if array.dtype.kind not in "fiu":
        raise ComputationError("values_not_numbers", kind=str(array.dtype))
    return np.ascontiguousarray(array.T, dtype=float)


def _first_twice(names: tuple) -> object:
    seen = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def from_tidy(table: pd.DataFrame, indicators: tuple[str, ...]) -> pd.DataFrame:
    """
    Turn rows of place, indicator, value into a table of places × indicators, places in the order met.

    Raises `ComputationError` listing unknown indicators and cells given twice.

    >>> rows = pd.DataFrame({"place": ["Nan", "Nan"], "indicator": ["b", "a"], "value": [1.0, 2.0]})
    >>> from_tidy(rows, ("a", "b")).loc["Nan"].tolist()
    [2.0, 1.0]
    """
    problems: list[CmiError] = [
        ComputationError("indicator_unknown", indicator=code)
        for code in table["indicator"].unique()
        if code not in indicators
    ]
    twice = table.duplicated(["place", "indicator"])
    cells = table.loc[twice, ["place", "indicator"]].drop_duplicates().itertuples(index=False)
    problems += [ComputationError("cell_twice", place=place, indicator=code) for place, code in cells]
    if problems:
        raise ComputationError("values_unusable", problems=tuple(problems))
    wide = table.pivot(index="place", columns="indicator", values="value").astype(float)
    return wide.reindex(index=table["place"].unique(), columns=list(indicators))
