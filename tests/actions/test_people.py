"""Names stand beside the record and are proven by it; who is closed for good leaves a number; a lead looks after their own."""

from datetime import UTC, datetime

import pyotp
import pytest

from cmi_core import text
from cmi_core.accounts.names import person_hash
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts as deeds
from cmi_core.actions import drafts, feeds, kpi_definitions, kpis, second_factor
from cmi_core.errors import CmiError
from cmi_core.store import accounts, backup, closures, derived, people, record, restoring
from cmi_core.store import kpis as stored_kpis
from cmi_core.store.opening import REAL, open_store
from cmi_core.views import people as shown
from tests import signing

AT = datetime(2026, 11, 22, 5)
WHY = {"note": "เหตุผล", "at": AT}
PASSWORD = "ดอยสุเทพ-ดอยปุย"
KPI = "k_d3_maekha_bod"
NAME, EMAIL, SIGN_IN = "สมหญิง ใจดี", "somying@city.example", "somying.j"
TH, EN = text.translator("th"), text.translator("en")


@pytest.fixture
def admin(store):
    return deeds.first_admin(
        store, code=deeds.prepare(store), sign_in="admin", name="อรุณ", password=PASSWORD, **WHY
    )


def somying(store, admin, **more):
    given = {
        "sign_in": SIGN_IN, "name": NAME, "email": EMAIL, "role": "coordinator", "organisation": "cmu_step", "password": PASSWORD,
    } | more  # fmt: skip
    return deeds.create(store, admin, **given, **WHY)


def refused(deed, *given, **named):
    with pytest.raises(CmiError) as refusal:
        deed(*given, **named)
    for language in text.LANGUAGES:
        assert text.refusal(text.translator(language), refusal.value)
    return refusal.value.reason


def sealed(store) -> str:
    """Everything that the seals cover, as text."""
    told = []
    with store.snapshot() as cursor:
        for table in ("entry", *record.line_tables(cursor)):
            told += cursor.execute(f'SELECT * FROM "{table}"').fetchall()
    return repr(told)


def everything(store) -> str:
    """Every cell of every table."""
    with store.snapshot() as cursor:
        tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        return repr([cursor.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables])


def whole(store) -> bool:
    return record.first_broken(store) is None and derived.check(store).count == 0


def test_a_new_account_has_a_number_and_its_owner_stands_outside_the_seals(store, admin):
    account = somying(store, admin)

    assert account.isdecimal()
    assert (accounts.by_sign_in(store, SIGN_IN), accounts.by_sign_in(store, EMAIL.upper())) == (
        account,
        account,
    )
    assert not [told for told in (NAME, EMAIL, SIGN_IN) if told in sealed(store)]
    assert accounts.find(store, account) == Account(account, NAME, "coordinator", "cmu_step")
    assert whole(store)


def test_what_the_record_seals_of_a_person_proves_the_name_and_leads_nowhere_without_it(store, admin):
    account = somying(store, admin)
    ((held, salt),) = store.rows(
        "SELECT l.person_hash, p.salt FROM account_line l JOIN person p USING (entry, account) WHERE account = $account",
        account=account,
    )

    assert held == person_hash(name=NAME, email=EMAIL, sign_in=SIGN_IN, salt=salt)
    assert held != person_hash(name=NAME, email=EMAIL, sign_in=SIGN_IN, salt="")
    # Two of the same name have nothing in common that anybody could look up.
    assert (
        people.sealed(people.Person(NAME, None, "x"))[1] != people.sealed(people.Person(NAME, None, "x"))[1]
    )


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE person SET name = 'คนอื่น' WHERE account = ?", "derived_person_altered"),
        ("UPDATE person SET email = 'other@city.example' WHERE account = ?", "derived_person_altered"),
        ("UPDATE person SET sign_in = 'other' WHERE account = ?", "derived_person_altered"),
        ("DELETE FROM person WHERE account = ?", "derived_person_missing"),
        ("INSERT INTO person VALUES (1, ?, 'คนอื่น', NULL, 'x', 'salt')", "derived_person_added"),
    ],
)
def test_a_name_that_was_altered_past_the_program_is_found(store, admin, statement, reason):
    account = somying(store, admin)
    with store.writing() as cursor:
        cursor.execute(statement, [account])
    found = derived.check(store)

    assert [difference.reason for difference in found.differences] == [reason]
    # What differs is told without telling anybody's name.
    assert NAME not in repr(found)
    for refusal in derived.refusals(map(derived.sentence, found.differences), found.count):
        for language in text.LANGUAGES:
            assert NAME not in text.refusal(text.translator(language), refusal)


def test_a_changed_name_leaves_both_until_the_account_is_closed(store, admin):
    account = somying(store, admin)
    deeds.change(
        store, admin, account=account, name="สมหญิง ใหม่", email=None, role="editor", active=True, **WHY
    )

    assert [name for (name,) in store.rows("SELECT name FROM person ORDER BY entry")][1:] == [
        NAME,
        "สมหญิง ใหม่",
    ]
    assert accounts.line(store, account)["email"] is None
    assert whole(store)


