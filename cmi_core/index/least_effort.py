"""
The least that lifts a node to a target: the cheapest set of indicator steps, found exactly.

Where every group uses one power mean the problem is linear on the scale x^P (log x for the geometric mean), a
multiple-choice knapsack solved by scipy's MILP (HiGHS). Other trees of means are solved by keeping, group by
group, the steps no others better in both effort and score (dynamic programming over Pareto fronts, as
Nemhauser and Ullmann 1969): means rise with each child, so nothing else can be part of a cheapest plan.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, ComputationError
from cmi_core.index import aggregate as aggregating
from cmi_core.index.build import Recipe, Result
from cmi_core.index.framework import Framework

SLACK = 1e-9  # a score this near the target reaches it: sums in another order differ by less
MAX_STATES = 500_000
MAX_CUTS = 40
PATIENCE = 5.0  # seconds for one solution by the solver


class Option(NamedTuple):
    """One step of one indicator: the score it leads to and what it takes."""

    step: int  # row of the steps table
    score: float
    effort: float


@dataclass(frozen=True, eq=False)
class Plan:
    """The cheapest plan, or that there is none (`reachable` False; `score` is then the best there is)."""

    place: str
    node: str
    target: float
    reachable: bool
    score_before: float
    score: float
    effort: float
    steps: pd.DataFrame  # the chosen rows of the steps given, with score_before
    reached: tuple[float, ...]  # score of the node after the first step, the first two, and so on


def plan(result: Result, place: str, steps: pd.DataFrame, *, target: float, node: str = "") -> Plan:
    """
    Find the cheapest steps that lift `node` (the root when empty) of a place to at least `target`.

    `steps` has a row per possible step: `indicator`, `score` (the indicator's score after it, on the scale of
    `result`) and `effort` (at least 0); at most one step per indicator is taken, so a second stage carries
    the effort of both. `scores_after` makes scores from raw values. Steps that lower a score are never taken.
    An indicator without a score takes no step: filling a gap is no improvement. Raises `ComputationError`.
    """
    if place not in result.places:
        raise ComputationError("place_unknown", place=place)
    if not math.isfinite(target):
        raise ComputationError("target_not_a_number")
    framework = result.framework
    top = framework.number(node) if node else framework.root
    scores = result.scores[:, result.places.index(place)]
    before = float(scores[top])
    if math.isnan(before):
        raise ComputationError("plan_without_score", place=place, node=framework.codes[top])
    tree = _Tree(framework, result.recipe, scores, top)
    options = _options(tree, steps)
    best = tree.score({leaf: max(every, key=lambda o: o.score) for leaf, every in options.items()})
    if before >= target - SLACK:
        chosen: list[Option] | None = []
    elif best < target - SLACK:
        chosen = None
    else:
        chosen = _by_milp(tree, options, target) if tree.power is not None else None
        chosen = chosen if chosen is not None else _by_fronts(tree, options, target)
    return _plan(tree, place, steps, chosen, target=target, best=best)


def _plan(  # all but two by keyword
    tree: "_Tree", place: str, steps: pd.DataFrame, chosen: list[Option] | None, *, target: float, best: float
) -> Plan:
    taken = steps.iloc[sorted(option.step for option in chosen or [])].reset_index(drop=True)
    rows = [tree.framework.number(code) for code in taken["indicator"]]
    taken.insert(1, "score_before", tree.scores[rows])
    new = dict(zip(rows, taken["score"].astype(float), strict=True))
    walk = [dict(list(new.items())[: number + 1]) for number in range(len(new))]
    return Plan(
        place,
        tree.framework.codes[tree.top],
        target,
        chosen is not None,
        float(tree.scores[tree.top]),
        tree.score_of(new) if chosen is not None else best,
        float(taken["effort"].sum()) if chosen is not None else math.nan,
        taken,
        tuple(tree.score_of(part) for part in walk),
    )


class _Tree:
    """One place's scores below one node, recomputed for chosen steps."""

    def __init__(self, framework: Framework, recipe: Recipe, scores: np.ndarray, top: int) -> None:
        self.framework, self.recipe, self.scores, self.top = framework, recipe, scores, top
        self.rows = [row for row in framework.under(top).tolist() if not math.isnan(scores[row])]
        methods = {recipe.aggregations[row] for row in self.rows} - {None}
        self.unplannable = next((m.name for m in methods if m and m.name in ("copeland", "sum")), "")
        powers = {m.power for m in methods if m}
        self.power = 1.0 if not powers else powers.pop() if len(powers) == 1 else None

    def present(self, row: int) -> list[int]:
        """Children with a score and a weight."""
        children = self.framework.children[row].tolist()
        return [c for c in children if not math.isnan(self.scores[c]) and self.framework.shares[c] > 0]

    def weight(self, row: int, child: int) -> float:
        """Share of a child among those present."""
        shares = self.framework.shares
        return float(shares[child] / shares[self.present(row)].sum())

    def mean(self, row: int) -> float:
        """Power of the group's mean."""
        method = self.recipe.aggregations[row]
        assert method is not None  # noqa: S101  # groups have one by construction
        return method.power

    def score(self, chosen: Mapping[int, Option]) -> float:
        """Score of the top node with the chosen steps taken."""
        return self.score_of({leaf: option.score for leaf, option in chosen.items()})

    def score_of(self, new: Mapping[int, float]) -> float:
        """Score of the top node with some indicators' scores replaced."""
        scores = {row: new.get(row, float(self.scores[row])) for row in self.rows}
        for row in reversed(self.rows):
            below = self.present(row)
            if below:
                given = np.array([scores[child] for child in below])
                weights = self.framework.shares[below]
                scores[row] = float(aggregating.power_mean(given, weights, self.mean(row)))
        return scores[self.top]


