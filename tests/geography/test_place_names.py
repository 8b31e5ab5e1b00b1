"""Code and names told from other people's field names."""

import pytest

from cmi_core.geography.place_names import code_and_names


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, ("", "", "")),
        ({"ADM3_PCODE": "TH500108", "ADM3_TH": "สุเทพ", "ADM3_EN": "Suthep"}, ("TH500108", "สุเทพ", "Suthep")),
        ({"Name": "Nimman", "id": "x.1", "id2": "nimman"}, ("nimman", "", "Nimman")),
        ({"name": "นิมมาน", "name_en": "Nimman"}, ("", "นิมมาน", "Nimman")),
        ({"name": "นิมมาน", "name_th": "ย่านนิมมาน"}, ("", "ย่านนิมมาน", "")),
    ],
)
def test_the_usual_fields_are_known(attributes, expected):
    assert code_and_names(attributes) == expected
