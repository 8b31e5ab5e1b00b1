"""What was taken away for good stays away: an older backup does not bring it back, whatever a kill or a disk left of the list."""

import shutil
import signal
from hashlib import sha256

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import evidence
from cmi_core.errors import StoreError
from cmi_core.store import (
    backup,
    closures,
    evidence_removals,
    files,
    heads,
    opening,
    proof,
    record,
    removals,
    restoring,
)
from tests.store.deeds import AT, killed_at, save

ADMIN = Account("head", "หัวหน้า", "admin")
KEPT, GONE = b"%PDF-1.7 kept", b"%PDF-1.7 gone"
MARK = sha256(GONE).hexdigest()
SEAL = "1f0c" * 16


def opened(store, account):
    """An account made by somebody; its entry."""
    with store.writing() as cursor:
        line = {"account": account, "name": "นก", "role": "viewer", "active": True}
        return record.append(
            cursor, {"account_line": [line]}, deed="create_account", by="head", at=AT, note="x"
        )


def closed(store, account):
    with store.writing() as cursor:
        closures.close(cursor, account, by="head", at=AT, note="asked for it")


def taken_out(store):
    return evidence.remove(store, ADMIN, mark=MARK, note="holds a name", at=AT)


def put(source, path):
    return restoring.restore(source, path, kind=opening.REAL, at=AT)


def is_whole(store):
    """Everything that can be held against the record is as it says, and nothing lies beside it."""
    told = proof.verified(store)
    return not proof.refusals(told) and told["evidence"] == {"altered": [], "missing": [], "extra": []}


def closed_accounts(store):
    return [account for (account,) in store.rows("SELECT account FROM closure_line ORDER BY entry")]


@pytest.fixture(scope="module")
def before(starting_data, tmp_path_factory):
    """A city with a backup that holds an account and two evidence files; copied, since making one takes long."""
    folder = tmp_path_factory.mktemp("before") / "city"
    folder.mkdir()
    shutil.copyfile(starting_data, folder / "real.duckdb")
    store = opening.open_store(folder / "real.duckdb")
    opened(store, "1001")
    save(store, 2020, KEPT)
    save(store, 2021, GONE)
    taken = backup.take(store, at=AT)
    store.close()
    return folder, taken


@pytest.fixture(scope="module")
def after(before, tmp_path_factory):
    """The same city, of whose account and files one each is gone since."""
    folder = shutil.copytree(before[0], tmp_path_factory.mktemp("after") / "city")
    store = opening.open_store(folder / "real.duckdb")
    taken_out(store)
    closed(store, "1001")
    store.close()
    return folder, before[1]


@pytest.fixture
def city(after, tmp_path):
    folder = shutil.copytree(after[0], tmp_path / "city")
    return folder, folder / "backups" / after[1].name, after[1]


@pytest.fixture
def new(starting_data, tmp_path):
    """A database with the starting data alone, which nobody has opened."""
    return shutil.copyfile(starting_data, tmp_path / "real.duckdb")


def lists(folder):
    path = folder / "real.duckdb"
    return [removals.file_of(path), removals.copy_in(folder / "backups", path)]


