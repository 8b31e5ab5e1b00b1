"""Setting up, signing in, staying signed in over a reload, signing out; and the forms by keyboard and axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from cmi_core import text

pytestmark = pytest.mark.browser
PASSWORD = "ดอยสุเทพ-ดอยปุย"
ACCOUNTS = "ผู้ดูแล คนแรก"


def sidebar(window):
    return window.get_by_test_id("stSidebar")


def test_from_set_up_to_sign_out(serve, visit, th):
    server = serve()
    window = visit(server, "/setup")
    for label, words in (
        ("code_label", server.code),
        ("name_label", ACCOUNTS),
        ("account_label", "admin"),
        ("password_label", PASSWORD),
    ):
        window.get_by_label(th(f"sign_in.{label}"), exact=True).fill(words)
    window.get_by_role("button", name=th("sign_in.setup_button")).click()
    expect(sidebar(window).get_by_text(ACCOUNTS)).to_be_visible()

    window.reload()
    expect(sidebar(window).get_by_text(ACCOUNTS)).to_be_visible()

    sidebar(window).get_by_role("link", name=th("shell.sign_out")).click()
    expect(sidebar(window).get_by_role("link", name=th("sign_in.title"))).to_be_visible()
    expect(sidebar(window).get_by_text(ACCOUNTS)).to_have_count(0)
    assert "cmi_session" not in {cookie["name"] for cookie in window.context.cookies()}


def test_signing_in_by_keyboard_leads_where_one_came_from(server, visit, th):
    window = visit(server, "/signin?next=/index-breakdown")
    expect(window.get_by_label(th("sign_in.account_label"))).to_be_focused()
    window.keyboard.type("editor")
    window.keyboard.press("Tab")
    window.keyboard.type("not the password")
    window.keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_have_text(th("error.sign_in_wrong"))

    window.get_by_label(th("sign_in.password_label")).fill(PASSWORD)
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", level=1)).to_have_text(th("index_breakdown.title"))
    expect(sidebar(window).get_by_text("เอก แผน")).to_be_visible()


def test_the_cookie_is_out_of_reach_of_scripts(server, visit, marks):
    window = visit(server, "/signin", mark=None)
    window.context.add_cookies(
        [{"name": "cmi_session", "value": marks["viewer"], "url": server.url, "httpOnly": True}]
    )

    assert "cmi_session" not in window.evaluate("document.cookie")


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("page", ["signin", "setup"])
def test_the_forms_are_accessible(server, visit, page, language):
    window = visit(server, f"/{page}?lang={language}")

    assert Axe().run(window).generate_report().count("Rule Violated") == 0
    assert window.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_form_fits_a_telephone(server, visit, language):
    window = visit(server, f"/signin?lang={language}", width=360, height=740)

    assert window.evaluate("document.documentElement.scrollWidth") <= 360
