"""Places with too little data, told before anything is computed (COINr `Screen`)."""

import pandas as pd


def availability(values: pd.DataFrame) -> pd.DataFrame:
    """
    Share of indicators each place (row) has, and the share of those that are zero.

    >>> table = pd.DataFrame({"a": [1.0, 0.0], "b": [2.0, None]}, index=["x", "y"])
    >>> availability(table).loc["y"].tolist()
    [0.5, 1.0]
    """
    present = values.notna().mean(axis=1)
    zeros = (values == 0).sum(axis=1) / values.notna().sum(axis=1)
    return pd.DataFrame({"present": present, "zeros": zeros})


def screen(
    values: pd.DataFrame, *, present: float, keep: tuple[str, ...] = (), drop: tuple[str, ...] = ()
) -> pd.DataFrame:
    """
    Keep the places with at least the share `present` of the indicators.

    `keep` and `drop` name places that stay or go whatever they have.
    """
    enough = (values.notna().mean(axis=1) >= present) | values.index.isin(keep)
    return values[enough & ~values.index.isin(drop)]
