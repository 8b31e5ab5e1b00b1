"""The three users' ways through the product, in a real browser without a network."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpi_definitions
from tests.journeys.conftest import PASSWORD, people, running

pytestmark = pytest.mark.browser
KPI = "k_d3_maekha_bod"


def assigned(store) -> None:
    """Accounts, and one KPI in the coordinator's hands."""
    people(store)
    kpi_definitions.assign(
        store, Account("1002", "เอก แผน", "editor"), kpi=KPI, account="1003", role="coordinator",
        note="มอบหมาย", at=datetime.now(UTC).replace(tzinfo=None),
    )  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    with running(tmp_path_factory.mktemp("city"), prepare=assigned) as served:
        yield served


def test_an_executive_reads_and_shares_a_link(city, visit, th):
    window = visit(city)
    expect(window.locator(".cmi-big strong").first).to_have_text("67.13")
    expect(window.locator(".cmi-bars b")).to_have_text(["88.33", "85.18", "74.07", "25.93"])
    assert window.locator("html").get_attribute("lang") == "th"

    window.get_by_test_id("stSidebar").get_by_text("English", exact=True).click()
    expect(window.get_by_role("heading", level=1)).to_have_text("City overview")
    window.get_by_test_id("stSidebarNav").get_by_text("KPI tracking").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("KPI tracking")
    shared = window.url
    assert "lang=en" in shared

    other = visit(city, shared.removeprefix(city.url))
    expect(other.get_by_role("heading", level=1)).to_have_text("KPI tracking")


def test_nia_staff_drill_to_a_source(city, visit, th):
    window = visit(city, "/index-breakdown")
    expect(window.locator(".cmi-pair .cmi-big strong")).to_have_text(["67.13", "68.38"])
    expect(window.get_by_test_id("stMain")).to_contain_text("83.33")
    expect(window.locator(".st-key-sources_index_breakdown")).to_contain_text("สถาบันนโยบายสาธารณะ")


def test_a_coordinator_records_corrects_and_finds_it_again(city, visit, th):
    window = visit(city, f"/signin?lang=th&next=/kpi-entry?kpi={KPI}")
    window.locator("#account").fill("coordinator")
    window.locator("#password").fill(PASSWORD)
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", level=1)).to_have_text(th("kpi_entry.title"))
    expect(window).to_have_url(re.compile(rf"[?&]kpi={KPI}\b"))

    # From here: type the value, press save. The period, the quality mark and the reason are filled in.
    window.get_by_test_id("stForm").get_by_role("textbox").first.fill("12.5")
    window.get_by_role("button", name=th("kpi_entry.save")).click()
    expect(window.get_by_test_id("stMain")).to_contain_text("12.5")

    entry = city.sign_in("coordinator")
    log = visit(city, f"/audit-log?kpi={KPI}", mark=entry)
    expect(log.get_by_test_id("stMain")).to_contain_text("12.5")
    expect(log.get_by_test_id("stMain")).to_contain_text("ก้อย ประสาน")
    tracked = visit(city, f"/kpi-tracking?kpi={KPI}")
    expect(tracked.get_by_test_id("stMain")).to_contain_text("12.5")
