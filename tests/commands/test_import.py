"""`python -m cmi_core import preview` prints what the page would show, alone and beside a running server; nothing is changed."""

import json
import threading
from pathlib import Path

import pytest

from cmi_core.__main__ import main
from cmi_core.errors import StoreError
from cmi_core.store import admin_channel, opening
from cmi_core.web import previews
from cmi_core.web.admin_channel import DEEDS

CASES = Path(__file__).parents[1] / "cases"
KPI = "k_d1_saifi"


@pytest.fixture
def city(tmp_path, monkeypatch):
    """A fresh database, closed."""
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))
    opening.open_store(tmp_path / f"{opening.REAL}.duckdb", kind=opening.REAL).close()
    return tmp_path


def sheet(folder, text="kpi,period,value\nk_d1_saifi,2567,5.2\nk_d1_saifi,2566,x\nk_d1_saifi,2565,..\n"):
    file = folder / "values.csv"
    file.write_text(text, encoding="utf-8")
    return file


def told(capsys, *arguments):
    code = main(["import", "preview", *map(str, arguments)])
    said = capsys.readouterr()
    return code, json.loads(said.out) if code == 0 else said.err


def test_a_file_of_values_is_told_row_by_row(city, capsys):
    code, found = told(capsys, "values", sheet(city))
    assert code == 0
    assert set(found) == {"read", "questions", "rows", "left_out"}
    assert [(row["row"], row["state"], row["key"]) for row in found["rows"]] == [
        (2, "new", f"{KPI} 2024"),
        (3, "refused", f"{KPI} 2023"),
    ]
    assert found["rows"][0]["after"]["value"] == 5.2
    assert "not a number" in found["rows"][1]["reason"]
    assert [(item["kind"], item["where"]) for item in found["left_out"]] == [("cell", "C4")]
    assert found["read"]["sheets"][0]["columns"] == {"kpi": "kpi", "period": "period", "value": "value"}


def test_answers_come_from_a_file(city, capsys):
    file = sheet(city, f"kpi,period,value,actual\n{KPI},2567,5.2,6\n")
    _, found = told(capsys, "values", file)
    (question,) = [each for each in found["questions"] if each["asked"]]
    assert (question["id"], question["default"]) == ("column:value", None)
    assert [each["answer"] for each in question["candidates"]][:2] == ["C", "D"]
    answers = city / "answers.json"
    answers.write_text(json.dumps({"column:value": "D"}), encoding="utf-8")
    _, found = told(capsys, "values", file, "--answers", answers)
    assert [row["after"]["value"] for row in found["rows"]] == [6.0]


@pytest.mark.parametrize("content", ["[1]", '{"a": 1}', "{", "\udcff"])
def test_answers_that_are_none_are_refused(city, capsys, content):
    answers = city / "answers.json"
    answers.write_bytes(content.encode("utf-8", "surrogateescape"))
    code, said = told(capsys, "values", sheet(city), "--answers", answers)
    assert code == 2
    assert "answers" in said


def test_an_account_s_own_kpis_are_taken(city, capsys):
    code, said = told(capsys, "values", sheet(city), "--account", "nobody")
    assert code == 2
    assert said


def test_the_other_kinds_are_told_alike(city, capsys):
    _, framework = told(capsys, "framework", CASES / "index" / "base_framework.csv")
    assert [row["key"] for row in framework["rows"]] == ["ix", "gdp", "waste"]
    _, points = told(capsys, "points", CASES / "points" / "p07_lat_lon_in_one_cell.csv")
    assert [row["state"] for row in points["rows"]] == ["new"] * 3
    _, boundaries = told(
        capsys, "boundaries", CASES / "boundaries" / "b13_areas_and_label_nodes.geojson", "--language", "th"
    )
    assert len(boundaries["rows"]) == 6
    assert [item["kind"] for item in boundaries["left_out"]] == ["shape"]


def test_scores_say_which_release_they_are_of(city, capsys):
    file = city / "scores.csv"
    file.write_text("city,year,isc_inclusive\nchiang_mai,2562,25.93\n", encoding="utf-8")
    code, said = told(capsys, "scores", file)
    assert (code, "--framework" in said) == (2, True)


def test_a_file_that_cannot_be_used_is_a_sentence(city, capsys):
    file = city / "empty.csv"
    file.write_bytes(b"\xef\xbb\xbf")
    code, said = told(capsys, "values", file)
    assert (code, "empty" in said) == (2, True)
    code, said = told(capsys, "values", city / "nowhere.csv")
    assert (code, "nowhere.csv" in said) == (2, True)


def test_without_a_database_a_fresh_one_is_meant_and_none_is_left(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path / "none"))
    _, found = told(capsys, "values", sheet(tmp_path))
    assert [row["state"] for row in found["rows"]] == ["new", "refused"]
    assert not (tmp_path / "none").exists()


def test_nothing_is_changed(city, capsys):
    def version():
        store = opening.open_existing()
        try:
            return store.version, store.rows("SELECT count(*) FROM remembered_answer")
        finally:
            store.close()

    before = version()
    told(capsys, "values", sheet(city))
    assert version() == before


def test_beside_a_running_server_the_server_reads(city, capsys, monkeypatch):
    """The database is open once: whoever has it answers, with the content it was sent."""
    store = opening.open_existing()
    monkeypatch.setattr("cmi_core.web.admin_channel.the_store", lambda: store)
    monkeypatch.setattr(
        "cmi_core.commands.import_.open_existing", lambda: (_ for _ in ()).throw(_locked(city))
    )
    stop = threading.Event()

    def serve():
        while not stop.wait(0.02):
            admin_channel.answer_all(city, DEEDS)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        _, beside = told(capsys, "values", sheet(city))
        alone = previews.preview(store, "values", sheet(city).read_bytes(), name="values.csv")
    finally:
        stop.set()
        thread.join()
        store.close()
    assert beside == json.loads(json.dumps(alone))


def _locked(folder):
    return StoreError("database_locked", path=str(folder))
