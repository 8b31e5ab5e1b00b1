"""A backup is consistent while people write, is verified, rotated, and comes back whole in a drill."""

import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpis
from cmi_core.errors import StoreError
from cmi_core.store import backup, opening, record

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")


@pytest.fixture
def stored(tmp_path):
    store = opening.open_store(tmp_path / "real.duckdb")
    yield store
    store.close()


def save(store, year):
    return kpis.record_value(
        store, ED, kpi="k_d1_saifi", period=str(year), value=year, quality="measured", note="x", at=AT
    )


def test_a_restore_drill_brings_the_record_back(stored, tmp_path):
    for year in range(2000, 2010):
        save(stored, year)
    taken = backup.take(stored, at=AT)
    save(stored, 2011)
    stored.close()
    path = tmp_path / "real.duckdb"
    moved = backup.restore(tmp_path / "backups" / taken.name, path, at=AT)

    again = opening.open_store(path)
    assert record.head(again) == (taken.entry, taken.seal)
    assert record.first_broken(again) is None
    assert save(again, 2012) == taken.entry + 1
    again.close()
    before = opening.open_store(moved)
    assert before.version == taken.entry + 1
    before.close()


def test_a_copy_taken_while_people_write_is_whole(stored, tmp_path):
    ended = threading.Event()

    def write():
        for month in range(1200):
            if ended.is_set():
                return
            period = f"{1920 + month // 12}-{month % 12 + 1:02}"
            kpis.record_value(
                stored,
                ED,
                kpi="k_d3_maekha_bod",
                period=period,
                value=month,
                quality="measured",
                note="x",
                at=AT,
            )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = [backup.take(stored, at=AT + timedelta(seconds=number)) for number in range(2)]
    finally:
        ended.set()
        writer.join()
    assert all(backup.verify(tmp_path / "backups" / each.name) for each in taken)
    assert stored.version >= taken[-1].entry


def test_old_backups_make_room(stored, tmp_path):
    for number in range(4):
        backup.take(stored, at=AT + timedelta(hours=number), kept=2)
    (tmp_path / "backups" / "half-written").mkdir()
    backup.take(stored, at=AT + timedelta(hours=9), kept=2)
    assert [each.taken_at[11:13] for each in backup.listed(tmp_path / "backups")] == ["12", "06"]
    assert len(list((tmp_path / "backups").iterdir())) == 2


def test_a_damaged_backup_is_refused(stored, tmp_path):
    taken = backup.take(stored, at=AT)
    folder = tmp_path / "backups" / taken.name
    lines = next(folder.glob("data/*kpi_line*.parquet"))
    lines.write_bytes(lines.read_bytes()[:-20])
    stored.close()
    with pytest.raises(StoreError, match="backup_broken"):
        backup.restore(folder, tmp_path / "real.duckdb", at=AT)
    with pytest.raises(StoreError, match="backup_unknown"):
        backup.verify(tmp_path / "backups" / "none")


def test_an_open_database_is_not_replaced(stored, tmp_path):
    taken = backup.take(stored, at=AT)
    code = (
        "import sys; from pathlib import Path; from datetime import datetime; from cmi_core.store import backup\n"
        "try: backup.restore(Path(sys.argv[1]), Path(sys.argv[2]), at=datetime(2026,1,1))\n"
        "except Exception as e: print(e.reason)"
    )
    folder = tmp_path / "backups" / taken.name
    told = subprocess.run(
        [sys.executable, "-c", code, folder, tmp_path / "real.duckdb"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "database_locked"