def _options(tree: _Tree, steps: pd.DataFrame) -> dict[int, list[Option]]:
    """Read the steps that lift an indicator below the node; taking none is an option of effort 0."""
    if tree.unplannable:
        raise ComputationError("plan_needs_means", method=tree.unplannable)
    missing = [name for name in ("indicator", "score", "effort") if name not in steps.columns]
    problems: list[CmiError] = [ComputationError("steps_column_missing", column=name) for name in missing]
    if problems:
        raise ComputationError("steps_unusable", problems=tuple(problems))
    found: dict[int, list[Option]] = {}
    rows = zip(steps["indicator"], steps["score"], steps["effort"], strict=True)
    for number, (code, score, effort) in enumerate(rows):
        if code not in tree.framework.indicators:
            problems.append(ComputationError("indicator_unknown", indicator=code))
        elif not math.isfinite(score) or not math.isfinite(effort) or effort < 0:
            problems.append(ComputationError("step_unusable", indicator=code, score=score, effort=effort))
        elif score > tree.scores[row := tree.framework.number(code)] and row in tree.rows:
            start = [Option(-1, float(tree.scores[row]), 0.0)]
            found.setdefault(row, start).append(Option(number, float(score), float(effort)))
    if problems:
        raise ComputationError("steps_unusable", problems=tuple(problems))
    return found


def _scale(score: float, power: float) -> float:
    """Put a score on the scale on which the mean is a sum, turned so that more is better."""
    if power == 0:
        return math.log(score)
    return score if power == 1 else math.copysign(score**power, power)


