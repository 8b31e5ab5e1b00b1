"""Readiness is the database's word, and the operator is told once."""

import threading

import pytest

from cmi_core import text
from cmi_core.actions import accounts as deeds
from cmi_core.errors import StoreError
from cmi_core.web import ready


def out_of_reach():
    raise StoreError("database_locked", path="/data/real.duckdb")


def test_ready_while_the_database_answers(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "entry": 0, "kind": "real"}


def test_not_ready_with_the_reason(client, monkeypatch):
    monkeypatch.setattr(ready, "the_store", out_of_reach)
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "why": "database_locked"}


def test_the_code_is_told_while_there_is_no_account(store):
    code = deeds.prepare(store)

    assert code in ready.start()


def test_nothing_is_told_of_a_code_once_there_is_an_account(store, admin, tmp_path, monkeypatch):
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))
    assert len(ready.start().splitlines()) == 1


@pytest.mark.parametrize(("mode", "told"), [(0o755, True), (0o770, True), (0o701, True), (0o700, False)])
def test_it_is_told_where_others_can_look_in(store, admin, tmp_path, monkeypatch, mode, told):
    """As where the folder belongs to another user: the program may not close it."""
    tmp_path.chmod(mode)
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))

    assert ("take their rights away" in ready.start()) is told


def test_a_refusal_is_printed_in_both_languages_and_tried_again(store, monkeypatch, capsys):
    monkeypatch.setattr(ready, "_announced", threading.Event())
    with monkeypatch.context() as refusing:
        refusing.setattr(ready, "the_store", out_of_reach)
        ready.announce()
    told = capsys.readouterr().out
    for language in text.LANGUAGES:
        assert text.translator(language)("error.database_locked", path="/data/real.duckdb") in told

    ready.announce()
    assert deeds.prepare(store) in capsys.readouterr().out
    ready.announce()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("method", ["post", "put"])
def test_readiness_is_only_read(client, method):
    assert getattr(client, method)("/readyz").status_code == 405
