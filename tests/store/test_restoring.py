"""A backup is put back with its evidence: all of it or nothing, also where a step fails or the process is killed."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from cmi_core.actions import evidence, kpis
from cmi_core.errors import StoreError
from cmi_core.store import backup, files, heads, opening, record, restoring
from tests.store.deeds import AT, ED, killed_at, save

EARLY, LATE = b"%PDF-1.7 early", b"%PDF-1.7 late"


def put(source, path, kind=opening.REAL):
    return restoring.restore(source, path, kind=kind, at=AT)


def digest(data):
    return sha256(data).hexdigest()


def state(folder: Path) -> dict[str, str]:
    """What lies in a data directory, backups and locks aside."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): digest(path.read_bytes())
        for path in found
        if "backups" not in path.parts
    }


@pytest.fixture
def city(tmp_path):
    """A data directory with a backup of two entries with evidence, and one entry and one file since."""
    folder = tmp_path / "city"
    store = opening.open_store(folder / "real.duckdb")
    save(store, 2020, EARLY)
    taken = backup.take(store, at=AT)
    save(store, 2021, LATE)
    store.close()
    return folder, folder / "backups" / taken.name, taken


def test_over_a_running_citys_data(city):
    folder, source, taken = city
    done = put(source, folder / "real.duckdb")

    again = opening.open_store(folder / "real.duckdb")
    assert record.head(again) == (taken.entry, taken.seal)
    assert files.differing(folder / "evidence", files.named(again)) == ([], [], [])
    assert files.named(again) == [digest(EARLY)]
    assert save(again, 2022, LATE) == taken.entry + 1
    again.close()
    # What stood there is whole beside it, and opens with its own evidence.
    assert done.moved is not None
    before = opening.open_store(done.moved)
    assert before.version == taken.entry + 1
    assert files.read(before, digest(LATE)) == LATE
    assert files.differing(files.folder_of(done.moved), files.named(before)) == ([], [], [])
    before.close()


def test_into_an_empty_directory_and_twice(city, tmp_path):
    _, source, taken = city
    path = tmp_path / "other" / "real.duckdb"
    path.parent.mkdir()
    assert put(source, path) == (taken.entry, None, [])
    first = put(source, path)
    second = put(source, path)
    assert first.moved != second.moved
    store = opening.open_store(path)
    assert record.head(store) == (taken.entry, taken.seal)
    assert files.read(store, digest(EARLY)) == EARLY
    store.close()


def test_what_is_put_back_is_no_link_to_the_backup(city):
    folder, source, _ = city
    put(source, folder / "real.duckdb")
    live = files.place(folder / "evidence", digest(EARLY))
    assert not live.samefile(files.place(source / "evidence", digest(EARLY)))
    live.write_bytes(b"edited in place")
    assert backup.verify(source)


def test_a_backup_of_an_older_program_with_links_to_what_is_in_use(city):
    """What `copytree` could not: source and target the same file."""
    folder, source, _ = city
    for name in ("files.json",):
        (source / name).unlink()
    told = json.loads((source / "backup.json").read_text())
    old = {name: told[name] for name in ("name", "taken_at", "entry", "seal", "values", "size")}
    (source / "backup.json").write_text(json.dumps(old))
    copy = files.place(source / "evidence", digest(EARLY))
    copy.unlink()
    copy.hardlink_to(files.place(folder / "evidence", digest(EARLY)))

    put(source, folder / "real.duckdb")
    store = opening.open_store(folder / "real.duckdb")
    assert files.read(store, digest(EARLY)) == EARLY
    store.close()


@pytest.mark.parametrize("spoil", ["table", "evidence", "kind", "newer"])
def test_one_that_is_refused_moves_nothing(city, tmp_path, spoil):
    folder, source, _ = city
    if spoil == "table":
        file = source / "data" / "kpi_line.parquet"
        file.write_bytes(file.read_bytes()[:-20])
    elif spoil == "evidence":
        files.place(source / "evidence", digest(EARLY)).write_bytes(LATE)
    elif spoil == "newer":
        (source / "data" / "from_the_future.parquet").write_bytes(
            (source / "data" / "kpi_line.parquet").read_bytes()
        )
    else:
        made_up = opening.open_store(tmp_path / "demonstration.duckdb", kind=opening.DEMONSTRATION)
        source = tmp_path / "backups" / backup.take(made_up, at=AT).name
        made_up.close()
        # Its name and what it says of itself are not what decides.
        told = json.loads((source / "backup.json").read_text()) | {"kind": "real"}
        (source / "backup.json").write_text(json.dumps(told))
        source = source.rename(source.with_name("real-20260701T030000000000"))
    before = state(folder)
    with pytest.raises(StoreError) as refused:
        put(source, folder / "real.duckdb")
    assert refused.value.reason == {"kind": "backup_kind", "newer": "database_newer"}.get(
        spoil, "backup_broken"
    )
    assert state(folder) == before


STEPS = 6  # the note, the database and the evidence each away and in, the note's end


