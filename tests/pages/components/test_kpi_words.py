"""What people typed is shown letter by letter; parts of a KPI are named in the reader's language."""

from types import SimpleNamespace

import pytest

from cmi_core import text
from pages.components import kpi_words as words


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
    assert (words.part(reader("th"), code), words.part(reader("en"), code)) == (thai, english)
