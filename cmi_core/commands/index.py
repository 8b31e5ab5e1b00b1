"""`index`: compute an index from files, say how certain its ranks are, find the least that lifts a city."""

import argparse
import math
import sys
from typing import Any

import pandas as pd

from cmi_core.errors import CmiError, ComputationError
from cmi_core.index import files, given_files, impute
from cmi_core.index.build import Result, build
from cmi_core.index.framework import Framework
from cmi_core.index.least_effort import plan
from cmi_core.index.levels import CutPoints
from cmi_core.index.rank import TIES
from cmi_core.index.scenarios import Scenarios
from cmi_core.index.step_scores import scores_after
from cmi_core.index.uncertainty import simulate
from cmi_core.tables import csv_files

SQUARE = 1_000  # places up to which the probability of every rank is written


def register(subjects: Any) -> None:  # argparse has no public name for this
    """Add `index compute`, `index uncertainty`, `index plan` and `index recompute`."""
    deeds = subjects.add_parser("index", help="compute an index from files").add_subparsers(
        dest="deed", required=True
    )
    _compute_options(deeds.add_parser("compute", help="scores, ranks and coverage of every node"))
    _uncertainty_options(deeds.add_parser("uncertainty", help="rank intervals by Monte Carlo"))
    _plan_options(deeds.add_parser("plan", help="the cheapest steps that reach a target score"))
    again = deeds.add_parser("recompute", help="compute an exported ranking again and compare")
    again.add_argument("file", metavar="FILE.json|xlsx", help="what the comparison page gave")
    again.set_defaults(run=recompute)


