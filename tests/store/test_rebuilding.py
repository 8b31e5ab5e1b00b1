"""What differs from the record is made anew, both states stay on record, and the record itself is never mended."""

import json
import shutil

import pytest

from cmi_core.actions import undo
from cmi_core.errors import ObservationError, StoreError
from cmi_core.store import Store, definitions, derived, heads, opening, rebuilding, record
from cmi_core.views.versioned_cache import VersionedCache
from tests.store.deeds import AT, ED, KPI, slip, written

LINES = "SELECT kind, relation, row_key, stood, stands FROM rebuild_line WHERE entry = $entry ORDER BY ALL"


def rebuild(store):
    return rebuilding.rebuild(store, by="operator", note="after a crash", at=AT)


@pytest.fixture
def store(store):
    written(store, 5.0)
    written(store, 4.0, period="2024")
    return store


def test_nothing_to_do_writes_nothing(store):
    before = store.version

    assert rebuild(store) == rebuilding.Rebuilt(None, 0, derived.Findings())
    assert store.version == before


def test_both_states_of_a_value_are_kept_and_then_all_is_whole(store):
    slip(
        store,
        "UPDATE kpi_value_now SET value = 99, ends_on = DATE '2030-01-01' WHERE period = '2025'",
        "DELETE FROM kpi_value_now WHERE period = '2024'",
        f"INSERT INTO kpi_value_now VALUES ('{KPI}', '2001', '', DATE '2001-12-31', DATE '2001-01-01', 2, 1, 'measured',"
        " NULL, NULL)",
    )
    done = rebuild(store)
    lines = {
        json.loads(key)["period"]: [side and json.loads(side) for side in sides]
        for _, _, key, *sides in store.rows(LINES, entry=done.entry)
    }

    assert (done.count, done.left.count, set(lines)) == (3, 0, {"2025", "2024", "2001"})
    assert lines["2025"] == [
        {"value": 99.0, "ends_on": "2030-01-01"},
        {"value": 5.0, "ends_on": "2025-12-31"},
    ]
    assert lines["2024"][0] is None
    assert lines["2024"][1]["value"] == 4.0
    assert lines["2001"][1] is None
    assert store.version == done.entry
    assert (record.first_broken(store), derived.check(store).count) == (None, 0)
    assert store.rows("SELECT deed, recorded_by, note FROM entry WHERE entry = $entry", entry=done.entry) == [
        ("rebuild", "operator", "after a crash")
    ]
    assert rebuild(store).entry is None


def test_views_macros_and_comments_are_made_anew_with_their_statements_kept(store):
    slip(
        store,
        "CREATE OR REPLACE VIEW kpi_value_current AS SELECT entry, kpi, period, breakdown, value * 2 AS value, quality,"
        " evidence_link, evidence_file FROM kpi_value_now",
        "DROP VIEW level_current",
        "CREATE VIEW of_mine AS SELECT 1 AS one",
        "CREATE MACRO max(x) AS min(x)",
        "CREATE MACRO rows_of() AS TABLE SELECT 1",
        "COMMENT ON TABLE goal IS 'another'",
        "COMMENT ON COLUMN goal.goal IS 'one more'",
    )
    done = rebuild(store)
    lines = {(kind, name): sides for kind, name, _, *sides in store.rows(LINES, entry=done.entry)}

    assert (done.count, done.left.count) == (7, 0)
    assert 'value\\" * 2' in lines["view", "kpi_value_current"][0]
    assert lines["view", "of_mine"][1] is None
    assert lines["view", "level_current"][0] is None
    assert store.rows("SELECT value FROM kpi_value_current WHERE period = '2025'") == [(5.0,)]
    assert derived.check(store).count == 0
    assert record.first_broken(store) is None


@pytest.mark.parametrize(
    "statements",
    [
        ("ALTER TABLE kpi_value_now DROP COLUMN quality",),
        ("DROP TABLE kpi_value_now",),
        (
            "CREATE TABLE aside AS SELECT * FROM kpi_value_now",
            "INSERT INTO aside SELECT * REPLACE (value + 1 AS value) FROM aside",
            "DROP TABLE kpi_value_now",
            "CREATE TABLE kpi_value_now AS SELECT * FROM aside",
            "DROP TABLE aside",
        ),
        ("DROP TABLE kpi_value_now", "CREATE VIEW kpi_value_now AS SELECT * FROM kpi_value_line"),
    ],
    ids=["a column dropped", "dropped", "rows twice", "a view in its place"],
)
def test_the_table_itself_is_made_anew(store, statements):
    shown = store.rows("SELECT * FROM kpi_value_now ORDER BY ALL")
    slip(store, *statements)
    assert derived.check(store).count > 0

    assert rebuild(store).left.count == 0
    assert store.rows("SELECT * FROM kpi_value_now ORDER BY ALL") == shown
    written(store, 6.0, period="2023")
    assert derived.check(store).count == 0


