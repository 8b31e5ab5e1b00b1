"""Migrations are applied once, in order, each as a whole; an edited or unknown one is refused."""

import shutil

import duckdb
import pytest

from cmi_core.errors import StoreError
from cmi_core.store import Store, migrate


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (a INTEGER);")
    (tmp_path / "0002_second.sql").write_text(
        "CREATE TABLE second (b INTEGER); INSERT INTO first VALUES (1);"
    )
    return tmp_path


def tables(connection):
    return {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def test_every_migration_has_a_number_of_its_own():
    numbers = [file.name[:4] for file in migrate.FOLDER.glob("*.sql")]

    assert len(numbers) > 10
    assert len(set(numbers)) == len(numbers)


def test_each_file_is_applied_once_in_order(connection, folder):
    assert migrate.migrate(connection, folder) == ["0001_first.sql", "0002_second.sql"]
    assert migrate.migrate(connection, folder) == []
    assert connection.execute("SELECT count(*) FROM first").fetchall() == [(1,)]


def test_a_new_file_is_applied_to_an_old_database(connection, folder):
    migrate.migrate(connection, folder)
    (folder / "0010_third.sql").write_text("ALTER TABLE first ADD COLUMN c TEXT;")

    assert migrate.migrate(connection, folder) == ["0010_third.sql"]
    assert connection.execute("SELECT a, c FROM first").fetchall() == [(1, None)]


def test_an_edited_file_is_refused(connection, folder):
    migrate.migrate(connection, folder)
    (folder / "0001_first.sql").write_text("CREATE TABLE first (a BIGINT);")

    with pytest.raises(StoreError) as refused:
        migrate.migrate(connection, folder)

    assert (refused.value.reason, refused.value.details) == ("migration_edited", {"name": "0001_first.sql"})


def test_line_endings_are_no_edit(connection, folder):
    file = folder / "0001_first.sql"
    file.write_bytes(b"CREATE TABLE first (\n a INTEGER);\n")
    migrate.migrate(connection, folder)
    file.write_bytes(b"CREATE TABLE first (\r\n a INTEGER);\r\n")

    assert migrate.migrate(connection, folder) == []


def test_a_newer_database_is_refused(connection, folder):
    migrate.migrate(connection, folder)
    (folder / "0002_second.sql").unlink()

    with pytest.raises(StoreError) as refused:
        migrate.migrate(connection, folder)

    assert (refused.value.reason, refused.value.details) == ("database_newer", {"name": "0002_second.sql"})


def test_a_file_that_fails_leaves_nothing_of_itself(connection, folder):
    (folder / "0002_second.sql").write_text(
        "CREATE TABLE second (b INTEGER); INSERT INTO nowhere VALUES (1);"
    )

    with pytest.raises(StoreError) as refused:
        migrate.migrate(connection, folder)

    assert refused.value.reason == "migration_failed"
    assert "nowhere" in refused.value.details["why"]
    assert tables(connection) == {"migration", "first"}
    (folder / "0002_second.sql").write_text("CREATE TABLE second (b INTEGER);")
    assert migrate.migrate(connection, folder) == ["0002_second.sql"]


def test_our_own_files_apply_to_an_empty_database_and_stay(tmp_path):
    Store(tmp_path / "a.duckdb").close()

    again = Store(tmp_path / "a.duckdb")

    applied = [name for (name,) in again.rows("SELECT name FROM migration ORDER BY name")]
    assert applied == sorted(file.name for file in migrate.FOLDER.glob("*.sql"))
    again.close()


def test_a_store_of_a_newer_program_is_refused_and_kept(tmp_path, monkeypatch):
    newer = shutil.copytree(migrate.FOLDER, tmp_path / "newer")
    (newer / "9999_future.sql").write_text("CREATE TABLE future (a INTEGER);")
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        migrate.migrate(connection, newer)

    with pytest.raises(StoreError, match="database_newer"):
        Store(tmp_path / "a.duckdb")

    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        assert "future" in tables(connection)
