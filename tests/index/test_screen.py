"""Places with too little data are told."""

import numpy as np
import pandas as pd

from cmi_core.index.screen import availability, screen

TABLE = pd.DataFrame({"a": [1.0, 0.0, np.nan], "b": [2.0, np.nan, np.nan]}, index=["x", "y", "z"])


def test_availability_is_a_share():
    assert availability(TABLE)["present"].tolist() == [1, 1 / 2, 0]


def test_too_little_data_drops_a_place_unless_it_is_kept():
    assert screen(TABLE, present=0.5).index.tolist() == ["x", "y"]
    assert screen(TABLE, present=0.5, keep=("z",), drop=("x",)).index.tolist() == ["y", "z"]
