"""The journeys' own ground: the server answers, and a request that leaves the machine is noticed."""

import pytest
from playwright.sync_api import expect


def test_the_server_is_ready(server):
    answer, content = server.request("/readyz")

    assert answer.status == 200
    assert content == b'{"ready":true}'
    assert (server.folder / "real.duckdb").exists()


@pytest.mark.browser
def test_the_first_page_stands(browser_page, th):
    expect(browser_page.get_by_role("heading", level=1)).to_have_text(th("city_overview.title"))


@pytest.mark.browser
def test_a_request_that_leaves_is_noticed(browser_page, asked):
    browser_page.evaluate("fetch('http://example.org/x.png').catch(() => 0)")

    assert [address for address in asked if "example.org" in address]
    asked[:] = [address for address in asked if "example.org" not in address]
