"""
A backup made on 28 November 2026 opens, verifies and shows the same figures at every later commit.

`frozen/` holds it: 63 entries by made-up people, each kind of line among them, and `figures.json`, which says what the
screens of that day showed of it. Seals cover the names of line tables, their columns and the codes of deeds: a test
that fails here means that cities in service could no longer read their record.
"""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import pytest

from cmi_core.store import current_values, derived, opening, record, restoring
from cmi_core.views import city_comparison, district_map, goal_board, index_breakdown, kpis

FROZEN = Path(__file__).parent / "frozen"
BACKUP = next(FROZEN.glob("real-*"))
TODAY = date(2026, 7, 15)
WITH_VALUES = ("k_d1_saifi", "k_d3_maekha_bod")
ISC = ("isc_chiang_mai_2019", "chiang_mai")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("frozen") / "real.duckdb"
    restoring.restore(BACKUP, path, kind=opening.REAL, at=datetime(2026, 7, 1))
    opened = opening.open_store(path)
    yield opened
    opened.close()


def figures(store) -> dict[str, object]:
    """What screens show of the record, as words and numbers that JSON can hold."""
    tracked = kpis.tracking(store, TODAY)
    details = {kpi: kpis.detail(store, kpi, TODAY) for kpi in WITH_VALUES}
    league = city_comparison.league(store, ("trial_1_2025",), "top")
    tables = {
        "tracking": tracked[["kpi", "word", "reason", "period", "value", "expected", "ratio", "days_late"]],
        "goals": kpis.by_goal(store, TODAY)[["goal", "word", "judged", "missing", "waiting", "overdue"]],
        "strategies": kpis.by_strategy(store, TODAY)[["strategy", "word", "judged", "total"]],
        "printed": index_breakdown.printed(store, *ISC)[["node", "value", "level_as_printed"]],
        "corrected": index_breakdown.corrections(store, *ISC)[["node", "value"]],
        "league": league[["city", "score", "rank"]],
        "outlines": district_map.drawn(store)[["place", "boundary_kind", "shown_km2"]],
        "means": goal_board.whole(store).means[["means", "state"]],
        "log": store.read("SELECT entry, deed, recorded_by, note, undoes FROM entry ORDER BY entry"),
        **{kpi: found.values[["period", "value", "quality", "state"]] for kpi, found in details.items()},
    }
    rows = {name: json.loads(table.to_json(orient="values")) for name, table in tables.items()}
    return rows | {
        "landmarks": len(district_map.landmarks(store)),
        "forecasts": {kpi: _plain(found.forecast) for kpi, found in details.items()},
    }


def _plain(forecast) -> dict[str, object]:
    """Its fields to nine digits: what comes after is the processor's."""
    return {
        name: float(f"{value:.9g}") if isinstance(value, float) else value
        for name, value in asdict(forecast).items()
    }


def test_it_opens_with_the_head_it_was_taken_with(store):
    taken = json.loads((BACKUP / "backup.json").read_text(encoding="utf-8"))

    assert record.head(store) == (taken["entry"], taken["seal"])
    assert record.first_broken(store) is None
    with store.snapshot() as cursor:
        assert current_values.differences(cursor) == 0
    assert derived.check(store) == derived.Findings()


def test_every_kind_of_line_is_in_it(store):
    """So that a line table whose name or columns change cannot pass unseen; new tables are made empty."""
    frozen = {file.stem for file in (BACKUP / "data").glob("*_line.parquet")}

    assert len(frozen) >= 20
    for table in frozen:
        assert store.rows(f"SELECT count(*) FROM {table} WHERE entry > 1")[0][0] > 0, table


def test_the_screens_show_what_they_showed(store):
    shown = figures(store)
    expected = json.loads((FROZEN / "figures.json").read_text(encoding="utf-8"))

    assert set(shown) == set(expected)
    for name in expected:
        assert shown[name] == expected[name], name


def test_work_goes_on_from_it(store):
    """A further entry is sealed onto the old ones."""
    with store.writing() as cursor:
        line = {"account": "later", "name": "คนใหม่", "role": "viewer", "active": True}
        entry = record.append(
            cursor,
            {"account_line": [line]},
            deed="create_account",
            by="head",
            at=datetime(2026, 7, 2),
            note="ต่อ",
        )

    assert entry == record.head(store)[0] == 64
    assert record.first_broken(store) is None
