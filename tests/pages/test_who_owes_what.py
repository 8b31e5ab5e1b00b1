"""The list of who owes what, a ready e-mail and one's own calendar feed."""

from datetime import datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, kpi_definitions
from cmi_core.store import feeds
from cmi_core.store import kpis as stored

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


@pytest.mark.parametrize(("language", "title"), [("th", "ใครค้างส่งอะไร"), ("en", "Who owes what")])
def test_it_opens_with_nothing_owed(open_page, city, account_of, language, title):
    at = open_page("who_owes_what", language, "coordinator")

    assert [at.title[0].value, list(at.exception), len(at.info)] == [title, [], 1]
    token = feeds.token_of(city, account_of("coordinator").account)
    assert any(token in block.value for block in at.code)


def test_what_is_owed_is_told_with_a_ready_mail(open_page, city, account_of):
    nok = account_of("coordinator")
    kpi_definitions.assign(city, ED, kpi=KPI, account=nok.account, role="coordinator", note="x", at=AT)
    kpi_definitions.set_target(
        city, ED, kpi=KPI, baseline=5, baseline_period="2020", note="x", at=AT,
        expected_version=stored.definition(city, KPI)["entry"],
    )  # fmt: skip
    at = open_page("who_owes_what", "en", "editor")

    assert not at.exception
    assert at.dataframe[0].value["Coordinator"].tolist() == [nok.name]
    assert "Average power interruptions" in at.code[0].value
    assert nok.name in at.code[0].value


def test_whoever_has_left_owes_nothing(open_page, city, account_of):
    """The KPI waits for somebody to be named instead."""
    nok = account_of("coordinator")
    kpi_definitions.assign(city, ED, kpi=KPI, account=nok.account, role="coordinator", note="x", at=AT)
    kpi_definitions.set_target(
        city, ED, kpi=KPI, baseline=5, baseline_period="2020", note="x", at=AT,
        expected_version=stored.definition(city, KPI)["entry"],
    )  # fmt: skip
    accounts.change(
        city, account_of("admin"), account=nok.account, name=nok.name, role="coordinator", active=False,
        note="moved away", at=AT,
    )  # fmt: skip
    at = open_page("who_owes_what", "en", "editor")

    assert at.dataframe[0].value["Coordinator"].tolist() == ["Nobody assigned"]
    people = open_page("kpi_definitions", "en", "editor", kpi=KPI, part="people").dataframe[0].value
    assert people.iloc[0, 0] == f"{nok.name} (account switched off)"


@pytest.mark.parametrize(
    ("role", "sees"), [("coordinator", False), ("lead", False), ("editor", True), ("admin", True)]
)
def test_an_address_is_for_those_who_send_reminders(open_page, city, account_of, monkeypatch, role, sees):
    """The list and its files never had one; the ready e-mail goes without it for everybody else."""
    monkeypatch.setenv("CMI_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("CMI_SMTP_FROM", "kpi@city.example")
    nok = account_of("coordinator")
    accounts.change(
        city, account_of("admin"), account=nok.account, name=nok.name, role="coordinator", active=True,
        email="nok@city.example", note="x", at=AT,
    )  # fmt: skip
    kpi_definitions.assign(city, ED, kpi=KPI, account=nok.account, role="coordinator", note="x", at=AT)
    kpi_definitions.set_target(
        city, ED, kpi=KPI, baseline=5, baseline_period="2020", note="x", at=AT,
        expected_version=stored.definition(city, KPI)["entry"],
    )  # fmt: skip
    at = open_page("who_owes_what", "en", role)

    assert not at.exception
    drawn = str(at) + "".join(part.proto.body for part in at.get("html"))
    assert nok.name in drawn
    assert ("nok@city.example" in drawn) is sees
    assert any(button.label.startswith("Send to") for button in at.button) is sees
    told = "Addresses are shown only to those who send reminders."
    assert any(told in each.value for each in at.markdown) is not sees
    assert not at.dataframe[0].value.astype(str).apply(lambda column: column.str.contains("@")).any(axis=None)
