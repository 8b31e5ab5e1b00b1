"""The database is made from the seeds once, keeps what people recorded, and never changes its kind."""

import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from cmi_core.errors import StoreError
from cmi_core.store import accounts, migrate, opening, record, seed

AT = datetime(2026, 11, 22, 5)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A database as the first start leaves it; copied, since making one takes a second."""
    path = tmp_path_factory.mktemp("made") / "real.duckdb"
    opening.open_store(path).close()
    return path


@pytest.fixture
def file(made, tmp_path):
    return shutil.copy(made, tmp_path / "real.duckdb")


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """This process as before its first opening, over a directory of its own."""
    monkeypatch.setattr(opening, "_opened", None)
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("CMI_DEMO", raising=False)
    yield tmp_path / "var"
    if opening._opened:
        opening._opened.close()


def test_the_first_entry_is_the_seeds_and_is_sealed(file):
    store = opening.open_store(file)

    assert store.rows("SELECT entry, deed FROM entry") == [(1, "seed")]
    assert record.first_broken(store) is None
    assert store.rows("SELECT count(*) FROM means") == [(53,)]
    assert store.rows("SELECT count(*) FROM goal") == [(11,)]
    store.close()


def test_a_restart_keeps_what_people_recorded(file):
    first = opening.open_store(file)
    with first.writing() as cursor:
        record.append(cursor, {}, deed="try", by="nok", at=AT, note="ของเรา")
    first.close()

    again = opening.open_store(file)

    assert again.rows("SELECT note FROM entry WHERE entry = 2") == [("ของเรา",)]
    assert again.version == 2
    assert record.first_broken(again) is None
    again.close()


def test_an_upgrade_adds_new_rows_and_keeps_the_record(file, tmp_path, monkeypatch):
    root = tmp_path / "program"
    shutil.copytree(opening.ROOT / "data", root / "data")
    with (root / "data" / "toolkit.csv").open("a", encoding="utf-8") as toolkit:
        toolkit.write("new_tool,10,New tool,,ใหม่,New,inferred,own_analysis\n")
    monkeypatch.setattr(opening, "ROOT", root)

    store = opening.open_store(file)

    assert store.rows("SELECT printed FROM toolkit WHERE toolkit = 'new_tool'") == [("New tool",)]
    assert store.rows("SELECT count(*) FROM entry") == [(1,)]
    assert record.first_broken(store) is None
    store.close()


def test_starting_data_that_a_newer_program_brings_is_one_more_entry(tmp_path, monkeypatch):
    older, path = tmp_path / "migrations", tmp_path / "real.duckdb"
    shutil.copytree(migrate.FOLDER, older, ignore=shutil.ignore_patterns("0060*"))
    with monkeypatch.context() as before:
        before.setattr(migrate.migrate, "__defaults__", (older,))
        before.setattr(seed, "FIRST_ENTRY", [name for name in seed.FIRST_ENTRY if name != "means_link_line"])
        opening.open_store(path).close()

    upgraded = opening.open_store(path)
    assert upgraded.rows("SELECT DISTINCT entry FROM means_link_line") == [(2,)]
    assert upgraded.rows("SELECT deed FROM entry ORDER BY entry") == [("seed",), ("seed",)]
    assert record.first_broken(upgraded) is None
    upgraded.close()

    again = opening.open_store(path)
    assert again.version == 2
    again.close()


def test_kinds_never_mix(file):
    with pytest.raises(StoreError) as refused:
        opening.open_store(file, kind=opening.DEMONSTRATION)

    assert refused.value.reason == "wrong_kind"
    store = opening.open_store(file, kind=opening.REAL)
    assert accounts.setting(store, "kind") == opening.REAL
    store.close()


def test_each_kind_has_a_file_of_its_own(fresh, monkeypatch):
    monkeypatch.setenv("CMI_DEMO", "true")

    store = opening.the_store()

    assert Path(store.path) == fresh / "demonstration.duckdb"
    assert not (fresh / "real.duckdb").exists()


def test_a_database_always_has_a_key_to_sign_with(file):
    store = opening.open_store(file)
    key = accounts.setting(store, "cookie_key")
    with store.writing() as cursor:
        accounts.set_setting(cursor, "cookie_key", None)
    store.close()

    again = opening.open_store(file)

    assert len(accounts.setting(again, "cookie_key")) > 40
    assert accounts.setting(again, "cookie_key") != key
    again.close()


def test_the_store_of_a_process_is_opened_once(fresh):
    assert opening.the_store() is opening.the_store()


def test_a_refused_opening_is_tried_again(fresh):
    fresh.write_text("in the way")
    with pytest.raises(StoreError, match="data_directory"):
        opening.the_store()
    fresh.unlink()

    assert opening.the_store().version == 1


def test_seeds_that_are_refused_leave_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "ROOT", tmp_path / "no program")

    with pytest.raises(StoreError, match="seed_refused"):
        opening.open_store(tmp_path / "real.duckdb")

    assert list(tmp_path.glob("real.*")) == []


def test_seeds_that_are_refused_leave_an_older_file_alone(file, monkeypatch, tmp_path):
    monkeypatch.setattr(opening, "ROOT", tmp_path / "no program")
    with pytest.raises(StoreError, match="seed_refused"):
        opening.open_store(file)
    monkeypatch.undo()

    store = opening.open_store(file)

    assert record.first_broken(store) is None
    store.close()


FULL_DISK = """
import resource, signal, sys
from cmi_core.errors import StoreError
from cmi_core.store import opening
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    opening.open_store(sys.argv[1])
except StoreError as refusal:
    print(refusal.reason)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
opening.open_store(sys.argv[1]).close()
"""


@pytest.mark.skipif(os.name != "posix", reason="file limits are a POSIX matter")
def test_a_first_start_on_a_full_disk_is_refused_and_can_be_repeated(tmp_path):
    file = tmp_path / "real.duckdb"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(file)], capture_output=True, text=True, timeout=300, check=False
    )

    assert done.stdout.split() == ["write_failed"], done.stderr
    store = opening.open_store(file)
    assert store.version == 1
    store.close()


@pytest.mark.parametrize(
    ("told", "open_to_all"), [("false", False), ("False", False), ("true", True), ("", True)]
)
def test_reading_is_open_unless_it_is_closed(monkeypatch, told, open_to_all):
    monkeypatch.setenv("CMI_PUBLIC_READ", told)

    assert opening.public_read() is open_to_all


def test_the_data_directory_is_beside_the_program_unless_it_is_set(monkeypatch):
    monkeypatch.delenv("CMI_DATA_DIR", raising=False)
    assert opening.data_directory() == opening.ROOT / "var"

    monkeypatch.setenv("CMI_DATA_DIR", "~/cmi")
    assert opening.data_directory() == Path.home() / "cmi"


def test_every_table_of_the_seeds_has_its_file():
    names = {file.stem for file in (opening.ROOT / "data").glob("*.csv")}

    assert {*seed.REFERENCE, *seed.FIRST_ENTRY} - {"boundary_line"} <= names
