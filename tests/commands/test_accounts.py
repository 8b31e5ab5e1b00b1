"""Accounts from the command line, on a database of its own in a temporary folder."""

import io
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cmi_core.__main__ import main
from cmi_core.actions import password_links
from cmi_core.calendar import clock
from cmi_core.store.opening import open_store
from tests import signing

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("CMI_DEMO", raising=False)
    return tmp_path


def type_in(monkeypatch, password):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))


def signs_in(folder, account, password) -> bool:
    store = open_store(folder / "real.duckdb")
    try:
        return signing.first(store, account, password).wants == "password"
    finally:
        store.close()


def test_an_account_is_made_listed_and_signs_in(folder, monkeypatch, capsys):
    type_in(monkeypatch, "a long enough word")

    assert (
        main(["accounts", "create", "nok", "--role", "editor", "--name", "นก", "--organisation", "cmu_step"])
        == 0
    )
    assert signs_in(folder, "nok", "a long enough word")
    assert main(["accounts", "list"]) == 0
    assert "nok\teditor\tactive\tนก\tcmu_step\t" in capsys.readouterr().out


def test_a_made_up_password_is_printed_and_works(folder, capsys):
    main(["accounts", "create", "lek", "--role", "coordinator", "--name", "เล็ก", "--generate"])
    password = capsys.readouterr().out.splitlines()[0].removeprefix("password: ")

    assert signs_in(folder, "lek", password)


def test_a_new_password_replaces_the_old(folder, monkeypatch, capsys):
    main(["accounts", "create", "lek", "--role", "viewer", "--name", "เล็ก", "--generate"])
    type_in(monkeypatch, "another long word")

    assert main(["accounts", "password", "lek"]) == 0
    assert signs_in(folder, "lek", "another long word")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["accounts", "password", "nobody", "--generate"], "no active account nobody"),
        (
            ["accounts", "create", "Nok!", "--role", "viewer", "--name", "N", "--generate"],
            "cannot be an account name",
        ),
    ],
)
def test_a_refusal_is_a_sentence(folder, capsys, words, told):
    assert main(words) == 2
    assert told in capsys.readouterr().err


def test_a_short_password_changes_nothing(folder, monkeypatch, capsys):
    type_in(monkeypatch, "short")

    assert main(["accounts", "create", "nok", "--role", "viewer", "--name", "N"]) == 2
    assert "at least" in capsys.readouterr().err
    main(["accounts", "list"])
    assert "nok" not in capsys.readouterr().out


def test_a_running_server_keeps_the_database(folder):
    """The lock belongs to a process, so another one has to hold it."""
    store = open_store(folder / "real.duckdb")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cmi_core", "accounts", "list"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        store.close()

    assert done.returncode == 2
    assert "is in use by another program" in done.stderr


@pytest.mark.parametrize("site", ["", "https://kpi.city.example"])
def test_a_link_is_printed_by_which_its_owner_chooses_a_password(folder, capsys, monkeypatch, site):
    monkeypatch.setenv("CMI_SITE", site)
    main(["accounts", "create", "lek", "--role", "viewer", "--name", "เล็ก", "--generate"])
    password = capsys.readouterr().out.splitlines()[0].removeprefix("password: ")
    assert main(["accounts", "link", "lek", "--note", "joins"]) == 0
    printed = capsys.readouterr()
    (link,) = printed.out.splitlines()

    assert link.startswith(f"{site}/password?code=")
    assert ("CMI_SITE" in printed.err) == (not site)
    assert signs_in(folder, "lek", password)
    store = open_store(folder / "real.duckdb")
    (code,) = parse_qs(urlsplit(link).query)["code"]
    assert password_links.waits(store, code, at=clock.now()) == "lek"
    store.close()


def test_a_link_for_nobody_is_refused(folder, capsys):
    assert main(["accounts", "link", "nobody"]) == 2
    assert "no active account nobody" in capsys.readouterr().err
