"""Somebody signs out in one window, and another that is still open does nothing more for them."""

import json
import re
from contextlib import ExitStack
from datetime import datetime

import pytest
from playwright.sync_api import expect

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import proposals
from tests.journeys.conftest import people, running, settled
from tests.journeys.deeds import choose

pytestmark = pytest.mark.browser
SAY = text.translator("en")
OVER = SAY("shell.session_ended")
MAP = "iframe[src*=streamlit_folium]"


def with_a_landmark(store) -> None:
    """The people, and a proposal that became a point of the map."""
    people(store)
    given = {"note": "x", "at": datetime(2026, 1, 6)}
    editor = Account("1002", "เอก แผน", "editor")
    seen = proposals.propose(
        store, editor, geometry=json.dumps({"type": "Point", "coordinates": [98.97, 18.79]}), title="Yard", comment="",
        theme="space", organisation=None, workshop="", **given,
    )  # fmt: skip
    proposals.accept_as_landmark(
        store, editor, proposal="p1", category="laboratory", name_en="Yard", seen=seen, **given
    )


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    with ExitStack() as stack:

        def start(**settings):
            folder = tmp_path_factory.mktemp("authority") / "data"
            return stack.enter_context(running(folder, prepare=with_a_landmark, **settings))

        yield start


@pytest.fixture(scope="module")
def city(start):
    return start()


def signed_out_elsewhere(server, mark) -> None:
    answer, _ = server.request("/signout", cookie=mark, headers={"sec-fetch-site": "same-origin"})
    assert answer.status == 303


def test_a_fragment_proposes_nothing_after_signing_out_in_another_window(city, visit):
    mark = city.sign_in("coordinator")
    window = visit(city, "/participatory-map?lang=en&draw=point", mark=mark)
    field = window.get_by_role("textbox", name="Or type positions")
    field.fill("18.7883, 98.9853")
    field.press("Control+Enter")
    expect(window.locator("p[role=status]")).to_contain_text("18.78830, 98.98530")
    window.get_by_label("Title of the proposal").fill("Nobody's")

    signed_out_elsewhere(city, mark)
    window.get_by_role("button", name="Send the proposal").click()
    expect(window.get_by_text(OVER)).to_be_visible()
    expect(window.get_by_label("Title of the proposal")).to_have_count(0)
    settled(window)
    expect(window.get_by_text("Nobody's")).to_have_count(0)


def test_a_button_takes_nothing_back_after_signing_out_in_another_window(city, visit):
    mark = city.sign_in("editor")
    window = visit(city, "/participatory-map?lang=en", mark=mark)
    window.get_by_text(re.compile("p1 · Yard")).click()
    undo = window.get_by_role("button", name=SAY("participatory_map.undo"))
    expect(undo).to_be_visible()
    settled(window)

    signed_out_elsewhere(city, mark)
    undo.click()
    expect(window.get_by_text(OVER)).to_be_visible()
    expect(window.get_by_text(SAY("error.session_over"))).to_be_visible()
    expect(undo).to_have_count(0)
    reader = visit(city, "/participatory-map?lang=en")
    expect(reader.get_by_text(f"p1 · Yard · {SAY('participatory_map.state_accepted')}").first).to_be_visible()


def test_closed_reading_ends_within_the_map_too(start, visit):
    closed = start(CMI_PUBLIC_READ="false")
    mark = closed.sign_in("viewer")
    window = visit(closed, "/district-map?lang=en", mark=mark)
    window.frame_locator(MAP).locator("html[data-ready]").wait_for()
    # The browser sends its session with what the map fetches, so that no address needs a ticket.
    assert window.evaluate("async () => (await fetch('/geo/places.geojson')).status") == 200

    signed_out_elsewhere(closed, mark)
    choose(window, SAY("map.place_label"), "Suan Dok", stays=False)
    expect(window.get_by_text(OVER)).to_be_visible()
    expect(window.get_by_test_id("stHeading")).to_have_count(0)
    expect(window.locator(MAP)).to_have_count(0)
    assert window.evaluate("async () => (await fetch('/geo/places.geojson')).status") == 401
