"""
The index computed: values of indicators become scores and ranks of every node of the tree.

Stages: impute, treat, transform, normalise, aggregate, rank (the order of the OECD/JRC Handbook 2008 and of
COINr). Inside, arrays have a row per node and a column per place; tables at the edges have places as rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index import aggregate as aggregating
from cmi_core.index import normalise as normalising
from cmi_core.index.framework import Framework, Level
from cmi_core.index.impute import check_method, group_numbers, impute_rows
from cmi_core.index.rank import NOISE, check_ties, rank_rows, rounded, tied
from cmi_core.index.treat import treat_rows
from cmi_core.index.values import checked

Values = pd.DataFrame | np.ndarray


class Recipe(NamedTuple):
    """Methods settled for every node of a framework."""

    normalisers: tuple[normalising.Method, ...]  # per indicator
    aggregations: tuple[aggregating.Aggregation | None, ...]  # per node, None for indicators
    thresholds: tuple[float, ...]  # per level, from the lowest groups up
    measures: normalising.Measures
    references: tuple[str, ...]  # per indicator, the place it is measured against
    logs: np.ndarray  # indicators on a logarithmic scale
    linear: tuple[bool, ...]  # per level: every group is an arithmetic mean


@dataclass(frozen=True, eq=False)
class Result:
    """Scores, ranks and coverage of every node at every place; arrays are nodes × places."""

    framework: Framework
    places: tuple[str, ...]
    recipe: Recipe
    values: np.ndarray  # indicators × places, after imputation and treatment
    scores: np.ndarray
    ranks: np.ndarray
    coverage: np.ndarray  # share of a node's children that have a score; of an indicator 1 or 0
    imputed: np.ndarray  # indicators × places

    @cached_property
    def normalised(self) -> np.ndarray:
        """Scores of the indicators, indicators × places."""
        return self.scores[self.framework.leaves]

    def table(self, what: str = "scores") -> pd.DataFrame:
        """Give `scores`, `ranks` or `coverage` as a table of places × nodes."""
        return pd.DataFrame(
            getattr(self, what).T,
            index=pd.Index(self.places, name="place"),
            columns=list(self.framework.codes),
        )

    def imputed_table(self) -> pd.DataFrame:
        """Mask of the filled cells, places × indicators."""
        index = pd.Index(self.places, name="place")
        return pd.DataFrame(self.imputed.T, index=index, columns=list(self.framework.indicators))

    def tidy(self) -> pd.DataFrame:
        """One row per place and node: place, node, score, rank, coverage, tied, imputed."""
        nodes, n = self.scores.shape
        imputed = np.zeros((nodes, n), dtype=bool)
        imputed[self.framework.leaves] = self.imputed
        return pd.DataFrame(
            {
                "place": np.repeat(np.array(self.places, dtype=object), nodes),
                "node": np.tile(np.array(self.framework.codes, dtype=object), n),
                "score": self.scores.T.ravel(),
                "rank": self.ranks.T.ravel(),
                "coverage": self.coverage.T.ravel(),
                "tied": tied(self.ranks).T.ravel(),
                "imputed": imputed.T.ravel(),
            }
        )


def build(  # all but two by keyword
    framework: Framework,
    values: Values,
    *,
    places: Sequence[str] | None = None,
    normalise: str = "minmax:0:100",
    aggregate: str | Sequence[str] = "arithmetic",
    min_coverage: float | Sequence[float] = 0.0,
    impute: str = "none",
    groups: pd.Series | None = None,
    treat: str = "none",
    ties: str = "min",
    digits: int | None = None,
) -> Result:
    """
    Compute an index.

    `values` is a table of places × indicators (any order of columns; a missing column is all gaps), or an
    array in the order of `framework.indicators` with `places` beside it. NaN is a gap; infinite is refused.
    `normalise` and `aggregate` serve nodes that lay down none of their own; `aggregate` and `min_coverage`
    may list one entry per level, the lowest groups first. A group with less than the share `min_coverage` of
    its children has no score. `digits` rounds scores for ranking only. Raises `ComputationError`.

    >>> from cmi_core.index.contradictions import Node
    >>> isc = Framework((Node("isc"), Node("patents", "isc"), Node("waste", "isc", "lower")))
    >>> table = pd.DataFrame({"patents": [0.0, 8.0], "waste": [5.0, 1.0]}, index=["Phrae", "Nan"])
    >>> build(isc, table).table()["isc"].tolist()
    [0.0, 100.0]
    """
    check_ties(ties)
    check_method(impute)
    recipe = settle(framework, normalise, _tuple(aggregate), _tuple(min_coverage))
    given, names = checked(framework.indicators, values, places)
    filled, imputed = _imputed(given, impute, groups, names)
    treated = treat_rows(filled, treat) if treat != "none" else filled
    scores = np.empty((len(framework.nodes), len(names)))
    scores[framework.leaves] = indicator_scores(recipe, treated, names)
    coverage = aggregate_rows(framework, recipe, scores)
    ranks = rank_rows(rounded(scores, digits), ties=ties, noise=_noise(framework))
    return Result(framework, names, recipe, treated, scores, ranks, coverage, imputed)


def _imputed(
    given: np.ndarray, method: str, groups: pd.Series | None, places: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The values with their gaps filled, and which cells that are (indicators × places)."""
    if method == "none":
        return given, np.zeros(given.shape, dtype=bool)
    filled = impute_rows(given, method, None if groups is None else group_numbers(groups, places))
    return filled, np.isnan(given) & ~np.isnan(filled)


