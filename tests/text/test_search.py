"""Searching finds what a reader sees, however it was typed."""

import pytest

from cmi_core.text.search import found, plain


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("น้ํา", "น้ำประปา"),
        ("นํ้า", "น้ำประปา"),
        ("เเผน", "แผนปฏิบัติการ"),
        ("๒๕๖๒", "15 ส.ค. 2562"),
        ("2562", "15 ส.ค. ๒๕๖๒"),
        ("GRAB", "Grab Food"),
        ("Ｇｒａｂ", "grab"),
        ("แม่\u200bข่า", "คลองแม่ข่า"),
        ("ขนส่ง  green", "Green city: ระบบขนส่งมวลชน"),
        ("", "anything"),
    ],
)
def test_it_is_found(typed, written):
    assert found(typed, written)


@pytest.mark.parametrize(
    ("typed", "written"), [("grab", "foodpanda"), ("ขนส่ง grab", "ระบบขนส่งมวลชน"), ("แม่ข่า", "แม่เหียะ")]
)
def test_it_is_not_found(typed, written):
    assert not found(typed, written)


def test_plain_changes_nothing_twice():
    for text in ("น้ำ ทำ กำลัง", "Smart NIMMAN ๒๕๖๒", "เเม่ข่า"):
        assert plain(plain(text)) == plain(text)
