"""
How sure a rank is: Monte Carlo over weights, normalisation, aggregation and imputation.

Saisana, Saltelli and Tarantola (2005) and the OECD/JRC Handbook (2008, step 7). The same seed gives the same
numbers. Rank statistics come from counts of ranks, so no replication is kept.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index.levels import CutPoints
from cmi_core.index.rank import rank_rows
from cmi_core.index.scenarios import (
    COUNTED,
    Choice,
    Scenarios,
    block_of,
    noise_per_node,
    nominal_shares,
    perturbed_shares,
    rank_counts,
)

Progress = Callable[[float], object]
PLACES = 256  # places whose counts are summed up at once


class RankTimes(NamedTuple):
    """
    How often each place took each rank, only the ranks it ever took: place p has the rows `start[p]:start[p+1]`.

    A square of places × ranks would be mostly zeros, and large for thousands of places. Everything is done for
    some hundred places at a time, to bound memory.
    """

    start: np.ndarray  # places + 1
    rank: np.ndarray
    times: np.ndarray
    scored: np.ndarray  # replications in which each place had a rank

    @classmethod
    def of(cls, counts: np.ndarray) -> "RankTimes":
        """
        Read a square of counts (places × ranks 1, 2, …).

        >>> RankTimes.of(np.array([[3, 0], [1, 2]])).rank.tolist()
        [1, 1, 2]
        """
        n = len(counts)
        parts = [counts[at : at + PLACES] for at in range(0, n, PLACES)]
        held = np.concatenate([np.count_nonzero(part, axis=1) for part in parts])
        start = np.r_[0, held.cumsum()]
        small = np.uint16 if n < 2**16 else np.uint32
        rank = np.empty(start[-1], dtype=small)
        times = np.empty(start[-1], dtype=counts.dtype)
        for part, begin in zip(parts, start[::PLACES].tolist(), strict=False):
            rows, columns = np.nonzero(part)
            rank[begin : begin + len(rows)] = columns + 1
            times[begin : begin + len(rows)] = part[rows, columns]
        scored = np.concatenate([part.sum(axis=1, dtype=np.int64) for part in parts])
        return cls(start, rank, times, scored)

    def quantiles(self, shares: Sequence[float]) -> np.ndarray:
        """Smallest rank a place holds or betters in at least each share of its replications; NaN without any."""
        found = np.full((len(shares), len(self.scored)), np.nan)
        for some, start, ranks, times in self._parts():
            before = np.r_[0, times.cumsum(dtype=np.int64)]
            for row, share in enumerate(shares):
                enough = np.ceil(share * self.scored[some] - 1e-9)  # a share such as 0.05 is not exact
                found[row, some] = ranks[before[1:].searchsorted(before[start] + enough)]
        return found

    def mean(self) -> np.ndarray:
        """Mean rank of each place; NaN where it never had one."""
        found = np.full(len(self.scored), np.nan)
        for some, start, ranks, times in self._parts():
            found[some] = np.add.reduceat(ranks * times.astype(float), start) / self.scored[some]
        return found

    def most(self) -> np.ndarray:
        """How often each place took its most frequent rank; NaN where it never had one."""
        found = np.full(len(self.scored), np.nan)
        for some, start, _, times in self._parts():
            found[some] = np.maximum.reduceat(times, start)
        return found

    def _parts(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """Some hundred places that have ranks, where the rows of each begin, and these rows."""
        every = np.flatnonzero(self.scored)
        for at in range(0, len(every), PLACES):
            some = every[at : at + PLACES]
            begin, end = self.start[some[0]], self.start[some[-1] + 1]
            yield some, self.start[some] - begin, self.rank[begin:end], self.times[begin:end]


@dataclass(frozen=True, eq=False)
class Simulation:
    """Ranks and levels taken over the replications; arrays have a row per place."""

    places: tuple[str, ...]
    node: str
    score: np.ndarray  # nominal
    rank: np.ndarray  # nominal, NaN where no score
    taken: RankTimes
    score_sum: np.ndarray
    level_counts: np.ndarray  # places × levels
    cut_points: CutPoints | None
    replications: int
    seed: int
    _told: dict[tuple[float, float], dict[str, float | str | None]] = field(default_factory=dict, init=False)

    def table(self, *, confidence: float = 0.9) -> pd.DataFrame:
        """
        One row per place: nominal score and rank, mean score, rank interval and median, share with a score.

        The interval runs between the (1-confidence)/2 and (1+confidence)/2 quantiles of the ranks a place
        took.
        """
        low, middle, high = self.taken.quantiles(_tails(confidence))
        scored = self.taken.scored
        return pd.DataFrame(
            {
                "place": np.array(self.places, dtype=object),
                "score": self.score,
                "rank": self.rank,
                "score_mean": self.score_sum / np.where(scored, scored, np.nan),
                "rank_mean": self.taken.mean(),
                "rank_lower": low,
                "rank_median": middle,
                "rank_upper": high,
                "scored": scored / self.replications,
                "best_chance": self.taken.most() / self.replications,
            }
        )

    @property
    def counts(self) -> np.ndarray:
        """Replications in which a place had rank 1, 2, … (places × ranks); large for thousands of places."""
        return self._square(range(len(self.places)))

    def rank_probability(self, places: Sequence[str] | None = None) -> pd.DataFrame:
        """
        Probability of each rank, of all places or those asked for; rows sum to the share of replications scored.

        Places × ranks: ask for some places where there are thousands.
        """
        numbers = {place: row for row, place in enumerate(self.places)}
        kept = list(self.places if places is None else places)
        square = self._square([numbers[place] for place in kept])
        return self._shares(square, list(range(1, square.shape[1] + 1)), kept)

    def _square(self, rows: Sequence[int]) -> np.ndarray:
        square = np.zeros((len(rows), len(self.places)), dtype=np.int64)
        for at, row in enumerate(rows):
            own = slice(self.taken.start[row], self.taken.start[row + 1])
            square[at, self.taken.rank[own] - 1] = self.taken.times[own]
        return square

    def level_probability(self) -> pd.DataFrame:
        """Probability of each level, places × levels, lowest level first. Needs cut points."""
        if self.cut_points is None:
            raise ComputationError("cut_points_missing")
        return self._shares(self.level_counts, list(self.cut_points.names), list(self.places))

    def _shares(self, counts: np.ndarray, columns: list, places: list[str]) -> pd.DataFrame:
        return pd.DataFrame(counts / self.replications, index=pd.Index(places, name="place"), columns=columns)

    def significance(self, *, confidence: float = 0.9, share: float = 0.95) -> dict[str, float | str | None]:
        """
        From how many places apart a difference of ranks means something, with the rule as data.

        Rule `interval_overlap`: `places` is the smallest k such that of all pairs at least k nominal ranks
        apart the share `share` have rank intervals (at `confidence`) that do not overlap; None where no k
        does. Found once, since every pair is looked at.
        """
        if (confidence, share) not in self._told:
            self._told[confidence, share] = self._significance(confidence, share)
        return dict(self._told[confidence, share])

    def _significance(self, confidence: float, share: float) -> dict[str, float | str | None]:
        rule = {"rule": "interval_overlap", "confidence": confidence, "share": share}
        scored = np.flatnonzero(~np.isnan(self.rank))
        order = scored[self.rank[scored].argsort(kind="stable")]
        lower, _, upper = self.taken.quantiles(_tails(confidence))
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
        block = block_of(len(scenarios.names))
        for start in range(0, count, block):
            size = min(block, count - start)
            draws = random.random((len(noise), size))
            shares = perturbed_shares(scenarios.framework, noise, draws)
            tally.add(scenarios.scores(choice, shares))
            if progress:
                progress(tally.done / replications)
    return _finished(scenarios, choices[0], tally, replications, seed)


class _Tally:
    """Running counts; for thousands of places in the smallest numbers that hold them."""

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
        ranks += (np.arange(n) * (n + 1))[:, None]
        if n <= COUNTED:
            self.counts += np.bincount(ranks.ravel(), minlength=self.counts.size).reshape(n, n + 1)
        else:
            cells = self.counts.reshape(-1)
            for column in ranks.T:  # a place has one rank in a replication, so no cell is met twice
                cells[column] += 1
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
        RankTimes.of(tally.counts[:, 1:]),
        tally.score_sum,
        tally.levels,
        tally.cut_points,
        replications,
        seed,
    )
