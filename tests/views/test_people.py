"""One door for people: a name, a number where the account is closed for good, or role and organisation; a code to nobody."""

from datetime import datetime

import pytest

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts
from cmi_core.errors import StaleEdit
from cmi_core.store import Store, record
from tests import signing
from tests.views.readers import who

AT = datetime(2026, 7, 1, 3, 0)
PASSWORD = "a long enough word"
ADMIN = Account("1001", "Ek", "admin")
CITY = "chiang_mai_municipality"
WHY = {"note": "why", "at": AT}


@pytest.fixture
def nok(store):
    """Somebody who was a coordinator of the city first and is an editor without an organisation now."""
    accounts.first_admin(
        store, code=accounts.prepare(store), sign_in="ek", name="Ek", password=PASSWORD, **WHY
    )
    given = {"name": "Nok", "note": "why", "at": AT}
    made = accounts.create(
        store, ADMIN, sign_in="nok.c", role="coordinator", organisation=CITY, password=PASSWORD, **given
    )
    accounts.change(store, ADMIN, account=made, role="editor", active=True, **given)
    return made


def test_people_who_signed_in_see_a_name(store, nok):
    assert who(store, names=True)(nok) == "Nok"


def test_others_see_role_and_organisation_as_they_were_at_the_entry(store, nok):
    everybody = who(store)

    assert everybody(nok) == "editor"
    assert everybody(nok, store.version - 1) == "coordinator · Chiang Mai City Municipality"
    assert everybody(nok, store.version) == "editor"
    assert who(store, "th")(nok, store.version - 1) == "ผู้ประสานงาน · เทศบาลนครเชียงใหม่"


def test_of_an_account_that_is_closed_for_good_a_number_is_left(store, nok):
    signing.old_account(store, "somchai", name="Somchai", role="viewer", password=PASSWORD, at=AT)
    for code in ("somchai", nok):
        accounts.close_for_good(store, ADMIN, account=code, **WHY)

    told = who(store, names=True)
    assert (told("somchai"), told(nok)) == ("former user no. 1", "former user no. 2")
    assert who(store, "th", names=True)(nok) == "ผู้ใช้ที่ปิดบัญชีแล้ว หมายเลข 2"
    assert who(store)("somchai") == "viewer"


@pytest.mark.parametrize("names", [True, False])
def test_whoever_signs_without_an_account_is_said_too(store, names):
    told = who(store, names=names)

    assert told("ระบบ") == told("The system") == "The system"
    assert told("command-line") == "the server's operator (command)"
    assert told("Somchai") == ("Somchai" if names else "the server's operator")


def test_a_reason_that_begins_with_a_code_begins_with_who_that_is(store, nok):
    accounts.end_sessions(store, ADMIN, account=nok, note="lost: a phone", at=AT)
    entry, note = store.version, store.rows("SELECT note FROM entry ORDER BY entry DESC LIMIT 1")[0][0]

    assert note == f"{nok}: lost: a phone"
    assert who(store, names=True).note("end_sessions", note, entry) == "Nok: lost: a phone"
    assert who(store).note("end_sessions", note, entry) == "editor: lost: a phone"
    # What somebody typed is theirs, and a year may be like a code.
    assert who(store).note("record_value", note, entry) == note
    assert who(store).note("end_sessions", "nobody: lost", entry) == "nobody: lost"


def test_every_row_is_said_without_asking_the_database_again(store, nok, monkeypatch):
    rows = store.read("SELECT entry, recorded_by FROM entry")
    told = who(store, names=True)
    monkeypatch.setattr(Store, "rows", None)
    monkeypatch.setattr(Store, "read", None)

    assert told.each(rows)[-1] == "Ek"


def test_what_an_account_was_called_is_proven_by_no_line_that_a_reader_sees(store, nok):
    """The lines of a new account tell no name at all."""
    lines = store.dictionaries("SELECT * FROM account_line WHERE account = $nok", nok=nok)

    assert {(line["name"], line["email"]) for line in lines} == {(None, None)}
    with store.writing() as cursor:
        record.append(cursor, {}, deed="undo", by=nok, at=AT, note="x")
    assert who(store)(nok, store.version) == "editor"


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_refusal_never_tells_a_code(store, nok, language):
    refusal, say = StaleEdit("means_stale", who=nok, note="x"), text.translator(language)

    assert "Nok" in text.refusal(say, refusal, who(store, language, names=True))
    assert nok not in text.refusal(say, refusal) + text.refusal(say, refusal, who(store, language))
    assert say("people.somebody") in text.refusal(say, refusal)
