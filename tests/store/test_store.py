"""One writer, many readers, everything or nothing; and what the disk refuses is said and not believed."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import duckdb
import pytest

from cmi_core.errors import StoreError
from cmi_core.store import Store, record

AT = datetime(2026, 11, 22, 5)
POSIX = pytest.mark.skipif(os.name != "posix", reason="file limits and permissions are POSIX matters")


@pytest.fixture
def store(new_store):
    opened = new_store()
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "real.duckdb"


def person(account="nok", name="นก", role="viewer"):
    return {"account": account, "name": name, "role": role, "active": True}


def add(store, note="ทดลอง", **lines):
    with store.writing() as cursor:
        return record.append(cursor, lines, deed="try", by="nok", at=AT, note=note)


def at_once(deed, threads=8):
    with ThreadPoolExecutor(threads) as pool:
        return [done.result() for done in [pool.submit(deed, number) for number in range(threads)]]


def test_eight_writers_lose_nothing_and_leave_a_whole_chain(store):
    def write(number):
        return [add(store, account_line=[person(f"p{number}x{turn}")]) for turn in range(10)]

    numbers = [entry for written in at_once(write) for entry in written]

    assert sorted(numbers) == list(range(1, 81))
    assert store.rows("SELECT count(*) FROM account_line") == [(80,)]
    assert record.first_broken(store) is None
    assert store.version == 80


def test_readers_beside_a_writer_get_their_own_rows(store):
    for number in range(20):
        add(store, account_line=[person(f"p{number}")])
    stop = threading.Event()

    def read(number):
        if number == 0:
            for turn in range(30):
                add(store, account_line=[person(f"more{turn}")])
            stop.set()
            return True
        good = True
        while not stop.is_set():
            asked = f"p{number}"
            good &= store.rows("SELECT account FROM account_line WHERE account = $a", a=asked) == [(asked,)]
            good &= list(
                store.read("SELECT account FROM account_line WHERE account = $a", a=asked)["account"]
            ) == [asked]
        return good

    assert all(at_once(read))


def test_a_failed_transaction_leaves_nothing(store):
    add(store)
    with pytest.raises(ZeroDivisionError), store.writing() as cursor:
        record.append(cursor, {"account_line": [person()]}, deed="try", by="nok", at=AT, note="x")
        1 / 0  # noqa: B018

    assert store.rows("SELECT count(*) FROM entry") == [(1,)]
    assert store.rows("SELECT count(*) FROM account_line") == [(0,)]
    assert store.version == 1
    assert add(store) == 2


def test_a_rule_of_the_table_refuses_the_whole_entry(store):
    with pytest.raises(duckdb.ConstraintException):
        add(store, account_line=[person("fine"), person("bad", role=" ")])

    assert store.rows("SELECT count(*) FROM entry, account_line") == [(0,)]
    assert add(store) == 1


def test_a_writer_that_failed_lets_the_next_one_in(store):
    with pytest.raises(KeyboardInterrupt), store.writing():
        raise KeyboardInterrupt

    assert at_once(lambda _: add(store)) != []


def test_a_snapshot_does_not_see_what_comes_after(store):
    add(store)
    with store.snapshot() as cursor:
        cursor.execute("SELECT count(*) FROM entry").fetchall()
        add(store)
        assert cursor.execute("SELECT count(*) FROM entry").fetchall() == [(1,)]

    assert store.rows("SELECT count(*) FROM entry") == [(2,)]


def test_an_empty_text_cell_is_none(store):
    table = store.read("SELECT * FROM (VALUES ('a'), (NULL)) AS t (word)")

    assert list(table["word"]) == ["a", None]


def test_input_is_never_part_of_the_statement(store):
    add(store)
    hostile = "x'; DROP TABLE entry; --"

    assert store.rows("SELECT count(*) FROM entry WHERE note = $note", note=hostile) == [(0,)]
    assert store.rows("SELECT count(*) FROM entry") == [(1,)]


def test_a_faulty_statement_stays_a_fault_of_the_program(store):
    with pytest.raises(duckdb.CatalogException):
        store.rows("SELECT * FROM no_such_table")


def test_what_was_recorded_is_there_after_closing(file):
    first = Store(file)
    add(first)
    first.close()

    again = Store(file)

    assert again.version == 1
    assert record.first_broken(again) is None
    again.close()


@POSIX
def test_the_data_directory_is_for_its_owner_alone(file):
    Store(file).close()

    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_file_locked_by_another_process_is_refused(file):
    held = "import sys; from cmi_core.store import Store; s = Store(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", held, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline().strip() == b"open"
        with pytest.raises(StoreError) as refused:
            Store(file)
        other.communicate(b"\n", timeout=300)

    assert refused.value.reason == "database_locked"
    Store(file).close()


def filled(file):
    store = Store(file)
    add(store)
    store.close()
    return file


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_text("ไม่ใช่ฐานข้อมูล" * 500, encoding="utf-8"),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"SQLite format 3\0" + b"\0" * 8000),
        lambda file: os.truncate(file, 10_000),
        lambda file: os.truncate(file, file.stat().st_size // 2),
        lambda file: file.write_bytes(b"\0" * 12_288 + file.read_bytes()[12_288:]),
    ],
    ids=["text", "empty", "another database", "header only", "half", "no header"],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(file, spoil):
    spoil(filled(file))
    before = file.read_bytes()

    with pytest.raises(StoreError) as refused:
        Store(file)

    assert refused.value.reason == "database_corrupt"
    assert file.read_bytes() == before


def test_a_file_damaged_inside_is_refused_when_read(file):
    content = bytearray(filled(file).read_bytes())
    content[12_288:] = bytes(byte ^ 0xFF for byte in content[12_288:])
    file.write_bytes(content)

    with pytest.raises(StoreError) as refused:
        Store(file).rows("SELECT * FROM entry")

    assert refused.value.reason == "database_corrupt"


def test_a_directory_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError) as refused:
        Store(tmp_path / "file" / "data" / "real.duckdb")

    assert refused.value.reason == "data_directory"


def test_a_directory_in_place_of_the_file_is_refused(file):
    file.mkdir(parents=True)

    with pytest.raises(StoreError) as refused:
        Store(file)

    assert refused.value.reason == "data_directory"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_directory_without_the_right_to_write_is_refused(file):
    file.parent.mkdir()
    file.parent.chmod(0o500)

    with pytest.raises(StoreError) as refused:
        Store(file)

    assert refused.value.reason == "data_directory"


# Runs in a process of its own: the limit holds for every file that the process writes.
FULL_DISK = """
import os, resource, signal, sys
from datetime import datetime
from cmi_core.errors import StoreError
from cmi_core.store import Store, checkpoint, record

