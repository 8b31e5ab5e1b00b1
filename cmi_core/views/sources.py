"""Where do the figures come from?"""

import pandas as pd

from cmi_core.store import Store, sources


def every(store: Store) -> pd.DataFrame:
    """All sources."""
    return sources.every(store)


def some(store: Store, codes: tuple[str, ...]) -> pd.DataFrame:
    """The sources of these codes."""
    listed = sources.every(store)
    return listed[listed["source"].isin(codes)]


def dictionary(store: Store) -> pd.DataFrame:
    """The tables and columns of the database with what they mean."""
    return sources.dictionary(store)
