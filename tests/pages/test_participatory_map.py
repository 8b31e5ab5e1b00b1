"""People propose points, lines and areas by keyboard; editors decide, and may take it back."""

import json
from datetime import datetime

import pytest

from cmi_core.actions import proposals
from cmi_core.actions.undo import undo
from cmi_core.views import district_map

AT = datetime(2026, 1, 6)
SHAPES = {
    "point": {"type": "Point", "coordinates": [98.97, 18.79]},
    "line": {"type": "LineString", "coordinates": [[98.97, 18.79], [98.98, 18.79]]},
    "area": {
        "type": "Polygon",
        "coordinates": [[[98.97, 18.8], [98.97, 18.79], [98.98, 18.79], [98.97, 18.8]]],
    },
}
TYPED = {
    "point": "18.79, 98.97",
    "line": "18.79, 98.97\n18.79, 98.98",
    "area": "18.8, 98.97\n18.79, 98.97\n98.98, 18.79",
}


def one(fields, begin):
    """The field whose label begins so."""
    return next(field for field in fields if field.label.startswith(begin))


def given(city, account_of, kind):
    """An open proposal; its entry."""
    return proposals.propose(
        city, account_of("coordinator"), geometry=json.dumps(SHAPES[kind]), title="ลานชุมชน", comment="", theme="space",
        organisation=None, workshop="เวที 1", note="เวที", at=AT,
    )  # fmt: skip


@pytest.mark.parametrize("role", [None, "viewer", "coordinator", "editor"])
def test_only_those_who_may_propose_get_the_pencil(open_page, role):
    at = open_page("participatory_map", "en", role)

    assert not at.exception
    assert bool([field for field in at.text_input if field.label == "Title of the proposal"]) == (
        role in {"coordinator", "editor"}
    )


@pytest.mark.parametrize("kind", SHAPES)
def test_a_shape_typed_by_keyboard_is_saved(open_page, city, kind):
    at = open_page("participatory_map", "en", "coordinator", draw=kind)
    one(at.text_area, "Or type").input(TYPED[kind]).run()
    one(at.text_input, "Title").input("Lab")
    one(at.button, "Send the proposal").click().run()

    assert not at.exception
    ((title, state, found, geometry),) = city.rows(
        "SELECT title, state, kind, geometry FROM proposal_current"
    )
    assert (title, state, found) == ("Lab", "open", kind)
    assert json.loads(geometry)["type"] == SHAPES[kind]["type"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abc", "Line 1"),
        ("18.79, 98.97", "at least 3"),
        ("1.5, 98.9; 1.6, 98.9; 1.5, 99", "outside Thailand"),
    ],
)
def test_what_cannot_be_read_is_said_while_it_is_typed(open_page, city, text, said):
    at = open_page("participatory_map", "en", "coordinator", draw="area")
    one(at.text_area, "Or type").input(text).run()

    assert said in at.error[0].value
    assert city.rows("SELECT * FROM proposal_current") == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("line", {"Metres to either side": 20.0, "The drawn line may": 30.0}),
        ("area", {"The drawn line may": 30.0}),
    ],
)
def test_an_editor_accepts_a_line_or_an_area_as_a_place_and_takes_it_back(
    open_page, city, account_of, kind, fields
):
    given(city, account_of, kind)
    at = open_page("participatory_map", "en", "editor")
    one(at.text_input, "Reason").input("ตรวจแล้ว")
    one(at.button, "Accept as a place").click().run()
    assert "by how many metres the drawn line may be off" in at.error[0].value

    for label, value in fields.items():
        one(at.number_input, label).set_value(value)
    one(at.button, "Accept as a place").click().run()
    assert not at.exception
    assert "now a place" in at.success[0].value
    assert "p1_place" in set(district_map.drawn(city)["place"])

    one(at.button, "Take the acceptance back").click().run()
    assert not at.exception
    assert "p1_place" not in set(district_map.drawn(city)["place"])
    assert city.rows("SELECT state FROM proposal_current") == [("open",)]


def test_an_accepted_place_has_its_card_in_both_languages(open_page, city, account_of):
    proposals.accept_as_place(
        city, account_of("editor"), proposal="p1", name_en="Community yard", corridor_m=20, accuracy_m=30,
        extent=("ข้างละ 20 เมตร", "20 m to either side"), note="ตรวจแล้ว", seen=given(city, account_of, "line"), at=AT,
    )  # fmt: skip
    for language, said in (
        ("th", ["ลานชุมชน", "ข้างละ 20 เมตร", "เวที 1"]),
        ("en", ["Community yard", "20 m", "since the plan"]),
    ):
        at = open_page("district_map", language, place="p1_place")
        shown = "".join(block.proto.body for block in at.get("html"))

        assert not at.exception
        assert all(words in shown for words in said)


def test_an_undo_that_comes_too_late_is_told(open_page, city, account_of):
    seen = given(city, account_of, "point")
    editor = account_of("editor")
    accepted = proposals.accept_as_landmark(
        city, editor, proposal="p1", category="park", name_en="", note="ตรวจแล้ว", seen=seen, at=AT
    )
    at = open_page("participatory_map", "en", "editor")
    undo(city, editor, entry=accepted, note="พลาด", at=AT)
    one(at.button, "Take the acceptance back").click().run()

    assert not at.exception
    assert len(at.error) == 1
