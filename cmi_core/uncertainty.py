"""
How sure a rank is: Monte Carlo over weights, normalisation, aggregation and imputation.

Saisana, Saltelli and Tarantola (2005) and the OECD/JRC Handbook (2008, step 7). The same seed gives the same
numbers. Rank statistics come from counts of ranks, so no replication is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.levels import CutPoints
from cmi_core.rank import rank_rows
from cmi_core.scenarios import (
    BLOCK,
    COUNTED,
    Choice,
    Scenarios,
    noise_per_node,
    nominal_shares,
    perturbed_shares,
    rank_counts,
)

Progress = Callable[[float], object]
PLACES = 256  # places whose counts are summed up at once
CELLS = 1_000_000  # scores computed at once, at most


@dataclass(frozen=True, eq=False)
class Simulation:
    """Counts of ranks and levels over the replications; arrays have a row per place."""

    places: tuple[str, ...]
    node: str
    score: np.ndarray  # nominal
    rank: np.ndarray  # nominal, NaN where no score
    counts: np.ndarray  # places × ranks: replications in which the place had rank 1, 2, …
    score_sum: np.ndarray
    level_counts: np.ndarray  # places × levels
    cut_points: CutPoints | None
    replications: int
    seed: int

    def table(self, *, confidence: float = 0.9) -> pd.DataFrame:
        """
        One row per place: nominal score and rank, mean score, rank interval and median, share with a score.

        The interval runs between the (1-confidence)/2 and (1+confidence)/2 quantiles of the ranks a place
        took.
        """
        low, middle, high = (self.rank_quantile(q) for q in _tails(confidence))
        scored = self.counts.sum(axis=1, dtype=np.int64)
        some = np.where(scored, scored, np.nan)
        return pd.DataFrame(
            {
                "place": np.array(self.places, dtype=object),
                "score": self.score,
                "rank": self.rank,
                "score_mean": self.score_sum / some,
                "rank_mean": self._by_rows(lambda rows: rows @ np.arange(1.0, rows.shape[1] + 1)) / some,
                "rank_lower": low,
                "rank_median": middle,
                "rank_upper": high,
                "scored": scored / self.replications,
            }
        )

    def rank_quantile(self, share: float) -> np.ndarray:
        """Smallest rank a place holds or betters in at least `share` of replications; NaN if unscored."""

        def reached(rows: np.ndarray) -> np.ndarray:
            cumulated = rows.cumsum(axis=1)
            enough = (cumulated >= share * cumulated[:, -1:]) & (cumulated > 0)
            return np.where(cumulated[:, -1] > 0, enough.argmax(axis=1) + 1.0, np.nan)

        return self._by_rows(reached)

    def _by_rows(self, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Apply a function to the counts of some hundred places at a time, to bound memory."""
        parts = range(0, len(self.counts), PLACES)
        return np.concatenate([function(self.counts[at : at + PLACES].astype(np.int64)) for at in parts])

    def rank_probability(self) -> pd.DataFrame:
        """Probability of each rank, places × ranks; rows sum to the share of replications with a score."""
        return self._shares(self.counts, list(range(1, self.counts.shape[1] + 1)))

    def level_probability(self) -> pd.DataFrame:
        """Probability of each level, places × levels, lowest level first. Needs cut points."""
        if self.cut_points is None:
            raise ComputationError("cut_points_missing")
        return self._shares(self.level_counts, list(self.cut_points.names))

    def _shares(self, counts: np.ndarray, columns: list) -> pd.DataFrame:
        index = pd.Index(self.places, name="place")
        return pd.DataFrame(counts / self.replications, index=index, columns=columns)

    def significance(self, *, confidence: float = 0.9, share: float = 0.95) -> dict[str, float | str | None]:
        """
        From how many places apart a difference of ranks means something, with the rule as data.

        Rule `interval_overlap`: `places` is the smallest k such that of all pairs at least k nominal ranks
        apart the share `share` have rank intervals (at `confidence`) that do not overlap; None where no k
        does.
        """
        rule = {"rule": "interval_overlap", "confidence": confidence, "share": share}
        scored = np.flatnonzero(~np.isnan(self.rank))
        order = scored[self.rank[scored].argsort(kind="stable")]
        lower, upper = self.rank_quantile(_tails(confidence)[0]), self.rank_quantile(_tails(confidence)[2])
        apart, pairs = _pairs_apart(self.rank[order], lower[order], upper[order])
        beyond, of = apart[::-1].cumsum()[::-1], pairs[::-1].cumsum()[::-1]
        enough = np.flatnonzero((of[1:] > 0) & (beyond[1:] >= share * of[1:]))
        return {**rule, "places": int(enough[0]) + 1 if enough.size else None}


