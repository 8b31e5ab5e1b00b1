"""From an account that is opened to its owner's first sign-in, and to the number that is left of them."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
OWN = "ดอยหลวงสามยอด-ข้าวซอย"
NAME, EMAIL = "นภา ใจงาม", "napa@city.example"


@pytest.fixture(scope="module")
def our_server(serve_people):
    return serve_people()


def fill(window, th, **told):
    for key, words in told.items():
        window.get_by_label(th(f"user_accounts.{key}"), exact=True).fill(words)


def test_who_is_invited_chooses_a_password_and_is_a_number_once_closed(our_server, visit, th):
    server = our_server
    head = visit(server, "/user-accounts?account_form=create", mark=server.sign_in("admin"))
    fill(head, th, sign_in="napa", name=NAME, email=EMAIL, note="เริ่มงาน")
    head.get_by_role("button", name=th("user_accounts.save_create")).click()
    expect(head.get_by_text(th("password_links.made"))).to_be_visible()
    link = head.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(f"{server.url}/password?")

    own = visit(server, link.removeprefix(server.url))
    # What stands in the address bar afterwards opens nothing in other hands.
    assert "code=" not in own.url
    expect(own.get_by_label(th("sign_in.account_label"), exact=True)).to_have_value("napa")
    own.get_by_label(th("sign_in.own_password_label"), exact=True).fill(OWN)
    own.get_by_role("button", name=th("sign_in.link_button")).click()
    own.goto(f"{server.url}/signin?lang=th")
    own.get_by_label(th("sign_in.account_label"), exact=True).fill(EMAIL.upper())
    own.get_by_label(th("sign_in.password_label"), exact=True).fill(OWN)
    own.keyboard.press("Enter")
    expect(own.get_by_test_id("stSidebar").get_by_text(NAME)).to_be_visible()
    # A second use of the link opens nothing.
    again = visit(server, link.removeprefix(server.url))
    expect(again.get_by_text(th("error.password_link_unknown"))).to_be_visible()

    head.goto(f"{server.url}/user-accounts?lang=th&account_form=close&account=1005")
    head.get_by_text(th("user_accounts.close_sure", name=NAME)).click()
    fill(head, th, note="พ้นหน้าที่")
    head.get_by_role("button", name=th("user_accounts.save_close")).click()
    number = th("people.closed", number=1)
    expect(head.get_by_text(th("user_accounts.closed_as", who=number))).to_be_visible()

    log = visit(server, "/audit-log", mark=server.sign_in("editor"))
    expect(log.get_by_text(number).first).to_be_visible()
    expect(log.get_by_text(NAME)).to_have_count(0)
    own.goto(f"{server.url}/my-account?lang=th")
    expect(own.get_by_test_id("stSidebar").get_by_text(NAME)).to_have_count(0)
