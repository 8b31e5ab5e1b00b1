"""Heavier questions about a ranking: how sure it is, what it hangs on, what other weights give, what would lift it."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cmi_core.errors import ComputationError
from cmi_core.index import build
from cmi_core.index.build import Result
from cmi_core.index.least_effort import Plan, plan
from cmi_core.index.scenarios import Scenarios
from cmi_core.index.sensitivity import sobol
from cmi_core.index.step_scores import scores_after
from cmi_core.index.uncertainty import Simulation, simulate
from cmi_core.index.what_if import with_changes
from cmi_core.store import Store, indices
from cmi_core.views.city_comparison import Comparison, comparison, leaves_below, stamp
from cmi_core.views.versioned_cache import VersionedCache

Progress = Callable[[float], object] | None
SEED = 2562
REPLICATIONS = 10_000
MANY = 1_000  # places from which a run is large: the last two are kept, and one is made at a time
STAGES = {"median": 0.5, "quartile": 0.75, "best": 1.0}  # of all places, how far up a step goes
_RUNS = VersionedCache(12)
_LARGE_RUNS = VersionedCache(2)
_LARGE = threading.Lock()
_TRIALS = VersionedCache(4)
_PLANS = VersionedCache(32)


@dataclass(frozen=True)
class Choices:
    """What an uncertainty run varies: by how much weights move, and which further methods are tried."""

    noise: float = 0.25
    normalise: tuple[str, ...] = ()
    aggregate: tuple[str, ...] = ()
    impute: tuple[str, ...] = ()


def uncertainty(
    store: Store, chosen: tuple[str, ...], node: str, choices: Choices, progress: Progress = None
) -> Simulation:
    """The ranks a place takes over many draws of weights and methods; the same seed gives the same."""

    def run() -> Simulation:
        found = _checked(comparison(store, chosen))
        return simulate(
            _scenarios(found, node, choices),
            seed=SEED,
            replications=REPLICATIONS,
            weight_noise=choices.noise,
            cut_points=found.cuts.get(node),
            progress=progress,
        )

    return _kept(store, chosen, ("uncertainty", chosen, node, choices), run)


def sensitivity(
    store: Store, chosen: tuple[str, ...], node: str, choices: Choices, progress: Progress = None
) -> pd.DataFrame:
    """Which of the choices moves the ranks: first-order and total Sobol indices with their intervals."""

    def run() -> pd.DataFrame:
        found = _checked(comparison(store, chosen))
        return sobol(
            _scenarios(found, node, choices), seed=SEED, weight_noise=choices.noise, progress=progress
        )

    return _kept(store, chosen, ("sensitivity", chosen, node, choices), run)


def _kept(store: Store, chosen: tuple[str, ...], key: tuple, run: Callable[[], Any]) -> Any:
    """What was run before, or what is run now; large runs one at a time, so that memory stays bounded."""
    at = stamp(store, chosen)
    if len(comparison(store, chosen).cities) <= MANY:
        return _RUNS.get(store, key, run, stamp=at)
    with _LARGE:
        return _LARGE_RUNS.get(store, key, run, stamp=at)


def _scenarios(found: Comparison, node: str, choices: Choices) -> Scenarios:
    official = found.options
    return Scenarios(
        found.computed.framework,
        found.raw.reindex(columns=list(found.computed.framework.indicators)),
        normalise=(official["normalise"], *choices.normalise),
        aggregate=(official["aggregate"], *choices.aggregate),
        impute=("none", *choices.impute),
        min_coverage=official["min_coverage"],
        node=node,
    )


def _checked(found: Comparison) -> Comparison:
    if len(with_result(found).cities) < 2:
        raise ComputationError("run_place_alone")
    return found


def bands(simulation: Simulation, cities: pd.DataFrame) -> pd.DataFrame:
    """Rank intervals of the places that have a rank, best first."""
    table = simulation.table().dropna(subset=["rank"]).set_index("place")
    table = table.join(cities[["name_th", "name_en"]]).rename_axis("city").reset_index()
    return table.sort_values(["rank", "rank_median"], kind="stable").reset_index(drop=True)


def chances(simulation: Simulation, cities: pd.DataFrame, kept: list[str]) -> pd.DataFrame:
    """Probability of each rank: one row per kept place and rank it ever took."""
    wide = simulation.rank_probability(kept)
    table = wide.rename_axis(columns="taken").stack().rename("probability").reset_index()
    table = table[table["probability"] > 0].rename(columns={"place": "city"})
    table["row"] = table["city"].map({city: place for place, city in enumerate(kept)})
    return table.join(cities[["name_th", "name_en"]], on="city")


def level_chances(simulation: Simulation, cities: pd.DataFrame) -> pd.DataFrame:
    """Probability of each level, places × levels with the names in front."""
    wide = simulation.level_probability().rename_axis("city")
    return cities[["name_th", "name_en"]].join(wide, how="inner").reset_index()


@dataclass(frozen=True)
class Trial:
    """What a reader tries beside the official ranking: other weights, other values of one place, or both."""

    weights: tuple[tuple[str, float], ...] = ()
    city: str = ""
    values: tuple[tuple[str, float], ...] = ()

    @property
    def changes(self) -> dict[tuple[str, str], float]:
        """The values by place and indicator."""
        return {(self.city, indicator): value for indicator, value in self.values}


def tried(store: Store, chosen: tuple[str, ...], trial: Trial) -> Result:
    """The whole index computed anew with what is tried: where places are measured by each other, others move too."""

    def run() -> Result:
        found = with_result(comparison(store, chosen))
        values = found.raw.reindex(columns=list(found.computed.framework.indicators))
        return build.build(
            found.computed.framework.with_weights(dict(trial.weights)),
            with_changes(values, trial.changes, found.computed.framework),
            **found.options,
        )

    return _TRIALS.get(store, (chosen, trial), run, stamp=stamp(store, chosen))


def what_if(store: Store, chosen: tuple[str, ...], node: str, trial: Trial) -> pd.DataFrame:
    """Score, rank and level of a node at every place as tried beside the official ones, best as tried first."""
    found = with_result(comparison(store, chosen))
    row, rule = found.computed.framework.number(node), found.cuts.get(node)
    table = found.cities[["name_th", "name_en"]].copy()
    for side, result in (("before", found.computed), ("after", tried(store, chosen, trial))):
        table[f"score_{side}"], table[f"rank_{side}"] = result.scores[row], result.ranks[row]
        if rule is not None:
            table[f"level_{side}"] = rule.level_of(result.scores[row])
    table = table.rename_axis("city").reset_index()
    table["score_change"] = table["score_after"] - table["score_before"]
    table["rank_change"] = table["rank_before"] - table["rank_after"]
    return table.sort_values(["rank_after", "rank_before"], kind="stable").reset_index(drop=True)


def what_if_of(store: Store, chosen: tuple[str, ...], city: str, trial: Trial) -> pd.DataFrame:
    """One place's nodes that what is tried moves, from the index down: score and rank, official and as tried."""
    found = with_result(comparison(store, chosen))
    column = found.computed.places.index(city)
    rows = [found.computed.framework.number(node) for node in found.nodes.index]
    table = found.nodes[["name_th", "name_en", "depth"]].copy()
    for side, result in (("before", found.computed), ("after", tried(store, chosen, trial))):
        table[f"score_{side}"] = result.scores[rows, column]
        table[f"rank_{side}"] = result.ranks[rows, column]
    moved = (table["score_before"] != table["score_after"]) & ~(
        table["score_before"].isna() & table["score_after"].isna()
    )
    return table[
        moved | (table["rank_before"] != table["rank_after"]) & table["rank_after"].notna()
    ].reset_index()


