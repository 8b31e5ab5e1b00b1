"""Signing in by the organisation's own OpenID Connect: who it is comes from there, what they may do from here."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, evidence, identities, kpis
from cmi_core.store.opening import REAL, open_store
from cmi_core.web import invited
from tests.journeys.conftest import HERE, answering, free_port, people, running, settled

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


ADMIN = Account("1001", "อรุณ ผู้ดูแล", "admin")
KPI = "k_d3_maekha_bod"
FILE = b"\x89PNG\r\n\x1a\n" + bytes(50)
CODES: dict[str, str] = {}


def known(store) -> None:
    """The usual accounts, of whom two have an address of the organisation; both are invited."""
    people(store)
    # A minute ago: whoever signs in at the provider right after must not be older than the account.
    at = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=1)
    for account, role, name, email in (
        ("1002", "editor", "เอก แผน", "Ek@city.example"),
        ("1004", "viewer", "วิว อ่าน", "wi@city.example"),
    ):
        accounts.change(
            store, ADMIN, account=account, name=name, role=role, active=True, email=email, note="อีเมลขององค์กร", at=at
        )  # fmt: skip
        CODES[role] = identities.invite(store, ADMIN, account=account, note="เชิญ", at=at)


@pytest.fixture(scope="module")
def provider():
    people_ = [
        {"sub": "ek", "email": "ek@city.example", "email_verified": True},
        {"sub": "wi", "email": "wi@city.example", "email_verified": True},
        {"sub": "unverified", "email": "ek@city.example", "email_verified": False},
        {"sub": "silent", "email": "ek@city.example"},
        {"sub": "same address", "email": "ek@city.example", "email_verified": True},
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


@contextmanager
def serving(provider, folder, **settings):
    """A server that knows the provider, over a database of its own."""
    port = free_port()
    secrets = folder / "secrets.toml"
    secrets.write_text(SECRETS.format(own=f"http://{HERE}:{port}", provider=provider), encoding="utf-8")
    with running(folder / "data", port=port, STREAMLIT_SECRETS_FILES=str(secrets), **settings) as served:
        yield served


@pytest.fixture(scope="module")
def organisation(provider, tmp_path_factory):
    with serving(provider, tmp_path_factory.mktemp("organisation"), prepare=known) as served:
        yield served


@pytest.fixture(scope="module")
def closed(provider, tmp_path_factory):
    """A server for account holders only, with a value that has an evidence file."""
    folder = tmp_path_factory.mktemp("closed")
    store = open_store(folder / "data" / f"{REAL}.duckdb")
    known(store)
    at = datetime.now(UTC).replace(tzinfo=None)
    kept = evidence.keep(store, ADMIN, data=FILE, name="lab.png", at=at)
    kpis.record_value(
        store, ADMIN, kpi=KPI, period="2025-01", value=4.0, quality="measured", note="ห้องแล็บ", evidence_file=kept, at=at
    )  # fmt: skip
    store.close()
    with serving(provider, folder, CMI_PUBLIC_READ="false") as served:
        yield served


@pytest.fixture
def enter(visit, organisation, provider, asked):
    """Sign in at the provider as somebody it knows, with an invitation or without; the window that comes back."""

    def enter(sub, path="/kpi-tracking", *, server=organisation, code=None, window=None):
        if window is None:
            window = visit(server, invited.link("", code, "th") if code else path)
        window.get_by_role("button", name=SAY("shell.sign_in_provider")).first.click()
        window.wait_for_url(f"{provider}/**")
        window.get_by_role("button", name=sub, exact=True).click()
        window.wait_for_url(f"{server.url}/**")
        settled(window)
        return window

    yield enter
    # The provider's own pages ask for a style sheet of theirs; they are not ours to answer for.
    asked[:] = [address for address in asked if "picocss" not in address]


@pytest.fixture(scope="module")
def tied():
    """The servers at which the editor has used the invitation."""
    return set()


@pytest.fixture
def editor(enter, tied, organisation):
    """Enter as the editor: by invitation where it is their first time."""

    def editor(server=organisation):
        code = None if server.url in tied else CODES["editor"]
        window = enter("ek", server=server, code=code)
        expect(window.get_by_test_id("stSidebar")).to_contain_text("เอก แผน")
        tied.add(server.url)
        return window

    return editor


def copied(window, visit, server, path="/kpi-tracking"):
    """Another browser that somebody has brought this one's cookies to."""
    other = visit(server, "/signin")
    other.context.add_cookies(window.context.cookies())
    other.goto(server.url + path)
    settled(other)
    return other


def leave(window, provider):
    """Sign out here, and by that at the provider."""
    window.get_by_test_id("stSidebar").get_by_role("button", name=SAY("shell.sign_out")).click()
    window.wait_for_url(f"{provider}/**")
    window.get_by_role("button", name="End session").click()
    expect(window.get_by_test_id("stSidebar").get_by_role("link", name=SAY("sign_in.title"))).to_be_visible()


