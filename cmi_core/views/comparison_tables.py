"""The tables behind the comparison's charts: profile, heatmap, scatter, years, strengths, weights."""

import math
from itertools import islice

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError, ComputationError
from cmi_core.index import explain
from cmi_core.index.rank import ranks
from cmi_core.store import Store, indices
from cmi_core.text import search
from cmi_core.views.city_comparison import UNDATED, Comparison, children_of, comparison, league, leaves_below

DOTS = 400  # places drawn as quiet dots behind the chosen ones
SHOWN = 40  # rows a heatmap or a chart of ranks can be read with
OFFERED = 200  # places a list offers at once; with more there is a field to search for the others
BINS = 36  # squares along each axis of a scatter of more than `DOTS` places


def offered(
    store: Store, chosen: tuple[str, ...], node: str, words: str, kept: tuple[str, ...]
) -> tuple[str, ...]:
    """
    The places a list offers: all of them best first, or with very many the kept ones and the best that match words.

    Words are looked for in the names and the code.
    """
    table = league(store, chosen, node)
    if len(table) <= OFFERED:
        return tuple(table["city"])
    inside = set(table["city"])
    texts = table["name_th"] + " " + table["name_en"] + " " + table["city"]
    matching = (city for city, text in zip(table["city"], texts, strict=True) if search.found(words, text))
    found = dict.fromkeys(city for city in kept if city in inside)
    return tuple(found | dict.fromkeys(islice(matching, OFFERED)))


def scores_of(found: Comparison) -> pd.DataFrame:
    """Scores of places × nodes: computed where the index can be, else as printed."""
    return found.scored


def profile(store: Store, chosen: tuple[str, ...], node: str, cities: tuple[str, ...] = ()) -> pd.DataFrame:
    """
    Scores on each part of a node: one row per place and part, with the median of all places.

    Every place up to `DOTS` of them, only the chosen `cities` beyond.
    """
    found = comparison(store, chosen)
    parts = [part for part in children_of(found, node) if part in scores_of(found)]
    wide = scores_of(found)[parts]
    kept = wide if len(wide) <= DOTS else wide.loc[[city for city in cities if city in wide.index]]
    table = kept.rename_axis(index="city", columns="node").stack().rename("score").reset_index()
    table = table.join(found.cities[["name_th", "name_en"]], on="city")
    names = found.nodes.loc[parts, ["name_th", "name_en"]].add_prefix("node_")
    table = table.join(names, on="node").join(wide.median().rename("median"), on="node")
    table["position"] = table["node"].map({part: place for place, part in enumerate(parts)})
    return table


def _mark(found: Comparison, city: str, node: str) -> str | None:
    return found.qualities[node].get(city) if node in found.qualities else None


def heatmap(store: Store, chosen: tuple[str, ...], node: str, cities: tuple[str, ...]) -> pd.DataFrame:
    """
    Scores of the parts of a node for the best `SHOWN` places and the chosen ones: one row per place and part.

    A part without a score keeps its row with an empty score, so that the gap is seen.
    """
    found = comparison(store, chosen)
    order = league(store, chosen, node)["city"].tolist()
    kept = [city for place, city in enumerate(order) if place < SHOWN or city in cities]
    parts = [part for part in children_of(found, node) if part in scores_of(found)]
    wide = scores_of(found).loc[kept, parts]
    table = (
        wide.melt(ignore_index=False, var_name="node", value_name="score").rename_axis("city").reset_index()
    )
    table = table.join(found.cities[["name_th", "name_en"]], on="city")
    table = table.join(found.nodes.loc[parts, ["name_th", "name_en"]].add_prefix("node_"), on="node")
    table["place"] = table["city"].map({city: place for place, city in enumerate(kept)})
    table["position"] = table["node"].map({part: place for place, part in enumerate(parts)})
    return table


def pairs(store: Store, chosen: tuple[str, ...], across: str, up: str) -> pd.DataFrame:
    """Two nodes of every place side by side: what a scatter shows."""
    found = comparison(store, chosen)
    wide = scores_of(found)
    table = found.cities[["name_th", "name_en"]].copy()
    table["across"], table["up"] = wide.get(across), wide.get(up)
    return table.dropna(subset=["across", "up"]).reset_index()


def squares(table: pd.DataFrame) -> pd.DataFrame:
    """
    How many places of a scatter (`across`, `up`) lie in each of a grid of squares: what very many dots would hide.

    >>> squares(pd.DataFrame({"across": [0.0, 1.0, 1.0], "up": [0.0, 1.0, 1.0]}))["count"].tolist()
    [1, 2]
    """
    counts, across, up = np.histogram2d(table["across"], table["up"], bins=BINS)
    column, row = np.nonzero(counts)
    return pd.DataFrame(
        {
            "across": across[column],
            "across_to": across[column + 1],
            "up": up[row],
            "up_to": up[row + 1],
            "count": counts[column, row].astype(int),
        }
    )


