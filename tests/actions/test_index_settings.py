"""What the makers of an index tell later: who may say it, what is refused, and what it makes computable."""

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import index_settings as actions
from cmi_core.actions import indices
from cmi_core.errors import CmiError, FrameworkError, ObservationError, PermissionRefused, StaleEdit
from cmi_core.store import indices as reads
from cmi_core.views import city_comparison as views
from tests.index import comparison_data as data

VIEWER = Account("v", "Viewer", "viewer")
COORDINATOR = Account("c", "Coordinator", "coordinator")
HOME = {"assessment": "isc_chiang_mai_2019", "city": "chiang_mai", "node": "isc_basic"}


def isc_entry(store):
    held = reads.values_of(store, HOME["assessment"])
    return int(held.loc[held["node"] == HOME["node"], "entry"].iloc[0])


def correct(store, actor=data.EDITOR, **other):
    given_ = (
        HOME
        | {"value": "83.33", "note": "SPP ยืนยัน", "at": data.AT, "expected_version": isc_entry(store)}
        | other
    )
    return actions.correct_score(store, actor, **given_)


@pytest.mark.parametrize("actor", [None, VIEWER, COORDINATOR])
def test_only_an_editor_may(store, actor):
    before = store.version
    tries = [
        lambda: correct(store, actor),
        lambda: actions.set_levels(
            store,
            actor,
            framework="isc_2019",
            levels=data.LEVELS,
            source=data.SOURCE,
            note="n",
            at=data.AT,
            expected_version=1,
        ),
        lambda: actions.set_weights(
            store,
            actor,
            framework="isc_2019",
            weights={},
            source=data.SOURCE,
            note="n",
            at=data.AT,
            expected_version=1,
        ),
    ]
    for attempt in tries:
        with pytest.raises(PermissionRefused):
            attempt()
    assert store.version == before


def test_a_printed_score_is_corrected_with_a_dated_note(store):
    entry = correct(store)
    history = reads.history(store, HOME["assessment"], HOME["city"]).query("node == 'isc_basic'")

    assert history[["value", "entry"]].to_numpy().tolist() == [[88.33, 1], [83.33, entry]]
    assert history["level_as_printed"].tolist() == ["High Potential Innovative City"] * 2
    assert history["note"].tolist()[1] == "SPP ยืนยัน"


def test_a_correction_of_what_changed_meanwhile_is_refused(store):
    seen = isc_entry(store)
    correct(store)

    with pytest.raises(StaleEdit, match="score_changed_since"):
        correct(store, value="80", expected_version=seen)
    with pytest.raises(ObservationError, match="score_same"):
        correct(store)
    with pytest.raises(ObservationError, match="score_not_there"):
        correct(store, node="no_such")
    with pytest.raises(ObservationError, match="number_is_text"):
        correct(store, value="มาก")


def told_weights(store, weights=None, **other):
    given_ = {
        "framework": "isc_2019",
        "weights": weights
        or dict.fromkeys(("isc_basic", "isc_connected", "isc_sustainable", "isc_inclusive"), 1.0),
        "methods": {"normalise": "none", "aggregate": "arithmetic"},
        "source": data.SOURCE,
        "note": "SPP แจ้ง",
        "at": data.AT,
        "expected_version": reads.last_entry(store, "isc_2019"),
    } | other
    return actions.set_weights(store, data.EDITOR, **given_)


def test_weights_told_later_make_the_index_computable(store):
    told_weights(store)
    found = views.comparison(store, ("isc_chiang_mai_2019",))

    assert found.unknown is None
    assert found.result.table().loc["chiang_mai", "isc_overall"] == pytest.approx(
        (88.33 + 85.18 + 74.07 + 25.93) / 4
    )
    assert found.raw.loc["chiang_mai", "isc_overall"] == 67.13


def test_what_a_release_lays_down_is_not_overwritten(store):
    code = data.framework(store)

    with pytest.raises(FrameworkError, match="weight_laid_down"):
        told_weights(store, {"green": 5.0}, framework=code, expected_version=reads.last_entry(store, code))


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_impossible_weights_change_nothing(store, weight):
    before = store.version
    with pytest.raises(CmiError):
        told_weights(store, {"isc_basic": weight})
    assert store.version == before


def test_weights_that_are_all_zero_change_nothing(store):
    before = store.version
    with pytest.raises(FrameworkError, match="framework_contradictions"):
        told_weights(
            store, dict.fromkeys(("isc_basic", "isc_connected", "isc_sustainable", "isc_inclusive"), 0.0)
        )
    assert store.version == before


