"""
Which choice a result hangs on: first-order and total Sobol indices with intervals.

Saltelli and others (2010) as `scipy.stats.sobol_indices` computes them, on a quasi-random sample. Every
scenario is computed once and looked up, so an input that changes nothing has indices of exactly 0.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index import aggregate as aggregating
from cmi_core.index import normalise as normalising
from cmi_core.index.rank import rank_rows
from cmi_core.index.scenarios import (
    Choice,
    Scenarios,
    block_of,
    noise_per_node,
    nominal_shares,
    perturbed_shares,
)
from cmi_core.index.uncertainty import Progress

INPUTS: Final = ("weights", "impute", "normalise", "aggregate")
Lookup = Callable[[np.ndarray], np.ndarray]
OUTPUTS: Final = ("rank_shift", "rank", "score")


def sobol(  # all but two by keyword
    scenarios: Scenarios,
    *,
    seed: int,
    output: str = "rank_shift",
    place: str = "",
    sample: int = 1024,
    weight_noise: float | Sequence[float] = 0.25,
    confidence: float = 0.95,
    resamples: int = 300,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """
    Indices of the inputs `weights`, `impute`, `normalise` and `aggregate`, one row each.

    `output` is `rank_shift` (mean absolute shift of ranks from the nominal ones) or one place's `rank` or
    `score`. `sample` is a power of 2; scenarios number at most sample × alternatives. The weights input picks
    one of `sample` drawn sets of weights. Columns: input, options, first, first_lower, first_upper, total,
    total_lower, total_upper; bootstrap intervals. An output that never moves has indices of 0.
    """
    if sample < 2 or sample & (sample - 1):
        raise ComputationError("sample_no_power_of_two", sample=sample)
    if not 0 < confidence < 1:
        raise ComputationError("confidence_not_a_share", confidence=confidence)
    noise = noise_per_node(scenarios.framework, weight_noise)
    sets = sample if noise.any() else 1
    options = [("weights", [str(n) for n in range(sets)]), *_alternatives(scenarios)]
    maps = [np.array([every.index(one) for one in every]) for _, every in options]
    outputs = _outputs(
        scenarios, _drawn(scenarios, noise, sets, seed), _measure(scenarios, output, place), progress
    )
    lookup = _lookup(outputs, maps)
    found = np.zeros((6, len(options)))
    if np.ptp(outputs) > 0:
        found = _indices(
            lookup, len(options), sample=sample, confidence=confidence, resamples=resamples, seed=seed
        )
    columns = ["first", "first_lower", "first_upper", "total", "total_lower", "total_upper"]
    table = pd.DataFrame(found.T, columns=columns)
    table.insert(0, "input", [name for name, _ in options])
    table.insert(1, "options", [len(np.unique(m)) for m in maps])
    return table


def _alternatives(scenarios: Scenarios) -> list[tuple[str, list[str]]]:
    """Name each stage's alternatives the same way when they mean the same."""

    def levels(spec: str | tuple[str, ...]) -> str:
        return ",".join(str(aggregating.parse(part)) for part in ([spec] if isinstance(spec, str) else spec))

    return [
        ("impute", list(scenarios.impute)),
        ("normalise", [str(normalising.parse(spec)) for spec in scenarios.normalise]),
        ("aggregate", [levels(spec) for spec in scenarios.aggregate]),
    ]


def _drawn(scenarios: Scenarios, noise: np.ndarray, sets: int, seed: int) -> np.ndarray:
    if sets == 1:
        return nominal_shares(scenarios.framework)
    random = np.random.default_rng(seed)
    return perturbed_shares(scenarios.framework, noise, random.random((len(noise), sets)))


