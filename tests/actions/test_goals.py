"""A means' state, owner and dates are set by an editor, with a reason, on what was seen."""

from datetime import date, datetime

import pytest

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import goals as deeds
from cmi_core.actions.undo import undo
from cmi_core.errors import CmiError, ObservationError, PermissionRefused, StaleEdit
from cmi_core.store import goals, record
from cmi_core.views import goal_board as views

EDITOR = Account("nok", "Nok", "editor")
AT = datetime(2026, 1, 5, 3, 0)
GIVEN = {
    "means": "d1_m01", "state": "under_way", "owner": "chiang_mai_municipality",
    "starts_on": date(2026, 1, 1), "ends_on": date(2027, 9, 30),
    "note": "Council decision 3/2569", "seen": 0, "at": AT,
}  # fmt: skip


def test_what_was_set_stands_on_the_board(store):
    entry = deeds.update_means(store, EDITOR, **GIVEN)
    row = views.board(store).means.set_index("means").loc["d1_m01"]

    assert (row["state"], row["owner"], row["starts_on"], row["ends_on"], row["entry"]) == (
        "under_way", "chiang_mai_municipality", "2026-01-01", "2027-09-30", entry,
    )  # fmt: skip
    assert record.first_broken(store) is None


def test_it_is_one_entry_with_one_line(store):
    before = store.version
    deeds.update_means(store, EDITOR, **GIVEN)

    assert store.version == before + 1
    assert store.rows("SELECT deed, recorded_by, note FROM entry WHERE entry = $n", n=store.version) == [
        ("update_means", "nok", "Council decision 3/2569")
    ]
    assert store.rows("SELECT count(*) FROM means_line") == [(1,)]


@pytest.mark.parametrize("role", [None, "viewer", "coordinator"])
def test_others_may_not(store, role):
    before = store.version
    with pytest.raises(PermissionRefused):
        deeds.update_means(store, role and Account("a1", "A", role), **GIVEN)

    assert store.version == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"note": "  "}, "note_missing"),
        ({"means": "d9_m99"}, "means_unknown"),
        ({"state": "nearly"}, "means_state_unknown"),
        ({"owner": "nobody"}, "organisation_unknown"),
        ({"ends_on": date(2025, 1, 1)}, "means_dates_reversed"),
    ],
)
def test_bad_input_is_refused_in_words_and_changes_nothing(store, change, reason):
    before = store.version
    with pytest.raises(CmiError) as refusal:
        deeds.update_means(store, EDITOR, **GIVEN | change)

    assert refusal.value.reason == reason
    assert all(text.refusal(text.translator(language), refusal.value) for language in text.LANGUAGES)
    assert store.version == before


def test_a_save_on_something_older_is_refused_and_says_who(store):
    deeds.update_means(store, EDITOR, **GIVEN)
    with pytest.raises(StaleEdit) as refusal:
        deeds.update_means(store, Account("dao", "Dao", "editor"), **GIVEN | {"state": "done"})

    assert refusal.value.details == {"who": "nok", "note": "Council decision 3/2569"}
    assert views.board(store).means.set_index("means").loc["d1_m01", "state"] == "under_way"


def test_saving_the_same_again_is_refused(store):
    entry = deeds.update_means(store, EDITOR, **GIVEN)
    with pytest.raises(ObservationError) as refusal:
        deeds.update_means(store, EDITOR, **GIVEN | {"seen": entry})

    assert refusal.value.reason == "means_same"


def tie(store, wanted, actor=EDITOR):
    return deeds.tie_means(store, actor, means="d1_m01", wanted=wanted, note="Working group", at=AT)


def ties(store):
    rows = goals.means_ties(store)
    return {row.node: row.confidence for row in rows[rows["means"] == "d1_m01"].itertuples()}


def test_a_tied_means_is_found_by_the_dimension(store):
    assert "d1_m01" not in set(views.meant_for(store, "isc_inclusive").means["means"])
    tie(store, {"isc_inclusive": "low"})
    meant = views.meant_for(store, "isc_inclusive")

    assert "d1_m01" in set(meant.means["means"])
    assert "d1_innovator_infrastructure" in set(meant.goals["goal"])
    assert record.first_broken(store) is None


def test_ties_left_out_are_taken_back_in_the_same_entry(store):
    tie(store, {"isc_inclusive": "low", "isc_connected": "high"})
    entry = tie(store, {"isc_connected": "medium"})

    assert ties(store) == {"isc_connected": "medium"}
    assert store.rows("SELECT count(*) FROM means_link_line WHERE entry = $n", n=entry) == [(2,)]


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [({"isc_nothing": "low"}, "tie_unknown"), ({"isc_basic": "sure"}, "tie_unknown"), ({}, "tie_same")],
)
def test_a_tie_that_cannot_be_made_changes_nothing(store, wanted, reason):
    before = store.version
    with pytest.raises(ObservationError, match=reason):
        tie(store, wanted)

    assert store.version == before


@pytest.mark.parametrize("role", [None, "viewer", "coordinator"])
def test_others_may_not_tie(store, role):
    with pytest.raises(PermissionRefused):
        tie(store, {"isc_basic": "low"}, role and Account("a1", "A", role))


def test_what_was_said_of_a_means_can_be_undone(store):
    said, tied = deeds.update_means(store, EDITOR, **GIVEN), tie(store, {"isc_basic": "high"})
    undo(store, EDITOR, entry=tied, note="Wrong means", at=AT)
    undo(store, EDITOR, entry=said, note="Wrong means", at=AT)
    row = views.board(store).means.set_index("means").loc["d1_m01"]

    assert ties(store) == {}
    assert (row["state"], row["owner"], row["starts_on"]) == ("unknown", None, None)
    assert record.first_broken(store) is None
