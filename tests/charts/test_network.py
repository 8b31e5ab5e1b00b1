"""The picture of the network uses only what its table holds."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from cmi_core import charts, text
from cmi_core.charts import theme
from cmi_core.store import Store
from pages.components.plan import partner_network


def fields(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("field"), str):
            yield part["field"]
        for value in part.values():
            yield from fields(value)
    elif isinstance(part, list):
        for value in part:
            yield from fields(value)


def reader(store: Store, language: str, look: str) -> Any:
    say = text.translator(language)
    return SimpleNamespace(
        t=say,
        language=language,
        look=look,
        read=lambda view, *arguments: view(store, *arguments),
        name_of=lambda row, field="name": getattr(row, f"{field}_{language}"),
    )


@pytest.mark.parametrize("look", list(theme.LOOKS))
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_field_is_a_column(store, language, look):
    page = reader(store, language, look)
    table = partner_network.picture(page, (), "")
    spec = charts.spec("network.circle", look, partner_network.words(page))

    assert set(fields(spec)) - {"lx", "ly"} <= set(table.columns)
    assert len(table[table["part"] == "node"]) == 39
    assert table.loc[table["part"] == "link", "link"].nunique() == 29


def test_what_is_not_near_the_chosen_one_is_faint(store):
    table = partner_network.picture(reader(store, "en", "light"), (), "grab")

    assert table.loc[table["name"] == "Grab (Grab Food)", "strength"].tolist() == [1.0]
    assert table.loc[table["part"] == "link", "strength"].max() < 0.2
