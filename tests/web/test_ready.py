"""Readiness is the database's word, and the operator is told once."""

import asyncio
import threading
import time

import pytest

from cmi_core import text
from cmi_core.actions import accounts as deeds
from cmi_core.errors import StoreError
from cmi_core.web import ready
from cmi_core.web.places import Places
from tests import loops


def out_of_reach():
    raise StoreError("database_locked", path="/data/real.duckdb")


def test_ready_while_the_database_answers(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True}


def not_ready(client):
    """That it is not ready is all that a stranger is told."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert "no-store" in answer.headers["cache-control"]


def test_not_ready_with_the_reason_in_the_log(client, monkeypatch, caplog):
    monkeypatch.setattr(ready, "the_store", out_of_reach)
    not_ready(client)

    assert "database_locked" in caplog.text
    assert "/data" not in caplog.text


def test_not_ready_before_the_first_reader_is_turned_away(client, monkeypatch, caplog):
    monkeypatch.setenv("CMI_MAX_SESSIONS", "10")
    monkeypatch.setattr(ready, "places", Places(open=7))
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(ready, "places", Places(open=8))
    not_ready(client)

    assert "busy" in caplog.text


def test_a_database_that_does_not_answer_is_told_in_time_and_asked_once(store, monkeypatch):
    asked, go_on = [], threading.Event()

    def hanging():
        asked.append(threading.current_thread())
        go_on.wait(30)
        return store

    monkeypatch.setattr(ready, "the_store", hanging)
    monkeypatch.setattr(ready, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(ready, "_asking", None)

    async def many():
        start = time.monotonic()
        answers = await asyncio.gather(*(ready.ready(None) for _ in range(20)))
        assert time.monotonic() - start < 5
        assert {answer.status_code for answer in answers} == {503}
        go_on.set()
        await ready._asking
        assert (await ready.ready(None)).status_code == 200

    loops.run(many())
    # Strangers who ask again and again do not pile up threads that hang.
    assert len(asked) == 2


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
