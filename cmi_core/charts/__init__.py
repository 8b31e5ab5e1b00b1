"""
Tables -> Vega-Lite, built once per chart, language and look and kept as plain dictionaries.

Building a chart with Altair costs more than everything else in a page run; so a chart module has
builders `name(t, look) -> alt.Chart` over the named data `DATA`, and pages ask for `spec`.
"""

from functools import lru_cache
from importlib import import_module
from typing import Any

import altair as alt

from cmi_core.charts import theme

DATA = alt.NamedData("table")


@lru_cache(maxsize=512)
def _built(name: str, look: str, words: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    module, builder = name.split(".")
    chart = getattr(import_module(f"{__name__}.{module}"), builder)(dict(words), look)
    return _without_data(chart.to_dict()) | {"config": theme.configuration(look)}


def spec(name: str, look: str, words: dict[str, str]) -> dict[str, Any]:
    """
    The Vega-Lite dictionary of `module.builder`; do not change what is returned.

    `words` are the sentences the chart shows, by the builder's own keys.
    """
    return _built(name, look, tuple(sorted(words.items())))


def _without_data(part: Any) -> Any:
    """The data come with each drawing; a name left inside would be looked for and not found."""
    if isinstance(part, dict):
        return {
            key: _without_data(value)
            for key, value in part.items()
            if key not in {"data", "config", "datasets"}
        }
    return [_without_data(value) for value in part] if isinstance(part, list) else part