def _by_milp(tree: _Tree, options: dict[int, list[Option]], target: float) -> list[Option] | None:
    """Solve the uniform tree; None when rounding inside the solver leaves doubt."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415  # only plans need scipy

    power = tree.power
    if power is None or (power <= 0 and target <= 0) or (power not in (0.0, 1.0) and abs(power) < 0.05):
        return None
    pairs = [(leaf, o) for leaf, every in options.items() for o in every if o.step >= 0]
    weights = _leaf_weights(tree)
    need = _scale(target, power) - _scale(float(tree.scores[tree.top]), power)
    gains = np.array(
        [weights[f] * (_scale(o.score, power) - _scale(float(tree.scores[f]), power)) for f, o in pairs]
    )
    leaves = list(options)
    once = np.array([[float(f == leaf) for f, _ in pairs] for leaf in leaves])
    rules = [LinearConstraint(gains / need, lb=1 - 1e-7), LinearConstraint(once, ub=1)]
    effort = np.array([o.effort for _, o in pairs])
    effort *= 1e4 / max(effort.max(), 1e-300)  # the solver's absolute gap is 1e-6
    for _ in range(MAX_CUTS):
        solved = milp(
            effort, integrality=np.ones(len(pairs)), bounds=Bounds(0, 1), constraints=rules,
            options={"mip_rel_gap": 0, "time_limit": PATIENCE},
        )  # fmt: skip
        if solved.x is None or solved.status != 0:  # out of time: the fronts find it or say it is too large
            return None
        taken = np.round(solved.x).astype(bool)
        chosen = [pair for pair, is_taken in zip(pairs, taken, strict=True) if is_taken]
        if tree.score(dict(chosen)) >= target - SLACK:
            return [option for _, option in chosen]
        rules.append(LinearConstraint(np.where(taken, 1.0, -1.0), ub=taken.sum() - 1))
    return None


def _leaf_weights(tree: _Tree) -> dict[int, float]:
    weights = dict.fromkeys(tree.rows, 0.0)
    weights[tree.top] = 1.0
    for row in tree.rows:
        for child in tree.present(row):
            weights[child] = weights[row] * tree.weight(row, child)
    return weights


def _by_fronts(tree: _Tree, options: dict[int, list[Option]], target: float) -> list[Option] | None:
    """Solve any tree of means, from the indicators up."""
    fronts: dict[int, tuple[np.ndarray, np.ndarray, list]] = {}
    for row in reversed(tree.rows):
        below = tree.present(row)
        if not below:
            every = options.get(row, [Option(-1, float(tree.scores[row]), 0.0)])
            efforts, scores = np.array([o.effort for o in every]), np.array([o.score for o in every])
            fronts[row] = _front(efforts, scores, [((), o) for o in every])
            continue
        power = tree.mean(row)
        fronts[row] = _group_front([(fronts.pop(c), tree.weight(row, c)) for c in below], power)
    efforts, scores, trails = fronts[tree.top]
    reached = np.flatnonzero(scores >= target - SLACK)
    return _unwound(trails[reached[0]]) if reached.size else None


def _group_front(children: list, power: float) -> tuple[np.ndarray, np.ndarray, list]:
    """Combine the children's fronts by their mean: partial sums of w·scale(x) add up child by child."""
    efforts, sums, trails = np.zeros(1), np.zeros(1), [()]
    for (its_efforts, its_scores, its_trails), weight in children:
        if len(efforts) * len(its_efforts) > MAX_STATES:
            raise ComputationError("plan_too_large", states=len(efforts) * len(its_efforts))
        scaled = np.array([weight * _scale(float(score), power) for score in its_scores])
        both = np.add.outer(efforts, its_efforts).ravel(), np.add.outer(sums, scaled).ravel()
        width = len(its_efforts)
        efforts, sums, kept = _front(*both, list(range(len(both[0]))))
        trails = [(trails[i // width], its_trails[i % width]) for i in kept]
    return efforts, np.array([_unscaled(float(each), power) for each in sums]), trails


def _unscaled(total: float, power: float) -> float:
    if power == 0:
        return math.exp(total)
    return total if power == 1 else abs(total) ** (1 / power)


def _front(efforts: np.ndarray, scores: np.ndarray, labels: list) -> tuple[np.ndarray, np.ndarray, list]:
    """Keep, in order of effort, what scores more than everything cheaper."""
    order = np.lexsort((-scores, efforts))
    ahead = np.maximum.accumulate(scores[order])
    kept = order[np.r_[True, ahead[1:] > ahead[:-1]]]
    return efforts[kept], scores[kept], [labels[i] for i in kept]


def _unwound(trail: tuple) -> list[Option]:
    """Collect the steps taken along a trail of pairs."""
    found, stack = [], [trail]
    while stack:
        part = stack.pop()
        if isinstance(part, Option):
            if part.step >= 0:
                found.append(part)
        else:
            stack.extend(part)
    return found
