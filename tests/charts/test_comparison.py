"""Every field a chart names is a column of what the page hands it, in every look."""

import pytest

from cmi_core import charts
from cmi_core.views import city_comparison as views
from cmi_core.views import comparison_runs as runs
from cmi_core.views import comparison_tables as tables
from tests.index import comparison_data as data

WORDS = dict.fromkeys(
    (
        "score",
        "place",
        "median",
        "rank",
        "interval",
        "probability",
        "across",
        "up",
        "year",
        "release",
        "share",
        "first",
        "total",
        "figure",
        "count",
        "target",
    ),
    "word",
)
# What the components add to the views' tables before they draw.
ADDED = {
    "comparison_board.profile": {"name", "part", "chosen", "told"},
    "comparison_board.heatmap": {"name", "part", "told", "strong"},
    "comparison_uncertainty.bands": {"name", "chosen", "told", "from", "to"},
    "comparison_uncertainty.chances": {"name"},
    "comparison_board.scatter": {"name", "chosen"},
    "comparison_board.years": {"name", "year_told", "told"},
    "comparison_what_if.moves": {"name", "side", "side_told", "rank", "label", "changed"},
    "comparison_uncertainty.indices": {"name"},
    "comparison_league.printed": {"name", "place", "told", "full"},
    "comparison_league.printed_ranks": {"name", "place", "told"},
    "comparison_board.density": {"name", "chosen"},
    "comparison_least_effort.lift": {"name", "order", "from", "to", "kind", "told", "target"},
    "comparison_board.radar": {"name", "part", "told", "order", "x", "y", "word", "frame"},
}


def fields(part):
    if isinstance(part, dict):
        own = {part["field"]} if isinstance(part.get("field"), str) else set()
        return own.union(*(fields(value) for value in part.values()))
    return set().union(*(fields(value) for value in part)) if isinstance(part, list) else set()


@pytest.fixture
def drawn(store):
    chosen = views.of_year(store, data.made(store), "2025")
    cities = views.comparison(store, chosen).cities
    run = runs.uncertainty(store, chosen, "top", runs.Choices())
    return {
        "comparison_board.profile": tables.profile(store, chosen, "top"),
        "comparison_board.heatmap": tables.heatmap(store, chosen, "top", ()),
        "comparison_uncertainty.bands": runs.bands(run, cities),
        "comparison_uncertainty.chances": runs.chances(run, cities, list(cities.index)),
        "comparison_board.scatter": tables.pairs(store, chosen, "green", "fair"),
        "comparison_board.years": tables.over_time(store, "trial", "top", ("c1",)),
        "comparison_what_if.moves": runs.what_if(store, chosen, "top", runs.Trial()),
        "comparison_board.density": tables.squares(tables.pairs(store, chosen, "green", "fair")),
        "comparison_least_effort.lift": runs.steps(store, chosen, "c5", "top"),
        "comparison_uncertainty.indices": runs.sensitivity(store, chosen, "top", runs.Choices(), None),
        "comparison_league.printed": views.league(store, ("startupblink_2023",), "startupblink"),
        "comparison_league.printed_ranks": views.league(store, ("startupblink_2023",), "startupblink"),
        "comparison_board.radar": tables.profile(store, chosen, "top").iloc[:0],
    }


def test_every_field_is_a_column(drawn):
    for name, table in drawn.items():
        named = fields(charts.spec(name, "light", WORDS))
        assert named, name
        assert named <= set(table.columns) | ADDED[name], name


@pytest.mark.parametrize("look", ["light", "dark", "bw", "by"])
@pytest.mark.parametrize("name", ADDED)
def test_every_chart_is_built_in_every_look(name, look):
    assert charts.spec(name, look, WORDS)["layer" if name != "comparison_uncertainty.chances" else "mark"]
