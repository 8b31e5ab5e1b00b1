"""The published Human Development Index comes out of its own inputs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cmi_core.index.build import build
from cmi_core.index.framework import Framework
from cmi_core.index.levels import CutPoints
from cmi_core.index.rank import ranks

FILE = Path(__file__).parent / "reference" / "hdi" / "hdi_hdr2023_24.csv.gz"
HDI = Framework.from_table(
    pd.DataFrame(
        [
            ("hdi", "", "higher", 1, "", "", "", "geometric", ""),
            ("health", "hdi", "higher", 1, 20, 85, "goalposts:1", "", ""),
            ("education", "hdi", "higher", 1, "", "", "goalposts:1", "arithmetic", ""),
            ("expected", "education", "higher", 1, 0, 18, "", "", ""),
            ("mean", "education", "higher", 1, 0, 15, "", "", ""),
            ("income", "hdi", "higher", 1, 100, 75000, "goalposts:1", "", "log"),
        ],
        columns=[
            "code",
            "parent",
            "direction",
            "weight",
            "lower",
            "upper",
            "normalise",
            "aggregate",
            "transform",
        ],
    )
)
LEVELS = CutPoints(("Low", "Medium", "High", "Very High"), (0.55, 0.7, 0.8))


def inputs(table, year):
    names = {
        "health": f"le_{year}",
        "expected": f"eys_{year}",
        "mean": f"mys_{year}",
        "income": f"gnipc_{year}",
    }
    return table.set_index("iso3")[list(names.values())].set_axis(list(names), axis=1)


def test_norway_by_arithmetic():
    values = pd.DataFrame(
        {"health": [83.4], "expected": [18.6], "mean": [13.1], "income": [69190.0]}, index=["NOR"]
    )
    health, education = (83.4 - 20) / 65, (1 + 13.1 / 15) / 2  # expected years above 18 count as 18
    income = (np.log(69190) - np.log(100)) / (np.log(75000) - np.log(100))
    found = build(HDI, values).table().loc["NOR", "hdi"]
    assert found == pytest.approx((health * education * income) ** (1 / 3), abs=1e-12)


@pytest.mark.parametrize("year", [1990, 2000, 2010, 2022])
def test_every_row_is_reproduced_at_three_decimals(year):
    table = pd.read_csv(FILE, keep_default_na=False, na_values=[""])
    known = table.dropna(subset=[f"hdi_{year}"]).set_index("iso3")[f"hdi_{year}"]
    found = build(HDI, inputs(table, year), min_coverage=1.0).table()["hdi"].loc[known.index]
    if year == 2022:
        assert (found.round(3) == known).sum() == 193
    assert (found - known).abs().max() < 0.00051


def test_ranks_and_levels_are_those_published():
    table = pd.read_csv(FILE, keep_default_na=False, na_values=[""]).dropna(subset=["hdi_2022"])
    result = build(HDI, inputs(table, 2022), digits=3)
    assert (result.table("ranks")["hdi"].to_numpy() == table["hdi_rank_2022"].to_numpy()).sum() == 193
    unrounded = ranks(result.table())["hdi"].to_numpy()
    assert (unrounded == table["hdi_rank_2022"].to_numpy()).sum() == 166
    levels = LEVELS.level_of(result.table()["hdi"].to_numpy(), digits=3)
    assert (levels == table["hdicode"].to_numpy()).sum() == 193