def test_numbers_are_given_once(store, admin):
    signing.old_account(store, "2570", name="เก่า", role="viewer", password=PASSWORD, at=AT)
    first = somying(store, admin)
    deeds.close_for_good(store, admin, account=first, **WHY)

    assert (first, somying(store, admin)) == ("2571", "2572")


def test_closing_for_good_leaves_a_number_and_whole_seals(store, admin):
    account = somying(store, admin)
    signing.own_passwords(store)
    mark = signing.session(store, SIGN_IN, PASSWORD)
    her = deeds.whose(store, mark)
    kpi_definitions.assign(store, admin, kpi=KPI, account=account, role="coordinator", **WHY)
    entry = kpis.record_value(store, her, kpi=KPI, period="2025-01", value=4.0, quality="measured", **WHY)
    drafts.keep(
        store, her, kpi=KPI, period="2025-02", draft=drafts.Draft("5", "measured", "ค่าที่ยังไม่แน่"), at=AT
    )
    token = feeds.token(store, her)
    before = record.head(store)

    assert deeds.close_for_good(store, admin, account=account, **WHY) == 1

    for told in (NAME, EMAIL, SIGN_IN, token, "ค่าที่ยังไม่แน่"):
        assert told not in everything(store)
    assert (deeds.whose(store, mark), her.now(), feeds.whose(store, token)) == (None, None, None)
    assert stored_kpis.assigned(store, KPI, account) == []
    # What she recorded stays hers, by the code that the seals cover.
    assert store.rows("SELECT recorded_by FROM entry WHERE entry = $entry", entry=entry) == [(account,)]
    assert before in store.rows("SELECT entry, seal FROM seal")
    assert whole(store)
    found = shown.everybody(store)
    assert found.name(account, TH) == TH("people.closed", number=1)
    assert found.part(account, EN, "en", entry).startswith("coordinator · ")


def test_an_old_account_is_closed_too_and_its_sealed_lines_stay(store, admin):
    """What was sealed once cannot be unsealed: the notice says so, and no screen shows it."""
    signing.old_account(store, "somchai", name="สมชาย", role="editor", password=PASSWORD, at=AT, email=EMAIL)
    deeds.change(
        store, admin, account="somchai", name="สมชาย", role="editor", active=True, email=EMAIL, **WHY
    )
    deeds.close_for_good(store, admin, account="somchai", **WHY)
    everybody = accounts.everybody(store).set_index("account")

    assert everybody.loc["somchai", ["name", "email", "sign_in"]].isna().all()
    assert (everybody.loc["somchai", "closed"], bool(everybody.loc["somchai", "active"])) == (1, False)
    assert accounts.by_sign_in(store, "somchai") is None
    assert "สมชาย" in sealed(store)
    assert whole(store)
    # The name stays taken: entries of the old one stand under it.
    assert refused(somying, store, admin, sign_in="somchai") == "account_taken"


def test_a_name_put_back_past_the_program_is_found(store, admin):
    account = somying(store, admin)
    ((entry, salt),) = store.rows("SELECT entry, salt FROM person WHERE account = $account", account=account)
    deeds.close_for_good(store, admin, account=account, **WHY)
    with store.writing() as cursor:
        people.keep(cursor, entry, account, people.Person(NAME, EMAIL, SIGN_IN), salt=salt)

    assert [each.reason for each in derived.check(store).differences] == ["derived_person_added"]
    assert accounts.everybody(store).set_index("account").loc[account, ["name", "email"]].isna().all()


def test_what_cannot_be_closed_is_refused_in_words(store, admin):
    account = somying(store, admin, role="admin", organisation=None)

    assert refused(deeds.close_for_good, store, admin, account=admin.account, **WHY) == "close_own"
    assert refused(deeds.close_for_good, store, admin, account="nobody", **WHY) == "account_unknown"
    assert refused(deeds.close_for_good, store, admin, account=account, note=" ", at=AT) == "note_missing"
    deeds.close_for_good(store, admin, account=account, **WHY)
    assert refused(deeds.close_for_good, store, admin, account=account, **WHY) == "account_closed"
    given = {"name": "x", "role": "viewer", "active": True} | WHY
    assert refused(deeds.change, store, admin, account=account, **given) == "account_unknown"


def test_every_table_of_one_account_is_emptied(store, admin):
    """A table to come that is of one account must be named there, or be a part of the record."""
    with store.snapshot() as cursor:
        lines = record.line_tables(cursor)
    of_account = {
        table
        for (table,) in store.rows(
            "SELECT DISTINCT c.table_name FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_name)"
            " WHERE c.column_name = 'account' AND NOT t.internal"
        )
    }

    assert of_account - set(lines) == set(closures.OF_ACCOUNT)