class TestTheList:
    def test_it_names_each_deed_and_nobody(self, city):
        folder, _, _ = city
        for file in lists(folder):
            said = file.read_text()
            kinds = [line.split(" ")[0] for line in said.splitlines()]
            assert kinds == ["evidence", "account"]
            assert MARK in said
            assert not {"นก", "head", "name", "x.pdf"} & set(said.split())
            assert file.stat().st_mode & 0o077 == 0

    def test_without_a_deed_there_is_none(self, new, tmp_path):
        store = opening.open_store(new)
        save(store, 2020, KEPT)
        backup.take(store, at=AT)
        store.close()
        assert not [file for file in lists(tmp_path) if file.exists()]

    @pytest.mark.parametrize("account", ["1001", "nok suda", "นก", "a%20b", "x\ny"])
    def test_any_code_is_read_back(self, tmp_path, account):
        said = removals.Removal("account", account, "77b1" * 16, AT, SEAL)
        removals.write([said], tmp_path / "real.duckdb", tmp_path / "none")
        assert removals.known(tmp_path / "real.removals") == [said]

    def test_a_line_that_was_cut_anywhere_says_nothing_and_spoils_no_other(self, tmp_path):
        first, second = (
            removals.Removal("evidence", MARK, "", AT, SEAL),
            removals.Removal("account", "1001", "77b1" * 16, AT, SEAL),
        )
        path, file = tmp_path / "real.duckdb", tmp_path / "real.removals"
        for cut in (first, second):
            removals.write([cut], path, tmp_path / "none")
            whole = file.read_bytes()
            for length in range(1, len(whole) - 1):
                file.write_bytes(whole[:length])
                assert removals.known(file) == []
                removals.write([first], path, tmp_path / "none")
                assert removals.known(file) == [first]
            file.unlink()

    @pytest.mark.parametrize(
        "line",
        [
            "", "\xff\xfe", f"evidence yesterday {MARK} {SEAL}", f"evidence {AT.isoformat()} ../x {SEAL}",
            f"evidence {AT.isoformat()} {MARK.upper()} {SEAL}", f"account {AT.isoformat()} 1001 {SEAL}",
            f"other {AT.isoformat()} {MARK} {SEAL}",
        ],
    )  # fmt: skip
    def test_what_is_no_line_of_ours_says_nothing(self, tmp_path, line):
        file = tmp_path / "real.removals"
        file.write_bytes(line.encode("latin-1") + b"\n")
        assert removals.known(file) == []

    @pytest.mark.parametrize("which", [0, 1])
    def test_one_that_was_lost_or_cut_is_mended_at_the_next_opening(self, city, which):
        folder, _, _ = city
        file = lists(folder)[which]
        whole = file.read_bytes()
        for left in (None, whole[:-20]):
            file.unlink() if left is None else file.write_bytes(left)
            opening.open_store(folder / "real.duckdb").close()
            assert {each.key for each in removals.known(file)} == {
                each.key for each in removals.known(lists(folder)[1 - which])
            }
            assert len(removals.known(file)) == 2

    def test_each_opening_and_backup_adds_nothing_more(self, city):
        folder, _, _ = city
        before = [file.read_bytes() for file in lists(folder)]
        store = opening.open_store(folder / "real.duckdb")
        backup.take(store, at=AT)
        store.close()
        assert [file.read_bytes() for file in lists(folder)] == before

    def test_where_the_disk_refuses_the_deed_stands_and_is_written_later(self, new, tmp_path):
        store = opening.open_store(new)
        save(store, 2021, GONE)
        own, _ = lists(tmp_path)
        own.mkdir()
        entry = taken_out(store)
        assert store.version == entry
        own.rmdir()
        backup.take(store, at=AT)
        store.close()
        assert [removals.known(file)[0].what for file in lists(tmp_path)] == [MARK, MARK]


