"""Whether the parts of an index belong together: what pulls against it, what repeats, what hangs together."""

import math

import pandas as pd
import streamlit as st

from cmi_core.index import consistency
from cmi_core.text.numbers import say_number
from cmi_core.views import comparison_checks as views
from pages.components.comparison.choices import Choice, node_name
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text

DEPTHS = ("parts", "indicators")
SHOWN = 40  # bars of one chart; those that pull against their parent come first


def checks(page: Page, choice: Choice) -> None:
    """Parts against their parent, correlations with flags, and Cronbach's alpha, each with its rule in words."""
    found = choice.found
    node = choice.node if choice.node not in found.leaves else found.root
    left, right = st.columns([1, 1])
    with left:
        depth = filters.segments(
            "depth",
            DEPTHS,
            label=page.t("checks.depth"),
            say=lambda code: page.t(f"checks.depth_{code}"),
        )
    with right:
        method = filters.segments(
            "correlation",
            consistency.METHODS,
            label=page.t("checks.method"),
            say=lambda code: page.t(f"checks.method_{code}"),
        )
    st.subheader(page.t("checks.title", node=as_text(node_name(page, found, node))), anchor=False)
    st.markdown(page.t("checks.why", count=f"{len(found.cities):,}"))
    found = forms.answer(
        page,
        lambda: (
            page.read(views.pulling, choice.chosen, node, method),
            page.read(views.related, choice.chosen, node, depth, method),
            page.read(views.consistent, choice.chosen, node),
        ),
    )
    if found is None:
        return
    pulling, related, consistent = found
    _summary(page, pulling, related)
    _pulling(page, pulling)
    _related(page, choice, related)
    _consistent(page, consistent)


def _summary(page: Page, pulling: pd.DataFrame, related: pd.DataFrame) -> None:
    """One line that says whether there is anything to look at."""
    surely = int((pulling["flag"] == "against_surely").sum())
    against = int((pulling["flag"] != "").sum())
    counts = related["flag"].value_counts()
    told = page.t(
        "checks.summary",
        against=against,
        surely=surely,
        negative=int(counts.get("negative", 0)),
        high=int(counts.get("high", 0)),
        weak=int(counts.get("weak", 0)),
    )
    if against or counts.get("negative", 0) or counts.get("high", 0):
        st.warning(told, icon=":material/rule:")
    else:
        st.success(told, icon=":material/check:")


def _pulling(page: Page, table: pd.DataFrame) -> None:
    st.markdown(f"### {page.t('checks.pulling')}")
    if table.empty:
        layout.nothing(page, "checks.one_part")
        return
    st.markdown(page.t("checks.pulling_rule", level=f"{consistency.LEVEL:g}"))
    shown = _named(page, table).assign(
        name=table[f"name_{page.language}"],
        parent=table[f"parent_name_{page.language}"],
        order=range(len(table)),
        against=table["flag"] != "",
    )
    if len(shown) > SHOWN:
        st.markdown(page.t("checks.lowest_shown", count=SHOWN, of=f"{len(shown):,}"))
    words = {
        "r": page.t("checks.r"),
        "part": page.t("city_comparison.part"),
        "parent": page.t("checks.parent"),
    }
    layout.chart(
        page,
        "comparison_checks.pulls",
        shown.head(SHOWN),
        words=words,
        alt=page.t("checks.pulling_alt"),
        file="pulls",
        columns={"name": words["part"], "parent": words["parent"], **_headings(page)},
        told=shown,
    )


def _related(page: Page, choice: Choice, table: pd.DataFrame) -> None:
    st.markdown(f"### {page.t('checks.related')}")
    if table.empty:
        layout.nothing(page, "checks.one_part")
        return
    st.markdown(
        page.t(
            "checks.related_rule",
            level=f"{consistency.LEVEL:g}",
            high=f"{consistency.HIGH:g}",
            weak=f"{consistency.WEAK:g}",
        )
    )
    cells = views.square(table)
    order = {code: place for place, code in enumerate(choice.found.nodes.index)}
    drawn = _named(page, cells).assign(
        one=cells[f"name_{page.language}_a"],
        other=cells[f"name_{page.language}_b"],
        row=cells["a"].map(order),
        column=cells["b"].map(order),
        strong=cells["r"].abs() > 0.6,
        named=cells["a"].nunique() <= views.NAMED,
    )
    words = {
        "r": page.t("checks.r"),
        "one": page.t("checks.one"),
        "other": page.t("checks.other"),
        "flag": page.t("checks.flag"),
    }
    layout.chart(
        page,
        "comparison_checks.correlations",
        drawn[["one", "other", "row", "column", "r", "told", "flag_told", "strong", "named"]],
        words=words,
        alt=page.t("checks.related_alt"),
        file="correlations",
        columns={"one": words["one"], "other": words["other"], **_headings(page)},
        told=_named(page, table).assign(
            one=table[f"name_{page.language}_a"], other=table[f"name_{page.language}_b"]
        ),
    )


def _consistent(page: Page, table: pd.DataFrame) -> None:
    st.markdown(f"### {page.t('checks.consistent')}")
    if table.empty:
        layout.nothing(page, "checks.one_part")
        return
    st.markdown(page.t("checks.consistent_rule", alpha=f"{consistency.ALPHA:g}"))
    shown = table.assign(
        name=[
            "\u2003" * depth + name
            for depth, name in zip(table["depth"], table[f"name_{page.language}"], strict=True)
        ],
        alpha=table["alpha"].round(3),
        told=[_alpha_told(page, alpha) for alpha in table["alpha"]],
    )
    headings = {
        "name": page.t("checks.group"),
        "children": page.t("checks.children"),
        "places": page.t("checks.places"),
        "alpha": page.t("checks.alpha"),
        "told": page.t("checks.alpha_told"),
    }
    layout.data_table(page, shown, columns=headings, file="consistency")


def _alpha_told(page: Page, alpha: float) -> str:
    if math.isnan(alpha):
        return page.t("checks.alpha_none")
    return page.t("checks.alpha_enough" if alpha >= consistency.ALPHA else "checks.alpha_low")


def _named(page: Page, table: pd.DataFrame) -> pd.DataFrame:
    """The table with its correlations and flags in words."""
    return table.assign(
        told=[say_number(r, 2) for r in table["r"]],
        flag_told=[page.t(f"checks.flag_{flag}") if flag else "" for flag in table["flag"]],
    )


def _headings(page: Page) -> dict[str, str]:
    return {
        "r": page.t("checks.r"),
        "p": page.t("checks.p"),
        "n": page.t("checks.n"),
        "flag_told": page.t("checks.flag"),
    }
