"""The made-up data set: the same from every run, in its own database, marked in every row."""

import argparse
import re
from datetime import date

import pytest

from cmi_core import demonstration
from cmi_core.commands import demonstration as command
from cmi_core.errors import StoreError
from cmi_core.store import Store, derived, record, sources
from cmi_core.store.opening import DEMONSTRATION, REAL, open_store

TODAY = date(2026, 11, 25)
LINES = (
    "kpi_line",
    "kpi_value_line",
    "kpi_verdict_line",
    "score_line",
    "framework_node_line",
    "kpi_link_line",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demonstration")


@pytest.fixture(scope="module")
def made(folder):
    """A demonstration database as the command fills it, on a fixed day."""
    store = open_store(folder / "demonstration.duckdb", kind=DEMONSTRATION)
    command.fill(store, today=TODAY)
    yield store
    store.close()


def told(store: Store) -> dict[str, list]:
    return {table: sorted(store.rows(f"SELECT * FROM {table} WHERE entry > 1"), key=repr) for table in LINES}


def test_the_same_seed_makes_the_same_data(made, tmp_path):
    again = open_store(tmp_path / "again.duckdb", kind=DEMONSTRATION)
    command.fill(again, today=TODAY)

    assert told(again) == told(made)
    again.close()


def test_a_dozen_fictional_cities_and_three_years_of_values(made):
    scored = {city for (city,) in made.rows("SELECT DISTINCT city FROM score_line WHERE entry > 1")}
    real = {
        name
        for row in made.rows("SELECT name_th, name_en FROM city WHERE city NOT LIKE 'demo_%'")
        for name in row
    }
    years = {
        int(re.search(r"\d{4}", period)[0])
        for (period,) in made.rows("SELECT DISTINCT period FROM kpi_value_line")
    }

    assert len(scored) == len(demonstration.CITIES) == 12
    assert not {name for _, *names in demonstration.CITIES for name in names} & real
    assert set(demonstration.YEARS) <= years


def test_every_made_up_row_names_its_source(made):
    for table in ("framework_line", "framework_node_line", "assessment_line", "score_line"):
        assert made.rows(f"SELECT DISTINCT source FROM {table} WHERE entry > 1") == [(demonstration.SOURCE,)]
    row = sources.every(made).set_index("source").loc[demonstration.SOURCE]
    assert row["title_th"].startswith("ข้อมูลแต่งขึ้น")
    assert row["title_en"].startswith("Made-up data")


def test_the_seals_hold(made):
    assert record.first_broken(made) is None
    assert derived.check(made) == derived.Findings()


def test_the_printed_scores_of_the_report_are_untouched(made):
    printed = made.rows(
        "SELECT node, value FROM score_current WHERE assessment = 'isc_chiang_mai_2019' ORDER BY value"
    )

    assert [value for _, value in printed] == [25.93, 67.13, 74.07, 85.18, 88.33]


def test_it_never_opens_as_the_real_data_nor_the_real_one_as_it(tmp_path):
    paths = {kind: tmp_path / f"{kind}.duckdb" for kind in (DEMONSTRATION, REAL)}
    for kind, path in paths.items():
        open_store(path, kind=kind).close()

    with pytest.raises(StoreError, match="wrong_kind"):
        open_store(paths[DEMONSTRATION], kind=REAL)
    with pytest.raises(StoreError, match="wrong_kind"):
        open_store(paths[REAL], kind=DEMONSTRATION)


def test_making_it_twice_adds_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CMI_DATA_DIR", str(tmp_path))
    command.make(argparse.Namespace())
    store = open_store(tmp_path / "demonstration.duckdb", kind=DEMONSTRATION)
    before = store.version
    store.close()
    command.make(argparse.Namespace())
    store = open_store(tmp_path / "demonstration.duckdb", kind=DEMONSTRATION)

    assert store.version == before > 1
    assert str(tmp_path) in capsys.readouterr().out
    store.close()
