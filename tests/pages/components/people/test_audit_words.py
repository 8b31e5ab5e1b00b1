"""Everything the log says of a line is a word of the reader's language."""

import re
from pathlib import Path

import pytest

from cmi_core import text
from cmi_core.actions.criteria import CRITERIA
from cmi_core.geography.categories import CATEGORIES
from cmi_core.store import Store, entries
from pages.components.people import audit_words
from pages.components.shell.session import Page

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def store():
    store = Store()
    yield store
    store.close()


def columns(store, table):
    return [
        name
        for (name,) in store.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $table", table=table
        )
        if name != "entry"
    ]


def page_of(language):
    return Page(None, "audit_log", language, text.translator(language), "light", None)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_table_of_lines_has_a_name(store, language):
    tables = list(entries.keys(store))

    assert len(tables) > 15
    assert not [table for table in tables if f"audit_log.{table}" not in text.catalogue(language)]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_field_of_a_line_has_a_name(store, language):
    told = {
        (table, name): audit_words.field(page_of(language), name)
        for table in entries.keys(store)
        for name in columns(store, table)
        if name not in audit_words.UNTOLD
    }

    assert len(told) > 100
    assert not [key for key, word in told.items() if word == key[1]]


def codes(store):
    """Every code that a check of the tables lets into a field, and those that a page offers."""
    for table, rule in store.rows(
        "SELECT table_name, constraint_text FROM duckdb_constraints() WHERE constraint_type = 'CHECK'"
        " AND table_name LIKE '%\\_line' ESCAPE '\\'"
    ):
        for name, listed in re.findall(r"""\"?(\w+)\"? IN \(((?:'[^']*'(?:, )?)+)\)""", rule):
            for code in re.findall(r"'([^']*)'", listed):
                yield table, name, code
    for code in CATEGORIES:
        yield "landmark_line", "category", code
    for code in CRITERIA:
        yield "criterion_score_line", "criterion", code


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_code_in_a_line_has_a_word(store, language):
    keys = {where: audit_words.key_of(*where) for where in codes(store)}

    assert len(keys) > 90
    assert not {where for where, key in keys.items() if key not in text.catalogue(language)}


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_deed_of_the_program_has_a_word(language):
    """Each `deed="…"` in the code is a key of the catalogue."""
    found = {
        deed
        for file in (ROOT / "cmi_core").rglob("*.py")
        for deed in re.findall(r'\bdeed="(\w+)"', file.read_text(encoding="utf-8"))
    }

    assert len(found) > 15
    assert not {deed for deed in found if f"deed.{deed}" not in text.catalogue(language)}
