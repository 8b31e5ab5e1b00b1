"""
Forecast: where the trend of a KPI leads by its target period, and what it would need per period.

The trend is Theil and Sen's: the median of the slopes between all pairs of values, which one odd value
cannot bend (scipy.stats.theilslopes). It knows no seasons and no natural limits, and is a line through the
past, not a promise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import isfinite

import numpy as np
from scipy.stats import theilslopes

from cmi_core.calendar.periods import MONTHS, Period, between, containing, following, parse
from cmi_core.kpi.paths import Plan, distance, improvement, no_goal

LEAST_VALUES = 5
MOST_VALUES = 120  # of the latest; pairs grow with the square
CONFIDENCE = 0.90
SPREADS = 1.645 * 1.4826  # from the median of deviations to the half-width that holds 90 % of normal ones


@dataclass(frozen=True)
class Forecast:
    """
    The trend carried on to the target period, in the KPI's unit.

    `low` to `high` is the 90 % band: the interval of the slope, widened by the spread around the trend.
    `outlook` is "likely" where the whole band reaches the target, "unlikely" where none of it does, else
    "open". `needed` is the change per period (signed) from the latest value to the target in
    `periods_left`, 0 where it is reached; it is given whenever there is a value and a target. `reason` (catalogue key
    `forecast.reason_<reason>`) says why there is no trend.
    """

    reason: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    per_year: float | None = None
    outlook: str | None = None
    needed: float | None = None
    periods_left: int | None = None
    values_used: int = 0


def forecast(plan: Plan, values: Mapping[str, float | None]) -> Forecast:
    """
    The forecast for a plan's target period from values by period code, all of the latest one's frequency.

    >>> plan = Plan(direction="higher", target=20, target_period="2030")
    >>> result = forecast(plan, {"2020": 1, "2021": 2, "2022": 3, "2023": 99, "2024": 5})
    >>> result.value, result.outlook, result.needed
    (11.0, 'open', 2.5)
    """
    series = _series(plan, values)
    if isinstance(series, str):
        return Forecast(series)
    if reason := no_goal(plan) or (None if plan.target_period else "no_target_period"):
        return Forecast(reason, values_used=len(series))
    last, target = max(series), parse(plan.target_period or "")
    left = int((target.position - last.position) * 12 + 1e-6) // MONTHS[last.frequency]
    if left < 1:
        return Forecast("target_period_over", values_used=len(series), periods_left=0)
    needed = (_aim(plan, series[last]) - series[last]) / left
    if len(series) < LEAST_VALUES:
        return Forecast("too_few_values", needed=needed, periods_left=left, values_used=len(series))
    value, low, high, slope = _trend(series, target.position)
    return Forecast(
        None, value, low, high, slope, _outlook(plan, low, high), needed, left, min(len(series), MOST_VALUES)
    )


def _series(plan: Plan, values: Mapping[str, float | None]) -> dict[Period, float] | str:
    """The values of the latest one's frequency in order of time, summed up where the plan says so."""
    recorded = {parse(code): float(v) for code, v in values.items() if v is not None and isfinite(v)}
    if not recorded:
        return "no_value"
    frequency = max(recorded).frequency
    series = {period: recorded[period] for period in sorted(recorded) if period.frequency == frequency}
    if plan.totals != "summed":
        return series
    if plan.baseline is None or plan.baseline_period is None:
        return "no_baseline"
    first = following(containing(parse(plan.baseline_period).end, frequency))
    wanted = between(first, max(series))
    if not wanted or any(period not in series for period in wanted):
        return "period_missing"
    totals = accumulate((series[period] for period in wanted), initial=plan.baseline)
    return dict(zip(wanted, list(totals)[1:], strict=True))


def _trend(series: Mapping[Period, float], at: float) -> tuple[float, float, float, float]:
    """Value, low and high of the trend at a position in years, and its slope per year."""
    latest = list(series.items())[-MOST_VALUES:]
    years = np.array([period.position for period, _ in latest])
    heights = np.array([height for _, height in latest])
    slope, intercept, low, high = theilslopes(heights, years - at, alpha=CONFIDENCE, method="joint")
    spread = SPREADS * float(np.median(np.abs(heights - (intercept + slope * (years - at)))))
    ahead = at - float(np.median(years))
    value = float(intercept)
    return (
        value,
        value - (slope - low) * ahead - spread,
        value + (high - slope) * ahead + spread,
        float(slope),
    )


def _aim(plan: Plan, value: float) -> float:
    """What is to be reached: the target or the nearest value inside the band; the value itself where it is there."""
    if plan.direction != "band":
        target = float(plan.target or 0.0)
        return value if improvement(plan, target, value) >= 0 else target
    if plan.band_lower is not None and value < plan.band_lower:
        return plan.band_lower
    if plan.band_upper is not None and value > plan.band_upper:
        return plan.band_upper
    return value


def _outlook(plan: Plan, low: float, high: float) -> str:
    if plan.direction == "band":
        lower = -np.inf if plan.band_lower is None else plan.band_lower
        upper = np.inf if plan.band_upper is None else plan.band_upper
        if distance(plan, low) == 0 and distance(plan, high) == 0:
            return "likely"
        return "unlikely" if high < lower or low > upper else "open"
    reached = [improvement(plan, float(plan.target or 0.0), end) >= 0 for end in (low, high)]
    return "likely" if all(reached) else "open" if any(reached) else "unlikely"
