"""A calendar feed opens for whoever knows its address, and for nobody else."""

from datetime import datetime

import pytest
from icalendar import Calendar

from cmi_core.actions import accounts, feeds, kpi_definitions
from cmi_core.roles import Account
from cmi_core.store import kpis, opening
from cmi_core.web import feeds as routes

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


@pytest.fixture
def calendar(client, admin, store, monkeypatch):
    """The client over the whole starting data, with a KPI that is the admin's to report."""
    full = opening.open_store(":memory:")
    monkeypatch.setattr(opening, "_opened", full)
    nok = accounts.first_admin(
        full,
        code=accounts.prepare(full),
        account="nok",
        name="นก",
        password="a long enough word",
        note="x",
        at=AT,
    )
    kpi_definitions.assign(full, ED, kpi=KPI, account="nok", role="coordinator", note="x", at=AT)
    kpi_definitions.set_target(
        full, ED, kpi=KPI, baseline=5, baseline_period="2020", note="x", at=AT,
        seen_entry=kpis.definition(full, KPI)["entry"],
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
