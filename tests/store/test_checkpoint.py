"""A checkpoint that is cut at any point loses nothing, and nothing is put back that is not the newest."""

import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from cmi_core.errors import StoreError
from cmi_core.store import Store, backup, checkpoint, opening, record, restoring

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 7, 1)
OPENS = "import sys; from cmi_core.store import Store; Store(sys.argv[1]).close()"


def add(store):
    with store.writing() as cursor:
        return record.append(cursor, {}, deed="try", by="nok", at=AT, note="n" * 500)


def entries(path):
    store = Store(path)
    found = [entry for (entry,) in store.rows("SELECT entry FROM entry ORDER BY entry")]
    assert record.first_broken(store) is None
    store.close()
    return found


def opens_elsewhere(path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", OPENS, str(path)], cwd=ROOT, check=False, capture_output=True, text=True
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "real.duckdb"


@pytest.fixture
def cut(path):
    """A server that dies within a checkpoint: the copy is there, and the file is what the test makes of it."""
    store = Store(path)
    for _ in range(3):
        add(store)
    checkpoint.keep(str(path), store._file)
    left = {file: file.read_bytes() for file in path.parent.iterdir()}
    store.close()
    for file in path.parent.iterdir():
        file.unlink()
    for file, content in left.items():
        file.write_bytes(content)
    assert checkpoint.was_cut(str(path))
    assert checkpoint.journal_size(str(path)) > 0
    return path


def torn(path):
    """A block in the middle of the file that does not fit its checksum, and no journal any more."""
    content = bytearray(path.read_bytes())
    for at in range(12_288, len(content), 4096):
        content[at] ^= 0xFF
    path.write_bytes(content)
    checkpoint.journal_of(str(path)).unlink(missing_ok=True)


@pytest.mark.parametrize("spoil", [torn, lambda path: path.write_bytes(b""), lambda path: None])
def test_a_checkpoint_that_was_cut_is_taken_back(cut, spoil):
    spoil(cut)

    assert entries(cut) == [1, 2, 3]
    assert sorted(file.name for file in cut.parent.iterdir()) == ["real.duckdb"]


def test_putting_back_may_be_cut_too(cut):
    torn(cut)
    Path(f"{cut}.before.wal").replace(checkpoint.journal_of(str(cut)))

    assert entries(cut) == [1, 2, 3]


def test_an_empty_journal_is_put_back_as_none(path):
    store = Store(path)
    add(store)
    store._bring_in()
    checkpoint.keep(str(path), store._file)
    shutil.copytree(path.parent, path.parent.parent / "left")
    store.close()
    left = path.parent.parent / "left" / path.name
    assert checkpoint.was_cut(str(left))
    checkpoint.journal_of(str(left)).write_bytes(b"of a later time")

    assert entries(left) == [1]


def test_a_copy_without_its_mark_counts_for_nothing(path):
    store = Store(path)
    add(store)
    store.close()
    Path(f"{path}.before.wal").write_bytes(b"half")
    Path(f"{path}.before.part").write_bytes(b"half")
    store = Store(path)
    add(store)
    store.close()

    assert entries(path) == [1, 2]
    assert sorted(file.name for file in path.parent.iterdir()) == ["real.duckdb"]


def test_while_another_process_is_within_a_checkpoint_nothing_is_put_back(path):
    store = Store(path)
    add(store)
    checkpoint.keep(str(path), store._file)
    done = opens_elsewhere(path)

    assert "database_locked" in done.stderr
    assert checkpoint.was_cut(str(path))
    checkpoint.forget(str(path))
    assert add(store) == 2
    store.close()


def test_the_file_stays_locked_after_a_checkpoint(path):
    """A lock of POSIX ends when its process closes the file, by whatever handle."""
    store = Store(path)
    add(store)
    store._bring_in()

    assert "database_locked" in opens_elsewhere(path).stderr
    store.close()
    assert opens_elsewhere(path).returncode == 0


def test_a_long_journal_is_brought_in_by_itself(path, monkeypatch):
    monkeypatch.setattr(checkpoint, "JOURNAL_MOST", 5_000)
    store = Store(path)
    sizes = []
    for _ in range(30):
        add(store)
        sizes.append(checkpoint.journal_size(str(path)))
    store.close()

    assert max(sizes) > 0
    assert min(sizes) == 0
    assert entries(path) == list(range(1, 31))


def test_without_room_for_the_copy_the_journal_grows_and_nothing_is_lost(path, monkeypatch):
    monkeypatch.setattr(checkpoint, "JOURNAL_MOST", 1_000)
    store = Store(path)

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(checkpoint, "keep", full)
    kept = [add(store) for _ in range(5)]
    store.close()
    assert checkpoint.journal_size(str(path)) > 1_000
    with pytest.raises(StoreError, match="write_failed"):
        Store(path)
    monkeypatch.undo()

    assert entries(path) == kept


def test_without_room_not_every_entry_tries_again(path, monkeypatch):
    monkeypatch.setattr(checkpoint, "JOURNAL_MOST", 5_000)
    store, tries = Store(path), []

    def full(*_):
        tries.append(checkpoint.journal_size(str(path)))
        raise OSError("No space left on device")

    monkeypatch.setattr(checkpoint, "keep", full)
    for _ in range(40):
        add(store)

    assert len(tries) > 1
    assert all(later - sooner > 5_000 for sooner, later in pairwise(tries))
    monkeypatch.undo()
    store.close()


def test_a_backup_is_restored_over_a_checkpoint_that_was_cut(tmp_path):
    path = tmp_path / "real.duckdb"
    store = opening.open_store(path)
    taken = backup.take(store, at=AT)
    with store.writing() as cursor:
        record.append(cursor, {}, deed="try", by="nok", at=AT, note="later")
    checkpoint.keep(str(path), store._file)
    left = {file: file.read_bytes() for file in path.parent.glob("real.duckdb*")}
    store.close()
    for file, content in left.items():
        file.write_bytes(content)
    source = tmp_path / "backups" / taken.name
    moved = restoring.restore(source, path, kind=opening.REAL, at=AT + timedelta(1)).moved

    again = opening.open_store(path)
    assert record.head(again) == (taken.entry, taken.seal)
    again.close()
    assert entries(moved) == list(range(1, taken.entry + 2))


def test_a_restore_without_room_for_the_copy_is_refused_and_changes_nothing(tmp_path, monkeypatch):
    path = tmp_path / "real.duckdb"
    store = opening.open_store(path)
    taken = backup.take(store, at=AT)
    store.close()
    before = path.read_bytes()

    def full(name, file, keep=checkpoint.keep):
        if name.endswith("restoring-database"):
            raise OSError("No space left on device")
        keep(name, file)

    monkeypatch.setattr(checkpoint, "keep", full)
    with pytest.raises(StoreError, match="write_failed"):
        restoring.restore(tmp_path / "backups" / taken.name, path, kind=opening.REAL, at=AT)

    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.glob("real*")) == ["real.duckdb", "real.heads"]
