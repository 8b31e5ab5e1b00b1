"""Whatever text a deed is given, wherever it is hidden in it: too long, unseen, turned around or NUL is refused, and nothing is kept."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pandas as pd
import pytest

from cmi_core.errors import CmiError
from cmi_core.store import Store
from tests.actions.proper_deeds import PROPER, SOMEBODY
from tests.actions.test_authority import state

MARK = "ทดลอง"
# Never kept as they are typed.
SECRET = {"password", "current", "code", "new"}
BAD = {
    "too long": "ย" * 4_001,
    "NUL": f"{MARK}\0{MARK}",
    "turned around": f"{MARK}\u202egpj.exe",
    "isolated": f"\u2067{MARK}",
    "unseen": "\u200b\u200d",
}
# The program itself works it out from the file that was sent.
OURS = {"upload.sha256"}
Change = Callable[[str], Any]


def texts(given: Any) -> Iterator[tuple[str, Change]]:
    """Every text in what a deed is given, by its path, with how to put another in its place."""
    for name, part, put in _parts(given):
        if isinstance(part, str):
            yield name, put
        else:
            yield from (
                (f"{name}.{path}", lambda new, put=put, to=to: put(to(new))) for path, to in texts(part)
            )


def _parts(given: Any) -> Iterator[tuple[str, Any, Change]]:
    if isinstance(given, pd.DataFrame):
        for name in given.columns[: None if len(given) else 0]:
            yield name, given[name].iloc[0], lambda new, name=name: _cell(given, name, new)
    elif isinstance(given, Mapping):
        for name, part in given.items():
            yield str(name), part, lambda new, name=name: {**given, name: new}
    elif hasattr(given, "_replace"):
        for name in given._fields:
            yield name, getattr(given, name), lambda new, name=name: given._replace(**{name: new})
    elif is_dataclass(given):
        for field in fields(given):
            yield field.name, getattr(given, field.name), lambda new, f=field: replace(given, **{f.name: new})
    elif isinstance(given, list | tuple) and given:
        yield "0", given[0], lambda new: type(given)([new, *given[1:]])


def _cell(table: pd.DataFrame, name: str, new: object) -> pd.DataFrame:
    changed = table.astype({name: object})
    changed.iat[0, changed.columns.get_loc(name)] = new
    return changed


def held(store, text):
    """The tables and columns that hold a text."""
    columns = store.rows(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND NOT internal"
        " AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE NOT internal)"
    )
    return [
        (table, name)
        for table, name in columns
        if store.rows(f'SELECT 1 FROM "{table}" WHERE contains("{name}", $text)', text=text)
    ]


@pytest.fixture
def city(tmp_path, starting_data):
    """Fresh databases in files of their own: beside one lies evidence."""
    opened = []

    def fresh() -> Store:
        path = tmp_path / str(len(opened)) / "real.duckdb"
        path.parent.mkdir()
        shutil.copyfile(starting_data, path)
        opened.append(Store(path))
        return opened[-1]

    yield fresh
    for store in opened:
        store.close()


@pytest.mark.parametrize("name", PROPER)
def test_a_text_that_cannot_be_kept_is_refused_wherever_it_stands(city, name):
    deed = PROPER[name](city())
    before = state(deed.store)
    for path, put in texts(deed.given):
        if path.partition(".")[0] in SECRET or path in OURS:
            continue
        for kind, bad in BAD.items():
            try:
                deed.function(deed.store, SOMEBODY, **put(bad))
            except CmiError as refusal:
                if path == "note":
                    assert refusal.reason.startswith("text_")
                    assert refusal.details["field"] == "note"
                continue
            # Done, because nobody looks at this text; then nobody keeps it either.
            assert not held(deed.store, bad), f"{path}, {kind}"
            deed = PROPER[name](city())
            before = state(deed.store)
    assert state(deed.store) == before


@pytest.mark.parametrize("name", PROPER)
def test_what_people_type_every_day_is_kept(city, name):
    """With zero-width spaces between Thai words, an accent of two signs, emoji, and marks of spreadsheets and Markdown."""
    deed = PROPER[name](city())
    if "note" not in deed.given:
        return
    note = "ค่า\u200bเฉลี่ย **ดี** e\u0301 👩\u200d🔬 =1+1 [ก](ข)\nบรรทัดที่สอง"

    deed.function(deed.store, SOMEBODY, **deed.given | {"note": note})

    (kept,) = deed.store.rows("SELECT note FROM entry ORDER BY entry DESC LIMIT 1")[0]
    assert kept.endswith(note.replace("e\u0301", "é"))
