"""A coordinator's routine in a real browser: one minute, by keyboard, on a phone; and nothing typed is ever lost."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpi_definitions
from cmi_core.store import kpis as stored
from cmi_core.store.opening import open_store
from tests.journeys.conftest import PASSWORD, people, running

pytestmark = pytest.mark.browser
PATIENCE = 90_000
OWED, OTHER = "k_d1_saifi", "k_d3_maekha_bod"
EDITOR = Account("1002", "เอก แผน", "editor")
PHONE = {"width": 360, "height": 740}


def owing(store) -> None:
    """Accounts, and two KPIs of the coordinator's that have a baseline: values are due."""
    people(store)
    at = datetime.now(UTC).replace(tzinfo=None)
    for kpi, base in ((OWED, "2020"), (OTHER, "2020-01")):
        kpi_definitions.assign(
            store, EDITOR, kpi=kpi, account="1003", role="coordinator", note="มอบหมาย", at=at
        )
        seen = stored.definition(store, kpi)["entry"]
        kpi_definitions.set_target(
            store,
            EDITOR,
            kpi=kpi,
            note="เริ่มเก็บ",
            at=at,
            expected_version=seen,
            baseline=9,
            baseline_period=base,
        )


@pytest.fixture
def city(tmp_path):
    with running(tmp_path / "city", prepare=owing) as served:
        yield served


def value_field(window):
    return window.locator('[class*="st-key-draft_value"] input')


def stands(folder, kpi=OWED):
    """What is recorded, read once the server has stopped."""
    store = open_store(folder / "real.duckdb")
    try:
        return stored.values(store, kpi)[["period", "value"]].to_numpy().tolist()
    finally:
        store.close()


def kept(window, th):
    """Wait until the page says that the server has what was typed."""
    expect(window.locator(".cmi-draft-said")).to_have_text(th("my_updates.kept"), timeout=PATIENCE)


def test_two_values_by_keyboard_alone_on_a_phone(tmp_path, visit, th):
    """From signing in to the first value saved: the password, the value, nothing else; Enter goes on."""
    with running(tmp_path / "city", prepare=owing) as city:
        window = visit(city, "/signin?lang=th&next=/my-updates?lang=th", **PHONE)
        window.set_default_timeout(PATIENCE)
        window.locator("#account").focus()
        window.keyboard.type("coordinator")
        window.keyboard.press("Tab")
        window.keyboard.type(PASSWORD)
        window.keyboard.press("Enter")

        expect(value_field(window)).to_be_focused(timeout=PATIENCE)
        expect(value_field(window)).to_be_in_viewport()
        asked = window.locator(".cmi-kpi-hero").inner_text()
        window.keyboard.type("8.5")
        window.keyboard.press("Enter")
        expect(window.get_by_test_id("stMain")).to_contain_text("= 8.5", timeout=PATIENCE)
        expect(window.locator(".cmi-kpi-hero")).not_to_have_text(asked, timeout=PATIENCE)
        expect(value_field(window)).to_have_value("", timeout=PATIENCE)

        expect(value_field(window)).to_be_focused(timeout=PATIENCE)
        window.keyboard.type("๘.๒๕")
        window.keyboard.press("Enter")
        expect(window.get_by_test_id("stMain")).to_contain_text("= 8.25", timeout=PATIENCE)
        wide = window.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= PHONE["width"]
    assert [value for kpi in (OWED, OTHER) for _, value in stands(tmp_path / "city", kpi)] == [8.5, 8.25]


def test_a_chosen_kpi_by_keyboard_alone_on_a_phone(tmp_path, visit, th):
    with running(tmp_path / "city", prepare=owing) as city:
        window = visit(city, f"/kpi-entry?kpi={OWED}", mark=city.sign_in("coordinator"), **PHONE)
        window.set_default_timeout(PATIENCE)
        expect(value_field(window)).to_be_focused(timeout=PATIENCE)
        window.keyboard.type("7")
        window.keyboard.press("Enter")
        expect(window.get_by_test_id("stMain")).to_contain_text("= 7", timeout=PATIENCE)
        expect(window).to_have_url(re.compile("period=2022"), timeout=PATIENCE)

        expect(value_field(window)).to_be_focused(timeout=PATIENCE)
        window.keyboard.type("6")
        window.keyboard.press("Enter")
        expect(window.get_by_test_id("stMain")).to_contain_text("= 6", timeout=PATIENCE)
    assert stands(tmp_path / "city") == [["2021", 7.0], ["2022", 6.0]]