def levers(store: Store, chosen: tuple[str, ...], city: str, node: str) -> pd.DataFrame:
    """
    The indicators below a node with a place's values, those first that could add most to the node's score.

    `room` is the weight within the node times the distance to the best place's score; `least` and `most` are the
    lowest and highest values of all places.
    """
    found = with_result(comparison(store, chosen))
    tree, column = found.computed.framework, found.computed.places.index(city)
    leaves = leaves_below(found, node)
    rows = [tree.number(leaf) for leaf in leaves]
    scores = found.computed.scores[rows]
    best = np.fmax.reduce(scores, axis=1, initial=-np.inf)
    raw = found.raw.reindex(columns=leaves)
    table = pd.DataFrame(
        {
            "indicator": leaves,
            "value": raw.loc[city].to_numpy(float),
            "least": raw.min().to_numpy(float),
            "most": raw.max().to_numpy(float),
            "score": scores[:, column],
            "room": tree.effective[rows, tree.number(node)] * (best - scores[:, column]),
        }
    )
    return table.sort_values("room", ascending=False, kind="stable", na_position="last").reset_index(
        drop=True
    )


def with_result(found: Comparison) -> Comparison:
    """The comparison, once it is sure that the index can be computed."""
    _ = found.computed
    return found


def steps(store: Store, chosen: tuple[str, ...], city: str, node: str) -> pd.DataFrame:
    """
    Steps a place could take: each indicator below a node up to the median, upper quartile and best of all places.

    `value` is in the indicator's own unit, taken from the places compared; only steps that lift the score stay.
    `effort` starts as 1, 2 and 3 for the three stages: whole numbers that the reader replaces.
    """
    found = with_result(comparison(store, chosen))
    rows = []
    for leaf in leaves_below(found, node):
        column = found.raw[leaf].dropna() if leaf in found.raw else pd.Series(dtype=float)
        if city not in column.index:
            continue
        better = 1 if found.nodes["direction"][leaf] != "lower" else -1
        for stage, share in STAGES.items():
            reached = float(np.quantile(column * better, share)) * better
            rows.append({"indicator": leaf, "stage": stage, "now": column[city], "value": reached})
    table = pd.DataFrame(rows, columns=["indicator", "stage", "now", "value"])
    if table.empty:
        return table.assign(score_before=[], score=[], effort=[])
    table = scores_after(found.computed, city, table.assign(effort=0.0))
    column = found.computed.places.index(city)
    before = {
        leaf: found.computed.scores[found.computed.framework.number(leaf), column]
        for leaf in table["indicator"]
    }
    table["score_before"] = table["indicator"].map(before)
    table = table[table["score"] > table["score_before"] + 1e-9].drop_duplicates(["indicator", "value"])
    table["effort"] = table["stage"].map({stage: float(place) for place, stage in enumerate(STAGES, start=1)})
    return table.reset_index(drop=True)


