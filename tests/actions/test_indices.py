"""Imports of indices: who may, what is refused, and that undoing puts everything back."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmi_core.accounts.roles import Account
from cmi_core.actions import indices as actions
from cmi_core.actions import undo as undoing
from cmi_core.errors import FrameworkError, ObservationError, PermissionRefused, StaleEdit
from cmi_core.store import indices as reads
from cmi_core.store import opening, record
from tests.actions.test_index_settings import correct
from tests.index import comparison_data as data

VIEWER = Account("v", "Viewer", "viewer")
COORDINATOR = Account("c", "Coordinator", "coordinator")


def state(store):
    """Everything about indices that a reader can see."""
    frameworks = reads.frameworks(store)
    assessments = reads.assessments(store)
    parts = [frameworks, assessments]
    parts += [reads.values_of(store, code) for code in assessments["assessment"]]
    parts += [reads.nodes(store, code) for code in frameworks["framework"]]
    return [part.drop(columns=["places"], errors="ignore").to_csv() for part in parts]


@pytest.mark.parametrize("actor", [None, VIEWER, COORDINATOR])
def test_only_an_editor_may(store, actor):
    before = store.version
    tries = [
        lambda: actions.import_framework(
            store, actor, head=data.HEAD, nodes=data.NODES, source=data.SOURCE, note="n", at=data.AT
        ),
        lambda: actions.undo(store, actor, entry=1, note="n", at=data.AT),
    ]
    for attempt in tries:
        with pytest.raises(PermissionRefused):
            attempt()
    assert store.version == before


def test_a_release_is_one_entry_and_is_never_edited(store):
    before = store.version
    data.framework(store)
    assert store.version == before + 1

    with pytest.raises(FrameworkError, match="release_taken"):
        data.framework(store)
    second = data.framework(store, release="2")
    assert reads.frameworks(store).query("index_code == 'trial'")["framework"].tolist() == [second, "trial_1"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"parent": ["", "fair", "green", "green", "green", "fair", "fair"]}, "framework_contradictions"),
        ({"weight": [None, -1.0, 1, 1, 1, 1, 1]}, "framework_contradictions"),
        ({"weight": [None, 0.0, 0.0, 1, 1, 1, 1]}, "framework_contradictions"),
        ({"weight": [None, float("inf"), 1, 1, 1, 1, 1]}, "framework_contradictions"),
    ],
)
def test_a_tree_that_contradicts_itself_changes_nothing(store, change, reason):
    before = store.version

    with pytest.raises(FrameworkError, match=reason):
        actions.import_framework(
            store,
            data.EDITOR,
            head=data.HEAD,
            nodes=data.NODES.assign(**change),
            source=data.SOURCE,
            note="n",
            at=data.AT,
        )
    assert store.version == before


def test_an_indicator_without_a_direction_is_refused(store):
    nodes = data.NODES.assign(direction=["", None, "", "higher", "", "higher", "higher"])

    with pytest.raises(FrameworkError, match="framework_contradictions") as refused:
        actions.import_framework(
            store, data.EDITOR, head=data.HEAD, nodes=nodes, source=data.SOURCE, note="n", at=data.AT
        )
    assert [(each.reason, each.details["code"]) for each in refused.value.problems] == [
        ("direction_missing", "smoke")
    ]


def test_what_a_release_measures_by_is_kept(store):
    nodes = data.NODES.assign(
        transform=["", "", "", "", "", "log", ""],
        reference=["", "", "", "c1", "", "", ""],
        lower=[None, None, None, 0.0, 0.0, 1.0, 0.0],
    )
    actions.import_framework(
        store, data.EDITOR, head=data.HEAD, nodes=nodes, source=data.SOURCE, note="n", at=data.AT
    )

    kept = reads.nodes(store, "trial_1").set_index("node")
    assert kept["transform"].dropna().to_dict() == {"jobs": "log"}
    assert kept["reference"].dropna().to_dict() == {"trees": "c1"}
    assert record.first_broken(store) is None


def test_an_index_without_a_name_is_called_as_the_release_is(store):
    nodes = data.NODES.assign(
        name_th=["", *data.NODES["name_th"][1:]], name_en=["", *data.NODES["name_en"][1:]]
    )
    actions.import_framework(
        store, data.EDITOR, head=data.HEAD, nodes=nodes, source=data.SOURCE, note="n", at=data.AT
    )

    assert reads.nodes(store, "trial_1").loc[0, ["name_th", "name_en"]].tolist() == [
        "ดัชนีทดลอง",
        "Trial index",
    ]


def test_names_of_files_are_remembered_once(store):
    code = data.made(store)
    changed = data.values(2023)
    data.scores(store, code, changed, aliases={"Stadt Eins": "c1"})
    data.scores(store, code, data.values(2022), aliases={"Stadt Eins": "c1"})

    assert reads.aliases(store, "city") == {"Stadt Eins": "c1"}
    assert store.rows("SELECT count(*) FROM place_alias_line") == [(1,)]
    assert reads.aliases(store, "country") == {}


def test_a_source_is_needed_and_a_reason(store):
    with pytest.raises(ObservationError, match="source_missing"):
        actions.import_framework(
            store, data.EDITOR, head=data.HEAD, nodes=data.NODES, source={}, note="n", at=data.AT
        )
    with pytest.raises(ObservationError, match="note_missing"):
        actions.import_framework(
            store, data.EDITOR, head=data.HEAD, nodes=data.NODES, source=data.SOURCE, note=" ", at=data.AT
        )
    assert "trial_1" not in set(reads.frameworks(store)["framework"])


def test_scores_of_two_years_are_one_entry(store):
    code = data.framework(store)
    before = store.version
    data.scores(store, code, pd.concat([data.values(), data.values(2024, 1.0)]))

    assert store.version == before + 1
    assert reads.assessments(store).query("framework == @code")["year"].tolist() == [2025, 2024]


def test_only_what_differs_is_written(store):
    code = data.made(store)
    changed = data.values()
    changed.loc[0, "value"] = 9.0
    entry = data.scores(store, code, changed)

    assert store.rows("SELECT count(*) FROM score_line WHERE entry = $e", e=entry) == [(1,)]
    with pytest.raises(ObservationError, match="import_nothing_new"):
        data.scores(store, code, changed)


def test_a_preview_that_is_overtaken_is_refused(store):
    code = data.framework(store)
    seen = reads.last_entry(store, code)
    data.scores(store, code)

    with pytest.raises(StaleEdit, match="index_changed_since"):
        data.scores(store, code, data.values(2024), expected_version=seen)


def test_an_undone_import_is_overtaken_too(store):
    code = data.framework(store)
    entry = data.scores(store, code)
    seen = reads.last_entry(store, code)
    actions.undo(store, data.EDITOR, entry=entry, note="n", at=data.AT)

    assert reads.last_entry(store, code) > seen


def test_undoing_puts_the_state_back_and_keeps_the_record_whole(store):
    before = state(store)
    code = data.framework(store)
    entry = data.scores(store, code)
    actions.undo(store, data.EDITOR, entry=entry, note="ผิดไฟล์", at=data.AT)
    actions.undo(store, data.EDITOR, entry=entry - 1, note="ผิดไฟล์", at=data.AT)

    assert state(store) == before
    assert record.first_broken(store) is None


def test_what_is_built_upon_is_not_undone(store):
    code = data.framework(store)
    entry = data.scores(store, code)

    with pytest.raises(StaleEdit, match="undo_built_upon"):
        actions.undo(store, data.EDITOR, entry=entry - 1, note="n", at=data.AT)
    actions.undo(store, data.EDITOR, entry=entry, note="n", at=data.AT)
    with pytest.raises(ObservationError, match="undo_done_already"):
        actions.undo(store, data.EDITOR, entry=entry, note="n", at=data.AT)


def test_the_start_and_entries_of_others_are_not_undone_here(store):
    with pytest.raises(ObservationError, match="undo_other_deed"):
        actions.undo(store, data.EDITOR, entry=1, note="n", at=data.AT)
    with pytest.raises(ObservationError, match="undo_entry_unknown"):
        actions.undo(store, data.EDITOR, entry=999, note="n", at=data.AT)


def test_the_audit_log_undoes_an_import_the_same_way(store):
    before = state(store)
    entry = correct(store)
    undoing.undo(store, data.EDITOR, entry=entry, note="n", at=data.AT)

    assert state(store) == before


def test_a_code_that_was_undone_is_not_used_again(store):
    data.framework(store)
    actions.undo(store, data.EDITOR, entry=store.version, note="n", at=data.AT)

    assert data.framework(store) == "trial_1_2"


@pytest.fixture(scope="module")
def shared():
    opened = opening.open_store(":memory:")
    data.made(opened)
    yield opened
    opened.close()


cells = st.dictionaries(
    st.tuples(
        st.sampled_from(["c1", "c4", "c8"]),
        st.sampled_from(["trees", "smoke", "schools"]),
        st.sampled_from([None, 2024, 2026]),
    ),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3)),
    min_size=1,
    max_size=9,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells)
def test_an_import_and_its_undoing_leave_everything_as_it_was(shared, given_cells):
    before = state(shared)
    rows = [(year, city, node, value, None) for (city, node, year), value in given_cells.items()]
    table = pd.DataFrame(rows, columns=["year", "city", "node", "value", "quality"])
    try:
        entry = data.scores(shared, "trial_1", table, places=data.places(("c8",)))
    except ObservationError as refusal:
        assert refusal.reason == "import_nothing_new"
    else:
        assert state(shared) != before
        actions.undo(shared, data.EDITOR, entry=entry, note="n", at=data.AT)
    assert state(shared) == before


def test_a_new_value_without_a_mark_is_refused_and_a_known_one_keeps_its_own(store):
    code = data.framework(store)
    with pytest.raises(ObservationError, match="quality_unknown"):
        data.scores(store, code, data.values().assign(quality=None), quality=None)
    data.scores(store, code, data.values().assign(quality=None), quality="estimate")
    changed = data.values(shift=1.0).assign(quality=None)
    data.scores(store, code, changed, quality=None)
    held = reads.values_of(store, reads.assessments(store).query("framework == @code")["assessment"].iloc[0])
    assert set(held["quality"]) == {"estimate"}
