from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from cmi_core.calendar import periods
from cmi_core.kpi.reminders import Duty, calendar, mail, owed
from cmi_core.text import translator

BOD = Duty("k_d3_maekha_bod", "ค่า BOD เฉลี่ยในคลองแม่ข่า", "nok", "monthly", grace_days=15, last="2024-03")
TODAY = date(2024, 6, 1)
THAI, ENGLISH = translator("th"), translator("en")


def events(feed):
    return list(Calendar.from_ical(feed).walk("VEVENT"))


def test_the_first_missing_period_is_owed_with_the_count_of_all():
    (debt,) = owed([BOD], TODAY)
    assert (debt.period.code, debt.due_on, debt.days_late) == ("2024-04", date(2024, 5, 15), 17)
    assert (debt.state, debt.missing) == ("overdue", 2)


def test_within_the_grace_period_a_value_is_due_not_overdue():
    (debt,) = owed([replace(BOD, last="2024-04")], TODAY)
    assert (debt.period.code, debt.state, debt.days_late) == ("2024-05", "due", 0)


def test_nothing_is_owed_for_a_period_that_still_runs():
    assert owed([replace(BOD, last="2024-05")], TODAY) == []
    assert owed([replace(BOD, last=None, begins="2024-06")], TODAY) == []


def test_a_kpi_never_recorded_owes_from_where_it_begins_or_the_latest_period():
    (latest,) = owed([replace(BOD, last=None)], TODAY)
    assert (latest.period.code, latest.missing) == ("2024-05", 1)
    (begun,) = owed([replace(BOD, last=None, begins="2024-01")], TODAY)
    assert (begun.period.code, begun.missing) == ("2024-01", 5)


def test_a_change_of_frequency_asks_for_no_period_twice():
    (quarter,) = owed([replace(BOD, frequency="quarterly", last="2023-12")], TODAY)
    assert quarter.period.code == "2024-Q1"
    (broken_quarter,) = owed([replace(BOD, frequency="quarterly", last="2024-02")], TODAY)
    assert broken_quarter.period.code == "2024-Q1"
    (month,) = owed([replace(BOD, last="2023")], TODAY)
    assert month.period.code == "2024-01"


def test_debts_are_listed_oldest_first():
    duties = [
        BOD,
        replace(BOD, kpi="k2", coordinator="ann", last="2024-01"),
        replace(BOD, kpi="k3", last="2023-12"),
    ]
    debts = owed(duties, TODAY)
    assert [debt.duty.kpi for debt in debts] == ["k3", "k2", "k_d3_maekha_bod"]


@given(
    st.sampled_from(periods.FREQUENCIES),
    st.dates(date(2010, 1, 1), date(2040, 1, 1)),
    st.integers(0, 100),
    st.integers(0, 12),
)
def test_recording_what_is_owed_until_nothing_is(frequency, today, grace, behind):
    last = periods.preceding(periods.last_ended(frequency, today), behind)
    duty = Duty("k", "n", "c", frequency, grace, last.code)
    for missing in range(behind, 0, -1):
        (debt,) = owed([duty], today)
        assert debt.missing == missing
        assert debt.days_late == max(0, (today - debt.due_on).days)
        duty = replace(duty, last=debt.period.code)
    assert owed([duty], today) == []


def test_the_feed_holds_the_owed_and_the_coming_due_days():
    found = events(calendar([BOD], TODAY, translate=THAI, address="https://kpi.example/update"))
    assert [event["dtstart"].dt for event in found] == [
        date(2024, 5, 15),
        date(2024, 6, 15),
        date(2024, 7, 15),
        date(2024, 8, 15),
        date(2024, 9, 15),
        date(2024, 10, 15),
    ]
    first = found[0]
    assert str(first["summary"]) == "เลยกำหนด 17 วัน · ค่า BOD เฉลี่ยในคลองแม่ข่า · เม.ย. 2567"
    assert first["dtend"].dt - first["dtstart"].dt == timedelta(days=1)
    assert str(first["url"]) == "https://kpi.example/update"


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_feed_is_written_as_the_standard_asks(language):
    """RFC 5545: CRLF, lines of at most 75 octets that break no letter, days without a time and so without a zone."""
    name = "ร้อยละของครัวเรือนที่เข้าถึงอินเทอร์เน็ตความเร็วสูงในเขตเทศบาลนครเชียงใหม่; ก, ข\\ค " * 3
    duty = Duty("k1", name, "nok", "monthly", grace_days=15, last="2024-03")
    written = calendar(
        [duty],
        date(2024, 6, 1),
        translate=translator(language),
        address="https://city.example/my-updates?lang=th",
    )
    lines = written.split(b"\r\n")

    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert all(line.decode("utf-8") is not None for line in lines)
    read = Calendar.from_ical(written)
    found = read.walk("VEVENT")
    assert not read.errors
    assert len(found) > 3
    assert all(not event.errors for event in found)
    assert all(name.strip()[:80] in str(event["summary"]) for event in found)
    assert {type(event["dtstart"].dt) for event in found} == {date}
    assert {event["dtstamp"].dt for event in found} == {datetime(2024, 6, 1, tzinfo=UTC)}


def test_uids_stay_the_same_from_day_to_day_and_differ_within_a_feed():
    today = [str(event["uid"]) for event in events(calendar([BOD], TODAY, translate=THAI))]
    later = [
        str(event["uid"]) for event in events(calendar([BOD], TODAY + timedelta(days=5), translate=ENGLISH))
    ]
    assert today == later
    assert len(set(today)) == len(today)


def test_the_same_day_gives_the_same_bytes():
    assert calendar([BOD], TODAY, translate=THAI) == calendar([BOD], TODAY, translate=THAI)


def test_a_hostile_name_adds_no_event_and_no_header():
    hostile = replace(BOD, name="x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:forged\nBcc: all@example.org")
    assert len(events(calendar([hostile], TODAY, translate=THAI))) == 6
    letter = mail(owed([hostile], TODAY), name="นก\r\nBcc: x", translate=THAI)
    assert "\n" not in letter.subject
    assert "\nBcc" not in letter.body


def test_the_mail_says_what_is_owed_in_the_readers_language():
    debts = owed([BOD, replace(BOD, kpi="k2", name="PM2.5", last="2024-04")], TODAY)
    letter = mail(debts, name="คุณนก", translate=THAI, address="https://kpi.example")
    assert letter.subject == "ค่าตัวชี้วัดที่รอบันทึก 2 รายการ (เลยกำหนด 1)"
    assert "• ค่า BOD เฉลี่ยในคลองแม่ข่า — เม.ย. 2567 เลยกำหนดมาแล้ว 17 วัน (ค้าง 2 ช่วงเวลา)" in letter.body
    assert "• PM2.5 — พ.ค. 2567 ครบกำหนด 15 มิ.ย. 2567" in letter.body
    assert "due 15 Jun 2024" in mail(debts, name="Nok", translate=ENGLISH).body


def test_the_mail_opens_in_the_readers_programme():
    letter = mail(owed([BOD], TODAY), name="นก & co", translate=THAI)
    found = parse_qs(urlsplit(letter.link("nok@example.org")).query)
    assert (found["subject"], found["body"]) == ([letter.subject], [letter.body])


def test_a_very_long_list_is_cut_in_words():
    debts = owed([replace(BOD, kpi=f"k{number}") for number in range(100)], TODAY)
    assert "และอีก 40 รายการ" in mail(debts, name="นก", translate=THAI).body
