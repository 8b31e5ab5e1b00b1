"""Progress, what is overdue and what changed lately, over the real starting data."""

from datetime import date

import pytest

from cmi_core.store import entries, opening
from cmi_core.views import kpis

TODAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def store():
    store = opening.open_store(":memory:")
    yield store
    store.close()


def test_starter_kpis_are_all_there_and_none_is_judged(store):
    rows = kpis.tracking(store, TODAY)
    assert len(rows) == 36
    assert set(rows["word"]) == {"not_available"}
    assert set(rows["reason"]) == {"no_value"}


def test_drafts_without_a_baseline_owe_nothing(store):
    assert kpis.overdue(store, TODAY).empty


def test_a_strategy_counts_every_kpi_also_the_missing(store):
    rows = kpis.by_strategy(store, TODAY)
    assert rows["total"].sum() == 36
    assert rows["missing"].tolist() == rows["total"].tolist()
    assert kpis.by_goal(store, TODAY)["total"].sum() == 36


def test_lately_begins_with_the_first_entry(store):
    assert entries.lately(store, 5)["deed"].tolist() == ["seed"]


def test_a_detail_holds_links_and_published_figures(store):
    detail = kpis.detail(store, "k_d1_internet_speed", TODAY)
    assert set(detail.links["kind"]) >= {"means", "index_node"}
    assert detail.links["name_th"].notna().all()
    assert len(detail.published) == 1
    assert detail.forecast.reason == "no_value"
    assert kpis.detail(store, "no_such_kpi", TODAY) is None
