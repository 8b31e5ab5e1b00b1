"""A database out of reach: the server starts, says so in both languages, and opens it once it is there again."""

import resource

import pytest
from playwright.sync_api import expect

from cmi_core import text
from cmi_core.store.opening import open_store
from tests.journeys.conftest import people
from tests.journeys.deeds import settled

pytestmark = pytest.mark.browser
KPI = "k_d3_maekha_bod"


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
    [
        (locked, "database_locked"),
        pytest.param(corrupt, "database_corrupt", marks=pytest.mark.proof),
        pytest.param(in_the_way, "data_directory", marks=pytest.mark.proof),
    ],
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
        expect(alert).to_contain_text(max(told, key=len).strip(" ()"))
        expect(window.get_by_test_id("stException")).to_have_count(0)

    repair()
    window.reload()
    expect(window.get_by_role("heading", level=1)).to_have_text(text.translator("en")("city_overview.title"))
    # The code that the start could not print is printed when somebody asks for the form.
    server.request("/setup")
    assert server.code
    assert server.process.poll() is None


def typing(window):
    """The field of the value in the form."""
    return window.get_by_test_id("stForm").get_by_role("textbox").first


@pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="the limit of a running process is set as Linux does it"
)
@pytest.mark.parametrize("language", ["th", pytest.param("en", marks=pytest.mark.proof)])
def test_a_full_disk_is_told_and_what_was_typed_is_saved_once_there_is_room(serve, visit, language):
    say = text.translator(language)
    server = serve(prepare=people)
    window = visit(server, f"/kpi-entry?lang={language}&kpi={KPI}", mark=server.sign_in("editor"))
    settled(window)  # a page still being drawn may draw its field anew
    typing(window).fill("12.5")

    limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    window.get_by_role("button", name=say("kpi_entry.save")).click()
    told = max(say("error.write_failed", path="¦", why="¦").split("¦"), key=len).strip(" ()")
    expect(window.get_by_test_id("stMain").get_by_test_id("stAlert").last).to_contain_text(told)
    expect(typing(window)).to_have_value("12.5")

    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
    window.get_by_role("button", name=say("kpi_entry.save")).click()
    expect(window.get_by_test_id("stAlert").filter(has_text="12.5").first).to_be_visible()
    log = visit(server, f"/audit-log?lang={language}", mark=server.sign_in("editor"))
    whole = max(say("audit_log.whole", head="¦").split("¦"), key=len).strip()
    expect(log.get_by_test_id("stAlert").filter(has_text=whole)).to_be_visible()
    expect(log.locator(".cmi-log")).to_contain_text("12.5")


def test_a_session_that_ends_in_the_middle_of_work_is_told(server, visit, th):
    window = visit(server, f"/kpi-entry?kpi={KPI}", mark=(mark := server.sign_in("editor")))
    settled(window)
    typing(window).fill("12.5")

    # Signed out in another window: this one is told so at the next press of a button.
    visit(server, "/signout", mark=mark)
    window.get_by_role("button", name=th("kpi_entry.save")).click()

    expect(window.get_by_text(th("shell.session_ended"))).to_be_visible()
    expect(window.get_by_test_id("stMain").get_by_role("link", name=th("sign_in.title"))).to_be_visible()
    expect(window.get_by_test_id("stForm")).to_have_count(0)


def test_a_second_server_on_the_same_directory_says_so(server, serve, visit):
    second = serve(folder=server.folder, ready=False)

    for language in text.LANGUAGES:
        said = text.translator(language)("error.database_locked", path=server.folder / "real.duckdb")
        assert said in second.log.read_text(encoding="utf-8")
    expect(visit(second).get_by_test_id("stAlert")).to_be_visible()
    assert second.request("/readyz")[0].status == 503
    assert server.request("/readyz")[0].status == 200
