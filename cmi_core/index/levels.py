"""Levels: a name for a range of scores, only from cut points that are data."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, ComputationError
from cmi_core.index.rank import rounded


@dataclass(frozen=True)
class CutPoints:
    """
    Level names from the lowest up, and the score at which each but the first begins.

    A score equal to a cut belongs to the level above it.

    >>> hdi = CutPoints(("low", "medium", "high", "very high"), (0.55, 0.7, 0.8))
    >>> hdi.level_of(np.array([0.549, 0.55, 0.8, np.nan])).tolist()
    ['low', 'medium', 'very high', None]
    """

    names: tuple[str, ...]
    cuts: tuple[float, ...]

    def __post_init__(self) -> None:
        problems = tuple(_problems(self.names, self.cuts))
        if problems:
            raise ComputationError("cut_points_unusable", problems=problems)

    @classmethod
    def from_table(cls, table: pd.DataFrame) -> "CutPoints":
        """Read columns `level` and `from` (the lowest level's `from` is empty), in any order of rows."""
        ordered = table.sort_values("from", na_position="first", kind="stable")
        return cls(tuple(map(str, ordered["level"])), tuple(map(float, ordered["from"].iloc[1:])))

    def number_of(self, scores: np.ndarray, digits: int | None = None) -> np.ndarray:
        """Count the cuts at or below each score, from 0; -1 where there is no score. Shape as given."""
        printed = rounded(np.asarray(scores, dtype=float), digits)
        numbers = np.searchsorted(np.asarray(self.cuts, dtype=float), printed, side="right")
        return np.where(np.isnan(printed), -1, numbers)

    def level_of(self, scores: np.ndarray, digits: int | None = None) -> np.ndarray:
        """Name each score's level, after rounding to `digits` decimals when given; None where no score."""
        names = np.array([*self.names, None], dtype=object)
        return names[self.number_of(scores, digits)]


def _problems(names: tuple[str, ...], cuts: tuple[float, ...]) -> list[CmiError]:
    found: list[CmiError] = []
    if len(names) != len(cuts) + 1:
        found.append(ComputationError("cut_points_count", levels=len(names), cuts=len(cuts)))
    if len(set(names)) != len(names):
        found.append(ComputationError("level_twice", level=next(n for n in names if names.count(n) > 1)))
    if not np.isfinite(cuts).all():
        found.append(ComputationError("cut_not_a_number"))
    elif any(high <= low for low, high in itertools.pairwise(cuts)):
        found.append(ComputationError("cuts_not_rising", cuts=", ".join(f"{cut:g}" for cut in cuts)))
    return found
