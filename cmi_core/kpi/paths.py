"""The plan a KPI is judged by, and its path: baseline, milestones and target over time."""

from dataclasses import dataclass
from itertools import pairwise

from cmi_core.calendar.periods import parse

DIRECTIONS = ("higher", "lower", "band")
TOTALS = ("none", "stated", "summed")
Path = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    What a KPI is judged by, as its definition holds it; periods are stored codes, values in its unit.

    `direction` is "higher", "lower" or "band". A band has a lower or an upper bound or both, and
    `target_period` is when it should be reached. `totals` says what the recorded values are:

    - "none": a level of its own period (a rate, a stock, an amount per year);
    - "stated": a running total as its recorder states it, the baseline included;
    - "summed": amounts per period, judged by the baseline plus all amounts since, none missing.
    """

    direction: str
    baseline: float | None = None
    baseline_period: str | None = None
    target: float | None = None
    target_period: str | None = None
    milestones: tuple[tuple[str, float], ...] = ()
    band_lower: float | None = None
    band_upper: float | None = None
    totals: str = "none"


def no_goal(plan: Plan) -> str | None:
    """Why nothing is stated that a value could reach (a reason code), or None."""
    if plan.direction != "band":
        return "no_target" if plan.target is None else None
    if plan.band_lower is None and plan.band_upper is None:
        return "no_band"
    reversed_bounds = None not in (plan.band_lower, plan.band_upper) and _width(plan) < 0
    return "band_reversed" if reversed_bounds else None


def no_path(plan: Plan) -> str | None:
    """Why there is no path from the baseline to the target (a reason code), or None."""
    if reason := no_goal(plan):
        return reason
    if plan.baseline is None:
        return "no_baseline"
    if plan.baseline_period is None or plan.target_period is None:
        return "no_target_period" if plan.baseline_period else "no_baseline_period"
    if improvement(plan, plan.baseline, plan.target or 0.0) < 0 and plan.direction != "band":
        return "target_against_direction"
    return _out_of_order(plan, plan.baseline_period, plan.target_period)


def expected_path(plan: Plan) -> Path:
    """
    The corners of the path as (position in years, value), for a chart; empty if there is none.

    For a band it is the path of the distance to the band, straight down to 0.
    """
    if no_path(plan) or plan.baseline is None or plan.baseline_period is None or plan.target_period is None:
        return ()
    start, end = parse(plan.baseline_period).position, parse(plan.target_period).position
    if plan.direction == "band":
        return ((start, distance(plan, plan.baseline)), (end, 0.0))
    between = sorted((parse(code).position, float(value)) for code, value in plan.milestones)
    return ((start, float(plan.baseline)), *between, (end, float(plan.target or 0.0)))


def on_path(path: Path, position: float) -> float:
    """
    The height of a path at a position in years; level before its start and after its end.

    >>> on_path(((2021.0, 30.0), (2031.0, 20.0)), 2025.0)
    26.0
    """
    if position <= path[0][0]:
        return path[0][1]
    for (before, low), (after, high) in pairwise(path):
        if position < after:
            return low + (high - low) * ((position - before) / (after - before))
    return path[-1][1]


def distance(plan: Plan, value: float) -> float:
    """How far a value lies outside the band, in the KPI's unit; 0 inside."""
    below = 0.0 if plan.band_lower is None else plan.band_lower - value
    above = 0.0 if plan.band_upper is None else value - plan.band_upper
    return max(0.0, below, above)


def improvement(plan: Plan, before: float, after: float) -> float:
    """The change from one value to another, positive where it is for the better; for a band, of distances."""
    return after - before if plan.direction == "higher" else before - after


def _out_of_order(plan: Plan, first: str, last: str) -> str | None:
    """Whether baseline, milestones and target follow each other in time: a reason code, or None."""
    start, end = parse(first).position, parse(last).position
    places = [parse(code).position for code, _ in plan.milestones]
    if end <= start:
        return "target_not_after_baseline"
    inside = all(start < place < end for place in places)
    return None if inside and len(set(places)) == len(places) else "milestone_off_path"


def _width(plan: Plan) -> float:
    return (plan.band_upper or 0.0) - (plan.band_lower or 0.0)
