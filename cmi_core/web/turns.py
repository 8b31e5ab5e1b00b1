"""Turns at what costs much: those who come from one network wait for each other, and nobody else for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Turns:
    """
    A few threads of their own, so that pages and maps never wait for one, and at most two at a time for one network.

    Nobody is refused for where they come from: a meeting room is through in seconds.
    """

    def __init__(self, threads: int = 4, of_a_network: int = 2) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="turn")
        self._each = of_a_network
        # A network is forgotten once nobody of it waits.
        self._networks: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def take(self, network: str, deed: Callable[[], T]) -> T:
        """What the deed answers, done when it is the network's turn."""
        waiting = self._networks.get(network)
        if waiting is None:
            self._networks[network] = waiting = asyncio.Semaphore(self._each)
        async with waiting:
            return await asyncio.get_running_loop().run_in_executor(self._threads, deed)
