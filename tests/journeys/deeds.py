"""What a reader does with a page of Streamlit, done so that it works on a slow machine too."""

import re

from playwright.sync_api import expect


def settled(page):
    """Wait until the server has drawn what was asked: a list opened meanwhile would close."""
    page.wait_for_timeout(150)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def choose(page, label, option, *, stays=True):
    """Choose from a searchable list by keyboard only; `stays`: the list is there to show it afterwards."""
    settled(page)
    box = page.get_by_role("combobox", name=label)
    box.focus()
    box.press_sequentially(option)
    page.get_by_role("option", name=option).first.wait_for()
    box.press("Enter")
    if stays:
        expect(box).to_have_value(re.compile(re.escape(option)))


def answer(page, question, said):
    """To a question of the file: of a few answers one is clicked, of many one is chosen from a list."""
    radio = page.get_by_role("radio", name=re.compile(re.escape(said)))
    listed = page.get_by_role("combobox", name=re.compile(question))
    radio.or_(listed).first.wait_for(state="attached")
    if radio.count():
        page.get_by_text(said).first.click()
    else:
        choose(page, re.compile(question), said)
