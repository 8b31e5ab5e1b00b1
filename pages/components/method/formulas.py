"""The method of an index on screen: formulas with their sentences, and the nodes they speak of."""

import pandas as pd
import streamlit as st

from cmi_core.store import indices
from cmi_core.views import method_formulas as views
from pages.components.comparison.choices import HOME, release_name
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text


def of_framework(page: Page, framework: str) -> None:
    """Formulas in force for a release, made from its own table; or why there are none yet."""
    method, table = page.read(views.method, framework), page.made(_nodes, framework)
    if method.unknown is not None:
        st.info(forms.sentence(page.t, method.unknown), icon=":material/help:")
        st.markdown(page.t("formulas.none_yet"))
    for formula in method.formulas:
        st.markdown(_introduced(page, formula))
        st.latex(formula.latex)
    headings = {
        "label": "label",
        "name": "name",
        "way": "way",
        "lower": "post_lower",
        "upper": "post_upper",
        "weight": "weight",
    }
    if "share" in table:
        headings |= {"share": "share", "effective": "effective"}
    layout.data_table(
        page,
        table,
        columns={column: page.t(f"formulas.{key}") for column, key in headings.items()},
        file=f"{framework}_nodes",
    )


def part(page: Page) -> None:
    """The same for any index on record, the city's own first."""
    names = page.made(_releases)
    code = filters.select(
        "method_index", list(names), label=page.t("city_comparison.index"), say=names.__getitem__
    )
    of_framework(page, code)


def _releases(page: Page) -> dict[str, str]:
    known = page.read(indices.frameworks)
    known = known.sort_values("framework", key=lambda codes: codes != HOME, kind="stable")
    return {row.framework: release_name(page, row) for row in known.itertuples()}


def _nodes(page: Page, framework: str) -> pd.DataFrame:
    nodes = page.read(views.method, framework).nodes
    names = zip(nodes["depth"], nodes[f"name_{page.language}"], strict=True)
    return nodes.assign(
        label="S(" + nodes["node"] + ")",
        name=["\u2003" * depth + name for depth, name in names],
        way=["" if way is None else page.t(f"formulas.{way}") for way in nodes["direction"]],
    )


def _introduced(page: Page, formula: views.Formula) -> str:
    if formula.key in ("group", "levels_of", "log"):
        return page.t(f"formulas.{formula.key}", name=as_text(formula.details[page.language]))
    return page.t(f"formulas.{formula.key}", **formula.details)
