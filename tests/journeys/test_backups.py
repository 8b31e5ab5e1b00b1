"""The documented commands on a running server: a backup while people work, the seals, and back again."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from cmi_core.__main__ import main
from cmi_core.accounts.roles import Account
from cmi_core.actions import kpis
from cmi_core.store import kpis as stored
from cmi_core.store.opening import open_store
from tests.journeys.conftest import ROOT, people, running

KPI = "k_d1_saifi"
EDITOR = Account("1002", "เอก แผน", "editor")


def recorded(store) -> None:
    people(store)
    at = datetime.now(UTC).replace(tzinfo=None)
    kpis.record_value(store, EDITOR, kpi=KPI, period="2024", value=5, quality="measured", note="มิเตอร์", at=at)


def command(folder, *words):
    told = subprocess.run(
        [sys.executable, "-m", "cmi_core", *words],
        cwd=ROOT, env=os.environ | {"CMI_DATA_DIR": str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    return told.returncode, told.stdout + told.stderr


@pytest.mark.proof
def test_a_restore_drill_by_the_documented_commands_takes_less_than_five_minutes(tmp_path):
    folder = tmp_path / "data"
    with running(folder, prepare=recorded):
        code, told = command(folder, "verify")
        assert (code, told.splitlines()[0][:18]) == (0, "Whole: entries 1 to"[:18])
        code, told = command(folder, "record", "backup", "--keep", "2")
        name = told.split()[0]
        assert code == 0, told
        code, told = command(folder, "record", "restore", name)
        assert code != 0
        assert "in use by another program" in told
    store = open_store(folder / "real.duckdb")
    with store.writing() as cursor:
        cursor.execute("UPDATE kpi_value_line SET value = 500 WHERE kpi = ?", [KPI])
    store.close()
    code, told = command(folder, "verify")
    assert code != 0
    assert "seal" in told.lower()

    began = time.monotonic()
    code, told = command(folder, "record", "restore", name)
    assert code == 0, told
    assert command(folder, "verify")[0] == 0
    assert time.monotonic() - began < 300
    store = open_store(folder / "real.duckdb")
    assert stored.values(store, KPI)["value"].tolist() == [5.0]
    store.close()


def test_a_damaged_backup_is_refused_by_name(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "data"
    monkeypatch.setenv("CMI_DATA_DIR", str(folder))
    store = open_store(folder / "real.duckdb")
    recorded(store)
    store.close()
    assert main(["record", "backup"]) == 0
    name = capsys.readouterr().out.split()[0]
    part = folder / "backups" / name / "data" / "kpi_value_line.parquet"
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 0xFF
    part.write_bytes(content)
    before = (folder / "real.duckdb").read_bytes()

    assert main(["record", "restore", name]) != 0
    assert name in capsys.readouterr().err
    assert (folder / "real.duckdb").read_bytes() == before


@pytest.mark.browser
def test_an_administrator_takes_a_backup_by_a_button(tmp_path, visit, th):
    folder = tmp_path / "data"
    with running(folder, prepare=recorded) as city:
        window = visit(city, "/backups?lang=th", mark=city.sign_in("admin"))
        window.set_default_timeout(90_000)
        window.get_by_role("button", name=th("backups.take")).click()
        expect(window.get_by_test_id("stAlert")).to_contain_text("สำรองแล้ว", timeout=90_000)
        expect(window.get_by_test_id("stMain")).to_contain_text("record restore real-")
        assert len(list((folder / "backups").glob("*/backup.json"))) == 1
        assert visit(city, "/backups?lang=th", mark=city.sign_in("editor")).locator("h1").inner_text()
