"""Heavier questions about a ranking: how sure it is, what it hangs on, what other weights give, what would lift it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cmi_core import index
from cmi_core.errors import ComputationError
from cmi_core.least_effort import Plan, plan
from cmi_core.scenarios import Scenarios
from cmi_core.sensitivity import sobol
from cmi_core.steps import scores_after
from cmi_core.store import Store, indices
from cmi_core.uncertainty import Simulation, simulate
from cmi_core.views.comparison import Comparison, comparison, leaves_below, stamp
from cmi_core.views.kept import Kept

Progress = Callable[[float], object] | None
SEED = 2562
REPLICATIONS = 10_000
MANY = 1_000  # places from which a run is large: the last two are kept, and one is made at a time
STAGES = {"median": 0.5, "quartile": 0.75, "best": 1.0}  # of all places, how far up a step goes
_RUNS = Kept(12)
_LARGE_RUNS = Kept(2)
_LARGE = threading.Lock()


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
            cut_points=found.cut_points if node == found.root else None,
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
        found.framework,
        found.raw.reindex(columns=list(found.framework.indicators)),
        normalise=(official["normalise"], *choices.normalise),
        aggregate=(official["aggregate"], *choices.aggregate),
        impute=("none", *choices.impute),
        min_coverage=official["min_coverage"],
        node=node,
    )


def _checked(found: Comparison) -> Comparison:
    if found.result is None:
        raise found.unknown or ComputationError("index_values_missing")
    if len(found.cities) < 2:
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


def other_weights(
    store: Store, chosen: tuple[str, ...], node: str, weights: tuple[tuple[str, float], ...]
) -> pd.DataFrame:
    """Scores, ranks and levels of a node by the reader's own weights beside the official ones."""
    found = comparison(store, chosen)
    if found.result is None:
        raise found.unknown or ComputationError("index_values_missing")
    changed = index.build(
        found.framework.with_weights(dict(weights)),
        found.raw.reindex(columns=list(found.framework.indicators)),
        **found.options,
    )
    row = found.framework.number(node)
    table = found.cities[["name_th", "name_en"]].copy()
    for side, result in (("before", found.result), ("after", changed)):
        table[f"score_{side}"], table[f"rank_{side}"] = result.scores[row], result.ranks[row]
        if found.cut_points and node == found.root:
            table[f"level_{side}"] = found.cut_points.level_of(result.scores[row])
    table = table.rename_axis("city").reset_index()
    table["score_change"] = table["score_after"] - table["score_before"]
    table["rank_change"] = table["rank_before"] - table["rank_after"]
    return table.sort_values(["rank_after", "rank_before"], kind="stable").reset_index(drop=True)


def steps(store: Store, chosen: tuple[str, ...], city: str, node: str) -> pd.DataFrame:
    """
    Steps a place could take: each indicator below a node up to the median, upper quartile and best of all places.

    `value` is in the indicator's own unit, taken from the places compared; only steps that lift the score stay.
    `effort` starts as 1, 2 and 3 for the three stages: whole numbers that the reader replaces.
    """
    found = comparison(store, chosen)
    if found.result is None:
        raise found.unknown or ComputationError("index_values_missing")
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
    table = scores_after(found.result, city, table.assign(effort=0.0))
    column = found.result.places.index(city)
    before = {
        leaf: found.result.scores[found.result.framework.number(leaf), column] for leaf in table["indicator"]
    }
    table["score_before"] = table["indicator"].map(before)
    table = table[table["score"] > table["score_before"] + 1e-9].drop_duplicates(["indicator", "value"])
    table["effort"] = table["stage"].map({stage: float(place) for place, stage in enumerate(STAGES, start=1)})
    return table.reset_index(drop=True)


def least_effort(
    store: Store, chosen: tuple[str, ...], *, city: str, node: str, target: float, offered: pd.DataFrame
) -> Plan:
    """The cheapest of the offered steps that lift a node to a score, or that none do."""
    found = comparison(store, chosen)
    if found.result is None:
        raise found.unknown or ComputationError("index_values_missing")
    usable = offered.dropna(subset=["value", "effort"]).reset_index(drop=True)
    scored = scores_after(found.result, city, usable.drop(columns=["score", "score_before"], errors="ignore"))
    return plan(found.result, city, scored, target=target, node=node)


def who_would_do_it(store: Store, nodes: tuple[str, ...]) -> pd.DataFrame:
    """KPIs tied to any of the nodes, with the goal they serve and who answers for them."""
    table = indices.owners(store)
    return table[table["node"].isin(nodes)].drop_duplicates("kpi").reset_index(drop=True)


def lineage(found: Comparison, node: str) -> tuple[str, ...]:
    """A node and all that is below it, in the order of their codes: what a KPI that moves it may be tied to."""
    parents: Mapping[str, object] = found.nodes["parent"].to_dict()
    below, size = {node}, 0
    while len(below) > size:
        size = len(below)
        below |= {each for each, parent in parents.items() if parent in below}
    return tuple(sorted(below))
