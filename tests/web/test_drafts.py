"""What is typed is kept for its own author only, by the ticket of the form, whatever becomes of the session."""

import json
from datetime import datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from cmi_core.accounts import passwords
from cmi_core.accounts.roles import Account
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import accounts, drafts
from cmi_core.errors import PermissionRefused
from cmi_core.store import drafts as stored
from cmi_core.store import opening
from cmi_core.store.drafts import Draft, Place
from cmi_core.web import routes, sign_in
from tests import signing

AT = datetime(2026, 7, 1, 3, 0)
ADMIN = Account("head", "หัวหน้า", "admin")
PASSWORD = "a long enough word"
KPI = "k_d1_saifi"


@pytest.fixture
def city(monkeypatch):
    store = opening.open_store(":memory:")
    signing.old_account(store, "head", name="หัวหน้า", role="admin", password=PASSWORD, at=AT)
    signing.old_account(store, "nok", name="นก", role="coordinator", password=PASSWORD, at=AT)
    monkeypatch.setattr(opening, "_opened", store)
    monkeypatch.setattr(sign_in, "_throttle", Throttle())
    yield store
    store.close()


@pytest.fixture
def browser(city):
    return TestClient(Starlette(routes=routes.ROUTES), base_url="http://127.0.0.1:8501")


@pytest.fixture
def form(city):
    ticket = drafts.ticket(city, Account("nok", "นก", "coordinator"))
    return {
        "ticket": ticket, "kpi": KPI, "period": "2025", "part": "", "value": "about 4", "quality": "ประมาณจากสมมติฐาน",
        "note": "from the meter",
    }  # fmt: skip


def kept(city, account="nok", part=""):
    return stored.find(city, Place(account, KPI, "2025", part))


def test_a_form_is_kept_as_typed_without_touching_the_record(city, browser, form):
    before = city.version
    answer = browser.post("/draft", json=form | {"quality": "Estimate on assumptions"})

    assert answer.status_code == 204
    assert kept(city) == Draft("about 4", "estimate", "from the meter")
    assert city.version == before


def test_each_part_of_a_kpi_has_its_own_draft(city, browser, form):
    browser.post("/draft", json=form | {"part": "sex:female", "value": "3"})

    assert (kept(city), kept(city, part="sex:female").value) == (None, "3")


def test_an_emptied_form_leaves_no_draft(city, browser, form):
    browser.post("/draft", json=form)
    browser.post("/draft", json=form | {"value": " ", "note": "รายงานตามรอบ"})

    assert kept(city) is None


@pytest.mark.parametrize(
    "change",
    [
        {"ticket": "forged"}, {"ticket": ""}, {"kpi": "no_such"}, {"period": "2025-13"}, {"value": 4}, {"note": None},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_reason(city, browser, form, change):
    answer = browser.post("/draft", json=form | change)

    assert answer.status_code == 400
    assert answer.json()["why"]
    assert kept(city) is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"x" * 50_000])
def test_anything_else_is_refused(city, browser, body):
    assert browser.post("/draft", content=body).json() == {"why": "draft_malformed"}


def test_a_session_mark_is_no_ticket_and_a_ticket_no_session(city, browser, form):
    mark = signing.session(city, "nok", PASSWORD)

    assert browser.post("/draft", json=form | {"ticket": mark}).status_code == 400
    assert accounts.whose(city, form["ticket"]) is None


def test_a_new_password_ends_older_tickets(city, browser, form):
    accounts.set_password(city, ADMIN, account="nok", password="another long word", note="x", at=AT)

    assert browser.post("/draft", json=form).json() == {"why": "draft_ticket"}


def test_a_ticket_outlives_the_session_but_not_two_days(city, browser, form, monkeypatch):
    assert passwords.DRAFT_SECONDS > passwords.SESSION_SECONDS
    monkeypatch.setattr(passwords, "DRAFT_SECONDS", -1)

    assert browser.post("/draft", json=form).json() == {"why": "draft_ticket"}