def levels(*rows):
    return [
        {"level": code, "printed": code, "position": place, "lower": lower} for code, place, lower in rows
    ]


def test_levels_are_computed_only_once_their_rule_is_told(store):
    told_weights(store)
    rows = levels(
        ("newborn", 1, None), ("new_coming", 3, 70.0), ("potential", 2, 60.0), ("high_potential", 4, 80.0)
    )
    actions.set_levels(
        store,
        data.EDITOR,
        framework="isc_2019",
        levels=rows,
        source=data.SOURCE,
        note="SPP แจ้ง",
        at=data.AT,
        expected_version=reads.last_entry(store, "isc_2019"),
    )

    table = views.league(store, ("isc_chiang_mai_2019",), "isc_overall")
    assert table["level"].tolist() == ["potential"]


def told_cuts(store, code, node, *lower):
    names = ("seed", "shoot", "tree")
    return actions.set_levels(
        store,
        data.EDITOR,
        framework=code,
        levels=[{"level": level, "lower": cut} for level, cut in zip(names, lower, strict=False)],
        source=data.SOURCE,
        note="SPP แจ้งเกณฑ์ของด้าน",
        at=data.AT,
        expected_version=reads.last_entry(store, code),
        node=node,
    )


def test_a_part_may_have_cut_points_of_its_own(store):
    code = data.made(store)
    chosen = views.of_year(store, code, "2025")
    assert "level" not in views.league(store, chosen, "fair")
    told_cuts(store, code, "fair", None, 70.0, 85.0)

    fair = views.league(store, chosen, "fair").set_index("city")
    assert fair["level"].to_dict() == {"c1": "Tree", "c2": "Seed", "c3": "Seed", "c4": "Seed", "c5": "Seed"}
    assert fair.loc["c1", "score"] == (90 + 3 * 90) / 4
    whole = views.league(store, chosen, "top").set_index("city")
    assert whole.loc["c1", "level"] == "Tree"
    assert views.comparison(store, chosen).cuts["top"].cuts == (40.0, 60.0)


def test_cut_points_of_a_part_may_be_taken_back_and_undone(store):
    code = data.made(store)
    chosen = views.of_year(store, code, "2025")
    told_cuts(store, code, "fair", None, 70.0, 85.0)
    empty = told_cuts(store, code, "fair", None, None, None)
    assert "fair" not in views.comparison(store, chosen).cuts

    indices.undo(store, data.EDITOR, entry=empty, note="n", at=data.AT)
    assert views.comparison(store, chosen).cuts["fair"].cuts == (70.0, 85.0)
    assert reads.imports(store, 2)["framework"].tolist()[1] == code


@pytest.mark.parametrize(
    ("node", "lower", "reason"),
    [
        ("fair", (None, 85.0, 70.0), "cut_points_unusable"),
        ("fair", (None, 85.0, None), "levels_cut_missing"),
        ("fair", (None, 85.0), "levels_of_part"),
        ("nowhere", (None, 1.0, 2.0), "node_unknown"),
    ],
)
def test_cut_points_of_a_part_that_make_no_rule_are_refused(store, node, lower, reason):
    code = data.made(store)
    before = store.version
    with pytest.raises(CmiError, match=reason):
        told_cuts(store, code, node, *lower)
    assert store.version == before


def test_a_part_needs_levels_with_an_order(store):
    with pytest.raises(FrameworkError, match="levels_order_missing"):
        told_cuts(store, "isc_2019", "isc_basic", None, 70.0, 85.0)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (levels(("a", 1, None), ("b", None, 50.0)), "levels_order_missing"),
        (levels(("a", 1, None), ("b", 1, 50.0)), "levels_order_missing"),
        (levels(("a", 1, None), ("b", 2, None)), "levels_cut_missing"),
        (levels(("a", 1, None), ("b", 2, 60.0), ("c", 3, 50.0)), "cut_points_unusable"),
    ],
)
def test_levels_that_make_no_rule_are_refused(store, rows, reason):
    before = store.version
    with pytest.raises(CmiError, match=reason):
        actions.set_levels(
            store,
            data.EDITOR,
            framework="isc_2019",
            levels=rows,
            source=data.SOURCE,
            note="n",
            at=data.AT,
            expected_version=1,
        )
    assert store.version == before