def _tuple(option: object) -> tuple:
    return tuple(option) if isinstance(option, list | tuple) else (option,)


@lru_cache(maxsize=128)
def settle(framework: Framework, normalise: str, aggregate: tuple, min_coverage: tuple) -> Recipe:
    """
    Settle which method every node uses; cached, since a framework never changes.

    A normaliser is the indicator's own, else that of its nearest ancestor, else `normalise`. An aggregation
    is the group's own, else that of its level.
    """
    height = len(framework.levels)
    by_level = _per_level(tuple(aggregating.parse(spec) for spec in aggregate), height)
    thresholds = _per_level(tuple(_share(part) for part in min_coverage), height)
    aggregations: list[aggregating.Aggregation | None] = [None] * len(framework.nodes)
    for level, default in zip(framework.levels, by_level, strict=True):
        for group in level.groups:
            own = framework.nodes[group].aggregate
            aggregations[group] = aggregating.parse(own) if own else default
    normalisers = _normalisers(framework, normalise)
    return Recipe(
        normalisers,
        tuple(aggregations),
        thresholds,
        _measures(framework),
        tuple(
            framework.nodes[row].reference or (m.parameters[0] if m.name == "distance-to-reference" else "")
            for row, m in zip(framework.leaves, normalisers, strict=True)
        ),
        np.array([framework.nodes[row].transform == "log" for row in framework.leaves]),
        tuple(
            all(aggregations[group] == aggregating.ARITHMETIC for group in level.groups)
            for level in framework.levels
        ),
    )


def _per_level(entries: tuple, height: int) -> tuple:
    if len(entries) == 1:
        return entries * height
    if len(entries) != height:
        raise ComputationError("levels_count", given=len(entries), levels=height)
    return entries


def _share(share: object) -> float:
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        raise ComputationError("coverage_not_a_share", share=share)
    return float(share)


def _normalisers(framework: Framework, default: str) -> tuple[normalising.Method, ...]:
    fallback = normalising.parse(default)
    settled = [fallback] * len(framework.nodes)
    for row in framework.downward:
        own = framework.nodes[row].normalise
        above = framework.parent[row]
        settled[row] = normalising.parse(own) if own else settled[above] if above >= 0 else fallback
    return tuple(settled[row] for row in framework.leaves)


def _measures(framework: Framework) -> normalising.Measures:
    nodes = [framework.nodes[row] for row in framework.leaves]
    logs = np.array([node.transform == "log" for node in nodes])

    def posts(column: str) -> np.ndarray:
        numbers = np.array([getattr(node, column) for node in nodes], dtype=float)
        numbers[logs] = np.log(numbers[logs])
        return numbers

    return normalising.Measures(
        framework.indicators,
        np.array([1.0 if node.direction == "higher" else -1.0 for node in nodes]),
        posts("lower"), posts("upper"), posts("target"),
        tuple(node.scale for node in nodes),
        np.full(len(nodes), -1),
    )  # fmt: skip


