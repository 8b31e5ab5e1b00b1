"""A means' state, owner and dates are set by an editor, with a reason, on what was seen."""

from datetime import date, datetime

import pytest

from cmi_core import text
from cmi_core.actions import goals as deeds
from cmi_core.errors import CmiError, ObservationError, PermissionRefused, StaleEdit
from cmi_core.roles import Account
from cmi_core.store import record
from cmi_core.views import goals as views

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
