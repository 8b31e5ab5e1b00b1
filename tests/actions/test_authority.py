"""Authority is looked up when the deed is done: not when the page was made, and not when the deed began to wait."""

import ast
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cmi_core import actions
from cmi_core.accounts.roles import Account, require
from cmi_core.actions import accounts, backups, goals, mailing
from cmi_core.actions.authority import acting
from cmi_core.errors import PermissionRefused
from cmi_core.kpi.reminders import Mail
from cmi_core.store import Store
from tests import signing
from tests.actions.proper_deeds import AT, OTHER, PASSWORD, PROPER, SOMEBODY, WHY
from tests.actions.test_permissions import LEAST

# What writes nothing into the database: readings, and two deeds that write elsewhere.
NO_TURN = {
    "backups.listed",
    "backups.take",
    "definition_import.preview",
    "drafts.ticket",
    "imports.preview",
    "mailing.send",
}
# What is done before there is an account, or by the mark of a session alone.
BY_SECRET = {
    ("accounts.py", "prepare"), ("accounts.py", "first_admin"), ("accounts.py", "sign_out"),
    ("identities.py", "_tie"), ("identities.py", "sign_out"),
    ("password_links.py", "asked"), ("password_links.py", "use"), ("retention.py", "forget"),
    ("second_factor.py", "is_right"), ("second_factor.py", "_recovered"),
}  # fmt: skip


@pytest.fixture
def store(starting_data, tmp_path):
    """In a file: beside it lie evidence and backups."""
    path = tmp_path / "city" / "real.duckdb"
    path.parent.mkdir()
    shutil.copyfile(starting_data, path)
    opened = Store(path)
    yield opened
    opened.close()


def state(store):
    """Everything that is kept: each table by its rows, and what lies beside the database."""
    tables = [name for (name,) in store.rows("SELECT table_name FROM duckdb_tables() WHERE NOT internal")]
    rows = {name: store.rows(f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" t') for name in tables}
    database = Path(store.path)
    beside = {path for path in database.parent.rglob("*") if database.name not in path.name}
    return store.version, rows, {path for path in beside if path.is_file()}


def refusal(deed, actor):
    with pytest.raises(PermissionRefused) as refused:
        deed(actor)
    return refused.value


def test_every_deed_that_writes_is_tried():
    assert {name.partition(",")[0] for name in PROPER} | NO_TURN == set(LEAST)


@pytest.mark.parametrize("name", PROPER)
def test_it_is_done_by_whoever_may_and_refused_to_whoever_may_not_any_more(store, name):
    deed = PROPER[name](store)
    below = Account("somebody", "ใคร", "viewer")
    # One's own sessions are everybody's to end.
    least = LEAST[name.partition(",")[0]] if name != "accounts.end_sessions, one's own" else "viewer"
    before, version = state(store), store.version

    # Signed out or closed while the page was open.
    assert refusal(deed, replace(SOMEBODY, now=lambda: None)).reason == "session_over"
    if least != "viewer":
        assert refusal(deed, replace(SOMEBODY, now=lambda: below)).details == {"role": "viewer"}
    # Somebody else changed the role, or ended the session, while the deed waited for its turn to write.
    late = below if least != "viewer" else None
    waits = replace(SOMEBODY, now=lambda: late if store._writing.locked() else SOMEBODY)
    assert refusal(deed, waits).reason == ("not_permitted" if late else "session_over")
    assert (state(store), store.version) == (before, version)

    # And nothing else was in its way.
    deed(replace(SOMEBODY, now=lambda: SOMEBODY))
    assert state(store) != before


def test_a_demotion_counts_that_was_made_while_the_deed_waited(store):
    """With real accounts, a real session and two threads."""
    signing.old_account(store, "other", name="อื่น", role="admin", password=PASSWORD, at=AT)
    given = {"account": "nok", "name": "นก", "role": "editor"} | WHY
    signing.old_account(store, "nok", name="นก", role="editor", password=PASSWORD, at=AT)
    mark = signing.session(store, "nok", PASSWORD)
    nok = accounts.whose(store, mark)
    turn = store._writing = Turn(store._writing)
    told = []

    def tie():
        try:
            goals.tie_means(store, nok, means="d1_m01", wanted={"isc_inclusive": "high"}, **WHY)
        except PermissionRefused as refused:
            told.append(refused)

    deed = threading.Thread(target=tie)
    with turn.lock:
        deed.start()
        assert turn.wanted.wait(60), "it asks once before it waits"
        store._writing = turn.free = _Free()
        accounts.change(store, OTHER, active=True, **given | {"role": "viewer"})
    deed.join(60)

    assert [(refused.reason, refused.details) for refused in told] == [("not_permitted", {"role": "viewer"})]
    assert store.rows("SELECT count(*) FROM means_link_line WHERE entry > 3") == [(0,)]


class _Free:
    """In place of the lock for the one who holds it already."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


class Turn:
    """The writers' lock, which tells when somebody begins to wait for it."""

    def __init__(self, lock):
        self.lock, self.wanted = lock, threading.Event()

    def __enter__(self):
        self.wanted.set()
        return self.lock.__enter__()

    def __exit__(self, *problem):
        return self.lock.__exit__(*problem)


def test_a_refusal_in_the_turn_ends_it(store):
    with pytest.raises(PermissionRefused), acting(store, None, "undo"):
        pass

    with acting(store, SOMEBODY, "undo") as (cursor, by):
        assert (cursor.execute("SELECT 1").fetchone(), by) == ((1,), SOMEBODY)


def test_an_e_mail_is_not_sent_for_who_lost_the_right_while_the_server_was_reached(monkeypatch):
    sent, reached = [], []

    class Post:
        def __enter__(self):
            reached.append(1)
            return self

        def __exit__(self, *_):
            return None

        def send_message(self, message):
            sent.append(message)

    monkeypatch.setattr(mailing, "_connection", lambda _: Post())
    monkeypatch.setenv("CMI_SMTP_FROM", "plan@city.example")
    viewer = replace(SOMEBODY, role="viewer")
    actor = replace(SOMEBODY, now=lambda: viewer if reached else SOMEBODY)

    assert refusal(lambda by: mailing.send(by, Mail("x", "y"), to="nok@city.example"), actor).details == {
        "role": "viewer"
    }
    assert not sent
    mailing.send(SOMEBODY, Mail("x", "y"), to="nok@city.example")
    assert len(sent) == 1


def test_a_backup_is_not_taken_for_who_is_gone(store):
    assert refusal(lambda by: backups.take(store, by, at=AT), replace(SOMEBODY, now=lambda: None))
    assert not (Path(store.path).parent / "backups").exists()


def test_the_one_way_to_write_is_the_one_that_asks():
    """So that no deed to come can forget it: the store's own way is open to who has no account yet, and to nobody else."""
    (folder,) = map(Path, actions.__path__)
    for file in folder.glob("*.py"):
        if file.name == "authority.py":
            continue
        for function in ast.parse(file.read_text(encoding="utf-8")).body:
            asked = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
            own = (file.name, getattr(function, "name", ""))
            assert "writing" not in asked or own in BY_SECRET, f"{file.name} {function}"


def test_what_an_account_is_asked_for_is_a_deed_there_is():
    with pytest.raises(KeyError):
        require(SOMEBODY, "no_such_deed")
