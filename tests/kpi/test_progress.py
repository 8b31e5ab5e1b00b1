from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cmi_core.kpi.paths import Plan
from cmi_core.kpi.progress import WORDS, Rule, assess, roll_up

RISE = Plan(direction="higher", baseline=0.0, baseline_period="2020", target=100.0, target_period="2030")
BAND = Plan(
    direction="band",
    baseline=20.0,
    baseline_period="2020",
    band_lower=6.0,
    band_upper=10.0,
    target_period="2030",
)
numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
words = st.sampled_from(WORDS)


@st.composite
def plans(draw):
    baseline, target = draw(numbers), draw(numbers)
    years = draw(st.lists(st.integers(2011, 2029), max_size=3, unique=True))
    return Plan(
        direction="higher" if target >= baseline else "lower",
        baseline=baseline,
        baseline_period="2010",
        target=target,
        target_period="2030",
        milestones=tuple((str(year), draw(numbers)) for year in years),
    )


@st.composite
def bands(draw):
    lower, upper = sorted((draw(numbers), draw(numbers)))
    return replace(BAND, band_lower=lower, band_upper=upper, baseline=draw(numbers), baseline_period="2010")


def mirrored(plan):
    flip = {"higher": "lower", "lower": "higher", "band": "band"}

    def minus(number):
        return None if number is None else -number

    return replace(
        plan,
        direction=flip[plan.direction],
        baseline=minus(plan.baseline),
        target=minus(plan.target),
        milestones=tuple((code, -value) for code, value in plan.milestones),
        band_lower=minus(plan.band_upper),
        band_upper=minus(plan.band_lower),
    )


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (100.0, "target_achieved"),
        (99.9, "substantial_progress"),
        (38.0, "substantial_progress"),  # 0.95 of the 40 due by the end of 2024
        (37.9, "moderate_progress"),
        (24.0, "moderate_progress"),  # 0.60 of 40
        (23.9, "limited_progress"),
        (0.0, "limited_progress"),
        (-0.1, "deterioration"),
    ],
)
def test_the_word_follows_the_share_of_the_change_due(value, word):
    result = assess(RISE, {"2021": 99.0, "2024": value})
    assert (result.word, result.period, result.value, result.expected) == (word, "2024", value, 40.0)
    assert result.ratio == value / 40


def test_a_milestone_bends_what_is_expected():
    late = replace(RISE, milestones=(("2028", 20.0),))
    assert assess(RISE, {"2024": 10.0}).word == "limited_progress"
    assert assess(late, {"2024": 10.0}).word == "substantial_progress"
    assert assess(late, {"2024": 10.0}).expected == 20 * (4 / 8)


def test_months_and_fiscal_years_are_judged_at_their_ends():
    assert assess(RISE, {"2021-06": 5.0}).expected == 100 * (0.5 / 10)
    assert assess(RISE, {"FY2021": 5.0}).expected == 100 * (0.75 / 10)


def test_the_path_is_level_after_the_target_period():
    result = assess(RISE, {"2035": 96.0})
    assert (result.word, result.expected) == ("substantial_progress", 100.0)
    assert result.arithmetic["past_target_period"] is True


def test_the_arithmetic_can_be_printed():
    result = assess(RISE, {"2024": 30.0}, today=date(2026, 1, 1))
    told = result.arithmetic
    assert (told["change_made"], told["change_due"], told["expected_today"]) == (30.0, 40.0, 50.0)
    assert result.ratio == told["change_made"] / told["change_due"]


@pytest.mark.parametrize(
    ("plan", "values", "reason"),
    [
        (RISE, {}, "no_value"),
        (RISE, {"2024": None, "2025": float("nan")}, "no_value"),
        (replace(RISE, target=None), {"2024": 5.0}, "no_target"),
        (replace(RISE, baseline=None), {"2024": 5.0}, "no_baseline"),
        (replace(RISE, target_period=None), {"2024": 5.0}, "no_target_period"),
        (replace(RISE, direction="lower"), {"2024": 5.0}, "target_against_direction"),
        (replace(RISE, direction="lower"), {"2024": 500.0}, "target_against_direction"),
        (RISE, {"2019": 5.0}, "value_before_baseline"),
        (RISE, {"2019": 500.0}, "value_before_baseline"),
        (RISE, {"2020": 5.0}, "value_at_baseline"),
        (Plan(direction="band"), {"2020": 5.0}, "no_band"),
    ],
)
def test_what_cannot_be_judged_says_why(plan, values, reason):
    result = assess(plan, values)
    assert (result.word, result.reason) == ("not_available", reason)


def test_a_target_may_be_achieved_without_a_baseline():
    assert assess(replace(RISE, baseline=None), {"2024": 100.0}).word == "target_achieved"
    assert assess(replace(BAND, baseline=None), {"2024": 7.0}).word == "target_achieved"
    assert assess(replace(BAND, target_period=None), {"2024": 11.0}).reason == "no_target_period"


