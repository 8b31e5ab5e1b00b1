"""Whoever is about to sign in, or to be the first administrator, can read the notice before, also where reading is closed."""

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest

from cmi_core import text, web
from cmi_core.views import own_data
from cmi_core.web import idle, invited, password_links, privacy, routes, sign_in
from cmi_core.web.addresses import busy


@pytest.fixture
def reader(client):
    client.app.router.routes.extend([*privacy.ROUTES, *idle.ROUTES, *password_links.ROUTES])
    return client


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_notice_opens_while_reading_is_closed(reader, monkeypatch, language):
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")
    answer = reader.get(f"{privacy.ADDRESS}?lang={language}")
    say = text.translator(language)

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    for each in own_data.KEPT:
        assert say(f"privacy.what_{each.code}").partition("'")[0] in answer.text
    assert say("privacy.seen_deeds_closed") in answer.text
    others = [other for other in text.LANGUAGES if other != language]
    assert [f'href="?lang={other}" lang="{other}"' in answer.text for other in others] == [True]


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("path", ["/signin", "/setup", "/idle", "/forgot"])
def test_every_page_before_signing_in_leads_there(reader, path, language):
    answer = reader.get(f"{path}?lang={language}")
    found = re.search(r'<footer><a href="([^"]+)">([^<]+)</a></footer>', answer.text)

    assert found, answer.text
    assert found[2] == text.translator(language)("privacy.title")
    assert found[1] == f"{privacy.ADDRESS}?lang={language}"
    assert reader.get(found[1]).status_code == 200


def test_a_full_server_still_tells_the_notice():
    """Its page is a plain one, which takes no place."""
    assert privacy.ADDRESS in busy({}).body.decode()
    assert any(route.path == privacy.ADDRESS for route in routes.ROUTES)


def test_what_an_operator_writes_is_shown_as_text(reader, monkeypatch):
    monkeypatch.setenv("CMI_PRIVACY_CONTACT", "<script>alert(1)</script> $body ${title} {0}")
    told = reader.get(f"{privacy.ADDRESS}?lang=en").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt; $body ${title} {0}" in told
    assert "<script>alert" not in told


def test_every_cookie_of_ours_is_told():
    found = set()
    for module in iter_modules(web.__path__):
        loaded = import_module(f"{web.__name__}.{module.name}")
        found |= {
            held
            for held in vars(loaded).values()
            if isinstance(held, str) and re.fullmatch(r"cmi_[a-z_]+", held)
        }

    assert found >= {sign_in.COOKIE, sign_in.KNOWN, invited.COOKIE}
    assert found == {name for name in own_data.COOKIES if name.startswith("cmi_")}


@pytest.mark.parametrize(
    ("name", "seconds"),
    [(invited.COOKIE, invited._SECONDS), (password_links.COOKIE, password_links._SECONDS)],
)
def test_a_cookie_is_kept_as_long_as_is_told(name, seconds):
    assert own_data.COOKIES[name].total_seconds() == seconds


def test_streamlits_own_cookies_are_told():
    from streamlit.web.server.starlette import starlette_server_config as theirs

    names = {theirs.USER_COOKIE_NAME, theirs.TOKENS_COOKIE_NAME, theirs.XSRF_COOKIE_NAME}
    assert names == {name for name in own_data.COOKIES if name.startswith("_streamlit")}
