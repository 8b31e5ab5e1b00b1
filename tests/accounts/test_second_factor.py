"""Codes of an app: right ones near their time, each once, by the standard's own values."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.accounts import second_factor
from cmi_core.accounts.second_factor import Factor

# RFC 6238, appendix B, for SHA-1: the secret 12345678901234567890, and the last six of its eight digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
STANDARD = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]
AT = datetime(2026, 7, 1, 3, 0)


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def app(moment):
    return pyotp.TOTP(SECRET).at(int(moment.replace(tzinfo=UTC).timestamp()))


@pytest.mark.parametrize(("seconds", "code"), STANDARD)
def test_the_standards_codes_are_right_at_their_time(seconds, code):
    assert second_factor.step_of(Factor(SECRET), code, at(seconds)) == seconds // 30
    assert second_factor.step_of(Factor(SECRET), f" {code[:3]} {code[3:]} ", at(seconds)) == seconds // 30


@pytest.mark.parametrize(
    ("off", "right"), [(-61, False), (-30, True), (0, True), (30, True), (61, False), (3600, False)]
)
def test_a_phones_clock_may_be_half_a_minute_off(off, right):
    code = app(AT + timedelta(seconds=off))

    assert (second_factor.step_of(Factor(SECRET), code, AT) is not None) is right


def test_no_code_is_right_twice_and_none_before_it():
    step = second_factor.step_of(Factor(SECRET), app(AT), AT)

    assert second_factor.step_of(Factor(SECRET, step), app(AT), AT) is None
    assert second_factor.step_of(Factor(SECRET, step), app(AT - timedelta(seconds=30)), AT) is None
    later = AT + timedelta(seconds=30)
    assert second_factor.step_of(Factor(SECRET, step), app(later), later) == step + 1


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "๑๒๓๔๕๖", "１２３４５６", "-12345", "12345\x00", "000000"]
)
def test_anything_else_is_wrong(code):
    assert second_factor.step_of(Factor(SECRET), code, AT) is None


@given(secret=st.text(max_size=40), code=st.text(max_size=12))
def test_any_letters_get_an_answer(secret, code):
    assert second_factor.step_of(Factor(secret), code, AT) is None


def test_secrets_and_recovery_codes_are_long_and_never_the_same():
    assert {len(second_factor.new_secret()) for _ in range(20)} == {32}
    assert len({code for _ in range(20) for code in second_factor.new_recovery_codes()}) == 200


def test_a_recovery_code_may_be_typed_in_any_way():
    (code, *_) = second_factor.new_recovery_codes()

    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert second_factor.spelt(typed) == code


def test_the_picture_says_what_the_app_reads():
    address = second_factor.address(SECRET, "nok@city", "Chiang Mai")

    assert pyotp.parse_uri(address).secret == SECRET
    assert second_factor.picture(address).startswith("data:image/png;base64,")