def test_text_of_any_kind_is_only_kept(city, browser, form):
    hostile = "<script>alert(1)</script>\u0000'; DROP TABLE draft; --"
    answer = browser.post("/draft", content=json.dumps(form | {"value": hostile}))

    assert answer.status_code in {204, 400}
    assert city.rows("SELECT count(*) FROM draft")[0][0] <= 1
    assert browser.post("/draft", json=form).status_code == 204


@pytest.mark.parametrize(
    ("change", "why"), [({"active": False}, "draft_ticket"), ({"role": "viewer"}, "not_permitted")]
)
def test_the_ticket_outlives_the_session_but_not_the_account_nor_its_role(city, browser, form, change, why):
    given = {"account": "nok", "name": "นก", "role": "coordinator", "active": True, "note": "x", "at": AT}
    accounts.change(city, ADMIN, **given | change)

    answer = browser.post("/draft", json=form)
    assert (answer.status_code, answer.json()) == (400, {"why": why})
    assert kept(city) is None


def test_a_ticket_is_asked_again_when_it_is_its_turn_to_write(city, form):
    """The account may be closed between the question whose ticket it is and the draft."""
    nok = drafts.whose(city, form["ticket"])
    accounts.change(city, ADMIN, account="nok", name="นก", role="coordinator", active=False, note="x", at=AT)

    with pytest.raises(PermissionRefused, match="session_over"):
        drafts.keep(city, nok, kpi=KPI, period="2025", draft=Draft("4", "measured", "x"), at=AT)
    assert kept(city) is None


@pytest.mark.parametrize(
    "body", [b"[" * 30_000, b'{"ticket":' * 3_900, rb'{"kpi": "\ud800"}', b"", b"\xff", b"[]", b"null"]
)
def test_what_is_no_form_is_refused_and_no_fault(city, browser, body):
    answer = browser.post("/draft", content=body)

    assert (answer.status_code, answer.json()) == (400, {"why": "draft_malformed"})
    assert city.rows("SELECT count(*) FROM draft") == [(0,)]


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("note", "x" * 2_001, "text_too_long"),
        ("value", "4\0", "text_control"),
        ("note", "a\u202eb", "text_turns"),
        ("note", "\u200b", "text_unseen"),
        ("part", "\u2067x", "text_turns"),
        ("kpi", r"k\ud800", "kpi_unknown"),
    ],
)
def test_a_text_that_no_entry_could_hold_is_no_draft_either(city, browser, form, field, text, why):
    answer = browser.post("/draft", json=form | {field: text})

    assert (answer.status_code, answer.json()) == (400, {"why": why})
    assert city.rows("SELECT count(*) FROM draft") == [(0,)]


def test_drafts_that_nobody_came_back_to_give_way(city):
    nok = Account("nok", "นก", "coordinator")
    for day, account in ((0, ADMIN), (0, nok), (170, nok)):
        drafts.keep(
            city,
            account,
            kpi=KPI,
            period=f"20{10 + day // 10}",
            draft=Draft("4", "", ""),
            at=AT + timedelta(days=day),
        )

    drafts.keep(city, nok, kpi=KPI, period="2025", draft=Draft("5", "", ""), at=AT + timedelta(days=181))

    assert city.rows("SELECT account, period FROM draft ORDER BY period") == [
        ("nok", "2025"),
        ("nok", "2027"),
    ]


def test_one_account_keeps_so_many_drafts_and_no_more(city, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 3)
    nok = Account("nok", "นก", "coordinator")
    drafts.keep(city, ADMIN, kpi=KPI, period="2001", draft=Draft("1", "", ""), at=AT)
    for number in range(5):
        at = AT + timedelta(minutes=number)
        drafts.keep(city, nok, kpi=KPI, period=f"201{number}", draft=Draft("4", "", ""), at=at)
    drafts.keep(city, nok, kpi=KPI, period="2012", draft=Draft("9", "", ""), at=AT + timedelta(hours=1))

    assert city.rows("SELECT account, period, value FROM draft ORDER BY period") == [
        ("head", "2001", "1"), ("nok", "2012", "9"), ("nok", "2013", "4"), ("nok", "2014", "4"),
    ]  # fmt: skip
