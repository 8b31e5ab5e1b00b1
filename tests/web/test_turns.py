"""Who sends many at once waits for themselves: others from elsewhere come between."""

import asyncio
import threading
import time

import pytest

from cmi_core.web.turns import Turns
from tests import loops


@pytest.mark.parametrize("of_a_network", [1, 2])
def test_a_network_never_has_more_than_its_threads_at_once(of_a_network):
    lock, now, most = threading.Lock(), 0, 0

    def work():
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1
        return "done"

    async def many():
        turns = Turns(threads=8, of_a_network=of_a_network)
        return await asyncio.gather(*(turns.take("10.0.0.7", work) for _ in range(20)))

    assert loops.run(many()) == ["done"] * 20
    assert most == of_a_network


def test_somebody_from_elsewhere_does_not_wait_for_a_flood():
    done = []

    async def flood():
        turns = Turns(threads=2, of_a_network=1)

        async def one(network):
            await turns.take(network, lambda: time.sleep(0.02))
            done.append(network)

        crowd = [asyncio.create_task(one("10.0.0.7")) for _ in range(20)]
        await asyncio.sleep(0.01)
        await one("10.0.0.8")
        await asyncio.gather(*crowd)
        return dict(turns._networks)

    assert loops.run(flood()) == {}
    assert done.index("10.0.0.8") < 6


def test_a_deed_that_fails_gives_its_turn_back():
    def fail():
        raise KeyError("x")

    async def twice():
        turns = Turns(threads=1, of_a_network=1)
        for _ in range(2):
            with pytest.raises(KeyError):
                await turns.take("x", fail)
        return await turns.take("x", lambda: 7)

    assert loops.run(twice()) == 7