def with_peers(table: pd.DataFrame, peers: tuple[str, ...]) -> pd.DataFrame:
    """The rows of a league that belong to a group of peers, ranked anew among them; scores stay as they are."""
    inside = table[table["city"].isin(peers)].copy()
    if "score" in inside and len(inside):
        inside["peer_rank"] = ranks(inside[["score"]])["score"]
    return inside


def over_time(store: Store, index_code: str, node: str, cities: tuple[str, ...]) -> pd.DataFrame:
    """
    Scores of a node through the years and releases of an index, for the chosen places.

    One row per place, release and year; a series is never joined across releases, since their methods differ.
    Assessments that state no year cannot be placed and are left out.
    """
    known = indices.assessments(store)
    known = known[(known["index_code"] == index_code) & known["year"].notna()]
    rows = []
    for (framework, release, year), group in known.groupby(["framework", "release", "year"], sort=True):
        try:
            found = comparison(store, tuple(group["assessment"]))
        except ComputationError:
            continue
        at = node if node in found.nodes.index else found.root
        column = scores_of(found).get(at)
        if column is None or (node not in found.nodes.index and node != found.root):
            continue
        series = column.reindex(list(cities)).dropna()
        rows.append(
            pd.DataFrame(
                {
                    "city": series.index,
                    "framework": framework,
                    "release": str(release),
                    "year": int(year),
                    "score": series.to_numpy(float),
                    "computed": found.result is not None,
                }
            )
        )
    columns = ["city", "framework", "release", "year", "score", "computed"]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
    names = indices.cities(store).set_index("city")[["name_th", "name_en"]]
    return table.join(names, on="city")


def strengths(store: Store, chosen: tuple[str, ...], city: str, node: str, rule: str) -> pd.DataFrame:
    """Strengths and weaknesses of a place by a written rule, which is kept in `attrs["rule"]`."""
    found = comparison(store, chosen)
    told = {each.key: each for each in (explain.AMONG_PLACES, explain.AGAINST_OWN_SCORE)}[rule]
    table = explain.strengths(found.computed, city, rule=told, node=node)
    kept = table.attrs
    table = table.join(found.nodes[["name_th", "name_en", "unit_th", "unit_en"]], on="node")
    table["value"] = [found.raw[leaf].get(city) for leaf in table["node"]]
    table["quality"] = [_mark(found, city, leaf) for leaf in table["node"]]
    table.attrs = kept
    return table


def values_of(store: Store, chosen: tuple[str, ...], city: str) -> pd.DataFrame:
    """
    A place's whole tree in the order of reading: value, quality and source as recorded, and what is computed.

    `share` is the weight among siblings, `effective` the weight in the index, `points` what the node adds to the
    index; all three stay empty where weights are not known. `level` is by the node's own rule, if it has one.
    """
    found = comparison(store, chosen)
    table = found.nodes.copy()
    own = found.values[found.values["city"] == city].set_index("node")
    columns = ["value", "level_as_printed", "flag_th", "flag_en", "quality", "source", "entry", "assessment"]
    table = table.rename(columns={"source": "node_source"}).join(own[columns])
    for name in ("score", "rank", "share", "effective", "points", "of"):
        table[name] = math.nan
    table["level"] = None
    table["leaf"] = table.index.isin(found.leaves)
    if found.result is None or city not in found.result.places:
        return table.reset_index()
    column = found.result.places.index(city)
    numbers = [found.result.framework.number(node) for node in table.index]
    weights = explain.effective_weights(found.result.framework).set_index("node")
    table["score"] = found.result.scores[numbers, column]
    table["rank"] = found.result.ranks[numbers, column]
    table["of"] = (~np.isnan(found.result.scores[numbers])).sum(axis=1)
    table["level"] = [
        found.cuts[node].level_of(np.array([score]))[0] if node in found.cuts else None
        for node, score in table["score"].items()
    ]
    table["share"], table["effective"] = weights["share"], weights["effective"]
    try:
        table["points"] = explain.contributions(found.result).loc[city]
    except CmiError:
        table["points"] = math.nan
    return table.reset_index()


def gaps(store: Store, chosen: tuple[str, ...], node: str) -> pd.DataFrame:
    """Which indicators below a node lack a value, per place: one row per gap."""
    found = comparison(store, chosen)
    wide = found.raw.reindex(columns=leaves_below(found, node)).isna()
    rows = [(city, leaf) for city, row in wide.iterrows() for leaf in wide.columns[row]]
    table = pd.DataFrame(rows, columns=["city", "node"])
    table = table.join(found.cities[["name_th", "name_en"]], on="city")
    return table.join(found.nodes[["name_th", "name_en"]].add_prefix("node_"), on="node")


def year_codes(table: pd.DataFrame) -> list[str]:
    """The years of a release as the address says them, newest first, those without a year last."""
    codes = table["year_code"].drop_duplicates().tolist()
    return sorted((code for code in codes if code != UNDATED), reverse=True) + [UNDATED] * (UNDATED in codes)
