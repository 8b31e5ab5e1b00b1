"""From steps in the indicators' own units to the scores a least-effort plan works with."""

import numpy as np
import pandas as pd

from cmi_core import normalise as normalising
from cmi_core.errors import ComputationError
from cmi_core.index import Result, directed, with_references


def scores_after(result: Result, place: str, steps: pd.DataFrame) -> pd.DataFrame:
    """
    Add the `score` each step's `value` would have to a table of `indicator`, `value`, `effort`.

    The yardstick is held still: minimum, maximum, mean and the like are those of `result`, so a value beyond
    the best city scores above 100 unless the method cuts. With methods by rank the place is ranked anew among
    the others. Raises `ComputationError` for an unknown indicator or a value that is no number.
    """
    if place not in result.places:
        raise ComputationError("place_unknown", place=place)
    known = {code: row for row, code in enumerate(result.framework.indicators)}
    scores = []
    for code, value in zip(steps["indicator"], steps["value"], strict=True):
        if code not in known:
            raise ComputationError("indicator_unknown", indicator=code)
        if not np.isfinite(value):
            raise ComputationError("value_infinite", place=place, indicator=code)
        scores.append(_score(result, result.places.index(place), known[code], float(value)))
    found = steps.copy()
    found["score"] = np.array(scores, dtype=float)
    return found


def _score(result: Result, column: int, row: int, value: float) -> float:
    """Score one indicator (row number) of one place (column number) at another value."""
    recipe = result.recipe
    chosen = np.array([row])
    measures = with_references(recipe, result.places).rows(chosen)
    moved = result.values.copy()
    moved[row, column] = value
    new = directed(recipe, moved)[chosen]
    method = recipe.normalisers[row]
    line = normalising.yardstick(directed(recipe, result.values)[chosen], measures, method)
    if line is None:
        return float(normalising.normalise_rows(new, measures, (method,))[0, column])
    if method.name == "ordinal":  # refuses a value off the scale
        normalising.yardstick(new, measures, method)
    return float(line.scores(new)[0, column])
