"""Everything that is kept of people is told in the notice, and everybody sees what is kept of them and of nobody else."""

import re
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, drafts, feeds, kpi_definitions, kpis, second_factor
from cmi_core.errors import PermissionRefused
from cmi_core.store import files, identities, record
from cmi_core.store import own_data as stored
from cmi_core.store.drafts import Draft
from cmi_core.views import own_data, privacy
from tests.actions.proper_deeds import SECRET, app
from tests.signing import old_account

AT = datetime(2026, 7, 1, 3, 0)
ADMIN = Account("head", "หัวหน้า", "admin")
PASSWORD = "a long enough word"
KPI = "k_d3_maekha_bod"
# A column whose name has one of these words holds something of a person.
OF_A_PERSON = re.compile(
    r"(^|_)(account|by|email|mail|e_mail|phone|address|person|who|user|sign|login|token|secret|hash|salt|epoch|subject|issuer|"
    r"password|code|session|sessions|coordinator|recorder)(_|$)"
)
# Fingerprints of files and of migrations, a release's own code: of things.
OF_A_THING = {
    ("boundary_line", "file_hash"), ("migration", "hash"), ("framework_line", "index_code"), ("published_value", "value_code"),
}  # fmt: skip


@pytest.fixture
def people(store):
    """An administrator of an earlier version, and two who have left something everywhere that anything is kept."""
    old_account(
        store, "head", name="หัวหน้า", role="admin", password=PASSWORD, at=AT, email="head@city.example"
    )
    made = {}
    for name in ("nok", "dao"):
        given = {
            "sign_in": name,
            "name": f"=1+{name}",
            "role": "coordinator",
            "email": f"{name}@city.example",
        }
        code = accounts.create(store, ADMIN, password=PASSWORD, note="x", at=AT, **given)
        made[name] = Account(code, given["name"], "coordinator")
        _leave_traces(store, made[name], name)
    return made


def _leave_traces(store, who, name):
    kpi_definitions.assign(
        store, ADMIN, kpi=KPI, account=who.account, role="coordinator", note=f"for {name}", at=AT
    )
    kpis.record_value(
        store, who, kpi=KPI, period=f"202{len(name)}-0{1 + (name == 'dao')}", value=4.0, quality="measured", note=f"by {name}", at=AT
    )  # fmt: skip
    drafts.keep(store, who, kpi=KPI, period="2025-03", draft=Draft(f"7 {name}", "measured", "later"), at=AT)
    feeds.token(store, who)
    second_factor.set_up(store, who, secret=SECRET, code=app(AT), note="x", at=AT)
    accounts.end_sessions(store, ADMIN, account=who.account, note=f"lost phone of {name}", at=AT)
    with store.writing() as cursor:
        identities.tie(cursor, who.account, issuer="https://login.example", subject=f"subject-{name}", at=AT)
        identities.invite(cursor, who.account, code_hash=f"invitation-{name}", at=AT)
        mark = (name[0].replace("n", "b") * 64)[:64]
        files.add(cursor, files.Evidence(mark, f"{name}.pdf", "application/pdf", 9, who.account, AT))


def columns(store):
    found = store.rows(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE table_name IN (SELECT table_name FROM duckdb_tables())"
    )
    tables = {}
    for table, column in found:
        tables.setdefault(table, set()).add(column)
    return tables


def untold(tables):
    """What of these tables no part of the notice tells."""
    told = {}
    for each in own_data.KEPT:
        for table, its in each.columns.items():
            told.setdefault(table, set()).update(its)
    missing = {(table, "") for table in tables if table not in told and table not in own_data.OF_NOBODY}
    for table, its in tables.items():
        of_people = {column for column in its if OF_A_PERSON.search(column)} - told.get(table, set())
        missing |= {(table, column) for column in of_people if (table, column) not in OF_A_THING}
        # A table that names an account is about somebody with all that it says, but for the entry that says when.
        if "account" in its:
            missing |= {(table, column) for column in its - told.get(table, set()) - {"entry"}}
    return missing


def test_every_table_and_column_that_is_about_people_is_told(store):
    assert untold(columns(store)) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE visit (account TEXT, seen_at TIMESTAMP)",
        "CREATE TABLE contact (contact TEXT, telephone TEXT)",
        "ALTER TABLE person ADD COLUMN position TEXT",
        "ALTER TABLE kpi_line ADD COLUMN asked_by TEXT",
        "ALTER TABLE evidence ADD COLUMN sender_email TEXT",
        "ALTER TABLE goal ADD COLUMN coordinator TEXT",
    ],
)
def test_a_new_one_would_be_missed(store, statement):
    with store.writing() as cursor:
        cursor.execute(statement)

    assert untold(columns(store))


