"""Do the parts of an index belong together? Correlations with flags, consistency, and parts that pull against it."""

import numpy as np
import pandas as pd

from cmi_core.index import consistency
from cmi_core.store import Store
from cmi_core.views.city_comparison import children_of, comparison, leaves_below
from cmi_core.views.comparison_runs import lineage, with_result

NAMED = 12  # rows of a matrix up to which the number stands in each cell


def related(store: Store, chosen: tuple[str, ...], node: str, depth: str, method: str) -> pd.DataFrame:
    """
    Correlation of every two parts of a node: r, p, pairs used and flag, the flagged ones first.

    `depth` is `parts` (right below the node) or `indicators` (all below it).
    """
    found = with_result(comparison(store, chosen))
    nodes = leaves_below(found, node) if depth == "indicators" else children_of(found, node)
    table = consistency.correlate(found.scored[nodes], method=method)
    for side in ("a", "b"):
        names = found.nodes[["name_th", "name_en"]].add_suffix(f"_{side}")
        table = table.join(names, on=side)
    order = table["flag"].map({"negative": 0, "high": 1, "weak": 2}).fillna(3)
    return table.assign(order=order).sort_values(["order", "r"], kind="stable").reset_index(drop=True)


def square(table: pd.DataFrame) -> pd.DataFrame:
    """Both halves of a matrix of correlations, and its diagonal, for the eye: one row per cell."""
    turned = table.rename(
        columns={"a": "b", "b": "a"}
        | {
            f"name_{language}_{one}": f"name_{language}_{other}"
            for language in ("th", "en")
            for one, other in ("ab", "ba")
        }
    )
    both = pd.concat([table, turned], ignore_index=True)
    own = both.drop_duplicates("a")
    same = own.assign(
        b=own["a"], r=np.nan, p=np.nan, flag="", name_th_b=own["name_th_a"], name_en_b=own["name_en_a"]
    )
    return pd.concat([both, same], ignore_index=True)


def pulling(store: Store, chosen: tuple[str, ...], node: str, method: str) -> pd.DataFrame:
    """
    How each part below a node goes with the part right above it: r, p, pairs used, flag; the lowest r first.

    Flag `against`: r below 0; `against_surely`: surely so. An only child goes with its parent by nature and is left
    out.
    """
    found = with_result(comparison(store, chosen))
    table = consistency.pulls(found.computed, method=method)
    inside = set(lineage(found, node)) - {node}
    several = table["parent"].map(table["parent"].value_counts()) > 1
    table = table[table["node"].isin(inside) & several]
    table = table.join(found.nodes[["name_th", "name_en"]], on="node")
    table = table.join(found.nodes[["name_th", "name_en"]].add_prefix("parent_"), on="parent")
    return table.sort_values("r", kind="stable").reset_index(drop=True)


def consistent(store: Store, chosen: tuple[str, ...], node: str) -> pd.DataFrame:
    """Cronbach's alpha of the parts of a node and of every group below it; groups of one part have none."""
    found = with_result(comparison(store, chosen))
    table = consistency.consistency(found.computed)
    order = {each: place for place, each in enumerate(found.nodes.index)}
    table = table[table["node"].isin(lineage(found, node)) & (table["children"] > 1)]
    table = table.join(found.nodes[["name_th", "name_en", "depth"]], on="node")
    return table.sort_values("node", key=lambda nodes: nodes.map(order)).reset_index(drop=True)
