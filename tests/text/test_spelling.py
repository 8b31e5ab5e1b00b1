"""What readers cannot tell apart is one, and nothing that looks different is exchanged."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cmi_core.text.spelling import composed, same, tidy


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("น\u0e49\u0e4d\u0e32", "น้ำ"),
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e33\u0e49", "น้ำ"),
        ("กํา", "กำ"),
        ("เเม่", "แม่"),
        ("e\u0301", "é"),
        ("ก\u0e4d", "ก\u0e4d"),
        ("m²", "m²"),
        ("①", "①"),
        ("ﬁ", "ﬁ"),
    ],
)
def test_letters_have_one_form(written, read):
    assert composed(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("ＫＰＩ　１", "KPI 1"), ("k\u200d_a\u2060", "k_a"), ("（พ.ศ.）", "(พ.ศ.)"), (" \ufeffค่า ", "ค่า")],
)
def test_full_width_and_zero_width_signs_are_plain(written, read):
    assert tidy(written) == read


@example("\u0e33\u0e33\u0e48")
@example("\u0e33\u0e48\u0e33\u0e48")
@given(st.text(st.characters(min_codepoint=0x0E00, max_codepoint=0x0E5B), max_size=12))
def test_a_text_put_right_stays_as_it_is(text):
    once = composed(text)
    assert composed(once) == once
    assert unicodedata.is_normalized("NFC", once)


def test_cells_are_the_same_whatever_their_spaces_and_case():
    assert same("  Mean\nBOD ") == same("mean bod") == "mean bod"
    assert same(None) == ""
    assert same(5) == "5"
