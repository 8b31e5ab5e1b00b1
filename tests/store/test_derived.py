"""Whatever the screens read and is no sealed line is held against the record, and what differs is named."""

import pytest

from cmi_core.store import Store, current_values, definitions, derived, facts, opening, record, scores
from tests.store.deeds import AT, KPI, slip, written


def named(store):
    """What is said to differ: the reason, the name, and the key's cells."""
    found = derived.check(store)
    assert found.count == len(found.differences)
    return [(each.reason, each.name, *each.key.values()) for each in found.differences]


@pytest.fixture
def store(store):
    written(store, 4.0, seen=written(store, 5.0))
    written(store, 0.0, period="2024")
    return store


def test_what_the_program_wrote_is_whole(store):
    assert derived.check(store) == derived.Findings()


def test_an_empty_database_is_whole(new_store):
    store = new_store()

    assert derived.check(store).count == 0
    store.close()


def test_it_is_said_of_every_table_how_it_is_checked(store):
    with store.snapshot() as cursor:
        tables = {
            name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        } - set(record.line_tables(cursor))

    assert set(derived.CHECKED) == tables


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("value", "value + 1"),
        ("value", "NULL"),
        ("quality", "'estimate'"),
        ("entry", "entry - 1"),
        ("ends_on", "DATE '2025-11-30'"),
        ("starts_on", "DATE '2025-02-01'"),
        ("evidence_link", "'https://example.org/forged'"),
        ("evidence_file", "repeat('a', 64)"),
    ],
)
def test_every_column_of_a_value_is_compared(store, column, cell):
    slip(store, f"UPDATE kpi_value_now SET {column} = {cell} WHERE kpi = '{KPI}' AND period = '2025'")
    (found,) = derived.check(store).differences

    assert record.first_broken(store) is None
    assert (found.reason, dict(found.key)["period"]) == ("derived_value_altered", "2025")
    assert list(found.stands) == list(found.says) == [column]
    with store.snapshot() as cursor:
        assert current_values.differences(cursor) == 1


def test_minus_zero_is_told_from_zero(store):
    slip(store, "UPDATE kpi_value_now SET value = CAST('-0.0' AS DOUBLE) WHERE period = '2024'")

    assert named(store) == [("derived_value_altered", "kpi_value_now", KPI, "2024", "")]


@pytest.mark.parametrize("key", ["kpi = 'k_d3_maekha_bod'", "period = '2023'", "breakdown = 'sex:female'"])
def test_a_value_under_another_key_is_one_too_many_and_one_that_is_missing(store, key):
    slip(store, f"UPDATE kpi_value_now SET {key} WHERE period = '2024'")

    assert sorted(each[0] for each in named(store)) == ["derived_value_added", "derived_value_missing"]


def test_a_row_removed_and_a_row_added_are_named(store):
    slip(
        store,
        "DELETE FROM kpi_value_now WHERE period = '2024'",
        f"INSERT INTO kpi_value_now SELECT '{KPI}', 'no period', '', ends_on, starts_on, entry, value, quality, NULL,"
        " NULL FROM kpi_value_now",
    )

    assert named(store) == [
        ("derived_value_missing", "kpi_value_now", KPI, "2024", ""),
        ("derived_value_added", "kpi_value_now", KPI, "no period", ""),
    ]


def test_what_differs_is_named_up_to_a_number_and_counted_beyond(store):
    slip(
        store,
        f"INSERT INTO kpi_value_now SELECT '{KPI}', CAST(n AS TEXT), '', DATE '2001-12-31', DATE '2001-01-01', 1, 1, 'measured',"
        " NULL, NULL FROM range(3000, 3050) t(n)",
    )
    found = derived.check(store)

    assert (len(found.differences), found.count) == (derived.MOST, 50)
    told = derived.told(found)
    assert len(told["differences"]) == derived.MOST
    assert derived.refusals(told["differences"], told["count"])[-1].details == {"count": 30}


