from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.kpi.forecast import forecast
from cmi_core.kpi.paths import Plan

PLAN = Plan(direction="higher", target=20.0, target_period="2030")
STEADY = {str(2020 + year): 2.0 * year for year in range(5)}
heights = st.lists(st.integers(-1000, 1000), min_size=5, max_size=12)


def by_year(values):
    return {str(2015 + place): float(value) for place, value in enumerate(values)}


def test_a_steady_trend_is_carried_on():
    result = forecast(PLAN, STEADY)
    assert result.value == pytest.approx(20.0)
    assert result.per_year == pytest.approx(2.0)
    assert result.low <= result.value <= result.high
    assert (result.needed, result.periods_left, result.values_used) == ((20 - 8) / 6, 6, 5)


def test_one_odd_value_does_not_bend_the_trend():
    assert forecast(PLAN, {**STEADY, "2022": 500.0}).value == pytest.approx(20.0)


def test_the_outlook_follows_the_direction():
    assert forecast(replace(PLAN, target=5.0), STEADY).outlook == "likely"
    assert forecast(replace(PLAN, target=500.0), STEADY).outlook == "unlikely"
    assert forecast(replace(PLAN, target=5.0, direction="lower"), STEADY).outlook == "unlikely"
    noisy = {"2020": 0.0, "2021": 9.0, "2022": 1.0, "2023": 11.0, "2024": 5.0}
    assert forecast(replace(PLAN, target=12.0), noisy).outlook == "open"


def test_a_band_is_likely_where_the_forecast_stays_inside():
    band = Plan(direction="band", band_lower=0.0, band_upper=30.0, target_period="2030")
    assert forecast(band, STEADY).outlook == "likely"
    assert forecast(replace(band, band_upper=10.0), STEADY).outlook == "unlikely"
    assert forecast(band, STEADY).needed == 0.0
    assert forecast(replace(band, band_lower=14.0), STEADY).needed == 1.0


@pytest.mark.parametrize(
    ("plan", "values", "reason"),
    [
        (PLAN, {}, "no_value"),
        (PLAN, {"2020": 1.0, "2021": 2.0}, "too_few_values"),
        (replace(PLAN, target=None), STEADY, "no_target"),
        (replace(PLAN, target_period=None), STEADY, "no_target_period"),
        (replace(PLAN, target_period="2024"), STEADY, "target_period_over"),
        (replace(PLAN, totals="summed"), STEADY, "no_baseline"),
        (replace(PLAN, totals="summed", baseline=0.0, baseline_period="2010"), STEADY, "period_missing"),
    ],
)
def test_without_ground_there_is_a_reason_instead(plan, values, reason):
    result = forecast(plan, values)
    assert (result.reason, result.value, result.outlook) == (reason, None, None)


def test_nothing_is_needed_once_the_target_is_reached_or_passed():
    assert forecast(replace(PLAN, target=8.0), {"2024-Q4": 8.0}).needed == 0.0
    assert forecast(replace(PLAN, target=8.0), {"2024-Q4": 9.5}).needed == 0.0
    lower = replace(PLAN, direction="lower", baseline=59.0, target=32.5)
    assert forecast(lower, {"2024-Q4": 26.95}).needed == 0.0
    assert forecast(lower, {"2024-Q4": 40.0}).needed < 0


def test_what_is_needed_is_known_with_a_single_value():
    assert forecast(PLAN, {"2024-Q4": 8.0}).needed == (20 - 8) / 24


def test_amounts_are_summed_before_the_trend():
    plan = replace(PLAN, totals="summed", baseline=10.0, baseline_period="2019")
    assert forecast(plan, {str(2020 + year): 1.0 for year in range(5)}).value == pytest.approx(10 + 11)


def test_only_values_of_the_latest_frequency_make_the_trend():
    monthly = {"2024-12": 99.0}
    assert forecast(PLAN, {**STEADY, **monthly, "2025": 10.0}).value == pytest.approx(20.0)


@given(heights)
def test_mirrored_values_give_the_mirrored_forecast(values):
    here = forecast(PLAN, by_year(values))
    there = forecast(replace(PLAN, direction="lower", target=-20.0), by_year([-value for value in values]))
    assert there.value == pytest.approx(-here.value, abs=1e-6)
    assert (there.low, there.high) == pytest.approx((-here.high, -here.low), abs=1e-6)
    assert there.outlook == here.outlook or abs(here.low - 20) < 1e-6 or abs(here.high - 20) < 1e-6


@given(heights)
def test_the_forecast_lies_inside_its_band(values):
    result = forecast(PLAN, by_year(values))
    assert result.low - 1e-6 <= result.value <= result.high + 1e-6
