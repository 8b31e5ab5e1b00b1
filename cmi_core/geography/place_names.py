"""The code and names of a place, told from the fields of somebody else's file."""

import re

CODE_FIELDS = ("code", "place", "id2", "id", "pcode", "adm3_pcode", "adm2_pcode", "รหัส")
THAI_FIELDS = ("name_th", "nameth", "name_t", "thai_name", "adm3_th", "adm2_th", "t_name_t", "ชื่อ")
ENGLISH_FIELDS = ("name_en", "nameen", "name_e", "eng_name", "adm3_en", "adm2_en", "t_name_e")
NAME_FIELDS = ("name", "label", "title")
THAI_LETTER = re.compile(r"[\u0e01-\u0e5b]")


def by_language(name: str) -> tuple[str, str]:
    """
    A name as (Thai, English); the other one is empty.

    >>> by_language("Wat Suan Dok")
    ('', 'Wat Suan Dok')
    """
    return (name, "") if THAI_LETTER.search(name) else ("", name)


def code_and_names(attributes: dict[str, str]) -> tuple[str, str, str]:
    """
    Code, Thai and English name from the usual field names; empty where there is none.

    >>> code_and_names({"Name": "ย่านสวนดอก", "id2": "a7"})
    ('a7', 'ย่านสวนดอก', '')
    """
    lowered = {name.casefold(): text for name, text in attributes.items()}
    thai, english = by_language(_first(lowered, NAME_FIELDS))
    return (
        _first(lowered, CODE_FIELDS),
        _first(lowered, THAI_FIELDS) or thai,
        _first(lowered, ENGLISH_FIELDS) or english,
    )


def _first(attributes: dict[str, str], fields: tuple[str, ...]) -> str:
    return next((attributes[name] for name in fields if attributes.get(name)), "")


def called(attributes: dict[str, str]) -> str:
    """
    What a row is called for whoever has to find it: its name by the usual fields, else its first text that is no number.

    >>> called({"id": "7", "Name": "หมุด"}), called({"OBJECTID": "1", "x": "ริมน้ำ"})
    ('หมุด', 'ริมน้ำ')
    """
    _, thai, english = code_and_names(attributes)
    letters = (text for text in attributes.values() if any(letter.isalpha() for letter in text))
    return (thai or english or next(letters, ""))[:60]