def test_a_record_whose_seals_do_not_hold_is_not_built_upon(store):
    slip(
        store,
        "UPDATE kpi_value_line SET value = 7 WHERE period = '2025'",
        "UPDATE kpi_value_now SET value = 7",
    )
    before = store.version

    with pytest.raises(StoreError, match="rebuild_record_broken"):
        rebuild(store)
    assert store.version == before


@pytest.mark.parametrize("given", [{"by": " "}, {"note": ""}])
def test_nobody_and_no_reason_are_refused_and_nothing_is_made(store, given):
    slip(store, "UPDATE kpi_value_now SET value = 7")
    with pytest.raises(ObservationError):
        rebuilding.rebuild(store, **{"by": "operator", "note": "why", "at": AT} | given)

    assert derived.check(store).count == 2


def test_what_only_a_table_holds_is_left_as_it_is_and_named(store):
    slip(
        store,
        "DROP VIEW level_current",
        "CREATE TABLE level_current AS SELECT * FROM level_line",
        "INSERT INTO kpi VALUES ('k_forged')",
        "UPDATE kpi_value_now SET value = 7",
    )
    done = rebuild(store)

    assert done.count == 2
    assert {each.name for each in done.left.differences} == {
        "TABLE level_current", "VIEW level_current", "kpi"
    }  # fmt: skip


def test_an_entry_that_made_something_anew_cannot_be_undone(store):
    slip(store, "UPDATE kpi_value_now SET value = 7")
    done = rebuild(store)

    with pytest.raises(ObservationError, match="undo_not_possible"):
        undo.undo(store, ED, entry=done.entry, note="back", at=AT)


def test_a_trigger_is_gone_before_the_entry_is_written():
    store = Store()
    slip(
        store,
        "CREATE TRIGGER forging AFTER INSERT ON entry FOR EACH STATEMENT INSERT INTO feed VALUES ('a', 'b')",
    )
    done = rebuild(store)

    assert (done.count, store.rows("SELECT * FROM feed")) == (1, [])
    store.close()


def test_answers_worked_out_from_an_altered_view_are_forgotten(store):
    """Those too that hold for as long as a release has no new entry: the view was another, not the release."""
    kept = VersionedCache(2)
    slip(store, "DROP VIEW level_current")
    assert kept.get(store, "key", lambda: "from the altered view", stamp=1) == "from the altered view"
    assert kept.get(store, "key", lambda: "asked again", stamp=1) == "from the altered view"
    rebuild(store)

    assert kept.get(store, "key", lambda: "from the record", stamp=1) == "from the record"


def test_what_was_made_anew_survives_a_kill(starting_data, tmp_path):
    """The file and its journal as a killed process leaves them."""
    path = shutil.copyfile(starting_data, tmp_path / "real.duckdb")
    store = Store(path)
    written(store, 5.0)
    slip(store, "DROP TABLE kpi_value_now", "CREATE VIEW kpi_value_now AS SELECT * FROM kpi_value_line")
    done = rebuild(store)
    killed = tmp_path / "killed"
    killed.mkdir()
    for file in tmp_path.glob("real.duckdb*"):
        shutil.copyfile(file, killed / file.name)
    store.close()
    again = Store(killed / "real.duckdb")

    assert again.version == done.entry
    assert (record.first_broken(again), derived.check(again).count) == (None, 0)
    again.close()


def test_its_head_is_noted_outside_of_the_database_too(tmp_path, starting_data, monkeypatch):
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))
    shutil.copyfile(starting_data, tmp_path / "real.duckdb")
    store = opening.open_existing()
    slip(store, "CREATE VIEW of_mine AS SELECT 1 AS one")
    done = rebuild(store)

    assert heads.known(store.path).heads[-1].entry == done.entry
    store.close()


def test_definitions_that_are_made_anew_are_as_the_migrations_make_them(new_store):
    store = new_store()
    slip(store, "DROP TABLE kpi_value_now")
    with store.writing() as cursor:
        definitions.renew(cursor, definitions.altered(cursor))
        assert definitions.altered(cursor) == []
    store.close()
