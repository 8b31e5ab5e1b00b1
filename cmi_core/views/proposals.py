"""What did people propose on the map, and what became of it?"""

import pandas as pd

from cmi_core.store import Store, proposals


def every(store: Store) -> pd.DataFrame:
    """All proposals, newest first."""
    return proposals.every(store)