def test_what_is_to_be_touched_is_as_large_as_a_thumb(city, visit):
    window = visit(city, f"/my-updates?kpi={OWED}", mark=city.sign_in("coordinator"), **PHONE)
    window.set_default_timeout(PATIENCE)
    expect(value_field(window)).to_be_visible(timeout=PATIENCE)

    targets = window.locator(
        "[data-testid=stForm] :is(button, input, [data-baseweb=select]), .cmi-go"
    ).evaluate_all(
        "all => all.filter(each => each.offsetParent).map(each => [each.textContent || each.tagName,"
        " (each.closest('[data-baseweb=input]') || each).getBoundingClientRect().height])"
    )
    assert len(targets) >= 4
    assert not [target for target in targets if target[1] < 44]


def test_what_was_typed_is_back_after_a_reload_and_in_a_second_tab(city, visit, th):
    mark = city.sign_in("coordinator")
    window = visit(city, f"/my-updates?kpi={OWED}", mark=mark)
    window.set_default_timeout(PATIENCE)
    value_field(window).fill("12.75")
    kept(window, th)
    window.reload()
    expect(value_field(window)).to_have_value("12.75", timeout=PATIENCE)
    expect(window.locator(".cmi-draft-said")).to_have_text(th("my_updates.restored"), timeout=PATIENCE)

    tab = visit(city, f"/kpi-entry?kpi={OWED}&period=2021", mark=mark)
    expect(value_field(tab)).to_have_value("12.75", timeout=PATIENCE)


def test_what_was_typed_is_back_after_the_server_was_killed(tmp_path, visit, th):
    with running(tmp_path / "city", prepare=owing) as city:
        port = city.url.rsplit(":", 1)[1]
        window = visit(city, f"/my-updates?kpi={OWED}", mark=city.sign_in("coordinator"))
        window.set_default_timeout(PATIENCE)
        value_field(window).fill("12.7")
        kept(window, th)
        # The last letter is typed while the server does not answer any more.
        window.route("**/draft", lambda route: route.abort())
        value_field(window).press_sequentially("5")
        expect(window.locator(".cmi-draft-said")).to_have_text(th("my_updates.waiting"), timeout=PATIENCE)
        city.process.kill()
        city.process.wait()
    window.unroute("**/draft")
    with running(tmp_path / "city", port=int(port)):
        expect(value_field(window)).to_have_value("12.75", timeout=PATIENCE)
        expect(window.locator(".cmi-draft-said")).to_have_text(
            re.compile(f"{re.escape(th('my_updates.restored'))}|{re.escape(th('my_updates.kept'))}"),
            timeout=PATIENCE,
        )
        window.reload()
        expect(value_field(window)).to_have_value("12.75", timeout=PATIENCE)


def test_a_session_that_ends_while_typing_loses_nothing(city, visit, th):
    mark = city.sign_in("coordinator")
    window = visit(city, f"/my-updates?kpi={OWED}", mark=mark)
    window.set_default_timeout(PATIENCE)
    expect(value_field(window)).to_be_visible(timeout=PATIENCE)
    window.context.clear_cookies()
    value_field(window).fill("12.75")
    kept(window, th)
    window.reload()
    window.get_by_test_id("stMain").get_by_role("link", name=th("sign_in.title")).click()
    window.locator("#account").fill("coordinator")
    window.locator("#password").fill(PASSWORD)
    window.keyboard.press("Enter")
    expect(value_field(window)).to_have_value("12.75", timeout=PATIENCE)


def test_what_is_recorded_leaves_no_draft_behind(city, visit, th):
    mark = city.sign_in("coordinator")
    window = visit(city, f"/my-updates?kpi={OWED}", mark=mark)
    window.set_default_timeout(PATIENCE)
    expect(value_field(window)).to_be_focused(timeout=PATIENCE)
    window.keyboard.type("8.5")
    window.keyboard.press("Enter")
    expect(window.get_by_test_id("stMain")).to_contain_text("= 8.5", timeout=PATIENCE)
    again = visit(city, f"/kpi-entry?kpi={OWED}&period=2021", mark=mark)
    expect(value_field(again)).to_have_value("", timeout=PATIENCE)


def test_two_people_at_once_the_second_sees_both_and_chooses(city, visit, th):
    coordinator = visit(city, f"/my-updates?kpi={OWED}", mark=city.sign_in("coordinator"))
    editor = visit(city, f"/kpi-entry?kpi={OWED}&period=2021", mark=city.sign_in("editor"))
    for window in (coordinator, editor):
        window.set_default_timeout(PATIENCE)
        expect(value_field(window)).to_be_visible(timeout=PATIENCE)
    value_field(editor).fill("5")
    value_field(editor).press("Enter")
    expect(editor.get_by_test_id("stMain")).to_contain_text("= 5", timeout=PATIENCE)

    value_field(coordinator).fill("4")
    value_field(coordinator).press("Enter")
    expect(coordinator.locator(".cmi-both b")).to_have_text(["5", "4"], timeout=PATIENCE)
    expect(value_field(coordinator)).to_have_value("4")
