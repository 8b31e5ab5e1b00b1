"""Which organisations does the report name, what do they do, and which links between them does it state?"""

from dataclasses import dataclass
from math import cos, degrees, pi, sin
from types import SimpleNamespace
from typing import Any

import pandas as pd

from cmi_core.store import Store, partners

STATES = ("existing", "committed", "interest", "proposed")
SECTORS = (
    "government",
    "education",
    "private",
    "social_enterprise",
    "civil_society",
    "international",
    "unknown",
)
_STEPS = 16  # points that make a link's curve
_GAP = 0.8  # empty places between two sectors on the circle


@dataclass(frozen=True)
class Partner:
    """One organisation whole."""

    row: object
    roles: pd.DataFrame
    links: pd.DataFrame
    workshops: pd.DataFrame
    means: pd.DataFrame
    places: pd.DataFrame


def names(store: Store) -> pd.DataFrame:
    """Every organisation's code and names, by English name."""
    rows = partners.organisations(store)[["organisation", "name_th", "name_en"]]
    return rows.sort_values("name_en", ignore_index=True)


def organisations(store: Store) -> pd.DataFrame:
    """Every organisation in the order of the circle, with how often it is linked and named."""
    rows = partners.organisations(store)
    rank = rows["sector"].map(SECTORS.index)
    ordered = rows.assign(rank=rank).sort_values(
        ["rank", "links", "organisation"], ascending=[True, False, True]
    )
    return ordered.drop(columns="rank").reset_index(drop=True)


def links(store: Store, states: tuple[str, ...] = ()) -> pd.DataFrame:
    """The stated links, of the given states or of all."""
    rows = partners.links(store)
    return rows[rows["state"].isin(states)] if states else rows


def by_state(store: Store) -> pd.DataFrame:
    """How many links there are in each state, and how many of these name no single partner."""
    rows = partners.links(store)
    unnamed = rows["to_organisation"].isna()
    return pd.DataFrame(
        {
            "state": STATES,
            "links": [int((rows["state"] == state).sum()) for state in STATES],
            "unnamed": [int((unnamed & (rows["state"] == state)).sum()) for state in STATES],
        }
    )


def circle(store: Store) -> pd.DataFrame:
    """
    Where each organisation stands: on a circle of radius 1, sector beside sector, clockwise from the top.

    `x`, `y`; `angle` turns a label outwards in degrees clockwise, `left` says on which half it stands.
    """
    rows = organisations(store)
    breaks = (rows["sector"] != rows["sector"].shift()).cumsum() - 1
    slots = len(rows) + _GAP * rows["sector"].nunique()
    turns = (rows.index + _GAP * breaks + 0.5) / slots
    angles = [pi / 2 - 2 * pi * turn for turn in turns]
    left = [cos(angle) < 0 for angle in angles]
    return rows.assign(
        x=[cos(angle) for angle in angles],
        y=[sin(angle) for angle in angles],
        left=left,
        angle=[
            _turn(-degrees(angle) + (180 if there else 0)) for angle, there in zip(angles, left, strict=True)
        ],
    )


def curves(store: Store, states: tuple[str, ...] = ()) -> pd.DataFrame:
    """The points of each link between two named organisations: a curve that bends towards the middle."""
    spots = circle(store).set_index("organisation")[["x", "y"]]
    drawn = links(store, states).dropna(subset=["to_organisation"])
    return pd.DataFrame(
        [
            {"link": row.link, "state": row.state, "step": step} | point
            for row in drawn.itertuples()
            for step, point in enumerate(
                _curve(spots.loc[row.from_organisation], spots.loc[row.to_organisation])
            )
        ],
        columns=["link", "state", "step", "x", "y"],
    )


def partner(store: Store, organisation: str) -> Partner | None:
    """Everything the report says about one organisation, or None where it names none of this code."""
    found = [row for row in partners.organisations(store).itertuples() if row.organisation == organisation]
    if not found:
        return None
    all_links = partners.links(store)
    ends = (all_links["from_organisation"] == organisation) | (all_links["to_organisation"] == organisation)
    return Partner(
        _plain(found[0]),
        partners.roles(store, organisation),
        all_links[ends],
        partners.workshops(store, organisation),
        partners.means(store, organisation),
        partners.places(store, organisation),
    )


def _plain(row: Any) -> SimpleNamespace:
    """A row that can be kept in a cache: a generated tuple class cannot be pickled."""
    return SimpleNamespace(**row._asdict())


def _turn(angle: float) -> float:
    """The same direction from −180 to 180 degrees."""
    return (angle + 180) % 360 - 180


def _curve(first: pd.Series, last: pd.Series) -> list[dict[str, float]]:
    """A quadratic Bézier curve whose middle is drawn to a quarter of the way from the centre."""
    middle = {axis: (first[axis] + last[axis]) / 2 * 0.25 for axis in ("x", "y")}
    steps = [step / (_STEPS - 1) for step in range(_STEPS)]
    return [
        {
            axis: (1 - at) ** 2 * first[axis] + 2 * at * (1 - at) * middle[axis] + at**2 * last[axis]
            for axis in ("x", "y")
        }
        for at in steps
    ]
