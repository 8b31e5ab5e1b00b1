"""The notice says what this server does, as it is set up, with the periods that things are forgotten by."""

from datetime import timedelta

import pytest

from cmi_core import text
from cmi_core.accounts import retention
from cmi_core.settings import Settings
from cmi_core.views import own_data, privacy

EN = text.translator("en")


def spoken(**set_):
    parts = privacy.notice(EN, Settings(**set_))
    return "\n".join(
        sentence
        for part in parts
        for sentence in (part.heading, *part.told, *part.listed, *(cell for row in part.rows for cell in row))
    )


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_each_thing_that_is_kept_is_a_row_of_its_table(language):
    parts = privacy.notice(text.translator(language), Settings())
    kept, beside, cookies = [part.rows for part in parts if part.rows]

    assert len({row[0] for row in kept}) == len(own_data.KEPT)
    assert len({row[0] for row in beside}) == len(own_data.BESIDE)
    assert [row[0] for row in cookies] == list(own_data.COOKIES)
    assert all(cell.strip() for rows in (kept, beside, cookies) for row in rows for cell in row)


def test_every_period_is_the_one_that_is_kept_to():
    told = spoken()
    periods = {period for each in own_data.KEPT for period in each.stays.values()}
    periods |= {period for period in own_data.COOKIES.values() if period}

    assert periods >= {retention.DRAFT, retention.INVITATION, retention.MAILED_LINK, retention.ENDED_SESSION}
    assert not [period for period in periods if privacy.say_period(period, EN) not in told]


def test_no_sentence_has_a_number_of_its_own():
    """A second copy of a period would stay when the period changes; the years of the law are no period."""
    for language in text.LANGUAGES:
        told = {key: each for key, each in text.catalogue(language).items() if key.startswith("privacy.")}
        assert [key for key, each in told.items() if any(sign.isdecimal() for sign in each)] == [
            "privacy.law", "privacy.what_password",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (timedelta(days=7), "7 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=61), "2 minutes"),
    ],
)
def test_a_period_is_never_told_shorter_than_it_is(period, told):
    assert privacy.say_period(period, EN) == told


def test_who_answers_is_named_or_that_nobody_is():
    assert "Nobody is named here yet" in spoken()
    named = spoken(privacy_contact="Municipality, dpo@city.example")
    assert "Responsible for people's data here: Municipality, dpo@city.example" in named
    assert "Nobody is named" not in named


def test_what_leaves_the_machine_is_told_where_it_does():
    assert "mail server" not in spoken().partition(EN("privacy.outside"))[2]
    assert "the mail server smtp.city.example" in spoken(
        smtp_host="smtp.city.example", smtp_from="a@city.example"
    )
    assert "their network address" in spoken(tiles_url="https://tiles.example/{z}")
    assert "their network address" not in spoken()


@pytest.mark.parametrize(
    ("set_", "variant"),
    [
        ({}, ""),
        ({"public_names": True}, "_named"),
        ({"public_read": False}, "_closed"),
        ({"public_read": False, "public_names": True}, "_closed"),
    ],
)
@pytest.mark.parametrize("code", ["account", "deeds", "assignment"])
def test_who_sees_a_name_is_as_it_is_set(set_, variant, code):
    """Where reading is closed, a name is seen by those who have signed in, whatever else is set."""
    kept = next(part.rows for part in privacy.notice(EN, Settings(**set_)) if part.rows)
    row = next(row for row in kept if row[0] == EN(f"privacy.what_{code}"))
    key = f"privacy.seen_{code}{variant}"

    assert row[3] == EN(key if key in text.catalogue("en") else f"privacy.seen_{code}")
    assert ("verybody, " in row[3]) is (variant == "_named")
