"""The form of the organisation's sign-in: an invitation is shown once, a tie is ended, and only where it is set up."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from cmi_core import text
from cmi_core.accounts.identities import Identity
from cmi_core.actions import accounts, identities
from cmi_core.calendar import clock
from cmi_core.store import identities as kept
from pages.components.people import user_accounts
from pages.components.shell import session
from tests.pages.conftest import ADMIN, AT

SAY = text.translator("en")


@pytest.fixture
def set_up(monkeypatch):
    monkeypatch.setattr(session, "provider", lambda: True)
    monkeypatch.setattr(user_accounts, "get_origin_from_redirect_uri", lambda: "https://kpi.city.example")


@pytest.fixture
def viewer(city, account_of):
    made = account_of("viewer")
    accounts.change(
        city, ADMIN, account=made.account, name=made.name, role="viewer", active=True, email="v@city.example", note="test", at=AT
    )  # fmt: skip
    return made.account


def press(at, key, note="asked for it"):
    next(one for one in at.text_input if one.label.startswith("Reason")).set_value(note)
    return next(one for one in at.button if one.label == SAY(f"user_accounts.{key}")).click().run()


def codes(at):
    return [code.value for code in at.code]


def test_an_invitation_is_shown_once(open_page, city, set_up, viewer):
    at = open_page("user_accounts", "en", "admin", account_form="invite", account=viewer)
    assert codes(at) == []
    at = press(at, "save_invite")

    assert not at.error
    (link,) = codes(at)
    assert link.startswith("https://kpi.city.example/invited?")
    (code,) = parse_qs(urlsplit(link).query)["code"]
    assert identities.waits(city, code, at=clock.now())
    assert codes(at.run()) == []


def test_a_refusal_is_told(open_page, city, set_up, account_of):
    somebody = account_of("viewer")
    at = press(
        open_page("user_accounts", "en", "admin", account_form="invite", account=somebody.account),
        "save_invite",
    )

    assert somebody.name in at.error[0].value
    assert "no e-mail" in at.error[0].value.replace("\\", "")
    assert codes(at) == []


def test_a_reason_is_asked_for(open_page, city, set_up, viewer):
    at = press(
        open_page("user_accounts", "en", "admin", account_form="invite", account=viewer), "save_invite", ""
    )

    assert at.error
    assert codes(at) == []


def test_a_tie_is_told_and_ended(open_page, city, set_up, viewer):
    now = clock.now()
    vouched = Identity(
        "https://login.city.example", "v", now - timedelta(minutes=1), "s" * 64, "v@city.example"
    )
    code = identities.invite(city, ADMIN, account=viewer, note="test", at=now)
    identities.arrive(city, vouched, code, note="test", at=now)
    at = open_page("user_accounts", "en", "admin", account_form="invite", account=viewer)
    assert any("Tied to an account" in caption.value for caption in at.caption)
    at = press(at, "save_untie")

    assert not at.error
    assert kept.tied(city).empty
    assert any(button.label == SAY("user_accounts.save_invite") for button in at.button)


def test_where_it_is_not_set_up_there_is_no_such_form(open_page, city, viewer):
    at = open_page("user_accounts", "en", "admin", account_form="invite", account=viewer)

    assert not at.exception
    labels = [button.label for button in at.button]
    assert SAY("user_accounts.save_invite") not in labels
    assert SAY("user_accounts.save_create") in labels