def least_effort(
    store: Store, chosen: tuple[str, ...], *, city: str, node: str, target: float, offered: pd.DataFrame
) -> Plan:
    """The cheapest of the offered steps that lift a node to a score, or that none do."""
    usable = offered[["indicator", "value", "effort"]].dropna().reset_index(drop=True)

    def run() -> Plan:
        found = with_result(comparison(store, chosen))
        return plan(
            found.computed, city, scores_after(found.computed, city, usable), target=target, node=node
        )

    key = ("plan", chosen, city, node, target, tuple(usable.itertuples(index=False, name=None)))
    return _PLANS.get(store, key, run, stamp=stamp(store, chosen))


def who_would_do_it(store: Store, nodes: tuple[str, ...]) -> pd.DataFrame:
    """KPIs tied to any of the nodes, with the goal they serve and who answers for them."""
    table = indices.owners(store)
    return table[table["node"].isin(nodes)].drop_duplicates("kpi").reset_index(drop=True)


def between(found: Comparison, leaves: Iterable[str], node: str) -> tuple[str, ...]:
    """A node, some indicators below it, and all that lies between: what a KPI that moves them may be tied to."""
    parents = found.nodes["parent"].to_dict()
    passed = {node}
    for leaf in leaves:
        above: object = leaf
        while isinstance(above, str) and above not in passed:
            passed.add(above)
            above = parents[above]
    return tuple(sorted(passed))


def lineage(found: Comparison, node: str) -> tuple[str, ...]:
    """A node and all that is below it, in the order of their codes: what a KPI that moves it may be tied to."""
    parents: Mapping[str, object] = found.nodes["parent"].to_dict()
    below, size = {node}, 0
    while len(below) > size:
        size = len(below)
        below |= {each for each, parent in parents.items() if parent in below}
    return tuple(sorted(below))
