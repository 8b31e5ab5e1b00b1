"""Sizes taken out: indicators divided by population, area or output before cities are compared."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError


def denominate(
    values: pd.DataFrame,
    denominators: pd.DataFrame,
    *,
    by: Mapping[str, str],
    per: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """
    Divide indicators by the column `by` names for them, times `per` (patents per 100,000 people: 1e5).

    Both tables have places as index. A missing or zero denominator leaves a gap. Source: COINr `Denominate`.

    >>> people = pd.DataFrame({"population": [2.0, 0.0]})
    >>> table = pd.DataFrame({"patents": [6.0, 6.0]})
    >>> denominate(table, people, by={"patents": "population"})["patents"].tolist()
    [3.0, nan]
    """
    found = values.copy()
    for code, column in by.items():
        if code not in values.columns or column not in denominators.columns:
            raise ComputationError("denominator_unknown", code=code, column=column)
        size = denominators[column].reindex(values.index).astype(float)
        found[code] = values[code] / size.where(size != 0, np.nan) * (per or {}).get(code, 1.0)
    return found