def test_second_factors_and_recovery_codes_go(store, admin):
    account = somying(store, admin)
    signing.own_passwords(store)
    secret = pyotp.random_base32(32)
    code = pyotp.TOTP(secret).at(AT.replace(tzinfo=UTC))
    her = accounts.find(store, account)
    second_factor.turn_on(store, her, secret=secret, code=code, password=PASSWORD, **WHY)
    assert secret in everything(store)
    deeds.close_for_good(store, admin, account=account, **WHY)

    assert secret not in everything(store)


def test_a_backup_made_after_the_closing_holds_no_byte_of_the_name_and_makes_the_file_anew(tmp_path):
    path = tmp_path / "real.duckdb"
    store = open_store(path)
    code = deeds.prepare(store)
    given = {"sign_in": "admin", "name": "อรุณ", "password": PASSWORD} | WHY
    admin = deeds.first_admin(store, code=code, **given)
    account = somying(store, admin)
    store.close()
    assert NAME.encode() in path.read_bytes()
    store = open_store(path)
    deeds.close_for_good(store, admin, account=account, **WHY)
    taken = backup.take(store, at=AT)
    store.close()
    restoring.restore(tmp_path / "backups" / taken.name, path, kind=REAL, at=AT)

    for told in (NAME, EMAIL, SIGN_IN):
        assert told.encode() not in path.read_bytes()
        assert told.encode() not in (tmp_path / "real.removals").read_bytes()


# An organisation's lead ------------------------------------------------------------------------------


@pytest.fixture
def lead(store, admin):
    account = somying(store, admin, sign_in="lead", name="หัวหน้า", email=None, role="lead")
    return accounts.find(store, account)


def test_a_lead_opens_changes_and_retires_readers_and_coordinators_of_their_own(store, lead):
    made = store.version
    account = somying(store, lead, password=None)
    deeds.change(
        store, lead, account=account, name="ใหม่", role="viewer", active=True, organisation="cmu_step", **WHY
    )
    deeds.end_sessions(store, lead, account=account, **WHY)
    deeds.change(
        store, lead, account=account, name="ใหม่", role="viewer", active=False, organisation="cmu_step", **WHY
    )

    assert accounts.find(store, account) is None
    by = store.rows("SELECT DISTINCT recorded_by FROM entry WHERE entry > $made", made=made)
    assert by == [(lead.account,)]


@pytest.mark.parametrize(
    "more",
    [
        {"organisation": "nia"}, {"organisation": None}, {"role": "lead"}, {"role": "editor"}, {"role": "admin"},
    ],
)  # fmt: skip
def test_a_lead_makes_nobody_of_another_organisation_or_of_a_higher_role(store, lead, more):
    version = store.version

    assert refused(somying, store, lead, password=None, **more) == "not_own_people"
    assert store.version == version


@pytest.mark.parametrize(
    "stands",
    [
        {"organisation": "nia"}, {"organisation": None}, {"role": "lead"}, {"role": "editor"}, {"role": "admin"},
    ],
)  # fmt: skip
def test_a_lead_touches_nobody_else(store, admin, lead, stands):
    account = somying(store, admin, **stands)
    version = store.version
    # Neither as it is, nor by making it theirs at once.
    become = {"name": "x", "role": "viewer", "active": False, "organisation": "cmu_step"}

    assert refused(deeds.change, store, lead, account=account, **become, **WHY) == "not_own_people"
    assert refused(deeds.end_sessions, store, lead, account=account, **WHY) == "not_own_people"
    assert store.version == version


def test_a_lead_gives_no_password_and_closes_nobody_for_good(store, admin, lead):
    account = somying(store, admin)

    assert refused(somying, store, lead, sign_in="other", email=None) == "not_permitted"
    assert (
        refused(deeds.set_password, store, lead, account=account, password="another long word", **WHY)
        == "not_permitted"
    )
    assert refused(deeds.close_for_good, store, lead, account=account, **WHY) == "not_permitted"


def test_a_lead_of_no_organisation_looks_after_nobody(store, admin):
    account = somying(store, admin, role="lead", organisation=None)
    nobody = somying(store, admin, sign_in="other", email=None, organisation=None)
    lead = accounts.find(store, account)

    assert refused(deeds.end_sessions, store, lead, account=nobody, **WHY) == "not_own_people"


def test_a_lead_who_was_moved_meanwhile_is_asked_as_they_are(store, admin, lead):
    signing.own_passwords(store)
    there = deeds.whose(store, signing.session(store, "lead", PASSWORD))
    account = somying(store, admin)
    deeds.change(
        store, admin, account=lead.account, name="หัวหน้า", role="lead", active=True, organisation="nia", **WHY
    )

    assert refused(deeds.end_sessions, store, there, account=account, **WHY) == "not_own_people"
