"""A backup is consistent while people write, is verified with its evidence, and rotated."""

import json
import os
import shutil
import threading
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from cmi_core.actions import kpis
from cmi_core.errors import StoreError
from cmi_core.store import backup, files, opening
from tests.store.deeds import AT, ED, save

SHORT, LONG = b"%PDF-1.7 short", b"%PDF-1.7 " + bytes(range(256)) * 400


@pytest.fixture
def stored(tmp_path):
    store = opening.open_store(tmp_path / "real.duckdb")
    yield store
    store.close()


def copy_of(folder, data):
    return files.place(folder / "evidence", sha256(data).hexdigest())


def tampered(file, data):
    """As an editor does that writes in place: the same file, another content."""
    with file.open("r+b") as opened:
        opened.write(data)


def test_a_copy_taken_while_people_write_is_whole(stored, tmp_path):
    ended = threading.Event()

    def write():
        for month in range(1200):
            if ended.is_set():
                return
            period = f"{1920 + month // 12}-{month % 12 + 1:02}"
            kpis.record_value(
                stored, ED, kpi="k_d3_maekha_bod", period=period, value=month, quality="measured", note="x", at=AT
            )  # fmt: skip

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = [backup.take(stored, at=AT + timedelta(seconds=number)) for number in range(2)]
    finally:
        ended.set()
        writer.join()
    assert all(backup.verify(tmp_path / "backups" / each.name) for each in taken)
    assert stored.version >= taken[-1].entry


class TestEvidence:
    def test_it_is_copied_not_linked_and_shared_among_backups_alone(self, stored, tmp_path):
        save(stored, 2020, SHORT)
        taken = [backup.take(stored, at=AT + timedelta(hours=number)) for number in range(2)]
        live = copy_of(tmp_path, SHORT)
        copies = [copy_of(tmp_path / "backups" / each.name, SHORT) for each in taken]

        assert live.stat().st_nlink == 1
        assert copies[0].samefile(copies[1])
        assert [each.evidence for each in taken] == [1, 1]

    def test_an_original_edited_in_place_changes_no_backup_and_is_named(self, stored, tmp_path):
        save(stored, 2020, SHORT)
        first = backup.take(stored, at=AT)
        tampered(copy_of(tmp_path, SHORT), b"%PDF-1.7 SHORT")
        second = backup.take(stored, at=AT + timedelta(hours=1))

        assert (first.altered, second.altered) == ((), (sha256(SHORT).hexdigest(),))
        assert second.lost == ()  # the first one had it
        for each in (first, second):
            assert backup.verify(tmp_path / "backups" / each.name)
            assert copy_of(tmp_path / "backups" / each.name, SHORT).read_bytes() == SHORT

    def test_what_is_lost_for_good_is_said_and_the_rest_is_taken(self, stored, tmp_path):
        save(stored, 2020, SHORT)
        save(stored, 2021, LONG)
        copy_of(tmp_path, SHORT).unlink()
        (tmp_path / "evidence" / "from-a-mail.pdf").write_bytes(SHORT)
        taken = backup.take(stored, at=AT)

        assert (taken.missing, taken.lost) == ((sha256(SHORT).hexdigest(),),) * 2
        assert taken.extra == ("from-a-mail.pdf",)
        assert backup.verify(tmp_path / "backups" / taken.name) == taken
        assert not list((tmp_path / "backups" / taken.name).rglob("from-a-mail.pdf"))

    def test_a_link_of_an_older_program_to_what_is_in_use_is_not_relied_on(self, stored, tmp_path):
        save(stored, 2020, SHORT)
        taken = backup.take(stored, at=AT)
        copy = copy_of(tmp_path / "backups" / taken.name, SHORT)
        copy.unlink()
        copy.hardlink_to(copy_of(tmp_path, SHORT))
        further = backup.take(stored, at=AT + timedelta(hours=1))

        assert copy_of(tmp_path / "backups" / further.name, SHORT).stat().st_nlink == 1

    @pytest.mark.parametrize("name", ["/evidence/../x", "", "A" * 64, "0" * 63, "../" + "0" * 61])
    def test_a_name_that_is_no_digest_leads_nowhere(self, tmp_path, name):
        with pytest.raises(StoreError):
            files.place(tmp_path, name)

    def test_a_file_that_was_spoilt_is_mended_by_recording_it_again(self, stored, tmp_path):
        save(stored, 2020, SHORT)
        tampered(copy_of(tmp_path, SHORT), b"%PDF-1.7 SHORT")
        save(stored, 2021, SHORT)
        assert copy_of(tmp_path, SHORT).read_bytes() == SHORT

    def test_the_demonstration_keeps_its_files_apart(self, tmp_path):
        store = opening.open_store(tmp_path / "demonstration.duckdb", kind=opening.DEMONSTRATION)
        save(store, 2020, SHORT)
        store.close()
        assert not (tmp_path / "evidence").exists()
        assert files.is_whole(files.place(tmp_path / "demonstration-evidence", sha256(SHORT).hexdigest()))

    def test_what_a_killed_save_left_of_a_file_goes_at_the_next_start(self, stored, tmp_path):
        save(stored, 2020, SHORT)
        stored.close()
        left = copy_of(tmp_path, SHORT).with_name(f"tmp1{files.PART}")
        left.write_bytes(b"%PDF")
        again = opening.open_store(tmp_path / "real.duckdb")
        assert not left.exists()
        assert files.differing(tmp_path / "evidence", files.named(again)) == ([], [], [])
        again.close()


