"""The first admin, further accounts, passwords and sessions: who gets in, who stays in, and who is sent away."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.accounts.roles import ROLES, Account
from cmi_core.actions import accounts as deeds
from cmi_core.actions import drafts
from cmi_core.errors import AccountError, CmiError, ObservationError, PermissionRefused, StoreError
from cmi_core.store import accounts, record
from tests import signing

AT = datetime(2026, 11, 22, 5)
PASSWORD = "ดอยสุเทพ-ดอยปุย"
# The codes of the first two accounts: they sign in as admin and as nok.
ADMIN, NOK = "1001", "1002"
ANOTHER = "three words unlike it"


@pytest.fixture
def store(keyed_store):
    return keyed_store


@pytest.fixture
def admin(store):
    return first(store, deeds.prepare(store))


def first(store, code, **more):
    details = {"sign_in": "admin", "name": "อรุณ", "password": PASSWORD, "note": "เริ่ม", "at": AT} | more
    return deeds.first_admin(store, code=code, **details)


def create(store, actor, sign_in="nok", **more):
    details = {"name": "นก", "role": "coordinator", "password": PASSWORD, "note": "ใหม่", "at": AT} | more
    return deeds.create(store, actor, sign_in=sign_in, **details)


def change(store, actor, account=NOK, **more):
    details = {"name": "นก", "role": "coordinator", "active": True, "note": "แก้", "at": AT} | more
    return deeds.change(store, actor, account=account, **details)


def enter(store, account="nok", password=PASSWORD):
    """The session of somebody who chose the password that opens it."""
    signing.own_passwords(store)
    return signing.session(store, account, password)


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

    assert refused(first, store, code, sign_in="second") == "setup_done"
    assert accounts.setting(store, "setup_code") is None
    assert list(accounts.everybody(store)["sign_in"]) == ["admin"]


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
        ({"sign_in": "a"}, "account_name"),
        ({"sign_in": "นก"}, "account_name"),
        ({"sign_in": "a b"}, "account_name"),
        ({"sign_in": "../etc"}, "account_name"),
        ({"sign_in": "x" * 81}, "account_name"),
        ({"name": "  "}, "person_name_missing"),
        ({"password": "short"}, "password_short"),
        ({"password": "admin chiang mai"}, "password_own_words"),
        ({"note": " "}, "note_missing"),
    ],
)
def test_a_refused_first_admin_leaves_the_code_good(store, wrong, reason):
    code = deeds.prepare(store)

    assert refused(first, store, code, **wrong) == reason
    assert accounts.credential(store, ADMIN) is None
    assert first(store, code).role == "admin"


def test_only_an_admin_makes_accounts(store, admin):
    for role in (None, "viewer", "coordinator", "editor"):
        actor = Account("x1", "x", role) if role else None
        with pytest.raises(PermissionRefused):
            create(store, actor)
    create(store, admin)

    assert accounts.find(store, NOK) == Account(NOK, "นก", "coordinator")
    assert record.first_broken(store) is None


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"sign_in": "admin"}, "account_taken"),
        ({"role": "king"}, "role_unknown"),
        ({"sign_in": "2571"}, "account_number"),
        ({"sign_in": "1001"}, "account_number"),
        ({"sign_in": "นก"}, "account_name"),
        ({"organisation": "nowhere"}, "organisation_unknown"),
        ({"password": "x" * 14}, "password_short"),
        ({"password": "x" * 20}, "password_easy"),
        ({"note": ""}, "note_missing"),
    ],
)
def test_a_refused_account_changes_nothing(store, admin, more, reason):
    before = store.version

    assert refused(create, store, admin, **more) == reason
    assert store.version == before
    assert accounts.credential(store, NOK) is None


def test_an_address_belongs_to_one_account(store, admin):
    create(store, admin, email=" nok@city.example ")

    assert refused(create, store, admin, "two", email="NOK@city.example") == "email_taken"
    assert change(store, admin, email="nok@city.example") == 3
    assert accounts.holder_of_email(store, "nok@CITY.example") == NOK


def test_the_last_admin_stays(store, admin):
    assert refused(change, store, admin, ADMIN, role="editor") == "last_admin"
    assert refused(change, store, admin, ADMIN, role="admin", active=False) == "last_admin"
    other = create(store, admin, "other", role="admin")

    change(store, admin, ADMIN, role="editor")
    assert refused(change, store, admin, other, role="viewer") == "last_admin"


def test_an_unknown_account_cannot_be_changed(store, admin):
    assert refused(change, store, admin, "nobody") == "account_unknown"
    assert refused(give, store, admin, "nobody") == "account_unknown"


def give(store, actor, account=NOK, password=ANOTHER, note="ลืม"):
    return deeds.set_password(store, actor, account=account, password=password, note=note, at=AT)


def test_a_new_password_ends_every_session(store, admin):
    create(store, admin)
    marks = [enter(store), enter(store)]
    assert all(deeds.whose(store, mark).account == NOK for mark in marks)

    give(store, admin)

    assert [deeds.whose(store, mark) for mark in marks] == [None, None]
    assert refused(enter, store) == "sign_in_wrong"
    assert deeds.whose(store, enter(store, password=ANOTHER)).account == NOK


def test_nobody_sets_the_password_of_another(store, admin):
    create(store, admin)
    mine = Account(NOK, "นก", "coordinator")

    with pytest.raises(PermissionRefused):
        give(store, mine, ADMIN)
    with pytest.raises(PermissionRefused):
        give(store, None)


def test_a_new_password_needs_its_reason(store, admin):
    create(store, admin)
    with pytest.raises(ObservationError, match="note_missing"):
        give(store, admin, note="  ")

    assert deeds.whose(store, enter(store)).account == NOK


def test_no_secret_is_in_the_record(store, admin):
    create(store, admin)
    give(store, admin)
    hashes = [value for (value,) in store.rows("SELECT hash FROM credential")]
    with store.snapshot() as cursor:
        told = repr(list(record._contents(cursor, 1, store.version)))

    assert len(hashes) == 2
    for secret in (PASSWORD, ANOTHER, *hashes):
        assert secret not in told


@pytest.mark.parametrize("mark", [None, "", "x", "a.b.c", "WyJub2siLCJ4Il0.Zz.sig"])
def test_a_forged_mark_is_nobody(store, admin, mark):
    assert deeds.whose(store, mark) is None


def test_a_mark_of_another_database_is_nobody(store, admin):
    epoch = accounts.credential(store, ADMIN)[1]

    assert deeds.whose(store, passwords.session_mark("key-of-a-test", ADMIN, epoch)).account == ADMIN
    assert deeds.whose(store, passwords.session_mark("another-key", ADMIN, epoch)) is None
    assert deeds.whose(store, passwords.session_mark("key-of-a-test", ADMIN, "another epoch")) is None


def test_a_mark_ends_after_twelve_hours(store, admin, monkeypatch):
    mark = enter(store, "admin")
    later = 12 * 60 * 60
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + later - 60)
    assert deeds.whose(store, mark).account == ADMIN
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


def test_a_closed_account_that_is_opened_again_revives_no_session(store, admin):
    create(store, admin)
    mark = enter(store)
    ticket = passwords.draft_mark("key-of-a-test", NOK, accounts.credential(store, NOK)[1])
    change(store, admin, active=False)
    change(store, admin, active=True)

    assert deeds.whose(store, mark) is None
    with pytest.raises(AccountError, match="draft_ticket"):
        drafts.whose(store, ticket)
    assert deeds.whose(store, enter(store)).account == NOK


def test_another_change_of_an_account_ends_nothing(store, admin):
    create(store, admin)
    mark = enter(store)
    change(store, admin, name="นกใหม่")

    assert deeds.whose(store, mark).name == "นกใหม่"


def test_a_clock_set_back_by_seconds_signs_nobody_out(store, admin, monkeypatch):
    mark = enter(store, "admin")
    now = time.time()
    for back, stays in ((5, True), (120, True), (900, False)):
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda back=back: now - back)
        assert (deeds.whose(store, mark) is not None) == stays, back


def test_all_sessions_of_an_account_end_by_its_owner_or_an_administrator(store, admin):
    create(store, admin)
    for actor in (accounts.find(store, NOK), admin):
        marks = [enter(store), enter(store), enter(store, "admin")]
        deeds.end_sessions(store, actor, account=NOK, note="ทำโทรศัพท์หาย", at=AT)

        assert [deeds.whose(store, mark) is None for mark in marks] == [True, True, False]
    with pytest.raises(PermissionRefused):
        deeds.end_sessions(store, accounts.find(store, NOK), account=ADMIN, note="x", at=AT)


def test_an_administrator_too_needs_the_present_password_for_a_new_one(store, admin):
    """A session that came into other hands must not be enough to take the account."""
    assert refused(give, store, admin, ADMIN) == "password_own"
    wrong = {"current": "not the password", "password": ANOTHER, "note": "x", "at": AT}
    assert refused(deeds.change_own_password, store, admin, **wrong) == "password_wrong"

    deeds.change_own_password(store, admin, **wrong | {"current": PASSWORD})
    assert deeds.whose(store, enter(store, "admin", ANOTHER)).account == ADMIN


def test_guessing_the_present_password_is_slowed_down(store, admin):
    create(store, admin)
    nok = accounts.find(store, NOK)
    given = {"password": ANOTHER, "note": "x", "at": AT}
    told = [
        refused(deeds.change_own_password, store, nok, current=f"guess {number}", **given)
        for number in range(8)
    ]

    assert told == ["password_wrong"] * 5 + ["throttled"] * 3
    assert refused(deeds.change_own_password, store, nok, current=PASSWORD, **given) == "throttled"
    # Others' guesses hold up nobody else, and nobody's sign-in.
    assert enter(store)
    deeds.change_own_password(store, admin, current=PASSWORD, **given)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        (PASSWORD, "password_same"),
        ("x" * 8, "password_short"),
        ("นก นก นก เชียงใหม่ 2569", "password_own_words"),
    ],
)
def test_ones_own_new_password_has_to_be_good_and_new(store, admin, password, reason):
    create(store, admin)
    nok = accounts.find(store, NOK)

    assert (
        refused(deeds.change_own_password, store, nok, current=PASSWORD, password=password, note="x", at=AT)
        == reason
    )


def test_wrong_names_and_wrong_passwords_are_told_alike(store, admin):
    wrong = [
        refused(enter, store, "admin", "not the password"),
        refused(enter, store, "nobody"),
        refused(enter, store, ""),
        refused(enter, store, "admin", ""),
    ]

    assert set(wrong) == {"sign_in_wrong"}


def test_an_account_is_entered_in_any_case(store, admin):
    assert deeds.whose(store, enter(store, "  Admin ")).account == ADMIN


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

    nok = deeds.whose(store, enter(store, password=ANOTHER))
    change(store, admin, active=False)
    assert nok.now() is None


def test_two_at_once_cannot_both_be_the_first(store):
    code = deeds.prepare(store)

    def attempt(number):
        try:
            return first(store, code, sign_in=f"admin{number}").account
        except AccountError as refusal:
            return refusal.reason

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(attempt, range(4)))

    assert made.count("setup_done") == 3
    assert len(accounts.everybody(store)) == 1