@pytest.mark.parametrize(
    ("statement", "kind", "name", "how"),
    [
        ("CREATE OR REPLACE VIEW kpi_current AS SELECT DISTINCT ON (kpi) * REPLACE (0.5 AS target) FROM kpi_line"
         " ORDER BY kpi, entry DESC", "VIEW", "kpi_current", "altered"),
        ("CREATE OR REPLACE VIEW score_current AS SELECT DISTINCT ON (assessment, city, node) * FROM score_line"
         " ORDER BY assessment, city, node, entry", "VIEW", "score_current", "altered"),
        ("DROP VIEW level_current", "VIEW", "level_current", "missing"),
        ("CREATE VIEW of_mine AS SELECT 1 AS one", "VIEW", "of_mine", "added"),
        ("CREATE MACRO max(x) AS min(x)", "MACRO", "max", "added"),
        ("CREATE MACRO \"+\"(a, b) AS 7", "MACRO", "+", "added"),
        ("CREATE TABLE other (one INTEGER)", "TABLE", "other", "added"),
        ("ALTER TABLE published_value ADD COLUMN more TEXT", "TABLE", "published_value", "altered"),
        ("COMMENT ON TABLE goal IS 'another'", "COMMENT", "goal", "altered"),
    ],
)  # fmt: skip
def test_what_is_defined_otherwise_is_named(store, statement, kind, name, how):
    slip(store, statement)

    assert record.first_broken(store) is None
    assert named(store) == [(f"derived_definition_{how}", f"{kind} {name}")]


def test_a_trigger_is_named():
    """DuckDB 2.0 knows them; a file in the format of 1.5 cannot keep one yet."""
    store = Store()
    slip(
        store,
        "CREATE TRIGGER forging AFTER INSERT ON draft FOR EACH STATEMENT INSERT INTO feed VALUES ('a', 'b')",
    )

    assert ("derived_definition_added", "TRIGGER draft.forging") in named(store)
    store.close()


@pytest.mark.parametrize("column", ["kpi TEXT COLLATE NOCASE", "kpi TEXT, forged INTEGER AS (1)"])
def test_a_table_made_in_another_way_is_named(new_store, column):
    store = new_store()
    slip(
        store,
        "DROP TABLE kpi_value_now",
        f"CREATE TABLE kpi_value_now ({column}, period TEXT NOT NULL, breakdown TEXT NOT NULL, ends_on DATE NOT NULL,"
        " starts_on DATE NOT NULL, entry BIGINT NOT NULL, value DOUBLE, quality TEXT NOT NULL, evidence_link TEXT,"
        " evidence_file TEXT, PRIMARY KEY (kpi, period, breakdown))",
    )

    assert ("derived_definition_altered", "TABLE kpi_value_now") in named(store)
    store.close()


def test_a_macro_does_not_answer_for_the_record(store):
    """With the lowest entry for the highest, the altered value would be the right one and the right one altered."""
    slip(store, "CREATE MACRO max(x) AS min(x)")
    assert named(store) == [("derived_definition_added", "MACRO max")]

    slip(
        store,
        f"UPDATE kpi_value_now SET entry = entry - 1, value = 5 WHERE kpi = '{KPI}' AND period = '2025'",
    )
    assert named(store)[1:] == [("derived_value_altered", "kpi_value_now", KPI, "2025", "")]
    assert store.rows("SELECT max(1) FROM (VALUES (1), (2)) t(x)"), "nothing was done away with by looking"


