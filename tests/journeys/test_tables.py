"""A table is taken away by our own download, which makes formulas harmless: Streamlit's own is offered nowhere."""

import pytest
from playwright.sync_api import expect

from pages.components.shell.registry import PAGES

pytestmark = pytest.mark.browser
PATIENCE = 90_000
MOST_FOLDS = 6
TABLE = "[data-testid=stDataFrame]"
# What has its tables in another tab than the first; the others show what they have at once or in a fold.
TABS = {
    "goal_board": "view=table", "method_sources": "part=sources", "city_comparison": "view=league", "index_import": "deed=levels",
    "kpi_tracking": "kpi=k_d1_saifi",
}  # fmt: skip


def at_rest(window):
    expect(window.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    expect(window.locator("[data-testid=stSkeleton], [data-stale=true]")).to_have_count(0, timeout=PATIENCE)


def opened_folds(window):
    """Every table that a page has folded."""
    closed = window.locator("[data-testid=stExpander] details:not([open]) > summary")
    for _ in range(min(closed.count(), MOST_FOLDS)):
        closed.last.click()
    at_rest(window)


def test_no_table_of_any_page_offers_a_raw_download(server, visit, marks):
    window = visit(server, "/readyz", mark=marks["admin"])
    seen = {}
    for entry in PAGES:
        window.goto(f"{server.url}/{entry.address}?lang=en&{TABS.get(entry.code, '')}")
        at_rest(window)
        opened_folds(window)
        tables = window.locator(TABLE)
        seen[entry.code] = tables.count()
        for table in tables.all():
            table.scroll_into_view_if_needed()
            table.hover()
            bar = table.get_by_test_id("stElementToolbar")
            expect(bar.get_by_label("Fullscreen")).to_be_visible()
            expect(bar.get_by_label("Search")).to_be_visible()
            expect(bar.get_by_label("Download as CSV")).to_be_hidden()
            # It is there, and hidden: the test would notice if Streamlit called it something else.
            expect(bar.locator("button[aria-label^='Download as CSV']")).to_have_count(1)
    # Where there are none, nothing was looked at.
    assert sum(count > 0 for count in seen.values()) >= 6, seen
