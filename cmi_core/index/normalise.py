"""
Normalising: indicator values become scores that can be averaged.

Methods and conventions are those of the OECD/JRC Handbook on Constructing Composite Indicators (2008, step 5)
as COINr 1.1 computes them: every method acts on d·x, d = +1 where higher is better and -1 where lower is.
A column in which all places are equal has no spread, so what divides by the spread gives no score (NaN).
"""

import math
from typing import Final, NamedTuple

import numpy as np

from cmi_core.errors import ComputationError
from cmi_core.index.rank import TIES, rank_rows


class Method(NamedTuple):
    """A normaliser's name and its parameters, as parsed from `name:parameter:…`."""

    name: str
    parameters: tuple = ()

    def __str__(self) -> str:
        return ":".join([self.name, *(f"{p:g}" if isinstance(p, float) else str(p) for p in self.parameters)])


class Measures(NamedTuple):
    """What is laid down for k indicators: arrays of length k, NaN or an empty tuple where nothing is."""

    codes: tuple[str, ...]
    direction: np.ndarray  # +1.0 or -1.0
    lower: np.ndarray
    upper: np.ndarray
    target: np.ndarray
    scale: tuple[tuple[float, ...], ...]
    reference: np.ndarray  # row number of the reference place, -1 where none

    def rows(self, chosen: np.ndarray) -> "Measures":
        """Keep the chosen indicators (row numbers)."""
        return Measures(
            tuple(self.codes[row] for row in chosen),
            self.direction[chosen],
            self.lower[chosen],
            self.upper[chosen],
            self.target[chosen],
            tuple(self.scale[row] for row in chosen),
            self.reference[chosen],
        )


class Yardstick(NamedTuple):
    """
    The straight line of a linear method, per indicator: base + height · (d·x - origin) / span, then cut.

    Kept apart from the values so that a what-if may hold the yardstick still while a value moves.
    """

    origin: np.ndarray
    span: np.ndarray  # NaN: no spread, no score
    height: float = 1.0
    base: float = 0.0
    floor: float = -math.inf
    ceiling: float = math.inf

    def scores(self, directed: np.ndarray) -> np.ndarray:
        """Score d·x (k × n)."""
        shares = (directed - self.origin[:, None]) / self.span[:, None]
        if self.height != 1.0:
            shares *= self.height
        if self.base:
            shares += self.base
        if math.isinf(self.floor) and math.isinf(self.ceiling):
            return shares
        return np.clip(shares, self.floor, self.ceiling)


NUMBERS: Final = {
    "minmax": (0.0, 100.0),
    "zscore": (0.0, 1.0),
    "scaled": (0.0, 100.0),
    "ordinal": (0.0, 100.0),
    "goalposts": (0.0, 100.0),
}
RANKED: Final = ("rank", "percentile-rank", "borda")
CAPPED: Final = ("distance-to-target", "distance-to-reference")
NAMES: Final = (
    *NUMBERS, *RANKED, *CAPPED, "distance-to-maximum", "fraction-of-maximum", "none",
)  # fmt: skip
ALIASES: Final = {
    "min-max": "minmax",
    "z-score": "zscore",
    "prank": "percentile-rank",
    "raw": "none",
    "fracmax": "fraction-of-maximum",
    "dist2targ": "distance-to-target",
    "dist2max": "distance-to-maximum",
    "dist2ref": "distance-to-reference",
    "distance-to-max": "distance-to-maximum",
}


def parse(spec: str) -> Method:
    """
    Read a method as written on the command line or in a framework's `normalise` column.

    `minmax:L:U`, `zscore:M:S`, `scaled:L:U`, `ordinal:L:U`, `rank[:ties]`, `percentile-rank[:ties]`,
    `borda[:ties]`, `goalposts[:L:U][:uncut]`, `distance-to-target[:cap]`,
    `distance-to-reference[:place][:cap]`, `distance-to-maximum`, `fraction-of-maximum`, `none`. Raises
    `ComputationError` for anything else.

    >>> parse("minmax:0:100")
    Method(name='minmax', parameters=(0.0, 100.0))
    >>> parse("rank").parameters
    ('min',)
    """
    name, *rest = (part.strip() for part in str(spec).strip().split(":"))
    name = name.lower().replace("_", "-")
    name = ALIASES.get(name, name)
    if name not in NAMES:
        raise ComputationError("normalise_unknown", method=spec, known=", ".join(NAMES))
    try:
        return Method(name, _parameters(name, rest))
    except ValueError:
        raise ComputationError("normalise_parameters", method=spec) from None


