"""The form for a link to choose a password: the link is shown once, with its picture, fit to be printed."""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from cmi_core import text
from cmi_core.accounts import second_factor
from cmi_core.actions import accounts, password_links
from cmi_core.calendar import clock
from cmi_core.store import opening
from cmi_core.web.sign_in import COOKIE
from pages.components.people import password_links as component
from tests import signing

SAY = text.translator("en")
PASSWORD, AT = "a long enough word", datetime(2026, 1, 5, 3, 0)


@pytest.fixture
def city(monkeypatch):
    """A database with an administrator, whose session the page has, and somebody with a hostile name."""
    store = opening.open_store(":memory:")
    admin = accounts.first_admin(
        store, code=accounts.prepare(store), sign_in="head", name="หัวหน้า", password=PASSWORD, note="x", at=AT
    )
    accounts.create(store, admin, sign_in="nok", name="<b>นก</b>", role="viewer", note="x", at=AT)
    monkeypatch.setattr(opening, "_opened", store)
    cookies = {COOKIE: signing.session(store, "head", PASSWORD)}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
    monkeypatch.setenv("CMI_SITE", "https://kpi.city.example")
    monkeypatch.delenv("CMI_PUBLIC_READ", raising=False)
    st.cache_data.clear()
    yield store
    st.cache_data.clear()
    store.close()


def drawn():
    """The component on a page of its own, for the account that the address names."""
    import streamlit as st

    from cmi_core.store import accounts
    from pages.components.people import password_links
    from pages.components.shell import session

    page = session.begin("user_accounts")
    rows = page.read(accounts.everybody).to_dict("records")
    password_links.show(page, next(row for row in rows if row["sign_in"] == st.query_params["who"]))


def open_form(who="nok", language="en"):
    at = AppTest.from_function(drawn, default_timeout=300)
    at.query_params.update({"lang": language, "who": who})
    return at.run()


def press(at, note="starts on Monday", language="en"):
    at.text_input[0].set_value(note)
    label = text.translator(language)("password_links.save")
    return next(one for one in at.button if one.label == label).click().run()


def links(at):
    return [code.value for code in at.code]


def html(at):
    return "".join(part.proto.body for part in at.main.get("html"))


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_link_is_shown_once_with_its_picture_and_its_end(city, language):
    at = open_form(language=language)
    assert links(at) == []
    at = press(at, language=language)

    assert [list(at.exception), list(at.error)] == [[], []]
    (link,) = links(at)
    assert link.startswith("https://kpi.city.example/password?")
    (code,) = parse_qs(urlsplit(link).query)["code"]
    assert password_links.waits(city, code, at=clock.now()) == "nok"
    assert second_factor.picture(link) in html(at)
    assert "nok" in html(at)
    assert links(at.run()) == []


def test_a_name_is_told_letter_by_letter(city):
    told = html(press(open_form()))

    assert "&lt;b&gt;นก&lt;/b&gt;" in told
    assert "<b>นก" not in told


@pytest.mark.parametrize(("who", "note"), [("nok", ""), ("head", "my own")])
def test_a_refusal_is_told_and_makes_none(city, who, note):
    at = press(open_form(who), note)

    assert len(at.error) == 1
    assert links(at) == []
    assert city.rows("SELECT count(*) FROM password_link") == [(0,)]


@pytest.mark.parametrize(
    ("opened", "begins"),
    [("http://10.0.0.5:8501/user-accounts", "http://10.0.0.5:8501/password?"), (None, "/password?")],
)
def test_without_an_address_of_the_site_it_begins_with_the_readers_own_and_says_so(
    city, monkeypatch, opened, begins
):
    monkeypatch.delenv("CMI_SITE")
    monkeypatch.setattr(component, "get_origin_from_redirect_uri", lambda: None)
    monkeypatch.setattr(ContextProxy, "url", property(lambda _: opened))
    at = press(open_form())

    assert links(at)[0].startswith(begins)
    assert SAY("password_links.no_site") in [caption.value for caption in at.caption]


def test_an_address_that_is_none_is_told_before_a_link_is_made(city, monkeypatch):
    monkeypatch.setenv("CMI_SITE", "kpi.city.example/dashboard")
    at = open_form()

    assert "CMI" in at.error[0].value
    assert re.search("address", at.error[0].value)
    assert not at.button
