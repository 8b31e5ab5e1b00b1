"""Filling gaps before anything is computed, and saying which cells were filled (OECD/JRC 2008, step 3)."""

from typing import Final

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError

METHODS: Final = ("none", "mean", "median", "group-mean", "group-median")


def check_method(method: str) -> None:
    """Raise `ComputationError` unless `method` is one of `METHODS`."""
    if method not in METHODS:
        raise ComputationError("impute_unknown", method=method, known=", ".join(METHODS))


def impute_rows(rows: np.ndarray, method: str, groups: np.ndarray | None = None) -> np.ndarray:
    """
    Copy of `rows` (k indicators × n places) with gaps filled from the same indicator.

    `groups` (n,) are group numbers, -1 for a place without one, whose gaps stay, as do those of a group or an
    indicator without any value.
    """
    check_method(method)
    if method == "none" or not np.isnan(rows).any():
        return rows
    if not method.startswith("group-"):
        return _filled(rows, method)
    if groups is None:
        raise ComputationError("groups_missing", method=method)
    filled = rows.copy()
    for group in np.unique(groups[groups >= 0]):
        members = groups == group
        filled[:, members] = _filled(rows[:, members], method.removeprefix("group-"))
    return filled


def _filled(rows: np.ndarray, method: str) -> np.ndarray:
    gaps = np.isnan(rows)
    known = ~gaps.all(axis=1)
    centre = np.full(len(rows), np.nan)
    average = np.nanmedian if method == "median" else np.nanmean
    if rows.shape[1]:
        centre[known] = average(rows[known], axis=1)
    return np.where(gaps, centre[:, None], rows)


def group_numbers(groups: pd.Series, places: tuple[str, ...]) -> np.ndarray:
    """Number the group of every place (n,), -1 where it has none; `groups` is indexed by place."""
    labels = groups.replace("", np.nan).reindex(list(places))
    return np.asarray(pd.factorize(labels)[0])


def impute(
    values: pd.DataFrame, *, method: str, groups: pd.Series | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Fill the gaps of a table (places × indicators); also give the mask of the cells that were filled.

    >>> table = pd.DataFrame({"patents": [2.0, None, 4.0]})
    >>> filled, mask = impute(table, method="mean")
    >>> filled["patents"].tolist(), mask["patents"].tolist()
    ([2.0, 3.0, 4.0], [False, True, False])
    """
    before = values.to_numpy(float)
    numbers = None if groups is None else group_numbers(groups, tuple(values.index))
    after = impute_rows(before.T, method, numbers).T
    mask = np.isnan(before) & ~np.isnan(after)
    filled = pd.DataFrame(after, index=values.index, columns=values.columns)
    return filled, pd.DataFrame(mask, index=values.index, columns=values.columns)
