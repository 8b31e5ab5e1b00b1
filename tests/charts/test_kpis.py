"""The pictures of a KPI use only what their tables hold."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from cmi_core import charts, text
from cmi_core.accounts.roles import Account
from cmi_core.actions import kpi_definitions, kpis
from cmi_core.charts import theme
from cmi_core.store import kpis as stored
from cmi_core.store import opening
from cmi_core.views import kpis as views
from pages.components.kpi import kpi_history
from tests.charts.test_network import fields

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
KPI = "k_d1_saifi"


@pytest.fixture(scope="module")
def store():
    store = opening.open_store(":memory:")
    kpi_definitions.define_kpi(
        store, ED, kpi=KPI, note="x", at=AT, expected_version=stored.definition(store, KPI)["entry"],
        fields={"breakdown": "sex:female|male;ช่วงอายุ/Age group:เด็ก/Children|อื่น ๆ/Others", "four_eyes": True},
    )  # fmt: skip
    for period, parts in {"2024": ("", "sex:female", "sex:male"), "2025": ("sex:female",)}.items():
        for part in parts:
            kpis.record_value(
                store,
                ED,
                kpi=KPI,
                period=period,
                value=4,
                quality="measured",
                note="x",
                at=AT,
                breakdown=part,
            )
    kpis.record_value(
        store, ED, kpi=KPI, period="2025", value=2, quality="measured", note="x", at=AT,
        breakdown="ช่วงอายุ/Age group:อื่น ๆ/Others",
    )  # fmt: skip
    yield store
    store.close()


def reader(language, look="light"):
    return SimpleNamespace(
        t=text.translator(language), language=language, look=look, name_of=lambda row: row.name_th
    )


@pytest.mark.parametrize("look", theme.LOOKS)
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_parts_of_a_kpi_are_drawn_from_their_table(store, language, look):
    page = reader(language, look)
    detail = views.detail(store, KPI, AT.date())
    table = kpi_history.parts(page, detail)
    spec = charts.spec("kpis.parts", look, kpi_history.axes(page, detail.row) | {"part": "x"})

    assert len(table) == 4
    assert set(fields(spec)) <= set(table.columns)
    assert table["waiting"].all()


@pytest.mark.parametrize(
    ("language", "told"),
    [("th", ["หญิง", "หญิง", "ชาย", "อื่น ๆ"]), ("en", ["Female", "Female", "Male", "Others"])],
)
def test_parts_are_named_in_the_language_and_order_of_the_definition(store, language, told):
    table = kpi_history.parts(reader(language), views.detail(store, KPI, AT.date()))

    assert table["part"].tolist() == told


@pytest.mark.parametrize("look", theme.LOOKS)
def test_the_history_of_a_kpi_is_drawn_from_its_table(store, look):
    page = reader("th", look)
    detail = views.detail(store, KPI, AT.date())
    spec = charts.spec("kpis.history", look, kpi_history.axes(page, detail.row))

    assert set(fields(spec)) <= set(kpi_history.points(page, detail).columns)
