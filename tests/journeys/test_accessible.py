"""Every page in Thai under axe: nothing serious or critical, for a reader and for an administrator."""

import ast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cmi_core import text
from cmi_core.store.opening import ROOT
from tests.journeys.conftest import opened, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def names():
    """The pages that the shell offers, so that a new one is looked at without a word here."""
    tree = ast.parse((ROOT / "pages" / "shell.py").read_text(encoding="utf-8"))
    return [
        name.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple)
        for name in node.elts
        if isinstance(name, ast.Constant) and isinstance(name.value, str)
    ]


@pytest.fixture(scope="module")
def window(browser, server, marks):
    """One administrator's window that goes from page to page."""
    # Without the fading in of what is drawn: axe measures contrast.
    context = browser.new_context(
        locale="th-TH", viewport={"width": 1366, "height": 820}, reduced_motion="reduce"
    )
    yield opened(context, server, "/readyz", mark=marks["admin"])
    context.close()


def test_the_shell_names_its_pages():
    assert "city_overview" in names()
    assert {f"{name}.py" for name in names()} <= {file.name for file in (ROOT / "pages").glob("*.py")}


def streamlits_own(window, rule, node):
    """Streamlit puts the headings of its navigation between the items of a list; a page cannot change that."""
    inside = "node => Boolean(node.closest('[data-testid=stSidebarNav]'))"
    return rule in {"list", "listitem"} and window.locator(node["target"][0]).first.evaluate(inside)


@pytest.mark.parametrize("name", names())
def test_a_page_has_no_serious_fault(server, window, name):
    window.goto(f"{server.url}/{'' if name == 'city_overview' else name.replace('_', '-')}")
    title = text.translator("th")(f"{name}.title")
    expect(window.get_by_role("heading", level=1)).to_have_text(title)
    settled(window)

    found = Axe().run(window, options=RULES).response["violations"]

    serious = [
        (fault["id"], node["html"][:160])
        for fault in found
        for node in fault["nodes"]
        if fault["impact"] in {"serious", "critical"} and not streamlits_own(window, fault["id"], node)
    ]
    assert not serious
    assert window.locator("html").get_attribute("lang") == "th"
