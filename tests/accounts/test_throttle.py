"""Guessing gets slower, for the guesser alone, and never for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cmi_core.accounts import throttle
from cmi_core.accounts.throttle import FREE_TRIES, LONGEST, Throttle, network
from cmi_core.errors import AccountError

KEY = ("nok", "127.0.0.1")


def waits(gate, key=KEY, now=0.0):
    """The seconds to wait, or 0 when the try was let through (and counted)."""
    try:
        gate.attempt(key, now)
    except AccountError as refusal:
        return refusal.details["seconds"]
    return 0


def test_the_first_tries_are_free():
    gate = Throttle()

    assert [waits(gate) for _ in range(FREE_TRIES)] == [0] * FREE_TRIES
    assert waits(gate) > 0


def test_the_wait_doubles_up_to_its_limit():
    gate, now, told = Throttle(), 0.0, []
    for _ in range(FREE_TRIES):
        waits(gate, now=now)
    for _ in range(14):
        told.append(waits(gate, now=now))
        now += told[-1]
        assert waits(gate, now=now) == 0

    assert told[:6] == [2, 3, 5, 9, 17, 33]
    assert told[-1] == int(LONGEST) + 1


def test_a_refused_try_does_not_lengthen_the_wait():
    gate = Throttle()
    for _ in range(FREE_TRIES):
        waits(gate)
    before = waits(gate)

    assert [waits(gate) for _ in range(50)] == [before] * 50


def test_others_do_not_wait():
    gate = Throttle()
    for _ in range(FREE_TRIES + 1):
        waits(gate)

    assert waits(gate, ("nok", "10.0.0.9")) == 0
    assert waits(gate, ("ying", "127.0.0.1")) == 0


def test_old_tries_are_forgotten():
    gate = Throttle()
    for _ in range(FREE_TRIES):
        waits(gate)

    later = LONGEST + 2
    assert [waits(gate, now=later) for _ in range(FREE_TRIES)] == [0] * FREE_TRIES


def test_a_patient_guesser_never_breaks_the_reckoning():
    gate, now = Throttle(), 0.0
    for _ in range(3000):
        now += waits(gate, now=now)

    assert waits(gate, now=now) <= LONGEST + 1


def test_many_at_once_are_counted_each():
    gate = Throttle()
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: waits(gate), range(64)))

    assert told.count(0) == FREE_TRIES


def test_the_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(throttle, "_KEPT", 10)
    gate = Throttle()
    for number in range(100):
        waits(gate, number)

    assert len(gate._tries) == 10


@pytest.mark.parametrize("now", [0.0, 1e9])
def test_any_clock_will_do(now):
    assert waits(Throttle(), now=now) == 0


def test_a_right_try_makes_the_wrong_ones_before_it_count_no_more():
    gate = Throttle()
    for _ in range(FREE_TRIES - 1):
        waits(gate)
    gate.forget(KEY)

    assert [waits(gate) for _ in range(FREE_TRIES)] == [0] * FREE_TRIES


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.7", "10.0.0.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.7", "10.0.0.7", True),
        ("fe80::1%eth0", "fe80::2%wlan1", True),
        ("testclient", "testclient", True),
        ("", "10.0.0.7", False),
    ],
)
def test_a_network_is_an_address_or_the_half_of_one_that_a_household_has(one, other, same):
    assert (network(one) == network(other)) is same


def test_how_much_is_free_and_how_long_a_wait_is_can_be_said():
    gate = Throttle(free=3, first=60.0, longest=100.0)

    assert [waits(gate, now=now) for now in (0, 0, 0, 1, 61, 62, 162)] == [0, 0, 0, 60, 0, 100, 0]
    # Left alone for as long as the longest wait, beyond the one that it had.
    assert [waits(gate, now=162 + 201) for _ in range(3)] == [0, 0, 0]
