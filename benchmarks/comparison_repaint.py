"""
From a click to the new picture in real Chromium, with 7,850 places × 60 indicators in the database.

    python benchmarks/comparison_repaint.py

Each filter is changed three times; the best counts, for what else the machine does is not ours.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, sync_playwright

from benchmarks.index_import import commit, framework, values
from cmi_core.store.opening import REAL, open_store
from cmi_core.tables import safe_csv
from cmi_core.views import index_import
from tests.journeys.conftest import CHROMIUM, running

BUDGET = 0.5
WAIT = 60_000


def fill(folder: Path) -> None:
    """Import the large file into a new database."""
    store = open_store(folder / f"{REAL}.duckdb")
    code = framework(store)
    data = safe_csv.write_csv(values())
    commit(store, code, index_import.preview_scores(store, data, "scores.csv", framework=code, year=None))
    store.close()


def best(page: Page, clicks: list[tuple[str, str]]) -> float:
    """Shortest time from a click on one of two choices to the text that only its picture has."""
    times = []
    for name, shown in clicks * 3:
        page.wait_for_timeout(700)
        begun = time.perf_counter()
        page.get_by_role("radio", name=name, exact=True).click()
        page.get_by_text(shown).first.wait_for(timeout=WAIT)
        times.append(time.perf_counter() - begun)
    return min(times[len(clicks) :])


def main(chromium: str = "/usr/bin/chromium") -> int:
    """Print a line per filter; 1 when one is over the budget."""
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "data")
        with running(Path(folder) / "data") as server, sync_playwright() as tool:
            browser = tool.chromium.launch(executable_path=chromium, args=CHROMIUM)
            page = browser.new_page(viewport={"width": 1366, "height": 820})
            begun = time.perf_counter()
            page.goto(f"{server.url}/city-comparison?lang=en&index=big_1")
            page.locator(".cmi-league li").first.wait_for(timeout=WAIT)
            print(f"first visit: {time.perf_counter() - begun:.2f} s")
            for told, clicks in (
                ("ranking and profiles", [("Profiles", "Parts of"), ("Ranking", "Ranking by")]),
                ("ranking and all parts", [("All parts", "All parts of"), ("Ranking", "Ranking by")]),
                (
                    "all and chosen places",
                    [("Chosen cities", "Ranks in the group"), ("All", "Whole table, 7,850 places")],
                ),
            ):
                taken = best(page, clicks)
                slow += taken > BUDGET
                print(f"{told}: {taken:.2f} s")
            browser.close()
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
