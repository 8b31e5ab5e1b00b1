from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.calendar import periods
from cmi_core.calendar.written import understand
from cmi_core.errors import ObservationError
from cmi_core.text import translator

some_period = st.builds(
    periods.containing, st.dates(date(1960, 1, 1), date(2095, 12, 31)), st.sampled_from(periods.FREQUENCIES)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2024", "2024"),
        (2024, "2024"),
        (2024.0, "2024"),
        ("ปี 2567", "2024"),
        ("๒๕๖๗", "2024"),
        ("พ.ศ. 2567", "2024"),
        ("พ.ศ.2567", "2024"),
        ("B.E. 2567", "2024"),
        ("2567 BE", "2024"),
        ("ค.ศ. 2024", "2024"),
        ("ปี พ.ศ. ๒๕๖๗", "2024"),
        ("2024-q3", "2024-Q3"),
        ("Q3 2024", "2024-Q3"),
        ("q3/2024", "2024-Q3"),
        ("3Q2024", "2024-Q3"),
        ("ไตรมาส 3/2567", "2024-Q3"),
        ("ไตรมาสที่ ๓ ปี ๒๕๖๗", "2024-Q3"),
        ("ไตรมาส 3 พ.ศ. 2567", "2024-Q3"),
        ("พ.ค. 2567", "2024-05"),
        ("พค 2567", "2024-05"),
        ("พฤษภาคม 2567", "2024-05"),
        ("เดือนพฤษภาคม พ.ศ. ๒๕๖๗", "2024-05"),
        ("มี.ค. 2567", "2024-03"),
        ("มิ.ย. 2567", "2024-06"),
        ("ก.ย. 2024", "2024-09"),
        ("May 2024", "2024-05"),
        ("Sept 2024", "2024-09"),
        ("05/2024", "2024-05"),
        ("2024/5", "2024-05"),
        ("ครึ่งปีแรก 2567", "2024-S1"),
        ("ครึ่งปีหลัง ๒๕๖๗", "2024-S2"),
        ("H2 2024", "2024-S2"),
        ("1H2024", "2024-S1"),
        ("ปีงบ 2567", "FY2024"),
        ("ปีงบประมาณ พ.ศ. 2567", "FY2024"),
        ("FY2024", "FY2024"),
        ("fiscal year 2024", "FY2024"),
        ("ไตรมาส 1 ปีงบประมาณ 2567", "FY2024-Q1"),
        ("ไตรมาส 1/ปีงบ 2567", "FY2024-Q1"),
        ("FY2024-Q1", "FY2024-Q1"),
        ("Q1 FY2024", "FY2024-Q1"),
        ("2567", "2024"),
        (2567, "2024"),
        ("2443", "1900"),
        ("2642", "2099"),
        ("Q3/2567", "2024-Q3"),
        ("2567Q2", "2024-Q2"),
        ("01/2567", "2024-01"),
        ("2567-02", "2024-02"),
        ("256702", "2024-02"),
        (202406, "2024-06"),
        ("FY2567", "FY2024"),
        ("เมษายน พ.ศ. 67", "2024-04"),
        ("๒\u200d๕๖๗", "2024"),
        ("２５６７", "2024"),
    ],
)
def test_what_people_write_is_understood(text, code):
    assert understand(text).code == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "period_missing"),
        (None, "period_missing"),
        ("  ", "period_missing"),
        ("ค.ศ. 2567", "period_year_out_of_range"),
        ("2300", "period_year_out_of_range"),
        ("พ.ค. 67", "period_year_short"),
        ("ปีงบ 67", "period_year_short"),
        ("พ.ค.", "period_year_missing"),
        ("Q3", "period_year_missing"),
        ("พ.ศ. 2024", "period_era_contradicts"),
        ("13/2024", "period_month_unknown"),
        ("2024-13", "period_month_unknown"),
        ("ไตรมาส 5/2567", "period_quarter_unknown"),
        ("H3 2024", "period_half_unknown"),
        ("31/05/2024", "period_is_date"),
        ("2024-05-31", "period_is_date"),
        ("2024-05-31 00:00:00", "period_is_date"),
        ("last year", "period_malformed"),
        ("Q3 2024 approx", "period_malformed"),
        ("2023 2024", "period_malformed"),
        ("<b>2024</b>", "period_malformed"),
        (True, "period_malformed"),
        (2024.5, "period_malformed"),
        ("2024.1", "period_malformed"),
        (datetime(2024, 5, 17), "period_is_date"),
    ],
)
def test_what_is_unclear_is_refused(text, reason):
    with pytest.raises(ObservationError) as refused:
        understand(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "short", "code"),
    [
        ("ม.ค. 67", "be", "2024-01"),
        ("ก.พ.67", "be", "2024-02"),
        ("มี.ค. ๖๗", "be", "2024-03"),
        ("พ.ค.-67", "be", "2024-05"),
        ("5/67", "be", "2024-05"),
        ("Q2/67", "be", "2024-Q2"),
        ("ปีงบ 67", "be", "FY2024"),
        ("67", "be", "2024"),
        ("Jan-24", "ce", "2024-01"),
        ("24", "ce", "2024"),
    ],
)
def test_a_year_in_two_digits_is_of_the_era_that_was_told(text, short, code):
    assert understand(text, short=short).code == code
    with pytest.raises(ObservationError) as refused:
        understand(text)
    assert refused.value.reason == "period_year_short"


