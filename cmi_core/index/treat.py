"""
Treating outliers before normalising: winsorise, or take logarithms, where an indicator is too skewed.

The rule and its numbers are COINr's default (Becker and others 2022; OECD/JRC Handbook 2008, step 5): a
column passes when |skewness| < 2 or excess kurtosis < 3.5, both corrected for sample size (G1, G2 of Joanes
and Gill 1998).
"""

import math
from typing import Final

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError

METHODS: Final = ("none", "winsorise", "log", "skewed")
SKEWNESS: Final = 2.0
KURTOSIS: Final = 3.5
POINTS: Final = 5


def parse(spec: str) -> tuple[str, int]:
    """
    Read `none`, `log`, `winsorise[:points]` or `skewed[:points]` (COINr's rule).

    >>> parse("winsorise:3")
    ('winsorise', 3)
    """
    name, _, points = spec.partition(":")
    counted = name in ("winsorise", "skewed")
    if name not in METHODS or (points and not (counted and points.isdecimal())):
        raise ComputationError("treat_unknown", method=spec, known=", ".join(METHODS))
    return name, int(points) if points else POINTS


def skewness(values: np.ndarray) -> float:
    """
    Sample skewness G1 of the values present; NaN for fewer than 3 or for a constant.

    >>> skewness(np.array([1.0, 2.0, 3.0]))
    0.0
    """
    present = values[~np.isnan(values)]
    n = len(present)
    if n < 3 or present.min() == present.max():
        return math.nan
    away = present - present.mean()
    return float(math.sqrt(n * (n - 1)) / (n - 2) * (away**3).mean() / (away**2).mean() ** 1.5)


def kurtosis(values: np.ndarray) -> float:
    """Sample excess kurtosis G2 of the values present; NaN for fewer than 4 or for a constant."""
    present = values[~np.isnan(values)]
    n = len(present)
    if n < 4 or present.min() == present.max():
        return math.nan
    away = present - present.mean()
    plain = (away**4).mean() / (away**2).mean() ** 2 - 3
    return float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * plain + 6))


def passes(values: np.ndarray) -> bool:
    """Say whether a column needs no treatment; one too short or constant needs none."""
    lean, tail = skewness(values), kurtosis(values)
    return math.isnan(lean) or abs(lean) < SKEWNESS or math.isnan(tail) or tail < KURTOSIS


def winsorise(values: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, int]:
    """
    Move the outermost values to the next ones until the column passes or `points` values have moved.

    The tail is the side of the skew. Returns the column and how many values moved. Ties move together.

    >>> winsorise(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 90.0]))
    (array([1., 2., 3., 4., 5., 5.]), 1)
    """
    moved = values.copy()
    high = low = 0
    while high + low < points and not passes(moved):
        if skewness(moved) >= 0:
            top = moved == np.nanmax(moved)
            moved[top] = np.nanmax(moved[~top])
            high = int(top.sum())
        else:
            bottom = moved == np.nanmin(moved)
            moved[bottom] = np.nanmin(moved[~bottom])
            low = int(bottom.sum())
    return moved, high + low


def logged(values: np.ndarray) -> np.ndarray:
    """
    log(x - min + 0.01 (max - min)), COINr's `log_CT`; a constant column stays as it is.

    >>> np.exp(logged(np.array([0.0, 99.0]))).round(9).tolist()
    [0.99, 99.99]
    """
    low, high = np.fmin.reduce(values), np.fmax.reduce(values)
    return np.log(values - low + 0.01 * (high - low)) if high > low else values


def treat_rows(rows: np.ndarray, spec: str) -> np.ndarray:
    """Treat every indicator of `rows` (k × n); rows that need nothing are given back as they are."""
    name, points = parse(spec)
    if name == "none":
        return rows
    return np.array([_treated(row, name, points)[0] for row in rows])


def _treated(row: np.ndarray, name: str, points: int) -> tuple[np.ndarray, str, int]:
    if name == "log":
        return logged(row), "log", 0
    if passes(row):
        return row, "none", 0
    moved, count = winsorise(row, points)
    if name == "winsorise" or passes(moved):
        return moved, "winsorise", count
    return logged(row), "log", 0


def treat(values: pd.DataFrame, *, method: str = "skewed") -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Treat a table (places × indicators); also tell what was done to each indicator.

    The second table has a row per indicator: skewness and kurtosis before, treatment, points moved.
    """
    name, points = parse(method)
    told, columns = [], {}
    for code in values.columns:
        row = values[code].to_numpy(float)
        columns[code], done, count = (row, "none", 0) if name == "none" else _treated(row, name, points)
        told.append((code, skewness(row), kurtosis(row), done, count))
    report = pd.DataFrame(told, columns=["indicator", "skewness", "kurtosis", "treatment", "points"])
    return pd.DataFrame(columns, index=values.index), report
