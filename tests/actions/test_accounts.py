"""The first admin, further accounts, passwords and sessions: who gets in, who stays in, and who is sent away."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.accounts.roles import ROLES, Account
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import accounts as deeds
from cmi_core.errors import AccountError, CmiError, ObservationError, PermissionRefused, StoreError
from cmi_core.store import accounts, record

AT = datetime(2026, 11, 22, 5)
PASSWORD = "ดอยสุเทพ-ดอยปุย"


@pytest.fixture
def store(new_store):
    opened = new_store()
    with opened.writing() as cursor:
        accounts.set_setting(cursor, "cookie_key", "key-of-a-test")
    yield opened
    opened.close()


@pytest.fixture
def admin(store):
    return first(store, deeds.prepare(store))


def first(store, code, **more):
    details = {"account": "admin", "name": "อรุณ", "password": PASSWORD, "note": "เริ่ม", "at": AT} | more
    return deeds.first_admin(store, code=code, **details)


def create(store, actor, account="nok", **more):
    details = {"name": "นก", "role": "coordinator", "password": PASSWORD, "note": "ใหม่", "at": AT} | more
    return deeds.create(store, actor, account=account, **details)


def change(store, actor, account="nok", **more):
    details = {"name": "นก", "role": "coordinator", "active": True, "note": "แก้", "at": AT} | more
    return deeds.change(store, actor, account=account, **details)


def enter(store, account="nok", password=PASSWORD, throttle=None, now=0.0):
    throttle = throttle or Throttle()
    return deeds.sign_in(store, throttle, account=account, password=password, origin="127.0.0.1", now=now)


def refused(deed, *details, **more):
    with pytest.raises(CmiError) as refusal:
        deed(*details, **more)
    for language in text.LANGUAGES:
        assert text.refusal(text.translator(language), refusal.value)
    return refusal.value.reason


def test_the_setup_code_stays_the_same_until_it_is_used(store):
    code = deeds.prepare(store)

    assert deeds.prepare(store) == code
    first(store, code)
    assert deeds.prepare(store) is None


def test_the_setup_code_works_once(store):
    code = deeds.prepare(store)
    first(store, f" {code.lower()} ")

    assert refused(first, store, code, account="second") == "setup_done"
    assert accounts.setting(store, "setup_code") is None
    assert list(accounts.everybody(store)["account"]) == ["admin"]


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "None"])
def test_a_wrong_setup_code_makes_nobody(store, code):
    deeds.prepare(store)

    assert refused(first, store, code) == "setup_code_wrong"
    assert accounts.everybody(store).empty
    assert store.version == 0


def test_without_a_prepared_code_nobody_is_made(store):
    assert refused(first, store, "") == "setup_done"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"account": "a"}, "account_name"),
        ({"account": "นก"}, "account_name"),
        ({"account": "a b"}, "account_name"),
        ({"account": "../etc"}, "account_name"),
        ({"account": "x" * 81}, "account_name"),
        ({"name": "  "}, "person_name_missing"),
        ({"password": "short"}, "password_short"),
        ({"note": " "}, "note_missing"),
    ],
)
def test_a_refused_first_admin_leaves_the_code_good(store, wrong, reason):
    code = deeds.prepare(store)

    assert refused(first, store, code, **wrong) == reason
    assert accounts.credential(store, "admin") is None
    assert first(store, code).role == "admin"


def test_only_an_admin_makes_accounts(store, admin):
    for role in (None, "viewer", "coordinator", "editor"):
        actor = Account("x1", "x", role) if role else None
        with pytest.raises(PermissionRefused):
            create(store, actor)
    create(store, admin)

    assert accounts.find(store, "nok") == Account("nok", "นก", "coordinator")
    assert record.first_broken(store) is None


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"account": "admin"}, "account_taken"),
        ({"role": "king"}, "role_unknown"),
        ({"account": "Nok"}, "account_name"),
        ({"organisation": "nowhere"}, "organisation_unknown"),
        ({"password": "x" * 9}, "password_short"),
        ({"note": ""}, "note_missing"),
    ],
)
def test_a_refused_account_changes_nothing(store, admin, more, reason):
    before = store.version

    assert refused(create, store, admin, **more) == reason
    assert store.version == before
    assert accounts.credential(store, "nok") is None


def test_an_address_belongs_to_one_account(store, admin):
    create(store, admin, email=" nok@city.example ")

    assert refused(create, store, admin, "two", email="NOK@city.example") == "email_taken"
    assert change(store, admin, email="nok@city.example") == 3
    assert deeds.by_email(store, "nok@CITY.example").account == "nok"


def test_the_last_admin_stays(store, admin):
    assert refused(change, store, admin, "admin", role="editor") == "last_admin"
    assert refused(change, store, admin, "admin", role="admin", active=False) == "last_admin"
    create(store, admin, "other", role="admin")

    change(store, admin, "admin", role="editor")
    assert refused(change, store, admin, "other", role="viewer") == "last_admin"


def test_an_unknown_account_cannot_be_changed(store, admin):
    assert refused(change, store, admin, "nobody") == "account_unknown"
    assert refused(give, store, admin, "nobody") == "account_unknown"


def give(store, actor, account="nok", password="a new password", note="ลืม"):
    return deeds.set_password(store, actor, account=account, password=password, note=note, at=AT)


def test_a_new_password_ends_every_session(store, admin):
    create(store, admin)
    marks = [enter(store), enter(store)]
    assert all(deeds.whose(store, mark).account == "nok" for mark in marks)

    give(store, accounts.find(store, "nok"))

    assert [deeds.whose(store, mark) for mark in marks] == [None, None]
    assert refused(enter, store) == "sign_in_wrong"
    assert deeds.whose(store, enter(store, password="a new password")).account == "nok"


def test_nobody_sets_the_password_of_another(store, admin):
    create(store, admin)
    mine = Account("nok", "นก", "coordinator")

    with pytest.raises(PermissionRefused):
        give(store, mine, "admin")
    with pytest.raises(PermissionRefused):
        give(store, None)


def test_a_new_password_needs_its_reason(store, admin):
    with pytest.raises(ObservationError, match="note_missing"):
        give(store, admin, "admin", note="  ")

    assert deeds.whose(store, enter(store, "admin")).account == "admin"


def test_no_secret_is_in_the_record(store, admin):
    create(store, admin)
    give(store, admin)
    hashes = [value for (value,) in store.rows("SELECT hash FROM credential")]
    with store.snapshot() as cursor:
        told = repr(list(record._contents(cursor, 1, store.version)))

    assert len(hashes) == 2
    for secret in (PASSWORD, "a new password", *hashes):
        assert secret not in told


@pytest.mark.parametrize("mark", [None, "", "x", "a.b.c", "WyJub2siLCJ4Il0.Zz.sig"])
def test_a_forged_mark_is_nobody(store, admin, mark):
    assert deeds.whose(store, mark) is None


def test_a_mark_of_another_database_is_nobody(store, admin):
    epoch = accounts.credential(store, "admin")[1]

    assert deeds.whose(store, passwords.session_mark("key-of-a-test", "admin", epoch)).account == "admin"
    assert deeds.whose(store, passwords.session_mark("another-key", "admin", epoch)) is None
    assert deeds.whose(store, passwords.session_mark("key-of-a-test", "admin", "another epoch")) is None


def test_a_mark_ends_after_twelve_hours(store, admin, monkeypatch):
    mark = enter(store, "admin")
    later = 12 * 60 * 60
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + later - 60)
    assert deeds.whose(store, mark).account == "admin"
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + later + 60)
    assert deeds.whose(store, mark) is None


def test_the_role_is_looked_up_each_time(store, admin):
    create(store, admin)
    mark = enter(store)
    for role in ROLES:
        change(store, admin, role=role)
        assert deeds.whose(store, mark).role == role
    change(store, admin, active=False)

    assert deeds.whose(store, mark) is None
    assert refused(enter, store) == "sign_in_wrong"


def test_wrong_names_and_wrong_passwords_are_told_alike(store, admin):
    wrong = [
        refused(enter, store, "admin", "not the password"),
        refused(enter, store, "nobody"),
        refused(enter, store, ""),
        refused(enter, store, "admin", ""),
    ]

    assert set(wrong) == {"sign_in_wrong"}


def test_guessing_is_slowed_down_and_forgotten_after_success(store, admin):
    throttle = Throttle()
    for _ in range(5):
        refused(enter, store, "admin", "guess", throttle)
    assert refused(enter, store, " ADMIN ", PASSWORD, throttle) == "throttled"

    assert enter(store, "admin", PASSWORD, throttle, now=1.5)
    assert refused(enter, store, "admin", "guess", throttle, now=1.5) == "sign_in_wrong"


def test_an_account_is_entered_in_any_case(store, admin):
    assert deeds.whose(store, enter(store, "  Admin ")).account == "admin"


def test_without_a_key_nobody_is_signed_in(store, admin):
    mark = enter(store, "admin")
    with store.writing() as cursor:
        accounts.set_setting(cursor, "cookie_key", None)

    with pytest.raises(StoreError, match="cookie_key_missing"):
        deeds.whose(store, mark)


def test_somebody_who_signed_in_is_looked_up_again_by_the_same_mark(store, admin):
    create(store, admin)
    mark, elsewhere = enter(store), enter(store)
    nok = deeds.whose(store, mark)
    assert (nok.now(), nok.now().now()) == (nok, nok)

    change(store, admin, role="viewer")
    assert nok.now().role == "viewer"
    # A session's end is no entry, so what is kept per version knows nothing of it.
    version = store.version
    deeds.sign_out(store, mark, at=AT)
    assert (store.version, nok.now(), deeds.whose(store, elsewhere).now().role) == (version, None, "viewer")
    give(store, admin)
    assert deeds.whose(store, elsewhere) is None


def test_a_session_is_over_for_its_page_once_the_account_is_closed_or_has_a_new_password(store, admin):
    create(store, admin)
    nok = deeds.whose(store, enter(store))
    give(store, admin)
    assert nok.now() is None

    nok = deeds.whose(store, enter(store, password="a new password"))
    change(store, admin, active=False)
    assert nok.now() is None


def test_whom_the_organisation_vouches_for_is_looked_up_again_by_the_address(store, admin):
    create(store, admin, email="nok@city.example")
    nok = deeds.by_email(store, "nok@city.example")
    change(store, admin, role="viewer", email="nok@city.example")
    assert nok.now().role == "viewer"

    change(store, admin, email="another@city.example")
    assert nok.now() is None
    # An address that is somebody else's by now does not let them go on.
    create(store, admin, "dao", email="nok@city.example", role="admin")
    assert nok.now().account == "dao"
    with pytest.raises(PermissionRefused, match="session_over"):
        create(store, nok, "new")


def test_a_ticket_opens_reading_and_nothing_else(store, admin):
    ticket = deeds.reading_ticket(store, admin)

    assert deeds.is_reading_ticket(store, ticket)
    assert deeds.whose(store, ticket) is None
    assert not deeds.is_reading_ticket(store, enter(store, "admin"))
    assert not deeds.is_reading_ticket(store, None)
    assert not deeds.is_reading_ticket(store, ticket[:-2])


def test_a_ticket_opens_nothing_once_its_account_is_closed(store, admin):
    create(store, admin)
    ticket = deeds.reading_ticket(store, accounts.find(store, "nok"))
    assert deeds.is_reading_ticket(store, ticket)

    change(store, admin, active=False)
    assert not deeds.is_reading_ticket(store, ticket)


def test_a_ticket_stays_the_same_for_hours_and_ends_within_twelve(store, admin, monkeypatch):
    """It is in addresses: another one would make a browser fetch every layer of the map anew."""
    start = 1_800_000_000 // 21_600 * 21_600
    hours = iter((0, 5.9, 6.1))
    tickets = []
    for hour in hours:
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda hour=hour: start + hour * 3600)
        tickets.append(deeds.reading_ticket(store, admin))
    assert tickets[0] == tickets[1] != tickets[2]

    for hour, opens in ((11.9, True), (12.1, False)):
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda hour=hour: start + hour * 3600)
        assert deeds.is_reading_ticket(store, tickets[0]) is opens


def test_two_at_once_cannot_both_be_the_first(store):
    code = deeds.prepare(store)

    def attempt(number):
        try:
            return first(store, code, account=f"admin{number}").account
        except AccountError as refusal:
            return refusal.reason

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(attempt, range(4)))

    assert made.count("setup_done") == 3
    assert len(accounts.everybody(store)) == 1
