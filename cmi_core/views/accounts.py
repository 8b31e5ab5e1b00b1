"""Who has an account, with which role, and since when?"""

import pandas as pd

from cmi_core.store import Store, accounts


def everybody(store: Store) -> pd.DataFrame:
    """All accounts as they stand; nothing about passwords."""
    return accounts.everybody(store)
