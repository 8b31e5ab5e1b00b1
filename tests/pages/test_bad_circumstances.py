"""A database out of reach, and input that cannot be: each has its sentence on the page, in both languages."""

import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts
from cmi_core.store import CONFIGURATION, opening, record
from cmi_core.store import kpis as stored
from pages.components.shell import words

KPI = "k_d1_saifi"
HOLD = (
    "import sys; from cmi_core.store import Store; s = Store(sys.argv[1]); print('open', flush=True); input()"
)


@contextmanager
def locked(file: Path):
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline().strip() == b"open"
        yield
        other.communicate(b"\n")


@contextmanager
def corrupt(file: Path):
    whole = file.read_bytes()
    file.write_text("ไม่ใช่ฐานข้อมูล" * 1000, encoding="utf-8")
    yield
    file.write_bytes(whole)


@contextmanager
def no_folder(file: Path):
    """A file stands where the data directory should be."""
    aside = file.parent.rename(file.parent.with_name("aside"))
    file.parent.write_text("in the way")
    yield
    file.parent.unlink()
    aside.rename(file.parent)


def changed(sql: str, back: str):
    @contextmanager
    def circumstance(file: Path):
        for now, then in ((sql, True), (back, False)):
            with duckdb.connect(str(file), config=dict(CONFIGURATION)) as connection:
                connection.execute(now)
            if then:
                yield

    return circumstance


newer = changed(
    "INSERT INTO migration VALUES ('9999_future.sql', 'x', now()::TIMESTAMP)",
    "DELETE FROM migration WHERE name = '9999_future.sql'",
)
edited = changed(
    "UPDATE migration SET hash = reverse(hash) WHERE name = '0002_record.sql'",
    "UPDATE migration SET hash = reverse(hash) WHERE name = '0002_record.sql'",
)
other_kind = changed(
    "UPDATE setting SET value = 'demonstration' WHERE setting = 'kind'",
    "UPDATE setting SET value = 'real' WHERE setting = 'kind'",
)


@pytest.fixture
def file(city, starting_data, tmp_path, monkeypatch):
    """The database of a server that has not opened it yet."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "real.duckdb").write_bytes(starting_data.read_bytes())
    monkeypatch.setenv("CMI_DATA_DIR", str(folder))
    monkeypatch.setattr(opening, "_opened", None)
    yield folder / "real.duckdb"
    if opening._opened:
        opening._opened.close()


def longest(sentence: str) -> str:
    """The longest part of a sentence between its blanks, as Markdown that shows it letter by letter."""
    return words.as_text(max(sentence.split("¦"), key=len).strip(" ()"))


@pytest.mark.parametrize(
    ("circumstance", "reason"),
    [
        (locked, "database_locked"),
        (corrupt, "database_corrupt"),
        (no_folder, "data_directory"),
        (newer, "database_newer"),
        (edited, "migration_edited"),
        (other_kind, "wrong_kind"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_database_out_of_reach_is_told_and_opens_once_it_is_there_again(
    open_page, file, circumstance, reason
):
    with circumstance(file):
        for language in text.LANGUAGES:
            at = open_page("city_overview", language)
            blanks = dict.fromkeys(("path", "why", "name", "found", "wanted"), "¦")
            said = text.translator(language)(f"error.{reason}", **blanks)
            assert longest(said) in at.error[0].value
            assert not at.title
            assert not at.exception

    at = open_page("city_overview", "en")
    assert (at.title[0].value, list(at.error)) == ("City overview", [])
    assert record.first_broken(opening.the_store()) is None


def test_a_folder_where_nothing_can_be_made_is_told(open_page, file, monkeypatch):
    monkeypatch.setenv("CMI_DATA_DIR", "/proc/nowhere" if Path("/proc").is_dir() else "/dev/null/nowhere")
    for language in text.LANGUAGES:
        said = text.translator(language)("error.data_directory", path="¦", why="¦")
        assert longest(said) in open_page("city_overview", language).error[0].value


def field(at, key: str, language: str):
    label = text.translator(language)(f"kpi_entry.{key}", unit="¦").split("¦")[0].strip(" (")
    return next(each for each in at.text_input if each.label.startswith(label))


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize(
    ("value", "note", "reason"),
    [
        ("ประมาณสี่", "x", "number_is_text"),
        ("inf", "x", "number_not_finite"),
        ("1e400", "x", "number_not_finite"),
        ("nan", "x", "number_not_finite"),
        ("", "x", "number_missing"),
        ("4", "", "note_missing"),
        ("4", "   ", "note_missing"),
    ],
)
def test_what_cannot_be_recorded_is_told_and_stays_typed(open_page, city, language, value, note, reason):
    at = open_page("kpi_entry", language, "editor", kpi=KPI)
    before = city.version
    field(at, "value", language).set_value(value)
    field(at, "note", language).set_value(note)
    save = text.translator(language)("kpi_entry.save")
    next(each for each in at.button if each.label == save).click().run()

    said = text.translator(language)(f"error.{reason}", **dict.fromkeys(("text", "value"), "¦"))
    assert longest(said) in at.error[0].value
    assert field(at, "value", language).value == value
    assert (city.version, record.first_broken(city)) == (before, None)


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("name", ["kpi_entry", "kpi_tracking"])
@pytest.mark.parametrize(
    "choice", [{"kpi": "k_no_such"}, {"kpi": KPI, "period": "2025-13"}, {"kpi": KPI, "period": "2567"}]
)
def test_a_link_to_what_is_not_there_opens_the_page_without_a_fault(open_page, city, name, language, choice):
    at = open_page(name, language, "editor", **choice)

    assert at.title[0].value == text.translator(language)(f"{name}.title")
    assert not at.exception
    assert not stored.values(city, KPI)["period"].isin(["2025-13", "2567"]).any()


def test_somebody_whose_session_has_ended_is_told_and_nothing_is_recorded(open_page, city, account_of):
    at = open_page("kpi_entry", "en", "editor", kpi=KPI)
    before, who = city.version, account_of("editor")
    field(at, "value", "en").set_value("4")
    accounts.set_password(
        city, Account("1001", "หัวหน้า", "admin"), account=who.account, password="another long word", note="left",
        at=datetime(2026, 7, 1),
    )  # fmt: skip
    next(each for each in at.button if each.label == "Save the value").click().run()

    assert at.warning[0].value == text.translator("en")("shell.session_ended")
    assert not [each for each in at.button if each.label == "Save the value"]
    assert city.version == before + 1
    assert stored.values(city, KPI).empty
