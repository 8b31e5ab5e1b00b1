"""
Every public page as a picture, and what differs between two sets of pictures.

Run: `.venv/bin/python -m benchmarks.screenshots take FOLDER [DATA_DIR]`, in two checkouts over copies of one data
directory, then `… compare FOLDER FOLDER`: it prints a line per picture that differs and ends with 1 if any does.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.pages import CHROMIUM
from benchmarks.serving import ROOT, serving
from pages.components.shell.registry import PAGES

WIDTH = 1440
LANGUAGES = ("th", "en")


def take(folder: Path, data: Path) -> None:
    """A picture of each public page in each language, from top to bottom."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(data) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        for language in LANGUAGES:
            for entry in [entry for entry in PAGES if entry.deed is None]:
                window = browser.new_page(viewport={"width": WIDTH, "height": 900}, reduced_motion="reduce")
                window.goto(f"{server.address}/{entry.address}?lang={language}")
                _settled(window)
                window.set_viewport_size({"width": WIDTH, "height": _height(window)})
                _settled(window)
                window.screenshot(path=folder / f"{entry.code}_{language}.png")
                window.close()
        browser.close()


def compare(before: Path, after: Path) -> int:
    """How many pictures differ, each told with its share of pixels and where."""
    different = 0
    for file in sorted({file.name for folder in (before, after) for file in folder.glob("*.png")}):
        if not ((before / file).exists() and (after / file).exists()):
            print(f"{file}: in one folder only")
            different += 1
            continue
        one, other = (Image.open(folder / file).convert("RGB") for folder in (before, after))
        if one.size != other.size:
            print(f"{file}: {one.size} and {other.size}")
            different += 1
            continue
        between = ImageChops.difference(one, other)
        where, most = between.getbbox(), max(highest for _, highest in between.getextrema())
        print(
            f"{file}: {'the same' if where is None else f'differs within {where}, by {most} of 255 at most'}"
        )
        different += where is not None
    return different


def _settled(window: Page) -> None:
    expect(window.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=60_000
    )
    expect(window.get_by_test_id("stSkeleton")).to_have_count(0)
    window.wait_for_timeout(2500)  # the map and the charts draw after the page has settled


def _height(window: Page) -> int:
    main = window.get_by_test_id("stMain")
    return min(int(main.evaluate("main => main.scrollHeight")) + 20, 12_000)


if __name__ == "__main__":
    if sys.argv[1] == "compare":
        sys.exit(compare(Path(sys.argv[2]), Path(sys.argv[3])) > 0)
    with tempfile.TemporaryDirectory() as fresh:
        take(ROOT / sys.argv[2], Path(sys.argv[3] if len(sys.argv) > 3 else fresh))
