"""Heads kept outside of the database say what seals cannot: that the newest entries are gone."""

import threading

import pytest

from cmi_core.store import heads, opening, record
from tests.store.deeds import AT, save


@pytest.fixture
def store(tmp_path):
    store = opening.open_store(tmp_path / "real.duckdb")
    yield store
    store.close()


def seals(store):
    return dict(store.rows("SELECT entry, seal FROM seal"))


def noted(store):
    return [(head.entry, head.seal) for head in heads.known(store.path).heads]


def test_each_entry_is_noted_with_its_seal_also_by_many_at_once(store):
    threads = [threading.Thread(target=save, args=(store, year)) for year in range(2000, 2012)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert noted(store) == store.rows("SELECT entry, seal FROM seal ORDER BY entry")
    assert heads.compared(seals(store), heads.known(store.path).heads) == (store.version, store.version, None)


def test_what_was_refused_is_not_noted(store):
    with pytest.raises(RuntimeError), store.writing() as cursor:
        record.append(cursor, {}, deed="try", by="x", at=AT, note="x")
        raise RuntimeError
    assert [entry for entry, _ in noted(store)] == [1]


def test_entries_that_were_cut_off_are_counted(store):
    for year in range(2000, 2005):
        save(store, year)
    for table in ("kpi_value_now", "kpi_value_line", "seal", "entry"):
        with store.writing() as cursor:  # as somebody does who has the file in hand
            cursor.execute(f"DELETE FROM {table} WHERE entry > 3")
    assert record.first_broken(store) is None
    assert heads.compared(seals(store), heads.known(store.path).heads) == (3, 6, None)


def test_a_chain_that_was_written_anew_is_found(store):
    for year in range(2000, 2003):
        save(store, year)
    known = heads.known(store.path).heads
    with store.writing() as cursor:
        cursor.execute("UPDATE seal SET seal = ? WHERE entry = 3", ["0" * 64])
    assert heads.compared(seals(store), known).other == known[2]


def test_after_a_restore_only_what_came_since_counts(store):
    save(store, 2000)
    heads.restored(store.path, 1, "1" * 64, backup=7)
    assert heads.known(store.path) == ([(1, "1" * 64, "real.heads")], 7)
    save(store, 2001)
    assert [entry for entry, _ in noted(store)] == [1, 3]


@pytest.mark.parametrize(
    "left", [b"3 ", b"3 abc", b"restored 1", b"\xff\xfe", b"three " + b"0" * 64, b"3 " + b"0" * 63, b"\n\n"]
)
def test_a_line_that_was_cut_says_nothing_and_the_next_one_is_read(store, left):
    with heads.file_of(store.path).open("ab") as file:
        file.write(left)
    save(store, 2000)
    assert [entry for entry, _ in noted(store)] == [1, 2]


def test_an_entry_counts_also_where_its_head_cannot_be_noted(store, tmp_path):
    file = heads.file_of(store.path)
    file.unlink()
    file.mkdir()
    assert save(store, 2000) == 2
    assert store.version == 2


def test_an_older_database_begins_with_its_head(store, tmp_path):
    save(store, 2000)
    store.close()
    heads.file_of(tmp_path / "real.duckdb").unlink()
    again = opening.open_store(tmp_path / "real.duckdb")
    assert [entry for entry, _ in noted(again)] == [2]
    again.close()
