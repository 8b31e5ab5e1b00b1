"""The organisation's own sign-in: an account is tied by invitation, stays tied by subject, and its sessions end with all others."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from cmi_core import text
from cmi_core.accounts import passwords, retention
from cmi_core.accounts.identities import Identity
from cmi_core.accounts.roles import Account, require
from cmi_core.actions import accounts as deeds
from cmi_core.actions import identities
from cmi_core.calendar import clock
from cmi_core.errors import CmiError, PermissionRefused
from cmi_core.store import identities as kept
from tests import signing

AT = datetime(2026, 11, 22, 5)
NOW = AT + timedelta(hours=2)
PASSWORD = "ดอยสุเทพ-ดอยปุย"
EK = Identity("https://login.city.example", "ek", AT + timedelta(hours=1), "e" * 64, "Ek@city.example")
ADMIN = Account("admin", "อรุณ", "admin")


@pytest.fixture
def store(keyed_store, monkeypatch):
    signing.old_account(keyed_store, "admin", name="อรุณ", role="admin", password=PASSWORD, at=AT)
    for account, email in (("ek", "ek@city.example"), ("nok", "nok@city.example"), ("silent", None)):
        create(keyed_store, account, email)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return keyed_store


def create(store, account, email):
    signing.old_account(store, account, name=account, role="editor", password=PASSWORD, at=AT, email=email)


def change(store, account="ek", *, at=NOW, active=True, email="ek@city.example"):
    deeds.change(
        store, ADMIN, account=account, name=account, role="editor", active=active, note="แก้", at=at, email=email
    )  # fmt: skip


def invite(store, account="ek", at=NOW):
    return identities.invite(store, ADMIN, account=account, note="เชิญ", at=at)


def arrive(store, identity=EK, code=None, at=NOW):
    account, why = identities.arrive(store, identity, code, note="ตามคำเชิญ", at=at)
    if why:
        for language in text.LANGUAGES:
            assert text.translator(language)(why)
    return account.account if account else why


def later(seconds=1, **more):
    """The same person, who signed in once more."""
    return replace(EK, issued=NOW + timedelta(seconds=seconds), session=f"{seconds:064}", **more)


@pytest.fixture
def tied(store):
    assert arrive(store, code=invite(store)) == "ek"
    return store


def last_entries(store, count=1):
    return store.rows(
        "SELECT deed, recorded_by, note FROM entry ORDER BY entry DESC LIMIT $count", count=count
    )


def test_an_invitation_ties_and_what_comes_after_needs_none(tied):
    assert arrive(tied) == "ek"
    assert identities.whose(tied, EK) == Account("ek", "ek", "editor")
    assert list(kept.tied(tied).itertuples(index=False, name=None)) == [("ek", NOW)]


def test_the_record_says_who_was_invited_tied_and_parted_and_no_secret(store):
    code = invite(store)
    arrive(store, code=code)
    identities.untie(store, ADMIN, account="ek", note="ย้ายงาน", at=NOW)

    assert last_entries(store, 3) == [
        ("untie_identity", "admin", "ek: ย้ายงาน"), ("tie_identity", "ek", "ตามคำเชิญ"), ("invite", "admin", "ek: เชิญ"),
    ]  # fmt: skip
    for language in text.LANGUAGES:
        assert all(text.translator(language)(f"deed.{deed}") for deed, *_ in last_entries(store, 3))
    tables = [name for (name,) in store.rows("SELECT table_name FROM duckdb_tables()")]
    everything = "".join(str(store.rows(f'SELECT * FROM "{table}"')) for table in tables)
    assert code not in everything
    assert EK.issuer not in everything


def test_an_address_alone_gives_nothing(store):
    assert arrive(store) == "shell.no_account"
    assert arrive(store, code="") == "shell.no_account"
    assert kept.tied(store).empty


@pytest.mark.parametrize("code", ["x", "'; --", "\ud800", "ก" * 5000])
def test_a_code_that_is_none_gives_nothing(store, code):
    invite(store)

    assert arrive(store, code=code) == "error.invitation_unknown"
    assert kept.tied(store).empty


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (replace(EK, email="nok@city.example"), "error.invitation_email"),
        (replace(EK, email="ek@city.example.org"), "error.invitation_email"),
        (replace(EK, email=""), "error.invitation_unverified"),
        (None, "shell.no_identity"),
    ],
)
def test_an_invitation_in_other_hands_changes_nothing_and_stays(store, identity, why):
    code, version = invite(store), store.version

    assert arrive(store, identity, code) == why
    assert (store.version, kept.tied(store).empty) == (version, True)
    assert arrive(store, code=code) == "ek"


def test_an_invitation_is_used_once(tied, store):
    code = invite(store, "nok")
    nok = replace(EK, subject="nok", session="n" * 64, email="nok@city.example")

    assert arrive(store, nok, code) == "nok"
    identities.untie(store, ADMIN, account="nok", note="x", at=NOW)
    assert arrive(store, replace(later(subject="nok"), issued=NOW), code) == "error.invitation_unknown"


def test_an_invitation_lives_seven_days_and_a_newer_one_replaces_it(store, monkeypatch):
    code = invite(store, at=NOW - timedelta(days=7))
    assert not identities.waits(store, code, at=NOW)
    assert arrive(store, code=code) == "error.invitation_unknown"

    code = invite(store, at=NOW - timedelta(days=7) + timedelta(seconds=1))
    assert identities.waits(store, code, at=NOW)
    newer = invite(store)
    assert arrive(store, code=code) == "error.invitation_unknown"
    assert arrive(store, code=newer) == "ek"


def test_codes_are_too_long_to_guess(store):
    codes = {invite(store) for _ in range(3)}

    assert len(codes) == 3
    assert all(len(code) >= 43 for code in codes)


@pytest.mark.parametrize(
    ("account", "reason"),
    [("silent", "invitation_needs_email"), ("nobody", "account_unknown"), ("gone", "account_unknown")],
)
def test_who_cannot_be_invited(store, account, reason):
    create(store, "gone", "gone@city.example")
    change(store, "gone", active=False, email="gone@city.example")
    with pytest.raises(CmiError, match=reason):
        invite(store, account)


def test_an_account_closed_since_its_invitation_is_not_tied(store):
    code = invite(store)
    change(store, active=False)

    assert arrive(store, code=code) == "error.invitation_unknown"


def test_the_address_that_counts_is_the_one_of_the_account_when_the_invitation_is_used(store):
    code = invite(store)
    change(store, email="ek.new@city.example")

    assert arrive(store, code=code) == "error.invitation_email"
    assert arrive(store, replace(EK, email="ek.new@city.example"), code) == "ek"


def test_an_account_is_tied_to_one_identity_and_an_identity_to_one_account(tied):
    with pytest.raises(CmiError, match="account_tied"):
        invite(tied)
    code = invite(tied, "nok")
    # Whoever is tied is who they are: an invitation for somebody else in their browser is not looked at.
    assert arrive(tied, replace(EK, email="nok@city.example"), code) == "ek"
    assert identities.waits(tied, code, at=NOW)
    assert len(kept.tied(tied)) == 1


@pytest.mark.parametrize("email", ["", "another@city.example", "nok@city.example"])
def test_a_changed_address_at_the_provider_keeps_the_account(tied, email):
    assert arrive(tied, later(-1, email=email)) == "ek"


@pytest.mark.parametrize("more", [{"subject": "ek2"}, {"subject": "EK"}, {"issuer": "https://evil.example"}])
def test_the_same_address_of_another_subject_or_issuer_gives_nothing(tied, more):
    assert arrive(tied, replace(EK, **more)) == "shell.no_account"


def test_a_role_that_is_taken_away_works_at_once(tied):
    reader = identities.whose(tied, EK)
    deeds.change(
        tied, ADMIN, account="ek", name="ek", role="viewer", active=True, note="x", at=NOW, email="ek@city.example"
    )  # fmt: skip

    assert reader.now().role == "viewer"
    with pytest.raises(PermissionRefused, match="not_permitted"):
        require(reader, "edit_place")


def test_a_session_is_as_long_as_one_of_our_own(tied, monkeypatch):
    ends = EK.issued + timedelta(seconds=passwords.SESSION_SECONDS)
    for moment, stands in ((ends, True), (ends + timedelta(seconds=1), False)):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert bool(identities.whose(tied, EK)) is stands
    assert arrive(tied, at=ends + timedelta(seconds=1)) == "shell.session_ended"


def test_a_session_from_the_future_waits_for_its_moment(tied, monkeypatch):
    """Else one that was used before an ending could be dated after it."""
    ahead = later(2)
    assert arrive(tied, ahead) == "shell.clock_ahead"
    monkeypatch.setattr(clock, "now", lambda: ahead.issued)
    assert arrive(tied, ahead, at=ahead.issued) == "ek"


def end_by_hand(store):
    with store.writing() as cursor:
        kept.end_sessions(cursor, "ek", NOW)


def end_all(store):
    deeds.end_sessions(store, Account("ek", "ek", "editor"), account="ek", note="หาย", at=NOW)


def new_password(store):
    deeds.set_password(store, ADMIN, account="ek", password="อีกคำหนึ่งที่ยาวพอ", note="ลืม", at=NOW)


def closed_and_opened(store):
    change(store, active=False)
    change(store, active=True)


@pytest.mark.parametrize("end", [end_by_hand, end_all, new_password, closed_and_opened])
def test_what_ends_an_accounts_sessions_ends_these(tied, monkeypatch, end):
    reader = identities.whose(tied, EK)
    ticket = identities.ticket(tied, reader, EK)
    same_second = replace(EK, issued=NOW, session="s" * 64)
    assert identities.is_ticket(tied, ticket)
    end(tied)

    assert (identities.whose(tied, EK), reader.now(), identities.is_ticket(tied, ticket)) == (
        None,
        None,
        False,
    )
    with pytest.raises(PermissionRefused, match="session_over"):
        require(reader, "own_feed")
    assert arrive(tied) == "shell.session_ended"
    assert identities.whose(tied, same_second) is None
    # Who signs in once more is there again, without an invitation.
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    assert identities.whose(tied, later()).account == "ek"


def test_an_account_that_is_closed_is_nobody(tied):
    change(tied, active=False)

    assert arrive(tied) == "shell.no_account"


def test_an_end_is_of_one_account_alone(tied):
    nok = replace(EK, subject="nok", session="n" * 64, email="nok@city.example")
    arrive(tied, nok, invite(tied, "nok"))
    end_by_hand(tied)

    assert identities.whose(tied, nok).account == "nok"


def test_signing_out_ends_one_session_and_a_copy_of_its_cookie(tied):
    other = replace(EK, session="f" * 64)
    ticket = identities.ticket(tied, identities.whose(tied, EK), EK)
    identities.sign_out(tied, EK, at=NOW)

    assert arrive(tied) == "shell.session_ended"
    assert not identities.is_ticket(tied, ticket)
    assert identities.whose(tied, other).account == "ek"
    version = tied.version
    identities.sign_out(tied, EK, at=NOW)
    assert tied.version == version


def test_what_ran_out_by_itself_needs_no_remembering(tied, monkeypatch):
    identities.sign_out(tied, EK, at=NOW)
    much_later = NOW + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: much_later)
    identities.sign_out(tied, replace(EK, issued=much_later, session="f" * 64), at=much_later)

    assert tied.rows("SELECT count(*) FROM setting WHERE starts_with(setting, 'ended:')") == [(1,)]
    assert identities.whose(tied, EK) is None


def test_who_was_parted_needs_another_invitation(tied):
    reader = identities.whose(tied, EK)
    ticket = identities.ticket(tied, reader, EK)
    identities.untie(tied, ADMIN, account="ek", note="x", at=NOW)

    assert (identities.whose(tied, EK), reader.now(), identities.is_ticket(tied, ticket)) == (
        None,
        None,
        False,
    )
    assert arrive(tied) == "shell.no_account"
    with pytest.raises(CmiError, match="account_not_tied"):
        identities.untie(tied, ADMIN, account="ek", note="x", at=NOW)


def test_a_session_from_before_the_parting_is_not_revived_by_a_new_tie(tied, monkeypatch):
    """Whoever had it would be the account again as soon as its owner is."""
    identities.untie(tied, ADMIN, account="ek", note="x", at=NOW)
    code = invite(tied)
    moment = NOW + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: moment)

    assert arrive(tied, later(30), code, at=moment) == "ek"
    assert identities.whose(tied, EK) is None


@pytest.mark.parametrize("deed", [identities.invite, identities.untie])
@pytest.mark.parametrize("actor", [None, Account("nok", "nok", "editor")])
def test_only_an_administrator_invites_and_parts(tied, deed, actor):
    with pytest.raises(PermissionRefused):
        deed(tied, actor, account="nok", note="x", at=NOW)


@pytest.mark.parametrize("deed", [identities.invite, identities.untie])
def test_a_deed_without_a_reason_changes_nothing(tied, deed):
    version = tied.version
    with pytest.raises(CmiError):
        deed(tied, ADMIN, account="nok" if deed is identities.invite else "ek", note=" ", at=NOW)

    assert (tied.version, len(kept.tied(tied))) == (version, 1)
    assert tied.rows("SELECT count(*) FROM invitation") == [(0,)]


def test_of_two_who_use_one_invitation_at_once_one_is_tied(store):
    code, both = invite(store), Barrier(2)
    people = [EK, replace(EK, subject="ek2", session="2" * 64)]

    def go(identity):
        both.wait()
        return arrive(store, identity, code)

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(go, people))
    assert told == ["ek", "error.invitation_unknown"]
    assert len(kept.tied(store)) == 1


def test_two_windows_of_one_person_are_both_let_in(store):
    code, both = invite(store), Barrier(2)

    def go(_):
        both.wait()
        return arrive(store, EK, code)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(go, range(2))) == ["ek", "ek"]
    assert [deed for deed, *_ in last_entries(store, 2)] == ["tie_identity", "invite"]


@pytest.mark.parametrize("given", [None, "", "x", "a.b.c"])
def test_a_ticket_that_is_none_opens_nothing(tied, given):
    assert not identities.is_ticket(tied, given)


@pytest.mark.parametrize("told", ["ek", "ek x", "ek x y", "ek  -1", "nobody x 1795327200"])
def test_a_signed_ticket_that_names_no_session_opens_nothing(tied, told):
    assert not identities.is_ticket(tied, passwords.reading_mark("key-of-a-test", told))


def test_a_ticket_stays_the_same_for_hours_and_ends_with_its_session(tied, monkeypatch):
    reader = identities.whose(tied, EK)
    ticket = identities.ticket(tied, reader, EK)
    assert identities.ticket(tied, reader, EK) == ticket

    monkeypatch.setattr(clock, "now", lambda: EK.issued + retention.SESSION + timedelta(seconds=1))
    assert not identities.is_ticket(tied, ticket)
