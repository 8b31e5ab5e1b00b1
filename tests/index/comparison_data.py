"""A small made-up index for tests: three levels deep, five places, two years, one gap."""

from datetime import datetime

import pandas as pd

from cmi_core.accounts.roles import Account
from cmi_core.actions import indices

EDITOR = Account("ed", "บรรณาธิการ", "editor")
AT = datetime(2026, 3, 1, 2, 0)
SOURCE = {"producer": "Test", "title": "Made-up index"}
NODES = pd.DataFrame(
    [
        ("top", "", "ดัชนีทดลอง", "Trial index", "higher", None, None, None),
        ("green", "top", "เขียว", "Green", "higher", 2.0, None, None),
        ("fair", "top", "เป็นธรรม", "Fair", "higher", 1.0, None, None),
        ("trees", "green", "ต้นไม้", "Trees", "higher", 1.0, 0.0, 10.0),
        ("smoke", "green", "ควัน", "Smoke", "lower", 1.0, 0.0, 50.0),
        ("jobs", "fair", "งาน", "Jobs", "higher", 1.0, 0.0, 100.0),
        ("schools", "fair", "โรงเรียน", "Schools", "higher", 3.0, 0.0, 20.0),
    ],
    columns=["code", "parent", "name_th", "name_en", "direction", "weight", "lower", "upper"],
)
HEAD = {
    "index_code": "trial",
    "release": "1",
    "name_th": "ดัชนีทดลอง",
    "name_en": "Trial index",
    "area_kind": "city",
    "normalise": "goalposts",
    "aggregate": "arithmetic",
    "min_coverage": 0.5,
    "decimals": 2,
}
LEVELS = [
    {"printed": "Seed", "position": 1, "lower": None},
    {"printed": "Shoot", "position": 2, "lower": 40.0},
    {"printed": "Tree", "position": 3, "lower": 60.0},
]
VALUES = {
    "c1": (8.0, 10.0, 90.0, 18.0),
    "c2": (6.0, 20.0, 50.0, 10.0),
    "c3": (6.0, 20.0, 50.0, 10.0),
    "c4": (1.0, 45.0, 10.0, None),
    "c5": (4.0, 5.0, 70.0, 2.0),
}


def places(codes=tuple(VALUES), area_kind="city"):
    rows = [(c, f"เมือง {c}", f"City {c}", area_kind, None, True) for c in codes]
    return pd.DataFrame(rows, columns=["city", "name_th", "name_en", "area_kind", "country", "new"])


def values(year=2025, shift=0.0):
    rows = [
        (year, city, node, value + shift, "measured")
        for city, row in VALUES.items()
        for node, value in zip(("trees", "smoke", "jobs", "schools"), row, strict=True)
        if value is not None
    ]
    return pd.DataFrame(rows, columns=["year", "city", "node", "value", "quality"])


def framework(store, **other):
    """Import the made-up release; its code."""
    indices.import_framework(
        store, EDITOR, head=HEAD | other, nodes=NODES, levels=LEVELS, source=SOURCE, note="กรอบทดลอง", at=AT
    )
    return store.rows("SELECT framework FROM framework_line ORDER BY entry DESC LIMIT 1")[0][0]


def scores(store, code, table=None, **other):
    """Import values of the made-up release; the entry."""
    from cmi_core.store import indices as reads

    given = {
        "places": places(),
        "values": values() if table is None else table,
        "source": SOURCE,
        "quality": "measured",
        "note": "คะแนนทดลอง",
        "at": AT,
        "expected_version": reads.last_entry(store, code),
    } | other
    return indices.import_scores(store, EDITOR, framework=code, **given)


def made(store):
    """The release with scores of two years; its code."""
    code = framework(store)
    scores(store, code, pd.concat([values(), values(2024, 1.0)]))
    return code
