"""A database out of reach: the server starts, says so in both languages, and opens it once it is there again."""

import pytest
from playwright.sync_api import expect

from cmi_core import text
from cmi_core.store.opening import open_store

pytestmark = pytest.mark.browser


def locked(folder):
    held = open_store(folder / "real.duckdb")
    return held.close


def corrupt(folder):
    file = folder / "real.duckdb"
    folder.mkdir()
    file.write_text("ไม่ใช่ฐานข้อมูล" * 1000, encoding="utf-8")
    return file.unlink


def in_the_way(folder):
    folder.write_text("a file in place of the directory")
    return folder.unlink


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(locked, "database_locked"), (corrupt, "database_corrupt"), (in_the_way, "data_directory")],
)
def test_the_page_says_what_is_wrong_and_recovers(serve, visit, tmp_path, spoil, reason):
    folder = tmp_path / "spoilt"
    repair = spoil(folder)
    server = serve(folder=folder, ready=False)
    answer, _ = server.request("/readyz")
    assert answer.status == 503

    for language in text.LANGUAGES:
        window = visit(server, f"/?lang={language}")
        told = text.translator(language)(f"error.{reason}", path="¦", why="¦").split("¦")
        alert = window.get_by_test_id("stAlert")
        expect(alert).to_contain_text(max(told, key=len).strip(" ()"), timeout=30_000)
        expect(window.get_by_test_id("stException")).to_have_count(0)

    repair()
    window.reload()
    expect(window.get_by_role("heading", level=1)).to_have_text(
        text.translator("en")("city_overview.title"), timeout=30_000
    )
    # The code that the start could not print is printed when somebody asks for the form.
    server.request("/setup")
    assert server.code
    assert server.process.poll() is None