@pytest.mark.parametrize(
    ("text", "days", "code"),
    [
        ("29/02/2567", "day_first", "2024-02"),
        ("31 มี.ค. 2567", "day_first", "2024-03"),
        ("วันที่ 31 มีนาคม พ.ศ. ๒๕๖๗", "day_first", "2024-03"),
        ("05/06/2024", "day_first", "2024-06"),
        ("05/06/2024", "month_first", "2024-05"),
        ("2024-05-31 00:00:00", "day_first", "2024-05"),
        (datetime(2024, 1, 31), "day_first", "2024-01"),
        (datetime(2567, 5, 31), "day_first", "2024-05"),
    ],
)
def test_a_day_stands_for_the_period_it_lies_in_where_that_was_told(text, days, code):
    assert understand(text, frequency="monthly", days=days).code == code
    with pytest.raises(ObservationError) as refused:
        understand(text, frequency="monthly")
    assert refused.value.reason == "period_is_date"


@pytest.mark.parametrize("day", [datetime(9999, 12, 31), datetime(2300, 1, 1), datetime(1899, 12, 30)])
def test_a_day_beyond_the_calendar_is_refused_by_name(day):
    with pytest.raises(ObservationError) as refused:
        understand(day, frequency="monthly", days="day_first")
    assert refused.value.reason == "period_year_out_of_range"


def test_a_column_that_says_buddhist_era_settles_bare_years():
    assert understand(2567, era="be").code == "2024"
    assert understand("Q3/2567", era="be").code == "2024-Q3"
    assert understand("2567-Q3", era="be").code == "2024-Q3"
    assert understand("FY2567", era="be").code == "FY2024"
    with pytest.raises(ObservationError) as refused:
        understand("2024", era="be")
    assert refused.value.reason == "period_era_contradicts"


def test_the_frequency_of_the_kpi_settles_which_year_and_quarter_is_meant():
    assert understand("2567", frequency="fiscal-yearly", era="be").code == "FY2024"
    assert understand("ไตรมาส 1/2567", frequency="fiscal-quarterly").code == "FY2024-Q1"
    assert understand(date(2024, 5, 1), frequency="monthly").code == "2024-05"
    for text, frequency in (("2024-05", "yearly"), ("2024-Q1", "fiscal-quarterly"), ("FY2024", "yearly")):
        with pytest.raises(ObservationError) as refused:
            understand(text, frequency=frequency)
        assert refused.value.reason == "period_wrong_frequency"
    with pytest.raises(ObservationError):
        understand(date(2024, 5, 2), frequency="monthly")


@given(some_period, st.sampled_from(["th", "en"]), st.sampled_from(["be", None]))
def test_every_label_and_code_is_understood_again(period, language, era):
    assert understand(periods.label(period, translator(language), era=era)) == period
    assert understand(period.code) == period
    assert understand(period.code, frequency=period.frequency) == period


@given(st.text(max_size=30))
def test_any_text_is_a_period_or_a_refusal(text):
    with suppress(ObservationError):
        assert periods.parse(understand(text).code)
