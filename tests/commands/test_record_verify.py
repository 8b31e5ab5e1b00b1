"""`verify` names what the screens read otherwise than the record says, and `record rebuild` makes it anew."""

import shutil
import threading
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from cmi_core.__main__ import main
from cmi_core.accounts.roles import Account
from cmi_core.actions import kpis
from cmi_core.store import admin_channel, opening
from cmi_core.web import admin_channel as deeds

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"
REBUILD = ("record", "rebuild", "--by", "operator", "--note", "found by verify")


@pytest.fixture
def path(tmp_path, starting_data, monkeypatch):
    """A data directory whose database holds one value; no server has it open."""
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("CMI_DEMO", raising=False)
    database = Path(shutil.copyfile(starting_data, tmp_path / "real.duckdb"))
    store = opening.open_existing()
    kpis.record_value(
        store, ED, kpi=KPI, period="2025", value=5.0, quality="measured", note="meter", at=AT, expected_version=0
    )  # fmt: skip
    store.close()
    return database


def slip(path, *statements):
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def served(path, monkeypatch):
    """The same, opened by a server that answers commands: what it does is done by the store that is given."""
    store = opening.open_existing()
    monkeypatch.setattr(opening, "_opened", store)
    stop = threading.Event()

    def serve():
        while not stop.wait(0.02):
            admin_channel.answer_all(path.parent, deeds.DEEDS)

    def locked():
        raise opening.StoreError("database_locked", path=str(path))

    monkeypatch.setattr("cmi_core.commands.record.open_existing", locked)
    thread = threading.Thread(target=serve)
    thread.start()
    yield store
    stop.set()
    thread.join()
    store.close()


def test_a_whole_record_is_said_to_be_whole_and_there_is_nothing_to_make_anew(path, capsys):
    assert main(["verify"]) == 0
    assert "Whole: entries 1 to 2" in capsys.readouterr().out
    assert main([*REBUILD]) == 0
    assert "Nothing to make anew" in capsys.readouterr().out
    assert main(["verify"]) == 0
    assert "Whole: entries 1 to 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE kpi_value_now SET value = 99", ["kpi k_d1_saifi, period 2025: there stands value 99.0", "says value 5.0"]),
        ("UPDATE kpi_value_now SET evidence_link = 'https://x'", ["evidence_link https://x", "evidence_link –"]),
        ("DELETE FROM kpi_value_now", ["there is no row"]),
        ("DROP VIEW level_current", ["VIEW level_current is not there"]),
        ("CREATE OR REPLACE VIEW kpi_current AS SELECT * FROM kpi_line", ["VIEW kpi_current is defined otherwise"]),
        ("CREATE MACRO sum(x) AS min(x)", ["MACRO sum was not made by this program"]),
    ],
)  # fmt: skip
def test_what_differs_is_named_until_it_is_made_anew(path, capsys, statement, told):
    slip(path, statement)

    assert main(["verify"]) == 2
    said = capsys.readouterr()
    assert "Whole" not in said.out
    assert "The seals hold" in said.err
    assert all(words in said.err for words in told)
    assert main([*REBUILD]) == 0
    assert "Made anew by entry 3: 1" in capsys.readouterr().out
    assert main(["record", "verify"]) == 0
    assert main([*REBUILD]) == 0
    assert "Nothing to make anew" in capsys.readouterr().out


def test_facts_that_differ_are_told_beside_a_whole_record(path, capsys):
    slip(path, "UPDATE published_value SET text_en = 'a false figure' WHERE value_code = 'city_lab_25'")

    assert main(["verify"]) == 0
    said = capsys.readouterr().out
    assert "Whole: entries 1 to 2" in said
    assert (
        "Beside the record: published_value, value_code city_lab_25: there stands text_en a false figure"
        in said
    )


def test_what_cannot_be_made_anew_is_named_and_is_not_called_nothing(path, capsys):
    slip(path, "INSERT INTO kpi VALUES ('k_forged')")

    assert main([*REBUILD]) == 2
    said = capsys.readouterr()
    assert "no line of the record uses kpi k_forged" in said.err
    assert "Nothing" not in said.out


def test_broken_seals_are_named_with_what_differs_and_nothing_is_built_on_them(path, capsys):
    slip(path, "UPDATE kpi_value_line SET value = 7")

    assert main(["verify"]) == 2
    said = capsys.readouterr().err
    assert "The seal of entry 2 does not fit" in said
    assert "there stands value 5.0; the record says value 7.0" in said
    assert main([*REBUILD]) == 2
    assert "nothing is made anew" in capsys.readouterr().err


def test_the_running_server_says_the_same_and_makes_it_anew(served, capsys):
    with served.writing() as cursor:
        cursor.execute("UPDATE kpi_value_now SET value = 99")
        cursor.execute("DROP VIEW level_current")

    assert main(["verify"]) == 2
    said = capsys.readouterr().err
    assert "VIEW level_current is not there" in said
    assert "there stands value 99.0; the record says value 5.0" in said
    before = served.version
    assert main([*REBUILD]) == 0
    assert "Made anew by entry 3: 2" in capsys.readouterr().out
    assert served.version == before + 1
    assert main(["verify"]) == 0
    assert main([*REBUILD]) == 0
    assert "Nothing to make anew" in capsys.readouterr().out


def test_a_server_of_an_older_program_is_not_believed(served, monkeypatch, capsys):
    monkeypatch.setitem(deeds.DEEDS, "verify", lambda: {"entry": 2, "seal": "0" * 64, "broken": None})

    assert main(["verify"]) == 2
    assert "another version" in capsys.readouterr().err
