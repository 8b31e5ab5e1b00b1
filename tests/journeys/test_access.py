"""No page past the shell and none past its role, from the very first request to a fresh server."""

import re

import pytest
from playwright.sync_api import expect

from cmi_core import text
from cmi_core.store.opening import ROOT

pytestmark = pytest.mark.browser
NAMES = sorted(file.stem for file in (ROOT / "pages").glob("*.py"))
PAGES = [name for name in NAMES if name != "shell"]
# Ways somebody may try to reach a file of `pages/`. `benchmarks/addresses.py` tries every one on fresh servers.
NOWHERE = (
    "/pages/{0}", "/pages/{0}.py", "/{0}.py", "/~/+/{0}", "/{1}/{0}", "/app/static/pages/{0}.py", "/_stcore/{0}",
    "/static/../pages/{0}.py", "/assets/..%2fpages/{0}.py", "/media/{0}.py", "/component/{0}/index.html",
)  # fmt: skip
WRITERS = ("kpi-entry", "my-updates", "user-accounts")
SENTENCE = text.translator("th")
READER = {"accept": "text/html"}


def shell_stands(window):
    """The sidebar is drawn by the shell alone: a page file that ran by itself would have none."""
    switch = window.get_by_test_id("stSidebar").get_by_role("radiogroup", name=SENTENCE("shell.language"))
    expect(switch).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/kpi_entry",
        *(pytest.param(path, marks=pytest.mark.proof) for path in ("/city_overview", "/index-breakdown")),
    ],
)
def test_the_first_request_of_a_fresh_server_runs_the_shell(serve, visit, path):
    window = visit(serve(), path)

    shell_stands(window)
    expect(window.get_by_test_id("stException")).to_have_count(0)


def test_no_address_leads_past_the_shell(server, visit):
    window = visit(server)
    for name in PAGES:
        slug = name.replace("_", "-")
        answer, _ = server.request(f"/{name}", headers=READER)
        redirected = (303, f"/{slug}?") if "_" in name else (200, None)
        assert (answer.status, answer.getheader("location")) == redirected, name
        # With and without the slash at the end, in turn: the page in the browser reads the address.
        window.goto(f"{server.url}/{slug}{'/' * (len(name) % 2)}")
        shell_stands(window)
        expect(window.get_by_role("heading", level=1)).to_have_text(SENTENCE(f"{name}.title"))
        expect(window.get_by_test_id("stException")).to_have_count(0)
        # No form is offered to somebody without an account, wherever they come in.
        expect(window.get_by_test_id("stForm")).to_have_count(0)


def test_every_other_address_is_told_to_be_unknown(server, visit):
    for name in NAMES:
        for path in (way.format(name, name.replace("_", "-")) for way in NOWHERE):
            answer, content = server.request(path, headers=READER)
            assert answer.status in {400, 404}, (path, answer.status)
            assert b"import " not in content, path
    window = visit(server)
    for path in ("/shell", "/kpi_entry.py", "/pages/kpi_entry.py", "/index.html"):
        window.goto(server.url + path)
        expect(window.get_by_text(SENTENCE("unknown.told"))).to_be_visible()
        expect(window.get_by_test_id("stApp")).to_have_count(0)


@pytest.mark.parametrize("page", WRITERS)
def test_a_page_for_writers_tells_others_so(server, visit, marks, page):
    name = page.replace("-", "_")
    if name not in PAGES:
        pytest.skip(f"pages/{name}.py is not there yet")
    window = visit(server, f"/{page}")
    expect(window.get_by_text(SENTENCE("error.sign_in_needed"))).to_be_visible()
    expect(window.get_by_test_id("stForm")).to_have_count(0)

    refused = SENTENCE("error.not_permitted", role=SENTENCE("role.viewer"))
    window = visit(server, f"/{page}", mark=marks["viewer"])
    expect(window.get_by_text(refused)).to_be_visible()
    expect(window.get_by_test_id("stForm")).to_have_count(0)


@pytest.fixture(scope="module")
def closed(serve_people):
    return serve_people(CMI_PUBLIC_READ="false")


@pytest.mark.parametrize(
    "names", [WRITERS, pytest.param(PAGES, marks=pytest.mark.proof)], ids=["writers", "all"]
)
def test_closed_reading_shows_the_sentence_and_nothing_else(closed, visit, names):
    window = visit(closed, "/kpi_entry")
    for path in ["/", "/?lang=en", *(f"/{name.replace('_', '-')}" for name in names)]:
        window.goto(closed.url + path)
        said = text.translator("en" if "lang=en" in path else "th")
        expect(window.get_by_text(said("shell.closed"))).to_be_visible()
        expect(window.get_by_test_id("stHeading")).to_have_count(0)
        expect(window.get_by_test_id("stSidebarNav")).to_have_count(0)


def test_closed_reading_opens_to_an_account(closed, visit, th):
    window = visit(closed, mark=closed.sign_in("viewer"))

    expect(window.get_by_role("heading", level=1)).to_have_text(th("city_overview.title"))


def test_closed_reading_gives_no_data_by_another_way(closed):
    """What answers to somebody without an account is the program, never the city's data."""
    for path in ["/geo/places.geojson", "/geo/places", "/media/places.geojson", "/data/kpi.csv", "/var/real.duckdb",
                 "/app/static/places.geojson", "/assets/../geo/places.geojson", "/assets/%2e%2e/data/kpi.csv"]:  # fmt: skip
        answer, content = closed.request(path)
        is_shell = answer.status == 200 and b"<title>" in content
        assert is_shell or answer.status in {400, 401, 404}, (path, answer.status)
        assert b"coordinates" not in content
        assert b"suan_dok" not in content


def test_a_role_that_is_taken_away_ends_at_once(server, visit, marks, th):
    """A forged or ended mark is told, and reads as nobody."""
    window = visit(server, mark=marks["editor"][:-4] + "xxxx")

    expect(window.get_by_text(th("shell.session_ended"))).to_be_visible()
    expect(window.get_by_test_id("stSidebar").get_by_text(th("sign_in.title"))).to_be_visible()
    assert not re.search("Traceback", server.log.read_text(encoding="utf-8"))
