"""An evidence file is taken out for cause: the file goes, what is known of that stays, and it does not come again."""

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import evidence, kpis, undo
from cmi_core.errors import CmiError, FileRefused, StoreError
from cmi_core.store import Store, backup, entries, evidence_removals, files, proof, record
from tests.store.deeds import AT, ED, KPI, save

ADMIN = Account("head", "หัวหน้า", "admin")
DATA, OTHER = b"%PDF-1.7 with a name in it", b"%PDF-1.7 another"
MARK = sha256(DATA).hexdigest()


@pytest.fixture
def store(starting_data, tmp_path):
    """In a file, with one value and its evidence."""
    path = tmp_path / "city" / "real.duckdb"
    path.parent.mkdir()
    shutil.copyfile(starting_data, path)
    opened = Store(path)
    save(opened, 2020, DATA)
    yield opened
    opened.close()


def take_out(store, mark=MARK, note="holds a name"):
    return evidence.remove(store, ADMIN, mark=mark, note=note, at=AT)


def refusal(deed):
    with pytest.raises(CmiError) as refused:
        deed()
    return refused.value.reason


def test_the_file_goes_and_its_hash_who_when_and_why_stay(store):
    entry = take_out(store)

    assert not files.path_of(store, MARK).exists()
    assert evidence_removals.find(store, MARK) == (entry, AT, "holds a name")
    assert entries.head_of(store, entry).recorded_by == "head"
    assert entries.lines_of(store, "evidence_removal_line", entry) == [
        {"entry": entry, "evidence_file": MARK}
    ]
    assert record.first_broken(store) is None


def test_it_is_no_fault_of_the_record_nor_of_a_backup(store):
    save(store, 2021, OTHER)
    take_out(store)
    told = proof.verified(store)
    taken = backup.take(store, at=AT)

    assert proof.refusals(told) == []
    assert told["evidence"] == {"altered": [], "missing": [], "extra": []}
    assert (taken.altered, taken.missing, taken.lost, taken.extra) == ((), (), (), ())
    assert taken.evidence == 1
    copied = backup.folder_of(store) / taken.name
    assert not list(copied.rglob(MARK))
    assert backup.verify(copied) == taken


def test_an_earlier_backup_is_whole_still(store):
    taken = backup.take(store, at=AT)
    take_out(store)

    assert backup.verify(backup.folder_of(store) / taken.name) == taken


def test_what_is_not_there_cannot_be_taken_out_nor_twice(store):
    version = store.version
    assert refusal(lambda: take_out(store, mark="0" * 64)) == "evidence_unknown"
    assert refusal(lambda: take_out(store, mark="")) == "evidence_unknown"
    assert refusal(lambda: take_out(store, note=" ")) == "note_missing"
    assert store.version == version
    assert files.path_of(store, MARK).exists()
    take_out(store)
    assert refusal(lambda: take_out(store)) == "evidence_removed"
    assert store.version == version + 1


def test_a_file_that_was_lost_before_can_be_taken_out_too(store):
    files.path_of(store, MARK).unlink()
    take_out(store)

    assert proof.refusals(proof.verified(store)) == []


def test_the_same_file_sent_again_is_refused_under_whatever_name(store):
    entry = take_out(store)
    with pytest.raises(FileRefused) as refused:
        evidence.keep(store, ED, data=DATA, name="another-name.pdf", at=AT)

    assert (refused.value.reason, refused.value.details) == ("evidence_removed", {"entry": entry})
    assert not files.path_of(store, MARK).exists()
    assert refusal(
        lambda: kpis.record_value(
            store, ED, kpi=KPI, period="2019", value=1.0, quality="measured", note="x", at=AT, evidence_file=MARK
        )
    ) == "evidence_removed"  # fmt: skip
    assert evidence.keep(store, ED, data=OTHER, name="x.pdf", at=AT) == sha256(OTHER).hexdigest()


def test_a_value_whose_evidence_went_is_corrected_and_put_back_as_any_other(store):
    (seen,) = store.rows("SELECT entry FROM kpi_value_now WHERE kpi = $kpi", kpi=KPI)[0]
    take_out(store)
    given = {
        "kpi": KPI,
        "period": "2020",
        "quality": "measured",
        "note": "x",
        "at": AT,
        "evidence_file": MARK,
    }
    entry = kpis.correct_value(store, ED, value=7.0, expected_version=seen, **given)
    undo.undo(store, ED, entry=entry, note="x", at=AT)

    assert store.rows("SELECT value, evidence_file FROM kpi_value_now WHERE kpi = $kpi", kpi=KPI) == [
        (2020.0, MARK)
    ]
    assert proof.refusals(proof.verified(store)) == []


def test_it_is_not_undone(store):
    entry = take_out(store)
    assert refusal(lambda: undo.undo(store, ADMIN, entry=entry, note="x", at=AT)) == "undo_not_possible"


def test_where_the_disk_keeps_the_file_the_deed_stands_and_that_is_said(store, monkeypatch):
    def refused(*_, **__):
        raise OSError(13, "Permission denied")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "unlink", refused)
        assert refusal(lambda: take_out(store)) == "evidence_left"
    assert evidence_removals.find(store, MARK) is not None
    assert proof.verified(store)["evidence"]["extra"] == [f"{MARK[:2]}/{MARK}"]
    # The next backup, as the next opening, tries again.
    assert backup.take(store, at=AT).extra == ()
    assert not files.path_of(store, MARK).exists()


def test_what_can_be_taken_out_is_what_stands(store):
    save(store, 2021, OTHER)
    assert set(evidence_removals.held(store)["evidence"]) == {MARK, sha256(OTHER).hexdigest()}
    take_out(store)
    held = evidence_removals.held(store)

    assert held[["evidence", "name", "kpi", "period"]].to_numpy().tolist() == [
        [sha256(OTHER).hexdigest(), "x.pdf", KPI, "2021"]
    ]
    assert set(evidence_removals.removed(store)) == {MARK}


def test_a_database_in_memory_has_no_file_to_lose(new_store):
    memory = new_store()
    with pytest.raises(StoreError):
        files.path_of(memory, MARK)
    evidence_removals.forget(memory, [MARK])
    memory.close()
