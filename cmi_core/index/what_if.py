"""What would change: scores, ranks and levels before and after other values or other weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, ComputationError
from cmi_core.index.build import build
from cmi_core.index.framework import Framework
from cmi_core.index.levels import CutPoints


def compare(
    framework: Framework,
    values: pd.DataFrame,
    *,
    changes: Mapping[tuple[str, str], float] | None = None,
    weights: Mapping[str, float] | None = None,
    cut_points: CutPoints | None = None,
    **options: Any,  # those of index.build
) -> pd.DataFrame:
    """
    Compute the index twice and set the two side by side, one row per place and node.

    `changes` maps (place, indicator) to a new value (NaN takes it away), `weights` maps codes to new weights,
    `options` are those of `index.build`. Everything is computed anew: with a method that measures places
    against each other (min-max, ranks) one city's change moves the others too, as it would when published.
    Columns: place, node, score_before, score_after, score_change, rank_before, rank_after, and level_before,
    level_after where there are cut points (rounded to `digits` first, when given).
    """
    before = build(framework, values, **options)
    changed = with_changes(values, changes or {}, framework)
    after = build(framework.with_weights(weights or {}), changed, **options)
    old, new = before.tidy(), after.tidy()
    table = old[["place", "node"]].copy()
    table["score_before"], table["score_after"] = old["score"], new["score"]
    table["score_change"] = new["score"] - old["score"]
    table["rank_before"], table["rank_after"] = old["rank"], new["rank"]
    if cut_points is not None:
        digits = options.get("digits")
        table["level_before"] = cut_points.level_of(old["score"].to_numpy(float), digits)
        table["level_after"] = cut_points.level_of(new["score"].to_numpy(float), digits)
    return table


def with_changes(
    values: pd.DataFrame, changes: Mapping[tuple[str, str], float], framework: Framework
) -> pd.DataFrame:
    """
    Copy the values with some cells replaced; an unknown place or indicator is refused.

    >>> from cmi_core.index.contradictions import Node
    >>> isc = Framework((Node("isc"), Node("patents", "isc")))
    >>> table = pd.DataFrame({"patents": [1.0]}, index=["Nan"])
    >>> with_changes(table, {("Nan", "patents"): 3.0}, isc).loc["Nan", "patents"].item()
    3.0
    """
    problems: list[CmiError] = []
    changed = values.astype(float).reindex(columns=list(framework.indicators))
    for (place, indicator), value in changes.items():
        if place not in changed.index:
            problems.append(ComputationError("place_unknown", place=place))
        elif indicator not in framework.indicators:
            problems.append(ComputationError("indicator_unknown", indicator=indicator))
        elif np.isinf(value):
            problems.append(ComputationError("value_infinite", place=place, indicator=indicator))
        else:
            changed.loc[place, indicator] = value
    if problems:
        raise ComputationError("values_unusable", problems=tuple(problems))
    return changed