def _tails(confidence: float) -> tuple[float, float, float]:
    if not 0 < confidence < 1:
        raise ComputationError("confidence_not_a_share", confidence=confidence)
    return (1 - confidence) / 2, 0.5, (1 + confidence) / 2


def _pairs_apart(rank: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count pairs by difference of rank: those whose intervals do not overlap, and all."""
    n = len(rank)
    apart, pairs = np.zeros(n + 1), np.zeros(n + 1)
    whole = rank.astype(int)
    for row in range(n - 1):
        difference = whole[row + 1 :] - whole[row]
        clear = (upper[row] < lower[row + 1 :]) | (upper[row + 1 :] < lower[row])
        pairs += np.bincount(difference, minlength=n + 1)
        apart += np.bincount(difference, weights=clear, minlength=n + 1)
    return apart, pairs


def simulate(  # all but two by keyword
    scenarios: Scenarios,
    *,
    seed: int,
    replications: int = 10_000,
    weight_noise: float | Sequence[float] = 0.25,
    cut_points: CutPoints | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """
    Draw weights and methods `replications` times and count ranks and levels of every place.

    Weights move by up to `weight_noise` of themselves either way (one number, or one per level from the
    indicators up), independently and uniformly, then are rescaled among siblings. Each replication takes one
    of the alternatives of every stage with equal chance. `progress` is called with the share done.
    """
    if replications < 1:
        raise ComputationError("replications_too_few", replications=replications)
    random = np.random.default_rng(seed)
    noise = noise_per_node(scenarios.framework, weight_noise)
    choices = scenarios.choices()
    tally = _Tally(len(scenarios.names), replications, cut_points)
    times = np.bincount(random.integers(len(choices), size=replications), minlength=len(choices))
    for choice, count in zip(choices, times.tolist(), strict=True):
        block = max(1, min(BLOCK, CELLS // len(scenarios.names)))
        for start in range(0, count, block):
            size = min(block, count - start)
            draws = random.random((len(noise), size))
            shares = perturbed_shares(scenarios.framework, noise, draws)
            tally.add(scenarios.scores(choice, shares))
            if progress:
                progress(tally.done / replications)
    return _finished(scenarios, choices[0], tally, replications, seed)


class _Tally:
    """Running counts."""

    def __init__(self, n: int, replications: int, cut_points: CutPoints | None) -> None:
        self.cut_points, self.done = cut_points, 0
        small = np.uint16 if replications < 2**16 else np.uint32
        self.counts = np.zeros((n, n + 1), dtype=np.int64 if n <= COUNTED else small)
        self.levels = np.zeros((n, len(cut_points.names) if cut_points else 0), dtype=np.int64)
        self.score_sum = np.zeros(n)

    def add(self, scores: np.ndarray) -> None:
        """Count a block of scores (places × r)."""
        n, r = scores.shape
        ranks = rank_counts(scores)
        if n <= COUNTED:
            ranks += (np.arange(n) * (n + 1))[:, None]
            self.counts += np.bincount(ranks.ravel(), minlength=self.counts.size).reshape(n, n + 1)
        else:
            np.add.at(self.counts, (np.arange(n)[:, None], ranks), self.counts.dtype.type(1))
        self.score_sum += np.nansum(scores, axis=1)
        self.done += r
        if self.cut_points:
            numbers = self.cut_points.number_of(scores)
            for level in range(self.levels.shape[1]):
                self.levels[:, level] += (numbers == level).sum(axis=1)


def _finished(
    scenarios: Scenarios, nominal: Choice, tally: _Tally, replications: int, seed: int
) -> Simulation:
    score = scenarios.scores(nominal, nominal_shares(scenarios.framework))[:, 0]
    return Simulation(
        scenarios.names,
        scenarios.framework.codes[scenarios.top],
        score,
        rank_rows(score[None, :])[0],
        tally.counts[:, 1:],
        tally.score_sum,
        tally.levels,
        tally.cut_points,
        replications,
        seed,
    )
