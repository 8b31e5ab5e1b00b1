"""What a password has to be, tried with what people and guessers take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core import text
from cmi_core.accounts import rules
from cmi_core.errors import AccountError


def refused(password, *names, second_factor=False):
    try:
        rules.check(password, *names, second_factor=second_factor)
    except AccountError as refusal:
        for language in text.LANGUAGES:
            told = text.refusal(text.translator(language), refusal)
            assert len(password) < 9 or password not in told
        return refusal.reason
    return None


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "ดอยสุเทพ-ดอยปุย", "ข้าวซอยไก่กับน้ำพริกหนุ่ม", "three words unlike it", "q7#Lw0zP!m2vT9x",
        "8302 7716 4095 5528 1",
        "chiang mai umbrella saxophone", "🌧️ ฝนตกที่บ้านยาย 🌧️ ทุกปี",
    ],
)  # fmt: skip
def test_long_ones_of_ones_own_are_taken(password):
    assert refused(password, "nok", "นก ใจดี") is None


@pytest.mark.parametrize("second_factor", [False, True])
def test_the_length_depends_on_what_stands_beside_it(second_factor):
    least = rules.shortest(second_factor=second_factor)
    good = "wq7vzk0rplxmt3s"

    assert least == (8 if second_factor else 15)
    assert refused(good[: least - 1], second_factor=second_factor) == "password_short"
    assert refused(good[:least], second_factor=second_factor) is None


@pytest.mark.parametrize(
    "password",
    [
        "chiangmai chiangmai", "Chiang Mai 2569 innovation", "เชียงใหม่เมืองนวัตกรรม2569", "nokjaidee-chiangmai", "NOK.JAIDEE.2569.NOK",
        "เทศบาลนครเชียงใหม่!!", "นก-ใจดี-เชียงใหม่-1234", "password-cmu-nia-2026",
    ],
)  # fmt: skip
def test_ones_own_name_and_the_citys_words_are_no_password(password):
    assert refused(password, "nok.jaidee", "นก ใจดี") == "password_own_words"


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaaaaaa", "iloveyouiloveyou", "abcdefghijklmnopqrst", "letmeinletmeinletmein",
        "abcabcabcabcabcabc", "123456789012345",
    ],
)  # fmt: skip
def test_common_ones_and_patterns_are_refused_however_long(password):
    assert refused(password, "nok", "นก") in {"password_easy", "password_own_words"}


@pytest.mark.parametrize("password", ["password", "12345678", "qwertyui", "iloveyou", "football1"])
def test_beside_a_second_factor_too(password):
    assert refused(password, second_factor=True) in {"password_easy", "password_own_words"}


def test_a_name_that_is_written_with_signs_is_taken_as_it_is():
    """Nobody's name is a pattern for what is sought in a password."""
    assert refused("three words unlike it", "a.*", "[x](y) .+ \\w") is None


def test_the_longest_is_bounded():
    assert refused("three words unlike it " * 100) == "password_long"


@given(st.text(max_size=200), st.text(max_size=40), st.booleans())
def test_any_letters_get_an_answer(password, name, second_factor):
    assert refused(password, name, second_factor=second_factor) in {
        None,
        "password_short",
        "password_own_words",
        "password_easy",
    }
