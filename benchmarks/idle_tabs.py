"""
What tabs that are opened and left cost the server, and what of it comes back once they are closed.

`python -m benchmarks.idle_tabs [TABS]` prints memory before, with the tabs open, after they were closed and forgotten,
and how long a page takes beside them.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path

from websockets.exceptions import WebSocketException

from benchmarks.serving import Server, serving
from benchmarks.session import Session, opened

TABS = 400
# Opened side by side: as many as a class of pupils that is told an address.
AT_ONCE = 20
# A session whose browser has gone is kept for two minutes, in case it comes back, and swept within half a one.
FORGOTTEN_SECONDS = 160


async def left_open(address: str, count: int) -> tuple[list[Session], int]:
    """So many tabs as nobody's, each on the first page; and how many were turned away."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def tab() -> Session | None:
        async with gate:
            with suppress(WebSocketException, OSError):
                return await opened(address)
        return None

    tabs = await asyncio.gather(*(tab() for _ in range(count)))
    held = [each for each in tabs if each is not None]
    return held, count - len(held)


async def timed(doing: Awaitable[Session]) -> float:
    """How many milliseconds it takes until a page is drawn."""
    start = time.perf_counter()
    session = await doing
    took = (time.perf_counter() - start) * 1000
    await session.socket.close()
    return took


async def measured(server: Server, tabs: int) -> dict[str, float]:
    """The rows of the table."""
    for _ in range(3):
        await timed(opened(server.address))
    rows = {"MB before": server.memory_mb(), "ms for a page before": await timed(opened(server.address))}
    held, turned_away = await left_open(server.address, tabs)
    rows |= {"tabs held": len(held), "tabs turned away": turned_away, "MB with the tabs": server.memory_mb()}
    rows["MB per tab"] = (rows["MB with the tabs"] - rows["MB before"]) / max(len(held), 1)
    rows["open files with the tabs"] = server.process.num_fds()
    await asyncio.gather(*(tab.socket.close() for tab in held))
    await asyncio.sleep(FORGOTTEN_SECONDS)
    return rows | {"MB once they are forgotten": server.memory_mb()}


def main() -> None:
    """Print the table."""
    tabs = int(sys.argv[1]) if len(sys.argv) > 1 else TABS
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        rows = asyncio.run(measured(server, tabs))
    for name, value in rows.items():
        print(f"{name:30} {value:,.1f}")


if __name__ == "__main__":
    main()
