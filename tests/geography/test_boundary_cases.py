"""Boundary files as offices and map programs really write them: understood, asked about, and listed where left out."""

from pathlib import Path

import pyproj
import pytest

from cmi_core.geography.boundaries import Standing, read_boundaries
from cmi_core.text import LANGUAGES, translator

CASES = Path(__file__).parents[1] / "cases" / "boundaries"
THAI = ["สมมติหนึ่ง", "สมมติสอง", "สมมติสาม", "ทดลองเหนือ", "ทดลองใต้", "ทดลองกลาง"]
LATIN = ["Sommot Nueng", "Sommot Song", "Sommot Sam", "Thotlong Nuea", "Thotlong Tai", "Thotlong Klang"]
CODES = [f"50990{number}" for number in range(1, 7)]
GEOD = pyproj.Geod(ellps="WGS84")


def read(name, **answers):
    (file,) = CASES.glob(f"{name}_*")
    return read_boundaries(file.read_bytes(), filename=file.name, answers=answers)


def named(upload):
    return tuple(list(upload.shown[name]) for name in ("name_th", "name_en", "code"))


def with_(prefix, names):
    return [prefix + name for name in names]


def asked(upload):
    return [question.id for question in upload.questions if question.asked]


def left_out(upload):
    return [(item.kind, item.where, item.reason.partition(".")[2]) for item in upload.left_out]


def first_corner_off(upload):
    """Metres between the south-west of the first area and where it was made."""
    west, south, *_ = upload.shown.geometry[0].bounds
    return GEOD.inv(west, south, 98.95, 18.77)[2]


@pytest.mark.parametrize(
    ("case", "expected", "columns"),
    [
        ("b01", (with_("ต.", THAI), LATIN, CODES), ("TAM_NAMT", "TAM_NAME", "TAM_CODE")),
        ("b02", (with_("อ.", THAI), LATIN, [f"TH5099{n}" for n in range(6)]), ("ADM2_TH", "ADM2_EN", "ADM2_PCODE")),
        ("b03", (THAI, LATIN, [str(90 + n) for n in range(6)]), ("pro_th", "pro_en", "pro_code")),
        ("b04", (with_("ตำบล", THAI), [f"{name} Subdistrict" for name in LATIN], [f"relation/90{n}" for n in range(6)]),
         ("name:th", "name:en", "@id")),
        ("b16", (with_("ต.", THAI), LATIN, CODES), ("TB_TN", "TB_EN", "TB_IDN")),
    ],
)  # fmt: skip
def test_names_and_codes_are_found_in_the_files_own_fields(case, expected, columns):
    upload = read(case)

    assert named(upload) == expected
    assert tuple(upload.understood["columns"].values()) == columns
    assert (asked(upload), left_out(upload)) == ([], [])
    assert upload.areas["area_km2"].sum() == pytest.approx(7.002, abs=0.0001)
    # What is no name and no code is there to be looked at all the same.
    assert {name for attributes in upload.areas["attributes"] for name in attributes} == set(upload.fields)


def test_one_damaged_name_leaves_the_others_whole():
    upload = read("b05")
    names, _, codes = named(upload)

    assert names == [*with_("ตำบล", THAI[:2]), "ตำบลสมมติสา\ufffd", *with_("ตำบล", THAI[3:])]
    assert codes == CODES
    assert (upload.encoding, asked(upload)) == ("UTF-8", ["encoding"])
    assert [note.code for note in upload.warnings] == ["text_damaged"]


def test_a_western_encoding_over_thai_names_is_asked_about_with_both_samples():
    upload = read("b06")
    (question,) = upload.open

    assert [candidate.answer for candidate in question.candidates] == ["CP874", "ISO8859-1"]
    assert [candidate.sample[0] for candidate in question.candidates] == ["ตำบลสมมติหนึ่ง", "µÓºÅÊÁÁµÔË¹Öè§"]
    assert upload.areas.empty
    settled = read("b06", encoding="CP874")
    assert named(settled)[0] == with_("ตำบล", THAI)
    assert len(settled.areas) == 6
    believed = read("b06", encoding="ISO8859-1")
    assert believed.areas["attributes"][0]["NAME_TH"] == "µÓºÅÊÁÁµÔË¹Öè§"


