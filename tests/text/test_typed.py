"""A text that people type is kept as they meant it, within bounds, and without signs that deceive."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core import text
from cmi_core.errors import ObservationError
from cmi_core.store import opening
from cmi_core.text.typed import FIELDS, MADE, row, shown, typed

BOUND = {name: kind for name, kind in FIELDS.items() if kind is not MADE}


def reason(field, written):
    with pytest.raises(ObservationError) as refused:
        typed(field, written)
    return refused.value


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        ("name_th", "  คลองแม่ข่า  ", "คลองแม่ข่า"),
        ("name_th", "คลอง\u200bแม่\ufeffข่า\u00ad", "คลองแม่ข่า"),
        ("name_th", "กำ น้ำ", "กำ น้ำ"),
        ("name_en", "m² ① ½ ﬁ", "m² ① ½ ﬁ"),
        ("name_en", "cafe\u0301", "café"),
        ("name_en", "two\nlines\tand a tab", "two lines and a tab"),
        ("name_en", "lab 👩\u200d🔬 ❤\ufe0f", "lab 👩\u200d🔬 ❤\ufe0f"),
        ("note", "คลอง\u200bแม่ข่า\r\nสอง\u2028สาม", "คลอง\u200bแม่ข่า\nสอง\nสาม"),
        ("note", "مرحبا \u200fabc", "مرحبا \u200fabc"),
        ("comment", "   ", ""),
        ("comment", "", ""),
        ("geometry", '{"x": "\u200b"}', '{"x": "\u200b"}'),
    ],
)
def test_what_is_kept_reads_as_it_was_typed(field, written, kept):
    assert typed(field, written) == kept
    assert typed(field, kept) == kept


@pytest.mark.parametrize("field", BOUND)
def test_every_field_has_its_bounds(field):
    most = BOUND[field].most

    assert typed(field, "ก" * most) == "ก" * most
    long = reason(field, "ก" * (most + 1))
    assert (long.reason, long.details) == (
        "text_too_long",
        {"field": field, "length": most + 1, "limit": most},
    )
    nul = reason(field, "ab\0c")
    assert (nul.reason, nul.details) == ("text_control", {"field": field, "sign": "U+0000", "at": 3})
    for turn in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        assert reason(field, f"ก{turn}").reason == "text_turns"
    for unseen in ("\u200b", " \u200d\u200c ", "\u3164", "\u2800", "\U000e0041", "\ufeff"):
        assert reason(field, unseen).reason == "text_unseen"
    for no_sign in ("ก\ud800", "ก\ufffe", "ก\x1b[31m", "ก\x7f"):
        assert reason(field, no_sign).reason == "text_control"


def test_what_is_cut_out_does_not_count_as_long():
    assert len(typed("name_en", "a\u200b" * 300)) == 300


@given(st.text(), st.sampled_from(sorted(BOUND)))
def test_whatever_is_kept_is_kept_the_same_again(written, field):
    try:
        kept = typed(field, written)
    except ObservationError as refusal:
        assert refusal.reason.startswith("text_")
        return
    assert typed(field, kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == kept.strip()
    assert shown(kept, most=len(kept)) == kept
    assert BOUND[field].lines or "\n" not in kept


def test_every_text_of_the_record_has_bounds_and_a_name():
    """A column to come needs a row in the table, and a word for the sentence that refuses."""
    store = opening.open_store(":memory:")
    columns = store.rows(
        "SELECT DISTINCT column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND NOT internal AND table_name IN"
        " (SELECT table_name FROM duckdb_tables() WHERE NOT internal AND (table_name LIKE '%\\_line' ESCAPE '\\'"
        " OR table_name IN ('source', 'source_wording', 'city', 'draft')))"
    )
    store.close()
    assert not {name for (name,) in columns} - set(FIELDS)
    for language in text.LANGUAGES:
        translate = text.translator(language)
        for field in BOUND:
            told = text.refusal(translate, ObservationError("text_unseen", field=field))
            assert not told.startswith(f"{field}:")


def test_a_column_that_is_unknown_is_not_let_through():
    with pytest.raises(KeyError):
        row({"a_new_column": "ข้อความ"})


def test_the_starting_data_keep_to_their_own_bounds():
    store = opening.open_store(":memory:")
    for table, column in store.rows(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND table_name LIKE '%\\_line' ESCAPE '\\'"
    ):
        for (cell,) in store.rows(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'):
            assert typed(column, cell) == cell
    store.close()


def test_a_refusal_repeats_what_was_typed_shortly_and_unturned():
    told = text.refusal(
        text.translator("en"), ObservationError("number_is_text", text="\u202e" + "x" * 100_000)
    )

    assert "⟨U+202E⟩xxx" in told
    assert len(told) < 1_200


def test_a_refusal_of_a_row_says_which():
    refusal = ObservationError("text_unseen", field="note", row=7)

    assert text.refusal(text.translator("en"), refusal).startswith("Row 7: Note: ")
    assert text.refusal(text.translator("th"), refusal).startswith("แถว 7: ")
