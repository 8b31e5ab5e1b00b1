"""What people typed is shown letter by letter; parts of a KPI are named in the reader's language."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core import text
from cmi_core.text.numbers import understand_number
from pages.components.kpi import kpi_words
from pages.components.shell import words


def reader(language):
    return SimpleNamespace(t=text.translator(language), language=language)


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("5*3 = 15, 12:30 น.", "5\\*3 = 15, 12:30 น."),
        (":red[x] ![a](//b) <b>", "\\:red\\[x\\] !\\[a\\](//b) \\<b\\>"),
        ("$x$ `y` ~~z~~ a_b | #", "\\$x\\$ \\`y\\` \\~\\~z\\~\\~ a\\_b \\| \\#"),
        ("บันทึกแล้ว (ร้อยละ) 1.5", "บันทึกแล้ว (ร้อยละ) 1.5"),
    ],
)
def test_markup_that_people_typed_is_only_shown(typed, given):
    assert words.as_text(typed) == given


@pytest.mark.parametrize(
    ("code", "thai", "english"),
    [
        ("", "", ""),
        ("sex:female", "เพศ: หญิง", "Sex: Female"),
        ("ช่วงอายุ/Age group:ต่ำกว่า 35/Under 35", "ช่วงอายุ: ต่ำกว่า 35", "Age group: Under 35"),
        ("คลอง:แม่ข่า", "คลอง: แม่ข่า", "คลอง: แม่ข่า"),
        ("Sex: Female ", "เพศ: หญิง", "Sex: Female"),
    ],
)
def test_a_part_is_said_in_the_readers_language(code, thai, english):
    assert (kpi_words.part(reader("th"), code), kpi_words.part(reader("en"), code)) == (thai, english)


@given(st.floats(-1e15, 1e15, allow_nan=False))
def test_a_field_holds_every_digit_of_a_number(value):
    """Saving a form that was only looked at changes nothing."""
    assert understand_number(words.exactly(value)) == value


@pytest.mark.parametrize(
    ("value", "told"),
    [(26.96, "26.96"), (1234.5, "1,234.5"), (100.0, "100"), (0.0, "0"), (1e-7, "0.0000001")],
)
def test_a_number_has_no_more_digits_than_it_needs(value, told):
    assert words.exactly(value) == told
