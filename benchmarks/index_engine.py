"""
How fast the index engine is, beside a ten-line numpy floor that does the same job in the same run.

    python benchmarks/index_engine.py

One thread. The engine runs through its public interface with validation. The framework is made and
checked beforehand, as it is once per release; its time is printed too. A time is the median of repeated
runs, floor and engine in turn. Exits with 1 when a bound is missed.
"""

# ruff: noqa: E402  (threads are set before numpy is imported)
import os
import resource
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from cmi_core.index.build import build
from cmi_core.index.framework import Framework
from cmi_core.index.scenarios import Scenarios
from cmi_core.index.uncertainty import simulate

TIMES = 3.0  # the engine may take so many times the floor
MEGABYTES = 300
REPLICATIONS = 10_000


def tree(indicators):
    """Eight dimensions in two halves, as in the ASEM index, weights uneven, some indicators reversed."""
    rows = [("index", "", "higher", 1), ("half0", "index", "higher", 2), ("half1", "index", "higher", 1)]
    rows += [(f"dimension{n}", f"half{n % 2}", "higher", 1 + n % 3) for n in range(8)]
    rows += [
        (f"indicator{n}", f"dimension{n % 8}", "lower" if n % 4 == 0 else "higher", 1 + n % 5)
        for n in range(indicators)
    ]
    return pd.DataFrame(rows, columns=["code", "parent", "direction", "weight"])


def arrays(framework):
    """Give what the floors need, ready made."""
    direction = [1.0 if framework.nodes[row].direction == "higher" else -1.0 for row in framework.leaves]
    return np.array(direction), framework.levels, framework.leaves, framework.weights


def floor_build(values, direction, levels, leaves, weights):
    """Normalise, aggregate with gaps, rank all nodes."""
    y = (values * direction).T
    low, high = np.nanmin(y, axis=1, keepdims=True), np.nanmax(y, axis=1, keepdims=True)
    scores = np.empty((len(weights), len(values)))
    scores[leaves] = (y - low) / (high - low) * 100
    for level in levels:
        seen = ~np.isnan(scores[level.children])
        below = np.where(seen, scores[level.children], 0)
        scores[level.groups] = (level.weights @ below) / (level.weights @ seen)
    ranks, order = np.empty(scores.shape), (-scores).argsort(axis=1)
    np.put_along_axis(ranks, order, np.arange(1.0, len(values) + 1)[None], axis=1)  # ties left as they fall
    return scores, ranks


def floor_simulate(values, direction, levels, leaves, weights):
    """Draw weights at every level, score and rank each time, count the ranks."""
    y, n = (values * direction).T, len(values)
    low, high = np.nanmin(y, axis=1, keepdims=True), np.nanmax(y, axis=1, keepdims=True)
    scores = (y - low) / (high - low) * 100
    drawn = weights * np.random.default_rng(1).uniform(0.75, 1.25, (REPLICATIONS, len(weights)))
    effective = np.ones(drawn.shape)
    for level in levels[::-1]:
        own, member = drawn[:, level.children], level.members
        effective[:, level.children] = own / (own @ member.T @ member) * (effective[:, level.groups] @ member)
    order, ranks = (-(effective[:, leaves] @ scores)).argsort(axis=1), np.empty((REPLICATIONS, n), dtype=int)
    np.put_along_axis(ranks, order, np.arange(n)[None], axis=1)
    return np.bincount((ranks + np.arange(n) * n).ravel(), minlength=n * n).reshape(n, n)


def in_turn(floor, engine, seconds=3.0):
    """Median times of both, run in turn for so many seconds."""
    times = ([], [])
    floor(), engine()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 5:
        for run, kept in zip((floor, engine), times, strict=True):
            start = time.perf_counter()
            run()
            kept.append(time.perf_counter() - start)
    return np.median(times, axis=1)


def case(places, indicators, gaps, simulated):
    """Name, floor and engine of one case, the two checked to agree."""
    framework = Framework.from_table(tree(indicators))
    random = np.random.default_rng(1)
    array = random.random((places, indicators))
    array[random.random(array.shape) < gaps] = np.nan
    names = [f"city{n}" for n in range(places)]
    table = pd.DataFrame(array, index=names, columns=list(framework.indicators))
    given = (array, *arrays(framework))
    if simulated:
        mine, plain = simulate(Scenarios(framework, table), seed=1).counts, floor_simulate(*given)
        assert np.abs(mine - plain).max() < 0.03 * REPLICATIONS  # other draws of the same distribution
        title = f"{REPLICATIONS:,} replications of {places} x {indicators}"
        return title, lambda: floor_simulate(*given), lambda: simulate(Scenarios(framework, table), seed=1)
    scores, ranks = floor_build(*given)
    result = build(framework, table)
    assert np.allclose(result.scores, scores, rtol=0, atol=1e-9, equal_nan=True)
    assert (result.ranks == ranks)[~np.isnan(scores)].mean() > 0.99  # but for ties
    title = f"build {places:,} x {indicators}" + (f", {gaps:.0%} gaps" if gaps else "")
    return title, lambda: floor_build(*given), lambda: build(framework, table)


def main():
    """Print the table; give 1 when a bound is missed."""
    missed = False
    print(f"{'case':38}{'floor ms':>10}{'engine ms':>11}{'ratio':>7}{'bound':>7}")
    for shape in (
        (51, 49, 0, False),
        (51, 49, 0.03, False),
        (7850, 60, 0, False),
        (7850, 60, 0.03, False),
        (51, 49, 0, True),
    ):
        title, floor, engine = case(*shape)
        plain, mine = in_turn(floor, engine) * 1000
        missed |= mine > TIMES * plain
        print(f"{title:38}{plain:10.3f}{mine:11.3f}{mine / plain:7.2f}{TIMES:7.1f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    missed |= peak > MEGABYTES
    print(f"{'peak memory, everything, MB':38}{'':10}{peak:11.0f}{'':7}{MEGABYTES:7}")
    start = time.perf_counter()
    Framework.from_table(tree(49))
    print(f"{'framework of 60 nodes made and checked':38}{'':10}{(time.perf_counter() - start) * 1000:11.3f}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
