"""What COINr computes of its ASEM example, this engine computes within 1e-9 (its listed faults apart)."""

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cmi_core.index.aggregate import copeland, outranking
from cmi_core.index.build import build
from cmi_core.index.denominate import denominate
from cmi_core.index.framework import Framework
from cmi_core.index.impute import impute
from cmi_core.index.rank import ranks, ranks_within
from cmi_core.index.screen import screen
from cmi_core.index.treat import treat

# A part of the results is the project's own; where all of them lie beside the project, all are compared.
OURS = Path(__file__).parent / "reference" / "coinr_asem"
ALL = Path(__file__).parents[3] / "shared" / "reference" / "coinr_asem"
NORMALISERS = {
    "minmax_0_100": "minmax:0:100", "minmax_0_1": "minmax:0:1", "minmax_1_100": "minmax:1:100",
    "zscore_0_1": "zscore:0:1", "zscore_10_2": "zscore:10:2", "rank_min": "rank", "rank_avg": "rank:avg",
    "rank_max": "rank:max", "prank_min": "percentile-rank", "prank_avg": "percentile-rank:average",
    "borda_min": "borda", "dist2max": "distance-to-maximum", "dist2ref_DEU": "distance-to-reference:DEU",
    "dist2ref_DEU_cap": "distance-to-reference:DEU:cap", "dist2targ_nocap": "distance-to-target",
    "dist2targ_cap": "distance-to-target:cap", "goalposts_trunc": "goalposts", "none": "none",
    "goalposts_notrunc": "goalposts:100:uncut", "scaled_0_100": "scaled:0:100",
    "fracmax": "fraction-of-maximum",
}  # fmt: skip


def names(pattern):
    """The results of a pattern, by their names without folder and ending."""
    found = [*OURS.glob(f"{pattern}.csv.gz"), *ALL.glob(f"{pattern}.csv")]
    return sorted({file.name.split(".csv")[0] for file in found})


def read(name):
    ours = OURS / f"{name}.gz"
    return pd.read_csv(ours if ours.exists() else ALL / name, keep_default_na=False, na_values=["NA"])


def wide(name):
    return read(name).set_index("uCode")


def framework(weights=None, direction=None):
    meta = read("input/asem_imeta.csv")
    meta = meta[meta["Type"].isin(["Indicator", "Aggregate"])].set_index("iCode", drop=False)
    posts = wide_posts().reindex(meta.index)
    table = pd.DataFrame(
        {
            "code": meta["iCode"],
            "parent": meta["Parent"],
            "direction": direction or np.where(meta["Direction"] < 0, "lower", "higher"),
            "weight": meta["Weight"] if weights is None else read(weights).set_index("iCode")["Weight"],
            "target": meta["Target"],
            "lower": posts["lower"],
            "upper": posts["upper"],
        }
    )
    return Framework.from_table(table)


def wide_posts():
    return read("norm/goalposts_used.csv").set_index("iCode")


