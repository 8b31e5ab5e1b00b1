"""
Whether the indicators of a group belong together: correlations, Cronbach's alpha, what pulls against its
parent.

OECD/JRC Handbook (2008, step 4); flags as COINr names them. Pairs of values both present are used.
"""

from typing import Final

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index.build import Result
from cmi_core.index.rank import rank_rows

METHODS: Final = ("pearson", "spearman")
WEAK: Final = 0.3  # correlations nearer to 0 than this are weak
HIGH: Final = 0.9  # above, two indicators perhaps say the same thing
LEVEL: Final = 0.05  # a p-value below is a sure sign
ALPHA: Final = (
    0.7  # Cronbach's alpha from which a group is taken to hang together (OECD/JRC Handbook, step 4)
)


def correlate(
    table: pd.DataFrame,
    *,
    method: str = "pearson",
    weak: float = WEAK,
    high: float = HIGH,
    level: float = LEVEL,
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
    codes = np.array(table.columns, dtype=object)
    columns = np.ascontiguousarray(table.to_numpy(float).T)
    one, other = np.triu_indices(len(codes), 1)
    r, n = _of_pairs(columns, one, other, method)
    found = pd.DataFrame({"a": codes[one], "b": codes[other], "r": r, "p": _p_values(r, n), "n": n})
    found["flag"] = _flags(found, weak, high, level)
    return found


def _of_pairs(
    columns: np.ndarray, one: np.ndarray, other: np.ndarray, method: str
) -> tuple[np.ndarray, np.ndarray]:
    """Correlations of pairs of rows (k × n), and the pairs of values used; rows without gaps in one product."""
    whole = ~np.isnan(columns).any(axis=1) & (columns.shape[1] > 1)
    quick = whole[one] & whole[other]
    r, n = np.full(len(one), np.nan), np.full(len(one), columns.shape[1])
    if quick.any():
        standing = _standardised(columns[whole], method)
        place = whole.cumsum() - 1
        r[quick] = np.clip(standing @ standing.T, -1.0, 1.0)[place[one[quick]], place[other[quick]]]
    for row in np.flatnonzero(~quick):
        r[row], n[row] = _of_two(columns[one[row]], columns[other[row]], method)
    return r, n


def _standardised(rows: np.ndarray, method: str) -> np.ndarray:
    """Rows (m × n) without gaps less their mean, of length 1; NaN for a constant."""
    constant = rows.min(axis=1) == rows.max(axis=1)
    if method == "spearman":
        rows = rank_rows(rows, ties="average", highest_first=False, noise=0.0)
    away = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((away**2).sum(axis=1))
    return away / np.where(constant, np.nan, length)[:, None]


def _of_two(one: np.ndarray, other: np.ndarray, method: str) -> tuple[float, int]:
    both = ~(np.isnan(one) | np.isnan(other))
    pairs = np.array([one[both], other[both]])
    n = pairs.shape[1]
    if n < 2 or (pairs.min(axis=1) == pairs.max(axis=1)).any():
        return np.nan, n
    standing = _standardised(pairs, method)
    return float(np.clip(standing[0] @ standing[1], -1.0, 1.0)), n


def correlation(one: np.ndarray, other: np.ndarray, method: str = "pearson") -> tuple[float, float, int]:
    """Correlation r of two columns (n,), its p-value, and the pairs used."""
    r, n = _of_two(one, other, method)
    return r, float(_p_values(np.array([r]), np.array([n]))[0]), n


def _p_values(r: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Two-sided by Student's t; NaN under 3 pairs, 0 for a perfect correlation."""
    from scipy.special import stdtr  # noqa: PLC0415  # only the checks need scipy

    usable = (n >= 3) & ~np.isnan(r) & (np.abs(r) < 1)
    freedom = np.where(usable, n - 2, 1)
    square = np.where(usable, 1 - r * r, 1.0)
    p = 2 * stdtr(freedom, -np.abs(np.where(usable, r, 0.0)) * np.sqrt(freedom / square))
    return np.where(usable, p, np.where((n >= 3) & (np.abs(r) >= 1), 0.0, np.nan))


def _flags(found: pd.DataFrame, weak: float, high: float, level: float) -> np.ndarray:
    r, p = found["r"], found["p"]
    return np.select(
        [(r < 0) & (p < level), r > high, r.abs() < weak], ["negative", "high", "weak"], default=""
    )


def pulls(result: Result, *, method: str = "pearson", level: float = LEVEL) -> pd.DataFrame:
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