def add(note):
    with store.writing() as cursor:
        return record.append(cursor, {}, deed="try", by="nok", at=datetime(2026, 1, 1), note=note)

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(sys.argv[1])
store._bring_in()
if sys.argv[2] == "checkpoint":
    checkpoint.JOURNAL_MOST = 20_000
    limit = os.path.getsize(sys.argv[1]) + 1  # room for the copy and for the journal, not for a larger file
else:
    limit = 20_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
kept, refused = [], 0
for _ in range(14):
    try:
        kept.append(add("n" * 2000))
    except StoreError as refusal:
        assert refusal.reason in {"write_failed", "save_unsure"}, refusal
        refused += 1
    # While the disk is full, what is read is what was kept, and nothing that was refused.
    try:
        read = [entry for (entry,) in store.rows("SELECT entry FROM entry ORDER BY entry")]
        assert read == kept, (read, kept)
    except StoreError as refusal:
        assert refusal.reason == "write_failed", refusal
assert refused, "the disk was never full"
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
kept.append(add("there is room again"))
assert record.first_broken(store) is None
print(*kept, flush=True)
os._exit(0)  # as if killed: nothing is tidied up
"""


@POSIX
@pytest.mark.parametrize("way", ["journal", "checkpoint"])
def test_a_full_disk_keeps_what_was_acknowledged_and_nothing_else(file, way):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(file), way],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kept = [int(number) for number in done.stdout.split()]

    again = Store(file)

    assert [entry for (entry,) in again.rows("SELECT entry FROM entry ORDER BY entry")] == kept
    assert record.first_broken(again) is None
    again.close()


class Refusing:
    """A connection whose commits fail, after the fact or instead of it."""

    def __init__(self, connection, *, keep):
        self._connection = connection
        self._keep = keep

    def cursor(self):
        return Refusing(self._connection.cursor(), keep=self._keep)

    def execute(self, sql, *details):
        if sql == "COMMIT":
            self._connection.execute("COMMIT" if self._keep else "ROLLBACK")
            raise duckdb.FatalException("Could not write: No space left on device")
        return self._connection.execute(sql, *details)

    def __getattr__(self, name):
        return getattr(self._connection, name)


@pytest.mark.parametrize("keep", [True, False])
def test_after_a_failed_commit_the_file_decides(file, keep):
    store = Store(file)
    add(store)
    store._connection = Refusing(store._connection, keep=keep)

    if keep:
        assert add(store) == 2
    else:
        with pytest.raises(StoreError, match="write_failed"):
            add(store)

    assert store.version == (2 if keep else 1)
    assert add(store) == store.version
    assert record.first_broken(store) is None
    store.close()


def test_readers_wait_while_the_file_is_opened_anew(file):
    store = Store(file)
    add(store)
    store._doubtful = True

    counted = at_once(lambda _: store.rows("SELECT count(*) FROM entry"))

    assert counted == [[(1,)]] * 8
    assert not store._doubtful
    store.close()


def test_a_reader_who_does_not_finish_is_not_cut_off(file, monkeypatch):
    monkeypatch.setattr("cmi_core.store._PATIENCE", 0.05)
    store = Store(file)
    add(store)
    with store.snapshot() as cursor:
        store._doubtful = True
        with pytest.raises(StoreError, match="store_recovering"):
            store.rows("SELECT 1")
        assert cursor.execute("SELECT count(*) FROM entry").fetchall() == [(1,)]

    assert store.rows("SELECT count(*) FROM entry") == [(1,)]
    store.close()