def test_what_is_told_is_there(store):
    tables = columns(store)
    told = {
        (table, column) for each in own_data.KEPT for table, its in each.columns.items() for column in its
    }

    assert not {(table, column) for table, column in told if column not in tables.get(table, set())}
    assert set(tables) >= own_data.OF_NOBODY
    assert not own_data.OF_NOBODY & {table for each in own_data.KEPT for table in each.columns}


def test_each_sheet_is_of_something_in_the_notice():
    assert set(own_data.SHEETS.values()) <= {each.code for each in own_data.KEPT}
    assert all(privacy.how_long(code, text.translator("en")) for code in own_data.SHEETS.values())


def spoken(sheets):
    return "\n".join(table.to_csv() for table in sheets.values())


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_one_sees_all_of_ones_own_and_nothing_of_anybody_else(store, people, language):
    sheets = own_data.told(store, people["nok"], language)
    told = spoken(sheets)

    assert set(sheets) == set(own_data.SHEETS)
    assert not [name for name, table in sheets.items() if table.empty]
    for own in (
        "nok@city.example", "=1+nok", "by nok", "7 nok", "lost phone of nok", "nok.pdf", "subject-nok",
        people["nok"].account,
    ):  # fmt: skip
        assert own in told, own
    assert "dao" not in told
    assert people["dao"].account not in told


def test_no_secret_is_in_it(store, people):
    told = spoken(own_data.told(store, people["nok"], "en"))
    secrets = [
        cell
        for table, column in (
            ("credential", "hash"), ("credential", "epoch"), ("second_factor", "secret"), ("recovery_code", "hash"),
            ("invitation", "code_hash"), ("feed", "token"), ("person", "salt"), ("setting", "value"),
        )
        for (cell,) in store.rows(f'SELECT "{column}" FROM "{table}"')
    ]  # fmt: skip

    assert len(secrets) > 20
    assert not [secret for secret in secrets if len(secret) > 5 and secret in told]


def test_what_an_earlier_version_sealed_is_told_to_its_owner(store, people):
    told = own_data.told(store, ADMIN, "en")

    assert told["account"]["Name"].tolist() == ["หัวหน้า"]
    assert told["account"]["E-mail"].tolist() == ["head@city.example"]
    assert told["account"]["Signs in as"].tolist() == ["head"]


def test_who_is_not_there_at_that_moment_sees_nothing(store, people):
    nok = people["nok"]
    for gone in (None, Account(nok.account, nok.name, "coordinator", now=lambda: None)):
        with pytest.raises(PermissionRefused):
            own_data.told(store, gone, "en")
        with pytest.raises(PermissionRefused):
            own_data.workbook(store, gone, "en")


def test_a_page_made_for_somebody_else_shows_nobodys(store, people):
    """A session that came into other hands between the page and the file."""
    nok, dao = people["nok"], people["dao"]
    with pytest.raises(PermissionRefused):
        own_data.workbook(store, Account(nok.account, nok.name, "coordinator", now=lambda: dao), "en")


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_file_has_a_sheet_of_each_and_no_formula(store, people, language):
    say = text.translator(language)
    book = load_workbook(BytesIO(own_data.workbook(store, people["nok"], language)))

    assert book.sheetnames == [say(f"own_data.sheet_{code}") for code in own_data.SHEETS]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(cell.value == "=1+nok" for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_a_deed_without_a_word_is_told_by_its_code(store, people):
    with store.writing() as cursor:
        record.append(cursor, {}, deed="of_long_ago", by=people["nok"].account, at=AT, note="x")

    assert "of_long_ago" in own_data.told(store, people["nok"], "en")["entries"]["Deed"].tolist()


def test_what_has_gone_is_told_as_gone(store, people):
    """The same moment as the database, not a copy kept for readers: none of these makes an entry."""
    nok = people["nok"]
    version = store.version
    drafts.forget(store, nok, kpi=KPI, period="2025-03")
    with store.writing() as cursor:
        identities.take_back(cursor, nok.account)
    sheets = own_data.told(store, nok, "en")

    assert store.version == version
    assert sheets["drafts"].empty
    assert stored.ways_in(store, nok.account).invited_since is None
    ways = dict(sheets["ways"].itertuples(index=False))
    assert ways["Invitation, not used yet"] == "none"


def test_a_stand_in_reads_until_when(store, people):
    kpi_definitions.assign(
        store, ADMIN, kpi=KPI, account=people["nok"].account, role="stand_in", ends_on=date(2026, 8, 31), note="x", at=AT
    )  # fmt: skip
    row = own_data.told(store, people["nok"], "en")["assignments"].iloc[0]

    assert (row["Role"], row["Last day"]) == ("stand-in", "31 Aug 2026")
