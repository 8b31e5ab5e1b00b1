"""Ranks: 1 is the best, unrounded unless asked, ties stated."""

from typing import Final

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError

TIES: Final = ("min", "average", "max", "dense")
NOISE: Final = 1e-12  # scores nearer than this share of themselves differ by arithmetic alone


def check_ties(ties: str) -> None:
    """Raise `ComputationError` unless `ties` is one of `TIES`."""
    if ties not in TIES:
        raise ComputationError("ties_unknown", ties=ties, known=", ".join(TIES))


def rounded(scores: np.ndarray, digits: int | None) -> np.ndarray:
    """
    The scores as they would be printed with `digits` decimals; as they are when it is None.

    >>> rounded(np.array([0.8004, 0.7996]), 3).tolist()
    [0.8, 0.8]
    """
    return scores if digits is None else np.round(scores, digits)


def rank_rows(
    scores: np.ndarray, *, ties: str = "min", highest_first: bool = True, noise: float | np.ndarray = NOISE
) -> np.ndarray:
    """
    Rank every row of `scores` (m × n) along its n places; NaN has no rank and stays NaN.

    `ties` says what equal scores share: `min` 1 2 2 4 (as in sport), `average` 1 2.5 2.5 4, `max` 1 3 3 4,
    `dense` 1 2 2 3. Neighbours count as equal when they differ by under `noise` (one number, or m × 1) of
    their size, or a hundredth of it for the largest score in the row: sums of the same numbers in another
    order do.

    >>> rank_rows(np.array([[30.0, 10.0, np.nan, 30.0]])).tolist()
    [[1.0, 3.0, nan, 1.0]]
    """
    check_ties(ties)
    m, n = scores.shape
    keys = -scores if highest_first else scores
    order = keys.argsort(axis=1)
    order += (np.arange(m) * n)[:, None]
    sorted_keys = keys.ravel()[order]
    steps = _steps(sorted_keys, noise)
    ranks = np.empty(m * n)
    ranks[order] = np.arange(1.0, n + 1) if steps is None else _positions(steps, ties)
    ranks = ranks.reshape(m, n)
    if n and np.isnan(sorted_keys[:, -1]).any():
        ranks[np.isnan(scores)] = np.nan
    return ranks


def _steps(sorted_keys: np.ndarray, noise: float | np.ndarray) -> np.ndarray | None:
    """Where a sorted row moves to a worse score (m × n, the first place always does); None if everywhere."""
    gaps = sorted_keys[:, 1:] - sorted_keys[:, :-1]
    if not gaps.size:
        return None
    sizes = np.abs(sorted_keys)
    largest = np.fmax.reduce(sizes, axis=1, keepdims=True)
    # an absent neighbour is a step too, so that the last place present is not tied with it
    near = gaps <= 1.01 * noise * largest
    if not near.any():
        return None
    alike = np.maximum(sizes[:, 1:], sizes[:, :-1])
    alike += 0.01 * largest
    alike *= noise
    near &= gaps <= alike
    steps = np.ones(sorted_keys.shape, dtype=bool)
    np.logical_not(near, out=steps[:, 1:])
    return steps


def _positions(steps: np.ndarray, ties: str) -> np.ndarray:
    """The rank of each sorted position."""
    if ties == "dense":
        return np.cumsum(steps, axis=1).astype(float)
    places = np.arange(steps.shape[1])
    lowest = np.maximum.accumulate(np.where(steps, places, 0), axis=1) + 1
    if ties == "min":
        return lowest.astype(float)
    ends = np.ones(steps.shape, dtype=bool)
    ends[:, :-1] = steps[:, 1:]
    last = np.where(ends, places, steps.shape[1])
    highest = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1] + 1
    return highest.astype(float) if ties == "max" else (lowest + highest) / 2


def ranks(
    scores: pd.DataFrame, *, ties: str = "min", digits: int | None = None, noise: float = NOISE
) -> pd.DataFrame:
    """
    Rank each column of a table (places × nodes), 1 for the highest score.

    `digits` rounds first, as a publication that ranks its printed figures does (the HDI does). `noise` 0
    ranks scores that differ in their last bit apart (see `rank_rows`).

    >>> ranks(pd.DataFrame({"isc": [70.4, 70.1, None]}), digits=0)["isc"].tolist()
    [1.0, 1.0, nan]
    """
    table = rank_rows(rounded(scores.to_numpy(float), digits).T.copy(), ties=ties, noise=noise).T
    return pd.DataFrame(table, index=scores.index, columns=scores.columns)


def ranks_within(
    scores: pd.DataFrame,
    groups: pd.Series,
    *,
    ties: str = "min",
    digits: int | None = None,
    noise: float = NOISE,
) -> pd.DataFrame:
    """
    Rank each column inside each group of places (`groups` has the table's index); no group, no rank.

    >>> table = pd.DataFrame({"isc": [3.0, 2.0, 1.0]})
    >>> ranks_within(table, pd.Series(["north", "south", "north"]))["isc"].tolist()
    [1.0, 1.0, 2.0]
    """
    found = pd.DataFrame(np.nan, index=scores.index, columns=scores.columns)
    labels = groups.reindex(scores.index)
    for label in labels.dropna().unique():
        members = (labels == label).to_numpy()
        found.loc[members] = ranks(scores.loc[members], ties=ties, digits=digits, noise=noise)
    return found


def tied(ranks_of: np.ndarray) -> np.ndarray:
    """
    Whether a place shares its rank, row by row (m × n ranks); absent ranks are never tied.

    >>> tied(np.array([[1.0, 3.0, np.nan, 1.0]])).tolist()
    [[True, False, False, True]]
    """
    shared = np.zeros(ranks_of.shape, dtype=bool)
    order = ranks_of.argsort(axis=1)
    ordered = np.take_along_axis(ranks_of, order, axis=1)
    same = ordered[:, 1:] == ordered[:, :-1]
    run = np.zeros(ranks_of.shape, dtype=bool)
    run[:, 1:] |= same
    run[:, :-1] |= same
    np.put_along_axis(shared, order, run, axis=1)
    return shared
