"""Signing in step by step: no step is left out, none is done twice, and no one is kept out by others' guesses."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.accounts.throttle import FREE_TRIES, Throttle
from cmi_core.actions import accounts as deeds
from cmi_core.actions import second_factor, signing_in
from cmi_core.actions.signing_in import CODE, FACTOR, PASSWORD, Browser
from cmi_core.errors import AccountError, PermissionRefused
from cmi_core.store import accounts, second_factors
from tests import signing

AT = datetime(2026, 7, 1, 3, 0)
GOOD = "three words unlike it"
OTHER = "four words quite unlike that"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HERE = Browser("10.0.0.7")
WHY = {"note": "เหตุผล", "at": AT}


@pytest.fixture
def store(keyed_store):
    return keyed_store


@pytest.fixture
def admin(store):
    return signing.old_account(store, "admin", name="อรุณ", role="admin", password=GOOD, at=AT)


@pytest.fixture
def nok(store, admin):
    """Somebody whose password is their own."""
    signing.old_account(store, "nok", name="นก", role="coordinator", password=GOOD, at=AT)
    return accounts.find(store, "nok")


def app(at=AT):
    return pyotp.TOTP(SECRET).at(int(at.replace(tzinfo=UTC).timestamp()))


def set_up(store, who, at=AT):
    return second_factor.turn_on(store, who, secret=SECRET, code=app(at), password=GOOD, note="x", at=at)


def later(minutes=1):
    return AT + timedelta(minutes=minutes)


def give(store, mark, code, *, gate=None, browser=HERE, at=None, now=0.0):
    at = at or later()
    return signing_in.give_code(
        store, gate or Throttle(), mark=mark, code=code, browser=browser, note="x", at=at, now=now
    )


def refused(deed, *given, **named):
    with pytest.raises(AccountError) as refusal:
        deed(*given, **named)
    for language in text.LANGUAGES:
        assert text.refusal(text.translator(language), refusal.value)
    return refusal.value.reason


def whose(store, entrance):
    found = deeds.whose(store, entrance.mark)
    return found and found.account


def test_a_password_of_ones_own_is_all_there_is(store, nok):
    entrance = signing.first(store, " NOK ", GOOD)

    assert (entrance.wants, whose(store, entrance)) == ("", "nok")


def test_a_password_that_was_given_has_to_be_changed_first(store, nok, admin):
    deeds.set_password(store, admin, account="nok", password=OTHER, **WHY)
    entrance = signing.first(store, "nok", OTHER)
    assert (entrance.wants, whose(store, entrance)) == (PASSWORD, None)

    choose = {"mark": entrance.mark, **WHY}
    assert refused(signing_in.own_password, store, password=OTHER, **choose) == "password_same"
    assert refused(signing_in.own_password, store, password="short", **choose) == "password_short"
    entered = signing_in.own_password(store, password=GOOD, **choose)
    assert (entered.wants, whose(store, entered)) == ("", "nok")
    # Done once, the step is over; and the one that was given opens nothing.
    assert refused(signing_in.own_password, store, password=OTHER, **choose) == "step_over"
    assert refused(signing.first, store, "nok", OTHER) == "sign_in_wrong"
    assert signing.first(store, "nok", GOOD).wants == ""


@pytest.mark.parametrize("weak", ["ten letters", "passwordpassword", "nok chiang mai 2569"])
def test_a_password_that_would_not_be_taken_any_more_is_changed_at_the_next_sign_in(store, nok, weak):
    """As accounts have them that are older than the rule."""
    with store.writing() as cursor:
        accounts.set_credential(cursor, "nok", password_hash=passwords.hash_password(weak), epoch="e", at=AT)
    entrance = signing.first(store, "nok", weak)
    assert entrance.wants == PASSWORD

    assert signing_in.own_password(store, mark=entrance.mark, password=GOOD, **WHY).wants == ""
    assert signing.first(store, "nok", GOOD).wants == ""


def test_a_second_factor_is_asked_for_after_the_password(store, nok):
    set_up(store, nok)
    entrance = signing.first(store, "nok", GOOD)
    assert (entrance.wants, whose(store, entrance)) == (CODE, None)

    assert refused(give, store, entrance.mark, "000000") == "code_wrong"
    entered = give(store, entrance.mark, app(later()))
    assert (entered.wants, whose(store, entered)) == ("", "nok")


def test_a_code_opens_once(store, nok):
    set_up(store, nok)
    mark = signing.first(store, "nok", GOOD).mark

    # Neither the one that set it up, nor the one that has just opened.
    assert refused(give, store, mark, app(), at=AT) == "code_wrong"
    give(store, mark, app(later()))
    assert refused(give, store, mark, app(later())) == "code_wrong"
    assert refused(give, store, signing.first(store, "nok", GOOD).mark, app(later())) == "code_wrong"


def test_a_recovery_code_stands_in_for_the_phone_once_and_that_is_on_record(store, nok):
    codes = set_up(store, nok)
    mark = signing.first(store, "nok", GOOD).mark
    version = store.version

    assert whose(store, give(store, mark, f" {codes[3].lower().replace('-', ' ')}")) == "nok"
    assert store.rows("SELECT deed, recorded_by FROM entry WHERE entry > $v", v=version) == [
        ("recovery_used", "nok")
    ]
    assert refused(give, store, mark, codes[3]) == "code_wrong"
    assert len(second_factors.recovery_hashes(store, "nok")) == 9
    assert whose(store, give(store, mark, codes[4])) == "nok"


def test_new_recovery_codes_end_the_earlier_ones(store, nok):
    old = set_up(store, nok)
    new = second_factor.renew_codes(store, nok, password=GOOD, **WHY)
    mark = signing.first(store, "nok", GOOD).mark

    assert refused(give, store, mark, old[0]) == "code_wrong"
    assert whose(store, give(store, mark, new[0])) == "nok"


def test_no_step_is_left_out(store, nok, admin):
    """Whatever a mark was given for, what is wanted is asked of the account as it is."""
    set_up(store, nok)
    deeds.set_password(store, admin, account="nok", password=OTHER, **WHY)
    first = signing.first(store, "nok", OTHER)
    assert first.wants == CODE

    assert refused(signing_in.own_password, store, mark=first.mark, password=GOOD, **WHY) == "step_over"
    assert (
        refused(signing_in.own_factor, store, mark=first.mark, secret=SECRET, code=app(), **WHY)
        == "step_over"
    )
    second = give(store, first.mark, app(later()))
    assert (second.wants, whose(store, second)) == (PASSWORD, None)
    assert refused(give, store, second.mark, app(later(2)), at=later(2)) == "step_over"
    assert whose(store, signing_in.own_password(store, mark=second.mark, password=GOOD, **WHY)) == "nok"


@pytest.mark.parametrize("end", ["closed", "password", "sessions"])
def test_a_step_is_over_once_the_account_is_not_what_it_was(store, nok, admin, end):
    set_up(store, nok)
    mark = signing.first(store, "nok", GOOD).mark
    if end == "closed":
        deeds.change(store, admin, account="nok", name="นก", role="coordinator", active=False, **WHY)
    elif end == "password":
        deeds.set_password(store, admin, account="nok", password=OTHER, **WHY)
    else:
        deeds.end_sessions(store, admin, account="nok", **WHY)

    assert refused(give, store, mark, app(later())) == "step_over"


@pytest.mark.parametrize("mark", ["", "x", "a.b.c"])
def test_a_forged_step_is_none(store, nok, mark):
    assert refused(give, store, mark, "1") == "step_over"
    session = signing.session(store, "nok", GOOD)
    assert refused(give, store, session, app()) == "step_over"


def test_beside_a_second_factor_a_shorter_password_is_enough_and_alone_it_is_not(store, nok):
    set_up(store, nok)
    deeds.change_own_password(store, nok, current=GOOD, password="wq7vzk0r", **WHY)
    assert signing.first(store, "nok", "wq7vzk0r").wants == CODE

    off = {"note": "x", "at": AT}
    assert refused(second_factor.turn_off, store, nok, password="wq7vzk0r", **off) == "password_short"
    deeds.change_own_password(store, nok, current="wq7vzk0r", password=GOOD, **WHY)
    second_factor.turn_off(store, nok, password=GOOD, **off)
    assert signing.first(store, "nok", GOOD).wants == ""
    assert second_factors.recovery_hashes(store, "nok") == []
    assert refused(second_factor.turn_off, store, nok, password=GOOD, **off) == "factor_none"


def test_the_second_factor_is_changed_by_who_knows_the_password(store, nok):
    given = {"password": "not the password", "note": "x", "at": AT}
    assert refused(second_factor.turn_on, store, nok, secret=SECRET, code=app(), **given) == "password_wrong"
    set_up(store, nok)
    assert refused(second_factor.renew_codes, store, nok, **given) == "password_wrong"
    assert refused(second_factor.turn_off, store, nok, **given) == "password_wrong"
    assert (
        refused(second_factor.turn_on, store, nok, secret="x", code="1", **given | {"password": GOOD})
        == "code_wrong"
    )
    with pytest.raises(PermissionRefused):
        second_factor.turn_off(store, None, **given)


def test_an_administrator_takes_a_lost_phone_away_with_a_new_password(store, nok, admin):
    codes = set_up(store, nok)
    deeds.set_password(store, admin, account="nok", password=OTHER, without_factor=True, **WHY)

    assert signing.first(store, "nok", OTHER).wants == PASSWORD
    assert (second_factors.find(store, "nok"), second_factors.recovery_hashes(store, "nok")) == (None, [])
    assert store.rows("SELECT deed FROM entry ORDER BY entry DESC LIMIT 1") == [("reset_sign_in",)]
    assert codes


def test_administrators_need_one_where_the_operator_says_so(store, admin, nok, monkeypatch):
    before = signing.session(store, "admin", GOOD)
    assert deeds.whose(store, before)

    monkeypatch.setenv("CMI_ADMIN_SECOND_FACTOR", "true")
    # As after the restart that the setting needs: nothing is kept from before.
    deeds._STANDING.clear()
    assert deeds.whose(store, before) is None
    entrance = signing.first(store, "admin", GOOD)
    assert (entrance.wants, whose(store, entrance)) == (FACTOR, None)
    given = {"mark": entrance.mark, "secret": SECRET, **WHY}
    assert refused(signing_in.own_factor, store, code="000000", **given) == "code_wrong"
    entered, codes = signing_in.own_factor(store, code=app(), **given)
    assert (entered.wants, whose(store, entered), len(codes)) == ("", "admin", 10)

    assert refused(second_factor.turn_off, store, admin, password=GOOD, note="x", at=AT) == "factor_required"
    assert signing.first(store, "nok", GOOD).wants == ""


def test_no_secret_of_the_second_factor_is_in_the_record(store, nok):
    codes = set_up(store, nok)
    give(store, signing.first(store, "nok", GOOD).mark, codes[0])
    told = repr([store.rows(f'SELECT * FROM "{table}"') for table in ("entry", "seal", "account_line")])

    for secret in (SECRET, *codes, *second_factors.recovery_hashes(store, "nok")):
        assert secret not in told


# ------------------------------------------------------------------------------------------------ guessing


def guess(store, gate, browser, now=0.0, account="nok"):
    try:
        signing.first(store, account, "a guess", throttle=gate, browser=browser, now=now)
    except AccountError as refusal:
        return refusal.reason
    raise AssertionError("a guess was right")


def test_guessing_is_slowed_down_and_forgotten_after_success(store, nok):
    gate = Throttle()
    assert [guess(store, gate, HERE) for _ in range(6)] == ["sign_in_wrong"] * 5 + ["throttled"]

    assert refused(signing.first, store, " NOK ", GOOD, throttle=gate, browser=HERE) == "throttled"
    assert signing.first(store, "nok", GOOD, throttle=gate, browser=HERE, now=2.5)
    assert guess(store, gate, HERE, now=2.5) == "sign_in_wrong"


def test_nobody_keeps_another_person_out(store, nok):
    """Neither from many networks, nor from the very one that they share, where the browser knows them."""
    gate = Throttle()
    known = signing_in.remembered(store, "", "nok")
    for number in range(60):
        guess(store, gate, Browser(f"10.9.{number}.1"))
    for _ in range(30):
        guess(store, gate, HERE)

    assert signing.first(store, "nok", GOOD, throttle=gate, browser=Browser("10.0.0.8")).wants == ""
    assert signing.first(store, "nok", GOOD, throttle=gate, browser=Browser("10.0.0.7", known)).wants == ""


def test_a_meeting_room_behind_one_address_signs_in(store, admin):
    gate = Throttle()
    for number in range(40):
        account = f"person{number}"
        assert guess(store, gate, HERE, account=account) == "sign_in_wrong"
        assert guess(store, gate, HERE, account=account) == "sign_in_wrong"
    assert signing.first(store, "admin", GOOD, throttle=gate, browser=HERE).wants == ""


def test_a_browser_that_is_known_guesses_no_faster(store, nok, admin):
    """Its mark gives tries of its own, five like anybody's; and none at another account."""
    gate = Throttle()
    mine = Browser("10.0.0.7", signing_in.remembered(store, "", "nok"))
    told = [guess(store, gate, mine) for _ in range(8)]
    assert told.count("sign_in_wrong") == FREE_TRIES

    at_others = [guess(store, gate, mine, account="admin") for _ in range(8)]
    again = [guess(store, gate, Browser("10.0.0.7"), account="admin") for _ in range(8)]
    assert at_others.count("sign_in_wrong") == FREE_TRIES
    assert set(again) == {"throttled"}
    forged = Browser("10.0.0.7", passwords.known_mark("another key", {"admin": "x"}))
    assert guess(store, gate, forged, account="admin") == "throttled"


def test_codes_are_guessed_slowly_whatever_network_they_come_from(store, nok):
    set_up(store, nok)
    gate, mark = Throttle(), signing.first(store, "nok", GOOD).mark
    told = [
        refused(give, store, mark, "000000", gate=gate, browser=Browser(f"10.0.0.{number}"))
        for number in range(9)
    ]

    assert told == ["code_wrong"] * FREE_TRIES + ["throttled"] * 4
    known = signing_in.remembered(store, "", "nok")
    assert give(store, mark, app(later()), gate=gate, browser=Browser("x", known)).wants == ""


def test_a_browser_is_remembered_for_each_of_a_desks_people(store, nok):
    first = signing_in.remembered(store, "", "nok")
    both = signing_in.remembered(store, first, "admin")
    names = passwords.read_known_mark("key-of-a-test", both)

    assert set(names) == {"nok", "admin"}
    assert names["nok"] == passwords.read_known_mark("key-of-a-test", first)["nok"]
    assert signing_in.remembered(store, "forged", "nok")
