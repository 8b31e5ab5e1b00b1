"""
Aggregating: the scores of a node's children become its own score.

Weighted means of the power family (OECD/JRC Handbook 2008, step 6; arithmetic 1, geometric 0, harmonic -1)
and Copeland's rule on weighted pairwise wins (Saari and Merlin 1996; the outranking matrix is COINr's). A
missing child gives its weight up to its siblings. Where all weight is missing there is no score (NaN).
"""

import math
from typing import Final, NamedTuple

import numpy as np

from cmi_core.errors import ComputationError


class Aggregation(NamedTuple):
    """An aggregation: a mean by its power, or `copeland`, or the plain `sum` of the children present."""

    name: str
    power: float = math.nan

    def __str__(self) -> str:
        return f"power:{self.power:g}" if self.name == "power" else self.name


MEANS: Final = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}
NAMES: Final = (*MEANS, "power:P", "copeland", "sum")
ARITHMETIC: Final = Aggregation("arithmetic", 1.0)
PAIRED: Final = 256  # places compared with all others at once, to bound memory
SMALL_POWER: Final = 0.05  # nearer to the geometric mean than this, x^P loses digits


def parse(spec: str) -> Aggregation:
    """
    Read an aggregation as written on the command line or in a framework's `aggregate` column.

    >>> parse("geometric"), str(parse("power:0.5"))
    (Aggregation(name='geometric', power=0.0), 'power:0.5')
    """
    name, *rest = (part.strip() for part in str(spec).strip().lower().split(":"))
    if name in MEANS and not rest:
        return Aggregation(name, MEANS[name])
    if name in ("copeland", "sum") and not rest:
        return Aggregation(name)
    if name == "power" and len(rest) == 1:
        try:
            power = float(rest[0])
        except ValueError:
            power = math.nan
        if math.isfinite(power):
            return Aggregation("power", power)
    raise ComputationError("aggregate_unknown", method=spec, known=", ".join(NAMES))


def check_domain(scores: np.ndarray, power: float, node: str = "") -> None:
    """
    Raise `ComputationError("mean_needs_positive")` where a mean has no value for the scores given.

    Powers up to 0 need scores above 0; other powers but 1 need scores of at least 0.
    """
    if power == 1.0 or not scores.size:
        return
    lowest = np.fmin.reduce(scores, axis=None)
    if lowest < 0 or (lowest == 0 and power <= 0):
        raise ComputationError("mean_needs_positive", node=node, power=f"{power:g}", score=float(lowest))


def power_mean(scores: np.ndarray, weights: np.ndarray, power: float = 1.0, *, node: str = "") -> np.ndarray:
    """
    Weighted power mean (Σ w x^P / Σ w)^(1/P) along the last axis, the geometric mean at P = 0.

    `scores` (…, k) with NaN for missing, `weights` (…, k) or (k,), at least 0; leading axes broadcast.
    Small powers are computed about the geometric mean, so that P → 0 runs into it without a jump.

    >>> power_mean(np.array([4.0, 9.0, np.nan]), np.ones(3), 0.0).round(12).item()
    6.0
    """
    check_domain(scores, power, node)
    present = ~np.isnan(scores)
    shares = np.where(present, weights, 0.0)
    total = shares.sum(axis=-1)
    total = np.where(total > 0, total, np.nan)
    if power == 1.0:
        mean = (shares * np.where(present, scores, 0.0)).sum(axis=-1) / total
    else:
        with np.errstate(divide="ignore"):
            logs = np.log(np.where(present, scores, 1.0))
        mean = _general(shares / total[..., None], logs, power)
    # rounding may carry a mean a bit beyond the scores it is a mean of
    return np.clip(mean, np.fmin.reduce(scores, axis=-1), np.fmax.reduce(scores, axis=-1))


def _general(shares: np.ndarray, logs: np.ndarray, power: float) -> np.ndarray:
    """Compute the mean from shares that sum to 1 and log scores, about the highest so as not to overflow."""
    if power == 0.0:
        return np.exp((shares * logs).sum(axis=-1))
    used = np.where(shares > 0, logs, -math.inf)
    top = used.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    away = power * np.where(shares > 0, logs - top, 0.0)
    with np.errstate(divide="ignore"):
        if abs(power) < SMALL_POWER:
            inner = np.log1p((shares * np.expm1(away)).sum(axis=-1))
        else:
            shift = np.where(np.isfinite(away), away, -math.inf).max(axis=-1)
            shift = np.where(np.isfinite(shift), shift, 0.0)
            inner = np.log((shares * np.exp(away - shift[..., None])).sum(axis=-1)) + shift
    return np.exp(top[..., 0] + inner / power)