def test_an_administrator_invites_and_the_account_is_theirs_from_then_on(
    enter, visit, organisation, provider
):
    admin = visit(
        organisation,
        "/user-accounts?account_form=invite&account=1004&lang=th",
        mark=organisation.sign_in("admin"),
    )
    admin.get_by_label(SAY("user_accounts.note")).fill("เริ่มใช้บัญชีของหน่วยงาน")
    admin.get_by_role("button", name=SAY("user_accounts.save_invite")).click()
    link = admin.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(f"{organisation.url}/invited?code=")
    admin.reload()
    settled(admin)
    expect(admin.get_by_test_id("stCode")).to_have_count(0)

    # The invitation that was made before opens nothing any more.
    window = visit(organisation, invited.link("", CODES["viewer"], "th"))
    expect(window.get_by_text(SAY("error.invitation_unknown"))).to_be_visible()
    window.goto(link)
    expect(window.get_by_text(SAY("shell.invited"))).to_be_visible()
    enter("wi", window=window)
    expect(window.get_by_test_id("stSidebar")).to_contain_text("วิว อ่าน")

    leave(window, provider)
    window = enter("wi")
    expect(window.get_by_test_id("stSidebar")).to_contain_text("วิว อ่าน")


def test_the_role_comes_from_our_own_accounts(editor, organisation, provider):
    window = editor()
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
    expect(window.get_by_test_id("stSidebar")).not_to_contain_text("เอก แผน")
    assert "_streamlit_user" not in {cookie["name"] for cookie in window.context.cookies()}


def test_who_signs_out_is_signed_out_in_other_hands_too(editor, visit, organisation, provider):
    window = editor()
    other = copied(window, visit, organisation)
    expect(other.get_by_test_id("stSidebar")).to_contain_text("เอก แผน")

    leave(window, provider)
    other.reload()
    expect(other.get_by_text(SAY("shell.session_ended"))).to_be_visible()
    expect(other.get_by_test_id("stSidebar")).not_to_contain_text("เอก แผน")
    # Who signs in once more is there again, and the copy is not.
    expect(editor().get_by_test_id("stSidebar")).to_contain_text("เอก แผน")
    other.reload()
    expect(other.get_by_text(SAY("shell.session_ended"))).to_be_visible()


@pytest.mark.parametrize(
    "sub",
    [
        "same address",
        *(pytest.param(sub, marks=pytest.mark.proof) for sub in ("unverified", "stranger", "nameless")),
    ],
)
def test_somebody_who_has_no_account_here_is_told_and_may_leave(enter, provider, sub):
    """Also where the address is that of an account."""
    window = enter(sub)
    expect(window.get_by_text(SAY("shell.no_account"))).to_be_visible()
    expect(window.get_by_test_id("stSidebar")).not_to_contain_text("เอก แผน")

    leave(window, provider)
    expect(window.get_by_text(SAY("shell.no_account"))).to_have_count(0)


@pytest.mark.parametrize(
    ("sub", "why"),
    [
        ("wi", "invitation_email"),
        *(
            pytest.param(sub, f"invitation_{why}", marks=pytest.mark.proof)
            for sub, why in (
                ("stranger", "email"), ("unverified", "unverified"), ("silent", "unverified"), ("nameless", "unverified")
            )
        ),
    ],
)  # fmt: skip
def test_an_invitation_in_other_hands_opens_nothing(enter, provider, tmp_path, visit, sub, why):
    with serving(provider, tmp_path, prepare=known) as server:
        window = enter(sub, server=server, code=CODES["editor"])
        expect(window.get_by_text(SAY(f"error.{why}"))).to_be_visible()
        expect(window.get_by_test_id("stSidebar")).not_to_contain_text("เอก แผน")


def test_with_closed_reading_the_map_and_evidence_are_theirs_and_end_with_the_session(
    editor, visit, closed, provider
):
    window = editor(closed)
    fetched = []
    window.on("response", lambda answer: fetched.append((answer.url, answer.status)))
    window.goto(f"{closed.url}/district-map")
    window.frame_locator("iframe[src*=streamlit_folium]").locator("html[data-ready]").wait_for()
    shapes = [(address, status) for address, status in fetched if "/geo/" in address]
    assert shapes
    assert {status for _, status in shapes} <= {200, 304}

    window.goto(f"{closed.url}/kpi-tracking?kpi={KPI}")
    link = window.get_by_role("link", name=re.compile(re.escape(SAY("kpi_words.evidence"))))
    with window.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes() == FILE
    assert download.value.suggested_filename == "lab.png"

    address = link.get_attribute("href")
    assert closed.request(address)[0].status == 200
    assert closed.request(address.partition("?")[0])[0].status == 403
    window.get_by_test_id("stSidebar").get_by_role("button", name=SAY("shell.sign_out")).click()
    window.wait_for_url(f"{provider}/**")
    assert closed.request(address)[0].status == 403
    assert {closed.request(path.removeprefix(closed.url))[0].status for path, _ in shapes} == {401}


def test_with_closed_reading_somebody_without_an_account_sees_nothing(enter, closed):
    window = enter("stranger", server=closed)
    expect(window.get_by_text(SAY("shell.no_account"))).to_be_visible()
    expect(window.get_by_role("heading", level=1)).to_have_count(0)


def test_the_policy_names_no_host_of_the_provider(organisation, provider):
    answer, _ = organisation.request("/", headers={"accept": "text/html"})

    assert provider.removeprefix("http://") not in answer.getheader("content-security-policy")


def test_the_button_is_there_only_when_it_is_set_up(server, visit):
    window = visit(server)
    expect(window.get_by_test_id("stSidebar").get_by_role("link", name=SAY("sign_in.title"))).to_be_visible()
    expect(window.get_by_role("button", name=SAY("shell.sign_in_provider"))).to_have_count(0)
    answer, _ = server.request("/auth/login", headers={"accept": "text/html"})
    assert (answer.status, answer.getheader("location")) == (302, "/")
