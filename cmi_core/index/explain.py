"""Why a score is what it is: contributions, effective weights, coverage, strengths and weaknesses."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index import aggregate as aggregating
from cmi_core.index.build import Result
from cmi_core.index.framework import Framework


def effective_weights(framework: Framework) -> pd.DataFrame:
    """
    One row per node: code, parent, height, weight, share among siblings, weight in the index.

    The weight in the index is the product of shares down the path (COINr `get_eff_weights`); it holds as
    points per point only where every group above is an arithmetic mean.
    """
    return pd.DataFrame(
        {
            "node": list(framework.codes),
            "parent": [node.parent for node in framework.nodes],
            "height": framework.heights,
            "weight": framework.weights,
            "share": framework.shares,
            "effective": framework.effective[:, framework.root],
        }
    )


def contributions(result: Result, *, node: str = "") -> pd.DataFrame:
    """
    Points each node below adds to the score of `node` (the root when empty), places × nodes.

    Siblings' contributions sum to their parent's, and the indicators' to the score, at every place: a missing
    child gives its weight to the others. For means other than the arithmetic the parts are Euler's, x ·
    ∂score/∂x (see `aggregate.slopes`). Nodes outside are left out; a place without a score has NaN. Raises
    `ComputationError("no_contributions")` where Copeland's rule lies between.
    """
    framework = result.framework
    top = framework.number(node) if node else framework.root
    rows = framework.under(top)
    slope = np.zeros(result.scores.shape)
    slope[top] = np.where(np.isnan(result.scores[top]), np.nan, 1.0)
    for row in rows:
        below = framework.children[row]
        if not below.size:
            continue
        method = result.recipe.aggregations[row]
        assert method is not None  # noqa: S101  # groups have one by construction
        if method.name == "copeland":
            raise ComputationError("no_contributions", node=framework.codes[row])
        scores = result.scores[below].T
        rises = aggregating.slopes(scores, framework.shares[below], method, result.scores[row])
        used = np.where(np.isnan(result.scores[row])[:, None], 0.0, rises)
        slope[below] = np.where(np.isnan(slope[top]), np.nan, used.T * slope[row])
    present = np.where(np.isnan(result.scores[rows]), 0.0, result.scores[rows])
    return pd.DataFrame(
        (slope[rows] * present).T,
        index=pd.Index(result.places, name="place"),
        columns=[framework.codes[row] for row in rows],
    )


def coverage(result: Result) -> pd.DataFrame:
    """
    How much of each node was there, one row per place and node.

    `children` is the share of direct children with a score (what thresholds are held against), `weight` the
    same by weight, `indicators` the share of all indicators below, `imputed` the share of those that were
    filled.
    """
    framework = result.framework
    present = ~np.isnan(result.scores)
    weight, indicators, imputed = (present.astype(float) for _ in range(3))
    filled = np.zeros(present.shape)
    filled[framework.leaves] = result.imputed
    for row, below in enumerate(framework.children):
        under = np.intersect1d(framework.under(row), framework.leaves)
        if below.size:
            weight[row] = framework.shares[below] @ present[below]
        indicators[row] = present[under].mean(axis=0)
        imputed[row] = filled[under].mean(axis=0)
    nodes, n = present.shape
    return pd.DataFrame(
        {
            "place": np.repeat(np.array(result.places, dtype=object), nodes),
            "node": np.tile(np.array(framework.codes, dtype=object), n),
            "children": result.coverage.T.ravel(),
            "weight": weight.T.ravel(),
            "indicators": indicators.T.ravel(),
            "imputed": imputed.T.ravel(),
        }
    )


@dataclass(frozen=True)
class Rule:
    """
    How strengths and weaknesses are told, given back with them so that it can be printed beside them.

    `among_places`: an indicator ranked within the best (worst) `share` of the places that have it.
    `against_own_score`: an indicator at least `gap` points above (below) the place's own score.
    At most `count` of each are told: the best (worst) first, the heavier first among equals.
    """

    key: str = "among_places"
    share: float = 0.25
    gap: float = 10.0
    count: int = 5


AMONG_PLACES: Final = Rule()
AGAINST_OWN_SCORE: Final = Rule("against_own_score")


def strengths(result: Result, place: str, *, rule: Rule = AMONG_PLACES, node: str = "") -> pd.DataFrame:
    """
    Strengths and weaknesses of a place below `node`: kind, node, score, rank, of, margin.

    The frame's `attrs["rule"]` is the rule used. A place alone has no strengths `among_places`.
    """
    if place not in result.places:
        raise ComputationError("place_unknown", place=place)
    if rule.key not in ("among_places", "against_own_score"):
        raise ComputationError("rule_unknown", rule=rule.key)
    framework, column = result.framework, result.places.index(place)
    top = framework.number(node) if node else framework.root
    leaves = np.intersect1d(framework.under(top), framework.leaves)
    of = (~np.isnan(result.scores[leaves])).sum(axis=1)
    table = pd.DataFrame(
        {
            "node": [framework.codes[row] for row in leaves],
            "score": result.scores[leaves, column],
            "rank": result.ranks[leaves, column],
            "of": of,
            "effective": framework.effective[leaves, top],
        }
    ).dropna(subset=["score"])
    table["margin"] = _margin(table, rule, float(result.scores[top, column]))
    best, worst = _sides(table, rule)
    found = pd.concat([best.assign(kind="strength"), worst.assign(kind="weakness")], ignore_index=True)
    found = found[["kind", "node", "score", "rank", "of", "margin"]]
    found.attrs["rule"] = rule
    return found


def _margin(table: pd.DataFrame, rule: Rule, own: float) -> pd.Series:
    """Distance by which an indicator is ahead: in points, or in the share of the other places it betters."""
    if rule.key == "against_own_score":
        return table["score"] - own
    return (table["of"] - table["rank"]) / (table["of"] - 1).where(table["of"] > 1)


def _sides(table: pd.DataFrame, rule: Rule) -> tuple[pd.DataFrame, pd.DataFrame]:
    if rule.key == "against_own_score":
        high, low = table["margin"] >= rule.gap, table["margin"] <= -rule.gap
    else:
        high, low = table["margin"] >= 1 - rule.share, table["margin"] <= rule.share
    best = table[high].sort_values(["margin", "effective"], ascending=[False, False], kind="stable")
    worst = table[low & ~high].sort_values(["margin", "effective"], ascending=[True, False], kind="stable")
    return best.head(rule.count), worst.head(rule.count)
