"""Whoever alters, deletes, moves or slips in anything past the program is found, and the entry is named."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmi_core.errors import ObservationError, StoreError
from cmi_core.record import ledger
from cmi_core.store import record

AT = datetime(2026, 11, 22, 5, 6, 7, 89)
LAST = 6


def person(number, name="นก"):
    return {"account": f"p{number}", "name": name, "role": "viewer", "active": True}


def add(store, number, **more):
    with store.writing() as cursor:
        return record.append(
            cursor,
            {"account_line": [person(number), person(number + 100)]},
            deed="try",
            by="nok",
            at=AT + timedelta(minutes=number),
            note=f"ครั้งที่ {number}",
            **more,
        )


@pytest.fixture
def store(new_store):
    opened = new_store()
    for number in range(1, LAST + 1):
        add(opened, number)
    yield opened
    opened.close()


def slip(store, *statements):
    """Write past the program, as somebody with the file in hand would."""
    for statement in statements:
        store._connection.execute(statement)


def test_a_chain_written_by_the_program_is_whole(store):
    assert record.first_broken(store) is None
    assert record.head(store)[0] == LAST


def test_an_empty_record_is_whole(new_store):
    store = new_store()

    assert record.first_broken(store) is None
    assert record.head(store) == (0, ledger.GENESIS)
    store.close()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE account_line SET name = 'อีกคน' WHERE account = 'p3'", 3),
        ("UPDATE account_line SET organisation = NULL, email = 'x@y' WHERE account = 'p3'", 3),
        ("UPDATE account_line SET active = false WHERE entry = 4", 4),
        ("DELETE FROM account_line WHERE account = 'p102'", 2),
        ("DELETE FROM account_line WHERE entry = 6", 6),
        ("INSERT INTO account_line SELECT 5, 'p999', name, role, organisation, email, active, person_hash FROM account_line"
         " WHERE account = 'p1'", 5),
        ("UPDATE seal SET seal = repeat('0', 64) WHERE entry = 2", 2),
        ("DELETE FROM seal WHERE entry = 3", 3),
        ("DELETE FROM seal WHERE entry = 6", 6),
        ("INSERT INTO entry VALUES (7, 'try', 'nok', TIMESTAMP '2026-11-22 05:00:00', 'x', NULL)", 7),
    ],
)  # fmt: skip
def test_a_change_is_found_and_named(store, statement, named):
    slip(store, statement)

    assert record.first_broken(store) == named


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ("note = 'อื่น'", 2),
        ("recorded_by = 'somebody'", 2),
        ("recorded_at = recorded_at - INTERVAL 1 microsecond", 2),
        ("deed = 'undo'", 2),
        ("undoes = 1", 2),
    ],
)
def test_a_change_of_the_head_is_found(cells, named, new_store):
    store = new_store()
    for number in (1, 2, 3):
        with store.writing() as cursor:
            record.append(cursor, {}, deed="try", by="nok", at=AT, note=str(number))
    # The seal refers to its entry, so it is lifted out and put back.
    slip(
        store,
        "CREATE TEMP TABLE kept AS SELECT * FROM seal",
        "DELETE FROM seal",
        f"UPDATE entry SET {cells} WHERE entry = 2",
        "INSERT INTO seal SELECT * FROM kept",
    )

    assert record.first_broken(store) == named
    store.close()


def test_two_entries_that_change_places_are_found(store):
    slip(
        store,
        "UPDATE account_line SET account = 'moving' WHERE account = 'p2'",
        "UPDATE account_line SET account = 'p2', name = name WHERE account = 'p4'",
        "UPDATE account_line SET account = 'p4' WHERE account = 'moving'",
    )

    assert record.first_broken(store) == 2


def test_a_deleted_entry_is_found_and_named(store):
    slip(
        store,
        "DELETE FROM account_line WHERE entry = 4",
        "DELETE FROM seal WHERE entry = 4",
        "DELETE FROM entry WHERE entry = 4",
    )

    assert record.first_broken(store) == 4


def test_nothing_is_added_after_a_seal_that_is_gone(store):
    slip(store, f"DELETE FROM seal WHERE entry = {LAST}")

    with pytest.raises(StoreError, match="record_broken"):
        add(store, LAST + 1)

    assert store.rows("SELECT max(entry) FROM entry") == [(LAST,)]


def test_a_seal_covers_more_entries_than_one_reading(store, monkeypatch):
    monkeypatch.setattr(record, "_BATCH", 2)
    assert record.first_broken(store) is None

    slip(store, "UPDATE account_line SET name = 'อีกคน' WHERE account = 'p5'")
    assert record.first_broken(store) == 5


def test_a_column_added_later_breaks_no_seal(store):
    slip(store, "ALTER TABLE account_line ADD COLUMN telephone TEXT")

    assert record.first_broken(store) is None


def test_every_line_table_is_sealed(store):
    with store.snapshot() as cursor:
        tables = record.line_tables(cursor)
        all_tables = [name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()]

    assert tables == sorted(name for name in all_tables if name.endswith("_line"))
    assert "kpi_value_line" in tables


@pytest.mark.parametrize(
    ("by", "note", "reason"),
    [
        ("", "x", "name_missing"),
        ("  ", "x", "name_missing"),
        ("nok", "", "note_missing"),
        ("nok", "\n ", "note_missing"),
    ],
)
def test_nobody_and_no_reason_are_refused(store, by, note, reason):
    with pytest.raises(ObservationError) as refused, store.writing() as cursor:
        record.append(cursor, {}, deed="try", by=by, at=AT, note=note)

    assert refused.value.reason == reason
    assert store.version == LAST


def test_an_entry_may_take_back_only_one_that_is_there(store):
    assert add(store, LAST + 1, undoes=2) == LAST + 1
    with pytest.raises(Exception, match=r"(?i)constraint"):
        add(store, LAST + 2, undoes=999)

    assert record.first_broken(store) is None


def test_rows_of_one_table_may_fill_different_cells(store):
    with store.writing() as cursor:
        entry = record.append(
            cursor,
            {"account_line": [person(1), person(2) | {"email": "a@b"}], "kpi_value_line": []},
            deed="try", by=" nok ", at=AT, note=" ครบ ",
        )  # fmt: skip

    assert store.rows("SELECT account, email FROM account_line WHERE entry = $e ORDER BY account", e=entry) == [
        ("p1", None), ("p2", "a@b"),
    ]  # fmt: skip
    assert store.rows("SELECT recorded_by, note FROM entry WHERE entry = $e", e=entry) == [("nok", "ครบ")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    note=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1).filter(
        str.strip
    ),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    ends=st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_whatever_is_written_reads_back_to_its_seal(store, note, at, ends):
    before, kept = store.version, 1
    try:
        with store.writing() as cursor:
            code = f"k{before}"
            record.append(
                cursor, {"account_line": [person(before, name=note)]}, deed=code, by="nok", at=at, note=note
            )
    except ObservationError as refusal:
        assert refusal.reason.startswith("text_")
        kept = 0

    assert record.first_broken(store) is None
    assert record.head(store)[0] == before + kept


def told(store, **more):
    with store.writing() as cursor:
        given = {"deed": "try", "by": "nok", "at": AT, "note": "x"} | more
        return record.append(cursor, {"account_line": given.pop("rows", [])}, **given)


@pytest.mark.parametrize("name", ["x" * 301, "a\u202eb", "\u200b", "a\0b", "\ud800"])
def test_no_line_is_written_with_a_text_that_cannot_be_kept(store, name):
    for more in ({"rows": [person(7), person(8, name=name)]}, {"note": name * 7}, {"by": name}):
        with pytest.raises(ObservationError, match="text_"):
            told(store, **more)
    assert record.head(store)[0] == LAST
    assert record.first_broken(store) is None


def test_what_stood_before_there_were_bounds_is_put_back_as_it_was(store):
    old = "นก\u202e\u200b" + "x" * 400
    slip(store, f"UPDATE account_line SET name = '{old}' WHERE account = 'p3'")

    entry = told(store, rows=[person(3, name=old)])

    assert store.rows("SELECT name FROM account_line WHERE entry = $e", e=entry) == [(old,)]
    with pytest.raises(ObservationError, match="text_"):
        told(store, rows=[person(3, name=old + "x")])


def test_a_reason_says_what_it_is_about_and_is_measured_without_it(store):
    entry = told(store, about="1–3", note="ก" * 2_000, remarks={"k 2024": " ข\n", "k 2025": "ค"})

    (kept,) = store.rows("SELECT note FROM entry WHERE entry = $e", e=entry)[0]
    assert kept == f"1–3: {'ก' * 2_000}\nk 2024: ข\nk 2025: ค"


@pytest.mark.parametrize("number", [0, -3])
def test_an_entry_before_the_first_is_found(store, number):
    """No seal covers it, and the screens read its lines like any other."""
    slip(
        store,
        f"INSERT INTO entry VALUES ({number}, 'try', 'nok', TIMESTAMP '2026-11-22 05:00:00', 'x', NULL)",
        f"INSERT INTO account_line VALUES ({number}, 'forged', 'ก', 'admin', NULL, NULL, true, NULL)",
    )

    assert record.first_broken(store) == number
    assert record.check(store, whole=True, at_most=0)[1] == number


def test_a_macro_does_not_answer_for_the_last_entry(store):
    """DuckDB looks for a function in the file first: the chain would be checked up to the first entry only."""
    slip(store, "UPDATE account_line SET name = 'อีกคน' WHERE account = 'p5'", "CREATE MACRO max(x) AS min(x)")

    assert record.first_broken(store) == 5
