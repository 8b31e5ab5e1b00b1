"""The link of an invitation: its code waits in the browser for a quarter of an hour, and nowhere else."""

from datetime import datetime

import pytest

from cmi_core import text
from cmi_core.actions import identities
from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.web import invited
from tests import signing

PASSWORD = "ดอยสุเทพ-ดอยปุย"


@pytest.fixture
def client(client):
    client.app.router.routes.extend(invited.ROUTES)
    return client


@pytest.fixture
def code(store, admin):
    at = datetime(2026, 11, 22, 5)
    signing.old_account(
        store, "nok", name="นก", role="viewer", password=PASSWORD, at=at, email="nok@city.example"
    )
    return identities.invite(store, admin, account="nok", note="x", at=clock.now())


def test_the_code_waits_in_the_browser(client, code):
    answer = client.get(invited.link("", code, "en"))
    kept = answer.headers["set-cookie"]

    assert (answer.status_code, answer.headers["location"]) == (303, "/?lang=en")
    assert kept.startswith(f"cmi_invited={code}; ")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=900"):
        assert part in kept
    assert "Secure" not in kept
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_over_https_no_neighbouring_site_can_set_it(client, code, monkeypatch):
    monkeypatch.setenv("CMI_HTTPS", "true")
    kept = client.get(invited.link("", code, "th")).headers["set-cookie"]

    assert kept.startswith(f"__Host-cmi_invited={code}; ")
    assert "Secure" in kept


def test_a_link_that_is_looked_at_is_not_used_up(client, code, store):
    """Programs that show a preview of a link open it too."""
    client.head(invited.link("", code, "en"))
    client.get(invited.link("", code, "en"))

    assert identities.waits(store, code, at=clock.now())


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("wrong", ["", "x", "\x00", "ก" * 3000])
def test_a_code_that_cannot_be_used_is_told(client, code, language, wrong):
    answer = client.get("/invited", params={"code": wrong, "lang": language})

    assert answer.status_code == 404
    assert answer.text == text.translator(language)("error.invitation_unknown")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("language", ["//evil.example", "th\r\nset-cookie: a=b", "xx", ""])
def test_a_language_that_is_none_leads_nowhere_else(client, code, language):
    answer = client.get("/invited", params={"code": code, "lang": language})

    assert answer.headers["location"] == "/?lang=th"


def test_a_database_out_of_reach_is_told(client, monkeypatch):
    def refuse():
        raise StoreError("database_locked", path="x")

    monkeypatch.setattr(invited, "the_store", refuse)

    answer = client.get("/invited?code=x&lang=en")
    assert answer.status_code == 503
    assert "x" in answer.text
