"""How was all this made, by which rules, and what is still unknown?"""

from dataclasses import dataclass

import pandas as pd

from cmi_core.store import Store, method, sources

TABLES = method.TABLES


@dataclass(frozen=True)
class Process:
    """How the plan was made."""

    stages: pd.DataFrame
    steps: pd.DataFrame
    toolkits: pd.DataFrame
    workshops: pd.DataFrame
    outcomes: pd.DataFrame


def process(store: Store) -> Process:
    """The stages, steps, tools and workshops of planning."""
    return Process(
        method.stages(store),
        method.steps(store),
        method.toolkits(store),
        method.workshops(store),
        method.outcomes(store),
    )


def columns(store: Store, table: str) -> pd.DataFrame:
    """
    The columns of one table with their kinds and meanings, the table's own meaning first.

    The state as it stands now (`…_current`) has the columns of the lines it is made from.
    """
    every = sources.dictionary(store)
    described = f"{table.removesuffix('_current')}_line" if table.endswith("_current") else table
    return every[every["table"] == described]


def unknown_weights(nodes: pd.DataFrame) -> int:
    """How many nodes below the root have no known weight."""
    return int(nodes.loc[nodes["parent"].notna(), "weight"].isna().sum())
