"""Hashes, session marks and set-up codes."""

import base64
import time

import pytest
from argon2 import Type, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.accounts import passwords


def test_a_password_matches_its_own_hash_only():
    stored = passwords.hash_password("ดอยสุเทพ-ดอยปุย")

    assert stored.startswith("$argon2id$")
    assert passwords.matches("ดอยสุเทพ-ดอยปุย", stored)
    assert not passwords.matches("ดอยสุเทพ-ดอยปุ", stored)
    assert not passwords.matches("", stored)


def test_a_guess_costs_what_the_standard_asks(costly_hasher):
    """RFC 9106, its second recommended choice: 64 MB, three passes, four lanes."""
    cost = extract_parameters(costly_hasher.hash("long enough"))

    assert cost.type is Type.ID
    assert (cost.memory_cost, cost.time_cost, cost.parallelism) == (64 * 1024, 3, 4)
    assert (cost.salt_len, cost.hash_len) == (16, 32)


def test_the_same_password_has_another_hash_each_time():
    assert passwords.hash_password("long enough") != passwords.hash_password("long enough")


def test_two_spellings_of_the_same_letters_are_one_password():
    """Sara am is one sign on some keyboards and two on others."""
    stored = passwords.hash_password("น้ำตกแม่สาเชียงใหม่")

    assert passwords.matches("น้ํา" + "ตกแม่สาเชียงใหม่", stored)


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_nothing_matches_where_there_is_no_hash(stored):
    assert not passwords.matches("long enough", stored)


def test_a_mark_is_read_with_its_key():
    mark = passwords.session_mark("key", "nok", "epoch")

    assert passwords.read_mark("key", mark) == ("nok", "epoch")
    assert passwords.read_mark("other key", mark) is None


@given(place=st.integers(0, 400), sign=st.sampled_from("aZ9-_."))
def test_a_mark_with_any_other_sign_is_nobodys(place, sign):
    mark = passwords.session_mark("key", "nok", "epoch")
    place %= len(mark) - 1  # the last sign of base64 may hold unused bits
    changed = mark[:place] + sign + mark[place + 1 :]

    assert (passwords.read_mark("key", changed) is None) == (changed != mark)


@pytest.mark.parametrize("content", ["nok", ["nok"], ["nok", "epoch", "more"], {"a": 1}, None, 7])
def test_a_signed_mark_of_another_shape_is_nobodys(content):
    assert passwords.read_mark("key", passwords._signer("key").dumps(content)) is None


def test_a_mark_of_the_future_or_the_past_is_nobodys(monkeypatch):
    mark = passwords.session_mark("key", "nok", "epoch")
    now = time.time()
    for off, good in (
        (passwords.SESSION_SECONDS - 60, True),
        (passwords.SESSION_SECONDS + 60, False),
        (-600, False),
    ):
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda off=off: now + off)
        assert (passwords.read_mark("key", mark) is not None) == good, off


def test_codes_and_secrets_are_long_and_never_the_same():
    codes = {passwords.new_setup_code() for _ in range(200)}

    assert len(codes) == 200
    assert all(len(code) == 14 and not set(code) & set("IO01L") - {"L"} for code in codes)
    assert len({passwords.new_secret() for _ in range(200)}) == 200
    assert len(passwords.new_secret()) >= 43


def test_secrets_are_compared_whole():
    assert passwords.same("กขค", "กขค")
    assert not passwords.same("กขค", "กข")
    assert not passwords.same("", "x")


MARKS = [
    (passwords.session_mark, ("nok", "epoch"), passwords.read_mark),
    (passwords.step_mark, ("nok", "epoch", {"code"}), passwords.read_step_mark),
    (passwords.known_mark, ({"nok": "browser"},), passwords.read_known_mark),
    (passwords.draft_mark, ("nok", "epoch"), passwords.read_draft_mark),
    (passwords.reading_mark, ("nok",), passwords.read_reading_mark),
]


@pytest.mark.parametrize(("make", "content", "read"), MARKS)
def test_a_mark_of_one_kind_is_none_of_another(make, content, read):
    mark = make("key", *content)

    assert [bool(each("key", mark)) for _, _, each in MARKS] == [each is read for _, _, each in MARKS]
    assert not read("another key", mark)


def test_a_step_of_signing_in_says_what_is_so_and_ends_within_minutes(monkeypatch):
    mark = passwords.step_mark("key", "nok", "epoch", {"code"})
    assert passwords.read_step_mark("key", mark) == ("nok", "epoch", frozenset({"code"}))

    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + passwords.STEP_SECONDS + 2)
    assert passwords.read_step_mark("key", mark) is None


def test_a_browser_is_remembered_for_a_few_accounts_the_newest_ones():
    known = {f"person{number}": str(number) for number in range(20)}
    kept = passwords.read_known_mark("key", passwords.known_mark("key", known))

    assert kept == dict(list(known.items())[-passwords.MOST_KNOWN :])


def test_marks_are_signed_with_sha_256():
    signature = passwords.session_mark("key", "nok", "epoch").rpartition(".")[2]

    assert len(base64.urlsafe_b64decode(signature + "=")) == 32
