"""Other weights and other values tried beside the official ranking; the link carries them, nothing is saved."""

import math

import pandas as pd
import streamlit as st

from cmi_core.text.numbers import say_number
from cmi_core.views import city_comparison as views
from cmi_core.views import comparison_runs as runs
from cmi_core.views import comparison_tables as tables
from pages.components.comparison.choices import Choice, choose_city, node_name
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text, escape

TRIALS = ("weights", "values")
TRIED = 3  # indicators offered at first to try other values of
SHOWN = 20  # of the first places whose moves are drawn


def whatif(page: Page, choice: Choice) -> None:
    """The reader's own weights and values beside the official ones; they live in the address and are never saved."""
    found = choice.found
    parent = choice.node if choice.node not in found.leaves else found.root
    st.subheader(
        page.t("city_comparison.whatif_of", node=as_text(node_name(page, found, parent))), anchor=False
    )
    st.markdown(page.t("city_comparison.whatif_why"))
    kind = filters.segments(
        "trial",
        TRIALS,
        label=page.t("city_comparison.trial"),
        say=lambda code: page.t(f"city_comparison.trial_{code}"),
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        if kind == "weights":
            _own_weights(page, choice, parent)
        else:
            _own_values(page, choice, parent)
    trial = trial_of(page, choice)
    with right:
        table = forms.answer(page, lambda: runs.what_if(page.store, choice.chosen, parent, trial))
        if table is None:
            return
        _tried_told(page, choice, trial)
        _outcome(page, choice, parent, trial, table)
        _moves(page, choice, table)
    if trial.values:
        _moved_nodes(page, choice, trial)
    _moved_table(page, choice, table)


def trial_of(page: Page, choice: Choice) -> runs.Trial:
    """What the address says the reader tries: weights of the parts of the node, values of a place."""
    found = choice.found
    parent = choice.node if choice.node not in found.leaves else found.root
    weights = filters.parts(f"w_{parent}")
    parts = [part for part in views.children_of(found, parent) if part in weights]
    city = next(iter(filters.chosen("city")), next(iter(choice.cities), ""))
    told = filters.parts(f"v_{city}") if city in found.cities.index else {}
    values = tuple((leaf, value) for leaf, value in told.items() if leaf in found.leaves)
    return runs.Trial(tuple((part, weights[part]) for part in parts), city if values else "", values)


def _own_weights(page: Page, choice: Choice, parent: str) -> None:
    found = choice.found
    official = {
        part: float(found.computed.framework.weights[found.computed.framework.number(part)])
        for part in views.children_of(found, parent)
    }
    filters.amounts(
        f"w_{parent}",
        official,
        highest=max(10.0, 2 * max(official.values())),
        say=lambda part: page.t(
            "city_comparison.own_weight",
            name=node_name(page, found, part),
            official=f"{official[part]:g}",
        ),
    )


def _own_values(page: Page, choice: Choice, parent: str) -> None:
    """Other values of one place: the indicators with most room are offered first, any other may be added."""
    found = choice.found
    city = choose_city(page, choice, "city_comparison.trial_city")
    levers = page.read(runs.levers, choice.chosen, city, found.root).set_index("indicator")
    below = [leaf for leaf in levers.index if leaf in views.leaves_below(found, parent)]
    tried = filters.many(
        f"tried_{city}",
        [*below, *(leaf for leaf in levers.index if leaf not in below)],
        label=page.t("city_comparison.tried"),
        say=lambda leaf: node_name(page, found, leaf),
        default=list(dict.fromkeys([*filters.parts(f"v_{city}"), *below[:TRIED]])),
        placeholder=page.t("city_comparison.tried_none"),
    )
    filters.numbers(
        f"v_{city}",
        {leaf: None if math.isnan(levers["value"][leaf]) else float(levers["value"][leaf]) for leaf in tried},
        say=lambda leaf: page.t(
            "city_comparison.own_value",
            name=node_name(page, found, leaf),
            unit=found.nodes.loc[leaf, f"unit_{page.language}"] or "–",
            now=_plainly(levers["value"][leaf]),
            least=_plainly(levers["least"][leaf]),
            most=_plainly(levers["most"][leaf]),
        ),
        steps={leaf: _step(levers["most"][leaf] - levers["least"][leaf]) for leaf in tried},
    )


def _plainly(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:,.6g}"


def _step(spread: float) -> float:
    """A round number, about a twentieth of the spread, by which a field moves."""
    return 10.0 ** math.floor(math.log10(spread / 20)) if spread > 0 else 1.0


def _tried_told(page: Page, choice: Choice, trial: runs.Trial) -> None:
    """What is tried, so that what the other tab holds is not forgotten."""
    if trial == runs.Trial():
        layout.nothing(page, "city_comparison.whatif_unchanged")
        return
    found, told = choice.found, []
    if trial.weights:
        named = [f"{node_name(page, found, part)} {weight:g}" for part, weight in trial.weights]
        told.append(page.t("city_comparison.tried_weights", list=", ".join(named)))
    if trial.values:
        named = [f"{node_name(page, found, leaf)} {_plainly(value)}" for leaf, value in trial.values]
        city = found.cities.loc[trial.city, f"name_{page.language}"]
        told.append(page.t("city_comparison.tried_values", city=city, list=", ".join(named)))
    st.markdown("  \n".join(f":material/science: {as_text(line)}" for line in told))


def _outcome(page: Page, choice: Choice, node: str, trial: runs.Trial, table: pd.DataFrame) -> None:
    """Score, rank and level of the place whose values are tried, before and after."""
    if not trial.values:
        return
    row = next(table[table["city"] == trial.city].itertuples())
    change = "" if math.isnan(row.score_change) else f" ({_signed(row.score_change)})"
    tiles = [
        (
            "city_comparison.outcome_score",
            f"{say_number(row.score_before, 2)} → {say_number(row.score_after, 2)}{change}",
        ),
        ("city_comparison.outcome_rank", f"{_plainly(row.rank_before)} → {_plainly(row.rank_after)}"),
    ]
    if "level_before" in table:
        tiles.append(
            ("city_comparison.level", f"{row.level_before or '–'} → {row.level_after or '–'}"),
        )
    name = node_name(page, choice.found, node)
    st.html(
        '<dl class="cmi-outcome">'
        + "".join(
            f"<div><dt>{escape(page.t(key, node=name))}</dt><dd>{escape(told)}</dd></div>"
            for key, told in tiles
        )
        + "</dl>"
    )


def _signed(number: float) -> str:
    return ("+" if number > 0 else "") + say_number(number, 2)


def _moved_nodes(page: Page, choice: Choice, trial: runs.Trial) -> None:
    """Where in the place's tree the scores move."""
    table = runs.what_if_of(page.store, choice.chosen, trial.city, trial)
    if table.empty:
        return
    city = choice.found.cities.loc[trial.city, f"name_{page.language}"]
    st.markdown(f"### {page.t('city_comparison.moved_nodes', city=as_text(city))}")
    shown = table.assign(
        name=[
            "\u2003" * depth + name
            for depth, name in zip(table["depth"], table[f"name_{page.language}"], strict=True)
        ]
    )
    headings = {"name": page.t("city_comparison.part")} | {
        column: page.t(f"city_comparison.{column}")
        for column in ("score_before", "score_after", "rank_before", "rank_after")
    }
    layout.data_table(page, shown, columns=headings, file="moved_parts")


def _moves(page: Page, choice: Choice, table: pd.DataFrame) -> None:
    ranked = table.dropna(subset=["rank_before", "rank_after"])
    ranked = ranked[ranked["rank_before"].le(SHOWN) | ranked["city"].isin(choice.cities)]
    sides = []
    for side, (column, key) in enumerate((("rank_before", "official"), ("rank_after", "own"))):
        sides.append(
            ranked.assign(
                rank=ranked[column],
                side=side,
                side_told=page.t(f"city_comparison.{key}"),
                name=ranked[f"name_{page.language}"],
                changed=ranked["rank_change"] != 0,
            )
        )
    drawn = pd.concat(sides, ignore_index=True)
    drawn["label"] = [f"{row.rank:.0f}  {row.name}" for row in drawn.itertuples(index=False)]
    words = {"rank": page.t("city_comparison.rank"), "place": page.t("city_comparison.place")}
    layout.chart(
        page,
        "comparison_what_if.moves",
        drawn,
        words=words,
        file="moves",
        alt=page.t("city_comparison.moves_alt"),
        columns={
            "name": words["place"],
            "side_told": page.t("city_comparison.weights"),
            "rank": words["rank"],
        },
    )


def _moved_table(page: Page, choice: Choice, table: pd.DataFrame) -> None:
    """Every place before and after; with very many the best and the chosen, and all of them in the file."""
    headings = {f"name_{page.language}": page.t("city_comparison.place")} | {
        column: page.t(f"city_comparison.{column}")
        for column in (
            "score_before",
            "score_after",
            "score_change",
            "rank_before",
            "rank_after",
            "rank_change",
        )
    }
    if "level_before" in table:
        headings |= {
            column: page.t(f"city_comparison.{column}") for column in ("level_before", "level_after")
        }
    st.markdown(f"### {page.t('city_comparison.moved_places')}")
    named = table[list(headings)].rename(columns=headings)
    near = (table.index < tables.OFFERED) | table["city"].isin(choice.cities)
    st.dataframe(named[near], hide_index=True, width="stretch", placeholder="")
    if not near.all():
        st.markdown(page.t("city_comparison.rows_shown", count=f"{near.sum():,}", of=f"{len(table):,}"))
    layout.download(page, named, "own_trial")
