"""
How fast the map paints, how fast districts change, and how fluid it stays with 7,000 points, in Chromium without a network.

`python benchmarks/map_paint.py` starts its own server on a throw-away copy of the data with 7,000 further points at random
spots (seeded, in the benchmark's folder only) and prints medians; beside a change
of district stand the server's CPU milliseconds and an empty rerun's time, to tell a busy machine from a slow page.
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

from playwright.sync_api import Browser, Frame, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from cmi_core.geography.categories import CATEGORIES  # noqa: E402 - after the path
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
                report(browser, points, server.pid)
                browser.close()
        finally:
            server.terminate()
            server.wait(10)


# Frames while the map moves: the slowest and the median gap between two, in ms.
PAN = """async () => { const gaps = []; let last = performance.now(), on = true;
  const tick = (now) => { gaps.push(now - last); last = now; if (on) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  for (let turn = 0; turn < 6; turn += 1) { map.panBy([turn % 2 ? -220 : 220, 90 * (turn % 3 - 1)], {animate: true, duration: .3});
    await new Promise((done) => map.once('moveend', done)); }
  on = false; gaps.shift(); return gaps; }"""
ZOOM = """async () => { const took = []; for (const zoom of [13, 14, 15, 13, 12]) { const begin = performance.now();
  map.setZoom(zoom, {animate: false}); await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); took.push(performance.now() - begin); }
  return took; }"""
FILTER = """async () => { const took = [], all = cmiMap.state().families; for (let turn = 0; turn < 6; turn += 1) { const begin = performance.now();
  await cmiMap.show({...cmiMap.state(), families: turn % 2 ? all : all.slice(0, 4)});
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); took.push(performance.now() - begin); }
  return took; }"""
CARD = "name => document.querySelector('.cmi-place h3')?.textContent.includes(name)"


def cpu_ms(pid: int) -> float:
    """CPU milliseconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().split()
    return (int(fields[13]) + int(fields[14])) * 1000 / os.sysconf("SC_CLK_TCK")


def report(browser: Browser, points: int, pid: int) -> None:
    """Open, reload, change districts, move and filter, and print what it took."""
    told: dict[str, list[float]] = {}
    for turn in range(4):
        page = browser.new_context(viewport={"width": 1366, "height": 820}).new_page()
        page.set_default_timeout(120_000)
        for key in ("first paint, empty cache", "reload, cache warm"):
            start = time.perf_counter()
            page.goto(f"http://127.0.0.1:{PORT}/district-map?lang=en")
            page.frame_locator(MAP).locator("html[data-ready]").wait_for()
            if turn or key.startswith("reload"):  # the very first visit warms the server
                told.setdefault(key, []).append((time.perf_counter() - start) * 1000)
        frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
        for place in ("Suan Dok", "Mae Hia", "Nimman", "Mae Kha canal"):
            switch(page, frame, place, pid, told)
        for key, script in (
            ("gap between frames, panning", PAN),
            ("zoom to painted", ZOOM),
            ("filter to painted, browser", FILTER),
        ):
            told.setdefault(key, []).extend(frame.evaluate(script))
        page.context.close()
    for key, values in told.items():
        slowest = sorted(values)[int(len(values) * 0.95)]
        print(
            f"{points:>6} points | {key:<34} | median {statistics.median(values):7.1f} | p95 {slowest:7.1f} | best {min(values):7.1f}"
        )


def switch(page: Page, frame: Frame, place: str, pid: int, told: dict[str, list[float]]) -> None:
    """Choose a district in the list, and time its card and its highlight."""
    page.wait_for_timeout(1200)
    box = page.get_by_role("combobox", name="District")
    box.focus()
    box.press_sequentially(place)
    page.get_by_role("option", name=place).first.wait_for()
    before, used = int(frame.evaluate("() => Number(document.documentElement.dataset.ready)")), cpu_ms(pid)
    start = time.perf_counter()
    box.press("Enter")
    page.wait_for_function(CARD, arg=place, polling=5)
    told.setdefault("district switch to card", []).append((time.perf_counter() - start) * 1000)
    frame.wait_for_function(
        "before => Number(document.documentElement.dataset.ready) > before", arg=before, polling=5
    )
    told.setdefault("district switch to card and map", []).append((time.perf_counter() - start) * 1000)
    page.wait_for_timeout(600)
    told.setdefault("  server CPU of it", []).append(cpu_ms(pid) - used)
    # The floor of this machine at this moment: the round trip of one script evaluation in the page.
    start = time.perf_counter()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    told.setdefault("  two frames of an idle page", []).append((time.perf_counter() - start) * 1000)


if __name__ == "__main__":
    for count in (0, 7_000):
        measure(count)
