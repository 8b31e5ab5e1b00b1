"""A calendar feed opens for whoever knows its address, and for nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, feeds, kpi_definitions
from cmi_core.store import kpis, opening
from cmi_core.web import feeds as routes
from tests import signing

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


@pytest.fixture
def calendar(client, admin, store, monkeypatch):
    """The client over the whole starting data, with a KPI that is the admin's to report."""
    full = opening.open_store(":memory:")
    monkeypatch.setattr(opening, "_opened", full)
    nok = signing.old_account(full, "nok", name="นก", role="admin", password="a long enough word", at=AT)
    kpi_definitions.assign(full, ED, kpi=KPI, account="nok", role="coordinator", note="x", at=AT)
    kpi_definitions.set_target(
        full, ED, kpi=KPI, baseline=5, baseline_period="2020", note="x", at=AT,
        expected_version=kpis.definition(full, KPI)["entry"],
    )  # fmt: skip
    client.app.router.routes.extend(routes.ROUTES)
    yield client, full, nok
    full.close()


def test_the_feed_holds_the_due_days(calendar):
    client, store, nok = calendar
    answer = client.get(f"/feed/{feeds.token(store, nok)}.ics?lang=en")
    read = Calendar.from_ical(answer.content)

    assert answer.headers["content-type"].startswith("text/calendar")
    assert any("SAIFI" in str(event["summary"]) for event in read.walk("VEVENT"))


def test_a_new_address_ends_the_old_one(calendar):
    client, store, nok = calendar
    old = feeds.token(store, nok)
    assert feeds.token(store, nok) == old
    new = feeds.token(store, nok, fresh=True)

    assert client.get(f"/feed/{old}.ics").status_code == 404
    assert client.get(f"/feed/{new}.ics").status_code == 200
    assert client.get("/feed/guess.ics").status_code == 404


def test_an_account_that_is_switched_off_has_no_feed(calendar):
    client, store, nok = calendar
    signing.old_account(store, "second", name="สอง", role="admin", password="a long enough word", at=AT)
    token = feeds.token(store, nok)
    accounts.change(
        store,
        Account("second", "สอง", "admin"),
        account="nok",
        name="นก",
        role="admin",
        active=False,
        note="x",
        at=AT,
    )

    assert client.get(f"/feed/{token}.ics").status_code == 404


def test_an_address_cannot_be_guessed_and_is_kept_by_nobody_else(calendar):
    client, store, nok = calendar
    token = feeds.token(store, nok)
    answer = client.get(f"/feed/{token}.ics")

    assert len(token) >= 43  # 256 bits
    assert "private" in answer.headers["cache-control"]
    assert token.encode() not in answer.content


def test_a_stand_in_finds_the_due_days_until_the_last_day(calendar):
    client, store, _ = calendar
    lek = signing.old_account(
        store, "lek", name="เล็ก", role="coordinator", password="a long enough word", at=AT
    )
    address = f"/feed/{feeds.token(store, lek)}.ics"
    assert Calendar.from_ical(client.get(address).content).walk("VEVENT") == []
    today = datetime.now(UTC)
    kpi_definitions.assign(
        store, ED, kpi=KPI, account="lek", role="stand_in", ends_on=(today + timedelta(days=30)).date(), note="x",
        at=today.replace(tzinfo=None),
    )  # fmt: skip
    assert Calendar.from_ical(client.get(address).content).walk("VEVENT")