def indicator_scores(recipe: Recipe, values: np.ndarray, places: tuple[str, ...]) -> np.ndarray:
    """Score the indicators: `values` and the result are indicators × places."""
    measures = with_references(recipe, places)
    scores = normalising.normalise_rows(directed(recipe, values), measures, recipe.normalisers)
    if np.isinf(scores).any():
        raise ComputationError("score_overflow")
    return scores


def directed(recipe: Recipe, values: np.ndarray) -> np.ndarray:
    """Give d·x, logarithms taken where a node asks for them (indicators × places)."""
    if recipe.logs.any():
        for row in np.flatnonzero(recipe.logs):
            if (values[row] <= 0).any():
                raise ComputationError("log_of_nothing", code=recipe.measures.codes[row])
        values = values.copy()
        values[recipe.logs] = np.log(values[recipe.logs])
    return values * recipe.measures.direction[:, None]


def with_references(recipe: Recipe, places: tuple[str, ...]) -> normalising.Measures:
    """Give the measures with row numbers of the reference places filled in."""
    measures = recipe.measures
    if not any(method.name == "distance-to-reference" for method in recipe.normalisers):
        return measures
    numbers = {place: row for row, place in enumerate(places)}
    rows = [numbers.get(place, -1) for place in recipe.references]
    return measures._replace(reference=np.array(rows))


def aggregate_rows(framework: Framework, recipe: Recipe, scores: np.ndarray) -> np.ndarray:
    """
    Fill the groups' rows of `scores` (nodes × places) from the indicators' rows; give the coverage likewise.

    An arithmetic tree without gaps is one matrix product with the effective weights.
    """
    leaves = framework.leaves
    found = scores[leaves]
    gaps = np.isnan(found)
    linear = all(recipe.linear)
    if linear and not gaps.any():
        groups, weights = _one_product(framework)
        if groups.size:
            scores[groups] = _within(weights @ found, found)
        return np.ones(scores.shape)
    coverage = np.empty(scores.shape)
    coverage[leaves] = ~gaps
    for number, level in enumerate(framework.levels):
        below = scores[level.children]
        present = ~np.isnan(below)
        given, shares = (level.weights_and_members @ present.astype(float)).reshape(2, len(level.groups), -1)
        shares /= level.sizes
        if recipe.linear[number]:
            given[given == 0] = np.nan
            mean = _within((level.weights @ np.where(present, below, 0.0)) / given, below)
        else:
            mean = _level_scores(framework, recipe, level, scores)
        if recipe.thresholds[number]:
            mean[shares < recipe.thresholds[number]] = np.nan
        scores[level.groups], coverage[level.groups] = mean, shares
    if not linear and np.isinf(scores).any():
        raise ComputationError("score_overflow")
    return coverage


def _within(means: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Keep means (g × n) within the scores they are means of (c × n), which rounding may leave by a bit."""
    np.maximum(means, np.fmin.reduce(scores, axis=0), out=means)
    return np.minimum(means, np.fmax.reduce(scores, axis=0), out=means)


@lru_cache(maxsize=128)
def _noise(framework: Framework) -> np.ndarray:
    """How near scores must be to tie: sums within rounding, indicators only when equal (nodes × 1)."""
    noise = np.full((len(framework.nodes), 1), NOISE)
    noise[framework.leaves] = 0.0
    return noise


@lru_cache(maxsize=128)
def _one_product(framework: Framework) -> tuple[np.ndarray, np.ndarray]:
    groups = np.array([group for level in framework.levels for group in level.groups], dtype=int)
    return groups, np.ascontiguousarray(framework.effective[np.ix_(framework.leaves, groups)].T)


def _level_scores(framework: Framework, recipe: Recipe, level: Level, scores: np.ndarray) -> np.ndarray:
    """Score the groups of one level (g × n)."""
    found = np.empty((len(level.groups), scores.shape[1]))
    for row, group in enumerate(level.groups):
        method = recipe.aggregations[group]
        children = framework.children[group]
        assert method is not None  # noqa: S101  # groups have one by construction
        found[row] = aggregating.aggregate(
            scores[children].T, framework.shares[children], method, node=framework.codes[group]
        )
    return found
