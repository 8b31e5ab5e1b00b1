"""The goal board shows the plan to everybody and lets an editor say how far a means is."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from cmi_core.accounts.roles import Account
from cmi_core.actions.goals import update_means
from cmi_core.actions.kpi_definitions import define_kpi
from cmi_core.actions.kpis import record_value
from cmi_core.store import Store, goals
from cmi_core.store import kpis as kpis_stored
from cmi_core.views import goal_board as views

AT = datetime(2026, 1, 5, 3, 0)
EDITOR = Account("ed", "Ed", "editor")


def board_of(at: AppTest) -> str:
    return "".join(block.proto.body for block in at.get("html"))


@pytest.mark.parametrize("role", [None, "viewer", "coordinator", "editor", "admin"])
@pytest.mark.parametrize(("language", "title"), [("th", "กระดานเป้าหมาย"), ("en", "Goal board")])
def test_it_opens_for_everybody(open_page, language, title, role):
    at = open_page("goal_board", language, role)

    assert [at.title[0].value, list(at.exception), list(at.error)] == [title, [], []]
    assert bool([button for button in at.button if button.label in {"Save", "บันทึก"}]) == (
        role in {"editor", "admin"}
    )


def test_all_goals_and_means_stand_on_it(open_page, city: Store):
    shown = board_of(open_page("goal_board", "en"))

    assert shown.count("<details") == 11
    assert shown.count('class="cmi-means-no"') == 53
    assert shown.count("State not stated yet") == 53


def test_a_goal_stands_by_its_kpis_once_enough_of_them_are_judged(open_page, city: Store):
    assert "cmi-goal-stands" not in board_of(open_page("goal_board", "en"))
    for kpi in ("k_d3_pm25_days", "k_d3_pm25_mean"):
        define_kpi(
            city, EDITOR, kpi=kpi, note="set", at=AT, expected_version=kpis_stored.definition(city, kpi)["entry"],
            fields={"baseline": 20, "baseline_period": "2022", "target": 10, "target_period": "2030"},
        )  # fmt: skip
        record_value(city, EDITOR, kpi=kpi, period="2025", value=11, quality="measured", note="x", at=AT)
    shown = board_of(open_page("goal_board", "en"))

    assert shown.count("cmi-goal-stands") == 1
    assert "Substantial progress</span> 2 of 4 judged" in shown


@pytest.mark.parametrize("view", ["table", "findings"])
@pytest.mark.parametrize("language", ["th", "en"])
def test_its_other_views_open(open_page, language, view):
    at = open_page("goal_board", language, view=view)

    assert not at.exception
    assert len(at.dataframe) == (view == "table")


def test_a_link_to_a_goal_opens_that_goal(open_page):
    shown = board_of(open_page("goal_board", "en", goal="d3_green_city"))

    assert shown.count("<details") == 1
    assert 'id="d3_green_city" open' in shown


def test_a_low_score_leads_to_goals_places_and_people(open_page):
    shown = board_of(open_page("goal_board", "en", node="isc_inclusive"))

    assert "25.93" in shown
    assert "Mae Kha canal" in shown
    assert "RMUTL" in shown


def test_words_without_a_match_are_answered_by_a_sentence(open_page):
    at = open_page("goal_board", "en", words="xyzzy")

    assert [info.value for info in at.info] == [
        "Nothing meets all the filters. Delete the words or choose “All” in some of them."
    ]


def test_what_is_typed_in_the_plan_is_escaped(open_page):
    at = open_page("goal_board", "en", words="<script>alert(1)</script>")

    assert "<script>" not in board_of(at)


def fill(at: AppTest, *, state: str, note: str) -> AppTest:
    next(box for box in at.selectbox if box.label == "State").set_value(state)
    next(field for field in at.text_input if field.label.startswith("Reason")).set_value(note)
    return next(button for button in at.button if button.label == "Save").click().run()


def test_an_editor_sets_a_state_and_sees_it_on_the_board(open_page, city: Store, account_of):
    at = fill(
        open_page("goal_board", "en", "editor", means="d1_m02"),
        state="under_way",
        note="Working group, 5 Jan",
    )
    row = goals.line_of(city, "d1_m02")

    assert (row["state"], row["recorded_by"], row["note"]) == (
        "under_way", account_of("editor").account, "Working group, 5 Jan",
    )  # fmt: skip
    assert "<b>Under way</b>" in board_of(at)


def test_days_are_typed_and_told_in_the_readers_era_and_kept_in_the_common_one(open_page, city: Store):
    at = open_page("goal_board", "th", "editor", means="d1_m02")
    field = {each.label: each for each in reversed(at.text_input)}
    field["วันเริ่ม"].set_value("1/10/2569")
    field["เหตุผลหรือแหล่งข้อมูล (จำเป็น)"].set_value("มติที่ประชุม")
    next(box for box in at.selectbox if box.label == "สถานะ").set_value("under_way")
    next(button for button in at.button if button.label == "บันทึก").click().run()

    assert views.board(city).means.set_index("means").loc["d1_m02", "starts_on"] == "2026-10-01"
    assert "1 ต.ค. 2569" in board_of(at)


def test_a_day_that_cannot_be_read_is_told_and_stays_typed(open_page, city: Store):
    at = open_page("goal_board", "en", "editor", means="d1_m02")
    before = city.version
    next(field for field in at.text_input if field.label == "Start").set_value("next spring")
    fill(at, state="under_way", note="Working group")

    assert "next spring" in at.error[0].value
    assert next(field for field in at.text_input if field.label == "Start").value == "next spring"
    assert city.version == before


def test_a_reason_is_demanded(open_page, city: Store):
    before = city.version
    at = fill(open_page("goal_board", "en", "editor", means="d1_m02"), state="under_way", note=" ")

    assert [error.value for error in at.error] == ["Write a short reason or where the figure comes from."]
    assert city.version == before + 1  # the editor's account, made when the page was opened


def test_an_editor_ties_a_means_to_the_dimension_it_is_to_move(open_page, city: Store):
    at = open_page("goal_board", "en", "editor", means="d1_m02")
    one = next(each for each in at.segmented_control if each.label == "Inclusive innovation city")
    one.set_value("low")
    next(
        field
        for field in at.text_input
        if field.key.startswith("moves_") and field.label.startswith("Reason")
    ).set_value("Working group")
    at = next(button for button in at.button if button.label == "Save the ties").click().run()

    assert not at.exception
    assert "d1_m02" in set(views.meant_for(city, "isc_inclusive").means["means"])


def test_two_who_save_at_once_lose_neither(open_page, city: Store):
    at = open_page("goal_board", "en", "editor", means="d1_m02")
    update_means(
        city, Account("dao", "Dao", "editor"), means="d1_m02", state="stopped", owner=None, starts_on=None,
        ends_on=None, note="Budget cut", seen=0, at=datetime(2026, 1, 6),
    )  # fmt: skip
    at = fill(at, state="under_way", note="Going on")

    assert "Budget cut" in at.warning[0].value
    assert views.board(city).means.set_index("means").loc["d1_m02", "state"] == "stopped"
    assert next(box for box in at.selectbox if box.label == "State").value == "under_way"

    fill(at, state="under_way", note="Going on")
    assert views.board(city).means.set_index("means").loc["d1_m02", "state"] == "under_way"
