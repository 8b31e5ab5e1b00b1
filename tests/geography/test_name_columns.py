"""The name and the code of a row are found among a file's own fields by heading and content."""

import pytest

from cmi_core.errors import FileRefused
from cmi_core.geography.name_columns import columns

NAMES = ("สมมติหนึ่ง", "สมมติสอง", "สมมติสาม")
LATIN = ("Sommot Nueng", "Sommot Song", "Sommot Sam")
CODES = ("509901", "509902", "509903")
HIGHER = {"AMPHOE_T": ("อ.สมมติ",) * 3, "PV_TN": ("เชียงใหม่",) * 3}


def table(**fields):
    return [{name: values[at] for name, values in fields.items() if values[at]} for at in range(3)]


def found(answers=None, **fields):
    return columns(list(fields), table(**fields), answers or {})


def chosen(**fields):
    told = found(**fields)
    return told.name_th, told.name_en, told.code


@pytest.mark.parametrize(
    ("thai", "english", "code"),
    [
        ("TAM_NAMT", "TAM_NAME", "TAM_CODE"), ("TB_TN", "TB_EN", "TB_IDN"), ("pro_th", "pro_en", "pro_code"),
        ("ADM3_TH", "ADM3_EN", "ADM3_PCODE"), ("T_NAME_T", "T_NAME_E", "TAMBON_ID"), ("name:th", "name:en", "@id"),
        ("NAME_T", "NAME_E", "ID"), ("tambonNameTh", "tambonNameEn", "tambonCode"), ("TAMBON_TH", "TAMBON_EN", "TAMBON_CD"),
        ("ชื่อตำบล", "ชื่อภาษาอังกฤษ", "รหัสตำบล"), ("ชื่อ", "อังกฤษ", "รหัส"), ("ชื่อไทย", "ชื่ออังกฤษ", "รหัสพื้นที่"), ("NAMETH", "NAMEENG", "CODE"),
        ("label_th", "label_en", "ref"), ("Thai_Name", "English_Name", "Geocode"), ("AREA_NAME", "AREA_NAME_EN", "AREA_CODE"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_what_offices_call_these_fields_is_known(thai, english, code, turned):
    fields = {thai: NAMES, english: LATIN, code: CODES, "SHAPE_Area": ("0.12", "0.13", "0.14"), **HIGHER}
    fields = dict(reversed(fields.items())) if turned else fields
    told = found(**fields)

    assert (told.name_th, told.name_en, told.code) == (thai, english, code)
    assert not [question.id for question in told.questions if question.asked]


def test_files_of_all_levels_give_the_lowest():
    """As GADM and the United Nations lay them out, here of one amphoe and of two."""
    gadm = {"GID_0": ("THA",) * 3, "NAME_1": ("Chiang Mai",) * 3, "NL_NAME_1": ("เชียงใหม่",) * 3, "GID_2": ("THA.10.1_1",) * 3,
            "NL_NAME_2": ("ก", "ก", "ข"), "NAME_2": ("A", "A", "B"), "GID_3": ("THA.10.1.1_1", "THA.10.1.2_1", "THA.10.1.3_1"),
            "NAME_3": LATIN, "VARNAME_3": ("", "", "Sam"), "NL_NAME_3": NAMES, "TYPE_3": ("Tambon",) * 3}  # fmt: skip
    assert chosen(**gadm) == ("NL_NAME_3", "NAME_3", "GID_3")
    levels = {"ADM3_EN": LATIN, "ADM3_TH": NAMES, "ADM3_PCODE": ("TH500101", "TH500102", "TH500201"), "ADM3_REF": ("",) * 3,
              "ADM3ALT1TH": ("", "", "อื่น"), "ADM2_EN": ("A", "A", "B"), "ADM2_TH": ("ก", "ก", "ข"), "ADM2_PCODE": ("TH5001", "TH5001", "TH5002"),
              "ADM1_TH": ("เชียงใหม่",) * 3, "date": ("2019-02-18",) * 3, "validOn": ("2022-01-22",) * 3}  # fmt: skip
    assert chosen(**levels) == ("ADM3_TH", "ADM3_EN", "ADM3_PCODE")


def test_the_smallest_unit_is_the_name_even_where_each_row_is_of_another_larger_one():
    apart = {"AMP_NAMT": ("ก.", "ข.", "ค."), "TAM_NAMT": NAMES, "PRO_NAMT": ("ลำพูน", "ลำปาง", "พะเยา")}
    assert chosen(**apart)[0] == "TAM_NAMT"
    villages = {"TAM_NAMT": ("ก", "ก", "ข"), "MUBAN_T": NAMES}
    assert chosen(**villages)[0] == "MUBAN_T"


def test_what_is_the_same_on_all_rows_is_neither_name_nor_code():
    told = found(name=("เชียงใหม่",) * 3, code=("50",) * 3, ย่านใด=NAMES, id=CODES)
    assert (told.name_th, told.code) == ("ย่านใด", "id")
    assert [(item.where, item.reason) for item in told.left_out] == [("code", "read_boundaries.column_same")]


def test_a_repeated_code_is_said_and_not_used_unless_somebody_says_so():
    told = found(name=NAMES, code=("1", "1", "2"))
    assert (told.code, told.left_out[0].reason) == ("", "read_boundaries.code_repeated")
    assert found({"code": "code"}, name=NAMES, code=("1", "1", "2")).code == "code"


def test_a_remark_a_number_and_a_measure_are_no_name_and_no_code():
    told = found(
        หมายเหตุ=NAMES, ชื่อ=("ก", "ข", "ค"), OBJECTID=("1", "2", "3"), area=("12", "13", "14"), population=CODES
    )
    assert (told.name_th, told.name_en, told.code) == ("ชื่อ", "", "")


def test_thai_under_an_unknown_heading_is_asked_about_with_it_first():
    told = found(OBJECTID=("1", "2", "3"), ชั้นข้อมูล=NAMES)
    (question,) = (question for question in told.questions if question.asked)
    assert (question.id, question.default) == ("name_th", "ชั้นข้อมูล")
    assert question.candidates[0].sample == NAMES
    assert question.candidates[-1].answer == ""


def test_two_names_that_are_as_likely_are_asked_about():
    told = found(name_a=NAMES, name_b=("ก", "ข", "ค"))
    assert next(question for question in told.questions if question.id == "name_th").asked


def test_rows_named_in_latin_letters_only_ask_nothing():
    told = found(Name=LATIN, id2=("nimman", "suan_dok", "mae_hia"))
    assert (told.name_th, told.name_en, told.code) == ("", "Name", "id2")
    assert not [question.id for question in told.questions if question.asked]
    assert told.of({"Name": "Nimman", "id2": "nimman"}) == ("nimman", "", "Nimman")


def test_a_name_in_the_other_language_stands_where_it_belongs():
    told = found(name=("สมมติหนึ่ง", "สมมติสอง", "Sommot Sam"))
    assert [told.of(row)[1:] for row in table(name=("สมมติหนึ่ง", "สมมติสอง", "Sommot Sam"))] == [
        ("สมมติหนึ่ง", ""), ("สมมติสอง", ""), ("", "Sommot Sam"),
    ]  # fmt: skip


def test_an_answer_counts_and_an_unknown_one_is_refused():
    fields = {"name_th": NAMES, "ชื่ออื่น": ("ก", "ข", "ค")}
    assert found({"name_th": "ชื่ออื่น"}, **fields).name_th == "ชื่ออื่น"
    assert found({"name_th": ""}, **fields).name_th == ""
    with pytest.raises(FileRefused, match="answer_unknown"):
        found({"name_th": "other"}, **fields)


def test_every_field_is_an_answer_to_every_question():
    told = found(name=NAMES, OBJECTID=("1", "2", "3"), x=("", "", "1"))
    for question in told.questions:
        assert {candidate.answer for candidate in question.candidates} == {"name", "OBJECTID", "x", ""}


def test_a_file_without_fields_asks_nothing():
    assert columns([], [{}, {}], {}).questions == ()
