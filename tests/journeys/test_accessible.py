"""Every page in Thai under axe: nothing serious or critical, for an administrator, and for a reader in every look."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cmi_core import text
from cmi_core.store.opening import DEMONSTRATION, open_store
from pages.components.shell.registry import PAGES
from pages.components.shell.session import LOOKS
from tests.journeys.conftest import opened, running, settled

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def window(browser, server, marks):
    """One administrator's window that goes from page to page."""
    # Without the fading in of what is drawn: axe measures contrast.
    context = browser.new_context(
        locale="th-TH", viewport={"width": 1366, "height": 820}, reduced_motion="reduce"
    )
    yield opened(context, server, "/readyz", mark=marks["admin"])
    context.close()


def streamlits_own(window, rule, node):
    """Streamlit puts the headings of its navigation between the items of a list; a page cannot change that."""
    inside = "node => Boolean(node.closest('[data-testid=stSidebarNav]'))"
    return rule in {"list", "listitem"} and window.locator(node["target"][0]).first.evaluate(inside)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.code)
def test_a_page_has_no_serious_fault(server, window, entry):
    window.goto(f"{server.url}/{entry.address}")
    title = text.translator("th")(f"{entry.code}.title")
    expect(window.get_by_role("heading", level=1)).to_have_text(title)
    settled(window)

    assert not serious(window)
    assert window.locator("html").get_attribute("lang") == "th"


def serious(window):
    found = Axe().run(window, options=RULES).response
    faults = [
        (fault["id"], node["html"][:160])
        for fault in found["violations"]
        for node in fault["nodes"]
        if fault["impact"] in {"serious", "critical"} and not streamlits_own(window, fault["id"], node)
    ]
    # Words in the colour of their ground: axe only wonders whether they are meant to be seen.
    return faults + [
        (doubt["id"], node["html"][:160])
        for doubt in found["incomplete"]
        for node in doubt["nodes"]
        if any((each["data"] or {}).get("messageKey") == "equalRatio" for each in node["any"])
    ]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A server that marks every page as made up."""
    folder = tmp_path_factory.mktemp("made_up") / "data"
    open_store(folder / f"{DEMONSTRATION}.duckdb", kind=DEMONSTRATION).close()
    with running(folder, CMI_DEMO="true") as server:
        yield server


@pytest.mark.parametrize(
    ("look", "scheme"),
    [
        ("normal", "dark"),
        pytest.param("bw", "light", marks=pytest.mark.proof),
        pytest.param("by", "light", marks=pytest.mark.proof),
    ],
)
def test_every_other_look_can_be_read(browser, made_up, look, scheme):
    assert look in LOOKS
    context = browser.new_context(
        viewport={"width": 1366, "height": 820}, color_scheme=scheme, reduced_motion="reduce"
    )
    window = opened(context, made_up, f"/?look={look}")
    for name in ("city_overview", "index_breakdown", "kpi_tracking"):
        if name != "city_overview":
            window.goto(f"{made_up.url}/{name.replace('_', '-')}?look={look}")
        expect(window.get_by_role("heading", level=1)).to_have_text(text.translator("th")(f"{name}.title"))
        settled(window)
        assert window.locator(".cmi-made-up").is_visible()
        assert not serious(window), name
    context.close()