def agree(found, wanted):
    found = found.loc[wanted.index, wanted.columns]
    assert (found.isna() == wanted.isna()).all(axis=None)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", names("norm/*__*"))
def test_normalisation_agrees(name):
    method, source = name.split("__")
    tree = framework()
    values = wide({"raw": "steps/01_raw.csv", "treated": "steps/05_treated.csv"}[source])[
        list(tree.indicators)
    ]
    wanted = wide(f"norm/{name}.csv")[list(tree.indicators)]
    if method == "fracmax":  # fault 4: with a lower-is-better indicator COINr's worst place scores highest
        higher = [
            node.code for node in tree.nodes if node.direction == "higher" and node.code in tree.indicators
        ]
        tree = Framework(tuple(n for n in tree.nodes if n.code not in set(tree.indicators) - set(higher)))
        values, wanted = values[higher], wanted[higher]
    agree(build(tree, values, normalise=NORMALISERS[method]).table(), wanted)


def options_of(method):
    """The options that a file's name stands for."""
    if method.startswith("mixed_amean"):
        return {"aggregate": ["arithmetic", "geometric", "harmonic"]}
    if method.startswith("mixed_gmean"):
        return {"aggregate": ["geometric", "arithmetic", "copeland"]}
    if "bylevel" in method:
        return {"min_coverage": [0.9, 0.6, 0.0]}
    if "thresh" in method:
        return {"min_coverage": float(method.split("thresh")[1])}
    if method.startswith("a_genmean_p"):
        return {"aggregate": f"power:{method.removeprefix('a_genmean_p')}"}
    return {
        "aggregate": {"a_gmean": "geometric", "a_hmean": "harmonic", "sum_noweights": "sum"}.get(
            method, "arithmetic"
        )
    }


def weighted(name):
    sets = {"orig": "original", "alt": "alt", "zero": "zero"}
    if name in sets:
        return framework(f"agg/weights_{sets[name]}.csv", "higher")
    trees = [framework(f"agg/weights_{each}.csv", "higher") for each in ("original", "alt", "zero")]
    first = trees[0]
    nodes = (
        replace(node, weight=trees[min(height, 3) - 1].nodes[row].weight)
        for row, (node, height) in enumerate(zip(first.nodes, first.heights, strict=True))
    )
    return Framework(tuple(nodes))


@pytest.mark.parametrize("name", names("agg/*__*__*") + names("agg/sum*"))
def test_aggregation_agrees(name):
    method, *weights, source = name.split("__")
    given = "raw_with_NA" if source == "rawNA" else source
    tree = weighted(weights[0] if weights else "orig")
    values = wide(f"agg/input_minmax_1_100_{given}.csv")[list(tree.indicators)]
    found = build(tree, values, normalise="none", **options_of(method)).table()
    wanted = wide(f"agg/{name}.csv")
    if (
        method.startswith("a_genmean") and source == "rawNA"
    ):  # fault 2: COINr gives NA when any child is missing
        found = found.loc[wanted.index, wanted.columns].where(wanted.notna())
    agree(found, wanted)


def test_outranking_and_effective_weights_agree():
    tree = framework("agg/weights_alt.csv", "higher")
    values = wide("agg/input_minmax_1_100_treated.csv")[list(tree.indicators)]
    wanted = wide("agg/outrank_matrix__alt.csv")
    weights = tree.weights[tree.leaves]
    matrix = pd.DataFrame(outranking(values.to_numpy(), weights), values.index, values.index)
    agree(matrix, wanted)
    scores = pd.DataFrame({"copeland": copeland(values.to_numpy(), weights)}, values.index)
    agree(scores, wide("agg/copeland_flat__alt.csv"))
    for name in ("alt", "original"):
        tree = framework(f"agg/weights_{name}.csv")
        told = read(f"agg/effective_weights_{name}.csv").set_index("iCode")["EffWeight"]
        np.testing.assert_allclose(tree.effective[:, tree.root], told[list(tree.codes)], atol=1e-12)


def test_every_step_of_the_example_agrees():
    meta = read("input/asem_imeta.csv").dropna(subset=["Denominator"])
    data = wide("input/asem_idata.csv")
    tree = framework()
    codes = list(tree.indicators)
    by = dict(zip(meta["iCode"], meta["Denominator"], strict=True))
    divided = denominate(wide("steps/01_raw.csv")[codes], data, by=by)
    agree(divided, wide("steps/02_denominated.csv")[codes])
    filled, mask = impute(divided, method="group-mean", groups=data["EurAsia_group"])
    agree(filled, wide("steps/03_imputed.csv")[codes])
    assert mask.sum(axis=None) == 63 + 2  # two more gaps come from a missing denominator
    kept = screen(filled, present=0.9)
    agree(kept, wide("steps/04_screened.csv")[codes])
    treated, _ = treat(kept)
    agree(treated, wide("steps/05_treated.csv")[codes])
    whole = build(tree, divided, impute="group-mean", groups=data["EurAsia_group"], treat="skewed")
    agree(whole.table(), wide("steps/06_normalised.csv")[codes])
    last = wide("steps/07_aggregated.csv")
    agree(whole.table(), last[list(set(last.columns) & set(tree.codes))])
    told = wide("steps/results_full.csv")["Rank"]
    assert (whole.table("ranks")["Index"].loc[told.index] == told).all()


@pytest.mark.parametrize("group", ["", "EurAsia_group", "GDP_group", "Pop_group"])
def test_ranks_agree(group):
    scores = wide("steps/07_aggregated.csv")
    wanted = wide(f"rank/ranks_within_{group}.csv" if group else "rank/ranks_aggregated.csv")
    columns = [name for name in wanted.columns if name in scores.columns and name != group]
    scores = scores[columns]
    groups = wide("input/asem_idata.csv")[group] if group else None
    found = ranks(scores, noise=0.0) if groups is None else ranks_within(scores, groups, noise=0.0)
    agree(found, wanted[columns])


@pytest.mark.skipif(not ALL.is_dir(), reason="the whole of the results is not beside the project")
@pytest.mark.parametrize("file", sorted(OURS.rglob("*.gz")), ids=lambda file: file.name)
def test_our_copy_is_the_original(file):
    original = ALL / file.relative_to(OURS).with_suffix("")

    assert gzip.decompress(file.read_bytes()) == original.read_bytes()


def test_a_few_figures_of_the_example_hold_without_the_files():
    """Switzerland's index of 68.38372423834171 is the mean of its two sub-indices, and so on down."""
    connectivity = (
        63.40916790571912 + 32.87184407618648 + 74.78278887235123 + 85.94295654595643 + 56.933051190128445
    ) / 5
    sustainability = (77.21188326160589 + 87.84769682393888 + 56.878880190300464) / 3
    assert (connectivity + sustainability) / 2 == pytest.approx(68.38372423834171, abs=1e-9)
    rows = ["index", "conn", "sust", *(f"c{n}" for n in range(5)), *(f"s{n}" for n in range(3))]
    parents = ["", "index", "index", *["conn"] * 5, *["sust"] * 3]
    tree = Framework.from_table(
        pd.DataFrame({"code": rows, "parent": parents, "direction": "higher", "weight": 1})
    )
    values = [63.40916790571912, 32.87184407618648, 74.78278887235123, 85.94295654595643, 56.933051190128445,
              77.21188326160589, 87.84769682393888, 56.878880190300464]  # fmt: skip
    table = pd.DataFrame([values], index=["CHE"], columns=list(tree.indicators))
    assert build(tree, table, normalise="none").table().loc["CHE", "index"] == pytest.approx(
        68.38372423834171, abs=1e-9
    )
