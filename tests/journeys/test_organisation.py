"""Signing in by the organisation's own OpenID Connect: who it is comes from there, what they may do from here."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts
from tests.journeys.conftest import HERE, answering, free_port, people, running

pytestmark = pytest.mark.browser
SAY = text.translator("th")
SECRETS = """
[auth]
redirect_uri = "{own}/oauth2callback"
cookie_secret = "a secret of this test"
client_id = "city"
client_secret = "another"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


def known(store) -> None:
    """The usual accounts; the editor signs in with an address of the organisation."""
    people(store)
    accounts.change(
        store, Account("admin", "อรุณ ผู้ดูแล", "admin"), account="editor", name="เอก แผน", role="editor", active=True,
        email="Ek@city.example", note="อีเมลขององค์กร", at=datetime.now(UTC).replace(tzinfo=None),
    )  # fmt: skip


@pytest.fixture(scope="module")
def provider():
    people_ = [
        {"sub": "ek", "email": "ek@city.example", "email_verified": True},
        {"sub": "unverified", "email": "ek@city.example", "email_verified": False},
        {"sub": "stranger", "email": "stranger@city.example", "email_verified": True},
        {"sub": "nameless"},
    ]
    port = free_port()
    claims = [part for person in people_ for part in ("--user-claims", json.dumps(person))]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--host",
        HERE,
    ]
    with subprocess.Popen(
        [*command, *claims], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as served:
        address = f"http://{HERE}:{port}"
        answering(f"{address}/.well-known/openid-configuration", served)
        yield address
        served.terminate()


@pytest.fixture(scope="module")
def organisation(provider, tmp_path_factory):
    folder = tmp_path_factory.mktemp("organisation")
    port = free_port()
    secrets = folder / "secrets.toml"
    secrets.write_text(SECRETS.format(own=f"http://{HERE}:{port}", provider=provider), encoding="utf-8")
    with running(folder / "data", prepare=known, port=port, STREAMLIT_SECRETS_FILES=str(secrets)) as served:
        yield served


@pytest.fixture
def enter(visit, organisation, provider, asked):
    """Sign in at the provider as somebody it knows; the window that comes back."""

    def enter(sub, path="/kpi-tracking"):
        window = visit(organisation, path)
        window.get_by_test_id("stSidebar").get_by_role("button", name=SAY("shell.sign_in_provider")).click()
        window.wait_for_url(f"{provider}/**")
        window.get_by_role("button", name=sub, exact=True).click()
        expect(window.get_by_test_id("stSidebar")).to_be_visible()
        return window

    yield enter
    # The provider's own pages ask for a style sheet of theirs; they are not ours to answer for.
    asked[:] = [address for address in asked if "picocss" not in address]


def leave(window, provider):
    """Sign out here, and by that at the provider."""
    window.get_by_test_id("stSidebar").get_by_role("button", name=SAY("shell.sign_out")).click()
    window.wait_for_url(f"{provider}/**")
    window.get_by_role("button", name="End session").click()
    expect(window.get_by_test_id("stSidebar").get_by_role("link", name=SAY("sign_in.title"))).to_be_visible()


def test_the_role_comes_from_our_own_accounts(enter, organisation, provider):
    window = enter("ek")
    side = window.get_by_test_id("stSidebar")
    expect(side).to_contain_text("เอก แผน")
    expect(side).to_contain_text(SAY("role.editor"))
    cookies = {cookie["name"]: cookie for cookie in window.context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"]
    assert cookies["_streamlit_user"]["sameSite"] == "Lax"

    # An editor's page opens, an administrator's does not.
    window.goto(f"{organisation.url}/kpi-definitions")
    expect(window.get_by_role("heading", level=1)).to_have_text(SAY("kpi_definitions.title"))
    window.goto(f"{organisation.url}/user-accounts")
    refused = SAY("error.not_permitted", role=SAY("role.editor"))
    expect(window.get_by_text(refused)).to_be_visible()

    leave(window, provider)
    expect(window.get_by_text("เอก แผน")).to_have_count(0)
    assert "_streamlit_user" not in {cookie["name"] for cookie in window.context.cookies()}


@pytest.mark.parametrize(
    "sub",
    ["unverified", *(pytest.param(sub, marks=pytest.mark.proof) for sub in ("stranger", "nameless"))],
)
def test_somebody_who_has_no_account_here_is_told_and_may_leave(enter, provider, sub):
    window = enter(sub)
    expect(window.get_by_text(SAY("shell.no_account"))).to_be_visible()
    expect(window.get_by_text("เอก แผน")).to_have_count(0)

    leave(window, provider)
    expect(window.get_by_text(SAY("shell.no_account"))).to_have_count(0)


def test_the_policy_names_no_host_of_the_provider(organisation, provider):
    answer, _ = organisation.request("/", headers={"accept": "text/html"})

    assert provider.removeprefix("http://") not in answer.getheader("content-security-policy")


def test_the_button_is_there_only_when_it_is_set_up(server, visit):
    window = visit(server)
    expect(window.get_by_test_id("stSidebar").get_by_role("link", name=SAY("sign_in.title"))).to_be_visible()
    expect(window.get_by_role("button", name=SAY("shell.sign_in_provider"))).to_have_count(0)
    answer, _ = server.request("/auth/login", headers={"accept": "text/html"})
    assert (answer.status, answer.getheader("location")) == (302, "/")
