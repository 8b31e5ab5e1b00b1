"""Setting up, signing in, staying signed in over a reload, signing out; and the forms by keyboard and axe."""

import re
import time
from io import BytesIO

import pyotp
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from cmi_core import text

pytestmark = pytest.mark.browser
PASSWORD = "ดอยสุเทพ-ดอยปุย"
ACCOUNTS = "ผู้ดูแล คนแรก"


def sign_in(window, th, account, password):
    window.get_by_label(th("sign_in.account_label"), exact=True).fill(account)
    window.get_by_label(th("sign_in.password_label"), exact=True).fill(password)
    window.keyboard.press("Enter")


def violations(window):
    return "Rule Violated" in Axe().run(window).generate_report()


def sidebar(window):
    return window.get_by_test_id("stSidebar")


def test_from_set_up_to_sign_out(serve, visit, th):
    server = serve()
    window = visit(server, "/setup")
    for label, words in (
        ("code_label", server.code),
        ("name_label", ACCOUNTS),
        ("setup_account_label", "admin"),
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


def test_from_a_given_password_to_a_second_factor(serve_people, visit, th):
    """An administrator opens an account; its owner chooses a password, sets a phone up, and signs in with it."""
    city = serve_people()
    given, own = "ร่มสามคันกับปลาทู", "กาแฟดอยช้างยามเช้า"
    window = visit(city, "/user-accounts?account_form=create", mark=city.sign_in("admin"))
    for label, words in (("sign_in", "dao"), ("name", "ดาว"), ("note", "เริ่มงาน")):
        window.get_by_role("textbox", name=re.compile(f"^{re.escape(th(f'user_accounts.{label}'))}")).fill(
            words
        )
    window.get_by_role("textbox", name=re.compile(r"^รหัสผ่าน \(ไม่บังคับ")).fill(given)
    window.get_by_role("button", name=th("user_accounts.save_create")).click()
    expect(window.get_by_text(th("user_accounts.saved"))).to_be_visible()

    dao = visit(city, "/signin?next=/my-account")
    sign_in(dao, th, "dao", given)
    expect(dao.get_by_role("heading", level=1)).to_have_text(th("sign_in.own_password_title"))
    assert not violations(dao)
    dao.get_by_label(th("sign_in.own_password_label")).fill(own)
    dao.keyboard.press("Enter")
    expect(dao.get_by_role("heading", level=1)).to_have_text(th("my_account.title"))

    dao.get_by_text(th("my_account.factor_start"), exact=True).click()
    key = dao.get_by_test_id("stExpander").locator("code").inner_text().replace(" ", "")
    picture = dao.get_by_alt_text(th("sign_in.factor_picture"))
    assert (
        pyotp.parse_uri(zxingcpp.read_barcodes(Image.open(BytesIO(picture.screenshot())))[0].text).secret
        == key
    )
    form = dao.get_by_test_id("stExpander")
    form.get_by_role("textbox", name=th("sign_in.factor_code_label")).fill(
        pyotp.TOTP(key).at(int(time.time()) - 30)
    )
    form.get_by_role("textbox", name=th("user_accounts.current")).fill(own)
    dao.get_by_role("button", name=th("my_account.factor_on")).click()
    expect(dao.get_by_text(th("sign_in.recovery_lede"))).to_be_visible()
    dao.get_by_role("button", name=th("my_account.codes_kept")).click()

    sidebar(dao).get_by_role("link", name=th("shell.sign_out")).click()
    dao.goto(f"{city.url}/signin?next=/my-account")
    sign_in(dao, th, "dao", own)
    expect(dao.get_by_role("heading", level=1)).to_have_text(th("sign_in.code_title"))
    assert not violations(dao)
    expect(dao.get_by_label(th("sign_in.factor_code_label"))).to_be_focused()
    dao.keyboard.type(pyotp.TOTP(key).now())
    dao.keyboard.press("Enter")
    expect(sidebar(dao).get_by_text("ดาว")).to_be_visible()


def test_an_administrator_sets_up_the_factor_that_is_required(serve_people, visit, th):
    city = serve_people(CMI_ADMIN_SECOND_FACTOR="true")
    window = visit(city, "/signin?next=/user-accounts", width=360, height=740)
    sign_in(window, th, "admin", PASSWORD)
    expect(window.get_by_role("heading", level=1)).to_have_text(th("sign_in.factor_title"))
    assert not violations(window)
    assert window.evaluate("document.documentElement.scrollWidth <= 360")
    key = window.locator("code").inner_text().replace(" ", "")
    window.get_by_label(th("sign_in.factor_code_label")).fill(pyotp.TOTP(key).now())
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", level=1)).to_have_text(th("sign_in.recovery_title"))
    assert not violations(window)
    assert window.evaluate("document.documentElement.scrollWidth <= 360")
    window.get_by_role("link", name=th("sign_in.recovery_kept")).click()
    expect(window.get_by_role("heading", level=1)).to_have_text(th("user_accounts.title"))