def test_an_encoding_that_does_not_fit_is_said():
    upload = read("b07")

    assert named(upload)[0] == with_("ตำบล", THAI)
    assert [(note.code, dict(note.details)) for note in upload.warnings] == [
        ("encoding_wrong", {"declared": "UTF-8", "encoding": "CP874"})
    ]
    assert asked(upload) == []


def test_a_datum_without_a_name_is_asked_and_each_answer_is_drawn():
    upload = read("b08")
    (question,) = upload.open

    assert [candidate.answer for candidate in question.candidates] == ["24047", "23947"]
    assert {answer: len(shapes) for answer, shapes in upload.drawn.items()} == {"24047": 6, "23947": 6}
    assert upload.areas.empty
    assert first_corner_off(read("b08", crs="24047")) < 1
    assert first_corner_off(read("b08", crs="23947")) == pytest.approx(179, abs=5)


def test_areas_are_taken_and_what_is_none_is_listed():
    pins = read("b09")
    assert named(pins)[0] == ["ย่านสมมติหนึ่ง", "ย่านสมมติสอง"]
    assert left_out(pins) == [("shape", "3: หมุดสมมติ", "is_point"), ("shape", "4: ถนนสมมติ", "is_line")]
    collections = read("b12")
    assert named(collections)[0] == with_("ย่าน", THAI[:3])
    assert [(reason, item.details["count"]) for (_, _, reason), item in
            zip(left_out(collections), collections.left_out, strict=True)] == [("points_inside", 1)] * 3  # fmt: skip
    labels = read("b13")
    assert (len(labels.areas), left_out(labels)) == (6, [("shape", "7: ป้ายชื่อ", "is_point")])


def test_a_code_that_tells_nothing_apart_is_said_and_not_used():
    repeated = read("b10")
    assert named(repeated) == (with_("ต.", THAI), [""] * 6, CODES)
    assert left_out(repeated) == [("column", "code", "column_same")]
    one = read("b11")
    assert named(one) == (["ย่านสมมติหนึ่ง", "ย่านสมมติสอง"], ["", ""], ["", ""])
    assert left_out(one) == [("column", "id", "column_same")]


def test_metres_of_the_web_are_asked_about_with_what_lies_in_thailand():
    upload = read("b14")

    assert [candidate.answer for candidate in upload.open[0].candidates] == ["3857"]
    assert first_corner_off(read("b14", crs="3857")) < 0.1


def test_where_no_field_says_name_it_is_asked_which_one_is():
    upload = read("b15")

    assert named(upload)[0] == ["สวนดอก", "นิมมาน"]
    assert asked(upload) == ["name_th"]
    assert named(read("b15", code="OBJECTID"))[2] == ["1", "2"]


@pytest.mark.parametrize("file", sorted(CASES.iterdir()), ids=lambda file: file.stem)
def test_all_that_is_said_of_a_file_has_its_sentence(file):
    upload = read_boundaries(file.read_bytes(), filename=file.name)
    for language in LANGUAGES:
        t = translator(language)
        for question in upload.questions:
            assert t(question.why, **question.details)
            assert all(candidate.told or t(candidate.say) for candidate in question.candidates)
        assert all(t(item.reason, **item.details) for item in upload.left_out)
        assert all(t(note.say, **note.details) for note in upload.warnings)


def test_rows_say_what_each_area_would_change():
    upload = read("b15")
    old = upload.areas.geometry[0].buffer(0.001)
    standing = [
        Standing("suan_dok", ("สวนดอก", "Suan Dok"), old),
        Standing("nimman", ("นิมมานเหมินท์", "Nimman")),
    ]
    first, second = upload.rows(standing)

    assert (first["row"], first["key"], first["state"], first["before"]["names"]) == (
        1,
        "suan_dok",
        "changed",
        ["สวนดอก", "Suan Dok"],
    )
    assert first["before"]["area_km2"] > first["after"]["area_km2"]
    assert (second["state"], second["key"], second["reason"].reason) == ("refused", "", "area_unplaced")
    answered = read("b15", place_1="", place_2="nimman").rows(standing)
    assert [(row["state"], row["key"]) for row in answered] == [("refused", ""), ("new", "nimman")]
    same = [Standing("suan_dok", ("สวนดอก",), upload.areas.geometry[0])]
    assert upload.rows(same)[0]["state"] == "same"
