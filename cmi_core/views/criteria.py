"""Which district would come first by the selection criteria, if they weighed so much?"""

import pandas as pd

from cmi_core.index.contradictions import Node
from cmi_core.index.framework import Framework
from cmi_core.index.scenarios import Scenarios
from cmi_core.index.uncertainty import simulate
from cmi_core.store import Store, criteria

_ROOT = "selection"
_SEED = 2019
_REPLICATIONS = 2_000


def ranking(store: Store, weights: tuple[tuple[str, int], ...]) -> pd.DataFrame:
    """
    Scored places by the weighted mean (0 to 10) of their scores, the best first.

    Columns: place, score, rank, `rank_lower`, `rank_upper` (90 % of 2,000 draws in which each weight moves by up
    to a quarter of itself), `given` of `asked` criteria scored. Criteria of weight 0 do not count; a missing score
    is left out of a place's mean, never taken for zero. Empty where nobody has scored.
    """
    held = criteria.scores(store)
    asked = {criterion: weight for criterion, weight in weights if weight > 0}
    table = held[held["criterion"].isin(asked)].pivot(index="place", columns="criterion", values="score")
    if table.empty:
        return pd.DataFrame(columns=["place", "score", "rank", "rank_lower", "rank_upper", "given", "asked"])
    nodes = [
        Node(_ROOT),
        *(Node(criterion, _ROOT, weight=float(weight)) for criterion, weight in asked.items()),
    ]
    table = table.reindex(columns=list(asked))
    found = simulate(
        Scenarios(Framework(tuple(nodes)), table, normalise=("none",)), seed=_SEED, replications=_REPLICATIONS
    ).table()
    found = found[["place", "score", "rank", "rank_lower", "rank_upper"]]
    given = table.notna().sum(axis=1).rename("given").rename_axis("place").reset_index()
    return (
        found.merge(given, on="place")
        .assign(asked=len(asked))
        .sort_values("rank", kind="stable")
        .reset_index(drop=True)
    )