def _parameters(name: str, rest: list[str]) -> tuple:
    if name in RANKED:
        ties = "".join(rest).lower() or "min"
        ties = {"avg": "average"}.get(ties, ties)
        return (_only(ties, TIES),)
    if name == "goalposts":
        uncut = rest[-1:] == ["uncut"]
        ends = rest[:-1] if uncut else rest
        bottom, top = _numbers(name, ["0", *ends] if len(ends) == 1 else ends)
        return (bottom, top, *(["uncut"] if uncut else []))
    if name in NUMBERS:
        return _numbers(name, rest)
    if name in CAPPED:
        cap = rest[-1:] == ["cap"]
        place = rest[:-1] if cap else rest
        if name == "distance-to-target":
            _none_left(place)
        return (":".join(place), cap)
    _none_left(rest)
    return ()


def _numbers(name: str, rest: list[str]) -> tuple[float, float]:
    if not rest:
        return NUMBERS[name]
    first, second = map(_number, rest)
    if (name == "zscore" and second <= 0) or (name != "zscore" and first >= second):
        raise ValueError(name)
    return first, second


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _only(word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise ValueError(word)
    return word


def _none_left(rest: list[str]) -> None:
    if rest:
        raise ValueError(rest)


def extremes(directed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest of each row (k × n), gaps left out; NaN for a row of gaps only."""
    return np.fmin.reduce(directed, axis=1), np.fmax.reduce(directed, axis=1)


def _spread(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.where(high > low, high - low, np.nan)


def _minmax(directed: np.ndarray, _measures: Measures, method: Method) -> Yardstick:
    low, high = extremes(directed)
    bottom, top = method.parameters
    # with a base other than 0 rounding may carry the best a bit beyond the top
    floor, ceiling = (bottom, top) if bottom else (-math.inf, math.inf)
    return Yardstick(low, _spread(low, high), top - bottom, bottom, floor, ceiling)


def _zscore(directed: np.ndarray, _measures: Measures, method: Method) -> Yardstick:
    low, high = extremes(directed)
    present = ~np.isnan(directed)
    count = present.sum(axis=1)
    mean = np.where(present, directed, 0.0).sum(axis=1) / np.maximum(count, 1)
    away = np.where(present, directed - mean[:, None], 0.0)
    # squares of shares of the largest, so that very small or large values neither vanish nor overflow
    largest = np.abs(away).max(axis=1, initial=0.0)
    if np.isinf(largest).any():
        raise ComputationError("score_overflow")
    shares = away / np.where(largest > 0, largest, 1.0)[:, None]
    deviation = largest * np.sqrt((shares**2).sum(axis=1) / np.maximum(count - 1, 1))
    middle, unit = method.parameters
    return Yardstick(mean, np.where(high > low, deviation, np.nan), unit, middle)


def _goalposts(_directed: np.ndarray, measures: Measures, method: Method) -> Yardstick:
    for code, low, high in zip(measures.codes, measures.lower, measures.upper, strict=True):
        if not high > low:
            raise ComputationError("goalposts_missing", code=code)
    bottom, top = method.parameters[:2]
    origin = np.where(measures.direction > 0, measures.lower, -measures.upper)
    floor, ceiling = (-math.inf, math.inf) if "uncut" in method.parameters else (bottom, top)
    return Yardstick(origin, measures.upper - measures.lower, top - bottom, bottom, floor, ceiling)


def _scaled(_directed: np.ndarray, measures: Measures, method: Method) -> Yardstick:
    bottom, top = method.parameters
    k = len(measures.codes)
    return Yardstick(np.full(k, bottom), np.full(k, top - bottom), 100.0)


def _ordinal(directed: np.ndarray, measures: Measures, method: Method) -> Yardstick:
    scales = [
        scale or _whole_steps(low, high)
        for scale, low, high in zip(measures.scale, measures.lower, measures.upper, strict=True)
    ]
    for code, row, way, scale in zip(measures.codes, directed, measures.direction, scales, strict=True):
        if not scale:
            raise ComputationError("scale_missing", code=code)
        outside = row[~np.isnan(row) & ~np.isin(row * way, scale)] * way
        if outside.size:
            raise ComputationError("value_off_scale", code=code, value=float(outside[0]))
    ends = np.array([(scale[0], scale[-1]) for scale in scales])
    bottom, top = method.parameters
    origin = np.where(measures.direction > 0, ends[:, 0], -ends[:, 1])
    return Yardstick(origin, ends[:, 1] - ends[:, 0], top - bottom, bottom)


def _whole_steps(low: float, high: float) -> tuple[float, ...]:
    """Take the whole numbers between two goalposts as a scale; nothing where they are no such posts."""
    if not high > low or low % 1 or high % 1 or high - low > 1000:
        return ()
    return tuple(float(step) for step in range(int(low), int(high) + 1))


def _to_target(directed: np.ndarray, measures: Measures, method: Method) -> Yardstick:
    low, _ = extremes(directed)
    span = measures.direction * measures.target - low
    for code, target, reach in zip(measures.codes, measures.target, span, strict=True):
        if math.isnan(target):
            raise ComputationError("target_missing", code=code)
        if reach < 0:
            raise ComputationError("target_below_worst", code=code, target=float(target))
    span = np.where(span > 0, span, np.nan)
    return Yardstick(low, span, ceiling=1.0 if method.parameters[1] else math.inf)


def _to_maximum(directed: np.ndarray, _measures: Measures, _method: Method) -> Yardstick:
    low, high = extremes(directed)
    return Yardstick(low, _spread(low, high))


def _to_reference(directed: np.ndarray, measures: Measures, method: Method) -> Yardstick:
    for code, row in zip(measures.codes, measures.reference, strict=True):
        if row < 0:
            raise ComputationError("reference_missing", code=code)
    low, _ = extremes(directed)
    there = np.take_along_axis(directed, measures.reference[:, None], axis=1)[:, 0]
    return Yardstick(low, _spread(low, there), ceiling=1.0 if method.parameters[1] else math.inf)


def _none(_directed: np.ndarray, measures: Measures, _method: Method) -> Yardstick:
    k = len(measures.codes)
    return Yardstick(np.zeros(k), np.ones(k))


LINEAR: Final = {
    "minmax": _minmax, "zscore": _zscore, "goalposts": _goalposts, "scaled": _scaled, "ordinal": _ordinal,
    "distance-to-target": _to_target, "distance-to-maximum": _to_maximum,
    "distance-to-reference": _to_reference, "none": _none,
}  # fmt: skip


def yardstick(directed: np.ndarray, measures: Measures, method: Method) -> Yardstick | None:
    """
    Fit the line of a linear method to d·x (k × n); None for a method by ranks or reciprocals.

    Raises `ComputationError("score_overflow")` where values lie too far apart to be subtracted.
    """
    fit = LINEAR.get(method.name)
    if not fit:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        line = fit(directed, measures, method)
    if np.isinf(line.span).any() or np.isinf(line.origin).any():
        raise ComputationError("score_overflow")
    return line


def by_rank(directed: np.ndarray, method: Method) -> np.ndarray:
    """
    Score by rank (k × n): 1 = lowest; percentile rank = (rank-1)/(present-1); Borda = rank-1.

    >>> by_rank(np.array([[5.0, 7.0, 7.0]]), parse("borda")).tolist()
    [[0.0, 1.0, 1.0]]
    """
    ranks = rank_rows(directed, ties=method.parameters[0], highest_first=False, noise=0.0)
    if method.name == "rank":
        return ranks
    if method.name == "borda":
        return ranks - 1
    present = (~np.isnan(directed)).sum(axis=1, keepdims=True).astype(float)
    present[present < 2] = np.nan
    return (ranks - 1) / (present - 1)


def fraction_of_maximum(directed: np.ndarray, measures: Measures) -> np.ndarray:
    """
    x / max where higher is better, min / x where lower is (k × n), so that the best place has 1.

    COINr divides negative numbers where lower is better and ranks the worst place first; we do not. Needs a
    maximum, or where lower is better a minimum, above zero.
    """
    higher = measures.direction > 0
    values = directed * measures.direction[:, None]
    low, high = extremes(values)
    for code, least in zip(measures.codes, np.where(higher, high, low), strict=True):
        if least <= 0:
            raise ComputationError("fraction_needs_positive", code=code, value=float(least))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(higher[:, None], values / high[:, None], low[:, None] / values)


def normalise_rows(directed: np.ndarray, measures: Measures, methods: tuple[Method, ...]) -> np.ndarray:
    """
    Scores (k × n) of directed values d·x (k × n, NaN = missing), one method per indicator.

    Raises `ComputationError` where a method lacks what it needs (goalposts, a target, a scale, a reference).
    """
    if len(set(methods)) == 1:
        return _one_method(directed, measures, methods[0])
    scores = np.empty(directed.shape)
    for method in dict.fromkeys(methods):
        chosen = np.array([row for row, its in enumerate(methods) if its == method])
        scores[chosen] = _one_method(directed[chosen], measures.rows(chosen), method)
    return scores


def _one_method(directed: np.ndarray, measures: Measures, method: Method) -> np.ndarray:
    line = yardstick(directed, measures, method)
    if line is not None:
        return line.scores(directed)
    if method.name == "fraction-of-maximum":
        return fraction_of_maximum(directed, measures)
    return by_rank(directed, method)
