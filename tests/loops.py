"""A loop of events of a test's own, whatever else runs in its process: the browser's driver keeps one in the main thread."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(coroutine):
    """What a coroutine answers."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
