"""
How fast are the pages? Prints, on the demonstration data: cold load and filter-to-repaint in Chromium,
server CPU per rerun, reruns per second and p50/p95 with 50 live sessions that think for 5 seconds, memory.

Run: .venv/bin/python -m benchmarks.pages
"""

import asyncio
import random
import statistics
import time
from dataclasses import dataclass, field

import websockets
from playwright.sync_api import Browser, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.serving import Server, demonstration

SESSIONS = 50
THINKING = 5.0
SECONDS = 30
PAGES = ("", "index-breakdown", "kpi-tracking", "goal-board", "district-map", "city-comparison")
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")  # fmt: skip


@dataclass
class Reader:
    """A session over the websocket, as a browser would hold it."""

    socket: websockets.ClientConnection
    pages: dict[str, str] = field(default_factory=dict)

    async def visit(self, page: str, query: str = "") -> float:
        """Run a page and wait for its end; the seconds it took."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_script_hash = self.pages.get(page, "")
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while True:
            told = ForwardMsg()
            told.ParseFromString(await self.socket.recv())
            kind = told.WhichOneof("type")
            if kind == "navigation":
                self.pages = {
                    entry.url_pathname: entry.page_script_hash for entry in told.navigation.app_pages
                }
            if kind == "script_finished":
                return time.perf_counter() - started


async def reader(server: Server) -> Reader:
    """A new session that has seen the first page."""
    address = server.address.replace("http", "ws") + "/_stcore/stream"
    opened = Reader(await websockets.connect(address, subprotocols=["streamlit"], max_size=None))
    await opened.visit("")
    return opened


async def cpu_per_rerun(server: Server) -> list[tuple[str, float, float]]:
    """Per page: CPU milliseconds and wall milliseconds of a rerun with another filter, 20 times."""
    one = await reader(server)
    found = []
    for page in PAGES:
        if page and page not in one.pages:
            continue
        for query in ("lang=en", "lang=th"):
            await one.visit(page, query)
        before = server.cpu_seconds()
        times = [await one.visit(page, f"lang={'en' if turn % 2 else 'th'}") for turn in range(20)]
        cpu = (server.cpu_seconds() - before) / len(times)
        found.append((page or "city-overview", cpu * 1000, statistics.median(times) * 1000))
    await one.socket.close()
    return found


async def crowd(server: Server) -> dict[str, float]:
    """Fifty sessions that toured every page, each acting every five seconds."""
    before = server.memory_mb()
    readers = [await reader(server) for _ in range(SESSIONS)]
    for one in readers:
        for page in [page for page in PAGES if page in one.pages]:
            await one.visit(page)
    memory = (server.memory_mb() - before) / SESSIONS
    times: list[float] = []
    chance = random.Random(1)
    cpu, started = server.cpu_seconds(), time.perf_counter()

    async def act(one: Reader, delay: float) -> None:
        await asyncio.sleep(delay)
        while time.perf_counter() - started < SECONDS:
            page = chance.choice([page for page in PAGES if page in one.pages or not page])
            times.append(await one.visit(page, f"lang={chance.choice(['th', 'en'])}"))
            await asyncio.sleep(THINKING)

    await asyncio.gather(*(act(one, chance.random() * THINKING) for one in readers))
    lasted = time.perf_counter() - started
    load = 100 * (server.cpu_seconds() - cpu) / lasted
    closed_started, closed = time.perf_counter(), 0

    async def hurry(one: Reader) -> None:
        nonlocal closed
        while time.perf_counter() - closed_started < 10:
            await one.visit("", f"lang={chance.choice(['th', 'en'])}")
            closed += 1

    await asyncio.gather(*(hurry(one) for one in readers))
    rate = closed / (time.perf_counter() - closed_started)
    for one in readers:
        await one.socket.close()
    times.sort()
    return {
        "p50 ms": statistics.median(times) * 1000,
        "p95 ms": times[int(len(times) * 0.95)] * 1000,
        "CPU %": load,
        "reruns/s, all at once": rate,
        "MB per session": memory,
    }


def in_chromium(server: Server, browser: Browser) -> dict[str, float]:
    """Cold load of the overview, and a change of filter until the page has repainted."""
    cold = []
    for _ in range(5):
        page = browser.new_context().new_page()
        started = time.perf_counter()
        page.goto(server.address)
        page.wait_for_selector(".cmi-hero")
        cold.append(time.perf_counter() - started)
        page.context.close()
    page = browser.new_context().new_page()
    page.goto(f"{server.address}/index-breakdown")
    page.wait_for_selector("h1:has-text('องค์ประกอบ')")
    page.wait_for_selector("[data-testid=stVegaLiteChart] :is(svg, canvas)")
    repaint = []
    for turn in range(10):
        label, heading = (("English", "Index breakdown"), ("ไทย", "องค์ประกอบของดัชนี"))[turn % 2]
        page.wait_for_timeout(400)
        started = time.perf_counter()
        page.get_by_test_id("stSidebar").get_by_text(label, exact=True).click()
        page.wait_for_selector(f"h1:has-text('{heading}')")
        page.wait_for_function("!document.querySelector('[data-stale=true]')")
        repaint.append(time.perf_counter() - started)
    return {
        "cold load ms": statistics.median(cold) * 1000,
        "filter to repaint ms": statistics.median(repaint) * 1000,
    }


def main() -> None:
    """Print the table."""
    with demonstration() as server:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
            for name, value in in_chromium(server, browser).items():
                print(f"{name:28} {value:10.0f}")
            browser.close()
        for page, cpu, wall in asyncio.run(cpu_per_rerun(server)):
            print(f"{'rerun ' + page:28} {cpu:7.1f} ms CPU {wall:7.1f} ms wall")
        for name, value in asyncio.run(crowd(server)).items():
            print(f"{SESSIONS} sessions, {name:16} {value:10.1f}")


if __name__ == "__main__":
    main()
