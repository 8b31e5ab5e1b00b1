"""Who a provider says that somebody is: nothing is taken from claims that lack a part or are for somebody else."""

from datetime import datetime

import pytest

from cmi_core.accounts.identities import Identity, read, same_address

CLAIMS = {
    "iss": "https://login.city.example", "sub": "ek", "aud": "city", "iat": 1_795_896_000, "nonce": "n", "email": " Ek@city.example ",
    "email_verified": True,
}  # fmt: skip


def claims(**more):
    """The usual claims with others; None leaves one out."""
    return {name: value for name, value in (CLAIMS | more).items() if value is not None}


def test_claims_are_an_identity():
    found = read(CLAIMS, client="city")

    assert found == Identity(
        "https://login.city.example", "ek", datetime(2026, 11, 28, 20), found.session, "Ek@city.example"
    )
    assert len(found.session) == 64
    assert read(claims(aud=["other", "city"]), client="city") == found
    assert read(claims(iat=1_795_896_000.0), client="city").issued == found.issued


@pytest.mark.parametrize(
    "more", [{"nonce": "m"}, {"iat": 1_795_896_001}, {"sub": "nok"}, {"iss": "https://b.example"}]
)
def test_each_signing_in_is_a_session_of_its_own(more):
    assert read(claims(**more), client="city").session != read(CLAIMS, client="city").session


@pytest.mark.parametrize(
    "more",
    [{name: None} for name in ("iss", "sub", "aud", "iat", "nonce")]
    + [{"iss": ""}, {"sub": ""}, {"sub": 7}, {"sub": ["ek"]}, {"sub": "e\x00k"}, {"sub": "ek\n"}, {"sub": "เอก"}]
    + [{"sub": "e" * 256}, {"iss": "https://\ud800"}, {"nonce": ""}, {"nonce": 1}]
    + [{"aud": "another"}, {"aud": ["another"]}, {"aud": []}, {"aud": {"city": 1}}, {"aud": "cit"}, {"aud": "city "}]
    + [{"iat": at} for at in (True, "1795896000", 0, -1, float("nan"), float("inf"), 1e12, 10**400)],
)  # fmt: skip
def test_what_lacks_a_part_or_is_for_another_client_is_nobody(more):
    assert read(claims(**more), client="city") is None


def test_without_a_client_of_ours_nothing_is_for_us():
    assert read(claims(aud=""), client="") is None
    assert read(claims(aud=[""]), client="") is None


@pytest.mark.parametrize(
    ("said", "leaves_out", "vouched"),
    [
        (True, False, True), ("true", False, True), ("True", False, True), (True, True, True),
        (None, False, False), (None, True, True),
        (False, False, False), (False, True, False), ("false", True, False), ("", True, False), (0, True, False),
        (1, True, False), ([True], True, False), ("yes", True, False),
    ],
)  # fmt: skip
def test_only_an_address_that_was_vouched_for_counts(said, leaves_out, vouched):
    found = read(claims(email_verified=said), client="city", leaves_out=leaves_out)

    assert found.email == ("Ek@city.example" if vouched else "")


def test_a_claim_that_says_nothing_is_as_one_left_out():
    told = CLAIMS | {"email_verified": None}

    assert (read(told, client="city").email, read(told, client="city", leaves_out=True).email) == (
        "",
        "Ek@city.example",
    )


@pytest.mark.parametrize("email", [None, "", 7, ["ek@city.example"]])
def test_an_address_that_is_none_is_empty(email):
    assert read(claims(email=email), client="city").email == ""


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("nok@city.example", "NOK@City.Example", True), (" nok@city.example", "nok@city.example ", True),
        ("nok@city.example", "nok@city.example.org", False), ("", "", False), (" ", " ", False), ("", "nok@city.example", False),
        # The Kelvin sign is a small k once it is made small; a Turkish capital I with a dot an i with another letter.
        ("no\u212a@city.example", "nok@city.example", False), ("\u212a@city.example", "\u212a@city.example", True),
        ("%@city.example", "n@city.example", False),
    ],
)  # fmt: skip
def test_addresses_are_one_but_for_the_case_of_latin_letters(first, second, same):
    assert same_address(first, second) is same
