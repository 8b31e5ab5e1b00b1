"""Trials beside the official ranking: how sure it is, other weights, and the least that would lift a place."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cmi_core.views import comparison_runs as runs
from pages.components.comparison.choices import Choice, node_name
from pages.components.shell import filters, forms, layout, reading
from pages.components.shell.session import Page
from pages.components.shell.words import as_text

NOISES = ("10", "25", "50")
ALTERNATIVES = {
    "minmax": {"normalise": ("minmax:0:100",)},
    "geometric": {"aggregate": ("geometric",)},
    "median": {"impute": ("median",)},
}
SHOWN = 40
WORDS = {"rank": "rank", "place": "place", "interval": "rank_interval", "probability": "probability"}


def sure(page: Page, choice: Choice) -> None:
    """Rank intervals and probabilities from seeded draws of weights and methods, and what they hang on."""
    choices = _choices(page)
    run = forms.answer(
        page,
        lambda: with_bar(
            page, lambda told: runs.uncertainty(page.store, choice.chosen, choice.node, choices, told)
        ),
    )
    if run is None:
        return
    st.subheader(
        page.t("city_comparison.sure_of", node=as_text(node_name(page, choice.found, choice.node))),
        anchor=False,
    )
    _significance(page, run)
    words = {name: page.t(f"city_comparison.{key}") for name, key in WORDS.items()}
    kept = _bands(page, choice, run, words)
    st.markdown(page.t("city_comparison.bands_how", seed=run.seed, replications=f"{run.replications:,}"))
    _chances(page, choice, run, kept, words)
    _levels(page, choice, run)
    _hangs_on(page, choice, choices)


def _bands(page: Page, choice: Choice, run: object, words: dict[str, str]) -> list[str]:
    """The interval of ranks of the best places and the chosen ones; which places these are."""
    bands = runs.bands(run, choice.found.cities)
    kept = [
        row.city for place, row in enumerate(bands.itertuples()) if place < SHOWN or row.city in choice.cities
    ]
    shown = bands[bands["city"].isin(kept)].assign(
        name=lambda t: t[f"name_{page.language}"],
        chosen=lambda t: t["city"].isin(choice.cities),
        told=lambda t: [f"{row.rank_lower:.0f}–{row.rank_upper:.0f}" for row in t.itertuples()],
    )
    if len(bands) > len(shown):
        st.markdown(page.t("city_comparison.best_shown", count=SHOWN))
    layout.chart(
        page,
        "comparison_uncertainty.bands",
        shown,
        words=words,
        file="rank_intervals",
        alt=page.t("city_comparison.bands_alt"),
        columns={
            "name": words["place"],
            "rank": words["rank"],
            "rank_lower": page.t("city_comparison.rank_from"),
            "rank_median": page.t("city_comparison.rank_median"),
            "rank_upper": page.t("city_comparison.rank_to"),
            "best_chance": page.t("city_comparison.best_chance"),
        },
    )
    return kept


def _choices(page: Page) -> runs.Choices:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        noise = filters.segments(
            "noise",
            NOISES,
            default="25",
            label=page.t("city_comparison.noise"),
            say=lambda code: f"±{code} %",
        )
    with right:
        also = filters.several(
            "also",
            tuple(ALTERNATIVES),
            label=page.t("city_comparison.also"),
            say=lambda code: page.t(f"city_comparison.also_{code}"),
        )
    parts: dict[str, tuple[str, ...]] = {}
    for code in also:
        parts |= ALTERNATIVES[code]
    return runs.Choices(noise=int(noise) / 100, **parts)


def _significance(page: Page, run: object) -> None:
    rule = run.significance()
    places = rule["places"]
    key = "city_comparison.not_significant" if places else "city_comparison.never_significant"
    told = {"confidence": f"{rule['confidence'] * 100:.0f}", "share": f"{rule['share'] * 100:.0f}"}
    st.info(page.t(key, **(told | ({"places": places} if places else {}))), icon=":material/straighten:")


def _chances(page: Page, choice: Choice, run: object, kept: list[str], words: dict[str, str]) -> None:
    folded = st.expander(
        page.t("city_comparison.chances"), icon=":material/grid_on:", on_change="rerun", key="chances"
    )
    if not folded.open:
        return
    table = runs.chances(run, choice.found.cities, kept)
    with folded:
        layout.chart(
            page,
            "comparison_uncertainty.chances",
            table.assign(name=table[f"name_{page.language}"]),
            words=words,
            file="rank_probability",
            alt=page.t("city_comparison.chances_alt"),
            columns={"name": words["place"], "taken": words["rank"], "probability": words["probability"]},
        )


def _levels(page: Page, choice: Choice, run: object) -> None:
    if run.cut_points is None:
        return
    with st.expander(page.t("city_comparison.level_chances"), icon=":material/stairs:"):
        table = runs.level_chances(run, choice.found.cities)
        headings = {f"name_{page.language}": page.t("city_comparison.place")}
        layout.data_table(
            page,
            table,
            columns=headings | {level: level for level in run.cut_points.names},
            file="level_probability",
        )


def _hangs_on(page: Page, choice: Choice, choices: runs.Choices) -> None:
    """Sobol indices, only when asked: it takes some seconds."""
    folded = st.expander(
        page.t("city_comparison.hangs_on"), icon=":material/tune:", on_change="rerun", key="sobol"
    )
    if not folded.open:
        return
    with folded:
        table = forms.answer(
            page,
            lambda: with_bar(
                page, lambda told: runs.sensitivity(page.store, choice.chosen, choice.node, choices, told)
            ),
        )
        if table is None:
            return
        shown = table[table["options"] > 1].assign(
            name=lambda t: [page.t(f"city_comparison.input_{each}") for each in t["input"]]
        )
        words = {each: page.t(f"city_comparison.sobol_{each}") for each in ("share", "first", "total")}
        layout.chart(
            page,
            "comparison_uncertainty.indices",
            shown,
            words=words,
            file="sobol",
            alt=page.t("city_comparison.sobol_alt"),
            columns={
                "name": page.t("city_comparison.input"),
                "first": words["first"],
                "first_lower": words["first"] + " ↓",
                "first_upper": words["first"] + " ↑",
                "total": words["total"],
                "total_lower": words["total"] + " ↓",
                "total_upper": words["total"] + " ↑",
            },
        )
        st.markdown(page.t("city_comparison.sobol_how", seed=runs.SEED))


def with_bar(page: Page, run: Callable[[Callable[[float], object]], Any]) -> Any:
    """Run something that tells how far it is; a bar shows once it takes more than a second."""
    return reading.with_bar(page, run, "city_comparison.running")
