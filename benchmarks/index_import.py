"""
How long a large import takes: 7,850 places × 60 indicators, as CSV and as Excel.

    python benchmarks/index_import.py

The preview (reading, understanding every cell, comparing with the record) must stay under ten seconds.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from cmi_core.accounts.roles import Account
from cmi_core.actions import indices as actions
from cmi_core.store import Store, indices
from cmi_core.store.opening import open_store
from cmi_core.tables import safe_csv
from cmi_core.views import city_comparison, index_import

PLACES, INDICATORS, DIMENSIONS = 7_850, 60, 6
BUDGET = 10.0
EDITOR = Account("ed", "Ed", "editor")
AT = datetime(2026, 1, 1)
SOURCE = {"producer": "Benchmark", "title": "Made-up values"}


def framework(store: Store) -> str:
    """Add an index of 60 indicators in 6 dimensions; its code."""
    nodes = [("big", "", None)]
    nodes += [(f"d{number}", "big", 1.0) for number in range(DIMENSIONS)]
    nodes += [(f"i{number}", f"d{number % DIMENSIONS}", 1.0 + number % 3) for number in range(INDICATORS)]
    table = pd.DataFrame(nodes, columns=["code", "parent", "weight"])
    table = table.assign(
        name_th="ตัวชี้วัด " + table["code"], name_en="Indicator " + table["code"], direction="higher"
    )
    head = {
        "index_code": "big",
        "release": "1",
        "name_th": "ดัชนีใหญ่",
        "name_en": "Large index",
        "area_kind": "city",
        "normalise": "minmax:0:100",
        "aggregate": "arithmetic",
    }
    actions.import_framework(store, EDITOR, head=head, nodes=table, source=SOURCE, note="benchmark", at=AT)
    return "big_1"


def values() -> pd.DataFrame:
    """A sheet as somebody would send it: names, a Buddhist-era year, thousands separators here and there."""
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "รหัสเมือง": [f"b{number}" for number in range(PLACES)],
            "ชื่อไทย": [f"เมืองที่ {number}" for number in range(PLACES)],
            "ปี พ.ศ.": 2568,
        }
    )
    for number in range(INDICATORS):
        column = random.gamma(2, 10 ** (1 + number % 3), PLACES).round(3)
        table[f"i{number}"] = [f"{value:,.3f}" for value in column] if number % 10 == 0 else column
    return table


def commit(store: Store, code: str, preview: index_import.ScorePreview) -> int:
    """Save a preview as one entry; its number."""
    return actions.import_scores(
        store,
        EDITOR,
        framework=code,
        places=preview.places,
        values=preview.cells,
        source=SOURCE,
        quality="measured",
        note="benchmark",
        at=AT,
        expected_version=indices.last_entry(store, code),
    )


def main() -> int:
    """Print a line per stage; 1 when a preview is over its budget."""
    store = open_store(":memory:")
    code = framework(store)
    table = values()
    slowest, preview = 0.0, None
    for name, data in (("csv", safe_csv.write_csv(table)), ("xlsx", safe_csv.write_xlsx({"scores": table}))):
        begun = time.perf_counter()
        preview = index_import.preview_scores(store, data, f"scores.{name}", framework=code, year=None)
        taken = time.perf_counter() - begun
        slowest = max(slowest, taken)
        print(
            f"preview of {len(preview.cells):,} cells from {name} ({len(data) / 2**20:.1f} MB): {taken:.2f} s"
        )
    assert preview is not None
    for told, act in (
        ("saved as one entry", lambda: commit(store, code, preview)),
        (
            "first ranking",
            lambda: city_comparison.league(store, city_comparison.of_year(store, code, "2025"), "big"),
        ),
        (
            "ranking again",
            lambda: city_comparison.league(store, city_comparison.of_year(store, code, "2025"), "big"),
        ),
        ("undone", lambda: actions.undo(store, EDITOR, entry=store.version, note="benchmark", at=AT)),
    ):
        begun = time.perf_counter()
        act()
        print(f"{told}: {time.perf_counter() - begun:.2f} s")
    return 1 if slowest > BUDGET else 0


if __name__ == "__main__":
    sys.exit(main())
