"""Entries that were kept and cannot be read: said as what it is, nothing destroyed, gone on from only when agreed to."""

import random
import shutil
from pathlib import Path

import pytest

from cmi_core.errors import ObservationError, StoreError
from cmi_core.record.ledger import GENESIS
from cmi_core.store import backup, checkpoint, heads, loss, opening, record
from tests.store.deeds import AT, killed_at, save

KEPT = 12  # entries


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A data directory as a killed server leaves it: a file, a journal with eight entries, the heads, a backup."""
    folder = tmp_path_factory.mktemp("killed")
    store = opening.open_store(folder / "real.duckdb")
    store._bring_in()
    for year in range(2000, 2003):
        save(store, year)
    backup.take(store, at=AT)
    store._bring_in()
    for year in range(2003, 2011):
        save(store, year)
    assert store.version == KEPT
    left = folder / "left"
    left.mkdir()
    for file in folder.glob("real.*"):
        shutil.copyfile(file, left / file.name)
    shutil.copytree(folder / "backups", left / "backups")
    store.close()
    return left


@pytest.fixture
def city(killed, tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(killed, folder)
    return folder / "real.duckdb"


def contents(path: Path):
    """The files that hold something: an empty journal is none."""
    found = {file.name: file.read_bytes() for file in path.parent.glob("real*")}
    return {name: content for name, content in found.items() if content}


def refused(path):
    with pytest.raises(StoreError) as refusal:
        opening.open_store(path)
    return refusal.value


def opened(path):
    store = opening.open_store(path)
    entries = store.rows("SELECT entry, deed, recorded_by, note FROM entry ORDER BY entry")
    assert record.first_broken(store) is None
    store.close()
    return entries


def cut(path, size):
    journal = checkpoint.journal_of(str(path))
    journal.write_bytes(journal.read_bytes()[:size])


def flip(path, where):
    journal = checkpoint.journal_of(str(path))
    content = bytearray(journal.read_bytes())
    content[where] ^= 1
    journal.write_bytes(bytes(content))


def test_a_whole_one_opens(city):
    assert len(opened(city)) == KEPT


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.6, 0.999])
def test_a_journal_that_was_cut(city, part):
    cut(city, int(checkpoint.journal_of(str(city)).stat().st_size * part))
    before = contents(city)
    refusal = refused(city)

    assert refusal.reason == "entries_missing"
    assert refusal.details["known"] == KEPT
    assert 4 <= refusal.details["last"] < KEPT
    assert contents(city) == before
    assert loss.left(city)[:2] == (refusal.details["last"], KEPT)
    assert contents(city) == before


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(4, 40))]
)
def test_a_byte_that_was_flipped(city, seed):
    flip(city, random.Random(seed).randrange(200, checkpoint.journal_of(str(city)).stat().st_size))
    before = contents(city)

    # Where it is the length of a part, DuckDB takes what follows for a part that was cut.
    assert refused(city).reason in {"journal_damaged", "entries_missing"}
    found = loss.left(city)
    assert contents(city) == before
    assert 4 <= found.last < KEPT
    assert found.known == KEPT

    kept = loss.accept(city, by="Nok", note="the disk was changed", at=AT)
    assert kept is not None
    assert kept.read_bytes() == before["real.duckdb.wal"]
    entries = opened(city)
    assert entries[-1] == (
        found.last + 1, loss.DEED, "Nok", f"{found.last + 1}–{KEPT}: the disk was changed"
    )  # fmt: skip
    assert len(entries) == found.last + 1
    assert len(opened(city)) == found.last + 1  # told once


def test_a_file_of_yesterday_put_in_its_place_by_hand(city, tmp_path):
    old = opening.open_store(tmp_path / "real.duckdb")
    old.close()
    shutil.copyfile(tmp_path / "real.duckdb", city)
    checkpoint.journal_of(str(city)).unlink()
    assert refused(city).details["last"] == 1


def test_a_database_that_is_gone_is_not_begun_anew_in_silence(city):
    for file in (city, checkpoint.journal_of(str(city))):
        file.unlink()
    assert refused(city).reason == "entries_missing"
    assert not city.exists()
    assert loss.left(city) == (0, KEPT, 0, GENESIS)
    loss.accept(city, by="Nok", note="the disk is lost", at=AT)
    assert [deed for _, deed, _, _ in opened(city)] == ["seed", loss.DEED]


def test_made_up_data_may_be_thrown_away(tmp_path):
    path = tmp_path / "demonstration.duckdb"
    store = opening.open_store(path, kind=opening.DEMONSTRATION)
    save(store, 2000)
    store.close()
    path.unlink()
    again = opening.open_store(path, kind=opening.DEMONSTRATION)
    assert again.version == 1
    again.close()
    assert heads.newest(path) == 1


def test_without_loss_there_is_nothing_to_give_up(city):
    with pytest.raises(StoreError, match="nothing_lost"):
        loss.accept(city, by="Nok", note="x", at=AT)
    assert len(opened(city)) == KEPT


@pytest.mark.parametrize(("by", "note"), [("", "x"), ("Nok", " ")])
def test_it_takes_a_name_and_a_reason(city, by, note):
    cut(city, 100)
    with pytest.raises(ObservationError):
        loss.accept(city, by=by, note=note, at=AT)
    assert refused(city).reason == "entries_missing"


def test_an_entry_that_nobody_was_told_of_may_be_cut(city):
    """What a kill within a save leaves: a half-written entry behind the last one that was kept."""
    journal = checkpoint.journal_of(str(city))
    journal.write_bytes(journal.read_bytes() + journal.read_bytes()[:77])
    assert len(opened(city)) == KEPT


def test_the_newest_backup_can_be_put_back_instead(city):
    from cmi_core.store import restoring

    flip(city, 500)
    source = city.parent / "backups" / backup.listed(city.parent / "backups")[0].name
    done = restoring.restore(source, city, kind=opening.REAL, at=AT)
    assert len(opened(city)) == 4
    assert done.moved is not None
    assert checkpoint.journal_of(str(done.moved)).exists()


@pytest.mark.proof
def test_killed_at_any_step_of_agreeing_nothing_more_is_lost(killed, tmp_path):
    step, last = 0, set()
    while True:
        path = tmp_path / str(step) / "real.duckdb"
        shutil.copytree(killed, path.parent)
        flip(path, checkpoint.journal_of(str(path)).stat().st_size * 2 // 3)
        can_be_read = loss.left(path).last
        told = killed_at(
            step,
            "loss.accept(Path(sys.argv[2]), by='Nok', note='again', at=datetime(2026, 7, 1, 3))",
            path,
            steps="(Path, 'replace'), (files, 'settle'), (heads, 'restored'), (shutil, 'copyfile')",
        )
        if told.returncode:
            found = loss.left(path)
            assert (found.last, found.known in {KEPT, can_be_read}) == (can_be_read, True)
            try:
                loss.accept(path, by="Nok", note="again", at=AT)
            except StoreError as nothing:
                assert nothing.reason == "nothing_lost"
        entries = opened(path)
        assert [entry for entry, *_ in entries] == list(range(1, can_be_read + 2))
        assert entries[-1][1] == loss.DEED
        last.add(entries[-1][3])
        if not told.returncode:
            break
        step += 1
    assert step > 8
    assert last == {f"{can_be_read + 1}–{KEPT}: again"}
    assert heads.newest(path) == can_be_read + 1
