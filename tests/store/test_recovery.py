"""A server that dies right after a first start or an upgrade leaves a database that opens again."""

import subprocess
import sys
from pathlib import Path

from cmi_core.store import Store, checkpoint

ROOT = Path(__file__).parents[2]
# Everything is in the write-ahead log, as after a power cut: nothing is closed, nothing is tidied up.
DIES = """
import os, sys, duckdb
from cmi_core.store import CONFIGURATION, migrate
connection = duckdb.connect(sys.argv[1], config=dict(CONFIGURATION))
connection.execute("PRAGMA disable_checkpoint_on_shutdown")
connection.execute(
    "CREATE TABLE migration (name TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at TIMESTAMP NOT NULL)"
)
for file in sorted(migrate.FOLDER.glob("[0-9]*.sql")):
    migrate._apply(connection, file, None)
os._exit(9)
"""


def die(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DIES, str(path)], cwd=ROOT, check=False)
    assert done.returncode == 9
    assert path.with_name(f"{path.name}.wal").stat().st_size > 0


def test_tables_that_were_only_in_the_log_are_there(tmp_path):
    """DuckDB itself refuses such a log on opening: its checks use functions that are loaded later."""
    path = tmp_path / "real.duckdb"
    die(path)

    store = Store(path)
    tables = {name for (name,) in store.rows("SELECT table_name FROM duckdb_tables()")}
    store.close()

    assert {"entry", "means_line", "open_question"} <= tables


def test_an_upgrade_is_in_the_file_before_anything_else_is_written(tmp_path):
    path = tmp_path / "real.duckdb"
    store = Store(path)
    left = checkpoint.journal_size(str(path))
    store.close()

    assert left == 0


def test_a_path_with_a_quote_opens(tmp_path):
    folder = tmp_path / "it's ours"
    folder.mkdir()
    die(folder / "real.duckdb")

    Store(folder / "real.duckdb").close()
