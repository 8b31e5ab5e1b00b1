"""A command has the running server do what only it can, by files that only the owner can leave."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cmi_core.errors import StoreError
from cmi_core.store import admin_channel


def double(number):
    return {"double": 2 * number}


def refuse():
    raise StoreError("write_failed", path="x", why="full")


def fail():
    raise RuntimeError("a fault of ours")


@pytest.fixture
def server(tmp_path):
    """Somebody who answers in the same folder."""
    stop = threading.Event()

    def serve():
        while not stop.wait(0.02):
            admin_channel.answer_all(tmp_path, {"double": double, "refuse": refuse, "fail": fail})

    thread = threading.Thread(target=serve)
    thread.start()
    yield tmp_path
    stop.set()
    thread.join()


def test_a_question_is_answered_and_nothing_is_left(server):
    assert admin_channel.ask(server, "double", {"number": 21}) == {"double": 42}
    assert list((server / "asked").iterdir()) == []


def test_several_at_once_each_get_their_own_answer(server):
    got = {}
    threads = [
        threading.Thread(
            target=lambda n=n: got.update({n: admin_channel.ask(server, "double", {"number": n})})
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == {n: {"double": 2 * n} for n in range(8)}


def test_what_the_server_refuses_is_refused_here(server):
    with pytest.raises(StoreError, match="write_failed") as refused:
        admin_channel.ask(server, "refuse", {})
    assert refused.value.details == {"path": "x", "why": "full"}


@pytest.mark.parametrize(("deed", "given"), [("no such deed", {}), ("double", {"wrong": 1})])
def test_what_it_does_not_understand_it_says(server, deed, given):
    with pytest.raises(StoreError, match="question_unknown"):
        admin_channel.ask(server, deed, given)


def test_without_a_server_the_question_is_taken_back(tmp_path, monkeypatch):
    monkeypatch.setattr(admin_channel, "_UNHEARD", 0.3)
    with pytest.raises(StoreError, match="database_locked"):
        admin_channel.ask(tmp_path, "double", {"number": 1})
    assert list((tmp_path / "asked").iterdir()) == []


def test_a_spoilt_question_hurts_nobody(server):
    (server / "asked").mkdir(exist_ok=True)
    (server / "asked" / "spoilt.ask").write_text("{", encoding="utf-8")
    assert admin_channel.ask(server, "double", {"number": 1}) == {"double": 2}


def test_others_cannot_leave_questions(server):
    admin_channel.ask(server, "double", {"number": 1})
    assert (server / "asked").stat().st_mode & 0o077 == 0


def test_a_fault_is_told_at_once_to_who_asked_and_in_the_servers_window(server, capfd):
    began = time.monotonic()
    with pytest.raises(StoreError, match="server_failed") as refused:
        admin_channel.ask(server, "fail", {})
    assert time.monotonic() - began < 5
    assert "a fault of ours" in refused.value.details["why"]
    assert "Traceback" in capfd.readouterr().err
    assert admin_channel.ask(server, "double", {"number": 1}) == {"double": 2}


def test_a_server_that_was_killed_at_it_is_noticed(tmp_path):
    code = (
        "import os, sys, time; from pathlib import Path; from cmi_core.store import admin_channel\n"
        "while True:\n"
        "    admin_channel.answer_all(Path(sys.argv[1]), {'die': lambda: os.kill(os.getpid(), 9)}); time.sleep(0.05)"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path]) as dying:
        began = time.monotonic()
        with pytest.raises(StoreError, match="server_failed"):
            admin_channel.ask(tmp_path, "die", {})
        assert time.monotonic() - began < 20
        dying.wait()
    assert list((tmp_path / "asked").iterdir()) == []


def test_a_question_that_is_taken_back_meanwhile_stops_nobody(tmp_path, monkeypatch):
    (tmp_path / "asked").mkdir()
    gone = tmp_path / "asked" / "gone.ask"
    real = Path.glob
    monkeypatch.setattr(Path, "glob", lambda self, pattern: [*real(self, pattern), gone])
    assert admin_channel.answer_all(tmp_path, {}) == 1