def test_a_view_that_an_earlier_duckdb_wrote_in_its_own_words_is_the_same():
    """As DuckDB 1.5 keeps it: without the brackets that this release puts around a join."""
    with definitions._scratch() as connection:
        (sql,) = connection.execute(
            "SELECT sql FROM duckdb_views() WHERE view_name = 'source_told'"
        ).fetchone()
        earlier = sql.replace("FROM (", "FROM ").removesuffix(");") + ";"
        assert earlier != sql
        wanted = definitions._made()["view", "source_told"]
        assert definitions._same(("view", "source_told"), definitions.Definition(earlier, earlier), wanted)
        other = earlier.replace("s.title)", "s.url)")
        assert not definitions._same(("view", "source_told"), definitions.Definition(other, other), wanted)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("kpi", "('k_forged')"),
        ("place", "('forged')"),
        ("landmark", "('forged')"),
        ("proposal", "('forged')"),
    ],
)
def test_a_code_that_no_line_uses_is_named(store, table, row):
    slip(store, f"INSERT INTO {table} VALUES {row}")

    assert [each[:2] for each in named(store)] == [("derived_code_added", table)]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE published_value SET text_en = 'a false figure' WHERE value_code = 'city_lab_25'",
         ("derived_fact_altered", "published_value", "city_lab_25")),
        ("UPDATE city SET name_en = 'Nowhere' WHERE city = 'chiang_mai'", ("derived_fact_altered", "city", "chiang_mai")),
        ("DELETE FROM open_question WHERE position = 1", ("derived_fact_missing", "open_question")),
        ("INSERT INTO source (source, producer, title) VALUES ('forged', 'x', 'y')",
         ("derived_fact_added", "source", "forged")),
        ("DELETE FROM place_source", ("derived_fact_missing", "place_source")),
        # A place may be imported without a score: it is no difference from the record.
        ("INSERT INTO city VALUES ('forged', 'ก', 'Forged', 'city', NULL)", ("derived_fact_added", "city", "forged")),
    ],
)  # fmt: skip
def test_facts_that_differ_from_the_files_are_told_and_break_nothing(store, statement, told):
    slip(store, statement)
    found = derived.check(store)

    assert found.count == 0
    assert found.remarked >= 1
    first = found.remarks[0]
    assert (first.reason, first.name, *first.key.values())[: len(told)] == told


def test_what_people_bring_along_with_an_upload_is_no_difference(store):
    with store.writing() as cursor:
        scores.add_source(
            cursor, {"source": "new", "producer": "x", "title": "y", "title_th": "ย", "producer_th": "x"}
        )
        scores.add_cities(
            cursor, [{"city": "new", "name_th": "ก", "name_en": "N", "area_kind": "city", "country": None}]
        )
        (node,) = cursor.execute("SELECT assessment, node FROM score_line LIMIT 1").fetchall()
        line = {
            "assessment": node[0],
            "city": "new",
            "node": node[1],
            "value": 1.0,
            "basis": "stated",
            "source": "new",
        }
        record.append(
            cursor,
            {"score_line": [line | {"quality": "published"}]},
            deed="import_scores",
            by="ed",
            at=AT,
            note="x",
        )

    assert derived.check(store) == derived.Findings()


def test_every_column_of_the_data_files_is_one_of_the_tables(store):
    """So that no column of a reference table can differ unseen."""
    with store.snapshot() as cursor:
        columns = definitions.columns(cursor)
    for table in facts.TABLES:
        header = (opening.ROOT / "data" / f"{table}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert set(header.split(",")) == set(columns[table]), table


@pytest.fixture
def in_file(starting_data, tmp_path):
    path = tmp_path / "real.duckdb"
    path.write_bytes(starting_data.read_bytes())
    opened = Store(path)
    yield opened
    opened.close()


def fresh(store):
    """How much of what is new differs, None where that is too much to compare at once."""
    found = derived.check_new(store, at_most=5)
    return None if found is None else found.count


def test_a_long_record_is_left_to_the_whole_check_and_then_followed(in_file):
    for year in range(2001, 2011):
        written(in_file, 1.0, period=str(year))
    assert fresh(in_file) is None

    assert derived.check(in_file).count == 0
    entry = written(in_file, 2.0)
    assert fresh(in_file) == 0

    with in_file.writing() as cursor:
        cursor.execute("UPDATE kpi_value_now SET value = 3 WHERE entry = ?", [entry])
    assert derived.check(in_file).count == 1


def test_what_is_new_is_compared_alone(in_file):
    written(in_file, 1.0)
    assert fresh(in_file) == 0
    entry = written(in_file, 2.0, period="2024")
    with in_file.writing() as cursor:
        cursor.execute("UPDATE kpi_value_now SET value = 3 WHERE entry = ?", [entry])

    assert fresh(in_file) == 1
