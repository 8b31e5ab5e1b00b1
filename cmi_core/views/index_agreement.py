"""Do published results agree with what the engine computes from the inputs beside them?"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from cmi_core.errors import CmiError
from cmi_core.index import build
from cmi_core.store import Store, indices
from cmi_core.views.city_comparison import engine_framework, options, tree

MOST_DECIMALS = 6  # digits beyond are those of the makers' own rounding on the way
NOISE = 1e-9


class Agreement(NamedTuple):
    """One part and year: how many of the published results come out, at how many decimals; `apart` are the others."""

    node: str
    year: int | None
    agree: int
    of: int
    decimals: int
    apart: pd.DataFrame  # city, published, computed
    unknown: CmiError | None = None  # why nothing is computed


def agreements(
    store: Store, head: dict[str, object], values: pd.DataFrame, decimals: dict[str, int]
) -> tuple[Agreement, ...]:
    """
    Each published result in `values` (year, city, node, value) beside what the release gives.

    Inputs are those of the file, over those on record for the year. `decimals` says how many each part is printed with.
    """
    nodes = tree(indices.nodes(store, str(head["framework"])))
    groups = set(nodes["parent"].dropna())
    published = values[values["node"].isin(groups)]
    if published.empty:
        return ()
    try:
        framework = engine_framework(head, nodes)
    except CmiError as unknown:
        parts = published.groupby(["node", "year"], dropna=False, sort=False)
        return tuple(
            Agreement(str(node), _year(year), 0, len(part), 0, part.iloc[:0], unknown)
            for (node, year), part in parts
        )
    found = []
    for year in indices.years_of(published):
        of_year = values[_same_year(values["year"], year)]
        inputs = _inputs(store, head, of_year[~of_year["node"].isin(groups)], year, groups)
        wanted = published[_same_year(published["year"], year)]
        try:
            wide = inputs.pivot(index="city", columns="node", values="value").astype(float)
            scores = build.build(framework, wide, **options(head)).table()
        except CmiError as unknown:
            found += [
                Agreement(str(node), year, 0, len(part), 0, part.iloc[:0], unknown)
                for node, part in wanted.groupby("node", sort=False)
            ]
            continue
        found += [
            _compared(str(node), year, part, scores, min(MOST_DECIMALS, decimals.get(str(node), 0)))
            for node, part in wanted.groupby("node", sort=False)
        ]
    return tuple(found)


def _inputs(
    store: Store, head: dict[str, object], given: pd.DataFrame, year: int | None, groups: set[str]
) -> pd.DataFrame:
    """The values of indicators for a year: on record, and over them those of the file."""
    known = indices.assessments(store)
    known = known[(known["framework"] == head["framework"]) & _same_year(known["year"], year)]
    parts = [indices.values_of(store, code)[["city", "node", "value"]] for code in known["assessment"]]
    held = pd.concat([*parts, given[["city", "node", "value"]]])
    return held[~held["node"].isin(groups)].drop_duplicates(["city", "node"], keep="last")


def _compared(
    node: str, year: int | None, part: pd.DataFrame, scores: pd.DataFrame, decimals: int
) -> Agreement:
    computed = scores[node].reindex(part["city"]).to_numpy()
    printed = part["value"].to_numpy(dtype=float)
    near = np.abs(computed - printed) <= 0.5 * 10.0**-decimals + NOISE
    apart = pd.DataFrame({"city": part["city"], "published": printed, "computed": computed})[~near]
    return Agreement(node, year, int(near.sum()), len(part), decimals, apart)


def _same_year(years: pd.Series, year: int | None) -> pd.Series:
    return years.isna() if year is None else years == year


def _year(year: object) -> int | None:
    return None if pd.isna(year) else int(str(year).split(".")[0])
