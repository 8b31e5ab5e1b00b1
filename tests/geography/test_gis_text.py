"""In which letters a file was written: its bytes say so, its own word is held against them."""

import pytest

from cmi_core.geography.gis_text import understood

NAMES = ["ตำบลสุเทพ", "ตำบลช้างเผือก", "ตำบลศรีภูมิ", "เขต", "เกาะเกร็ด", "น้ำแพร่"]


def told(*raw, declared=None, **answers):
    return understood([data.decode("latin-1") for data in raw], declared=declared, answers=answers)


def written(encoding, names=NAMES):
    return [name.encode(encoding) for name in names]


def read(text, data):
    return text.read(data.decode("latin-1"))


def notes(text):
    return [note["code"] for note in text.notes]


@pytest.mark.parametrize(
    ("encoding", "declared", "noted"),
    [
        ("utf-8", None, []), ("utf-8", "UTF-8", []), ("utf-8", "65001", []), ("utf-8", "ISO-8859-1", []),
        ("utf-8", "874", ["encoding_wrong"]), ("cp874", "windows-874", []), ("cp874", "TIS-620", []), ("cp874", "OEM 874", []),
        ("cp874", None, ["encoding_assumed"]), ("cp874", "UTF-8", ["encoding_wrong"]), ("cp874", "?!", ["encoding_wrong"]),
    ],
)  # fmt: skip
def test_the_bytes_decide(encoding, declared, noted):
    text = told(*written(encoding), declared=declared)

    assert [read(text, data) for data in written(encoding)] == NAMES
    open_ = [question.id for question in text.questions if question.settled({}) is None]
    # What ISO-8859-1 says fits any bytes, so that it could be meant: then it is asked and nothing is noted yet.
    assert (notes(text), open_) == (noted, ["encoding"] if declared == "ISO-8859-1" else [])


@pytest.mark.parametrize("declared", ["ISO-8859-1", "88591", "CP1252", "ANSI 1252"])
def test_a_western_word_over_thai_bytes_is_asked_with_thai_first(declared):
    text = told(*written("cp874"), declared=declared)
    (question,) = text.questions

    assert (question.default, question.candidates[0].answer) == (None, "CP874")
    assert question.candidates[0].sample == tuple(NAMES[:3])
    assert [read(text, data) for data in written("cp874")] == NAMES
    settled = told(*written("cp874"), declared=declared, encoding="CP874")
    assert notes(settled) == ["encoding_wrong"]


def test_western_names_stay_western():
    names = ["Café de la Rivière", "Müller", "Nong Hoi"]
    for declared in ("ISO-8859-1", "CP1252"):
        text = told(*written("latin-1", names), declared=declared)
        assert [read(text, data) for data in written("latin-1", names)] == names
        assert (notes(text), text.questions[0].asked) == ([], False)


@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize("spoilt", [0, 3, 5])
def test_one_name_that_was_cut_does_not_spoil_the_others(cut, spoilt):
    raw = written("utf-8")
    raw[spoilt] = raw[spoilt][:-cut]
    text = told(*raw, declared="UTF-8")
    names = [read(text, data) for data in raw]

    assert text.encoding == "UTF-8"
    assert [name for at, name in enumerate(names) if at != spoilt] == [
        name for at, name in enumerate(NAMES) if at != spoilt
    ]
    assert names[spoilt] == NAMES[spoilt][:-1] + "\ufffd"
    (question,) = text.questions
    assert (question.asked, question.default, question.candidates[0].sample[0]) == (
        True,
        "UTF-8",
        names[spoilt],
    )
    assert notes(text) == ["text_damaged"]


def test_plain_letters_ask_nothing():
    assert told(b"Suthep", b"1", declared=None).questions == ()


def test_what_was_an_escape_is_left_as_it_is():
    """Of a text with letters beyond Latin-1 there are no bytes to argue about."""
    text = told(*written("cp874"))
    assert text.read("สุเทพ") == "สุเทพ"
