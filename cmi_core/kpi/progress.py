"""
Progress: a KPI's latest value against its path from baseline through milestones to target.

The rule, written out for readers in docs/progress_rule.md:

1. Each value stands at the end of its period. The path runs in straight lines from the baseline through
   the milestones to the target and is level after that; `expected` is the path at the latest value's period.
2. At or beyond the target: target_achieved.
3. Otherwise ratio = (value - baseline) / (expected - baseline): the change made over the change due by then.
   At least 0.95: substantial_progress; at least 0.60: moderate_progress; at least 0: limited_progress;
   below 0, away from the target: deterioration.
4. Where the path asks for no improvement yet, being on it or ahead is substantial_progress, behind it is
   deterioration.
5. A band is reached by closing the distance to it: inside is target_achieved, outside the distance is judged
   like a KPI that should fall to 0. Where baseline and target are equal, short of it is deterioration.
6. What cannot be judged is not_available, with a reason.

Words and thresholds are Open SDG's (github.com/open-sdg: docs/progress-methodology.md of open-sdg and
ProgressMeasure.py of sdg-build: 0.95, 0.6, 0). Open SDG compares compound annual growth rates, which fail
at zero, across signs and with milestones; on a straight path our ratio is the same comparison made with
the average yearly change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite

from cmi_core.calendar.periods import Period, between, containing, following, parse, position_of
from cmi_core.kpi.paths import Plan, distance, expected_path, improvement, no_goal, no_path, on_path

WORDS = (  # from best to worst
    "target_achieved",
    "substantial_progress",
    "moderate_progress",
    "limited_progress",
    "deterioration",
    "not_available",
)


@dataclass(frozen=True)
class Rule:
    """
    The least ratio of change made to change due that earns each word (Open SDG's by default), and the
    least share of KPIs that must be judged before a goal gets a word.
    """

    substantial: float = 0.95
    moderate: float = 0.60
    limited: float = 0.0
    coverage: float = 0.5


RULE = Rule()


@dataclass(frozen=True)
class Progress:
    """
    How a KPI is doing: one of WORDS, and the figures it rests on.

    `reason` (catalogue key `progress.reason_<reason>`) is set only where the word is not_available.
    `value` is what was judged, in the KPI's unit: the latest value, or the sum for a summed KPI.
    `expected` is the path at that period; for a band, the distance to the band due by then.
    """

    word: str
    reason: str | None = None
    period: str | None = None
    value: float | None = None
    expected: float | None = None
    ratio: float | None = None
    arithmetic: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class RollUp:
    """The KPIs of a goal or a strategy by word: all six counts, and one word where enough are judged."""

    counts: Mapping[str, int]
    total: int
    judged: int
    word: str
    reason: str | None = None

    @property
    def missing(self) -> int:
        return self.total - self.judged


def assess(
    plan: Plan, values: Mapping[str, float | None], *, today: date | None = None, rule: Rule = RULE
) -> Progress:
    """
    The progress shown by the latest of the values, which are given by period code.

    With `today`, the arithmetic also holds `expected_today`, the path on that day.

    >>> plan = Plan(direction="lower", baseline=30, baseline_period="2020", target=20, target_period="2030")
    >>> result = assess(plan, {"2024": 27})
    >>> result.word, result.expected, round(result.ratio, 3)
    ('moderate_progress', 26.0, 0.75)
    """
    recorded = {parse(code): float(v) for code, v in values.items() if v is not None and isfinite(v)}
    if not recorded:
        return Progress("not_available", "no_value")
    period = max(recorded)
    value: float | str = recorded[period]
    if plan.totals == "summed" and no_path(plan) is None:
        value = _sum_since_baseline(plan, recorded, period)
    if isinstance(value, str):
        return Progress("not_available", value, period.code, recorded[period])
    known = Progress("not_available", period=period.code, value=value)
    if reason := no_goal(plan):
        return _with(known, reason=reason)
    if reason := no_path(plan):
        return _without_path(plan, known, reason)
    return _on_its_path(plan, known, period=period, today=today, rule=rule)


def roll_up(words: Iterable[str], *, rule: Rule = RULE) -> RollUp:
    """
    One picture of many KPIs that never hides a missing one.

    Give the words of all KPIs of the goal or strategy, those without data too; for a strategy its KPIs',
    not its goals' words, so that each KPI counts once. The one word is given only where at least
    `rule.coverage` of the KPIs are judged. It is the middle of the judged words in order (of two middles
    the worse), so more than half are at least that good; target_achieved needs every KPI, none missing.

    >>> goal = roll_up(["target_achieved", "target_achieved", "not_available"])
    >>> goal.word, goal.judged, goal.missing
    ('substantial_progress', 2, 1)
    """
    given = list(words)
    counts = {word: given.count(word) for word in WORDS}
    if sum(counts.values()) != len(given):
        raise ValueError(f"not a progress word: {sorted(set(given) - set(WORDS))}")
    judged = sorted((word for word in given if word != "not_available"), key=WORDS.index)
    if not given:
        return RollUp(counts, 0, 0, "not_available", "no_kpis")
    if not judged or len(judged) < rule.coverage * len(given):
        return RollUp(counts, len(given), len(judged), "not_available", "too_few_judged")
    word = judged[len(judged) // 2]
    if word == "target_achieved" and counts[word] < len(given):
        word = "substantial_progress"
    return RollUp(counts, len(given), len(judged), word)


def _on_its_path(plan: Plan, known: Progress, *, period: Period, today: date | None, rule: Rule) -> Progress:
    """The word for a value beside the path of a plan without fault."""
    path, judged = expected_path(plan), _judged(plan, known)
    (start, baseline), (end, target) = path[0], path[-1]
    expected = on_path(path, period.position)
    arithmetic: dict[str, object] = {
        "direction": plan.direction,
        "value": known.value,
        "judged": judged,
        "baseline": baseline,
        "baseline_period": plan.baseline_period,
        "target": target,
        "target_period": plan.target_period,
        "expected": expected,
        "change_made": judged - baseline,
        "change_due": expected - baseline,
        "past_target_period": period.position > end,
    }
    if today:
        arithmetic["expected_today"] = on_path(path, position_of(today))
    word, ratio = _word(
        made=improvement(plan, baseline, judged),
        due=improvement(plan, baseline, expected),
        whole=improvement(plan, baseline, target),
        rule=rule,
    )
    reason = None
    if period.position < start:
        word, ratio, reason = "not_available", None, "value_before_baseline"
    elif period.position == start and word != "target_achieved":
        word, ratio, reason = "not_available", None, "value_at_baseline"
    return Progress(word, reason, known.period, known.value, expected, ratio, arithmetic)


def _without_path(plan: Plan, known: Progress, reason: str) -> Progress:
    """A target may be seen to be achieved where no path to it can be drawn, unless the plan is at odds."""
    open_ends = {"no_baseline", "no_baseline_period", "no_target_period"}
    target, judged = 0.0 if plan.direction == "band" else plan.target or 0.0, _judged(plan, known)
    arithmetic = {"direction": plan.direction, "value": known.value, "judged": judged, "target": target}
    if reason in open_ends and plan.totals != "summed" and improvement(plan, target, judged) >= 0:
        return Progress("target_achieved", None, known.period, known.value, arithmetic=arithmetic)
    return _with(known, reason=reason, arithmetic=arithmetic)


def _word(*, made: float, due: float, whole: float, rule: Rule) -> tuple[str, float | None]:
    """The word and the ratio for the improvement made, due by now, and wanted in all."""
    ratio = made / due if due > 0 else None
    tolerance = 1e-9 * whole
    if made >= whole - tolerance:
        return "target_achieved", ratio
    if ratio is None:
        return ("substantial_progress" if made >= due - tolerance else "deterioration"), None
    thresholds = (rule.substantial, rule.moderate, rule.limited)
    for word, least in zip(WORDS[1:4], thresholds, strict=True):
        if ratio >= least - 1e-9:
            return word, ratio
    return "deterioration", ratio


def _sum_since_baseline(plan: Plan, recorded: Mapping[Period, float], last: Period) -> float | str:
    """The baseline and all amounts since, or the reason why there is no such sum."""
    base = parse(plan.baseline_period or "")
    first = following(containing(base.end, last.frequency))
    if last < first:
        return "value_before_baseline" if last < base else "value_at_baseline"
    wanted = between(first, last)
    if any(period not in recorded for period in wanted):
        return "period_missing"
    return float(plan.baseline or 0.0) + sum(recorded[period] for period in wanted)


def _judged(plan: Plan, known: Progress) -> float:
    """What is held against the path: the value, or for a band its distance to the band."""
    value = float(known.value or 0.0)
    return distance(plan, value) if plan.direction == "band" else value


def _with(known: Progress, *, reason: str, arithmetic: Mapping[str, object] | None = None) -> Progress:
    return Progress("not_available", reason, known.period, known.value, arithmetic=arithmetic or {})
