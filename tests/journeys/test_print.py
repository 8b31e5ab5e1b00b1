"""What an executive prints."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PATIENCE = 60_000


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_overview_prints_on_one_sheet(server, visit, language):
    window = visit(server, f"/?lang={language}")
    expect(window.locator(".cmi-list")).to_have_count(2, timeout=PATIENCE)
    expect(window.locator(".st-key-sources_city_overview")).to_be_visible(timeout=PATIENCE)
    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", window.pdf(format="A4"))

    assert len(sheets) == 1


def test_a_printed_board_names_its_strategies(server, visit):
    window = visit(server, "/goal-board")
    expect(window.locator(".cmi-column > header")).to_have_count(3, timeout=PATIENCE)
    window.emulate_media(media="print")

    for header in window.locator(".cmi-column > header").all():
        expect(header).to_be_visible()
    expect(window.get_by_test_id("stSidebar")).to_be_hidden()
