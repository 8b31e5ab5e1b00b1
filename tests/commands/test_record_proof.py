"""`verify` holds evidence and known heads against the record; `record left` and `accept-loss` say what cannot be read."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from cmi_core.__main__ import main
from cmi_core.accounts.roles import Account
from cmi_core.actions import evidence, kpis
from cmi_core.store import admin_channel, backup, checkpoint, files, heads, opening, restoring
from cmi_core.web.admin_channel import DEEDS

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
PDF = b"%PDF-1.7 a photograph of the canal"
MARK = sha256(PDF).hexdigest()


@pytest.fixture
def city(tmp_path, monkeypatch):
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))
    store = opening.open_store(tmp_path / "real.duckdb")
    mark = evidence.keep(store, ED, data=PDF, name="canal.pdf", at=AT)
    for year in (2020, 2021):
        kpis.record_value(
            store, ED, kpi="k_d1_saifi", period=str(year), value=1.0, quality="measured", note="x", at=AT,
            evidence_file=mark,
        )  # fmt: skip
    store.close()
    return tmp_path


def told(capsys, *words):
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def written(folder, *statements):
    """As somebody does who has the file in hand, past this program."""
    store = opening.Store(folder / "real.duckdb")
    for statement in statements:
        with store.writing() as cursor:
            cursor.execute(statement)
    store.close()


def test_whole(city, capsys):
    code, out, _ = told(capsys, "verify")
    assert (code, out.splitlines()[0]) == (0, "Whole: entries 1 to 3")


@pytest.mark.parametrize("spoil", ["altered", "missing"])
def test_evidence_that_is_not_what_was_recorded(city, capsys, spoil):
    file = files.place(city / "evidence", MARK)
    file.unlink() if spoil == "missing" else file.write_bytes(PDF.replace(b"canal", b"CANAL"))
    code, out, err = told(capsys, "verify")

    assert (code, out) == (2, "")
    assert MARK in err
    assert f"{int(spoil == 'altered')} changed, {int(spoil == 'missing')} missing" in err
    # A backup is taken all the same, and says so.
    code, out, err = told(capsys, "record", "backup")
    assert code == 1
    assert MARK in err
    assert out.startswith("real-")


def test_a_file_that_nothing_names_breaks_nothing_and_is_said(city, capsys):
    (city / "evidence" / "notes.txt").write_text("x")
    code, out, _ = told(capsys, "verify")
    assert code == 0
    assert "Beside the record: Files lie among the evidence" in out
    assert "notes.txt" in out


def test_a_line_that_names_a_file_is_enough(city, capsys):
    """The table of evidence is not sealed: a row taken from it must not make a file pass for extra."""
    written(city, "DELETE FROM evidence")
    files.place(city / "evidence", MARK).unlink()
    code, _, err = told(capsys, "verify")
    assert code == 2
    assert MARK in err


def test_the_seal_of_a_report(city, capsys):
    second = heads.known(city / "real.duckdb").heads[1]
    seal = second.seal
    ways = (
        seal,
        seal.upper(),
        f"{seal[:32]} {seal[32:]}",
        f"2 {seal.upper()}",
        f" 2 {seal[:32]}\n{seal[32:]} ",
    )
    code, out, _ = told(capsys, "verify", *(word for way in ways for word in ("--head", way)))
    assert code == 0
    assert out.count("is that of entry 2") == len(ways)
    code, out, err = told(capsys, "verify", "--head", second.seal, "--head", "0" * 64)
    assert (code, out) == (2, "")
    assert "0" * 64 in err


CUT = (
    "DELETE FROM kpi_value_now", "DELETE FROM kpi_value_line WHERE entry = 3", "DELETE FROM seal WHERE entry = 3",
    "DELETE FROM entry WHERE entry = 3",
    "INSERT INTO kpi_value_now (kpi, period, breakdown, ends_on, starts_on, entry, value, quality, evidence_file)"
    " SELECT kpi, period, breakdown, '2020-12-31', '2020-01-01', entry, value, quality, evidence_file"
    " FROM kpi_value_line",
)  # fmt: skip


def test_entries_cut_off_are_found_by_the_heads_beside_the_database(city, capsys):
    written(city, *CUT)
    code, _, err = told(capsys, "verify")
    assert code == 2
    assert "entries 3 to 3" in err or "entry 3" in err
    code, out, _ = told(capsys, "record", "left")
    assert (code, out) == (0, "Can be read: entries 1 to 2\nMissing: entries 3 to 3\n")


def test_entries_cut_off_are_found_by_the_head_of_a_backup_alone(city, capsys):
    assert told(capsys, "record", "backup")[0] == 0
    written(city, *CUT)
    (city / "real.heads").unlink()
    code, out, err = told(capsys, "verify")
    assert (code, out) == (2, "")
    assert "entries 3 to 3 are known to have been kept" in err


def test_a_record_written_anew_is_found_by_a_backup(city, capsys):
    """Every seal made to fit by somebody who knows how: the chain is whole, and it is another one."""
    assert told(capsys, "record", "backup")[0] == 0
    other = city / "other"
    store = opening.open_store(other / "real.duckdb")
    for year in (2020, 2021):
        kpis.record_value(
            store, ED, kpi="k_d1_saifi", period=str(year), value=9.0, quality="measured", note="x", at=AT
        )
    store.close()
    (other / "real.duckdb").replace(city / "real.duckdb")
    checkpoint.journal_of(str(city / "real.duckdb")).unlink(missing_ok=True)
    code, _, err = told(capsys, "verify")
    assert code == 2
    assert "real.heads" in err
    (city / "real.heads").unlink()
    code, _, err = told(capsys, "verify")
    assert code == 2
    assert backup.listed(city / "backups")[0].name in err


def test_after_a_restore_what_was_given_up_is_not_missed(city, capsys):
    name = told(capsys, "record", "backup")[1].split()[0]
    store = opening.open_store(city / "real.duckdb")
    kpis.record_value(
        store, ED, kpi="k_d1_saifi", period="2022", value=1.0, quality="measured", note="x", at=AT
    )
    backup.take(store, at=datetime(2026, 7, 2))
    store.close()
    assert told(capsys, "record", "restore", name)[0] == 0
    assert told(capsys, "verify")[:2] == (0, told(capsys, "verify")[1])
    store = opening.open_store(city / "real.duckdb")
    kpis.record_value(
        store, ED, kpi="k_d1_saifi", period="2023", value=1.0, quality="measured", note="x", at=AT
    )
    store.close()
    assert told(capsys, "verify")[0] == 0


def test_what_the_running_server_answers_is_the_same(city, capsys):
    (city / "evidence" / "notes.txt").write_text("x")
    store = opening.open_store(city / "real.duckdb")
    opening._opened = store
    try:
        seal = heads.known(store.path).heads[1].seal
        (city / "asked").mkdir()
        (city / "asked" / "x.ask").write_text(f'{{"deed": "verify", "given": {{"given": ["{seal}"]}}}}')
        assert admin_channel.answer_all(city, DEEDS) == 1
        answer = (city / "asked" / "x.told").read_text()
    finally:
        opening._opened = None
        store.close()
    assert f'"{seal}": 2' in answer
    assert "notes.txt" in answer


class TestLoss:
    def test_the_commands_that_the_sentence_names(self, city, capsys):
        store = opening.open_store(city / "real.duckdb")
        kpis.record_value(
            store, ED, kpi="k_d1_saifi", period="2022", value=1.0, quality="measured", note="x", at=AT
        )
        left = {file: file.read_bytes() for file in city.glob("real.*")}
        store.close()
        for file, content in left.items():
            file.write_bytes(content[:-100] if file.suffix == ".wal" else content)
        code, _, err = told(capsys, "verify")
        assert code == 2
        assert "record left" in err
        code, out, _ = told(capsys, "record", "left")
        assert (code, out) == (0, "Can be read: entries 1 to 3\nMissing: entries 4 to 4\n")
        code, out, _ = told(capsys, "record", "accept-loss", "--by", "Nok", "--note", "the disk was changed")
        kept, opened = out.splitlines()
        assert (code, opened) == (0, "Opened: entries 1 to 4, the last of which tells of the loss")
        journal = Path(kept.removeprefix("The journal as it was: "))
        assert journal.read_bytes() == left[city / "real.duckdb.wal"][:-100]
        assert told(capsys, "verify")[0] == 0

    def test_it_is_refused_while_nothing_is_lost(self, city, capsys):
        code, _, err = told(capsys, "record", "accept-loss", "--by", "Nok", "--note", "x")
        assert code == 2
        assert "nothing to give up" in err


def test_a_backup_of_other_data_is_refused_and_a_damaged_one_is_named_in_the_list(city, capsys):
    made_up = opening.open_store(city / "demonstration.duckdb", kind=opening.DEMONSTRATION)
    name = backup.take(made_up, at=AT).name
    made_up.close()
    (city / "backups" / "real-20260101T000000000000").mkdir()
    code, out, err = told(capsys, "record", "list")
    assert (code, out.split()[0]) == (0, name)
    assert "real-20260101T000000000000" in err
    code, _, err = told(capsys, "record", "restore", name)
    assert code == 2
    assert "demonstration data" in err
    assert told(capsys, "verify")[0] == 0


def test_a_restore_that_was_cut_is_taken_back_by_the_next_command(city, capsys, monkeypatch):
    name = told(capsys, "record", "backup")[1].split()[0]

    def killed(moves):
        moves[0].target.rename(moves[0].kept)
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_move", killed)
    monkeypatch.setattr(restoring, "_take_back", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        main(["record", "restore", name])
    monkeypatch.undo()
    monkeypatch.setenv("CMI_DATA_DIR", str(city))
    assert not (city / "real.duckdb").exists()
    assert told(capsys, "verify")[0] == 0