def test_keeping_a_baseline_that_equals_the_target():
    keep = replace(RISE, baseline=100.0)
    assert assess(keep, {"2024": 100.0}).word == "target_achieved"
    assert assess(keep, {"2024": 99.0}).word == "deterioration"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (6.0, "target_achieved"),
        (10.0, "target_achieved"),
        (16.0, "substantial_progress"),  # 6 outside where 6 of 10 may be left at the end of 2024
        (17.0, "moderate_progress"),
        (19.0, "limited_progress"),
        (21.0, "deterioration"),
        (2.0, "substantial_progress"),  # beyond the other bound the distance counts alike
        (-5.0, "deterioration"),
    ],
)
def test_a_band_is_judged_by_the_distance_to_it(value, word):
    assert assess(BAND, {"2024": value}).word == word


def test_leaving_a_band_is_deterioration():
    assert assess(replace(BAND, baseline=7.0), {"2024": 10.1}).word == "deterioration"


def test_a_stated_total_is_judged_as_stated_and_amounts_are_summed():
    stated = replace(RISE, totals="stated", baseline=10.0)
    assert assess(stated, {"2021": 19.0, "2022": 28.0}).value == 28.0
    summed = replace(stated, totals="summed")
    result = assess(summed, {"2019": 99.0, "2020": 10.0, "2021": 9.0, "2022": 9.0})
    assert (result.value, result.word) == (10.0 + 9.0 + 9.0, "substantial_progress")
    assert assess(summed, {"2022": 9.0}).reason == "period_missing"
    assert assess(summed, {"2020": 9.0}).reason == "value_at_baseline"
    assert assess(summed, {"2021-Q1": 5.0, "2021-Q2": 5.0}).value == 20.0


def test_stricter_thresholds_can_be_given():
    assert assess(RISE, {"2024": 38.0}, rule=Rule(substantial=1.0)).word == "moderate_progress"


@given(plans() | bands(), numbers)
def test_a_mirrored_kpi_gets_the_same_word(plan, value):
    assert assess(plan, {"2020": value}).word == assess(mirrored(plan), {"2020": -value}).word


@given(plans(), numbers, numbers)
def test_a_better_value_never_gets_a_worse_word(plan, first, second):
    worse, better = sorted((first, second), reverse=plan.direction == "lower")
    rank = [WORDS.index(assess(plan, {"2020": value}).word) for value in (better, worse)]
    assert rank[0] <= rank[1] < WORDS.index("not_available")


@given(bands(), numbers, st.floats(0, 1))
def test_a_value_nearer_to_the_band_never_gets_a_worse_word(plan, value, share):
    bound = min(max(value, plan.band_lower), plan.band_upper)
    nearer = bound + (value - bound) * share
    rank = [WORDS.index(assess(plan, {"2020": each}).word) for each in (nearer, value)]
    assert rank[0] <= rank[1]


@given(plans(), numbers, st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_unit_does_not_matter(plan, value, factor):
    scaled = replace(
        plan,
        baseline=plan.baseline * factor,
        target=plan.target * factor,
        milestones=tuple((code, each * factor) for code, each in plan.milestones),
    )
    assert assess(plan, {"2020": value}).word == assess(scaled, {"2020": value * factor}).word


@given(plans())
def test_whoever_stays_on_the_path_makes_substantial_progress(plan):
    assume(plan.baseline != plan.target)
    expected = assess(plan, {"2020": plan.baseline}).expected
    assert assess(plan, {"2020": expected}).word in WORDS[:2]


def test_a_roll_up_counts_every_kpi():
    goal = roll_up(["substantial_progress", "deterioration", "not_available", "limited_progress"])
    assert goal.counts == {
        "target_achieved": 0,
        "substantial_progress": 1,
        "moderate_progress": 0,
        "limited_progress": 1,
        "deterioration": 1,
        "not_available": 1,
    }
    assert (goal.word, goal.total, goal.judged, goal.missing) == ("limited_progress", 4, 3, 1)


def test_a_roll_up_needs_enough_kpis_judged():
    assert roll_up([]).reason == "no_kpis"
    assert roll_up(["not_available"]).reason == "too_few_judged"
    assert roll_up(["target_achieved", "not_available", "not_available"]).reason == "too_few_judged"
    assert roll_up(["target_achieved"] * 2).word == "target_achieved"
    assert roll_up(["target_achieved", "deterioration"]).word == "deterioration"
    with pytest.raises(ValueError, match="splendid"):
        roll_up(["splendid"])


@given(st.lists(words, min_size=1))
def test_more_than_half_of_what_is_judged_is_as_good_as_the_roll_up_says(given_words):
    goal = roll_up(given_words)
    assert sum(goal.counts.values()) == goal.total == goal.judged + goal.missing == len(given_words)
    if goal.word != "not_available":
        as_good = sum(WORDS.index(word) <= WORDS.index(goal.word) for word in given_words)
        assert as_good * 2 > goal.judged
    if goal.word == "target_achieved":
        assert set(given_words) == {"target_achieved"}
