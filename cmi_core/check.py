"""
Whether the indicators of a group belong together: correlations, Cronbach's alpha, what pulls against its
parent.

OECD/JRC Handbook (2008, step 4); flags as COINr names them. Pairs of values both present are used.
"""

from typing import Final

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index import Result
from cmi_core.rank import rank_rows

METHODS: Final = ("pearson", "spearman")


def correlate(
    table: pd.DataFrame, *, method: str = "pearson", weak: float = 0.3, high: float = 0.9, level: float = 0.05
) -> pd.DataFrame:
    """
    Correlation of every two columns: a, b, r, p, n, flag.

    `p` is two-sided by Student's t (as R's `cor.test`), NaN under 3 pairs. Flags: `negative` (r < 0 and p <
    level), `high` (r > high: perhaps the same thing twice), `weak` (|r| < weak), else empty. A constant has
    no r.

    >>> found = correlate(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 4, 6, 8.5]}))
    >>> found.loc[0, ["a", "b", "flag"]].tolist(), found.loc[0, "n"].item()
    (['a', 'b', 'high'], 4)
    """
    if method not in METHODS:
        raise ComputationError("correlation_unknown", method=method, known=", ".join(METHODS))
    codes = list(table.columns)
    columns = table.to_numpy(float).T
    rows = [
        (codes[i], codes[j], *correlation(columns[i], columns[j], method))
        for i in range(len(codes))
        for j in range(i + 1, len(codes))
    ]
    found = pd.DataFrame(rows, columns=["a", "b", "r", "p", "n"])
    found["flag"] = _flags(found, weak, high, level)
    return found


def correlation(one: np.ndarray, other: np.ndarray, method: str = "pearson") -> tuple[float, float, int]:
    """Correlation r of two columns (n,), its p-value, and the pairs used."""
    both = ~(np.isnan(one) | np.isnan(other))
    pairs = np.array([one[both], other[both]])
    n = pairs.shape[1]
    if n < 2 or (pairs.min(axis=1) == pairs.max(axis=1)).any():
        return np.nan, np.nan, n
    if method == "spearman":
        pairs = rank_rows(pairs, ties="average", highest_first=False, noise=0.0)
    away = pairs - pairs.mean(axis=1, keepdims=True)
    away /= np.sqrt((away**2).sum(axis=1, keepdims=True))
    r = float(np.clip(away[0] @ away[1], -1.0, 1.0))
    return r, _p_value(r, n), n


def _p_value(r: float, n: int) -> float:
    from scipy.special import stdtr  # noqa: PLC0415  # only the checks need scipy

    if n < 3:
        return np.nan
    if abs(r) >= 1:
        return 0.0
    return float(2 * stdtr(n - 2, -abs(r) * np.sqrt((n - 2) / (1 - r * r))))


def _flags(found: pd.DataFrame, weak: float, high: float, level: float) -> np.ndarray:
    r, p = found["r"], found["p"]
    return np.select(
        [(r < 0) & (p < level), r > high, r.abs() < weak], ["negative", "high", "weak"], default=""
    )


def pulls(result: Result, *, method: str = "pearson", level: float = 0.05) -> pd.DataFrame:
    """
    Correlation of every node with its parent's score: parent, node, r, p, n, flag.

    A node pulls against its parent (flag `against`) when r < 0, surely so (`against_surely`) when p < level
    too.
    """
    framework = result.framework
    rows = [
        (
            framework.codes[parent],
            framework.codes[row],
            *correlation(result.scores[row], result.scores[parent], method),
        )
        for row, parent in enumerate(framework.parent)
        if parent >= 0
    ]
    found = pd.DataFrame(rows, columns=["parent", "node", "r", "p", "n"])
    against = [(found["r"] < 0) & (found["p"] < level), found["r"] < 0]
    found["flag"] = np.select(against, ["against_surely", "against"], default="")
    return found


def cronbach_alpha(table: pd.DataFrame) -> float:
    """
    Cronbach's alpha of the columns, k/(k-1) · (1 - Σ var / var Σ), over the complete rows.

    NaN for fewer than two columns or rows, or where the sum does not vary.

    >>> cronbach_alpha(pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 2, 3]}))
    1.0
    """
    complete = table.dropna().to_numpy(float)
    n, k = complete.shape
    if n < 2 or k < 2:
        return np.nan
    whole = complete.sum(axis=1).var(ddof=1)
    return float(k / (k - 1) * (1 - complete.var(axis=0, ddof=1).sum() / whole)) if whole > 0 else np.nan


def consistency(result: Result) -> pd.DataFrame:
    """Cronbach's alpha of the children of every group: node, children, places, alpha."""
    framework, rows = result.framework, []
    for row, below in enumerate(framework.children):
        if below.size:
            table = pd.DataFrame(result.scores[below].T)
            rows.append((framework.codes[row], below.size, len(table.dropna()), cronbach_alpha(table)))
    return pd.DataFrame(rows, columns=["node", "children", "places", "alpha"])
