from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.calendar import periods
from cmi_core.errors import ObservationError
from cmi_core.text import translator

days = st.dates(min_value=date(1915, 1, 1), max_value=date(2085, 12, 31))
some_period = st.builds(periods.containing, days, st.sampled_from(periods.FREQUENCIES))


@pytest.mark.parametrize(
    ("code", "start", "end", "frequency"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "yearly"),
        ("2024-S1", date(2024, 1, 1), date(2024, 6, 30), "half-yearly"),
        ("2024-S2", date(2024, 7, 1), date(2024, 12, 31), "half-yearly"),
        ("2024-Q3", date(2024, 7, 1), date(2024, 9, 30), "quarterly"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "monthly"),
        ("FY2024", date(2023, 10, 1), date(2024, 9, 30), "fiscal-yearly"),
        ("FY2024-Q1", date(2023, 10, 1), date(2023, 12, 31), "fiscal-quarterly"),
        ("FY2024-Q2", date(2024, 1, 1), date(2024, 3, 31), "fiscal-quarterly"),
    ],
)
def test_a_code_names_whole_months(code, start, end, frequency):
    period = periods.parse(code)
    assert (period.code, period.start, period.end, period.frequency) == (code, start, end, frequency)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("2024-13", "period_month_unknown"),
        ("2024-00", "period_month_unknown"),
        ("2024-Q5", "period_quarter_unknown"),
        ("FY2024-Q0", "period_quarter_unknown"),
        ("2024-S3", "period_half_unknown"),
        ("2567", "period_buddhist_era"),
        ("FY2567-Q1", "period_buddhist_era"),
        ("1066", "period_year_out_of_range"),
        ("3000", "period_year_out_of_range"),
        ("", "period_malformed"),
        ("2024-5", "period_malformed"),
        ("FY2024-05", "period_malformed"),
        ("FY2024-S1", "period_malformed"),
        ("2024 ", "period_malformed"),
        ("๒๐๒๔", "period_malformed"),
        ("2024-Q3\n", "period_malformed"),
    ],
)
def test_what_is_no_code_is_refused(code, reason):
    with pytest.raises(ObservationError) as refused:
        periods.parse(code)
    assert refused.value.reason == reason


def test_a_buddhist_year_is_refused_with_the_year_to_write():
    with pytest.raises(ObservationError) as refused:
        periods.parse("2567-Q3")
    assert refused.value.details == {"text": "2567-Q3", "year": 2567, "common_era": 2024}


@given(some_period)
def test_a_code_comes_back_as_written(period):
    assert periods.parse(period.code) == period


@given(some_period, st.integers(-12, 12))
def test_following_and_preceding_undo_each_other(period, steps):
    assert periods.preceding(periods.following(period, steps), steps) == period


@given(some_period)
def test_periods_of_a_frequency_tile_time_in_order(period):
    after = periods.following(period)
    assert after.start == period.end + timedelta(days=1)
    assert period < after
    assert period.position < after.position
    assert period.middle < period.position
    assert periods.between(period, after) == [period, after]
    assert periods.between(after, period) == []


@given(days, st.sampled_from(periods.FREQUENCIES))
def test_a_day_lies_in_the_period_that_contains_it(day, frequency):
    period = periods.containing(day, frequency)
    assert period.start <= day <= period.end
    since_start = periods.position_of(day) - (period.position - periods.MONTHS[frequency] / 12)
    assert -1e-9 <= since_start < periods.MONTHS[frequency] / 12


def test_periods_of_different_frequencies_make_no_range():
    with pytest.raises(ObservationError) as refused:
        periods.between(periods.parse("2024"), periods.parse("2025-Q1"))
    assert refused.value.reason == "period_frequencies_differ"


def test_an_unknown_frequency_is_refused():
    with pytest.raises(ObservationError) as refused:
        periods.containing(date(2024, 1, 1), "weekly")
    assert refused.value.reason == "frequency_unknown"


def test_the_calendar_of_the_record_has_an_end():
    with pytest.raises(ObservationError) as refused:
        periods.following(periods.parse("2099"))
    assert refused.value.reason == "period_year_out_of_range"


def test_lateness_counts_from_the_end_of_the_grace_period():
    may = periods.parse("2024-05")
    assert periods.due_on(may, 15) == date(2024, 6, 15)
    assert periods.days_late(may, date(2024, 6, 15), 15) == 0
    assert periods.days_late(may, date(2024, 6, 20), 15) == 5
    assert periods.last_ended("monthly", date(2024, 5, 31)).code == "2024-04"
    assert periods.last_ended("monthly", date(2024, 6, 1)).code == "2024-05"


@pytest.mark.parametrize(
    ("code", "thai", "english"),
    [
        ("2024", "ปี 2567", "2024"),
        ("2024-S1", "ครึ่งปีแรก 2567", "H1 2024"),
        ("2024-S2", "ครึ่งปีหลัง 2567", "H2 2024"),
        ("2024-Q3", "ไตรมาส 3/2567", "Q3 2024"),
        ("2024-05", "พ.ค. 2567", "May 2024"),
        ("FY2024", "ปีงบประมาณ 2567", "Fiscal year 2024 (Oct 2023–Sep 2024)"),
        ("FY2024-Q1", "ไตรมาส 1 ปีงบประมาณ 2567 (ต.ค.–ธ.ค. 2566)", "Fiscal Q1 2024 (Oct–Dec 2023)"),
    ],
)
def test_a_period_is_said_in_the_era_of_the_language(code, thai, english):
    period = periods.parse(code)
    assert periods.label(period, translator("th")) == thai
    assert periods.label(period, translator("en")) == english


def test_the_reader_may_choose_the_other_era():
    period = periods.parse("2024-Q3")
    assert periods.label(period, translator("th"), era="ce") == "ไตรมาส 3/2024"
    assert periods.label(period, translator("en"), era="be") == "Q3 2567 BE"
