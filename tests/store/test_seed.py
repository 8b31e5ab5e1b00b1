"""The starting data loads whole, loads again without harm, and is refused with the file and the reason."""

import csv
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from cmi_core import text
from cmi_core.errors import StoreError
from cmi_core.store import migrate, seed

ROOT = Path(__file__).parents[2]
PLACE_TABLES = (
    "place",
    "place_line",
    "place_organisation",
    "place_means",
    "place_source",
    "landmark",
    "landmark_line",
    "landmark_link_line",
)


@pytest.fixture
def cursor():
    with duckdb.connect() as connection:
        migrate.migrate(connection)
        yield connection


@pytest.fixture
def folder(tmp_path, cursor):
    """The seeds with one small place and one landmark, so that the real map does not matter here."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    rows = {
        "place": {"place": "suan_dok"},
        "place_line": {
            "place": "suan_dok",
            "kind": "innovation_district",
            "name_th": "สวนดอก",
            "name_en": "Suan Dok",
            "rank_group": "1",
            "active": "true",
            "basis": "stated",
            "source": "report_2019",
        },
        "place_organisation": {
            "place": "suan_dok",
            "organisation": "nia",
            "role": "lead",
            "basis": "inferred",
            "source": "own_analysis",
        },
        "place_means": {"place": "suan_dok", "means": "d2_m02", "basis": "stated", "source": "report_2019"},
        "place_source": {"place": "suan_dok", "basis": "stated", "source": "report_2019"},
        "landmark": {"landmark": "maharaj"},
        "landmark_line": {
            "landmark": "maharaj",
            "name_th": "โรงพยาบาลมหาราช",
            "name_en": "Maharaj",
            "category": "hospital",
            "place": "suan_dok",
            "lon": "98.97",
            "lat": "18.79",
            "active": "true",
            "basis": "inferred",
            "source": "own_analysis",
        },
        "landmark_link_line": {
            "landmark": "maharaj",
            "kind": "goal",
            "target": "s1_thematic_districts",
            "confidence": "medium",
            "active": "true",
            "basis": "inferred",
            "source": "own_analysis",
        },
    }
    assert set(rows) == set(PLACE_TABLES)
    for table, row in rows.items():
        write(data / f"{table}.csv", row)
    square = [[98.97, 18.79], [98.98, 18.79], [98.98, 18.8], [98.97, 18.79]]
    about = {"code": "suan_dok", "boundary_kind": "indicative", "positional_uncertainty_m": 120}
    outline(data, about, {"type": "Polygon", "coordinates": [square]})
    return data


def write(file, *rows):
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def outline(folder, about, geometry):
    feature = {"type": "Feature", "properties": about, "geometry": geometry}
    (folder.parent / "geo").mkdir(exist_ok=True)
    (folder.parent / "geo" / seed.OUTLINES).write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )


def enter(cursor, number=1):
    cursor.execute(
        "INSERT INTO entry VALUES (?, 'seed', 'system', TIMESTAMP '2026-11-22 00:00:00', 'start', NULL)",
        [number],
    )


def count(cursor, table):
    return cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def rows_in(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return len(list(csv.DictReader(opened)))


def test_every_row_of_every_file_is_loaded(cursor, folder):
    seed.load_reference(cursor, folder)
    enter(cursor)
    seed.load_lines(cursor, folder, 1)

    files = {file.stem: rows_in(file) for file in folder.glob("*.csv")}

    assert files.keys() == {*seed.REFERENCE, *seed.FIRST_ENTRY} - {"boundary_line"}
    assert files == {table: count(cursor, table) for table in files}


def test_every_table_of_the_plan_is_reference(cursor):
    with duckdb.connect() as only_the_plan:
        for migration in ("0001_plan.sql", "0030_questions.sql", "0050_source_wording.sql"):
            only_the_plan.execute((migrate.FOLDER / migration).read_text(encoding="utf-8"))
        tables = only_the_plan.execute("SELECT table_name FROM duckdb_tables()").fetchall()

    assert {name for (name,) in tables} == set(seed.REFERENCE)


def test_lines_carry_their_entry(cursor, folder):
    seed.load_reference(cursor, folder)
    enter(cursor, 7)
    seed.load_lines(cursor, folder, 7)

    for table in seed.FIRST_ENTRY:
        if table.endswith("_line"):
            assert cursor.execute(f"SELECT DISTINCT entry FROM {table}").fetchall() == [(7,)], table


def test_an_outline_keeps_its_geometry_and_accuracy(cursor, folder):
    seed.load_reference(cursor, folder)
    enter(cursor)
    seed.load_lines(cursor, folder, 1)

    kind, geometry, accuracy, source = cursor.execute(
        "SELECT boundary_kind, geometry, accuracy_m, source FROM boundary_current"
    ).fetchone()

    assert (kind, accuracy, source) == ("indicative", 120, "own_digitisation")
    assert json.loads(geometry)["coordinates"][0][0] == [98.97, 18.79]


def test_a_place_without_an_outline_has_none(cursor, folder):
    outline(
        folder, {"code": "suan_dok", "boundary_kind": "none", "positional_uncertainty_m": None}, geometry=None
    )
    seed.load_reference(cursor, folder)
    enter(cursor)
    seed.load_lines(cursor, folder, 1)

    assert cursor.execute("SELECT boundary_kind, geometry FROM boundary_line").fetchall() == [("none", None)]


def test_loading_again_adds_nothing(cursor, folder):
    seed.load_reference(cursor, folder)
    before = {table: count(cursor, table) for table in seed.REFERENCE}
    seed.load_reference(cursor, folder)

    assert before == {table: count(cursor, table) for table in seed.REFERENCE}


def test_an_upgrade_adds_new_rows_and_leaves_old_ones(cursor, folder):
    seed.load_reference(cursor, folder)
    file = folder / "toolkit.csv"
    changed = file.read_text(encoding="utf-8").replace("Network analysis", "Something else")
    file.write_text(changed + "new_tool,10,New tool,,ใหม่,New,inferred,own_analysis\n", encoding="utf-8")
    seed.load_reference(cursor, folder)

    printed = cursor.execute("SELECT printed FROM toolkit ORDER BY position").fetchall()

    assert len(printed) == 9 + 1
    assert printed[1] == ("Network analysis",)
    assert printed[9] == ("New tool",)


def test_an_empty_cell_is_unknown_not_a_value(cursor, folder):
    seed.load_reference(cursor, folder)

    assert cursor.execute("SELECT to_organisation FROM link WHERE link = 'l31'").fetchone() == (None,)
    assert cursor.execute("SELECT count(*) FROM goal WHERE name_th_table = ''").fetchone() == (0,)


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("strategy.csv", "strategy,position", "strategy,ranking", "ranking"),
        ("strategy.csv", "default,1,", "default,first,", "first"),
        ("strategy.csv", ",stated,", ",guessed,", "CHECK"),
        ("strategy.csv", ",report_2019", ",nowhere", "nowhere"),
        ("strategy.csv", "drivers,3,", "default,3,", "default"),
        ("event.csv", "event,position,happened", "event,position,wrong", "wrong"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(cursor, folder, file, old, new, why):
    text_before = (folder / file).read_text(encoding="utf-8")
    assert old in text_before
    (folder / file).write_text(text_before.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(StoreError) as refused:
        seed.load_reference(cursor, folder)

    assert refused.value.reason == "seed_refused"
    assert refused.value.details["file"] == file
    assert why in str(refused.value.details["why"])


def test_a_missing_reference_file_is_refused(cursor, folder):
    (folder / "goal.csv").unlink()

    with pytest.raises(StoreError) as refused:
        seed.load_reference(cursor, folder)

    assert refused.value.details["file"] == "goal.csv"


@pytest.mark.parametrize("file", ["data/kpi.csv", "data/score_line.csv", "geo/places.geojson"])
def test_a_missing_file_of_the_first_entry_is_refused(cursor, folder, file):
    seed.load_reference(cursor, folder)
    enter(cursor)
    (folder.parent / file).unlink()

    with pytest.raises(StoreError) as refused:
        seed.load_lines(cursor, folder, 1)

    assert refused.value.details["file"] == Path(file).name


@pytest.mark.parametrize(
    "about", [{"code": "suan_dok"}, {"code": "x", "boundary_kind": "user", "positional_uncertainty_m": 1}]
)
def test_a_bad_outline_is_refused(cursor, folder, about):
    outline(folder, about, {"type": "Point", "coordinates": [98.97, 18.79]})
    seed.load_reference(cursor, folder)
    enter(cursor)

    with pytest.raises(StoreError, match=r"places\.geojson"):
        seed.load_lines(cursor, folder, 1)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_refusal_has_a_sentence(language):
    refusal = StoreError("seed_refused", file="goal.csv", why="{braces} stay")

    assert "goal.csv" in text.refusal(text.translator(language), refusal)
