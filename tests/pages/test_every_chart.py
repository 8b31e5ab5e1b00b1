"""Every chart that pages draw: from the demonstration data, in both languages, with what its picture asks for."""

import importlib
import inspect
from datetime import date

import pandas as pd
import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cmi_core import charts
from cmi_core.commands import demonstration as command
from cmi_core.store import opening
from cmi_core.store.opening import DEMONSTRATION
from cmi_core.views import comparison_tables as tables
from tests.charts.test_network import fields
from tests.index import comparison_data as data

TODAY = date(2026, 11, 25)
MODULES = (
    "breakdown", "comparison_board", "comparison_checks", "comparison_league", "comparison_least_effort",
    "comparison_uncertainty", "comparison_what_if", "infrastructure", "kpis", "network",
)  # fmt: skip
# Maps of pictures are drawn without a page; their fields are checked where they are made.
BUILDERS = {
    f"{module}.{name}"
    for module in MODULES
    for name, made in inspect.getmembers(importlib.import_module(f"cmi_core.charts.{module}"))
    if inspect.isfunction(made) and not name.startswith("_") and made.__module__.endswith(module)
}
# Drawn when a fold is opened or where places are many: by the tests below.
ASKED_FOR = {
    "comparison_board.radar",
    "comparison_uncertainty.chances",
    "comparison_uncertainty.indices",
    "comparison_board.density",
}
OPENINGS = [
    ("index_breakdown", {}),
    ("partner_network", {}),
    ("district_map", {"part": "infrastructure"}),
    ("city_comparison", {"index": "startupblink_2023"}),
    ("city_comparison", {"index": "tscci_area_2023"}),
    *[
        ("city_comparison", {"view": view})
        for view in ("profile", "heatmap", "sure", "checks", "scatter", "time")
    ],
    ("city_comparison", {"view": "whatif", "w_demo_index": "demo_inclusive:4"}),
    ("city_comparison", {"view": "lift"}),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    store = opening.open_store(tmp_path_factory.mktemp("d") / "demonstration.duckdb", kind=DEMONSTRATION)
    command.fill(store, today=TODAY)
    yield store
    store.close()


@pytest.fixture
def city(filled, monkeypatch):
    """The demonstration in place of the starting data."""
    monkeypatch.setattr(opening, "_opened", filled)
    st.cache_data.clear()
    yield filled
    st.cache_data.clear()


@pytest.fixture
def drawn(monkeypatch):
    """What was drawn since: the builder's name, the table and the specification of every chart."""
    seen, names = [], {}
    build, draw = charts.spec, DeltaGenerator.vega_lite_chart

    def spec(name, look, words):
        made = build(name, look, words)
        names[id(made)] = name
        return made

    def vega_lite_chart(self, table, spec, *more, **choices):
        seen.append((names[id(spec)], table, spec))
        return draw(self, table, spec, *more, **choices)

    monkeypatch.setattr(charts, "spec", spec)
    monkeypatch.setattr(DeltaGenerator, "vega_lite_chart", vega_lite_chart)
    monkeypatch.setattr(st, "vega_lite_chart", vega_lite_chart.__get__(st.container()))
    return seen


def made_inside(part):
    """The columns that a specification computes for itself."""
    if isinstance(part, dict):
        named = part.get("as")
        yield from [named] if isinstance(named, str) else named or []
        for value in part.values():
            yield from made_inside(value)
    elif isinstance(part, list):
        for value in part:
            yield from made_inside(value)


def check(drawn):
    for name, table, spec in drawn:
        assert isinstance(table, pd.DataFrame), name
        assert len(table) > 0, name
        wanted = set(fields(spec)) - set(made_inside(spec))
        assert wanted <= set(table.columns), (name, wanted - set(table.columns))
        # A value on an axis that is nowhere a number draws nothing.
        for field in wanted.intersection(table.select_dtypes("number").columns) - {"full"}:
            assert table[field].notna().any(), (name, field)


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_chart_finds_what_it_draws(open_page, city, drawn, language):
    broken_down = city.rows("SELECT min(kpi) FROM kpi_current WHERE breakdown <> ''")[0][0]
    for name, choices in [*OPENINGS, ("kpi_tracking", {"kpi": broken_down})]:
        at = open_page(name, language, **choices)
        assert [list(at.exception), list(at.error)] == [[], []], (name, choices)
    check(drawn)
    assert BUILDERS - {name for name, *_ in drawn} == ASKED_FOR


@pytest.mark.parametrize(
    ("view", "fold", "chart"),
    [
        ("profile", "radar", "comparison_board.radar"),
        ("sure", "chances", "comparison_uncertainty.chances"),
        ("sure", "sobol", "comparison_uncertainty.indices"),
    ],
)
def test_a_folded_chart_is_drawn_when_it_is_opened(open_page, city, drawn, view, fold, chart):
    at = open_page("city_comparison", view=view)
    at.session_state[fold] = True
    at.run()

    assert [list(at.exception), list(at.error)] == [[], []]
    assert chart in {name for name, *_ in drawn}
    check(drawn)


class TestManyPlaces:
    """More places than can be told apart as dots."""

    @pytest.fixture
    def city(self, monkeypatch):
        store = opening.open_store(":memory:")
        codes = [f"c{number}" for number in range(tables.DOTS + 1)]
        rows = [
            (2025, place, node, float((number * step) % 101) / scale, "measured")
            for number, place in enumerate(codes)
            for node, step, scale in (
                ("trees", 37, 10),
                ("smoke", 11, 2),
                ("jobs", 53, 1),
                ("schools", 71, 5),
            )
        ]
        data.scores(
            store,
            data.framework(store),
            pd.DataFrame(rows, columns=["year", "city", "node", "value", "quality"]),
            places=data.places(codes),
        )
        monkeypatch.setattr(opening, "_opened", store)
        st.cache_data.clear()
        yield store
        st.cache_data.clear()
        store.close()

    def test_their_scatter_is_a_density(self, open_page, city, drawn):
        at = open_page("city_comparison", index="trial_1", view="scatter")

        assert [list(at.exception), list(at.error)] == [[], []]
        assert "comparison_board.density" in {name for name, *_ in drawn}
        check(drawn)
