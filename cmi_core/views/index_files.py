"""What a reader takes away from a comparison: every table and run, with sources, versions and seed."""

import pandas as pd

from cmi_core.index import files
from cmi_core.store import Store, scores, sources
from cmi_core.store.record import head
from cmi_core.tables import safe_csv
from cmi_core.views.city_comparison import Comparison, comparison
from cmi_core.views.comparison_runs import MANY, Choices, Trial, uncertainty, what_if


def package(
    store: Store,
    chosen: tuple[str, ...],
    node: str,
    *,
    run: Choices | None = None,
    trial: Trial | None = None,
) -> dict[str, pd.DataFrame]:
    """
    The tables of a ranking by name: method, framework, levels, values, scores, runs and sources.

    `run` adds an uncertainty run of `node`, `trial` the node by what a reader tries, beside the official ranking.
    """
    found = comparison(store, chosen)
    facts = _facts(store, found)
    tries = trial or Trial()
    sheets: dict[str, pd.DataFrame] = {
        "framework": _framework(found, dict(tries.weights)),
        "values": _values(found, tries),
    }
    levels = scores.levels(store, str(found.head["framework"]))
    if len(levels):
        parts = scores.level_cuts(store, str(found.head["framework"]))
        sheets["levels"] = pd.concat([levels.assign(node=found.root), parts], ignore_index=True)
    if found.result is not None:
        sheets["scores"] = files.score_sheet(found.result)
        if run is not None:
            facts |= _run(store, chosen, node, run, sheets)
        if tries != Trial():
            own = what_if(store, chosen, node, tries).rename(columns={"city": "place"})
            sheets["what_if"] = own.assign(node=node)[
                ["place", "node", "score_before", "score_after", "rank_before", "rank_after"]
            ]
            facts["what_if"] = "tried by a reader, not official"
    listed = sources.every(store)
    codes = {str(found.head["source"]), *found.values["source"], *found.assessments["source"]}
    sheets["sources"] = listed[listed["source"].isin(codes)]
    return {"method": files.method_sheet(facts), **sheets}


def _facts(store: Store, found: Comparison) -> dict[str, object]:
    entry, seal = head(store)
    given = found.options
    facts: dict[str, object] = {
        "index": found.head["index_code"],
        "release": found.head["release"],
        "framework": found.head["framework"],
        "name_th": found.head["name_th"],
        "name_en": found.head["name_en"],
        "area_kind": found.head["area_kind"],
        "measure": found.head["measure"],
        "assessments": ", ".join(found.assessments["assessment"]),
        "year": ", ".join(
            "" if pd.isna(year) else str(int(year)) for year in found.assessments["year"].unique()
        ),
        "computed": "yes" if found.result is not None else "no: figures as printed by their source",
        "record_entry": entry,
        "record_seal": seal,
    }
    if found.result is not None:
        facts |= {name: given[name] for name in ("normalise", "aggregate", "min_coverage")}
        facts |= {
            "ties": "min",
            "ranks": "unrounded scores",
            "again": "python -m cmi_core index recompute FILE",
        }
    return facts


def _run(
    store: Store, chosen: tuple[str, ...], node: str, run: Choices, sheets: dict[str, pd.DataFrame]
) -> dict[str, object]:
    simulation = uncertainty(store, chosen, node, run)
    sheets["rank_intervals"] = simulation.table()
    if len(simulation.places) <= MANY:  # beyond, the square of places and ranks fits no sheet
        sheets["rank_probability"] = simulation.rank_probability().reset_index()
    if simulation.cut_points is not None:
        sheets["level_probability"] = simulation.level_probability().reset_index()
    rule = simulation.significance()
    return {
        "run_node": node,
        "seed": simulation.seed,
        "replications": simulation.replications,
        "weight_noise": run.noise,
        "run_normalise": ",".join(run.normalise),
        "run_aggregate": ",".join(run.aggregate),
        "run_impute": ",".join(run.impute),
        "significance_rule": rule["rule"],
        "significance_places": rule["places"],
    }


def _framework(found: Comparison, own: dict[str, float]) -> pd.DataFrame:
    table = found.nodes.reset_index().rename(columns={"node": "code"})
    columns = [*files.FRAMEWORK, "name_th", "name_en", "unit_th", "unit_en", "source"]
    table = table[columns].copy()
    if found.framework is not None:
        weights = dict(zip(found.framework.codes, found.framework.weights, strict=True))
        table["weight"] = [weights[code] for code in table["code"]]
        table["direction"] = table["direction"].fillna("higher")
    if own:
        table["own_weight"] = [own.get(code) for code in table["code"]]
    return table


def _values(found: Comparison, tries: Trial) -> pd.DataFrame:
    table = found.values.rename(columns={"city": "place", "node": "indicator"})
    table = table.join(found.cities[["name_th", "name_en", "area_kind"]], on="place")
    columns = [
        "place",
        "name_th",
        "name_en",
        "area_kind",
        "indicator",
        "value",
        "level_as_printed",
        "quality",
        "basis",
        "source",
        "assessment",
        "entry",
    ]
    table = table[columns]
    if not tries.values:
        return table
    own = tries.changes
    cells = list(zip(table["place"], table["indicator"], strict=True))
    table = table.assign(own_value=[own.get(cell) for cell in cells])
    gaps = [(*cell, value) for cell, value in own.items() if cell not in set(cells)]
    return pd.concat(
        [table, pd.DataFrame(gaps, columns=["place", "indicator", "own_value"])], ignore_index=True
    )


def as_xlsx(sheets: dict[str, pd.DataFrame]) -> bytes:
    """All tables in one workbook."""
    return safe_csv.write_xlsx(sheets)