class TestDamaged:
    """Whatever is changed in a backup's folder, it is refused by name."""

    @pytest.fixture
    def folder(self, stored, tmp_path):
        save(stored, 2020, SHORT)
        return tmp_path / "backups" / backup.take(stored, at=AT).name

    @pytest.mark.parametrize("kept", ["kpi_line", "credential", "setting", "goal", "seal", "kpi_value_now"])
    @pytest.mark.parametrize("how", ["flipped", "cut", "gone"])
    def test_a_table(self, folder, kept, how):
        file = folder / "data" / f"{kept}.parquet"
        content = bytearray(file.read_bytes())
        if how == "flipped":
            content[len(content) // 2] ^= 1
        file.write_bytes(content[:-20] if how == "cut" else content)
        if how == "gone":
            file.unlink()
        with pytest.raises(StoreError, match="backup_broken") as refused:
            backup.verify(folder)
        assert refused.value.details["name"] == folder.name

    @pytest.mark.parametrize("how", ["altered", "gone", "swapped"])
    def test_its_evidence(self, folder, how):
        file = copy_of(folder, SHORT)
        if how == "gone":
            file.unlink()
        else:
            file.write_bytes(b"%PDF-1.7 SHORT" if how == "altered" else LONG)
        # Also where somebody has made the list of files fit.
        told = json.loads((folder / "files.json").read_text())
        told.pop(file.relative_to(folder).as_posix())
        (folder / "files.json").write_text(json.dumps(told))
        with pytest.raises(StoreError, match="backup_broken"):
            backup.verify(folder)

    @pytest.mark.parametrize("told", ["{", "[]", "{}", '{"number": 1}', "null", "", "[" * 99_999])
    def test_what_it_says_of_its_files(self, folder, told):
        (folder / "files.json").write_text(told)
        if told == "{}":  # nothing to hold against it: the seals and the evidence are still checked
            assert backup.verify(folder)
            return
        with pytest.raises(StoreError, match="backup_broken"):
            backup.verify(folder)
        (folder / "files.json").unlink()
        with pytest.raises(StoreError, match="backup_broken"):
            backup.verify(folder)

    @pytest.mark.parametrize("change", [{"entry": 99}, {"seal": "0" * 64}, {"values": 5}])
    def test_what_it_says_of_itself(self, folder, change):
        told = json.loads((folder / "backup.json").read_text())
        (folder / "backup.json").write_text(json.dumps(told | change))
        with pytest.raises(StoreError, match="backup_broken"):
            backup.verify(folder)

    def test_a_folder_that_is_none(self, tmp_path):
        with pytest.raises(StoreError, match="backup_unknown"):
            backup.verify(tmp_path / "backups" / "none")


class TestRotation:
    def test_old_backups_make_room(self, stored, tmp_path):
        for number in range(4):
            backup.take(stored, at=AT + timedelta(hours=number), kept=2)
        assert [each.taken_at[11:13] for each in backup.listed(tmp_path / "backups")] == ["06", "05"]
        assert len(list((tmp_path / "backups").glob("[!.]*"))) == 2

    def test_a_clock_that_was_wrong_and_names_that_were_changed_do_not_matter(self, stored, tmp_path):
        folder = tmp_path / "backups"
        ahead = backup.take(stored, at=datetime(2099, 1, 1), kept=2)
        (folder / ahead.name).rename(folder / "zzz-the-first")
        backup.take(stored, at=datetime(1999, 1, 1), kept=2)
        newest = backup.take(stored, at=AT, kept=2)

        assert [each.number for each in backup.listed(folder)] == [3, 2]
        assert backup.listed(folder)[0] == newest
        assert not (folder / "zzz-the-first").exists()

    def test_a_clock_that_stands_still(self, stored, tmp_path):
        taken = [backup.take(stored, at=AT) for _ in range(3)]
        assert len({each.name for each in taken}) == 3
        assert [each.name for each in backup.listed(tmp_path / "backups")] == [
            each.name for each in reversed(taken)
        ]

    def test_other_folders_and_another_kind_of_data_stay(self, stored, tmp_path):
        folder = tmp_path / "backups"
        made_up = opening.open_store(tmp_path / "demonstration.duckdb", kind=opening.DEMONSTRATION)
        other = backup.take(made_up, at=AT - timedelta(days=9))
        made_up.close()
        (folder / "half-written").mkdir()
        (folder / "from the old computer" / "data").mkdir(parents=True)
        for spoilt, told in {
            "empty": "",
            "list": "[]",
            "none": "null",
            "strange": '{"name": 5}',
            "deep": "[" * 99_999,
        }.items():
            (folder / spoilt).mkdir()
            (folder / spoilt / "backup.json").write_text(told)
        cut = folder / "real-20260101T000000000000"
        cut.mkdir()
        (folder / "a file").write_text("x")
        before = {each.name for each in folder.glob("[!.]*")}
        for number in range(4):
            backup.take(stored, at=AT + timedelta(hours=number), kept=1)

        assert before <= {each.name for each in folder.glob("[!.]*")}
        assert [(each.kind, each.name == other.name) for each in backup.listed(folder)] == [
            ("real", False), ("demonstration", True),
        ]  # fmt: skip
        assert backup.unreadable(folder) == ["deep", "empty", "list", "none", cut.name, "strange"]

    def test_what_a_killed_process_left_of_one_goes_and_is_never_read_as_one(self, stored, tmp_path):
        folder = tmp_path / "backups"
        taken = backup.take(stored, at=AT)
        shutil.copytree(folder / taken.name, folder / ".taking-real-x")
        shutil.copytree(folder / taken.name, folder / ".gone-real-y")
        assert len(backup.listed(folder)) == 1
        backup.take(stored, at=AT + timedelta(hours=1))
        assert len(list(folder.glob(".[!l]*"))) == 0

    def test_one_that_fails_leaves_nothing(self, stored, tmp_path, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(backup.evidence_copies, "copy", full)
        with pytest.raises(StoreError, match="write_failed"):
            backup.take(stored, at=AT)
        assert [each.name for each in (tmp_path / "backups").iterdir()] == [".lock"]

    def test_two_at_once_wait_for_each_other(self, stored, tmp_path):
        taken, at_it, most = [], [0], [0]
        made = backup._made

        def watched(*given):
            at_it[0] += 1
            most[0] = max(most[0], at_it[0])
            try:
                return made(*given)
            finally:
                at_it[0] -= 1

        backup._made = watched
        try:
            threads = [
                threading.Thread(target=lambda: taken.append(backup.take(stored, at=AT))) for _ in range(3)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            backup._made = made
        assert most == [1]
        assert sorted(each.number for each in taken) == [1, 2, 3]
        assert all(backup.verify(tmp_path / "backups" / each.name) for each in taken)

    def test_who_may_not_any_more_when_it_is_their_turn_takes_none(self, stored, tmp_path):
        def refuse():
            raise StoreError("no")

        with pytest.raises(StoreError, match="no"):
            backup.take(stored, at=AT, begin=refuse)
        assert backup.listed(tmp_path / "backups") == []


def test_nothing_is_open_to_others_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        folder = tmp_path / "data"
        folder.mkdir(mode=0o777)
        (folder / "of somebody else").mkdir(mode=0o777)
        store = opening.open_store(folder / "real.duckdb")
        save(store, 2020, SHORT)
        backup.take(store, at=AT)
        store.close()
        os.umask(0)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777)  # as an older program left them
        store = opening.open_store(folder / "real.duckdb")
        save(store, 2021, LONG)
        backup.take(store, at=AT)
        opened = [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]
        store.close()
    finally:
        os.umask(before)
    assert opened == [folder / "of somebody else"]
