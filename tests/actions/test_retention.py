"""Each thing stays to the last moment of its time and no longer; the record stays as it is."""

from datetime import datetime, timedelta

import pytest

from cmi_core.accounts import retention as periods
from cmi_core.accounts.identities import Identity
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, feeds, identities, retention
from cmi_core.calendar import clock
from cmi_core.store import closures
from cmi_core.store import feeds as kept_feeds
from tests import signing

AT = datetime(2026, 7, 1, 3, 0)
INSTANT = timedelta(microseconds=1)
ADMIN = Account("head", "หัวหน้า", "admin")
PASSWORD = "a long enough word"

# Of each kind: what puts one there at a moment, and how many there are.
KINDS = {
    "draft": (
        periods.DRAFT,
        "INSERT INTO draft (account, kpi, period, value, quality, note, saved_at) VALUES ('nok', 'k', '2025', '1', '', '', $at)",
        "SELECT count(*) FROM draft",
    ),
    "invitation": (
        periods.INVITATION,
        "INSERT INTO invitation VALUES ('nok', 'hash', $at)",
        "SELECT count(*) FROM invitation",
    ),
    "mailed link": (
        periods.MAILED_LINK,
        "INSERT INTO password_link (account, mailed, code_hash, made_at, account_entry) VALUES ('nok', true, 'h', $at, 1)",
        "SELECT count(*) FROM password_link",
    ),
    "printed link": (
        periods.PRINTED_LINK,
        "INSERT INTO password_link (account, mailed, code_hash, made_at, account_entry) VALUES ('nok', false, 'h', $at, 1)",
        "SELECT count(*) FROM password_link",
    ),
    "end of all sessions": (
        periods.ENDED_SESSION,
        "INSERT INTO account_session VALUES ('nok', $at)",
        "SELECT count(*) FROM account_session",
    ),
    "end of one session": (
        periods.ENDED_SESSION,
        "INSERT INTO setting VALUES ('ended:x', strftime(CAST($at AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S'))",
        "SELECT count(*) FROM setting WHERE setting = 'ended:x'",
    ),
}


@pytest.fixture
def store(new_store):
    opened = new_store()
    yield opened
    opened.close()


@pytest.fixture
def people(store):
    """Somebody who is there, somebody who has left, with everything that is kept beside the record of both."""
    signing.old_account(store, "head", name="หัวหน้า", role="admin", password=PASSWORD, at=AT)
    made = [
        accounts.create(store, ADMIN, sign_in=name, name=name, role="coordinator", password=PASSWORD, note="x", at=AT)
        for name in ("nok", "dao")
    ]  # fmt: skip
    for code in made:
        feeds.token(store, Account(code, code, "coordinator"))
    return made


def there(store, count):
    return store.rows(count)[0][0]


@pytest.mark.parametrize("kind", KINDS)
def test_each_stays_to_its_last_moment(store, kind):
    period, put, count = KINDS[kind]
    with store.writing() as cursor:
        cursor.execute(put, {"at": AT})
    # The mark of one session is dated to the second.
    step = timedelta(seconds=1) if kind == "end of one session" else INSTANT

    retention.forget(store, at=AT + period - step)
    assert there(store, count) == 1
    retention.forget(store, at=AT + period + step)
    assert there(store, count) == 0


def test_a_moment_that_opens_nothing_any_more_is_forgotten_with_it(store):
    """An invitation and a link are good for less than their period, so that nothing that can be used is ever forgotten."""
    for kind in ("invitation", "mailed link", "printed link"):
        period, put, count = KINDS[kind]
        with store.writing() as cursor:
            cursor.execute(put, {"at": AT})
        retention.forget(store, at=AT + period)
        assert there(store, count) == 0, kind


def test_what_else_is_set_stays(store):
    with store.writing() as cursor:
        for name in ("cookie_key", "kind", "ended"):
            cursor.execute("INSERT INTO setting VALUES (?, '2000')", [name])
    retention.forget(store, at=AT)

    assert store.rows("SELECT setting FROM setting WHERE value = '2000' ORDER BY 1") == [
        ("cookie_key",), ("ended",), ("kind",),
    ]  # fmt: skip


def test_no_entry_is_made_and_no_line_is_touched(store, people):
    version = store.version
    before = {
        table: store.rows(f'SELECT * FROM "{table}" ORDER BY ALL')
        for (table,) in store.rows("SELECT table_name FROM duckdb_tables() WHERE table_name SIMILAR TO '.*_line|entry|seal'")
    }  # fmt: skip
    retention.forget(store, at=AT + timedelta(days=10_000))

    assert store.version == version
    assert before == {table: store.rows(f'SELECT * FROM "{table}" ORDER BY ALL') for table in before}
    assert len(before["account_line"]) == 3


def test_who_is_there_keeps_what_is_theirs_and_a_retired_account_loses_its_feed(store, people):
    nok, dao = people
    accounts.change(
        store, ADMIN, account=dao, name="ดาว", role="coordinator", active=False, note="moved away", at=AT
    )
    with store.writing() as cursor:
        # As it stands in a database of an earlier version, which left it.
        kept_feeds.keep(cursor, dao, "an-address")
    retention.forget(store, at=AT + timedelta(days=365))

    assert kept_feeds.token_of(store, nok)
    assert kept_feeds.token_of(store, dao) is None
    # It may be opened again: its owner's password is still theirs.
    assert there(store, "SELECT count(*) FROM credential") == 3


def test_of_an_account_closed_for_good_nothing_stays_wherever_it_came_from(store, people):
    nok, dao = people
    accounts.close_for_good(store, ADMIN, account=dao, note="asked for", at=AT)
    marks = {table: row_of(store, table, dao) for table in closures.OF_ACCOUNT}
    with store.writing() as cursor:
        for table, (columns, values) in marks.items():
            cursor.execute(
                f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(values))})', values
            )
    retention.forget(store, at=AT)

    left = {table: codes(store, table) for table in closures.OF_ACCOUNT}
    assert not [table for table, found in left.items() if dao in found]
    assert nok in left["credential"] & left["person"] & left["feed"]


def row_of(store, table, account):
    """A row of a table for an account, of what fits its columns."""
    columns = store.rows(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = $table ORDER BY column_index", table=table
    )  # fmt: skip
    of_kind = {"BIGINT": 1, "BOOLEAN": True, "TIMESTAMP": AT}
    return ", ".join(name for name, _ in columns), [
        account if name == "account" else of_kind.get(kind, "again") for name, kind in columns
    ]


def codes(store, table):
    return {code for (code,) in store.rows(f'SELECT account FROM "{table}"')}


def test_an_ended_session_opens_nothing_after_its_mark_is_forgotten(store, people, monkeypatch):
    """Forgetting revives none: what was ended is too old by then."""
    nok = people[0]
    with store.writing() as cursor:
        cursor.execute("INSERT INTO identity VALUES ('https://login.example', 'nok', ?, ?)", [nok, AT])
    began = AT + timedelta(minutes=1)
    who = Identity("https://login.example", "nok", began, "session")
    for moment, ended in ((began, False), (began, True), (began + periods.ENDED_SESSION + INSTANT, True)):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        if ended:
            identities.sign_out(store, who, at=moment)
        assert (identities.whose(store, who) is None) is ended
    retention.forget(store, at=clock.now() + timedelta(seconds=1))

    assert there(store, KINDS["end of one session"][2].replace("ended:x", "ended:session")) == 0
    assert identities.whose(store, who) is None