def _measure(scenarios: Scenarios, output: str, place: str) -> Lookup:
    """Give the function from scores (places × r) to the output studied (r,)."""
    if output not in OUTPUTS:
        raise ComputationError("output_unknown", output=output, known=", ".join(OUTPUTS))
    nominal = scenarios.scores(scenarios.choices()[0], nominal_shares(scenarios.framework))[:, 0]
    ranks = rank_rows(nominal[None, :])

    def shift(scores: np.ndarray) -> np.ndarray:
        moved = np.abs(rank_rows(np.ascontiguousarray(scores.T)) - ranks)
        present = ~np.isnan(moved)
        return np.where(present, moved, 0.0).sum(axis=1) / np.maximum(present.sum(axis=1), 1)

    if output == "rank_shift":
        return shift
    if place not in scenarios.names:
        raise ComputationError("place_unknown", place=place)
    row = scenarios.names.index(place)
    if output == "score":
        return lambda scores: scores[row]
    return lambda scores: rank_rows(np.ascontiguousarray(scores.T))[:, row]


def _outputs(
    scenarios: Scenarios, shares: np.ndarray, measure: Lookup, progress: Progress | None
) -> np.ndarray:
    """Compute the output for every set of weights and every combination of alternatives, each once."""
    shape = [len(getattr(scenarios, stage)) for stage in ("impute", "normalise", "aggregate")]
    found = np.empty((shares.shape[1], *shape))
    done: dict[Choice, np.ndarray] = {}
    block = block_of(len(scenarios.names))
    for number, (cell, choice) in enumerate(zip(np.ndindex(*shape), scenarios.choices(), strict=True)):
        if choice not in done:
            parts = []
            for start in range(0, shares.shape[1], block):
                parts.append(measure(scenarios.scores(choice, shares[:, start : start + block])))
                if progress:
                    progress((number + min(1.0, (start + block) / shares.shape[1])) / np.prod(shape))
            done[choice] = np.concatenate(parts)
        found[(slice(None), *cell)] = done[choice]
        if progress:
            progress((number + 1) / np.prod(shape))
    if np.isnan(found).any():
        raise ComputationError("output_missing")
    return found


def _lookup(outputs: np.ndarray, maps: list[np.ndarray]) -> Lookup:
    """Give the function from points of the unit cube (inputs × r) to the outputs computed there (1 × r)."""

    def lookup(unit: np.ndarray) -> np.ndarray:
        cuts = [np.minimum((u * len(m)).astype(int), len(m) - 1) for u, m in zip(unit, maps, strict=True)]
        return outputs[tuple(m[cut] for m, cut in zip(maps, cuts, strict=True))][None, :]

    return lookup


def _indices(  # all but two by keyword
    lookup: Lookup, inputs: int, *, sample: int, confidence: float, resamples: int, seed: int
) -> np.ndarray:
    """
    Estimate first-order and total indices, each with its lower and upper end (6 × inputs).

    scipy's own bootstrap takes no seed, so rows of the sample are redrawn here (percentile intervals).
    """
    from scipy.stats import qmc, sobol_indices  # noqa: PLC0415  # half a second that only this function needs

    points = qmc.Sobol(2 * inputs, rng=np.random.default_rng(seed)).random(sample).T
    one, other = points[:inputs], points[inputs:]
    mixed = np.repeat(one[None], inputs, axis=0)
    mixed[np.arange(inputs), np.arange(inputs)] = other
    runs = {"f_A": lookup(one), "f_B": lookup(other), "f_AB": np.array([lookup(each) for each in mixed])}

    def estimate(rows: np.ndarray) -> np.ndarray:
        drawn = {name: run[..., rows] for name, run in runs.items()}
        if np.ptp([drawn["f_A"], drawn["f_B"]]) == 0:
            return np.zeros((2, inputs))
        found = sobol_indices(func=drawn, n=len(rows))
        return np.array([found.first_order, found.total_order]).reshape(2, inputs)

    random = np.random.default_rng([seed, 1])
    spread = np.array([estimate(random.integers(sample, size=sample)) for _ in range(resamples)])
    low, high = np.quantile(spread, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    first, total = estimate(np.arange(sample))
    return np.array([first, low[0], high[0], total, low[1], high[1]])