def outranking(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """
    Share of weight (n × n) on which a row's place beats a column's, ties counting half, diagonal 0.

    `scores` n × k. A child missing at either place is left out of that pair; a pair with nothing in common
    ties.

    >>> outranking(np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([3.0, 1.0])).tolist()
    [[0.0, 0.875], [0.125, 0.0]]
    """
    n = len(scores)
    wins, shared = np.zeros((n, n)), np.zeros((n, n))
    for column, weight in zip(scores.T, weights, strict=True):
        both = ~(np.isnan(column)[:, None] | np.isnan(column)[None, :])
        wins += weight * ((column[:, None] > column) + 0.5 * ((column[:, None] == column) & both))
        shared += weight * both
    matrix = np.divide(wins, shared, out=np.full((n, n), 0.5), where=shared > 0)
    np.fill_diagonal(matrix, 0.0)
    return matrix


def copeland(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """
    Copeland's score (n,): pairs a place wins less pairs it loses, of `scores` n × k.

    A place with no child present (or none with weight) has no score.

    >>> copeland(np.array([[2.0, 1.0], [1.0, 1.0], [np.nan, np.nan]]), np.ones(2)).tolist()
    [1.0, -1.0, nan]
    """
    found = np.full(len(scores), np.nan)
    present = np.flatnonzero((~np.isnan(scores) & (weights > 0)).any(axis=1))
    columns = scores[present].T
    tie = 1e-12 * weights.sum()
    for start in range(0, len(present), PAIRED):
        lead = np.zeros((min(PAIRED, len(present) - start), len(present)))
        for column, weight in zip(columns, weights, strict=True):
            own = column[start : start + PAIRED, None]
            lead += weight * (np.greater(own, column).astype(np.int8) - np.less(own, column))
        found[present[start : start + PAIRED]] = (lead > tie).sum(axis=1) - (lead < -tie).sum(axis=1)
    return found


def total(scores: np.ndarray) -> np.ndarray:
    """Plain sum of the children present along the last axis; NaN where none is."""
    present = ~np.isnan(scores)
    return np.where(present.any(axis=-1), np.where(present, scores, 0.0).sum(axis=-1), np.nan)


def aggregate(scores: np.ndarray, weights: np.ndarray, method: Aggregation, *, node: str = "") -> np.ndarray:
    """Aggregate one group: children's scores (n × k) and weights (k,) to n scores."""
    if method.name == "copeland":
        return copeland(scores, weights)
    if method.name == "sum":
        return total(scores)
    return power_mean(scores, weights, method.power, node=node)


def slopes(scores: np.ndarray, weights: np.ndarray, method: Aggregation, score: np.ndarray) -> np.ndarray:
    """
    How much a group's score (n,) rises per point of each child (n × k): ∂score/∂x, 0 for missing children.

    Every mean here is homogeneous of degree one, so by Euler's theorem score = Σ x · ∂score/∂x: the terms are
    contributions that sum to the score exactly. They are w x for the arithmetic mean (Σ w = 1 over the
    children present), w · score for the geometric, w x^P score^(1-P) for the power mean. Copeland has none
    (NaN).

    >>> table, unit = np.array([[4.0, 9.0]]), np.ones(2)
    >>> (slopes(table, unit, parse("geometric"), np.array([6.0])) * table).tolist()
    [[3.0, 3.0]]
    """
    present = ~np.isnan(scores)
    unscored = np.where(np.isnan(score), np.nan, 1.0)[:, None]
    if method.name == "copeland":
        return np.full(scores.shape, np.nan)
    if method.name == "sum":
        return present * unscored
    shares = np.where(present, weights, 0.0)
    whole = shares.sum(axis=-1, keepdims=True)
    shares = shares / np.where(whole > 0, whole, np.nan) * unscored
    if method.power == 1.0:
        return shares
    usable = present & (scores > 0) & (score > 0)[:, None]
    ratios = np.where(usable, scores, 1.0) / np.where(score > 0, score, 1.0)[:, None]
    return np.where(usable | np.isnan(shares), shares * ratios ** (method.power - 1), 0.0)
