"""An address that no page has is answered in words; everything else passes through."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from cmi_core import text
from cmi_core.web.addresses import Addresses

PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def client():
    inner = PlainTextResponse("the program")
    return TestClient(Addresses(inner, ("/signin", "/geo/{layer}")), follow_redirects=False)


@pytest.mark.parametrize(
    "path", ["/", "/kpi-entry", "/kpi-entry/", "/signin", "/geo/places", "/static/a.js", "/_stcore/health"]
)
def test_what_is_known_passes_through(client, path):
    assert client.get(path, headers=PAGE).text == "the program"


@pytest.mark.parametrize(
    "path", ["/nothing", "/kpi_entry.py", "/pages/kpi_entry.py", "/index-breakdown/deeper", "/shell"]
)
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_what_is_unknown_is_told_in_the_readers_language(client, path, language):
    answer = client.get(f"{path}?lang={language}", headers=PAGE)

    assert answer.status_code == 404
    assert text.translator(language)("unknown.told") in answer.text


def test_a_files_name_leads_to_its_page(client):
    answer = client.get("/kpi_entry?lang=en&kpi=k_d3_pm25_mean", headers=PAGE)

    assert (answer.status_code, answer.headers["location"]) == (303, "/kpi-entry?lang=en&kpi=k_d3_pm25_mean")


def test_a_program_is_not_answered_in_words(client):
    """Streamlit's own page looks for its services below the address it was opened at."""
    assert client.get("/nothing/_stcore/health", headers={"accept": "*/*"}).text == "the program"
