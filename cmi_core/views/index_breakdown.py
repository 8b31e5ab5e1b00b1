"""What did the index print for the city, and what do its parts add up to?"""

from typing import Any

import pandas as pd

from cmi_core.store import Store, indices, scores

HOME = ("isc_chiang_mai_2019", "chiang_mai")
NEAR = 0.0055  # printed scores have two decimals, some cut and some rounded


def printed(store: Store, assessment: str, city: str) -> pd.DataFrame:
    """
    The root and every node below it as printed, with `depth` 0 for the root.

    `contribution` is what each child adds to the plain mean of its siblings' printed scores, in points:
    score / number of scored siblings. It is computed here, not printed, and holds only for equal weights.
    """
    rows = scores.printed(store, assessment, city)
    parent = dict(zip(rows["node"], rows["parent"], strict=True))
    siblings = rows.groupby("parent", dropna=False)["value"].transform("count")
    return rows.assign(
        depth=[_depth(node, parent) for node in rows["node"]],
        contribution=(rows["value"] / siblings).where(rows["parent"].notna()),
    )


def mean_of_children(store: Store, assessment: str, city: str) -> pd.DataFrame:
    """
    For each node with printed children: its printed score beside their plain mean, both unrounded.

    `agrees` where the mean, to as many decimals as are printed, is the printed score: then nothing is to be asked.
    """
    rows = scores.printed(store, assessment, city)
    means = rows.groupby("parent")["value"].agg(["mean", "count"]).rename_axis("node").reset_index()
    both = rows.merge(means, on="node", how="inner")
    return both.assign(agrees=(both["mean"] - both["value"]).abs() < NEAR)


def corrections(store: Store, assessment: str, city: str) -> pd.DataFrame:
    """The scores whose number was put right: what stood before, what stands now, who, when and why."""
    lines = indices.history(store, assessment, city)
    lines = lines[~lines["undone"]]
    lines["before"] = lines.groupby("node")["value"].shift()
    found = lines[lines["before"].notna() & (lines["before"] != lines["value"])]
    names = scores.printed(store, assessment, city)[["node", "name_th", "name_en"]]
    return found.merge(names, on="node", how="left")


def weakest(store: Store, assessment: str, city: str) -> pd.DataFrame:
    """The dimensions from the lowest printed score up."""
    rows = printed(store, assessment, city)
    return rows[rows["depth"] == 1].sort_values("value", kind="stable")


def lowest(store: Store, assessment: str, city: str) -> Any:
    """The dimension with the lowest printed score, as a row of `printed`."""
    return next(weakest(store, assessment, city).itertuples())


def assessments(store: Store) -> pd.DataFrame:
    """Every assessment in force that has scores, that of the city first."""
    found = indices.assessments(store)
    found = found[found["places"].fillna(0) > 0]
    return found.assign(away=found["assessment"] != HOME[0]).sort_values(
        ["away", "index_code"], kind="stable"
    )


def places(store: Store, assessment: str) -> pd.DataFrame:
    """The places an assessment scores, the city itself first."""
    scored = indices.values_of(store, assessment)["city"].unique()
    found = indices.cities(store)
    found = found[found["city"].isin(scored)]
    return found.assign(away=found["city"] != HOME[1]).sort_values(["away", "city"], kind="stable")


def _depth(node: str, parent: dict[str, str | None]) -> int:
    above = parent.get(node)
    return 1 + _depth(above, parent) if isinstance(above, str) else 0
