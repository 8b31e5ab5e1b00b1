"""While the server runs it forgets what is past its time, at once and once a day, and nobody waits for it."""

import asyncio
from datetime import datetime, timedelta

import pytest

import app
from cmi_core.accounts.retention import DRAFT, LOOKED_FOR
from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.web import retention
from tests import loops

NOW = datetime(2026, 7, 1, 3, 0)


def drafts(store):
    return store.rows("SELECT count(*) FROM draft")[0][0]


def keep(store, at):
    with store.writing() as cursor:
        cursor.execute(
            "INSERT INTO draft (account, kpi, period, value, quality, note, saved_at) VALUES ('nok', 'k', '2025', '1', '', '', ?)",
            [at],
        )


def test_what_is_past_its_time_goes_and_the_next_time_is_tomorrow(store, monkeypatch, capsys):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    keep(store, NOW - DRAFT - timedelta(seconds=1))

    assert retention.forget() == LOOKED_FOR.total_seconds()
    assert drafts(store) == 0
    assert capsys.readouterr() == ("", "")


def test_a_database_out_of_reach_is_tried_again_soon_and_in_silence(store, monkeypatch, capsys):
    def gone():
        raise StoreError("database_locked", path="/data/real.duckdb")

    monkeypatch.setattr(retention, "the_store", gone)

    assert retention.forget() < LOOKED_FOR.total_seconds()
    assert capsys.readouterr() == ("", "")


def test_a_fault_is_in_the_log_and_ends_nothing(store, monkeypatch, capsys):
    def broken():
        raise RuntimeError("a fault")

    monkeypatch.setattr(retention, "the_store", broken)

    assert retention.forget() < LOOKED_FOR.total_seconds()
    assert "a fault" in capsys.readouterr().err


def test_it_is_done_at_the_start_and_again_after_each_wait(monkeypatch):
    waited, done = [], []

    async def wait(seconds):
        waited.append(seconds)
        if len(waited) == 3:
            raise TimeoutError

    def forget():
        done.append(len(waited))
        return 7.0

    monkeypatch.setattr(retention, "forget", forget)
    monkeypatch.setattr(retention.asyncio, "sleep", wait)
    with pytest.raises(TimeoutError):
        loops.run(retention.forget_for_ever())

    assert (done, waited) == ([0, 1, 2], [7.0, 7.0, 7.0])


def test_the_server_does_it_and_stops_with_it(monkeypatch):
    begun, ended = [], []

    async def for_ever():
        begun.append(True)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def nothing():
        await asyncio.Event().wait()

    async def lived():
        async with app.lifespan(None):
            await asyncio.sleep(0)
            assert (begun, ended) == ([True], [])
        await asyncio.sleep(0)

    monkeypatch.setattr(app.ready, "announce", lambda *_: None)
    monkeypatch.setattr(app, "warm", lambda: None)
    monkeypatch.setattr(app.config, "get_options_for_section", lambda _: {"address": None, "port": None})
    monkeypatch.setattr(app.admin_channel, "answer_for_ever", nothing)
    monkeypatch.setattr(app.SESSIONS, "forget_for_ever", nothing)
    monkeypatch.setattr(app.retention, "forget_for_ever", for_ever)
    loops.run(lived())

    assert ended == [True]