class TestRestoring:
    def test_over_the_machine_later_removals_and_closures_hold(self, city):
        folder, source, taken = city
        done = put(source, folder / "real.duckdb")

        store = opening.open_store(folder / "real.duckdb")
        assert done.entry == store.version == taken.entry + 2
        assert [tuple(row) for row in store.rows("SELECT entry, deed, recorded_by FROM entry WHERE entry > $last ORDER BY 1", last=taken.entry)] == [
            (taken.entry + 1, "remove_evidence", "restore"), (taken.entry + 2, "close_for_good", "restore"),
        ]  # fmt: skip
        assert closed_accounts(store) == ["1001"]
        assert not files.path_of(store, MARK).exists()
        assert files.read(store, sha256(KEPT).hexdigest()) == KEPT
        assert is_whole(store)
        assert (heads.known(store.path).heads[0].entry, heads.known(store.path).heads[0].seal) == record.head(
            store
        )
        store.close()

    def test_the_note_says_when_it_was_done_first(self, city):
        folder, source, _ = city
        seal = removals.known(lists(folder)[0])[0].seal
        put(source, folder / "real.duckdb")
        store = opening.open_store(folder / "real.duckdb")
        note = evidence_removals.find(store, MARK).note
        store.close()
        assert "1 ก.ค. 2569" in note
        assert seal[:12] in note

    @pytest.mark.parametrize("kept", ["copied whole", "list beside the backup", "no list"])
    def test_onto_an_empty_machine(self, city, tmp_path, kept):
        _, source, taken = city
        other, usb = tmp_path / "other", tmp_path / "usb"
        other.mkdir()
        if kept == "copied whole":
            shutil.copytree(source.parent, other / "backups")
            source = other / "backups" / source.name
        else:
            source = shutil.copytree(source, usb / source.name)
            if kept == "list beside the backup":
                shutil.copy(lists(city[0])[1], usb)
        done = put(source, other / "real.duckdb")

        store = opening.open_store(other / "real.duckdb")
        gone = kept != "no list"
        assert done.entry == taken.entry + 2 * gone
        assert closed_accounts(store) == ["1001"] * gone
        assert files.path_of(store, MARK).exists() is not gone
        assert is_whole(store)
        assert len(removals.known(*lists(other))) == 2 * gone
        store.close()

    def test_a_newer_backup_gets_nothing_twice(self, city):
        folder, _, _ = city
        store = opening.open_store(folder / "real.duckdb")
        newer = backup.take(store, at=AT)
        store.close()
        assert put(folder / "backups" / newer.name, folder / "real.duckdb").entry == newer.entry

    def test_again_and_again_from_the_oldest(self, city):
        folder, source, taken = city
        for _ in range(2):
            assert put(source, folder / "real.duckdb").entry == taken.entry + 2
            opening.open_store(folder / "real.duckdb").close()
        assert [len(removals.known(file)) for file in lists(folder)] == [2, 2]

    def test_one_that_is_refused_changes_no_list(self, city):
        folder, source, _ = city
        before = [file.read_bytes() for file in lists(folder)]
        (source / "files.json").write_text("[]")
        with pytest.raises(StoreError, match="backup_broken"):
            put(source, folder / "real.duckdb")
        assert [file.read_bytes() for file in lists(folder)] == before

    def test_where_every_list_is_gone_the_database_that_gives_way_says_it(self, city):
        folder, source, taken = city
        for file in lists(folder):
            file.unlink()
        assert put(source, folder / "real.duckdb").entry == taken.entry + 2
        assert [len(removals.known(file)) for file in lists(folder)] == [2, 2]

    @pytest.mark.parametrize("which", [0, 1])
    def test_a_list_that_cannot_be_kept_lets_no_backup_in(self, city, which):
        folder, source, taken = city
        file = lists(folder)[which]
        file.unlink()
        file.mkdir()
        with pytest.raises(StoreError, match="write_failed"):
            put(source, folder / "real.duckdb")
        file.rmdir()
        store = opening.open_store(folder / "real.duckdb")
        assert store.version == taken.entry + 2
        assert store.rows("SELECT count(*) FROM entry WHERE recorded_by = 'restore'") == [(0,)]
        store.close()

    def test_a_database_that_is_spoilt_gives_way_and_the_list_holds(self, city):
        folder, source, taken = city
        (folder / "real.duckdb").write_bytes(b"spoilt")
        assert put(source, folder / "real.duckdb").entry == taken.entry + 2
        assert not list(folder.glob(".real.restoring-*"))

    def test_an_account_of_another_with_the_same_number_stays(self, new, tmp_path):
        path = new
        store = opening.open_store(path)
        early = backup.take(store, at=AT)
        opened(store, "1001")
        closed(store, "1001")
        store.close()
        put(tmp_path / "backups" / early.name, path)
        store = opening.open_store(path)
        # The record went on from before: the number is somebody else's now.
        save(store, 2020)
        opened(store, "1001")
        later = backup.take(store, at=AT)
        save(store, 2021)
        store.close()
        put(tmp_path / "backups" / later.name, path)

        store = opening.open_store(path)
        assert closed_accounts(store) == []
        assert store.rows("SELECT active FROM account_current WHERE account = '1001'") == [(True,)]
        assert store.version == later.entry
        closed(store, "1001")
        store.close()
        assert [each.what for each in removals.known(lists(tmp_path)[0])] == ["1001", "1001"]


def test_an_older_file_put_in_place_by_hand_gets_it_at_the_opening(city):
    """As where the newest entries cannot be read any more, or somebody copies the file of yesterday."""
    folder, source, taken = city
    path = folder / "real.duckdb"
    older = folder / "older.duckdb"
    backup.filled(source, older)
    older.replace(path)
    heads.file_of(path).unlink()
    store = opening.open_store(path)
    assert store.version == taken.entry + 2
    assert closed_accounts(store) == ["1001"]
    assert is_whole(store)
    store.close()


DEED = """
from cmi_core.actions import evidence
from cmi_core.accounts.roles import Account
from cmi_core.store import appended, evidence_removals, opening
store = opening.open_store(sys.argv[2])
setattr(appended, 'append', counted(appended.append))
setattr(evidence_removals, 'forget', counted(evidence_removals.forget))
evidence.remove(store, Account('head', 'x', 'admin'), mark=sys.argv[3], note='x', at=datetime(2026, 7, 1, 3))
store.close()
"""


@pytest.mark.parametrize("step", range(4))
def test_killed_after_the_entry_is_kept_nothing_of_it_is_lost(before, tmp_path, step):
    """Before its head is noted, before each list, before the file goes."""
    folder, taken = shutil.copytree(before[0], tmp_path / "city"), before[1]
    path = folder / "real.duckdb"
    told = killed_at(step, DEED, path, MARK, steps="")
    assert told.returncode == -signal.SIGKILL, told.stderr
    assert files.place(folder / "evidence", MARK).exists()

    # Not even where nobody opens what the kill left before the backup is put in its place.
    other = shutil.copytree(folder, tmp_path / "other")
    assert put(other / "backups" / taken.name, other / "real.duckdb").entry == taken.entry + 1

    store = opening.open_store(path)
    assert evidence_removals.find(store, MARK) is not None
    assert not files.path_of(store, MARK).exists()
    assert is_whole(store)
    store.close()
    assert [len(removals.known(file)) for file in lists(folder)] == [1, 1]
