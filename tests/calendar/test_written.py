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
        ("2567", "period_buddhist_era"),
        ("Q3/2567", "period_buddhist_era"),
        ("2567-05", "period_buddhist_era"),
        ("พ.ค. 67", "period_year_short"),
        ("ปีงบ 67", "period_year_short"),
        ("พ.ค.", "period_year_missing"),
        ("Q3", "period_year_missing"),
        ("ค.ศ. 2567", "period_year_out_of_range"),
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
