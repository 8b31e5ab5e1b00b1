"""From steps in the indicators' own units to the scores a least-effort plan works with."""

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index import normalise as normalising
from cmi_core.index.build import Result, with_references


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
    method, log = recipe.normalisers[row], bool(recipe.logs[row])
    now = _directed(measures, log, result.values[row])
    moved = now.copy()
    moved[0, column] = _directed(measures, log, np.array([value]))[0, 0]
    line = normalising.yardstick(now, measures, method)
    if line is None:
        return float(normalising.normalise_rows(moved, measures, (method,))[0, column])
    if method.name == "ordinal":  # refuses a value off the scale
        normalising.yardstick(moved, measures, method)
    return float(line.scores(moved[:, column : column + 1])[0, 0])


def _directed(measures: normalising.Measures, log: bool, values: np.ndarray) -> np.ndarray:
    """Give d·x of one indicator (1 × n), logarithms taken where it asks for them."""
    if log and (values <= 0).any():
        raise ComputationError("log_of_nothing", code=measures.codes[0])
    return ((np.log(values) if log else values) * measures.direction[0])[None, :]
