"""
The same index under many choices at once: what uncertainty and sensitivity analysis both run on.

Every stage is done once per choice, not once per replication; a tree whose groups all use one power mean is
then one matrix product of transformed scores with effective weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index import aggregate as aggregating
from cmi_core.index.build import Recipe, Values, indicator_scores, settle
from cmi_core.index.framework import Framework
from cmi_core.index.impute import group_numbers, impute_rows
from cmi_core.index.rank import NOISE, rank_rows
from cmi_core.index.treat import treat_rows
from cmi_core.index.values import checked

BLOCK = 1024  # replications computed at once: about what the second-level cache holds
CELLS = 1_000_000  # scores computed at once, at most
COPELAND = 300  # places that can be compared with each other in every replication
COUNTED = 255  # up to here ranks are pairwise counts in one byte each, beyond by sorting


class Choice(NamedTuple):
    """One way to compute the index."""

    impute: str
    normalise: str
    aggregate: str | tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Scenarios:
    """
    A framework, values, and the alternatives to choose among; the first of each is the nominal one.

    Alternatives serve the nodes that lay down no method of their own, as in `index.build`.
    """

    framework: Framework
    values: Values
    places: Sequence[str] | None = None
    impute: tuple[str, ...] = ("none",)
    normalise: tuple[str, ...] = ("minmax:0:100",)
    aggregate: tuple[str | tuple[str, ...], ...] = ("arithmetic",)
    min_coverage: float | tuple[float, ...] = 0.0
    treat: str = "none"
    groups: pd.Series | None = None
    node: str = ""  # the node whose scores are studied; the root when empty
    _done: dict[Choice, tuple[Recipe, np.ndarray]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for name in ("impute", "normalise", "aggregate"):
            if not getattr(self, name):
                raise ComputationError("alternatives_empty", stage=name)
        rows, names = checked(self.framework.indicators, self.values, self.places)
        object.__setattr__(self, "values", rows)
        object.__setattr__(self, "places", names)
        for choice in self.choices():
            recipe, _ = self.stage(choice)
            compared = any(each is not None and each.name == "copeland" for each in recipe.aggregations)
            if compared and len(names) > COPELAND:
                raise ComputationError("copeland_too_many_places", places=len(names), most=COPELAND)

    @property
    def names(self) -> tuple[str, ...]:
        """Places, in the order of all arrays here."""
        return tuple(self.places or ())

    @property
    def top(self) -> int:
        """Row number of the node studied."""
        return self.framework.number(self.node) if self.node else self.framework.root

    def choices(self) -> list[Choice]:
        """Every combination of the alternatives, the nominal one first."""
        return [Choice(*parts) for parts in product(self.impute, self.normalise, self.aggregate)]

    def stage(self, choice: Choice) -> tuple[Recipe, np.ndarray]:
        """Recipe and indicator scores (indicators × places) of a choice, computed once."""
        if choice not in self._done:
            aggregate = choice.aggregate if isinstance(choice.aggregate, tuple) else (choice.aggregate,)
            shares = self.min_coverage if isinstance(self.min_coverage, tuple) else (self.min_coverage,)
            recipe = settle(self.framework, choice.normalise, aggregate, shares)
            groups = None if self.groups is None else group_numbers(self.groups, self.names)
            filled = treat_rows(impute_rows(np.asarray(self.values), choice.impute, groups), self.treat)
            self._done[choice] = recipe, indicator_scores(recipe, filled, self.names)
        return self._done[choice]

    def scores(self, choice: Choice, shares: np.ndarray) -> np.ndarray:
        """Scores (places × r) of the node studied, for r sets of shares (nodes × r)."""
        recipe, found = self.stage(choice)
        below = self.framework.under(self.top)
        leaves = np.isin(self.framework.leaves, below)
        power = _shared_power(recipe, below)
        if power is None or np.isnan(found[leaves]).any():
            return _by_level(self.framework, recipe, found, shares, self.top)
        effective = effective_weights(self.framework, shares, self.top)[self.framework.leaves[leaves]]
        return _inward(_outward(found[leaves].T, power, self.framework.codes[self.top]) @ effective, power)


def _shared_power(recipe: Recipe, below: np.ndarray) -> float | None:
    methods = {recipe.aggregations[row] for row in below} - {None}
    powers = {m.power if m.name not in ("copeland", "sum") else None for m in methods if m}
    if not powers:
        return 1.0
    power = powers.pop()
    alone = not powers and power is not None and (power == 0 or abs(power) >= aggregating.SMALL_POWER)
    return power if alone else None


def _outward(scores: np.ndarray, power: float, node: str) -> np.ndarray:
    """x → x^P (log x at P = 0): the scale on which a power mean is a plain weighted sum."""
    aggregating.check_domain(scores, power, node)
    if power == 1.0:
        return scores
    return np.log(scores) if power == 0.0 else scores**power


def _inward(sums: np.ndarray, power: float) -> np.ndarray:
    if power == 1.0:
        return sums
    if power == 0.0:
        return np.exp(sums)
    return 1 / sums if power == -1.0 else sums ** (1 / power)


def effective_weights(framework: Framework, shares: np.ndarray, top: int) -> np.ndarray:
    """Weight of every node in `top` (nodes × r): the product of shares down the path; others 0."""
    weights = np.zeros(shares.shape)
    weights[top] = 1.0
    for row in framework.under(top):
        below = framework.children[row]
        if below.size:
            weights[below] = shares[below] * weights[row]
    return weights


def _by_level(
    framework: Framework, recipe: Recipe, found: np.ndarray, shares: np.ndarray, top: int
) -> np.ndarray:
    """
    Score group by group, for gaps and for mixed aggregations (places × r).

    Whether a node has a score is the same in every replication, so one column per node says it. Indicators have
    one column of scores, so that the lowest groups are matrix products. Scores stay on the scale x^P of the group
    they were made for, which saves the way there and back where the group above uses the same mean; absent ones
    stand as 0.
    """
    present = {int(leaf): ~np.isnan(found[row]) for row, leaf in enumerate(framework.leaves)}
    filled = np.nan_to_num(found)
    scores = {int(leaf): (filled[row][:, None], 1.0) for row, leaf in enumerate(framework.leaves)}
    for row in reversed(framework.under(top).tolist()):
        below = framework.children[row].tolist()
        if not below:
            continue
        method = recipe.aggregations[row]
        assert method is not None  # noqa: S101  # groups have one by construction
        there = np.stack([present.pop(child) for child in below], axis=1)
        children, weights = [scores.pop(child) for child in below], shares[below]
        scores[row] = _group(children, there, weights, method, framework.codes[row])
        weighed = np.ones(len(below), dtype=bool) if method.name == "sum" else weights[:, 0] > 0
        enough = there.mean(axis=1) >= recipe.thresholds[framework.heights[row] - 2]
        present[row] = there[:, weighed].any(axis=1) & enough
        scores[row][0][~present[row]] = 0.0
    values, power = scores[top]
    values = _inward(np.where(present[top][:, None], values, np.nan), power)
    return np.broadcast_to(values, (found.shape[1], shares.shape[1]))


Scaled = tuple[np.ndarray, float]  # scores on the scale x^P, and P


def _group(
    children: list[Scaled], there: np.ndarray, weights: np.ndarray, method: aggregating.Aggregation, node: str
) -> Scaled:
    """
    Score one group (places × r).

    `children` have one column or r of them, `there` says which places have which (places × k), `weights` is
    k × r. What stands where there is no score means nothing.
    """
    power = method.power
    plain = method.name in ("copeland", "sum") or (power and abs(power) < aggregating.SMALL_POWER)
    if plain:
        return _whole(children, there, weights, method, node), 1.0
    outward = [
        _rescaled(values, own, power, has, node) for (values, own), has in zip(children, there.T, strict=True)
    ]
    if all(values.shape[1] == 1 for values in outward):
        total = np.hstack(outward) @ weights
    else:
        total = outward[0] * weights[0]
        part = np.empty_like(total)
        for values, weight in zip(outward[1:], weights[1:], strict=True):
            total += np.multiply(values, weight, out=part)
    if not there.all():
        given = there.astype(float) @ weights
        total /= np.where(given > 0, given, 1.0)
    return total, power


def _rescaled(values: np.ndarray, own: float, power: float, has: np.ndarray, node: str) -> np.ndarray:
    """Put scores from the scale x^own on the scale x^power, those of absent places as 0."""
    if own == power:
        return values
    if has.all():
        return _outward(_inward(values, own), power, node)
    moved = _outward(_inward(np.where(has[:, None], values, 1.0), own), power, node)
    return np.where(has[:, None], moved, 0.0)


def _whole(
    children: list[Scaled], there: np.ndarray, weights: np.ndarray, method: aggregating.Aggregation, node: str
) -> np.ndarray:
    """Score a group whose method needs all children at once (places × r)."""
    shape = (len(there), weights.shape[1])
    table = np.stack(
        [
            np.broadcast_to(np.where(has[:, None], _inward(values, own), np.nan), shape)
            for (values, own), has in zip(children, there.T, strict=True)
        ],
        axis=-1,
    )
    if method.name != "copeland":
        return aggregating.aggregate(table, weights.T, method, node=node)
    each = [aggregating.copeland(table[:, i], weights[:, i]) for i in range(shape[1])]
    return np.stack(each, axis=1)


def block_of(places: int) -> int:
    """How many replications to compute at once, so that memory stays bounded with thousands of places."""
    return max(1, min(BLOCK, CELLS // max(places, 1)))


def nominal_shares(framework: Framework) -> np.ndarray:
    """Shares as laid down, as one replication (nodes × 1)."""
    return framework.shares[:, None]


def perturbed_shares(framework: Framework, noise: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """
    Shares (nodes × r) of weights multiplied by 1 ± noise, rescaled among siblings (COINr's weight noise).

    `noise` per node (0.25 = up to a quarter either way), `draws` nodes × r uniform on 0..1, used up here.
    """
    weights = draws
    weights -= 0.5
    weights *= (2 * noise * framework.weights)[:, None]
    weights += framework.weights[:, None]
    for below in framework.children:
        if below.size:
            weights[below] /= weights[below].sum(axis=0)
    return weights


def noise_per_node(framework: Framework, noise: float | Sequence[float]) -> np.ndarray:
    """Spread a noise, or one per level from the indicators up, over the nodes; each in 0..1."""
    below_root = len(framework.levels)
    each = list(noise) if isinstance(noise, list | tuple) else [noise] * below_root
    if len(each) != below_root:
        raise ComputationError("levels_count", given=len(each), levels=below_root)
    if not all(isinstance(part, int | float) and 0 <= part < 1 for part in each):
        raise ComputationError("noise_not_a_share", noise=noise)
    return np.array([*each, 0.0])[framework.heights - 1]


def rank_counts(scores: np.ndarray) -> np.ndarray:
    """
    Rank of every place in every replication (places × r), 1 = highest, ties share the smallest, 0 = no score.

    >>> rank_counts(np.array([[3.0, 1.0], [2.0, 1.0], [np.nan, 4.0]])).tolist()
    [[1, 2], [2, 2], [0, 1]]
    """
    n = len(scores)
    if n > COUNTED:
        return np.nan_to_num(rank_rows(np.ascontiguousarray(scores.T))).astype(np.int64).T
    gaps = np.isnan(scores)
    noise = 0.1 * NOISE * np.fmax.reduce(np.abs(scores), axis=None) if scores.size else 0.0
    ranks = np.empty(scores.shape, dtype=np.int64)
    for row in range(n):
        beats = scores > scores[row] + noise
        np.add(np.add.reduce(beats.view(np.uint8), axis=0, dtype=np.uint8), 1, out=ranks[row], dtype=np.int64)
    if gaps.any():
        ranks[gaps] = 0
    return ranks