def _compute_options(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument("--ties", default="min", help=f"what equal scores share: {', '.join(TIES)}")
    parser.add_argument("--round", type=_whole, help="round scores to so many decimals before ranking")
    parser.set_defaults(run=compute)


def _uncertainty_options(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument(
        "--or-normalise", action="append", default=[], help="a further normaliser, may be repeated"
    )
    parser.add_argument("--or-aggregate", action="append", default=[], help="a further aggregation")
    parser.add_argument("--or-impute", action="append", default=[], help="a further imputation")
    parser.add_argument(
        "--weight-noise", default="0.25", help="share by which weights move; or one per level"
    )
    parser.add_argument("--replications", type=_whole, default=10_000)
    parser.add_argument("--seed", type=_whole, default=1)
    parser.add_argument("--confidence", type=float, default=0.9)
    parser.add_argument("--node", default="", help="the node ranked; the index itself when left out")
    parser.add_argument("--levels", help="CSV of level,from: cut points, for the probability of each level")
    parser.set_defaults(run=uncertainty)


def _plan_options(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument("--place", required=True)
    parser.add_argument("--node", default="")
    parser.add_argument("--target", type=float, required=True, help="the score to reach")
    parser.add_argument("--steps", required=True, help="CSV of indicator,effort and value (or score)")
    parser.set_defaults(run=find_plan)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("framework", metavar="FRAMEWORK.csv", help="code,parent,direction,weight, …")
    parser.add_argument("values", metavar="VALUES.csv", help="place,indicator,value; empty is missing")
    parser.add_argument(
        "--normalise", default="minmax:0:100", help="minmax:L:U, zscore:M:S, rank, goalposts, …"
    )
    parser.add_argument(
        "--aggregate", default="arithmetic", help="one, or a comma list from the lowest level up"
    )
    parser.add_argument(
        "--min-coverage", default="0", help="share of children; one, or a comma list likewise"
    )
    parser.add_argument("--impute", default="none", help=", ".join(impute.METHODS))
    parser.add_argument("--groups", help="CSV of place,group, for imputing within groups")
    parser.add_argument("--treat", default="none", help="none, log, winsorise:N, skewed:N")
    parser.add_argument("--out", required=True, help="the file to write")


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return number


def compute(given: argparse.Namespace) -> int:
    """Write place, node, score, rank, coverage for every place and node."""
    result = _build(given, digits=given.round, ties=given.ties)
    csv_files.write_rows(given.out, ("place", "node", "score", "rank", "coverage"), _score_rows(result))
    return 0


def _score_rows(result: Result) -> list[tuple]:
    scores, coverage = result.scores.T.tolist(), result.coverage.T.tolist()
    ranks = result.ranks.T.tolist()
    return [
        (place, code, score, _rank(rank), share)
        for place, *columns in zip(result.places, scores, ranks, coverage, strict=True)
        for code, score, rank, share in zip(result.framework.codes, *columns, strict=True)
    ]


def _rank(rank: float) -> int | float:
    return rank if math.isnan(rank) or rank % 1 else int(rank)


def uncertainty(given: argparse.Namespace) -> int:
    """Write one row per place: nominal score and rank, rank interval, probabilities of ranks and levels."""
    framework, values = _read(given)
    options = _options(given)
    scenarios = Scenarios(
        framework,
        values,
        normalise=(given.normalise, *given.or_normalise),
        aggregate=(tuple(options["aggregate"]), *(tuple(each.split(",")) for each in given.or_aggregate)),
        impute=(given.impute, *given.or_impute),
        min_coverage=tuple(options["min_coverage"]),
        treat=given.treat,
        groups=options["groups"],
        node=given.node,
    )
    noise = _shares(given.weight_noise)
    simulation = simulate(
        scenarios,
        seed=given.seed,
        replications=given.replications,
        weight_noise=noise[0] if len(noise) == 1 else noise,
        cut_points=_cut_points(given.levels) if given.levels else None,
    )
    parts = [simulation.table(confidence=given.confidence)]
    if given.levels:
        parts.append(simulation.level_probability().add_prefix("level ").reset_index(drop=True))
    if len(simulation.places) <= SQUARE:
        parts.append(simulation.rank_probability().add_prefix("rank ").reset_index(drop=True))
    _write(given.out, pd.concat(parts, axis=1))
    rule = simulation.significance(confidence=given.confidence)
    print(f"seed {given.seed}, {given.replications} replications; significance: {rule}", file=sys.stderr)
    return 0


def find_plan(given: argparse.Namespace) -> int:
    """Write the chosen steps, none when none are needed; exit with 1 when the target is not reachable."""
    result = _build(given)
    table = csv_files.read_table(given.steps, required=("indicator", "effort"))
    problems: list[CmiError] = []
    numeric = [name for name in ("value", "score", "effort") if name in table.columns]
    for name in numeric:
        table[name] = pd.Series(csv_files.numbers(table, name, problems, needed=True), index=table.index)
    csv_files.refuse(problems, given.steps)
    steps = scores_after(result, given.place, table) if "value" in numeric else table
    found = plan(result, given.place, steps, target=given.target, node=given.node)
    if not found.reachable:
        unreachable = ComputationError(
            "target_not_reachable", node=found.node, place=given.place, target=given.target, best=found.score
        )
        raise unreachable
    _write(given.out, found.steps)
    print(
        f"{found.node}: {found.score_before!r} -> {found.score!r}, effort {found.effort!r}", file=sys.stderr
    )
    return 0


def recompute(given: argparse.Namespace) -> int:
    """Print each table with its largest difference; exit with 1 when one differs by more than adding up can."""
    found = files.recompute(files.read(given.file))
    for table, cells, largest in found:
        print(f"{table}: {cells} cells, largest difference {largest:.3g}")
    same = all(each.largest <= files.NEAR for each in found)
    print("The same." if same else "NOT the same.")
    return 0 if same else 1


def _write(path: str, table: pd.DataFrame) -> None:
    rows = table.astype(object).itertuples(index=False, name=None)
    csv_files.write_rows(path, list(map(str, table.columns)), rows)


def _build(given: argparse.Namespace, **further: Any) -> Result:  # options of index.build
    framework, values = _read(given)
    return build(framework, values, normalise=given.normalise, **_options(given), **further)


def _options(given: argparse.Namespace) -> dict[str, Any]:
    return {
        "aggregate": given.aggregate.split(","),
        "min_coverage": _shares(given.min_coverage),
        "impute": given.impute,
        "groups": _groups(given.groups) if given.groups else None,
        "treat": given.treat,
    }


def _shares(text: str) -> list[float]:
    try:
        return [csv_files.number(part.strip() or "?") for part in text.split(",")]
    except ValueError:
        raise ComputationError("coverage_not_a_share", share=text) from None


def _read(given: argparse.Namespace) -> tuple[Framework, pd.DataFrame]:
    framework = given_files.framework(given.framework, _tell)
    return framework, given_files.values(given.values, framework, _tell)


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _groups(path: str) -> pd.Series:
    table = csv_files.read_table(path, required=("place", "group"))
    twice = table["place"][table["place"].duplicated()]
    csv_files.refuse([ComputationError("place_twice", place=place) for place in twice], path)
    return pd.Series(table["group"].to_numpy(), index=table["place"])


def _cut_points(path: str) -> CutPoints:
    table = csv_files.read_table(path, required=("level", "from"))
    problems: list[CmiError] = []
    starts = csv_files.numbers(table, "from", problems)
    csv_files.refuse(problems, path)
    return CutPoints.from_table(table.assign(**{"from": starts}))
