"""
How fast the map paints and how it stays fluid with 7,000 points, in Chromium without a network.

`python benchmarks/map_paint.py` starts its own server on a throw-away copy of the data with 7,000 further points at random
spots (seeded, in the benchmark's folder only) and prints medians of ten.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from cmi_core.landmark_kinds import CATEGORIES  # noqa: E402 - after the path
from cmi_core.store import opening, places, record  # noqa: E402

PORT, MAP = 8693, "iframe[src*=streamlit_folium]"


def fill(folder: str, points: int) -> None:
    """Make the data folder with so many further points."""
    os.environ["CMI_DATA_DIR"] = folder
    chance, store = random.Random(1), opening.open_store(Path(folder) / "real.duckdb")
    lines = [
        {"landmark": f"bench_{n}", "name_th": f"จุด {n}", "name_en": f"Point {n}", "category": chance.choice(CATEGORIES),
         "lon": 98.91 + chance.random() * 0.12, "lat": 18.73 + chance.random() * 0.12, "active": True, "basis": "inferred",
         "source": "own_analysis"} for n in range(points)
    ]  # fmt: skip
    with store.writing() as cursor:
        for line in lines:
            places.add_landmark(cursor, line["landmark"])
        if lines:
            record.append(
                cursor,
                {"landmark_line": lines},
                deed="import_points",
                by="benchmark",
                at=datetime(2026, 1, 1),
                note="benchmark",
            )
    store.close()


def measure(points: int) -> None:
    """Start a server with so many further points and time it."""
    with tempfile.TemporaryDirectory() as folder:
        fill(folder, points)
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(PORT), "--server.address", "127.0.0.1"],
            cwd=ROOT, env=os.environ | {"CMI_DATA_DIR": folder}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            for _ in range(120):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2)
                    break
                except OSError:
                    time.sleep(0.5)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium",
                    args=[
                        "--no-sandbox",
                        "--disable-gpu",
                        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                    ],
                )
                report(browser, points)
                browser.close()
        finally:
            server.terminate()
            server.wait(10)


def report(browser: Browser, points: int) -> None:
    """Open, reload and change districts, and print what it took."""
    first, again, switch = [], [], []
    for turn in range(6):
        page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        start = time.perf_counter()
        page.goto(f"http://127.0.0.1:{PORT}/district-map?lang=en")
        page.frame_locator(MAP).locator("html[data-ready]").wait_for()
        (first if turn else []).append((time.perf_counter() - start) * 1000)
        start = time.perf_counter()
        page.reload()
        page.frame_locator(MAP).locator("html[data-ready]").wait_for()
        again.append((time.perf_counter() - start) * 1000)
        frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
        for place in ("Suan Dok", "Mae Hia", "Nimman"):
            page.wait_for_timeout(1200)
            before = int(frame.evaluate("() => document.documentElement.dataset.ready"))
            box = page.get_by_role("combobox", name="District")
            box.focus()
            box.press_sequentially(place)
            page.get_by_role("option", name=place).first.wait_for()
            start = time.perf_counter()
            box.press("Enter")
            frame.wait_for_function(
                "before => Number(document.documentElement.dataset.ready) > before", arg=before, polling=10
            )
            switch.append((time.perf_counter() - start) * 1000)
        redraw = frame.evaluate(
            "() => { const c = Object.values(map._layers).find((l) => l._ctx && l._pane !== 'ground' && l.options.pane === 'overlayPane')"
            " || cmiMap.map().options.renderer; const t = performance.now(); for (let i = 0; i < 10; i += 1) { c._redrawBounds = null;"
            " c._redraw(); } return (performance.now() - t) / 10; }"
        )
        page.context.close()
    for name, values in (
        ("first paint, empty cache", first),
        ("reload, cache warm", again),
        ("district switch to repaint", switch),
    ):
        print(
            f"{points:>6} points | {name:<28} | median {statistics.median(values):7.0f} ms | slowest {max(values):7.0f} ms"
        )
    print(f"{points:>6} points | one redraw of all points      | {redraw:7.1f} ms")


if __name__ == "__main__":
    for count in (0, 7_000):
        measure(count)
