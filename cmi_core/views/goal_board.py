"""What does the plan want, by which means, who and where is named, and how far has it come?"""

from dataclasses import dataclass

import pandas as pd

from cmi_core.store import Store
from cmi_core.store import goals as plan
from cmi_core.text import search

Chosen = tuple[set[str], set[str]]


@dataclass(frozen=True)
class Board:
    """The plan or a chosen part of it, as tables."""

    strategies: pd.DataFrame
    goals: pd.DataFrame
    means: pd.DataFrame
    kpis: pd.DataFrame
    named: pd.DataFrame
    ties: pd.DataFrame
    moves: pd.DataFrame


def whole(store: Store) -> Board:
    """The whole plan."""
    return Board(
        plan.strategies(store),
        plan.goals(store),
        plan.means(store),
        plan.kpis(store),
        plan.named(store),
        plan.ties(store),
        plan.means_ties(store),
    )


def choose(
    plan_: Board,
    *,
    strategy: str = "",
    goal: str = "",
    node: str = "",
    organisation: str = "",
    place: str = "",
    words: str = "",
) -> Board:
    """
    The goals, means and KPIs that meet all choices; an empty choice chooses everything.

    A dimension of the index (`node`) chooses the KPIs and means tied to it and the means of these KPIs; a place or
    an organisation chooses the means that name it and the KPIs tied to it or to these. A goal stays while
    anything of it does. Nothing is read: a reader's every keystroke works on the plan already at hand.
    """
    goals = plan_.goals
    goals = goals[(goals["strategy"] == strategy) | (strategy == "")]
    goals = goals[(goals["goal"] == goal) | (goal == "")]
    means = plan_.means[plan_.means["goal"].isin(goals["goal"])]
    kpis = plan_.kpis[plan_.kpis["goal"].isin(goals["goal"])]
    choices = _choices(plan_, node=node, organisation=organisation, place=place, words=words)
    for chosen_means, chosen_kpis in choices:
        means = means[means["means"].isin(chosen_means)]
        kpis = kpis[kpis["kpi"].isin(chosen_kpis)]
    if choices:
        goals = goals[goals["goal"].isin(means["goal"]) | goals["goal"].isin(kpis["goal"])]
    return _only(plan_, goals=goals, means=means, kpis=kpis)


def board(store: Store, **choices: str) -> Board:
    """The chosen part of the plan as it stands."""
    return choose(whole(store), **choices)


def meant_for(store: Store, node: str) -> Board:
    """The part of the plan that is meant to move a node of the index."""
    return choose(whole(store), node=node)


def places(store: Store) -> pd.DataFrame:
    """The places that a means names or a KPI is tied to."""
    rows, ties, named = plan.places(store), plan.ties(store), plan.named(store)
    told = set(ties.loc[ties["kind"] == "place", "target"]) | set(named.loc[named["kind"] == "place", "code"])
    return rows[rows["place"].isin(told)]


def organisations(store: Store) -> pd.DataFrame:
    """The organisations that a means names or that answer for one: code and names."""
    named, means = plan.named(store), plan.means(store)
    owners = means.dropna(subset=["owner"])[["owner", "owner_th", "owner_en"]]
    rows = named.loc[named["kind"] == "organisation", ["code", "name_th", "name_en"]]
    both = pd.concat([rows, owners.set_axis(rows.columns, axis=1)])
    return both.drop_duplicates("code").sort_values("name_en", ignore_index=True)


def states(store: Store) -> pd.DataFrame:
    """How many means are in each state; `unknown` holds those for which nobody has set one."""
    told = plan.means(store)["state"].fillna("unknown")
    return told.value_counts().rename_axis("state").reset_index(name="means")


def _choices(plan_: Board, *, node: str, organisation: str, place: str, words: str) -> list[Chosen]:
    """The means and KPIs that each choice made leaves."""
    return [
        chosen_by(plan_, made)
        for made, chosen_by in (
            (node, _by_node),
            (organisation, _by_organisation),
            (place, _by_place),
            (words, _by_words),
        )
        if made
    ]


def _by_node(plan_: Board, node: str) -> Chosen:
    kpis = _kpis_tied(plan_, "index_node", {node})
    moves = plan_.moves
    return _means_tied(plan_, kpis) | set(moves.loc[moves["node"] == node, "means"]), kpis


def _by_organisation(plan_: Board, organisation: str) -> Chosen:
    owned = plan_.means.loc[plan_.means["owner"] == organisation, "means"]
    means = _naming(plan_, "organisation", organisation) | set(owned)
    return means, _kpis_tied(plan_, "means", means)


def _by_place(plan_: Board, place: str) -> Chosen:
    means, kpis = _naming(plan_, "place", place), _kpis_tied(plan_, "place", {place})
    return means | _means_tied(plan_, kpis), kpis | _kpis_tied(plan_, "means", means)


def _by_words(plan_: Board, words: str) -> Chosen:
    """A means is found by its own words, its goal's and the names in it; a KPI by its own and its goal's."""
    goals = _texts(plan_.goals, "goal", "short_th", "short_en", "name_th", "name_en", "name_th_table")
    names = _texts(plan_.named, "means", "name_th", "name_en")
    means = plan_.means.set_index("means")["goal"]
    own = _texts(plan_.means, "means", "number", "name_th", "name_en", "owner_th", "owner_en")
    kpis = plan_.kpis.set_index("kpi")["goal"]
    of_kpis = _texts(plan_.kpis, "kpi", "name_th", "name_en")
    return (
        {
            code
            for code, goal in means.items()
            if search.found(words, f"{own[code]} {names.get(code, '')} {goals[goal]}")
        },
        {code for code, goal in kpis.items() if search.found(words, f"{of_kpis[code]} {goals[goal]}")},
    )


def _texts(table: pd.DataFrame, key: str, *columns: str) -> dict[str, str]:
    """All words of the rows of each key, joined."""
    texts: dict[str, str] = {}
    for row in table[[key, *columns]].itertuples(index=False):
        texts[row[0]] = " ".join(
            [texts.get(row[0], ""), *(cell for cell in row[1:] if isinstance(cell, str))]
        )
    return texts


def _naming(plan_: Board, kind: str, code: str) -> set[str]:
    named = plan_.named
    return set(named.loc[(named["kind"] == kind) & (named["code"] == code), "means"])


def _kpis_tied(plan_: Board, kind: str, targets: set[str]) -> set[str]:
    ties = plan_.ties
    return set(ties.loc[(ties["kind"] == kind) & ties["target"].isin(targets), "kpi"])


def _means_tied(plan_: Board, kpis: set[str]) -> set[str]:
    ties = plan_.ties
    return set(ties.loc[(ties["kind"] == "means") & ties["kpi"].isin(kpis), "target"])


def _only(plan_: Board, *, goals: pd.DataFrame, means: pd.DataFrame, kpis: pd.DataFrame) -> Board:
    return Board(
        plan_.strategies[plan_.strategies["strategy"].isin(goals["strategy"])],
        goals,
        means,
        kpis,
        plan_.named[plan_.named["means"].isin(means["means"])],
        plan_.ties[plan_.ties["kpi"].isin(kpis["kpi"])],
        plan_.moves[plan_.moves["means"].isin(means["means"])],
    )
