"""In which encoding a text was written is told by its bytes, and one damaged letter does not change the rest."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.errors import FileRefused
from cmi_core.tables.decoding import DAMAGED, decoded

THAI = "รหัสตัวชี้วัด,ช่วงเวลา,ค่า\r\nk_patents,ปี ๒๕๖๗,๕\r\nชุมชนวัดเกตุ,พฤษภาคม,น้ำ\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-le", "utf-16-be"])
def test_thai_is_read_however_it_was_written(encoding):
    found = decoded(THAI.encode(encoding), {})
    assert found.text == THAI
    assert found.question is None or not found.question.asked


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_one_letter_cut_in_half_leaves_all_others(cut):
    data = THAI.encode()
    places = [place for place, byte in enumerate(data) if byte == 0xE0]
    at = places[int(len(places) * cut)]
    found = decoded(data[: at + 1] + data[at + 3 :], {})
    assert (found.encoding, found.text.count(DAMAGED)) == ("utf-8", 1)
    assert found.text.partition(DAMAGED)[0] == THAI[: len(found.text.partition(DAMAGED)[0])]


def test_western_accents_are_asked_about_and_thai_is_not():
    western = decoded("name;café;société\nélan;ü;ñandú".encode("cp1252"), {})
    assert (western.encoding, western.question.asked) == ("cp1252", True)
    assert "café" in western.question.candidates[0].sample
    assert not decoded("ชื่อ;ค่า\nวัดสวนดอก;1".encode("cp874"), {}).question.asked


def test_the_reader_s_answer_counts_where_it_can_be_read_so():
    data = "ชื่อ;ค่า\nวัดสวนดอก;1".encode("cp874")
    assert decoded(data, {"encoding": "cp874"}).text.startswith("ชื่อ")
    with pytest.raises(FileRefused) as refused:
        decoded(data, {"encoding": "klingon"})
    assert refused.value.reason == "answer_unknown"


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7", b"\x89PNG\r\n", b"PK\0\x01\x02\x03", b"a\0b\0\xff\xd8\0\xd8", bytes(range(256))]
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(FileRefused) as refused:
        decoded(data, {})
    assert refused.value.reason in {"file_not_table", "file_encoding_unknown"}


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_a_refusal(data):
    with suppress(FileRefused):
        assert isinstance(decoded(data, {}).text, str)