@pytest.mark.parametrize("step", range(STEPS + 1))
def test_where_a_step_fails_the_old_state_is_back(city, monkeypatch, step):
    folder, source, taken = city
    before, done = state(folder), []

    def failing(move):
        def moved(self, target):
            names = f"{self.name} {Path(target).name}"
            if (".restoring" in names or "-before-" in names) and ".before" not in names:
                done.append(self.name)
                if len(done) == step + 1:
                    raise OSError(28, "No space left on device")
            return move(self, target)

        return moved

    for name in ("rename", "replace"):
        monkeypatch.setattr(Path, name, failing(getattr(Path, name)))
    if step == STEPS:
        assert put(source, folder / "real.duckdb").entry == taken.entry
        assert len(done) == STEPS
        return
    with pytest.raises(StoreError, match="write_failed"):
        put(source, folder / "real.duckdb")
    assert state(folder) == before
    monkeypatch.undo()
    opening.open_store(folder / "real.duckdb").close()


@pytest.mark.proof
def test_killed_at_any_step_it_is_the_old_state_or_the_new_one(city):
    """Each rename, removal and flush of a restore in turn is where it is killed; then the server opens the database."""
    folder, source, taken = city
    reached, step = set(), 0
    while True:
        told = killed_at(
            step,
            "restoring.restore(Path(sys.argv[2]), Path(sys.argv[3]), kind='real', at=datetime(2026, 7, 1, 3))",
            source,
            folder / "real.duckdb",
            steps="(Path, 'rename'), (Path, 'replace'), (Path, 'unlink'), (files, 'settle'), (heads, 'restored')",
        )
        assert told.returncode in {0, -signal.SIGKILL}, told.stderr
        store = opening.open_store(folder / "real.duckdb")
        entry, marks = store.version, files.named(store)
        assert files.differing(folder / "evidence", marks) == ([], [], [])
        assert record.first_broken(store) is None
        assert (entry, set(marks)) in [
            (taken.entry, {digest(EARLY)}), (taken.entry + 1, {digest(EARLY), digest(LATE)}),
        ]  # fmt: skip
        seals = dict(store.rows("SELECT entry, seal FROM seal"))
        lost = heads.compared(seals, heads.known(store.path).heads)
        assert (lost.last, lost.other) == (lost.known, None)
        reached.add((entry, told.returncode))
        if entry == taken.entry:
            save(store, 2021, LATE)  # as it was, for the next turn
        store.close()
        assert not list(folder.glob(".real.restor*.json"))
        if told.returncode == 0:
            break
        step += 1
    assert step > 30
    assert {code for _, code in reached} == {0, -signal.SIGKILL}
    assert (taken.entry, -signal.SIGKILL) in reached  # killed after its end too


def test_an_open_database_is_not_replaced(city):
    folder, source, _ = city
    store = opening.open_store(folder / "real.duckdb")
    code = (
        "import sys; from pathlib import Path; from datetime import datetime; from cmi_core.store import restoring\n"
        "try: restoring.restore(Path(sys.argv[1]), Path(sys.argv[2]), kind='real', at=datetime(2026,1,1))\n"
        "except Exception as e: print(e.reason)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, source, folder / "real.duckdb"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "database_locked"
    assert files.read(store, digest(LATE)) == LATE
    store.close()


def test_a_database_is_not_opened_while_a_backup_is_being_put_in_its_place(city):
    folder, _, _ = city
    (folder / ".real.restoring.json").write_text(json.dumps({"moves": [], "head": [1, "0" * 64, 0]}))
    with backup.alone(folder / "backups"), pytest.raises(StoreError, match="database_locked"):
        opening.open_store(folder / "real.duckdb")
    opening.open_store(folder / "real.duckdb").close()
    assert not (folder / ".real.restoring.json").exists()


def test_a_backup_that_lost_a_file_is_put_back_and_says_which(city):
    folder, _, _ = city
    store = opening.open_store(folder / "real.duckdb")
    place = files.place(folder / "evidence", digest(LATE))
    place.unlink()
    taken = backup.take(store, at=AT)
    store.close()
    done = put(folder / "backups" / taken.name, folder / "real.duckdb")
    assert done.lost == [digest(LATE)]
    store = opening.open_store(folder / "real.duckdb")
    with pytest.raises(StoreError, match="evidence_missing"):
        files.read(store, digest(LATE))
    assert files.read(store, digest(EARLY)) == EARLY
    store.close()


@pytest.mark.proof
def test_a_restore_drill_of_a_thousand_values_and_fifty_files(tmp_path):
    """Into an empty directory and over a city's own data, each in less than five minutes, then everything verified."""
    folder = tmp_path / "city"
    store = opening.open_store(folder / "real.duckdb")
    for number in range(1000):
        data = b"%PDF-1.7 " + os.urandom(50_000) if number % 20 == 0 else None
        mark = evidence.keep(store, ED, data=data, name=f"{number}.pdf", at=AT) if data else None
        kpis.record_value(
            store, ED, kpi="k_d3_maekha_bod", period=f"{1900 + number // 12}-{number % 12 + 1:02}", value=number,
            quality="measured", note="x", at=AT, evidence_file=mark,
        )  # fmt: skip
    taken = backup.take(store, at=AT)
    store.close()
    source = folder / "backups" / taken.name
    assert (taken.values, taken.evidence) == (1000, 50)
    for path in (tmp_path / "empty" / "real.duckdb", folder / "real.duckdb"):
        path.parent.mkdir(exist_ok=True)
        began = datetime.now()
        put(source, path)
        assert (datetime.now() - began).total_seconds() < 300
        again = opening.open_store(path)
        assert record.head(again) == (taken.entry, taken.seal)
        assert record.first_broken(again) is None
        assert files.differing(path.parent / "evidence", files.named(again)) == ([], [], [])
        again.close()
